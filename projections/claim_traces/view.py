"""Which claims for other people have an account or a paper in common with one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from projections.claim_traces.projection import ACCOUNTS, CLAIMS, PAPERS, ClaimTraces
from projections.positions import Positions, snapshot

PATIENCE: Final = 5.0  # seconds to wait for the read model


@dataclass(frozen=True, slots=True)
class Shared:
    """Another claim with the same account; see the port that asks for it."""

    claim_id: UUID
    is_owner: bool
    is_other_payee: bool


class ClaimTracesView:
    """Claims that have something in common, the earliest first. Claims for the same person do not count."""

    def __init__(self, pool: "asyncpg.Pool[Any]", positions: Positions) -> None:
        self._pool = pool
        self._positions = positions

    async def same_account(self, claim_id: UUID, *, position: int, limit: int) -> Sequence[Shared]:
        """Return claims that name an account of this one. The owner named it before all others."""
        await self._positions.wait_for(ClaimTraces.name, position, timeout=PATIENCE)
        async with snapshot(self._pool, ClaimTraces) as (db, _):
            rows = await db.fetch(
                f"""
                select other.claim_id,
                    min(other.position) = min(first.position) and min(first.position) < min(mine.position)
                        as is_owner,
                    bool_or(other.heir <> mine.heir) as is_other_payee
                from {ACCOUNTS.name} mine
                join {CLAIMS.name} me on me.claim_id = mine.claim_id
                join {ACCOUNTS.name} other on other.account = mine.account
                join {CLAIMS.name} them on them.claim_id = other.claim_id and them.person_id <> me.person_id
                cross join lateral (
                    select min(a.position) as position from {ACCOUNTS.name} a where a.account = mine.account
                ) first
                where mine.claim_id = $1
                group by other.claim_id order by min(other.position), other.claim_id limit $2""",
                claim_id,
                limit,
            )
        return [Shared(row["claim_id"], row["is_owner"], bool(row["is_other_payee"])) for row in rows]

    async def same_paper(self, claim_id: UUID, sha256: str, *, position: int, limit: int) -> Sequence[UUID]:
        """Return claims with this content in their file."""
        await self._positions.wait_for(ClaimTraces.name, position, timeout=PATIENCE)
        async with snapshot(self._pool, ClaimTraces) as (db, _):
            rows = await db.fetch(
                f"""
                select other.claim_id from {PAPERS.name} other
                join {CLAIMS.name} them on them.claim_id = other.claim_id
                where other.sha256 = $2
                and them.person_id <> (select person_id from {CLAIMS.name} where claim_id = $1)
                order by other.position limit $3""",
                claim_id,
                sha256,
                limit,
            )
        return [row["claim_id"] for row in rows]

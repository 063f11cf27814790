"""How many claims and members there are for somebody, as far as it costs nothing to count them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from projections.claim_register.projection import REGISTER as CLAIMS
from projections.claim_register.projection import ClaimRegister
from projections.counting import count_rows, within_area
from projections.enrollment_register.projection import REGISTER as MEMBERS
from projections.enrollment_register.projection import EnrollmentRegister
from projections.page import where
from projections.positions import snapshot
from projections.roster_register.projection import REGISTER as ROSTERS
from projections.roster_register.projection import RosterRegister
from projections.roster_register.view import WITHIN


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows of the registers, each counted up to `COUNT_MAX` + 1. members, rosters: none for who may not see them."""

    claims: int
    members: int | None
    rosters: int | None
    position: int


class TotalsView:
    """Both registers at one position of the log."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def totals(
        self,
        *,
        area: str | None,
        reported_by: str | None = None,
        with_members: bool = True,
        lists_of: Sequence[str] | None = None,
        with_rosters: bool = False,
    ) -> Totals:
        """Return the totals. area: how area codes begin. reported_by: only claims that this person reported.

        lists_of: areas whose lists count, as in the register of lists; None: everywhere.
        """
        async with snapshot(self._pool, ClaimRegister, EnrollmentRegister, RosterRegister) as (db, position):
            claims = await count_rows(
                db,
                CLAIMS.name,
                *where(
                    {
                        "area_code = any (?)": await within_area(db, CLAIMS.name, area),
                        "reported_by = ?": reported_by,
                    }
                ),
            )
            members = None
            if with_members:
                areas = await within_area(db, MEMBERS.name, area)
                members = await count_rows(db, MEMBERS.name, *where({"area_code = any (?)": areas}))
            rosters = None
            if with_rosters:
                rosters = await count_rows(db, ROSTERS.name, *where({WITHIN: lists_of}))
        return Totals(claims, members, rosters, position)

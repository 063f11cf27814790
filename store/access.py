"""The record of looks: who saw personal values in the clear, of whom and why. Append-only, never with a value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from cryptography.exceptions import InvalidTag

from domain.refusal import Busy, SubjectErased
from domain.sealed import Erased
from store.connection import NOTHING_WRITTEN, fetch, is_lost
from store.sealing import Keyring, SealBroken

TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody is about to see these fields of a case.

    subjects: whose values they are, first the person the case is about, under whose key the reason is sealed.
    """

    id: UUID
    actor: str
    issuer: str
    roles: Sequence[str]
    kind: str
    case_id: UUID
    area_code: str
    subjects: Sequence[UUID]
    fields: Sequence[str]
    reason: str


class Noted(NamedTuple):
    """Where a look stands on record. Numbers are dense; the instant is the database's."""

    number: int
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A look on record. reason: empty once the person was erased."""

    number: int
    seen_at: datetime
    actor: str
    roles: tuple[str, ...]
    kind: str
    case_id: UUID
    subjects: tuple[UUID, ...]
    fields: tuple[str, ...]
    reason: str | None


class AccessLog:
    """Writes looks before they happen, and reads them back, the newest first."""

    def __init__(self, pool: "asyncpg.Pool[Any]", keyring: Keyring) -> None:
        self._pool = pool
        self._keyring = keyring

    async def note(self, look: Look) -> Noted:
        """Put a look on record. Raises `SubjectErased`, and `Busy` where it could not be written: then nobody looks."""
        subject = look.subjects[0]
        await self._keyring.load([subject])
        if self._keyring.lacks_stored_key(subject):
            raise SubjectErased("there are no personal data of this person: there is nothing to look at")
        clear = msgspec.json.encode(look.reason)
        reason = self._keyring.seal(subject, clear, _about(look.id, look.case_id))
        for _ in range(TRIES):
            try:
                [row] = await self._pool.fetch(
                    "select number, seen_at from log.note_access($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                    look.id,
                    look.actor,
                    look.issuer,
                    list(look.roles),
                    look.kind,
                    look.case_id,
                    look.area_code,
                    list(look.subjects),
                    list(look.fields),
                    reason,
                )
            except Exception as error:
                if not (is_lost(error) or isinstance(error, NOTHING_WRITTEN)):
                    raise
            else:
                return Noted(row["number"], row["seen_at"])
        raise Busy("the look could not be put on record, so nothing is shown: ask again in a moment")

    async def page(
        self,
        *,
        case_id: UUID | None = None,
        person_id: UUID | None = None,
        actor: str | None = None,
        area: str | None = None,
        seen_from: datetime | None = None,
        seen_before: datetime | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Entry]:
        """Return at most `limit` looks, the newest first. area: how the area code begins. before: a number.

        Raises `SealBroken` where a reason does not belong to its row.
        """
        rows = await fetch(
            self._pool,
            "select number, id, seen_at, actor, roles, kind, case_id, subjects, fields, reason from log.access"
            " where ($1::uuid is null or case_id = $1) and ($2::uuid is null or subjects @> array[$2])"
            " and ($3::text is null or actor = $3) and ($4::text is null or starts_with(area_code, $4))"
            " and ($5::timestamptz is null or seen_at >= $5) and ($6::timestamptz is null or seen_at < $6)"
            " and ($7::bigint is null or number < $7) order by number desc limit $8",
            case_id,
            person_id,
            actor,
            area,
            seen_from,
            seen_before,
            before,
            limit,
        )
        await self._keyring.load(row["subjects"][0] for row in rows)
        return [self._entry(row) for row in rows]

    def _entry(self, row: asyncpg.Record) -> Entry:
        about = _about(row["id"], row["case_id"])
        try:
            clear = self._keyring.open(row["subjects"][0], row["reason"], about)
        except InvalidTag:
            raise SealBroken(row["id"], row["number"]) from None
        return Entry(
            number=row["number"],
            seen_at=row["seen_at"],
            actor=row["actor"],
            roles=tuple(row["roles"]),
            kind=row["kind"],
            case_id=row["case_id"],
            subjects=tuple(row["subjects"]),
            fields=tuple(row["fields"]),
            reason=None if isinstance(clear, Erased) else msgspec.json.decode(clear, type=str),
        )


def _about(look: UUID, case_id: UUID) -> bytes:
    """Return what binds a reason to its row, so that no two can be swapped unseen."""
    return b"access" + look.bytes + case_id.bytes

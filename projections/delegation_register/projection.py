"""Delegations in absence: who fills whose chair, where, from when to when, and whether it was revoked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from domain.delegation.events import DelegationGranted, DelegationRevoked
from domain.fact import Fact
from projections.log import Entry
from projections.reader import Db, Method, Projection, Rows, Table
from store.sealing import Keyring

CHANNEL: Final = "delegation"  # announces with the commit that rows changed

DELEGATIONS: Final = Table(
    "read.delegation",
    """
    delegation_id uuid        not null
    absent        text        not null
    delegate      text        not null
    role          text        not null
    area          text
    starts_on     date        not null
    ends_on       date        not null
    decree        text        not null
    kind          text        not null
    granted_by    text        not null
    granted_at    timestamptz not null
    revoked_by    text
    revoked_at    timestamptz
    begun_position bigint     not null
    version       integer     not null
    position      bigint      not null
    """,
    key=("delegation_id",),
    indexes=("(delegate) where revoked_at is null", "(absent)", "(begun_position)"),
)


@dataclass(slots=True, kw_only=True)
class Delegated:
    """A row; the instants are those of recording."""

    delegation_id: UUID
    absent: str
    delegate: str
    role: str
    area: str | None
    starts_on: date
    ends_on: date
    decree: str
    kind: str
    granted_by: str
    granted_at: datetime
    revoked_by: str | None = None
    revoked_at: datetime | None = None
    begun_position: int
    version: int
    position: int


class DelegationRegister(Projection):
    """One row for each delegation. The office judges by the log; this only finds what to look at."""

    name = "delegation_register"
    version = 1
    tables = (DELEGATIONS,)

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        self._rows = Rows(self.here[0], _row)

    def grant(self, fact: DelegationGranted, entry: Entry) -> None:
        row = Delegated(
            delegation_id=fact.originator_id,
            absent=fact.absent,
            delegate=fact.delegate,
            role=fact.role,
            area=fact.area,
            starts_on=fact.starts_on,
            ends_on=fact.ends_on,
            decree=fact.decree,
            kind=fact.kind,
            granted_by=fact.actor,
            granted_at=entry.recorded_at,
            begun_position=entry.position,
            version=entry.version,
            position=entry.position,
        )
        self._rows.put(fact.originator_id, row)

    def revoke(self, fact: DelegationRevoked, entry: Entry) -> None:
        row = self._rows[fact.originator_id]
        row.revoked_by, row.revoked_at = fact.actor, entry.recorded_at
        row.version, row.position = entry.version, entry.position

    reads: ClassVar[Mapping[type[Fact], Method]] = {DelegationGranted: grant, DelegationRevoked: revoke}

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:
        old = (fact.originator_id for fact in facts if isinstance(fact, DelegationRevoked))
        await self._rows.fetch(db, old)

    async def save(self, db: Db) -> None:
        if self._rows.keys:
            await db.execute("select pg_notify($1, '')", CHANNEL)
        await self._rows.save(db)

    def forget(self) -> None:
        self._rows.forget()


def _row(*values: object) -> Delegated:
    return Delegated(**dict(zip(DELEGATIONS.names, values, strict=True)))  # type: ignore[arg-type]  # of the table

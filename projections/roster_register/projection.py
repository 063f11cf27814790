"""Every list that a sponsor sent: how far its check is, how many rows were taken up, and what was asked of it since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from domain.fact import Fact
from domain.roster.events import (
    RosterChecked,
    RosterCheckFailed,
    RosterCheckStarted,
    RosterReceived,
    RowsChecked,
    StepDone,
    StepRequested,
)
from projections.log import Entry
from projections.reader import Db, Method, Projection, Rows, Table
from store.sealing import Keyring

REGISTER: Final = Table(
    "read.roster_register",
    """
    roster_id      uuid        not null
    programme_id   uuid        not null
    area_code      text        not null
    status         text        not null
    effective_on   date        not null
    replaces       uuid
    sent_by        text        not null
    sent_at        timestamptz not null
    rows           integer
    checked        integer     not null
    accepted       integer     not null
    unchanged      integer     not null
    rejected       integer     not null
    warnings       integer     not null
    failed_for     text
    steps_running  integer     not null
    last_step      text
    begun_position bigint      not null
    version        integer     not null
    position       bigint      not null
    """,
    key=("roster_id",),
    indexes=("(begun_position)", "(programme_id, begun_position)"),
)


@dataclass(slots=True, kw_only=True)
class Listed:
    """A row. rows: known once the file was read; the counts of rows stand when all of them are checked.

    sent_at: when it was recorded. failed_for: the code where the file is no list. last_step: what was asked
    of its members last.
    """

    roster_id: UUID
    programme_id: UUID
    area_code: str
    status: str
    effective_on: date
    replaces: UUID | None
    sent_by: str
    sent_at: datetime
    rows: int | None = None
    checked: int = 0
    accepted: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0
    failed_for: str | None = None
    steps_running: int = 0
    last_step: str | None = None
    begun_position: int
    version: int
    position: int


class RosterRegister(Projection):
    """One row for each list. What its members did since stands in the register of enrollments."""

    name = "roster_register"
    version = 1
    tables = (REGISTER,)

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        self._rows = Rows(self.here[0], _row)

    def receive(self, fact: RosterReceived, entry: Entry) -> None:
        row = Listed(
            roster_id=fact.originator_id,
            programme_id=fact.programme_id,
            area_code=fact.area_code,
            status="checking",
            effective_on=fact.effective_on,
            replaces=fact.replaces,
            sent_by=fact.actor,
            sent_at=entry.recorded_at,
            begun_position=entry.position,
            version=entry.version,
            position=entry.position,
        )
        self._rows.put(fact.originator_id, row)

    def start(self, fact: RosterCheckStarted, entry: Entry) -> None:
        self._moved(fact, entry).rows = fact.rows

    def advance(self, fact: RowsChecked, entry: Entry) -> None:
        self._moved(fact, entry).checked = fact.to_row

    def finish(self, fact: RosterChecked, entry: Entry) -> None:
        row = self._moved(fact, entry)
        row.status, row.rows, row.checked = "checked", fact.rows, fact.rows
        row.accepted, row.unchanged = fact.accepted, fact.unchanged
        row.rejected, row.warnings = fact.rejected, fact.warnings

    def fail(self, fact: RosterCheckFailed, entry: Entry) -> None:
        row = self._moved(fact, entry)
        row.status, row.failed_for = "failed", fact.code

    def ask(self, fact: StepRequested, entry: Entry) -> None:
        row = self._moved(fact, entry)
        row.steps_running, row.last_step = row.steps_running + 1, fact.member_step

    def answer(self, fact: StepDone, entry: Entry) -> None:
        self._moved(fact, entry).steps_running -= 1

    def _moved(self, fact: Fact, entry: Entry) -> Listed:
        row = self._rows[fact.originator_id]
        row.version, row.position = entry.version, entry.position
        return row

    reads: ClassVar[Mapping[type[Fact], Method]] = {
        RosterReceived: receive,
        RosterCheckStarted: start,
        RowsChecked: advance,
        RosterChecked: finish,
        RosterCheckFailed: fail,
        StepRequested: ask,
        StepDone: answer,
    }

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:
        begun = {fact.originator_id for fact in facts if isinstance(fact, RosterReceived)}
        await self._rows.fetch(db, {fact.originator_id for fact in facts} - begun)

    async def save(self, db: Db) -> None:
        await self._rows.save(db)

    def forget(self) -> None:
        self._rows.forget()


def _row(*values: object) -> Listed:
    return Listed(**dict(zip(REGISTER.names, values, strict=True)))  # type: ignore[arg-type]  # of the table

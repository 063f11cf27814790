"""Every clock of a case that has not ended: whose turn it is, since when, and until which day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Final
from uuid import UUID

import domain.claim.events
import domain.enrollment.events
from domain.claim.events import ClockMissed as ClockOfClaimMissed
from domain.claim.events import DeathReported
from domain.enrollment.events import ClockMissed, EnrollmentBegun
from domain.fact import ClockChange, Fact
from domain.mandate import place_of
from projections.log import Entry
from projections.reader import KEPT, Db, Projection, Rows, Table, facts_in
from store.sealing import Keyring

NEVER: Final = date.max  # sorts clocks that stand still, or that no calendar reaches, behind all others
STATES: Final = {"started": "running", "restarted": "running", "paused": "paused", "missed": "missed"}

CLOCKS: Final = Table(
    "read.deadlines",
    """
    case_id     uuid    not null
    clock       text    not null
    kind        text    not null
    number      text
    area_code   text    not null
    district    text
    ward        text
    place       text    not null
    ward_key    text    not null
    status      text    not null
    definition  text
    article     text
    waiting_on  text
    started_on  date    not null
    due_on      date
    sorts_on    date    not null
    state       text    not null
    consequence text
    version     integer not null
    position    bigint  not null
    """,
    key=("case_id", "clock"),
    indexes=(
        "(sorts_on, case_id, clock)",
        "(due_on, case_id, clock) where state = 'running' or state = 'missed' and consequence is not null",
    ),
)

CASES: Final = Table(
    "read.deadlines_case",
    """
    case_id   uuid not null
    kind      text not null
    number    text
    area_code text not null
    district  text
    ward      text
    """,
    key=("case_id",),
)


@dataclass(slots=True)
class Origin:
    """What a case says of itself only once, kept for the clocks that it may start later."""

    case_id: UUID
    kind: str  # claim or enrollment
    number: str | None
    area_code: str
    district: str | None
    ward: str | None


@dataclass(slots=True)
class Deadline:
    """A row: one clock of one case.

    place, ward_key: what mandates are held against. state: running, paused, or missed: its due day is over
    and it has not ended. sorts_on: the due day, unless the clock stands still. consequence: the step that
    SYSTEM takes because it was missed.
    """

    case_id: UUID
    clock: str
    kind: str
    number: str | None
    area_code: str
    district: str | None
    ward: str | None
    place: str
    ward_key: str
    status: str
    definition: str | None
    article: str | None
    waiting_on: str | None
    started_on: date
    due_on: date | None
    sorts_on: date
    state: str
    consequence: str | None
    version: int
    position: int


class Deadlines(Projection):
    """One row for each clock that has not ended; a clock that ends leaves none."""

    name = "deadlines"
    version = 1
    tables = (CLOCKS, CASES)

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        self._origins = Rows(self.here[1], Origin, kept=KEPT)
        self._clocks: dict[UUID, dict[str, Deadline]] = {}  # of the cases that the batch touches
        self._stored: set[UUID] = set()  # of these, those that have rows in the table

    def report(self, fact: DeathReported, entry: Entry) -> None:
        self._origins.put(
            fact.originator_id, Origin(fact.originator_id, "claim", fact.number, fact.area_code, None, None)
        )
        self.go_on(fact, entry)

    def begin(self, fact: EnrollmentBegun, entry: Entry) -> None:
        self._origins.put(
            fact.originator_id,
            Origin(fact.originator_id, "enrollment", None, fact.area_code, fact.district, fact.ward),
        )
        self.go_on(fact, entry)

    def go_on(self, fact: Fact, entry: Entry) -> None:
        clocks = self._clocks.setdefault(fact.originator_id, {})
        for change in fact.clocks:
            self._turn(clocks, fact, change)
        for row in clocks.values():
            row.status = fact.to_status or row.status
            row.definition = fact.definition or row.definition
            row.version, row.position = entry.version, entry.position

    def miss(self, fact: ClockMissed | ClockOfClaimMissed, entry: Entry) -> None:
        self.go_on(fact, entry)
        row = self._clocks[fact.originator_id].get(fact.clock)
        if row is not None:
            row.consequence = fact.consequence

    reads = dict.fromkeys(facts_in(domain.claim.events, domain.enrollment.events), go_on) | {
        DeathReported: report,
        EnrollmentBegun: begin,
        ClockOfClaimMissed: miss,
        ClockMissed: miss,
    }

    def _turn(self, clocks: dict[str, Deadline], fact: Fact, change: ClockChange) -> None:
        state = STATES.get(change.change)
        if state is None:
            clocks.pop(change.clock, None)
            return
        row = clocks.get(change.clock)
        if row is None:
            row = clocks[change.clock] = self._new(fact, change)
        if change.change in {"started", "restarted"}:
            row.started_on, row.consequence = change.on, None
        row.state, row.due_on, row.article = state, change.due_on, change.basis
        row.waiting_on = change.waiting_on or row.waiting_on
        row.sorts_on = NEVER if change.due_on is None or state == "paused" else change.due_on

    def _new(self, fact: Fact, change: ClockChange) -> Deadline:
        of = self._origins[fact.originator_id]
        residence = None if of.district is None or of.ward is None else (of.district, of.ward)
        place, ward_key = place_of(of.area_code, residence)
        return Deadline(
            case_id=of.case_id,
            clock=change.clock,
            kind=of.kind,
            number=of.number,
            area_code=of.area_code,
            district=of.district,
            ward=of.ward,
            place=place,
            ward_key=ward_key,
            status=fact.to_status or "",
            definition=fact.definition,
            article=change.basis,
            waiting_on=change.waiting_on,
            started_on=change.on,
            due_on=change.due_on,
            sorts_on=NEVER,
            state="running",
            consequence=None,
            version=0,
            position=0,
        )

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:
        begun = {fact.originator_id for fact in facts if type(fact) in (DeathReported, EnrollmentBegun)}
        old = {fact.originator_id for fact in facts} - begun - self._clocks.keys()
        table = self.here[0]
        query = f"select {', '.join(table.names)} from {table.name} where case_id = any ($1)"
        for record in await db.fetch(query, old) if old else ():
            self._clocks.setdefault(record["case_id"], {})[record["clock"]] = Deadline(*record)
            self._stored.add(record["case_id"])
        await self._origins.fetch(db, {fact.originator_id for fact in facts if fact.clocks} - begun)

    async def save(self, db: Db) -> None:
        table = self.here[0]
        await table.remove(db, self._stored)
        rows = [row for clocks in self._clocks.values() for row in clocks.values()]
        values = attrgetter(*table.names)
        await table.add(db, [values(row) for row in rows])
        await self._origins.save(db)
        self._clocks.clear()
        self._stored.clear()

    def forget(self) -> None:
        self._origins.forget()
        self._clocks.clear()
        self._stored.clear()

"""Everybody the engine knows, under the sound of the name, for whoever stands at the counter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from domain.enrollment.events import EnrollmentBegun
from domain.fact import Fact
from domain.mandate import place_of
from domain.person.events import (
    CorrectionProposed,
    CorrectionRejected,
    PersonCorrected,
    PersonRegistered,
)
from domain.person.spelling import name_key
from projections.log import Entry
from projections.reader import Db, Method, Projection, Rows, Table
from store.sealing import Keyring

PERSON: Final = Table(
    "personal.person_search",
    """
    person_id  uuid not null
    name       text
    name_key   text
    birth_date date
    area_code  text
    district   text
    ward       text
    places     text[] not null
    """,
    key=("person_id",),
    indexes=("using gin (name_key gin_trgm_ops)",),
)


# What waits for a second person; no value of anybody stands here.
WAITING: Final = Table(
    "read.correction_waiting",
    """
    correction_id uuid        not null
    person_id     uuid        not null
    field         text        not null
    asked_by      text        not null
    since         timestamptz not null
    position      bigint      not null
    """,
    key=("correction_id",),
    indexes=("(position)",),
)


@dataclass(slots=True)
class Waiting:
    """A row: a correction that was proposed and not decided."""

    correction_id: UUID
    person_id: UUID
    field: str
    asked_by: str
    since: datetime
    position: int


@dataclass(slots=True)
class Known:
    """A row. area_code, district, ward: of the latest enrollment. places: of all, such as `337501/medono`."""

    person_id: UUID
    name: str | None = None
    name_key: str | None = None
    birth_date: date | None = None
    area_code: str | None = None
    district: str | None = None
    ward: str | None = None
    places: list[str] = field(default_factory=list)


class PersonSearch(Projection):
    """One row for each person, none for who was erased; and the corrections that wait for a second person."""

    name = "person_search"
    version = 2
    tables = (PERSON, WAITING)

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        self._persons = Rows(self.here[0], Known)
        self._waiting = Rows(self.here[1], Waiting)

    def know(self, fact: PersonRegistered, entry: Entry) -> None:
        if row := self._row(fact.originator_id):
            row.name = self.opened(fact.details.name)
            row.name_key = name_key(row.name or "")
            row.birth_date = self.opened(fact.details.birth_date)

    def reside(self, fact: EnrollmentBegun, entry: Entry) -> None:
        if row := self._row(fact.person_id):
            row.area_code, row.district, row.ward = fact.area_code, fact.district, fact.ward
            place = "/".join(place_of(fact.area_code, (fact.district, fact.ward)))
            row.places = sorted({*row.places, place})

    def wait(self, fact: CorrectionProposed, entry: Entry) -> None:
        row = Waiting(
            fact.correction_id, entry.stream, fact.field, fact.actor, entry.recorded_at, entry.position
        )
        self._waiting.put(fact.correction_id, row)

    def decide(self, fact: CorrectionRejected, entry: Entry) -> None:
        self._waiting.drop(fact.correction_id)

    def correct(self, fact: PersonCorrected, entry: Entry) -> None:
        self._waiting.drop(fact.correction_id)
        row, new = self._row(fact.originator_id), self.opened(fact.new)
        if row is None or new is None:
            return
        match fact.field:
            case "name":
                row.name, row.name_key = new, name_key(new)
            case "birth_date":
                row.birth_date = date.fromisoformat(new)
            case "ward":
                row.ward, row.district = new.split(", ", 1)
                place = "/".join(place_of(row.area_code or "", (row.district, row.ward)))
                row.places = sorted({*row.places, place})

    reads: ClassVar[Mapping[type[Fact], Method]] = {
        PersonRegistered: know,
        PersonCorrected: correct,
        CorrectionProposed: wait,
        CorrectionRejected: decide,
        EnrollmentBegun: reside,
    }

    def _row(self, person_id: UUID) -> Known | None:
        """Return the row of a person, made if need be; nothing where the person was erased."""
        if self.keyring.is_erased(person_id):
            self._persons.drop(person_id)
            return None
        row = self._persons.get(person_id)
        if row is None:
            row = Known(person_id)
            self._persons.put(person_id, row)
        return row

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:
        people = {person_in(fact) for fact in facts}
        await self.keyring.load(people)
        await self._persons.fetch(db, people)
        decided = (
            fact.correction_id
            for fact in facts
            if type(fact) is PersonCorrected or type(fact) is CorrectionRejected
        )
        await self._waiting.fetch(db, decided)

    async def save(self, db: Db) -> None:
        await self._persons.save(db)
        await self._waiting.save(db)

    def forget(self) -> None:
        self._persons.forget()
        self._waiting.forget()


def person_in(fact: Fact) -> UUID:
    """Return whom a fact is about."""
    return fact.person_id if type(fact) is EnrollmentBegun else fact.originator_id

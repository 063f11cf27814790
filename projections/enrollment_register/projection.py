"""Every enrollment with its member, its months paid and where it stands; coverage is left to the reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import domain.enrollment.events
from domain.claim.events import ClaimWithdrawn, DeathReported
from domain.enrollment.events import (
    ArrearsPaid,
    EnrollmentBegun,
    FirstContributionPaid,
    MemberRegistered,
    MembershipLapsed,
    MemberTerminated,
    Reenrolled,
    SponsorArrearsSettled,
    SponsorshipRenewed,
    WorkerReplaced,
)
from domain.fact import Fact
from domain.period import Month
from domain.person.events import PersonCorrected, PersonRegistered
from domain.programme.events import ContributionReceived, OverpaidRefunded
from projections.enrollment_register.alike import ALIKE, recounted
from projections.enrollment_register.payments import MEANT, mark, meant_by
from projections.log import Entry
from projections.reader import Db, Projection, Rows, Table, facts_in
from store.sealing import Keyring

REGISTER: Final = Table(
    "read.enrollment_register",
    """
    enrollment_id       uuid        not null
    programme_id        uuid        not null
    person_id           uuid        not null
    roster_id           uuid
    list_row            integer
    spell               integer     not null
    area_code           text        not null
    district            text        not null
    ward                text        not null
    occupation          text        not null
    segment             text        not null
    wage_base           integer     not null
    effective_on        date        not null
    begun_position      bigint      not null
    status              text        not null
    definition          text
    since               timestamptz not null
    number              text
    registered_position bigint
    membership_start    date
    first_month         text
    paid_months         text[]      not null default '{}'
    own_months          text[]      not null default '{}'
    listed_from         date[]      not null
    lapsed_on           date[]      not null default '{}'
    lapsed_at           bigint[]    not null default '{}'
    settled_at          bigint[]    not null default '{}'
    again_at            bigint[]    not null default '{}'
    again_from          date[]      not null default '{}'
    renewed_lists       uuid[]      not null default '{}'
    renewed_from        date[]      not null default '{}'
    renewed_at          bigint[]    not null default '{}'
    died_on             date
    death_claim         uuid
    ended_on            date
    ended_position      bigint
    version             integer     not null
    position            bigint      not null
    """,
    key=("enrollment_id",),
    indexes=(
        "(begun_position)",
        "(roster_id, registered_position)",
        "using gin (renewed_lists) where renewed_lists <> '{}'",
        "(person_id)",
        "(programme_id, status, begun_position)",
        "(area_code, status, begun_position)",
        "(ward, status, begun_position) include (area_code, occupation)",
        "(occupation, status, begun_position) include (area_code, ward)",
        "(number)",
        "(death_claim) where death_claim is not null",
        "(programme_id) where ended_on is not null",
        "(person_id) where died_on is not null and (ended_on is not null or registered_position is null)",
    ),
)

PERSON: Final = Table(
    "personal.enrollment_person",
    """
    person_id uuid not null
    name      text
    nik       text
    """,
    key=("person_id",),
    indexes=("using gin (name gin_trgm_ops)",),
)


@dataclass(slots=True)
class Enrollment:
    """A row of the register. `paid_months`: all that count for the member; `own_months`: paid by name.

    listed_from: the first day of each spell. lapsed_on and what follows it: lapse by lapse, the first day without
    cover, and where the log has the lapse, the settlement of its arrears and the enrolling again, with the first
    day of the first month of that spell. renewed_lists and what follows it: renewed list by renewed list, the first
    day of its first month, and where the log has the renewal.
    """

    enrollment_id: UUID
    programme_id: UUID
    person_id: UUID
    roster_id: UUID | None
    list_row: int | None
    spell: int
    area_code: str
    district: str
    ward: str
    occupation: str
    segment: str
    wage_base: int
    effective_on: date
    begun_position: int
    status: str
    definition: str | None
    since: datetime
    number: str | None = None
    registered_position: int | None = None
    membership_start: date | None = None
    first_month: str | None = None
    paid_months: list[str] = field(default_factory=list)
    own_months: list[str] = field(default_factory=list)
    listed_from: list[date] = field(default_factory=list)
    lapsed_on: list[date] = field(default_factory=list)
    lapsed_at: list[int] = field(default_factory=list)
    settled_at: list[int | None] = field(default_factory=list)
    again_at: list[int | None] = field(default_factory=list)
    again_from: list[date | None] = field(default_factory=list)
    renewed_lists: list[UUID] = field(default_factory=list)
    renewed_from: list[date] = field(default_factory=list)
    renewed_at: list[int] = field(default_factory=list)
    died_on: date | None = None
    death_claim: UUID | None = None
    ended_on: date | None = None
    ended_position: int | None = None
    version: int = 0
    position: int = 0


@dataclass(slots=True)
class Person:
    """The personal side of a row; empty where the person was erased."""

    person_id: UUID
    name: str | None
    nik: str | None


class EnrollmentRegister(Projection):
    """One row for each enrollment; a payment reaches all members it means in one statement."""

    name = "enrollment_register"
    version = 7
    tables = (REGISTER, PERSON, ALIKE)
    alone = True

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        register, person, _ = self.here
        self._enrollments = Rows(register, Enrollment)
        self._persons = Rows(person, Person)
        self._money: list[ContributionReceived | OverpaidRefunded] = []  # in the order of the log
        self._deaths: dict[UUID, UUID] = {}  # by the claim that reports it, the member
        self._residences: list[tuple[UUID, str, str, int]] = []  # person, district, ward, position

    def know(self, fact: PersonRegistered, entry: Entry) -> None:
        name, nik = self.opened(fact.details.name), self.opened(fact.nik)
        self._persons.put(fact.originator_id, Person(fact.originator_id, name, nik))

    def correct(self, fact: PersonCorrected, entry: Entry) -> None:
        """Take over a name, a NIK, or the ward of all memberships that had begun."""
        row, new = self._persons.get(fact.originator_id), self.opened(fact.new)
        if row is None or new is None:
            return
        if fact.field == "ward":
            ward, _, district = new.partition(", ")
            self._residences.append((fact.originator_id, district, ward, entry.position))
        elif fact.field in ("name", "nik"):
            setattr(row, fact.field, new)

    def begin(self, fact: EnrollmentBegun, entry: Entry) -> None:
        row = Enrollment(
            fact.originator_id,
            fact.programme_id,
            fact.person_id,
            fact.roster_id,
            fact.row,
            fact.spell,
            fact.area_code,
            fact.district,
            fact.ward,
            fact.occupation,
            fact.segment,
            fact.wage_base,
            fact.effective_on,
            entry.position,
            "",
            None,
            entry.recorded_at,
            listed_from=[fact.effective_on],
        )
        self._enrollments.put(fact.originator_id, row)
        self.go_on(fact, entry)

    def go_on(self, fact: Fact, entry: Entry) -> Enrollment:
        row = self._enrollments[fact.originator_id]
        row.version, row.position = entry.version, entry.position
        row.definition = fact.definition or row.definition
        if fact.to_status is not None and fact.to_status != row.status:
            row.status, row.since = fact.to_status, entry.recorded_at
        return row

    def register(self, fact: MemberRegistered, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        row.number, row.registered_position = fact.number, entry.position

    def activate(self, fact: FirstContributionPaid, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        row.membership_start, row.first_month = fact.membership_start, fact.first_month

    def lapse(self, fact: MembershipLapsed, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        row.lapsed_on.append(fact.effective_on)
        row.lapsed_at.append(entry.position)
        for unknown in (row.settled_at, row.again_at, row.again_from):
            unknown.append(None)

    def settle(self, fact: ArrearsPaid | SponsorArrearsSettled, entry: Entry) -> None:
        """Note what undid a lapse; arrears paid in grace close no lapse that was over before."""
        row = self.go_on(fact, entry)
        if isinstance(fact, SponsorArrearsSettled):
            row.paid_months = sorted({*row.paid_months, *fact.months})
            row.own_months = sorted({*row.own_months, *fact.months})
        if row.lapsed_at and row.settled_at[-1] is None and row.again_at[-1] is None:
            row.settled_at[-1] = entry.position

    def enroll_again(self, fact: Reenrolled, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        row.spell, row.occupation = fact.spell, fact.occupation
        row.membership_start = row.first_month = None
        row.listed_from.append(fact.effective_on)
        if row.lapsed_at:
            row.again_at[-1], row.again_from[-1] = entry.position, Month.of(fact.effective_on).first_day

    def renew(self, fact: SponsorshipRenewed, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        row.renewed_lists.append(fact.roster_id)
        row.renewed_from.append(Month.of(fact.from_on).first_day)
        row.renewed_at.append(entry.position)

    def end(self, fact: MemberTerminated | WorkerReplaced, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        row.ended_on, row.ended_position = fact.ended_on, entry.position

    def die(self, fact: DeathReported, entry: Entry) -> None:
        row = self._enrollments[fact.enrollment_id]
        row.died_on, row.death_claim = fact.event_on, fact.originator_id
        self._deaths[fact.originator_id] = fact.enrollment_id

    def live(self, fact: ClaimWithdrawn, entry: Entry) -> None:
        """Forget a death whose report was taken back, unless another one stands."""
        member = self._deaths.get(fact.originator_id)
        if member is not None and self._enrollments[member].death_claim == fact.originator_id:
            row = self._enrollments[member]
            row.died_on = row.death_claim = None

    def pay(self, fact: ContributionReceived | OverpaidRefunded, entry: Entry) -> None:
        if isinstance(fact, ContributionReceived) and fact.authorisation is not None:
            return  # it counts when arrears are settled by it
        self._money.append(fact)  # whom it means does not depend on what follows: see IS_HEAD

    reads = dict.fromkeys(facts_in(domain.enrollment.events), go_on) | {
        PersonRegistered: know,
        PersonCorrected: correct,
        EnrollmentBegun: begin,
        MemberRegistered: register,
        FirstContributionPaid: activate,
        MembershipLapsed: lapse,
        ArrearsPaid: settle,
        SponsorArrearsSettled: settle,
        Reenrolled: enroll_again,
        SponsorshipRenewed: renew,
        MemberTerminated: end,
        WorkerReplaced: end,
        DeathReported: die,
        ClaimWithdrawn: live,
        ContributionReceived: pay,
        OverpaidRefunded: pay,
    }

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:
        people = [f.originator_id for f in facts if type(f) in (PersonRegistered, PersonCorrected)]
        await self.keyring.load(people)
        known = {f.originator_id for f in facts if type(f) is PersonRegistered}
        corrected = {f.originator_id for f in facts if type(f) is PersonCorrected}
        await self._persons.fetch(db, corrected - known)
        if claims := [fact.originator_id for fact in facts if type(fact) is ClaimWithdrawn]:
            told = await db.fetch(
                f"select death_claim, enrollment_id from {self.here[0].name} where death_claim = any ($1)",
                claims,
            )
            self._deaths |= {row["death_claim"]: row["enrollment_id"] for row in told}
        begun = {fact.originator_id for fact in facts if type(fact) is EnrollmentBegun}
        touched = {*_enrollments_in(facts), *self._deaths.values()}
        await self._enrollments.fetch(db, touched - begun)

    async def save(self, db: Db) -> None:
        register, _, alike = (table.name for table in self.here)
        if touched := self._enrollments.keys:
            async with recounted(db, register, alike, "enrollment_id = any ($1)", touched):
                await self._enrollments.save(db)
        await self._persons.save(db)
        for residence in self._residences:
            async with recounted(db, register, alike, "person_id = $1", residence[0]):
                await db.execute(_MOVED.format(register), *residence)
        if money := self._money:
            async with recounted(db, register, alike, MEANT, *meant_by(money)):
                await mark(db, register, money)
        self._residences, self._deaths, self._money = [], {}, []

    def forget(self) -> None:
        self._enrollments.forget()
        self._persons.forget()
        self._money, self._residences, self._deaths = [], [], {}


_OF_OTHERS: Final = frozenset(
    {
        EnrollmentBegun,
        PersonRegistered,
        PersonCorrected,
        ContributionReceived,
        OverpaidRefunded,
        ClaimWithdrawn,
    }
)
_MOVED: Final = "update {} set district = $2, ward = $3 where person_id = $1 and begun_position < $4"


def _enrollments_in(facts: Iterable[Fact]) -> Iterable[UUID]:
    for fact in facts:
        if type(fact) is DeathReported:
            yield fact.enrollment_id
        elif type(fact) not in _OF_OTHERS:
            yield fact.originator_id

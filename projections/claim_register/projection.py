"""Every claim with where it stands, what it is about and what was paid on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import domain.claim.events
from domain.claim.events import (
    BenefitCalculated,
    CalculationReturned,
    ClaimApproved,
    ClaimFiled,
    ClaimRejected,
    DeathReported,
    FileComplete,
    HandedOverToJkk,
    PayeeChanged,
    PaymentDetailsCorrected,
    PaymentSucceeded,
)
from domain.fact import Fact
from domain.risk.events import RiskFound
from projections.log import Entry
from projections.reader import KEPT, Db, Projection, Rows, Table, facts_in
from store.sealing import Keyring

PAY_CLOCK: Final = "pay_3wd"

REGISTER: Final = Table(
    "read.claim_register",
    """
    id              uuid        not null
    number          text        not null
    kind            text        not null
    enrollment_id   uuid        not null
    person_id       uuid        not null
    programme_id    uuid        not null
    area_code       text        not null
    event_on        date        not null
    cause           text        not null
    reported_by     text        not null
    begun_position  bigint      not null
    status          text        not null
    definition      text
    since           timestamptz not null
    claim_date      date
    outcome         text
    total           bigint
    approved_amount bigint
    paid_amount     bigint      not null
    due_on          date
    complete_on     date
    paid_on         date
    days_late       integer
    penalty_due     bigint      not null
    penalty_paid    bigint      not null
    flags           text[]      not null
    version         integer     not null
    position        bigint      not null
    """,
    key=("id",),
    indexes=(
        "(begun_position)",
        "(status, begun_position)",
        "(area_code, status, begun_position)",
        "(kind, status, begun_position)",
        "(person_id)",
        "(reported_by, begun_position)",
        "(number)",
    ),
)


@dataclass(slots=True)
class ClaimRow:
    """A row of the register; amounts in whole rupiah. `due_on`: the day by which the law wants it paid.

    total, approved_amount, paid_amount, paid_on: of the benefit, without what is owed for paying it late.
    """

    id: UUID
    number: str
    kind: str
    enrollment_id: UUID
    person_id: UUID
    programme_id: UUID
    area_code: str
    event_on: date
    cause: str
    reported_by: str
    begun_position: int
    status: str
    definition: str | None
    since: datetime
    claim_date: date | None = None
    outcome: str | None = None
    total: int | None = None
    approved_amount: int | None = None
    paid_amount: int = 0
    due_on: date | None = None
    complete_on: date | None = None
    paid_on: date | None = None
    days_late: int | None = None
    penalty_due: int = 0
    penalty_paid: int = 0
    flags: list[str] = field(default_factory=list)
    version: int = 0
    position: int = 0


class ClaimRegister(Projection):
    """One row for each claim."""

    name = "claim_register"
    version = 3
    tables = (REGISTER,)

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        self._claims = Rows(self.here[0], ClaimRow, kept=KEPT)

    def report(self, fact: DeathReported, entry: Entry) -> None:
        row = ClaimRow(
            fact.originator_id,
            fact.number,
            fact.kind,
            fact.enrollment_id,
            fact.person_id,
            fact.programme_id,
            fact.area_code,
            fact.event_on,
            fact.cause,
            fact.actor,
            entry.position,
            "",
            None,
            entry.recorded_at,
        )
        self._claims.put(fact.originator_id, row)
        self.go_on(fact, entry)

    def go_on(self, fact: Fact, entry: Entry) -> ClaimRow:
        row = self._claims[fact.originator_id]
        row.version, row.position = entry.version, entry.position
        row.definition = fact.definition or row.definition
        if fact.to_status is not None and fact.to_status != row.status:
            row.status, row.since = fact.to_status, entry.recorded_at
        if fact.flags:
            row.flags = sorted({*row.flags, *fact.flags})
        for clock in fact.clocks:
            if clock.clock == PAY_CLOCK and clock.change in {"started", "restarted"}:
                row.due_on = clock.due_on
        return row

    def file(self, fact: ClaimFiled, entry: Entry) -> None:
        self.go_on(fact, entry).claim_date = fact.claim_date

    def complete(self, fact: FileComplete, entry: Entry) -> None:
        self.go_on(fact, entry).complete_on = fact.effective_on

    def calculate(self, fact: BenefitCalculated, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        row.outcome, row.total = fact.determination.outcome, fact.determination.total

    def return_calculation(self, fact: CalculationReturned, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        if not fact.of_penalty:
            row.outcome = row.total = row.approved_amount = None

    def approve(self, fact: ClaimApproved, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        if not fact.of_penalty:
            row.approved_amount = fact.amount

    def approve_again(self, fact: PaymentDetailsCorrected, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        if not fact.of_penalty:
            row.approved_amount = None

    def decide_again(self, fact: PayeeChanged, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        row.outcome = row.total = row.approved_amount = None

    def reject(self, fact: ClaimRejected | HandedOverToJkk, entry: Entry) -> None:
        self.go_on(fact, entry).outcome = fact.outcome

    def pay(self, fact: PaymentSucceeded, entry: Entry) -> None:
        row = self.go_on(fact, entry)
        if fact.of_penalty:
            row.penalty_paid += fact.amount
            return
        row.paid_amount += fact.amount
        row.penalty_due += fact.penalty_due
        row.paid_on, row.days_late = fact.paid_on, fact.days_late

    def flag(self, fact: RiskFound, entry: Entry) -> None:
        row = self._claims[fact.case_id]
        row.flags = sorted({*row.flags, *fact.flags})

    reads = dict.fromkeys(facts_in(domain.claim.events), go_on) | {
        RiskFound: flag,
        DeathReported: report,
        ClaimFiled: file,
        FileComplete: complete,
        BenefitCalculated: calculate,
        CalculationReturned: return_calculation,
        ClaimApproved: approve,
        ClaimRejected: reject,
        HandedOverToJkk: reject,
        PayeeChanged: decide_again,
        PaymentDetailsCorrected: approve_again,
        PaymentSucceeded: pay,
    }

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:
        begun = {fact.originator_id for fact in facts if type(fact) is DeathReported}
        await self._claims.fetch(db, {_claim_of(fact) for fact in facts} - begun)

    async def save(self, db: Db) -> None:
        await self._claims.save(db)

    def forget(self) -> None:
        self._claims.forget()


def _claim_of(fact: Fact) -> UUID:
    return fact.case_id if type(fact) is RiskFound else fact.originator_id

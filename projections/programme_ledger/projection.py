"""What each programme planned, what its sponsor paid in, and what was paid out to the families."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

import domain.programme.events
from domain.claim.events import (
    ClaimApproved,
    ClaimWithdrawn,
    DeathReported,
    PayeeChanged,
    PaymentDetailsCorrected,
    PaymentSucceeded,
)
from domain.enrollment.events import MemberTerminated, WorkerReplaced
from domain.fact import Fact
from domain.programme.events import ContributionReceived, OverpaidRefunded, ProgrammeOpened
from projections.log import Entry
from projections.reader import KEPT, Db, Projection, Rows, Table, facts_in
from store.sealing import Keyring

REPLACED: Final = "REPLACED"
OF_PROGRAMMES: Final = frozenset(facts_in(domain.programme.events)) - {ProgrammeOpened}
OF_CLAIMS: Final = frozenset(
    {ClaimApproved, ClaimWithdrawn, PayeeChanged, PaymentDetailsCorrected, PaymentSucceeded}
)

PROGRAMMES: Final = Table(
    "read.programme_ledger",
    """
    programme_id uuid    not null
    name         text    not null
    sponsor      text    not null
    area_code    text    not null
    segment      text    not null
    target       bigint  not null
    budget       bigint  not null
    period_from  date    not null
    period_to    date    not null
    credit       bigint  not null
    version      integer not null
    position     bigint  not null
    """,
    key=("programme_id",),
)

PAYMENTS: Final = Table(
    "read.programme_payment",
    """
    position     bigint    not null
    programme_id uuid      not null
    reference    text      not null
    paid_on      date      not null
    months       text[]    not null
    heads        integer[] not null
    amount       bigint    not null
    lines        jsonb     not null
    roster_id    uuid
    members      integer   not null
    head_position bigint   not null
    credit_used  bigint    not null
    credit_kept  bigint    not null
    """,
    key=("position",),
    indexes=("(programme_id, position)",),
)

CLAIMS: Final = Table(
    "read.programme_claim",
    """
    claim_id     uuid    not null
    programme_id uuid    not null
    number       text    not null
    person_id    uuid    not null
    died_on      date    not null
    is_withdrawn boolean not null
    approved     bigint  not null
    paid         bigint  not null
    """,
    key=("claim_id",),
    indexes=("(programme_id, number)", "(person_id)"),
)

REFUNDS: Final = Table(
    "read.programme_refund",
    """
    position     bigint  not null
    programme_id uuid    not null
    reference    text    not null
    agreement    text    not null
    refunded_on  date    not null
    amount       bigint  not null
    sent_to      text    not null
    members      jsonb   not null
    """,
    key=("position",),
    indexes=("(programme_id, position)",),
)

PAYOUTS: Final = Table(
    "read.programme_payout",
    """
    position     bigint not null
    programme_id uuid   not null
    paid_on      date   not null
    amount       bigint not null
    """,
    key=("position",),
    indexes=("(programme_id, paid_on)",),
)

ENDS: Final = Table(
    "read.programme_member_end",
    """
    enrollment_id uuid not null
    ended_on      date not null
    ended_for     text not null
    """,
    key=("enrollment_id",),
)


@dataclass(slots=True)
class ProgrammeRow:
    """The sponsor's agreement in figures; `budget` and `credit` in whole rupiah."""

    programme_id: UUID
    name: str
    sponsor: str
    area_code: str
    segment: str
    target: int
    budget: int
    period_from: date
    period_to: date
    credit: int
    version: int
    position: int


@dataclass(slots=True)
class ClaimMoney:
    """A reported death, and what was approved and paid on it, whole rupiah; penalties for paying late not counted."""

    claim_id: UUID
    programme_id: UUID
    number: str
    person_id: UUID
    died_on: date
    is_withdrawn: bool = False
    approved: int = 0
    paid: int = 0


class ProgrammeLedger(Projection):
    """The programmes, the payments of their sponsors and what went back, who died or left, and money of claims."""

    name = "programme_ledger"
    version = 4
    tables = (PROGRAMMES, PAYMENTS, CLAIMS, REFUNDS, ENDS, PAYOUTS)

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        self._programmes = Rows(self.here[0], ProgrammeRow, kept=KEPT)
        self._claims = Rows(self.here[2], ClaimMoney, kept=KEPT)
        self._payments: list[tuple[Any, ...]] = []  # Any: values of the columns, each of its type
        self._refunds: list[tuple[Any, ...]] = []
        self._ends: list[tuple[Any, ...]] = []
        self._payouts: list[tuple[Any, ...]] = []

    def open(self, fact: ProgrammeOpened, entry: Entry) -> None:
        row = ProgrammeRow(
            fact.originator_id,
            fact.name,
            fact.sponsor,
            fact.area_code,
            fact.segment,
            fact.target,
            fact.budget,
            fact.period_from,
            fact.period_to,
            0,
            entry.version,
            entry.position,
        )
        self._programmes.put(fact.originator_id, row)

    def go_on(self, fact: Fact, entry: Entry) -> None:
        row = self._programmes[fact.originator_id]
        row.version, row.position = entry.version, entry.position

    def take_in(self, fact: ContributionReceived, entry: Entry) -> None:
        self.go_on(fact, entry)
        self._programmes[fact.originator_id].credit += fact.credit_kept - fact.credit_used
        payment = (
            entry.position,
            fact.originator_id,
            fact.reference,
            fact.paid_on,
            fact.months,
            fact.heads,
            fact.amount,
            msgspec.json.encode(fact.lines).decode(),
            fact.roster_id,
            len(fact.enrollment_ids),
            fact.head_position,
            fact.credit_used,
            fact.credit_kept,
        )
        self._payments.append(payment)

    def give_back(self, fact: OverpaidRefunded, entry: Entry) -> None:
        self.go_on(fact, entry)
        if fact.to == "credit":
            self._programmes[fact.originator_id].credit += fact.amount
        refund = (
            entry.position,
            fact.originator_id,
            fact.reference,
            fact.agreement,
            fact.refunded_on,
            fact.amount,
            fact.to,
            msgspec.json.encode(fact.members).decode(),
        )
        self._refunds.append(refund)

    def end(self, fact: MemberTerminated | WorkerReplaced, entry: Entry) -> None:
        reason = fact.reason if isinstance(fact, MemberTerminated) else REPLACED
        self._ends.append((fact.originator_id, fact.ended_on, reason))

    def report(self, fact: DeathReported, entry: Entry) -> None:
        claim = ClaimMoney(fact.originator_id, fact.programme_id, fact.number, fact.person_id, fact.event_on)
        self._claims.put(fact.originator_id, claim)

    def approve(self, fact: ClaimApproved, entry: Entry) -> None:
        if not fact.of_penalty:
            self._claims[fact.originator_id].approved = fact.amount

    def take_approval_back(
        self, fact: ClaimWithdrawn | PayeeChanged | PaymentDetailsCorrected, entry: Entry
    ) -> None:
        if not (isinstance(fact, PaymentDetailsCorrected) and fact.of_penalty):
            self._claims[fact.originator_id].approved = 0

    def withdraw(self, fact: ClaimWithdrawn, entry: Entry) -> None:
        self.take_approval_back(fact, entry)
        self._claims[fact.originator_id].is_withdrawn = True

    def pay_out(self, fact: PaymentSucceeded, entry: Entry) -> None:
        if fact.of_penalty:
            return  # the sponsor does not answer for it
        claim = self._claims[fact.originator_id]
        claim.paid += fact.amount
        self._payouts.append((entry.position, claim.programme_id, fact.paid_on, fact.amount))

    reads = dict.fromkeys(facts_in(domain.programme.events), go_on) | {
        ProgrammeOpened: open,
        ContributionReceived: take_in,
        OverpaidRefunded: give_back,
        MemberTerminated: end,
        WorkerReplaced: end,
        DeathReported: report,
        ClaimApproved: approve,
        ClaimWithdrawn: withdraw,
        PayeeChanged: take_approval_back,
        PaymentDetailsCorrected: take_approval_back,
        PaymentSucceeded: pay_out,
    }

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:
        begun = {fact.originator_id for fact in facts if type(fact) in (ProgrammeOpened, DeathReported)}
        programmes = {fact.originator_id for fact in facts if type(fact) in OF_PROGRAMMES}
        await self._programmes.fetch(db, programmes - begun)
        await self._claims.fetch(db, {f.originator_id for f in facts if type(f) in OF_CLAIMS} - begun)

    async def save(self, db: Db) -> None:
        await self._programmes.save(db)
        await self.here[1].add(db, self._payments)
        await self._claims.save(db)
        await self.here[3].add(db, self._refunds)
        await self.here[4].add(db, self._ends)
        await self.here[5].add(db, self._payouts)
        self._payments, self._refunds, self._ends, self._payouts = [], [], [], []

    def forget(self) -> None:
        self._programmes.forget()
        self._claims.forget()
        self._payments, self._refunds, self._ends, self._payouts = [], [], [], []

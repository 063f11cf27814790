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
from domain.fact import Fact
from domain.programme.events import ContributionReceived, ProgrammeOpened
from projections.log import Entry
from projections.reader import Db, Projection, Rows, Table, facts_in
from store.sealing import Keyring

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
    claim_id     uuid   not null
    programme_id uuid   not null
    number       text   not null
    approved     bigint not null
    paid         bigint not null
    """,
    key=("claim_id",),
    indexes=("(programme_id, number)",),
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
    """What was approved and paid on one claim, whole rupiah; what is owed for paying late not counted."""

    claim_id: UUID
    programme_id: UUID
    number: str
    approved: int = 0
    paid: int = 0


class ProgrammeLedger(Projection):
    """The programmes, the payments of their sponsors, and the money of their claims."""

    name = "programme_ledger"
    version = 2
    tables = (PROGRAMMES, PAYMENTS, CLAIMS)

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        self._programmes = Rows(self.here[0], ProgrammeRow)
        self._claims = Rows(self.here[2], ClaimMoney)
        self._payments: list[tuple[Any, ...]] = []  # Any: values of the columns, each of its type

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

    def report(self, fact: DeathReported, entry: Entry) -> None:
        self._claims.put(fact.originator_id, ClaimMoney(fact.originator_id, fact.programme_id, fact.number))

    def approve(self, fact: ClaimApproved, entry: Entry) -> None:
        if not fact.of_penalty:
            self._claims[fact.originator_id].approved = fact.amount

    def take_approval_back(
        self, fact: ClaimWithdrawn | PayeeChanged | PaymentDetailsCorrected, entry: Entry
    ) -> None:
        if not (isinstance(fact, PaymentDetailsCorrected) and fact.of_penalty):
            self._claims[fact.originator_id].approved = 0

    def pay_out(self, fact: PaymentSucceeded, entry: Entry) -> None:
        if not fact.of_penalty:  # which the sponsor does not answer for
            self._claims[fact.originator_id].paid += fact.amount

    reads = dict.fromkeys(facts_in(domain.programme.events), go_on) | {
        ProgrammeOpened: open,
        ContributionReceived: take_in,
        DeathReported: report,
        ClaimApproved: approve,
        ClaimWithdrawn: take_approval_back,
        PayeeChanged: take_approval_back,
        PaymentDetailsCorrected: take_approval_back,
        PaymentSucceeded: pay_out,
    }

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:
        streams = [fact.originator_id for fact in facts]  # of programmes and of claims; ids never meet
        await self._programmes.fetch(db, streams)
        await self._claims.fetch(db, streams)

    async def save(self, db: Db) -> None:
        await self._programmes.save(db)
        await self.here[1].add(db, self._payments)
        await self._claims.save(db)
        self._payments = []

    def forget(self) -> None:
        self._programmes.forget()
        self._claims.forget()
        self._payments = []

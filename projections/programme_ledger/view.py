"""The ledger of a programme: plan, money in, money out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from domain.programme.events import RefundedMonths
from projections.enrollment_register.projection import REGISTER, EnrollmentRegister
from projections.positions import snapshot
from projections.programme_ledger.board import Cash, cash_in
from projections.programme_ledger.overpaid import Overpaid, overpaid_in
from projections.programme_ledger.projection import CLAIMS, PAYMENTS, PROGRAMMES, REFUNDS, ProgrammeLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentIn:
    """A payment of the sponsor, whole rupiah. heads: members, month by month; members: how many are named.

    amount: what arrived; with the credit used it is what was invoiced, and the rest was kept as credit.
    """

    position: int
    reference: str
    paid_on: date
    months: tuple[str, ...]  # YYYY-MM
    heads: tuple[int, ...]
    amount: int
    lines: tuple[tuple[str, int], ...]
    roster_id: UUID | None
    members: int
    head_position: int
    credit_used: int
    credit_kept: int

    @property
    def invoiced(self) -> int:
        return self.amount + self.credit_used - self.credit_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyOut:
    """What was approved and paid on one claim, whole rupiah."""

    claim_id: UUID
    number: str
    approved: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Months that went back, whole rupiah: to the sponsor's `account`, or to the `credit` of the programme."""

    position: int
    reference: str
    agreement: str
    refunded_on: date
    amount: int
    sent_to: str
    members: tuple[RefundedMonths, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A programme in figures, as they stood at `position` of the log; amounts in whole rupiah."""

    programme_id: UUID
    name: str
    sponsor: str
    area_code: str
    segment: str
    target: int
    budget: int
    period_from: date
    period_to: date
    credit: int  # came in above invoices and was not used yet
    payments: tuple[PaymentIn, ...]
    claims: tuple[MoneyOut, ...]
    overpaid: tuple[Overpaid, ...]
    refunds: tuple[Refund, ...]
    cash: tuple[Cash, ...]
    version: int
    position: int

    @property
    def paid_in(self) -> int:
        return sum(payment.amount for payment in self.payments)

    @property
    def invoiced(self) -> int:
        """What members and months were invoiced with, less what went back: money in, but for the credit and refunds."""
        return sum(payment.invoiced for payment in self.payments) - sum(one.amount for one in self.refunds)

    @property
    def refunded(self) -> int:
        """What left the Fund for the sponsor's account."""
        return sum(one.amount for one in self.refunds if one.sent_to == "account")

    @property
    def approved(self) -> int:
        return sum(claim.approved for claim in self.claims)

    @property
    def paid_out(self) -> int:
        return sum(claim.paid for claim in self.claims)


class ProgrammeLedgerView:
    """Ledgers, one at a time."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def ledger(self, programme_id: UUID) -> Ledger | None:
        """Return the ledger with every payment and claim, or None for a programme that is not known."""
        async with snapshot(self._pool, ProgrammeLedger, EnrollmentRegister) as (db, position):
            row = await db.fetchrow(f"select * from {PROGRAMMES.name} where programme_id = $1", programme_id)
            if row is None:
                return None
            payments = await db.fetch(
                f"select position, reference, paid_on, months, heads, amount, lines, roster_id, members,"
                f" head_position, credit_used, credit_kept"
                f" from {PAYMENTS.name} where programme_id = $1 order by position",
                programme_id,
            )
            claims = await db.fetch(
                f"select claim_id, number, approved, paid from {CLAIMS.name} where programme_id = $1"
                " order by number",
                programme_id,
            )
            refunds = await db.fetch(
                "select position, reference, agreement, refunded_on, amount, sent_to, members"
                f" from {REFUNDS.name} where programme_id = $1 order by position",
                programme_id,
            )
            overpaid = await overpaid_in(db, programme_id, row["segment"])
            cash = await cash_in(db, programme_id)
        return Ledger(
            **{
                **row,
                "payments": tuple(_payment(payment) for payment in payments),
                "claims": tuple(MoneyOut(**claim) for claim in claims),
                "overpaid": overpaid,
                "refunds": tuple(_refund(refund) for refund in refunds),
                "cash": cash,
                "position": position,
            }
        )

    async def reports_of_death(self, enrollment_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Return the claim that reports the earliest death of each of these members that has one."""
        async with snapshot(self._pool, ProgrammeLedger, EnrollmentRegister) as (db, _):
            found = await db.fetch(
                f"""
                select distinct on (r.enrollment_id) r.enrollment_id, c.claim_id
                from {REGISTER.name} r join {CLAIMS.name} c using (person_id)
                where r.enrollment_id = any ($1) and not c.is_withdrawn
                order by r.enrollment_id, c.died_on, c.claim_id""",
                list(enrollment_ids),
            )
        return {row["enrollment_id"]: row["claim_id"] for row in found}


def _refund(row: "asyncpg.Record") -> Refund:
    members = msgspec.json.decode(row["members"], type=tuple[RefundedMonths, ...])
    return Refund(**{**row, "members": members})


def _payment(row: "asyncpg.Record") -> PaymentIn:
    lines = msgspec.json.decode(row["lines"], type=tuple[tuple[str, int], ...])
    return PaymentIn(**{**row, "months": tuple(row["months"]), "heads": tuple(row["heads"]), "lines": lines})

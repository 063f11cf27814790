"""What has happened to one transfer of benefit money."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.fact import Fact, FirstFact
from domain.sealed import Sealed
from domain.stored_as import stored_as


@dataclass(frozen=True, kw_only=True)
class PaymentLine:
    """One line of the determination, and the payee it goes to."""

    code: str
    amount: int  # rupiah
    payee: str  # HEIR, FUNERAL_ARRANGER or SOCIAL_SECURITY_FUND


@stored_as("payment.ordered")
class PaymentOrdered(FirstFact):
    claim_id: UUID
    person_id: UUID  # the insured person
    area_code: str
    amount: int  # rupiah
    lines: tuple[PaymentLine, ...]


@stored_as("payment.succeeded")
class PaymentSucceeded(Fact):
    bank_reference: str
    paid_on: date


@stored_as("payment.failed")
class PaymentFailed(Fact):
    """The bank sent the money back."""

    reason: Sealed[str]
    bank_code: str | None = None

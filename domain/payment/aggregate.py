"""One transfer of benefit money: ordered once, then confirmed by the bank's reference."""

from datetime import date
from uuid import UUID

from domain.case import Case
from domain.command import Command, header
from domain.fact import Fact
from domain.payment.events import PaymentFailed, PaymentLine, PaymentOrdered, PaymentSucceeded
from domain.sealed import Sealed
from domain.step import Step
from domain.stored_as import stored_as


@stored_as("payment")
class Payment(Case):
    """The money side of a claim; opened and settled in the same append as the claim's own step."""

    def __init__(self) -> None:
        super().__init__()
        self.ordered: PaymentOrdered
        self.bank_reference: str | None = None
        self.paid_on: date | None = None
        self.failed: PaymentFailed | None = None

    @property
    def subject_id(self) -> UUID:
        return self.ordered.person_id

    @classmethod
    def order(
        cls,
        command: Command,
        payment_id: UUID,
        person_id: UUID,
        area_code: str,
        lines: tuple[PaymentLine, ...],
    ) -> "Payment":
        return cls._create(
            PaymentOrdered,
            id=payment_id,
            claim_id=command.case_id,
            person_id=person_id,
            area_code=area_code,
            amount=sum(line.amount for line in lines),
            lines=lines,
            **header(command, Step(name="order", to_status="ORDERED"), person_id),
        )

    def succeed(self, command: Command, bank_reference: str, paid_on: date) -> None:
        assert self.status == "ORDERED", "a payment succeeds once"
        self.trigger_event(
            PaymentSucceeded,
            bank_reference=bank_reference,
            paid_on=paid_on,
            **header(
                command, Step(name="succeed", from_status=self.status, to_status="SUCCEEDED"), self.subject_id
            ),
        )

    def fail(self, command: Command, bank_code: str | None, reason: Sealed[str]) -> None:
        assert self.status == "ORDERED", "a payment fails once, and not after it succeeded"
        self.trigger_event(
            PaymentFailed,
            bank_code=bank_code,
            reason=reason,
            **header(
                command, Step(name="fail", from_status=self.status, to_status="FAILED"), self.subject_id
            ),
        )

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case PaymentOrdered():
                self.ordered, self.area_code = event, event.area_code
            case PaymentSucceeded():
                self.bank_reference, self.paid_on = event.bank_reference, event.paid_on
            case PaymentFailed():
                self.failed = event

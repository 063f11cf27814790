"""Settlement: a determination is approved or a rejection signed, and every line is paid once."""

from datetime import date
from typing import Final
from uuid import uuid5

from domain.benefit.deadlines import determine_penalty, late_payment
from domain.benefit.determination import Determination, Line
from domain.benefit.heirs import SOCIAL_SECURITY_FUND
from domain.case import Case
from domain.claim.commands import (
    ApproveClaim,
    CloseCase,
    ConfirmPayment,
    DeterminePenalty,
    EndorseClaim,
    FailPayment,
    OrderPayment,
    RefuseRest,
    SettleArrears,
    SignRejection,
)
from domain.claim.events import (
    ArrearsPaid,
    CaseClosed,
    ClaimApproved,
    ClaimEndorsed,
    ClaimRejected,
    PaymentFailed,
    PaymentOrdered,
    PaymentSucceeded,
    PenaltyDetermined,
    RestRefused,
)
from domain.claim.memory import ClaimMemory
from domain.claim.people import payee_of
from domain.claim.refusals import (
    AmountDiffersFromDetermination,
    ArrearsStillOpen,
    NothingToOrder,
    refuse_before_end,
)
from domain.command import header, said
from domain.enrollment.aggregate import Enrollment
from domain.payment.aggregate import Payment
from domain.payment.events import PaymentLine
from domain.programme.aggregate import Programme
from domain.refusal import Invalid
from domain.sealed import Sealed
from domain.step import Step
from domain.working_days import days_late
from domain.world import World

ARREARS_CLOCK: Final = "arrears_90d"
PAY_CLOCK: Final = "pay_3wd"


class SettlementDesk(ClaimMemory):
    """Decisions of approvers and finance."""

    def endorse(self, command: EndorseClaim, step: Step, world: World) -> None:
        """Give the first of two signatures, for the determination as it stands."""
        determination = self._determined()
        if command.amount not in (None, determination.total):
            raise AmountDiffersFromDetermination(command.amount or 0, determination.total)
        self.trigger_event(
            ClaimEndorsed,
            amount=determination.total,
            determination=determination.digest,
            **header(command, step, self.subject_id),
        )

    def approve(self, command: ApproveClaim, step: Step, world: World) -> None:
        """Approve every line of the determination, those that wait for arrears too."""
        determination = self._determined()
        if command.amount != determination.total:
            raise AmountDiffersFromDetermination(command.amount, determination.total)
        self.trigger_event(
            ClaimApproved,
            amount=command.amount,
            rule_set=determination.rule_set,
            of_penalty=self.penalty_found is not None,
            **header(command, step, self.subject_id),
        )

    def sign_rejection(self, command: SignRejection, step: Step, world: World) -> None:
        """Sign the rejection that a verifier proposed, or that the determination proposes."""
        outcome = self.proposal.outcome if self.proposal else self._determined().outcome
        self.trigger_event(
            ClaimRejected,
            outcome=outcome,
            reason=Sealed.of(self.subject_id, command.reason) if command.reason else None,
            **header(command, step, self.subject_id),
        )

    def order_payment(self, command: OrderPayment, step: Step, world: World) -> list[Case]:
        """Order what may be paid now and was not ordered before; opens the payment in the same append."""
        lines = self._lines_to_order()
        if not lines:
            raise NothingToOrder
        payment_id = uuid5(self.id, f"payment/{self.version + 1}")
        self.trigger_event(
            PaymentOrdered,
            payment_id=payment_id,
            amount=sum(line.amount for line in lines),
            lines=lines,
            **header(command, step, self.subject_id),
        )
        return [Payment.order(command, payment_id, self.subject_id, self.area_code, lines)]

    def confirm_payment(self, command: ConfirmPayment, step: Step, world: World) -> list[Case]:
        """Record that the money arrived; a late payment records its days and the penalty due (Art. 40(4))."""
        if command.paid_on > command.effective_on:
            raise Invalid(
                "paid_on lies after the day of the step: give the day the money arrived", field="paid_on"
            )
        if command.paid_on < self.reported.event_on:
            raise Invalid("paid_on lies before the death: give the day the money arrived", field="paid_on")
        if not command.bank_reference.strip():
            raise Invalid(
                "bank_reference is empty: give the reference of the transfer", field="bank_reference"
            )
        assert self.payment_id is not None, "the definition lets nobody confirm what was not ordered"
        payment = world.to_change("payment", Payment)
        late, owed = self._lateness(payment, command.paid_on)
        self.trigger_event(
            PaymentSucceeded,
            payment_id=payment.id,
            amount=payment.ordered.amount,
            bank_reference=command.bank_reference.strip(),
            paid_on=command.paid_on,
            days_late=late,
            penalty_due=owed.amount if owed else 0,
            penalty=owed,
            of_penalty=self.penalty_found is not None,
            **header(command, step, self.subject_id),
        )
        payment.succeed(command, command.bank_reference.strip(), command.paid_on)
        return [payment]

    def fail_payment(self, command: FailPayment, step: Step, world: World) -> list[Case]:
        """Record that the bank sent the money back; its lines were not paid and may be ordered again."""
        payment = world.to_change("payment", Payment)
        reason = Sealed.of(self.subject_id, said(command.reason, "reason"))
        self.trigger_event(
            PaymentFailed,
            payment_id=payment.id,
            amount=payment.ordered.amount,
            bank_code=command.bank_code,
            reason=reason,
            **header(command, step, self.subject_id),
        )
        payment.fail(command, command.bank_code, reason)
        return [payment]

    def determine_penalty(self, command: DeterminePenalty, step: Step, world: World) -> None:
        """Determine what the payee is owed for late payments (Art. 40(4)); it is approved and ordered anew."""
        payee = self.main_payee
        assert payee is not None, "somebody was paid"
        late = [paid for paid in self.payments if paid.penalty is not None]
        self.trigger_event(
            PenaltyDetermined,
            determination=determine_penalty(
                (paid.penalty for paid in late if paid.penalty), payee=payee.code
            ),
            payments=tuple(paid.payment_id for paid in late),
            **header(command, step, self.subject_id),
        )

    def refuse_rest(self, command: RefuseRest, step: Step, world: World) -> None:
        """Refuse the lines that still wait, 90 days after the arrears were asked for (a convention)."""
        refuse_before_end(self.clocks.get(ARREARS_CLOCK), command.effective_on, "arrears_period_is_over")
        assert self.benefit is not None, "something was approved"
        waiting = [line for line in self.benefit.lines if line.payable == "after_arrears"]
        self.trigger_event(
            RestRefused,
            codes=tuple(line.code for line in waiting),
            amount=sum(line.amount for line in waiting),
            reason=Sealed.of(self.subject_id, said(command.reason, "reason")),
            **header(command, step, self.subject_id),
        )

    def settle_arrears(self, command: SettleArrears, step: Step, world: World) -> None:
        """Free the lines that waited, once every month up to the event is paid (Art. 42(1))."""
        unpaid = self.months_unpaid(world.the("enrollment", Enrollment), world.the("programme", Programme))
        if unpaid:
            raise ArrearsStillOpen(unpaid)
        self.trigger_event(
            ArrearsPaid,
            months=tuple(self._determined().arrears_months),
            payment_position=command.payment_position,
            **header(command, step, self.subject_id),
        )

    def months_unpaid(self, enrollment: Enrollment, programme: Programme) -> tuple[str, ...]:
        """Return the months up to the event that the programme, as it is given, has no payment for."""
        cover = enrollment.membership(programme.contributions).coverage(self.reported.event_on)
        return tuple(str(month) for month in cover.unpaid_months)

    def close(self, command: CloseCase, step: Step, world: World) -> None:
        self.trigger_event(CaseClosed, **header(command, step, self.subject_id))

    def _lateness(self, payment: Payment, paid_on: date) -> tuple[int | None, Line | None]:
        """Return by how many days a payment is late, and what is owed for that.

        None where no day is set, as for what is owed for lateness itself, and where nothing is owed. The law
        compensates the receiver, so what falls to the Social Security Fund earns nothing.
        """
        clock = self.clocks.get(PAY_CLOCK)
        if self.penalty_found is not None or clock is None or clock.due_on is None:
            return None, None
        late = days_late(clock.due_on, paid_on)
        to_people = sum(line.amount for line in payment.ordered.lines if line.payee != SOCIAL_SECURITY_FUND)
        if not (late and to_people):
            return late, None
        line = late_payment(to_people, due_on=clock.due_on, paid_on=paid_on).line
        return late, line if line.amount else None

    def _determined(self) -> Determination:
        assert self.determination is not None, "the definition asks for a determination before this step"
        return self.determination

    def _lines_to_order(self) -> tuple[PaymentLine, ...]:
        determination = self._determined()
        return tuple(
            PaymentLine(code=line.code, amount=line.amount, payee=payee_of(determination, line.code))
            for line in determination.lines
            if line.code not in self.ordered_lines
            and not (self.arrears_open and line.payable == "after_arrears")
        )

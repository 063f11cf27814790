"""One request for the death benefit of one person, from report to final decision."""

from typing import Any, Final
from uuid import UUID, uuid5

from domain.benefit.deadlines import late_payment
from domain.benefit.death import DeathFacts, determine_death
from domain.benefit.determination import Determination
from domain.benefit.heirs import HEIR
from domain.case import Case, Key, Paper
from domain.claim.commands import (
    AddDocument,
    ApproveClaim,
    CalculateBenefit,
    CloseCase,
    ConfirmComplete,
    ConfirmPayment,
    FileClaim,
    OrderPayment,
    ReportDeath,
    ReturnCalculation,
    SettleArrears,
    SignRejection,
    StartVerification,
)
from domain.claim.events import (
    ArrearsPaid,
    BenefitCalculated,
    CalculationReturned,
    CaseClosed,
    ClaimApproved,
    ClaimFiled,
    ClaimRejected,
    DeathReported,
    DocumentAdded,
    FileComplete,
    Payee,
    PaymentOrdered,
    PaymentSucceeded,
    Reporter,
    VerificationStarted,
)
from domain.claim.people import (
    child_from,
    children_of_age,
    claim_number,
    heir_from,
    payee_from,
    payee_of,
    refuse_wrong_payees,
)
from domain.claim.refusals import AmountDiffersFromDetermination, ArrearsStillOpen, NothingToOrder
from domain.command import header
from domain.enrollment.aggregate import Enrollment
from domain.fact import Fact
from domain.payment.aggregate import Payment
from domain.payment.events import PaymentLine
from domain.programme.aggregate import Programme
from domain.refusal import Invalid
from domain.sealed import Sealed
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World

DEATH_CLAIM_KEY: Final = "death-claim"
NUMBER_KEY: Final = "claim-number"
WORK_CAUSES: Final = frozenset({"work_accident", "occupational_disease"})
PAY_CLOCK: Final = "pay_3wd"


@stored_as("claim")
class Claim(Case):
    """A claim. Public methods decide and may refuse; `when` only remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.reported: DeathReported
        self.filed: ClaimFiled | None = None
        self.determination: Determination | None = None
        self.approved_amount: int | None = None
        self.outcome: str | None = None
        self.arrears_paid = False
        self.ordered_lines: set[str] = set()
        self.payment_id: UUID | None = None  # of the payment that was ordered last
        self.payments: list[PaymentSucceeded] = []

    @property
    def subject_id(self) -> UUID:
        return self.reported.person_id

    def companions(self) -> dict[str, UUID]:
        streams = {"enrollment": self.reported.enrollment_id, "programme": self.reported.programme_id}
        if self.payment_id is not None:
            streams["payment"] = self.payment_id
        return streams

    @property
    def main_payee(self) -> Payee | None:
        """The heir, wherever the form names him; where there is none, who arranged the funeral."""
        payees = self.filed.payees if self.filed else ()
        return next((payee for payee in payees if payee.code == HEIR), payees[0] if payees else None)

    def facts(self) -> dict[str, Any]:
        """Return what the conditions of a definition may ask about a claim."""
        payee = self.main_payee
        determination = self.determination
        return super().facts() | {
            "cause": self.reported.cause,
            "event_on": self.reported.event_on.isoformat(),
            "payee.relation": payee.relation if payee else "",
            "payee.heir_tier": payee.heir_tier if payee else "",
            "payee.code": payee.code if payee else "",
            "payee.is_guardian": any(p.relation == "guardian" for p in self.filed.payees)
            if self.filed
            else False,
            "has_no_heir": payee is not None and payee.heir_tier == "NONE",
            "determination.outcome": determination.outcome if determination else "",
            "determination.total": determination.total if determination else 0,
            "determination.is_rejection": determination is not None and determination.is_rejection,
            "arrears.open": self.arrears_open,
            "papers.asked": [],
            "claim.reopened": False,
        }

    @property
    def amount_to_sign(self) -> int:
        return self.determination.total if self.determination else 0

    def answer(self, step: str) -> dict[str, Any]:
        answer: dict[str, Any] = {"number": self.reported.number}
        return answer | {"determination": self.determination} if step == "calculate" else answer

    @property
    def arrears_open(self) -> bool:
        """Whether approved lines still wait for the arrears to be settled."""
        return (
            self.determination is not None
            and self.determination.amount_payable("after_arrears") > 0
            and not self.arrears_paid
        )

    # -- decisions

    @classmethod
    def report(cls, command: ReportDeath, step: Step, world: World) -> list[Case]:
        """Report a death. One death claim a person: the natural key says so, whoever asks first."""
        if command.event_on > command.effective_on:
            raise Invalid(
                "event_on lies after the day of the report: give the day of death", field="event_on"
            )
        enrollment = world.the("enrollment", Enrollment)
        person_id, area = enrollment.begun.person_id, enrollment.area_code
        form = command.reported_by
        reporter = uuid5(command.case_id, "reported_by")
        number = claim_number(command.case_id, area, command.effective_on.year, world.attempt)
        claim = cls._create(
            DeathReported,
            id=command.case_id,
            kind=command.kind,
            number=number,
            enrollment_id=enrollment.id,
            person_id=person_id,
            programme_id=enrollment.begun.programme_id,
            area_code=area,
            event_on=command.event_on,
            cause=command.cause,
            reported_by=Reporter(
                name=Sealed.of(reporter, form.name),
                relation=form.relation,
                phone=Sealed.of(reporter, form.phone) if form.phone else None,
            ),
            **header(command, step, person_id),
        )
        claim.keys.take += [Key(DEATH_CLAIM_KEY, person_id.bytes), Key(NUMBER_KEY, number.encode())]
        return [claim]

    def file(self, command: FileClaim, step: Step, world: World) -> None:
        """File the claim: who is to be paid, who else is entitled, and the day of claiming."""
        if command.claim_date < self.reported.event_on:
            raise Invalid(
                "claim_date lies before the death: give the day the claim was made", field="claim_date"
            )
        if command.claim_date > command.effective_on:
            raise Invalid(
                "claim_date lies in the future: give the day the claim was made", field="claim_date"
            )
        payees = command.payees or ((command.payee,) if command.payee else ())
        if not payees or (command.payees and command.payee):
            raise Invalid("give either payee or payees, so that it is clear who is paid", field="payee")
        if len({form.role for form in payees}) != len(payees):
            raise Invalid(
                "two payees of the same code: name one heir and at most one arranger", field="payees"
            )
        refuse_wrong_payees(payees, command.heirs, self.reported.event_on)
        self.trigger_event(
            ClaimFiled,
            children_of_age=children_of_age(command.children, self.reported.event_on),
            claim_date=command.claim_date,
            payees=tuple(
                payee_from(form, uuid5(command.command_id, f"payee/{n}")) for n, form in enumerate(payees)
            ),
            heirs=tuple(
                heir_from(form, uuid5(command.command_id, f"heir/{n}"))
                for n, form in enumerate(command.heirs)
            ),
            children=tuple(
                child_from(form, uuid5(command.command_id, f"child/{n}"))
                for n, form in enumerate(command.children)
            ),
            **header(command, step, self.subject_id),
        )

    def add_document(self, command: AddDocument, step: Step, world: World) -> None:
        self.trigger_event(
            DocumentAdded,
            code=command.code,
            sha256=command.sha256,
            media_type=command.media_type,
            size=command.size,
            **header(command, step, self.subject_id),
        )

    def confirm_complete(self, command: ConfirmComplete, step: Step, world: World) -> None:
        if command.effective_on < self.reported.event_on:
            raise Invalid(
                "effective_on lies before the death: give the day the file was complete", field="effective_on"
            )
        papers = tuple((code, papers[-1].sha256) for code, papers in sorted(self.papers.items()))
        self.trigger_event(FileComplete, papers=papers, **header(command, step, self.subject_id))

    def start_verification(self, command: StartVerification, step: Step, world: World) -> None:
        self.trigger_event(VerificationStarted, **header(command, step, self.subject_id))

    def calculate(self, command: CalculateBenefit, step: Step, world: World) -> None:
        """Let the law decide on the facts of the file and the cover found in the log."""
        payee = self.main_payee
        assert self.filed is not None and payee is not None, "nobody calculates an unfiled claim"
        enrollment, programme = world.the("enrollment", Enrollment), world.the("programme", Programme)
        membership = enrollment.membership(programme.contributions)
        determination = determine_death(
            DeathFacts(
                date_of_death=self.reported.event_on,
                membership_start=membership.start,
                paid_months=membership.paid_months,
                paid_months_total=len(membership.paid_until(self.reported.event_on)),
                segment=enrollment.begun.segment,
                wage_base=enrollment.begun.wage_base,
                children=self.filed.children_of_age,
                heir_tier=payee.heir_tier,
                death_by_work_accident=self.reported.cause in WORK_CAUSES,
                claim_date=self.filed.claim_date,
            )
        )
        self.trigger_event(
            BenefitCalculated,
            determination=determination,
            enrollment_version=enrollment.version,
            programme_version=programme.version,
            **header(command, step, self.subject_id),
        )

    def return_calculation(self, command: ReturnCalculation, step: Step, world: World) -> None:
        self.trigger_event(
            CalculationReturned,
            reason=Sealed.of(self.subject_id, command.reason),
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
            **header(command, step, self.subject_id),
        )

    def sign_rejection(self, command: SignRejection, step: Step, world: World) -> None:
        """Sign the rejection that the determination proposes."""
        self.trigger_event(
            ClaimRejected,
            outcome=self._determined().outcome,
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
        payment = world.the("payment", Payment)
        clock = self.clocks.get(PAY_CLOCK)
        amount = payment.ordered.amount
        late = (
            late_payment(amount, due_on=clock.due_on, paid_on=command.paid_on)
            if clock and clock.due_on
            else None
        )
        self.trigger_event(
            PaymentSucceeded,
            payment_id=payment.id,
            amount=amount,
            bank_reference=command.bank_reference.strip(),
            paid_on=command.paid_on,
            days_late=late.days_late if late else None,
            penalty_due=late.line.amount if late and late.line else 0,
            **header(command, step, self.subject_id),
        )
        payment.succeed(command, command.bank_reference.strip(), command.paid_on)
        return [payment]

    def settle_arrears(self, command: SettleArrears, step: Step, world: World) -> None:
        """Free the lines that waited, once every month up to the event is paid (Art. 42(1))."""
        enrollment, programme = world.the("enrollment", Enrollment), world.the("programme", Programme)
        cover = enrollment.membership(programme.contributions).coverage(self.reported.event_on)
        unpaid = tuple(str(month) for month in cover.unpaid_months)
        if unpaid:
            raise ArrearsStillOpen(unpaid)
        self.trigger_event(
            ArrearsPaid,
            months=tuple(self._determined().arrears_months),
            payment_position=command.payment_position,
            **header(command, step, self.subject_id),
        )

    def close(self, command: CloseCase, step: Step, world: World) -> None:
        self.trigger_event(CaseClosed, **header(command, step, self.subject_id))

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

    # -- memory

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case DeathReported():
                self.reported, self.area_code = event, event.area_code
            case ClaimFiled():
                self.filed = event
            case DocumentAdded():
                self.add_paper(
                    Paper(code=event.code, sha256=event.sha256, media_type=event.media_type, size=event.size)
                )
            case BenefitCalculated():
                self.determination, self.outcome = event.determination, event.determination.outcome
            case CalculationReturned():
                self.determination, self.outcome = None, None
            case ClaimApproved():
                self.approved_amount = event.amount
            case ClaimRejected():
                self.outcome = event.outcome
            case PaymentOrdered():
                self.payment_id = event.payment_id
                self.ordered_lines |= {line.code for line in event.lines}
            case PaymentSucceeded():
                self.payments.append(event)
            case ArrearsPaid():
                self.arrears_paid = True

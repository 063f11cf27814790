"""The counter: a death is reported, a claim filed, papers brought, rejected, returned and complete."""

from typing import Final
from uuid import uuid5

from domain.case import Case, Key
from domain.claim.commands import (
    AddDocument,
    ChangePayee,
    CompleteDocuments,
    ConfirmComplete,
    CorrectPaymentDetails,
    FileClaim,
    LapseIncomplete,
    RejectDocument,
    ReportDeath,
    ReturnDocuments,
    WithdrawClaim,
)
from domain.claim.events import (
    ClaimFiled,
    ClaimLapsedIncomplete,
    ClaimWithdrawn,
    DeathReported,
    DocumentAdded,
    DocumentRejected,
    DocumentsCompleted,
    DocumentsReturned,
    FileComplete,
    Heir,
    Payee,
    PayeeChanged,
    PaymentDetailsCorrected,
    Reporter,
)
from domain.claim.memory import DEATH_CLAIM_KEY, ClaimMemory
from domain.claim.people import (
    child_from,
    children_of_age,
    claim_number,
    heir_from,
    payee_from,
    refuse_wrong_payees,
)
from domain.claim.refusals import refuse_before_end
from domain.clocks import AnswerCame
from domain.command import header, said
from domain.enrollment.aggregate import Enrollment
from domain.names import same_person_name
from domain.refusal import Invalid, NotFound, StepNotOpen
from domain.sealed import Sealed
from domain.step import Step
from domain.world import World

INCOMPLETE_CLOCK: Final = "incomplete_90d"
NUMBER_KEY: Final = "claim-number"

# Where a paper can still be rejected: a decision that rests on it is taken back first.
PAPERS_UNDER_REVIEW: Final = frozenset(
    {"REPORTED", "FILED", "INCOMPLETE", "COMPLETE", "VERIFYING", "FIELD_CHECK"}
)


class CounterDesk(ClaimMemory):
    """Decisions of those who stand at the counter, in front of it or behind it."""

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
        payees = self._payees_named(command)
        self.trigger_event(
            ClaimFiled,
            children_of_age=children_of_age(command.children, self.reported.event_on),
            claim_date=command.claim_date,
            payees=payees,
            heirs=_heirs(command),
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

    def reject_document(self, command: RejectDocument, step: Step, world: World) -> None:
        """Reject a paper. One that a decision rests on is not rejected before the decision is taken back."""
        if self.status not in PAPERS_UNDER_REVIEW:
            raise StepNotOpen(
                f"the claim is {self.status}: return it to verification before a paper of it is rejected",
                step=command.step,
                status=self.status,
            )
        found = [
            paper
            for papers in self.papers.values()
            for paper in papers
            if paper.sha256 == command.sha256 and command.code in (None, paper.code)
        ]
        if not found:
            raise NotFound(
                "there is no such paper in this file: see its list of papers", sha256=command.sha256
            )
        codes = sorted({paper.code for paper in found if paper.rejected is None})
        if not codes:
            raise Invalid("this paper is rejected already: upload the one that replaces it", field="sha256")
        if len(codes) > 1:
            raise Invalid(f"this content stands under {' and '.join(codes)}: say which code", field="code")
        self.trigger_event(
            DocumentRejected,
            code=codes[0],
            sha256=command.sha256,
            reason=Sealed.of(self.subject_id, said(command.reason, "reason")),
            **header(command, step, self.subject_id),
        )

    def return_documents(self, command: ReturnDocuments, step: Step, world: World) -> None:
        """Send the file back. A named paper that is in the file counts no more: a new one is to come."""
        codes = tuple(dict.fromkeys(command.codes))
        if not codes:
            raise Invalid("codes is empty: name the papers that are to be brought", field="codes")
        self.trigger_event(
            DocumentsReturned,
            codes=codes,
            reason=Sealed.of(self.subject_id, said(command.reason, "reason")),
            **header(command, step, self.subject_id),
        )

    def complete_documents(self, command: CompleteDocuments, step: Step, world: World) -> None:
        self.trigger_event(DocumentsCompleted, **header(command, step, self.subject_id))

    def confirm_complete(self, command: ConfirmComplete, step: Step, world: World) -> None:
        if command.effective_on < self.reported.event_on:
            raise Invalid(
                "effective_on lies before the death: give the day the file was complete", field="effective_on"
            )
        papers = tuple((code, paper.sha256) for code, paper in sorted(self.valid_papers.items()))
        self.trigger_event(FileComplete, papers=papers, **header(command, step, self.subject_id))

    def change_payee(self, command: ChangePayee, step: Step, world: World) -> None:
        """Name another payee by a new certificate of heirs. What was determined and approved is void."""
        self.trigger_event(
            PayeeChanged,
            payees=self._payees_named(command),
            heirs=_heirs(command),
            reason=self._reason(command.reason),
            **header(command, step, self.subject_id),
        )

    def correct_payment_details(self, command: CorrectPaymentDetails, step: Step, world: World) -> None:
        """Give a payee another account after the bank sent the money back; the amount is approved again."""
        assert self.filed is not None, "nobody is paid on an unfiled claim"
        payees = [payee for payee in self.filed.payees if command.code in (None, payee.code)]
        if len(payees) != 1:
            raise Invalid(
                "code is missing: there are several payees, so say whose account it is, HEIR or FUNERAL_ARRANGER",
                field="code",
            )
        [payee] = payees
        name, subject = payee.name.open(world.opener), payee.name.subject_id
        self.trigger_event(
            PaymentDetailsCorrected,
            payee_code=payee.code,
            bank=Sealed.of(subject, said(command.bank, "bank")),
            account_number=Sealed.of(subject, said(command.account_number, "account_number")),
            account_name=Sealed.of(subject, said(command.account_name, "account_name")),
            account_name_matches=isinstance(name, str) and same_person_name(name, command.account_name),
            of_penalty=self.penalty_found is not None,
            **header(command, step, self.subject_id),
        )

    def withdraw(self, command: WithdrawClaim, step: Step, world: World) -> None:
        """Take the claim back; the death may be claimed again."""
        self.trigger_event(
            ClaimWithdrawn, reason=self._reason(command.reason), **header(command, step, self.subject_id)
        )
        self.release_death()

    def lapse_incomplete(self, command: LapseIncomplete, step: Step, world: World) -> None:
        """End a claim whose papers nobody brought in 90 days of recording (a convention of the desk)."""
        refuse_before_end(
            self.clocks.get(INCOMPLETE_CLOCK), command.effective_on, "incomplete_period_is_over"
        )
        if self.asked_back and self.asked_back <= self.valid_papers.keys():
            raise AnswerCame("complete_documents")
        self.trigger_event(ClaimLapsedIncomplete, **header(command, step, self.subject_id))
        self.release_death()

    def _payees_named(self, command: FileClaim | ChangePayee) -> tuple[Payee, ...]:
        """Return who is to be paid, each a data subject. Refused where the law pays somebody else."""
        payees = command.payees or ((command.payee,) if command.payee else ())
        if not payees or (command.payees and command.payee):
            raise Invalid("give either payee or payees, so that it is clear who is paid", field="payee")
        if len({form.role for form in payees}) != len(payees):
            raise Invalid(
                "two payees of the same code: name one heir and at most one arranger", field="payees"
            )
        refuse_wrong_payees(payees, command.heirs, self.reported.event_on)
        return tuple(
            payee_from(form, uuid5(command.command_id, f"payee/{n}")) for n, form in enumerate(payees)
        )


def _heirs(command: FileClaim | ChangePayee) -> tuple[Heir, ...]:
    return tuple(
        heir_from(form, uuid5(command.command_id, f"heir/{n}")) for n, form in enumerate(command.heirs)
    )

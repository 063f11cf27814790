"""From the sponsor's list to a membership number: taken up, proposed, verified, decreed, registered."""

from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

from domain.benefit.bands import wage_base_of
from domain.benefit.contribution import SPONSORED
from domain.benefit.rules import RULES
from domain.case import Case, Key
from domain.clocks import AnswerCame
from domain.command import Command, header
from domain.enrollment.age import refuse_corrected_age
from domain.enrollment.checks import FAILED, not_made, stated
from domain.enrollment.commands import (
    AbandonProposal,
    BeginEnrollment,
    CompleteProposal,
    IssueDecree,
    Newcomer,
    ProposeWorker,
    RegisterMember,
    RejectWorker,
    ReplaceWorker,
    ReturnProposal,
    StartVerification,
    VerifyWorker,
)
from domain.enrollment.events import (
    DecreeIssued,
    EnrollmentBegun,
    MemberRegistered,
    ProposalAbandoned,
    ProposalCompleted,
    ProposalReturned,
    VerificationStarted,
    WorkerProposed,
    WorkerRejected,
    WorkerReplaced,
    WorkerVerified,
)
from domain.enrollment.memory import EnrollmentMemory
from domain.enrollment.refusals import CheckFailed, NotEligible
from domain.period import Month
from domain.person.aggregate import Person, details_of
from domain.programme.aggregate import Programme
from domain.refusal import DocumentsMissing, Invalid
from domain.step import Step
from domain.world import World

NUMBER_KEY: Final = "membership-number"


class JoiningDesk(EnrollmentMemory):
    """The sponsor proposes, the ward verifies, the office registers."""

    @classmethod
    def begin(cls, command: BeginEnrollment, step: Step, world: World) -> list[Case]:
        """Begin a spell in DRAFT, and make the person known if need be. A DRAFT holds no natural key."""
        return cls._taken_up(
            command,
            command,
            world.the("programme", Programme),
            id=command.case_id,
            roster_id=command.roster_id,
            row=command.row,
            **header(command, step, command.person_id),
        )

    @classmethod
    def _taken_up(
        cls, command: Command, who: BeginEnrollment | Newcomer, programme: Programme, **more: Any
    ) -> list[Case]:
        worker, segment = who.worker, programme.opened.segment
        enrollment = cls._create(
            EnrollmentBegun,
            programme_id=programme.id,
            person_id=who.person_id,
            area_code=programme.area_code,
            district=worker.district,
            ward=worker.ward,
            occupation=worker.occupation,
            segment=segment,
            wage_base=_wage_base(segment, worker.income, more["effective_on"]),
            declared=details_of(worker, who.person_id) if who.known else None,
            warnings=who.warnings,
            **more,
        )
        if who.known:
            return [enrollment]
        return [enrollment, Person.register(command, who.person_id, worker, who.nik_digest)]

    def propose(self, command: ProposeWorker, step: Step, world: World) -> None:
        """Propose the worker; from here on the person can have no other live membership."""
        self.trigger_event(WorkerProposed, **header(command, step, self.subject_id))
        self.keys.take.append(self.membership_key)

    def start_verification(self, command: StartVerification, step: Step, world: World) -> None:
        """Begin to verify; checks made before, by the labour office for one, are stated with it."""
        self.trigger_event(
            VerificationStarted,
            checks=stated(command.checks, command.effective_on),
            **header(command, step, self.subject_id),
        )

    def return_proposal(self, command: ReturnProposal, step: Step, world: World) -> None:
        """Send the proposal back. Refused (`invalid`) when nothing is named."""
        if not command.items:
            raise Invalid("items is empty: name each paper or column that is missing or wrong", field="items")
        items = tuple(dict.fromkeys(command.items))
        self.trigger_event(ProposalReturned, items=items, **header(command, step, self.subject_id))

    def complete_proposal(self, command: CompleteProposal, step: Step, world: World) -> None:
        """Take the proposal up again. Refused while a paper that was asked for has not come since."""
        if missing := self.asked_papers(command.step):
            raise DocumentsMissing(
                f"the ward asked for {', '.join(missing)}: upload to this enrollment first",
                missing=list(missing),
            )
        self.trigger_event(ProposalCompleted, **header(command, step, self.subject_id))

    def abandon_proposal(self, command: AbandonProposal, step: Step, world: World) -> None:
        """Give up a proposal that nobody answered; the person is free to be proposed again.

        Refused where every paper that was asked for came.
        """
        if not self.asked_for:
            raise AnswerCame("complete_proposal")
        self.trigger_event(ProposalAbandoned, **header(command, step, self.subject_id))
        self.keys.release.append(self.membership_key)

    def reject(self, command: RejectWorker, step: Step, world: World) -> None:
        """Reject the worker; the person is free to be proposed again, here or elsewhere."""
        self.trigger_event(WorkerRejected, code=command.code, **header(command, step, self.subject_id))
        self.keys.release.append(self.membership_key)

    def verify(self, command: VerifyWorker, step: Step, world: World) -> None:
        """Certify the worker. Refused (`guard_failed`) while a check that was made failed.

        The same where a corrected birth date says too young or too old.
        """
        refuse_corrected_age(world, self.begun.effective_on)
        checks = stated(command.checks, command.effective_on)
        known = self.checks | {check.name: check for check in checks}
        if failed := [name for name, check in known.items() if check.result == FAILED]:
            raise CheckFailed(failed)
        self.trigger_event(
            WorkerVerified,
            checks=checks,
            not_made=not_made(known),
            **header(command, step, self.subject_id),
        )

    def issue_decree(self, command: IssueDecree, step: Step, world: World) -> None:
        """Record the decree. `issued_on` may lie after the day the list takes effect (a late decree)."""
        if not command.number.strip():
            raise Invalid("number is empty: give the number of the decree", field="number")
        if command.issued_on > command.effective_on:
            raise Invalid(
                "issued_on lies after the day of the step: give the date of the decree", field="issued_on"
            )
        self.trigger_event(
            DecreeIssued,
            number=command.number.strip(),
            issued_on=command.issued_on,
            **header(command, step, self.subject_id),
        )

    def register(self, command: RegisterMember, step: Step, world: World) -> None:
        """Give the worker a membership number of 11 digits (PP 44/2015 Art. 11(4)).

        Refused (`guard_failed`) for who is reported dead, or where a corrected birth date says too young or too old.
        """
        if world.has_died:
            raise NotEligible("REJECT_DECEASED")
        refuse_corrected_age(world, self.begun.effective_on)
        number = membership_number(self.id, world.attempt)
        self.trigger_event(MemberRegistered, number=number, **header(command, step, self.subject_id))
        self.keys.take.append(Key(NUMBER_KEY, number.encode()))

    def replace(self, command: ReplaceWorker, step: Step, world: World) -> list[Case]:
        """End the membership with the month and take up another worker in DRAFT; each names the other.

        The newcomer begins an own spell on the first of the next month: no minimum period is inherited, and
        papers of the list do not speak for somebody who did not stand on it.
        """
        who, month = command.newcomer, Month.of(command.effective_on)
        if who.person_id == self.subject_id:
            raise Invalid("nobody takes the own place: give another worker", field="person.nik")
        beginning = Step(
            name="begin", to_status=self.begun.to_status, definition=step.definition, roles=step.roles
        )
        begun = self._taken_up(
            command,
            who,
            world.the("programme", Programme),
            id=uuid5(command.command_id, "newcomer"),
            roster_id=self.list_in(month.plus(1), self.position),
            replaces=self.id,
            **(
                header(command, beginning, who.person_id)
                | {"effective_on": month.plus(1).first_day, "note": None}
            ),
        )
        self.trigger_event(
            WorkerReplaced,
            ended_on=month.last_day,
            replaced_by=begun[0].id,
            **header(command, step, self.subject_id),
        )
        self.keys.release.append(self.membership_key)
        return begun


def membership_number(enrollment_id: UUID, attempt: int) -> str:
    """Return the number people see. Of two that fall together the later one tries again."""
    digest = sha256(enrollment_id.bytes + attempt.to_bytes(2)).digest()
    return f"{int.from_bytes(digest[:8]) % 10**11:011d}"


@lru_cache(maxsize=1_024)
def _wage_base(segment: str, income: int | None, on: date) -> int:
    """Return the wage base in rupiah a month; a sponsor pays the lowest band (dossier 2.3)."""
    return wage_base_of(0 if segment in SPONSORED else income or 0, on, RULES.bands)

"""One worker's membership in one programme: one spell, from the list to its end."""

import dataclasses
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

from domain.benefit.bands import wage_base_of
from domain.benefit.rules import RULES
from domain.case import Case, Key, Paper
from domain.command import Command, header
from domain.coverage import membership_start
from domain.enrollment.commands import (
    AbandonProposal,
    AddDocument,
    BeginEnrollment,
    CompleteProposal,
    IssueDecree,
    LiftSuspension,
    Newcomer,
    ProposeTermination,
    ProposeWorker,
    RecordFirstContribution,
    RegisterMember,
    RejectWorker,
    ReplaceWorker,
    ReturnProposal,
    StartVerification,
    SuspendMember,
    TerminateMember,
    VerifyWorker,
)
from domain.enrollment.ending import VOID, last_day
from domain.enrollment.events import (
    DecreeIssued,
    DocumentAdded,
    EnrollmentBegun,
    FirstContributionPaid,
    MemberRegistered,
    MemberSuspended,
    MemberTerminated,
    ProposalAbandoned,
    ProposalCompleted,
    ProposalReturned,
    SuspensionLifted,
    TerminationProposed,
    VerificationStarted,
    WorkerProposed,
    WorkerRejected,
    WorkerReplaced,
    WorkerVerified,
)
from domain.fact import Fact
from domain.period import Month
from domain.person.aggregate import Person, details_of
from domain.programme.aggregate import Programme
from domain.programme.contribution import Contribution, Membership
from domain.refusal import DocumentsMissing, GuardFailed, Invalid
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World

MEMBERSHIP_KEY: Final = "membership"
NUMBER_KEY: Final = "membership-number"
DECEASED_KEY: Final = "deceased"  # of a person: taken for good by a membership that ended by death
DIED: Final = "DIED"
REPLACED: Final = "REPLACED"

# What a row of an accepted list stands for, so that nobody has to bring it again.
COUNTED_PAPERS: Final = frozenset({"ENR_LIST", "ENR_KTP", "ENR_F1BPU", "ENR_PAYPROOF"})

PAPER: Final = "ENR_"  # how the code of a paper begins; whatever else is returned is a column of the list

SPONSORED: Final = frozenset({"BPU_APBD", "BPU_APBN"})


@stored_as("enrollment")
class Enrollment(Case):
    """The membership of one worker; begins with an accepted row and is numbered by spell."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: EnrollmentBegun
        self.number: str | None = None
        self.registered_position = 0  # in the log; 0 while not registered
        self.activated: FirstContributionPaid | None = None
        self.asked_for: tuple[str, ...] = ()  # what the ward sent the proposal back for
        self.rejected_for: str | None = None
        self.suspended_for: str | None = None
        self.held_void_for: str | None = None  # why a first person holds the membership to be void
        self.ended: MemberTerminated | WorkerReplaced | None = None
        self.ended_position = 0  # in the log; 0 while not ended

    @property
    def subject_id(self) -> UUID:
        return self.begun.person_id

    @property
    def counted_papers(self) -> frozenset[str]:
        return COUNTED_PAPERS

    @property
    def _membership_key(self) -> Key:
        return Key(MEMBERSHIP_KEY, self.subject_id.bytes)

    @property
    def roster_id(self) -> UUID | None:
        return self.begun.roster_id

    def companions(self) -> dict[str, UUID]:
        streams = {"programme": self.begun.programme_id}
        if self.begun.roster_id is not None and self.begun.row is not None:
            streams["roster"] = self.begun.roster_id
        return streams

    @property
    def ended_for(self) -> str | None:
        """Why the membership ended: a reason of dossier 2.7, or REPLACED."""
        if self.ended is None:
            return None
        return self.ended.reason if isinstance(self.ended, MemberTerminated) else REPLACED

    @property
    def replaced_by(self) -> UUID | None:
        return self.ended.replaced_by if isinstance(self.ended, WorkerReplaced) else None

    def answer(self, step: str) -> dict[str, Any]:
        return {"replaced_by": self.replaced_by} if step == "replace" else {}

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"spell": self.begun.spell}

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
        self.keys.take.append(self._membership_key)

    def start_verification(self, command: StartVerification, step: Step, world: World) -> None:
        self.trigger_event(VerificationStarted, **header(command, step, self.subject_id))

    def return_proposal(self, command: ReturnProposal, step: Step, world: World) -> None:
        """Send the proposal back. Refused (`invalid`) when nothing is named."""
        if not command.items:
            raise Invalid("items is empty: name each paper or column that is missing or wrong", field="items")
        items = tuple(dict.fromkeys(command.items))
        self.trigger_event(ProposalReturned, items=items, **header(command, step, self.subject_id))

    def complete_proposal(self, command: CompleteProposal, step: Step, world: World) -> None:
        """Take the proposal up again. Refused while a paper that was asked for has not come since."""
        if missing := [item for item in self.asked_for if item.startswith(PAPER)]:
            raise DocumentsMissing(
                f"the ward asked for {', '.join(missing)}: upload to this enrollment first", missing=missing
            )
        self.trigger_event(ProposalCompleted, **header(command, step, self.subject_id))

    def abandon_proposal(self, command: AbandonProposal, step: Step, world: World) -> None:
        """Give up a proposal that nobody answered; the person is free to be proposed again."""
        self.trigger_event(ProposalAbandoned, **header(command, step, self.subject_id))
        self.keys.release.append(self._membership_key)

    def reject(self, command: RejectWorker, step: Step, world: World) -> None:
        """Reject the worker; the person is free to be proposed again, here or elsewhere."""
        self.trigger_event(WorkerRejected, code=command.code, **header(command, step, self.subject_id))
        self.keys.release.append(self._membership_key)

    def verify(self, command: VerifyWorker, step: Step, world: World) -> None:
        self.trigger_event(WorkerVerified, **header(command, step, self.subject_id))

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
        """Give the worker a membership number of 11 digits (PP 44/2015 Art. 11(4))."""
        number = membership_number(self.id, world.attempt)
        self.trigger_event(MemberRegistered, number=number, **header(command, step, self.subject_id))
        self.keys.take.append(Key(NUMBER_KEY, number.encode()))

    def activate(self, command: RecordFirstContribution, step: Step, world: World) -> None:
        """Remember the first paid month; `membership_start` follows from it (dossier 2.4)."""
        first = Month.parse(command.first_month)
        self.trigger_event(
            FirstContributionPaid,
            membership_start=membership_start(effective_on=self.begun.effective_on, first_paid_month=first),
            first_month=command.first_month,
            payment_position=command.payment_position,
            **header(command, step, self.subject_id),
        )

    def suspend(self, command: SuspendMember, step: Step, world: World) -> None:
        """Suspend the membership. The flag stays on it, also when the suspension is lifted."""
        flagged = dataclasses.replace(step, flags=(*step.flags, command.flag))
        self.trigger_event(MemberSuspended, flag=command.flag, **header(command, flagged, self.subject_id))

    def lift_suspension(self, command: LiftSuspension, step: Step, world: World) -> None:
        self.trigger_event(SuspensionLifted, **header(command, step, self.subject_id))

    def propose_termination(self, command: ProposeTermination, step: Step, world: World) -> None:
        """Say why the membership is void. Nothing changes until another person ends it."""
        self.trigger_event(
            TerminationProposed, reason=command.reason, **header(command, step, self.subject_id)
        )

    def terminate(self, command: TerminateMember, step: Step, world: World) -> None:
        """End the membership; the person is free to be proposed again, unless dead.

        Refused (`guard_failed`) for a void membership until a first person proposed it for this reason.
        """
        if command.reason in VOID and self.held_void_for != command.reason:
            raise GuardFailed(
                f"{command.reason} makes the membership void and needs two persons: "
                "have one propose_termination for this reason, and another terminate",
                guard="second_person_confirmed",
            )
        ended_on = last_day(
            command.reason,
            happened_on=command.happened_on,
            on=command.effective_on,
            listed_from=self.begun.effective_on,
            membership=self.membership(world.the("programme", Programme).contributions),
        )
        self.trigger_event(
            MemberTerminated,
            reason=command.reason,
            ended_on=ended_on,
            happened_on=command.happened_on,
            **header(command, step, self.subject_id),
        )
        self.keys.release.append(self._membership_key)
        if command.reason == DIED:
            self.keys.take.append(Key(DECEASED_KEY, self.subject_id.bytes))

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
            roster_id=self.roster_id,
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
        self.keys.release.append(self._membership_key)
        return begun

    def add_document(self, command: AddDocument, step: Step, world: World) -> None:
        self.trigger_event(
            DocumentAdded,
            code=command.code,
            sha256=command.sha256,
            media_type=command.media_type,
            size=command.size,
            **header(command, step, self.subject_id),
        )

    def is_head_in(self, month: Month, position: int) -> bool:
        """Whether a list payment counted at `position` of the log is meant for this member in a month.

        Not after the membership ended, if the end was known when the heads were counted.
        """
        if not 0 < self.registered_position <= position or self.begun.effective_on > month.last_day:
            return False
        return self.ended is None or self.ended.ended_on >= month.first_day or self.ended_position > position

    def membership(self, payments: Iterable[Contribution]) -> Membership:
        """Return start and end of the spell and paid months, from own events and the programme's payments."""
        paid = frozenset(
            month
            for payment in payments
            for month in payment.months
            if self.id in payment.enrollment_ids
            or (
                payment.roster_id == self.roster_id is not None
                and self.is_head_in(month, payment.head_position)
            )
        )
        start = (
            membership_start(effective_on=self.begun.effective_on, first_paid_month=min(paid))
            if paid
            else None
        )
        return Membership(
            start=start, paid_months=paid, ended_on=self.ended.ended_on if self.ended is not None else None
        )

    def recorded(self, event: Fact, position: int, recorded_at: datetime) -> None:
        super().recorded(event, position, recorded_at)
        match event:
            case MemberRegistered():
                self.registered_position = position
            case MemberTerminated() | WorkerReplaced():
                self.ended_position = position

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case EnrollmentBegun():
                self.begun, self.area_code = event, event.area_code
                self.residence = event.district, event.ward
            case MemberRegistered():
                self.number = event.number
            case FirstContributionPaid():
                self.activated = event
            case ProposalReturned():
                self.asked_for = event.items
            case ProposalCompleted() | ProposalAbandoned():
                self.asked_for = ()
            case WorkerRejected():
                self.rejected_for = event.code
            case MemberSuspended():
                self.suspended_for = event.flag
            case SuspensionLifted():
                self.suspended_for = None
            case TerminationProposed():
                self.held_void_for = event.reason
            case MemberTerminated() | WorkerReplaced():
                self.ended = event
            case DocumentAdded():
                self.asked_for = tuple(item for item in self.asked_for if item != event.code)
                self.add_paper(
                    Paper(code=event.code, sha256=event.sha256, media_type=event.media_type, size=event.size)
                )


def membership_number(enrollment_id: UUID, attempt: int) -> str:
    """Return the number people see. Of two that fall together the later one tries again."""
    digest = sha256(enrollment_id.bytes + attempt.to_bytes(2)).digest()
    return f"{int.from_bytes(digest[:8]) % 10**11:011d}"


def _wage_base(segment: str, income: int | None, on: date) -> int:
    """Return the wage base in rupiah a month; a sponsor pays the lowest band (dossier 2.3)."""
    return wage_base_of(0 if segment in SPONSORED else income or 0, on, RULES.bands)

"""A membership that stands: paid for, suspended, ended."""

import dataclasses
from typing import Final

from domain.case import Key
from domain.command import header
from domain.coverage import membership_start
from domain.enrollment.commands import (
    AddDocument,
    LiftSuspension,
    ProposeTermination,
    RecordFirstContribution,
    SuspendMember,
    TerminateMember,
)
from domain.enrollment.ending import VOID, last_day
from domain.enrollment.events import (
    DocumentAdded,
    FirstContributionPaid,
    MemberSuspended,
    MemberTerminated,
    SuspensionLifted,
    TerminationProposed,
)
from domain.enrollment.memory import EnrollmentMemory
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.refusal import GuardFailed
from domain.step import Step
from domain.world import World

DECEASED_KEY: Final = "deceased"  # of a person: taken for good by a membership that ended by death
DIED: Final = "DIED"


class MembershipDesk(EnrollmentMemory):
    """What happens to a member after the registration."""

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
        self.keys.release.append(self.membership_key)
        if command.reason == DIED:
            self.keys.take.append(Key(DECEASED_KEY, self.subject_id.bytes))

    def add_document(self, command: AddDocument, step: Step, world: World) -> None:
        self.trigger_event(
            DocumentAdded,
            code=command.code,
            sha256=command.sha256,
            media_type=command.media_type,
            size=command.size,
            **header(command, step, self.subject_id),
        )

"""A membership that stands: paid for, suspended, ended."""

import dataclasses
from datetime import date
from typing import Final

from domain.benefit.rules import grace_months
from domain.case import Key
from domain.command import header
from domain.coverage import membership_start
from domain.enrollment.commands import (
    AddDocument,
    LapseMembership,
    LiftSuspension,
    NoteUnpaidMonth,
    ProposeTermination,
    RecordFirstContribution,
    SettleArrears,
    SuspendMember,
    TerminateMember,
)
from domain.enrollment.ending import VOID, last_day
from domain.enrollment.events import (
    ArrearsPaid,
    DocumentAdded,
    FirstContributionPaid,
    MembershipLapsed,
    MemberSuspended,
    MemberTerminated,
    MonthUnpaid,
    SuspensionLifted,
    TerminationProposed,
)
from domain.enrollment.memory import EnrollmentMemory
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.contribution import Membership
from domain.refusal import GuardFailed
from domain.step import Step
from domain.world import World

DECEASED_KEY: Final = "deceased"  # of a person: taken for good by a membership that ended by death
DIED: Final = "DIED"


class MembershipDesk(EnrollmentMemory):
    """What happens to a member after the registration."""

    def activate(self, command: RecordFirstContribution, step: Step, world: World) -> None:
        """Remember the first paid month of the spell; `membership_start` follows from it (dossier 2.4)."""
        first = Month.parse(command.first_month)
        self.trigger_event(
            FirstContributionPaid,
            membership_start=membership_start(effective_on=self.listed_from[-1], first_paid_month=first),
            first_month=command.first_month,
            payment_position=command.payment_position,
            **header(command, step, self.subject_id),
        )

    def note_unpaid_month(self, command: NoteUnpaidMonth, step: Step, world: World) -> None:
        """Remember the first month that ended unpaid. Refused (`guard_failed`) when all are paid."""
        unpaid = self.unpaid_months(world, command.effective_on)
        if not unpaid:
            raise GuardFailed(
                "every month that has ended is paid: nothing is to be noted", guard="month_unpaid"
            )
        self.trigger_event(MonthUnpaid, month=str(unpaid[0]), **header(command, step, self.subject_id))

    def settle_arrears(self, command: SettleArrears, step: Step, world: World) -> None:
        """Remember that nothing is owed any more. Refused (`guard_failed`) while a month is."""
        if unpaid := self.unpaid_months(world, command.effective_on):
            raise GuardFailed(f"{unpaid[0]} is still unpaid: pay it first", guard="arrears_paid")
        paid_through = max(self._membership(world).paid_months)
        self.trigger_event(
            ArrearsPaid, paid_through=str(paid_through), **header(command, step, self.subject_id)
        )

    def lapse(self, command: LapseMembership, step: Step, world: World) -> None:
        """End the cover. Refused (`guard_failed`) before its day has come."""
        lapses_on = self.lapses_on(world, command.effective_on)
        if lapses_on is None or lapses_on > command.effective_on:
            raise GuardFailed("the grace has not run out: the membership goes on", guard="grace_has_run_out")
        self.trigger_event(
            MembershipLapsed, month=str(Month.of(lapses_on)), **header(command, step, self.subject_id)
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
            membership=self._membership(world),
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

    def unpaid_months(self, world: World, on: date) -> tuple[Month, ...]:
        """Return the months of the membership that ended before a day and are not paid."""
        found = self._membership(world)
        last = Month.of(on).plus(-1)
        if found.start is None or found.start > last.last_day:
            return ()
        return tuple(m for m in Month.of(found.start).through(last) if m not in found.paid_months)

    def lapses_on(self, world: World, on: date) -> date | None:
        """Return the day on which the membership lapses if nothing more is paid; none if it never began."""
        return self._membership(world).current.lapses_on(grace_months(on))

    def _membership(self, world: World) -> Membership:
        return self.membership(world.the("programme", Programme).contributions)

    def add_document(self, command: AddDocument, step: Step, world: World) -> None:
        self.trigger_event(
            DocumentAdded,
            code=command.code,
            sha256=command.sha256,
            media_type=command.media_type,
            size=command.size,
            **header(command, step, self.subject_id),
        )

"""One worker's membership in one programme, from the list to its end, spell by spell."""

from domain.clocks import missed
from domain.command import header
from domain.enrollment.commands import MissClock
from domain.enrollment.events import ClockMissed
from domain.enrollment.joining import JoiningDesk
from domain.enrollment.renewing import RenewalDesk
from domain.enrollment.returning import ReturningDesk
from domain.enrollment.standing import MembershipDesk
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World


@stored_as("enrollment")
class Enrollment(JoiningDesk, MembershipDesk, RenewalDesk, ReturningDesk):
    """The membership of one worker; begins with an accepted row and is numbered by spell."""

    def miss_clock(self, command: MissClock, step: Step, world: World) -> None:
        """Put on record that a clock ran out."""
        self.trigger_event(
            ClockMissed,
            clock=command.clock,
            due_on=command.due_on,
            consequence=command.consequence,
            **header(command, step, self.subject_id) | {"clocks": (missed(self, command),)},
        )

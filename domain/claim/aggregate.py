"""One request for the death benefit of one person, from report to final decision."""

from domain.claim.commands import MissClock
from domain.claim.counter import CounterDesk
from domain.claim.events import ClockMissed
from domain.claim.settlement import SettlementDesk
from domain.claim.verification import VerificationDesk
from domain.clocks import missed
from domain.command import header
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World


@stored_as("claim")
class Claim(CounterDesk, VerificationDesk, SettlementDesk):
    """A claim. The desks decide and may refuse; the memory they share only remembers."""

    def miss_clock(self, command: MissClock, step: Step, world: World) -> None:
        """Put on record that a clock ran out."""
        self.trigger_event(
            ClockMissed,
            clock=command.clock,
            due_on=command.due_on,
            consequence=command.consequence,
            **header(command, step, self.subject_id) | {"clocks": (missed(self, command),)},
        )

"""How a legal clock of a case stands, and that it ran out: put on record once for each time it runs."""

from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from domain.case import Case
from domain.fact import ClockChange
from domain.refusal import GuardFailed

TICKING: Final = frozenset({"started", "restarted"})  # it may still be met
RUNNING: Final = TICKING | {"missed"}  # a clock that ran out runs on until something ends it
OPEN: Final = RUNNING | {"paused"}  # it has not ended


class Missing(Protocol):
    """What a command says that puts a missed clock on record: which one, and when it was due."""

    @property
    def clock(self) -> str: ...
    @property
    def due_on(self) -> date: ...
    @property
    def consequence(self) -> str | None: ...
    @property
    def effective_on(self) -> date: ...


class ClockDoesNotRun(GuardFailed):
    """The clock was met, stands still or is on record as missed: there is nothing to put on record."""

    def __init__(self, clock: str) -> None:
        super().__init__(
            f"clock {clock} does not run towards that day: look at the case again", guard="clock_runs"
        )


class ClockStillRuns(GuardFailed):
    """What comes on the due day is in time, so nothing is missed before the next."""

    def __init__(self, clock: str, due_on: date) -> None:
        super().__init__(
            f"clock {clock} runs until {due_on.isoformat()}: wait for the day after",
            guard="clock_ran_out",
            until=due_on.isoformat(),
        )


class AnswerCame(GuardFailed):
    """Whoever brought everything that was asked for was not silent, though nobody has said that it is complete."""

    def __init__(self, step: str) -> None:
        super().__init__(
            f"everything that was asked for has come: take {step} instead", guard="nobody_answered", step=step
        )


def missed(case: Case, command: Missing) -> ClockChange:
    """Return the change of a clock that ran out. Refused where it does not run, or not out yet."""
    clock = case.clocks.get(command.clock)
    if clock is None or clock.change not in TICKING or clock.due_on is None or clock.due_on != command.due_on:
        raise ClockDoesNotRun(command.clock)
    if command.effective_on <= clock.due_on:
        raise ClockStillRuns(command.clock, clock.due_on)
    return replace(clock, change="missed", on=command.effective_on)

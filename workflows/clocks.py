"""Legal clocks: what a step starts, pauses and stops, and the day the law expects the end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from domain.case import Case
from domain.fact import ClockChange
from domain.working_days import WorkingDays
from workflows.definition_file import Clock
from workflows.lifecycle import Definition
from workflows.step_rules import Way


def clock_changes(
    definition: Definition, way: Way, case: Case | None, on: date, recorded_on: date, calendar: WorkingDays
) -> tuple[ClockChange, ...]:
    """Return the changes of clocks that come with a step taken on a legal day and recorded on another.

    Periods of law count from the legal day; one that punishes silence counts from the day of recording.
    A restarted clock counts its whole length again from the day it restarts. The due date is kept
    with the change, so that a past one never moves when a calendar does.
    """
    return tuple(_changes(definition, way, case, on, recorded_on, calendar))


def _changes(
    definition: Definition, way: Way, case: Case | None, on: date, recorded_on: date, calendar: WorkingDays
) -> Iterator[ClockChange]:
    def begun(change: str, clock: Clock) -> ClockChange:
        start = recorded_on if clock.measured_from == "recorded_at" else on
        return _begun(change, clock, start, calendar)

    running = {name: one for name, one in case.clocks.items() if one.change in RUNNING} if case else {}
    for name in way.clocks.start:
        yield begun("started", definition.clocks[name])
    for name in way.clocks.restart:
        yield begun("restarted", definition.clocks[name])
    ending = {name: one for name, one in case.clocks.items() if one.change in NOT_ENDED} if case else {}
    for kind, names in (
        ("paused", way.clocks.pause),
        ("stopped", way.clocks.stop),
        ("voided", way.clocks.void),
    ):
        for name in names:
            one = (running if kind == "paused" else ending).get(name)
            if one is not None:
                yield replace(one, change=kind, on=on)


RUNNING = frozenset({"started", "restarted"})
NOT_ENDED = RUNNING | {"paused"}


def _begun(change: str, clock: Clock, on: date, calendar: WorkingDays) -> ClockChange:
    if clock.unit == "working_days":
        due = calendar.due_date(on, clock.length)
        return ClockChange(
            clock=clock.name,
            change=change,
            on=on,
            due_on=due.due_on,
            calendar=due.calendar,
            calendar_ends=due.calendar_ends if due.due_on is None else None,
            basis=clock.article,
        )
    days = clock.length if clock.unit == "calendar_days" else -(-clock.length // 24)
    return ClockChange(
        clock=clock.name, change=change, on=on, due_on=on + timedelta(days=days), basis=clock.article
    )

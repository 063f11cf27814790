"""Legal clocks: what a step starts, pauses and stops, and the day the law expects the end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from domain.case import Case
from domain.clocks import OPEN, RUNNING
from domain.fact import ClockChange
from domain.working_days import WorkingDays
from workflows.definition_file import Clock, ClockEffects
from workflows.lifecycle import Definition
from workflows.step_rules import Way

NO_EFFECTS: Final = ClockEffects()


def clock_changes(
    definition: Definition, way: Way, case: Case | None, on: date, recorded_on: date, calendar: WorkingDays
) -> tuple[ClockChange, ...]:
    """Return the changes of clocks that come with a step taken on a legal day and recorded on another.

    Periods of law count in legal days; one that punishes silence counts in days of recording, from its start
    to its end. A paused clock that is restarted counts its whole length again from the day it restarts. The due date is
    kept with the change, so that a past one never moves when a calendar does; a clock that runs, or ran out,
    is not started a second time.
    """
    if way.clocks == NO_EFFECTS:
        return ()
    return tuple(_changes(definition, way, case, on, recorded_on, calendar))


def _changes(
    definition: Definition, way: Way, case: Case | None, on: date, recorded_on: date, calendar: WorkingDays
) -> Iterator[ClockChange]:
    known = case.clocks if case is not None else {}
    stands = {name: clock.change for name, clock in known.items()}
    effects = way.clocks

    def day(name: str) -> date:
        return recorded_on if definition.clocks[name].measured_from == "recorded_at" else on

    def begun(change: str, name: str) -> ClockChange:
        return _begun(change, definition.clocks[name], day(name), calendar)

    for name in effects.start:
        if name in effects.stop or name in effects.void or stands.get(name) not in OPEN:
            yield begun("started", name)
    for name in effects.restart:
        if stands.get(name) == "paused":
            yield begun("restarted", name)
    for name in effects.pause:
        if stands.get(name) in RUNNING:
            owner = _waited_on(definition, way, case, definition.clocks[name])
            yield replace(known[name], change="paused", on=day(name), waiting_on=owner)
    for change, names in (("stopped", effects.stop), ("voided", effects.void)):
        for name in names:
            if name not in effects.start and stands.get(name) in OPEN:
                yield replace(known[name], change=change, on=day(name), waiting_on=None)


def _waited_on(definition: Definition, way: Way, case: Case | None, clock: Clock) -> str:
    """Return whom a pause waits on: the status in which the case pauses says so, or else the clock."""
    target = way.target(case.status, case.entered_from) if case is not None else None
    status = definition.statuses.get(target or "")
    return clock.owner if status is None or status.waiting_on == "nobody" else status.waiting_on


def _begun(change: str, clock: Clock, on: date, calendar: WorkingDays) -> ClockChange:
    if clock.unit == "working_days":
        due = calendar.due_date(on, clock.length)
        due_on, counted_by = due.due_on, due.calendar
        ends = due.calendar_ends if due.due_on is None else None
    else:
        days = clock.length if clock.unit == "calendar_days" else -(-clock.length // 24)
        due_on, counted_by, ends = on + timedelta(days=days), None, None
    return ClockChange(
        clock=clock.name,
        change=change,
        on=on,
        waiting_on=clock.owner,
        due_on=due_on,
        calendar=counted_by,
        calendar_ends=ends,
        basis=clock.article,
    )

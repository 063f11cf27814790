"""Whatever is done to a clock, in whatever order: it never counts backwards, and a past due day never moves."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.claim.aggregate import Claim
from domain.claim.commands import MissClock
from domain.claim.events import ClockMissed
from domain.clocks import OPEN, TICKING
from domain.fact import ClockChange
from domain.refusal import GuardFailed
from domain.step import Step
from domain.working_days import CALENDAR, WorkingDays
from domain.world import World
from tests.facts import CLAIM, as_system, death_reported, file_complete
from tests.given_when_then import fold
from tests.workflows.small_lifecycle import small
from workflows.clocks import clock_changes
from workflows.lifecycle import Definition

FIRST: Final = date(2024, 2, 26)  # a leap day and a long holiday lie ahead
LENGTHS: Final = st.integers(1, 12)
UNITS: Final = st.sampled_from(["working_days", "calendar_days", "hours"])
MEASURED: Final = st.sampled_from(["effective_on", "recorded_at"])
ACTS: Final = st.sampled_from(["start", "pause", "restart", "stop", "void", "miss"])
STEPS: Final = st.lists(st.tuples(ACTS, st.integers(0, 6), st.integers(0, 20)), max_size=25)

ALLOWED: Final = {  # what a clock may turn into
    None: {"started"},
    "started": {"paused", "stopped", "voided", "missed"},
    "restarted": {"paused", "stopped", "voided", "missed"},
    "missed": {"paused", "stopped", "voided"},
    "paused": {"restarted", "stopped", "voided"},
    "stopped": {"started"},
    "voided": {"started"},
}


def does(effect: str, unit: str, length: int, measured_from: str) -> Definition:
    return small(
        ('clocks = { stop = ["pay"] }', f'clocks = {{ {effect} = ["pay"] }}'),
        ('unit = "working_days"', f'unit = "{unit}"\nmeasured_from = "{measured_from}"'),
        ("length = 3", f"length = {length}"),
    )


def miss(claim: Claim, on: date) -> ClockChange | None:
    """Let the aggregate put a missed clock on record; None where it refuses."""
    clock = claim.clocks.get("pay")
    due = clock.due_on if clock is not None else None
    command: Any = as_system(MissClock, CLAIM, clock="pay", due_on=due, effective_on=on)
    try:
        claim.miss_clock(command, Step(name="miss_clock"), World())
    except GuardFailed:
        return None
    [event] = claim.collect_events()
    assert isinstance(event, ClockMissed)
    return event.clocks[0]


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, unit=UNITS, length=LENGTHS, measured_from=MEASURED)
def test_a_clock_goes_its_ways_only(
    steps: list[tuple[str, int, int]], unit: str, length: int, measured_from: str
) -> None:
    """Steps are days apart and recorded up to three weeks after their legal day."""
    definitions: dict[str, Definition] = {}
    known: ClockChange | None = None
    on = recorded_on = FIRST
    for act, later, recorded_later in steps:
        on += timedelta(days=later)
        recorded_on = max(recorded_on, on + timedelta(days=recorded_later))
        claim = fold(death_reported(), file_complete(clocks=(known,) if known else ()))[CLAIM]
        assert isinstance(claim, Claim)
        before = known
        if act == "miss":
            change = miss(claim, on)
        else:
            definition = definitions.setdefault(act, does(act, unit, length, measured_from))
            [way] = definition.step("pay").ways
            changes = clock_changes(definition, way, claim, on, recorded_on, CALENDAR)
            assert len(changes) <= 1, "a step turns a clock once"
            change = changes[0] if changes else None
        if change is None:
            continue
        assert change.change in ALLOWED[before.change if before else None]
        if change.change in TICKING:
            begins = recorded_on if measured_from == "recorded_at" else on
            assert change.on == begins
            assert change.due_on is not None and change.due_on > begins, "a clock never counts backwards"
            assert (change.calendar == CALENDAR.version) is (unit == "working_days")
        else:
            assert before is not None
            same = replace(change, change=before.change, on=before.on, waiting_on=before.waiting_on)
            assert same == before, "what was due stays due, by the calendar that was used"
        if before is not None:
            assert change.on >= before.on, "no clock ends before it began"
        assert (change.waiting_on is not None) is (change.change in OPEN)
        if change.change == "missed":
            assert change.due_on is not None and change.on > change.due_on
        known = change


def _until(year: int) -> WorkingDays:
    return WorkingDays.of(
        [day for day in CALENDAR.holidays if day.year <= year], first_year=2019, last_year=year
    )


@given(
    start=st.dates(date(2023, 1, 1), date(2025, 12, 31)),
    length=LENGTHS,
    years=st.sampled_from([2023, 2024, 2025]),
)
def test_a_calendar_that_ends_says_so_and_never_guesses(start: date, length: int, years: int) -> None:
    calendar, whole = _until(years), CALENDAR
    definition = does("start", "working_days", length, "effective_on")
    [way] = definition.step("pay").ways
    [short] = clock_changes(definition, way, None, start, start, calendar)
    [known] = clock_changes(definition, way, None, start, start, whole)
    assert short.calendar == calendar.version != known.calendar
    assert known.due_on is not None
    if known.due_on <= calendar.ends:
        assert (short.due_on, short.calendar_ends) == (known.due_on, None)
    else:
        assert (short.due_on, short.calendar_ends) == (None, calendar.ends)


@given(start=st.dates(date(2024, 1, 1), date(2024, 12, 20)))
def test_a_due_day_stays_though_a_holiday_is_decreed_later(start: date) -> None:
    """The clock that runs keeps its day; only one that starts afterwards counts by the new calendar."""
    definition = does("start", "working_days", 3, "effective_on")
    [way] = definition.step("pay").ways
    [begun] = clock_changes(definition, way, None, start, start, CALENDAR)
    assert begun.due_on is not None
    decreed = WorkingDays.of({*CALENDAR.holidays, begun.due_on}, first_year=2019, last_year=2027)
    claim = fold(death_reported(), file_complete(clocks=(begun,)))[CLAIM]
    assert clock_changes(definition, way, claim, start, start, decreed) == ()
    assert claim.clocks["pay"].due_on == begun.due_on
    [anew] = clock_changes(definition, way, None, start, start, decreed)
    assert anew.due_on is not None and anew.due_on > begun.due_on and anew.calendar == decreed.version

"""Legal clocks: what a step starts, pauses, restarts, stops and voids, and where the calendar cannot tell."""

from datetime import date, timedelta
from typing import Final

import pytest

from domain.case import Case
from domain.fact import ClockChange
from domain.working_days import CALENDAR
from tests.facts import CLAIM, death_reported, file_complete, verification_started
from tests.given_when_then import fold
from tests.workflows.small_lifecycle import small
from workflows.clocks import clock_changes
from workflows.lifecycle import Definition

MONDAY: Final = date(2024, 5, 20)
DUE: Final = date(2024, 5, 27)  # the 23rd is Waisak, the 24th joint leave
WORKING_DAYS: Final = 'unit = "working_days"'


def does(effect: str, *, unit: str = WORKING_DAYS, length: int = 3) -> Definition:
    """A lifecycle whose last step does this to the clock."""
    return small(
        ('clocks = { stop = ["pay"] }', f'clocks = {{ {effect} = ["pay"] }}'),
        (WORKING_DAYS, unit),
        ("length = 3", f"length = {length}"),
    )


def changes(
    definition: Definition, case: Case | None, on: date = MONDAY, recorded_on: date = date(2024, 6, 3)
) -> tuple[ClockChange, ...]:
    [way] = definition.step("pay").ways
    return clock_changes(definition, way, case, on, recorded_on, CALENDAR)


def case_with(*clocks: ClockChange) -> Case:
    return fold(death_reported(), file_complete(clocks=clocks))[CLAIM]


def clock(change: str) -> ClockChange:
    return ClockChange(clock="pay", change=change, on=MONDAY, due_on=DUE, basis="Art. 40(3)")


def test_a_clock_starts_with_its_due_day_calendar_and_article() -> None:
    [started] = changes(does("start"), None)
    assert started == ClockChange(
        clock="pay",
        change="started",
        on=MONDAY,
        waiting_on="us",
        due_on=DUE,
        calendar=CALENDAR.version,
        calendar_ends=None,
        basis="PP 44/2015 Art. 40(3)",
    )


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2024, 5, 18), date(2024, 5, 22)),
        (date(2024, 5, 19), date(2024, 5, 22)),
        (date(2024, 5, 22), date(2024, 5, 29)),
    ],
    ids=["Saturday", "Sunday", "before two free days and a weekend"],
)
def test_only_working_days_count_and_the_first_day_is_none(on: date, due: date) -> None:
    [started] = changes(does("start"), None, on)
    assert started.due_on == due


@pytest.mark.parametrize("year", [2010, 2040])
def test_outside_the_years_of_the_calendar_the_clock_says_so(year: int) -> None:
    [started] = changes(does("start"), None, date(year, 5, 20))
    assert (started.due_on, started.calendar) == (None, CALENDAR.version)
    assert started.calendar_ends == CALENDAR.ends


def test_at_the_very_end_of_the_calendar_it_does_not_guess() -> None:
    [started] = changes(does("start"), None, CALENDAR.ends)
    assert (started.due_on, started.calendar_ends) == (None, CALENDAR.ends)


@pytest.mark.parametrize(
    ("unit", "length", "due"),
    [
        ("calendar_days", 3, date(2024, 5, 23)),
        ("calendar_days", 90, date(2024, 8, 18)),
        ("hours", 24, date(2024, 5, 21)),
        ("hours", 25, date(2024, 5, 22)),
        ("hours", 48, date(2024, 5, 22)),
    ],
)
def test_calendar_days_and_hours_need_no_calendar(unit: str, length: int, due: date) -> None:
    [started] = changes(does("start", unit=f'unit = "{unit}"', length=length), None)
    assert (started.due_on, started.calendar, started.calendar_ends) == (due, None, None)


@pytest.mark.parametrize(("effect", "change"), [("pause", "paused"), ("stop", "stopped"), ("void", "voided")])
@pytest.mark.parametrize("running", ["started", "restarted", "missed"])
def test_a_running_clock_is_paused_stopped_or_void_and_keeps_what_was_due(
    effect: str, change: str, running: str
) -> None:
    day = date(2024, 5, 22)
    [changed] = changes(does(effect), case_with(clock(running)), day)
    assert (changed.change, changed.on, changed.due_on, changed.basis) == (change, day, DUE, "Art. 40(3)")
    assert (changed.waiting_on is None) is (change != "paused")


@pytest.mark.parametrize(("effect", "change"), [("stop", "stopped"), ("void", "voided")])
def test_a_paused_clock_can_be_ended(effect: str, change: str) -> None:
    [ended] = changes(does(effect), case_with(clock("paused")))
    assert (ended.change, ended.due_on) == (change, DUE)


@pytest.mark.parametrize(
    ("effect", "rests"),
    [
        ("pause", "paused"),
        *((effect, rests) for effect in ("pause", "stop", "void") for rests in ("stopped", "voided")),
    ],
)
def test_a_clock_that_does_not_run_is_left_alone(effect: str, rests: str) -> None:
    assert changes(does(effect), case_with(clock(rests))) == ()
    assert changes(does(effect), case_with()) == ()
    assert changes(does(effect), None) == ()


def test_a_clock_restarts_with_its_whole_length_again() -> None:
    day = date(2024, 6, 3)
    [restarted] = changes(does("restart"), case_with(clock("paused")), day)
    assert (restarted.change, restarted.on, restarted.due_on) == ("restarted", day, date(2024, 6, 6))


@pytest.mark.parametrize("change", ["started", "restarted", "missed", "paused"])
def test_a_clock_that_has_not_ended_is_not_started_again_so_that_its_due_day_stays(change: str) -> None:
    assert changes(does("start"), case_with(clock(change)), date(2024, 6, 3)) == ()


@pytest.mark.parametrize("change", ["started", "missed", "stopped", "voided"])
def test_only_a_paused_clock_is_restarted(change: str) -> None:
    assert changes(does("restart"), case_with(clock(change))) == ()


@pytest.mark.parametrize(
    ("status", "owner"),
    [("us", "us"), ("third_party", "third_party"), ("claimant", "claimant"), ("nobody", "claimant")],
)
def test_a_pause_waits_on_whom_the_status_waits_on_and_otherwise_on_whose_clock_it_is(
    status: str, owner: str
) -> None:
    to = (
        ('name = "APPROVED"', 'name = "APPROVED"'),
        (
            'label_en = "Approved"\nwaiting_on = "us"',
            f'label_en = "Approved"\nwaiting_on = "{status}"',
        ),
    )
    pauses = small(
        *to,
        ('to = "CLOSED"', 'to = "APPROVED"'),
        ('clocks = { stop = ["pay"] }', 'clocks = { pause = ["pay"] }'),
        (WORKING_DAYS, f'{WORKING_DAYS}\nowner = "claimant"'),
    )
    [paused] = changes(pauses, case_with(clock("started")))
    assert (paused.change, paused.waiting_on, paused.due_on) == ("paused", owner, DUE)


@pytest.mark.parametrize("owner", ["us", "claimant", "third_party"])
def test_a_running_clock_waits_on_whose_clock_it_is(owner: str) -> None:
    [started] = changes(does("start", unit=f'{WORKING_DAYS}\nowner = "{owner}"'), None)
    assert started.waiting_on == owner


def test_the_case_remembers_the_last_change_of_each_clock() -> None:
    other = ClockChange(clock="answer", change="started", on=MONDAY)
    paused = clock("paused")
    case = fold(
        death_reported(),
        file_complete(clocks=(clock("started"), other)),
        verification_started(clocks=(paused,)),
    )[CLAIM]
    assert case.clocks == {"pay": paused, "answer": other}


@pytest.mark.parametrize(
    ("measured_from", "start"), [("effective_on", MONDAY), ("recorded_at", date(2024, 6, 3))]
)
def test_silence_is_counted_from_the_day_of_recording_and_law_from_the_legal_day(
    measured_from: str, start: date
) -> None:
    unit = f'unit = "calendar_days"\nmeasured_from = "{measured_from}"'
    [started] = changes(does("start", unit=unit, length=14), None)
    assert (started.on, started.due_on) == (start, start + timedelta(days=14))

"""Working days, against a slow oracle that walks day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tables.read import read_table
from domain.working_days import CALENDAR, WorkingDays, days_late

HOLIDAYS = {date.fromisoformat(row["date"]) for row in read_table("holidays_id.csv")}
STARTS = st.dates(date(2018, 12, 31), date(2027, 11, 30))


def walked(start: date, working_days: int) -> date:
    day = start
    while working_days:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in HOLIDAYS:
            working_days -= 1
    return day


@given(STARTS, st.integers(1, 15))
def test_due_dates_agree_with_walking_day_by_day(start: date, working_days: int) -> None:
    assert CALENDAR.due_date(start, working_days).due_on == walked(start, working_days)


@given(STARTS)
def test_a_day_off_moves_to_the_next_working_day(day: date) -> None:
    assert CALENDAR.on_or_after(day + timedelta(days=1)).due_on == walked(day, 1)


def test_vesak_and_its_joint_leave_do_not_count() -> None:
    due = CALENDAR.due_date(date(2024, 5, 20), 3)
    assert due.due_on == date(2024, 5, 27)
    assert due.calendar == CALENDAR.version


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2025, 6, 3), 3, date(2025, 6, 10)),  # Idul Adha on Friday 6, joint leave on Monday 9 June
        (date(2024, 5, 18), 1, date(2024, 5, 20)),  # a Saturday is day 0 as well
        (date(2024, 12, 24), 3, date(2024, 12, 31)),  # Christmas and its joint leave
        (date(2026, 3, 17), 7, date(2026, 4, 2)),  # Nyepi and Idul Fitri
    ],
)
def test_known_due_dates(start: date, days: int, due: date) -> None:
    assert CALENDAR.due_date(start, days).due_on == due


def test_beyond_its_years_the_calendar_says_so_instead_of_guessing() -> None:
    last = CALENDAR.due_date(date(2027, 12, 28), 3)
    beyond = CALENDAR.due_date(date(2027, 12, 29), 3)
    assert last.due_on == date(2027, 12, 31)
    assert beyond.due_on is None
    assert (beyond.calendar, beyond.calendar_ends) == (CALENDAR.version, date(2027, 12, 31))
    assert CALENDAR.due_date(date(2030, 1, 1), 3).due_on is None
    assert CALENDAR.on_or_after(date(2028, 1, 1)).due_on is None


def test_before_its_years_the_calendar_does_not_guess_either() -> None:
    assert CALENDAR.due_date(date(2018, 12, 30), 3).due_on is None
    assert CALENDAR.due_date(date(2018, 12, 31), 1).due_on == date(2019, 1, 2)
    assert CALENDAR.on_or_after(date(2018, 12, 31)).due_on is None
    assert CALENDAR.due_date(date(2018, 12, 30), 3).calendar_begins == date(2019, 1, 1)


@given(STARTS.filter(CALENDAR.covers), st.integers(-40, 40))
def test_the_days_between_agree_with_walking_and_lead_back(start: date, away: int) -> None:
    other = start + timedelta(days=away)
    if not CALENDAR.covers(other):
        assert CALENDAR.between(start, other) is None
        return
    first, last = sorted((start, other))
    days = (first + timedelta(days=n + 1) for n in range((last - first).days))
    walked = sum(CALENDAR.is_working_day(day) for day in days)
    assert CALENDAR.between(start, other) == (walked if away >= 0 else -walked)
    assert CALENDAR.between(other, start) == -CALENDAR.between(start, other)  # type: ignore[operator]


@given(STARTS.filter(CALENDAR.covers), st.integers(1, 15))
def test_as_many_days_are_between_as_a_due_date_counted(start: date, working_days: int) -> None:
    due = CALENDAR.due_date(start, working_days).due_on
    assert due is not None and CALENDAR.between(start, due) == working_days


def test_outside_the_years_nobody_counts_days() -> None:
    assert CALENDAR.between(date(2018, 12, 31), date(2019, 1, 2)) is None
    assert CALENDAR.between(CALENDAR.ends, CALENDAR.ends + timedelta(days=1)) is None
    assert CALENDAR.between(date(2024, 2, 28), date(2024, 3, 1)) == 2, "a leap day is a day like any other"


def test_the_calendar_ends_with_its_last_year() -> None:
    year = WorkingDays.of([], first_year=2024, last_year=2024)
    assert year.due_date(date(2024, 12, 30), 1).due_on == date(2024, 12, 31)
    assert year.due_date(date(2024, 12, 31), 1).due_on is None  # 1 January 2025 is a Wednesday


def test_asking_about_a_day_outside_the_years_is_an_error() -> None:
    assert not CALENDAR.is_working_day(date(2024, 5, 23))
    assert CALENDAR.is_working_day(date(2024, 5, 27))
    assert not CALENDAR.is_working_day(date(2019, 1, 1))
    assert CALENDAR.is_working_day(date(2027, 12, 31))
    with pytest.raises(ValueError, match="covers 2019-01-01 to 2027-12-31"):
        CALENDAR.is_working_day(date(2028, 1, 3))


def test_a_deadline_has_at_least_one_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        CALENDAR.due_date(date(2024, 5, 20), 0)


def test_the_version_follows_the_content() -> None:
    plain = WorkingDays.of([], first_year=2024, last_year=2024)
    longer = WorkingDays.of([], first_year=2024, last_year=2025)
    holiday = WorkingDays.of([date(2024, 8, 17)], first_year=2024, last_year=2024)
    assert len({plain.version, longer.version, holiday.version}) == 3
    assert WorkingDays.of([date(2024, 8, 17)], first_year=2024, last_year=2024).version == holiday.version
    assert CALENDAR.version.startswith("id-2019-2027-")


def test_faulty_calendars_are_refused() -> None:
    with pytest.raises(ValueError, match="outside the years"):
        WorkingDays.of([date(2023, 1, 1)], first_year=2024, last_year=2024)
    with pytest.raises(ValueError, match="at least one year"):
        WorkingDays.of([], first_year=2025, last_year=2024)


def test_lateness_counts_calendar_days_after_the_due_day() -> None:
    assert days_late(date(2025, 6, 10), date(2025, 6, 9)) == 0
    assert days_late(date(2025, 6, 10), date(2025, 6, 10)) == 0
    assert days_late(date(2025, 6, 10), date(2025, 6, 13)) == 3

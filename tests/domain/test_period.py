"""Months, ages and anniversaries: clamped to the end of a month, leap days included."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.period import (
    Month,
    Period,
    add_months,
    add_years,
    age_on,
    month_runs,
    parse_month_runs,
    written_day,
)

MONTHS = st.builds(Month, st.integers(1950, 2100), st.integers(1, 12))
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


@given(MONTHS)
def test_month_reads_what_it_writes(month: Month) -> None:
    assert Month.parse(str(month)) == month
    assert Month.of(month.first_day) == Month.of(month.last_day) == month
    assert month.last_day + timedelta(days=1) == month.plus(1).first_day


@pytest.mark.parametrize(
    "text", ["2023-9", "2023-13", "2023-00", "23-09", "2023/09", "2023-09-01", "", "0000-01"]
)
def test_other_texts_are_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


@given(MONTHS, st.integers(-600, 600))
def test_adding_and_counting_months_agree(month: Month, count: int) -> None:
    later = month.plus(count)
    assert later.months_since(month) == count
    assert (later > month) == (count > 0)
    assert len(month.through(later)) == max(0, count + 1)


def test_through_includes_both_ends() -> None:
    assert [str(month) for month in Month(2023, 11).through(Month(2024, 1))] == [
        "2023-11",
        "2023-12",
        "2024-01",
    ]
    assert Month(2024, 1).through(Month(2023, 11)) == ()


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 8, 31), 3, date(2025, 11, 30)),
        (date(2025, 2, 1), 3, date(2025, 5, 1)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 5, 31), -3, date(2024, 2, 29)),
    ],
)
def test_months_keep_the_day_or_clamp_it(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(DAYS, st.integers(0, 240))
def test_a_clamped_day_never_leaves_its_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert Month.of(later) == Month.of(day).plus(months)
    assert later.day == day.day or (later == Month.of(later).last_day and later.day < day.day)


def test_leap_day_birthdays_are_reached_on_28_february_in_common_years() -> None:
    born = date(2004, 2, 29)
    assert add_years(born, 18) == date(2022, 2, 28)
    assert age_on(born, date(2022, 2, 27)) == 17
    assert age_on(born, date(2022, 2, 28)) == 18
    assert age_on(born, date(2024, 2, 28)) == 19
    assert age_on(born, date(2024, 2, 29)) == 20


@given(DAYS, st.integers(0, 100))
def test_age_changes_on_the_birthday_and_on_no_other_day(born: date, years: int) -> None:
    birthday = add_years(born, years)
    assert age_on(born, birthday) == years
    assert age_on(born, birthday - timedelta(days=1)) == years - 1


def test_a_period_holds_its_first_and_its_last_day() -> None:
    relief = Period(date(2020, 8, 1), date(2021, 1, 31))
    assert date(2020, 8, 1) in relief
    assert date(2021, 1, 31) in relief
    assert date(2021, 2, 1) not in relief
    assert len(relief.months()) == 6
    assert relief.overlaps(Period(date(2021, 1, 31), date(2021, 3, 1)))
    assert Period(date(2021, 1, 31), date(2021, 3, 1)).overlaps(relief)
    assert not relief.overlaps(Period(date(2021, 2, 1), date(2021, 3, 1)))
    assert Period(date(2021, 1, 31), date(2021, 1, 31)).months() == (Month(2021, 1),)
    assert str(relief) == "2020-08-01/2021-01-31"
    with pytest.raises(ValueError, match="before it begins"):
        Period(date(2021, 1, 1), date(2020, 1, 1))


def test_runs_of_months_are_short_to_read() -> None:
    paid = {*Month(2023, 7).through(Month(2024, 3)), Month(2024, 6)}
    assert month_runs(paid) == ("2023-07/2024-03", "2024-06/2024-06")


@given(st.frozensets(st.builds(Month, st.integers(2020, 2023), st.integers(1, 12))))
def test_runs_of_months_lose_nothing(months: frozenset[Month]) -> None:
    assert parse_month_runs(month_runs(months)) == months


def test_days_are_written_in_both_languages() -> None:
    assert written_day(date(2024, 5, 27)) == "27 Mei 2024"
    assert written_day(date(2024, 5, 27), "en") == "27 May 2024"

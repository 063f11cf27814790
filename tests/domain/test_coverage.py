"""Coverage on a day: by the table of the dossier while payment has no gaps, and by its rule where it has."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.coverage import Coverage, belongs_to_spell, coverage_on, lapse_day, membership_start
from domain.period import Month

START = date(2023, 7, 1)
STARTS = st.dates(date(2020, 1, 1), date(2024, 12, 31))
SOME_MONTHS = st.frozensets(st.builds(Month, st.integers(2023, 2025), st.integers(1, 12)))


def on(day: date, *paid: str, start: date | None = START) -> Coverage:
    return coverage_on(
        day, membership_start=start, paid_months=frozenset(map(Month.parse, paid)), grace_months=3
    )


@given(start=STARTS, paid_for=st.integers(0, 24), days_after=st.integers(-40, 900))
def test_paid_without_gaps_the_table_of_the_dossier_holds(
    start: date, paid_for: int, days_after: int
) -> None:
    day = start + timedelta(days=days_after)
    paid_through = Month.of(start).plus(paid_for - 1)
    paid = frozenset(Month.of(start).through(paid_through))
    gap = Month.of(day).months_since(paid_through)
    if day < start:
        expected = "NOT_STARTED"
    elif gap <= 0:
        expected = "ACTIVE"
    elif gap <= 3:
        expected = "GRACE"
    else:
        expected = "LAPSED"
    said = coverage_on(day, membership_start=start, paid_months=paid, grace_months=3)
    assert said.status == expected
    if expected in {"GRACE", "LAPSED"}:
        assert len(said.unpaid_months) == gap


def test_the_last_day_of_grace_and_the_first_of_lapse() -> None:
    paid = [str(month) for month in Month(2023, 7).through(Month(2024, 3))]
    grace = on(date(2024, 6, 30), *paid)
    lapsed = on(date(2024, 7, 1), *paid)
    assert (grace.status, grace.lapse_day) == ("GRACE", None)
    assert [str(month) for month in grace.unpaid_months] == ["2024-04", "2024-05", "2024-06"]
    assert (lapsed.status, lapsed.lapse_day) == ("LAPSED", date(2024, 7, 1))
    assert grace.paid_through == lapsed.paid_through == Month(2024, 3)
    assert grace.starts_on == lapsed.starts_on == START


def test_before_its_start_a_membership_covers_nothing() -> None:
    assert on(date(2023, 6, 30), "2023-07").status == "NOT_STARTED"
    assert on(date(2023, 7, 1), "2023-07").status == "ACTIVE"
    assert on(date(2023, 7, 1), start=None).status == "NOT_STARTED"


def test_a_gap_behind_paid_months_is_still_owed() -> None:
    said = on(date(2023, 10, 5), "2023-07", "2023-09", "2023-10")
    assert (said.status, said.unpaid_months) == ("GRACE", (Month(2023, 8),))


def test_gaps_that_are_not_consecutive_do_not_add_up_to_a_lapse() -> None:
    said = on(date(2024, 2, 1), "2023-07", "2023-09", "2023-11", "2024-01")
    assert (said.status, len(said.unpaid_months)) == ("GRACE", 4)


def test_four_consecutive_months_end_the_spell_whatever_is_paid_afterwards() -> None:
    said = on(date(2024, 3, 1), "2023-07", "2023-12", "2024-01", "2024-02", "2024-03")
    assert (said.status, said.lapse_day) == ("LAPSED", date(2023, 11, 1))


@given(day=st.dates(date(2023, 7, 1), date(2025, 12, 31)), paid=SOME_MONTHS)
def test_months_after_the_event_do_not_matter(day: date, paid: frozenset[Month]) -> None:
    until = frozenset(month for month in paid if month <= Month.of(day))
    said = coverage_on(day, membership_start=START, paid_months=paid, grace_months=3)
    then = coverage_on(day, membership_start=START, paid_months=until, grace_months=3)
    assert (said.status, said.unpaid_months, said.lapse_day) == (
        then.status,
        then.unpaid_months,
        then.lapse_day,
    )


@given(start=STARTS, paid=SOME_MONTHS, grace=st.integers(0, 6))
def test_lapse_comes_on_its_day_and_not_before(start: date, paid: frozenset[Month], grace: int) -> None:
    last_day = lapse_day(membership_start=start, paid_months=paid, grace_months=grace)
    eve = last_day - timedelta(days=1)
    on_the_day = coverage_on(
        max(last_day, start), membership_start=start, paid_months=paid, grace_months=grace
    )
    assert (on_the_day.status, on_the_day.lapse_day) == ("LAPSED", last_day)
    assert coverage_on(eve, membership_start=start, paid_months=paid, grace_months=grace).status != "LAPSED"


@pytest.mark.parametrize(
    ("paid_on", "died_on", "belongs"),
    [
        (date(2024, 7, 1), None, True),  # on the lapse day itself
        (date(2024, 7, 2), None, False),
        (date(2024, 9, 20), date(2024, 6, 30), True),  # the heirs of a member who died in grace
        (date(2024, 9, 20), date(2024, 7, 1), False),  # died on the day of the lapse
    ],
)
def test_a_payment_belongs_to_the_spell_until_the_lapse_that_death_forestalls(
    paid_on: date, died_on: date | None, belongs: bool
) -> None:
    paid = frozenset(Month(2023, 7).through(Month(2024, 3)))
    said = belongs_to_spell(
        paid_on, membership_start=START, paid_months=paid, grace_months=3, died_on=died_on
    )
    assert said is belongs


def test_membership_starts_with_the_later_of_list_and_first_paid_month() -> None:
    assert membership_start(effective_on=date(2023, 9, 1), first_paid_month=Month(2023, 9)) == date(
        2023, 9, 1
    )
    assert membership_start(effective_on=date(2023, 9, 15), first_paid_month=Month(2023, 9)) == date(
        2023, 9, 15
    )
    assert membership_start(effective_on=date(2023, 9, 1), first_paid_month=Month(2023, 11)) == date(
        2023, 11, 1
    )


@pytest.mark.parametrize("start", [date(9999, 12, 1), date(9999, 9, 1), date(1, 1, 1)])
def test_a_spell_at_the_edge_of_the_calendar_has_a_lapse_day(start: date) -> None:
    expected = date.max if start.year == 9999 else date(1, 5, 1)
    paid = frozenset({Month.of(start)})
    assert lapse_day(membership_start=start, paid_months=paid, grace_months=3) == expected
    assert belongs_to_spell(start, membership_start=start, paid_months=paid, grace_months=3)

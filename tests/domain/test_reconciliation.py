"""Heads decreed = registered = invoiced = paid: where a member stands in a month, and why the four differ."""

from datetime import date
from typing import Any

import pytest
from hypothesis import example
from hypothesis import given as any_of
from hypothesis import strategies as st

from domain.period import Month
from domain.programme.reconciliation import DIFFERENCES, OFF_THE_DECREE, Place, Standing, place_in

NOVEMBER = Month(2023, 11)
SEPTEMBER, OCTOBER, DECEMBER = Month(2023, 9), Month(2023, 10), Month(2023, 12)


def standing(*paid: Month, **more: Any) -> Standing:
    """A member of the list of September 2023."""
    defaults: dict[str, Any] = {
        "status": "ACTIVE",
        "is_registered": True,
        "listed_from": (date(2023, 9, 1),),
        "paid_months": frozenset(paid),
    }
    return Standing(**(defaults | more))


def counts(place: Place) -> str:
    """The initials of the counts a member stands in."""
    return "".join(name[0] for name in ("decreed", "registered", "invoiced", "paid") if getattr(place, name))


@pytest.mark.parametrize(
    ("member", "stands", "code"),
    [
        (standing(SEPTEMBER, OCTOBER, NOVEMBER), "drip", None),
        (standing(SEPTEMBER, OCTOBER), "dri", "MONTH_NOT_PAID"),
        (standing(), "dri", "MONTH_NOT_PAID"),
        (standing(after_count=True), "dri", "REGISTERED_AFTER_COUNT"),
        (standing(status="DECREED", is_registered=False), "d", "DECREED_NOT_REGISTERED"),
        (standing(DECEMBER), "dr", "BEFORE_FIRST_PAID"),
        (standing(listed_from=(date(2023, 11, 30),)), "dri", "MONTH_NOT_PAID"),
        (standing(listed_from=(date(2023, 12, 1),)), "", None),
        (standing(SEPTEMBER, last_day=date(2023, 10, 31), ended_for="DIED"), "d", "DIED_BEFORE_MONTH"),
        (standing(SEPTEMBER, last_day=date(2023, 11, 1), ended_for="DIED"), "dri", "MONTH_NOT_PAID"),
        (standing(NOVEMBER, last_day=date(2023, 10, 31), ended_for="DIED"), "dip", "PAID_AFTER_DEATH"),
        (standing(SEPTEMBER, last_day=date(2023, 10, 31), ended_for="MOVED_OUT"), "d", "ENDED_BEFORE_MONTH"),
        (standing(SEPTEMBER, last_day=date(2023, 10, 31), ended_for="REMOVED"), "", None),
        (standing(NOVEMBER, last_day=date(2023, 10, 31), ended_for="REPLACED"), "ip", "PAID_AFTER_END"),
    ],
)
def test_where_a_member_stands_in_november(member: Standing, stands: str, code: str | None) -> None:
    place = place_in(NOVEMBER, member)
    assert (counts(place), place.code) == (stands, code)


@pytest.mark.parametrize(("month", "code"), [(Month(2024, 1), "MONTH_NOT_PAID"), (Month(2024, 2), "LAPSED")])
def test_a_month_is_owed_until_the_lapse(month: Month, code: str) -> None:
    """Paid through October 2023; three months of grace are owed, the fourth unpaid one ends the membership."""
    assert place_in(month, standing(SEPTEMBER, OCTOBER)).code == code


def test_who_enrolled_again_owes_the_months_of_the_new_spell() -> None:
    again = standing(SEPTEMBER, Month(2024, 6), listed_from=(date(2023, 9, 1), date(2024, 6, 1)))
    assert place_in(Month(2024, 6), again).code is None
    assert place_in(Month(2024, 7), again).code == "MONTH_NOT_PAID"
    assert place_in(Month(2024, 4), again).code == "LAPSED"


REASONS = ["DIED", "MOVED_OUT", "DUPLICATE", *sorted(OFF_THE_DECREE)]
DAYS = st.dates(date(2023, 6, 1), date(2024, 6, 30))


@any_of(
    paid=st.frozensets(st.sampled_from(Month(2023, 7).through(Month(2024, 6)))),
    listed=DAYS,
    end=st.none() | st.tuples(DAYS, st.sampled_from(REASONS)),
    registered=st.booleans(),
    late=st.booleans(),
    month=st.sampled_from(Month(2023, 7).through(Month(2024, 6))),
)
@example(frozenset(), date(2023, 9, 1), None, True, False, NOVEMBER)
def test_a_code_says_that_the_four_counts_differ_and_which(
    paid: frozenset[Month],
    listed: date,
    end: tuple[date, str] | None,
    registered: bool,
    late: bool,
    month: Month,
) -> None:
    member = Standing(
        status="ACTIVE" if registered else "DECREED",
        is_registered=registered,
        listed_from=(listed,),
        paid_months=paid if registered else frozenset(),
        last_day=end[0] if end else None,
        ended_for=end[1] if end else None,
        after_count=late,
    )
    place = place_in(month, member)
    assert (place.code is None) == (len({place.decreed, place.registered, place.invoiced, place.paid}) == 1)
    assert place.invoiced or not place.paid
    if place.code is not None:
        difference = DIFFERENCES[place.code]
        assert getattr(place, difference.more) and not getattr(place, difference.less)


def test_every_difference_is_explained_in_both_languages() -> None:
    for code, difference in DIFFERENCES.items():
        assert code.isupper()
        assert difference.sentence_id.endswith(".") and difference.sentence_en.endswith(".")
        assert difference.sentence_id != difference.sentence_en

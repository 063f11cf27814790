"""What scholarships may still cost: the sum is that of the projection, and no child costs more than its years."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefit.commitments import YearAhead, at_most, by_year, expected, of_family, total
from domain.benefit.scholarship import LEVELS, Place, Pupil, SchoolYear, projection, scholarships
from domain.dated import NotInForce
from domain.period import add_years

ON = date(2026, 7, 1)
PER_YEAR = {"TK": 1_500_000, "SD": 1_500_000, "SMP": 2_000_000, "SMA": 3_000_000, "PT": 12_000_000}
YEARS = {"TK": 2, "SD": 6, "SMP": 3, "SMA": 3, "PT": 5}
LADDER = [PER_YEAR[level] for level in LEVELS for _ in range(YEARS[level])]


@given(level=st.sampled_from(LEVELS), year=st.integers(1, 8))
def test_what_is_expected_adds_up_to_the_projection_one_year_after_the_other(level: str, year: int) -> None:
    place = Place(id="A", level=level, year=year)
    ahead = expected(place, ON)
    [line] = projection([place], ON)
    assert total(ahead) == line.amount
    assert [one.year for one in ahead] == [2026 + n for n in range(len(ahead))]


def test_a_child_in_the_fourth_year_of_primary_school() -> None:
    ahead = expected(Place(id="A", level="SD", year=4), ON)
    assert by_year(ahead[:4]) == {2026: 1_500_000, 2027: 1_500_000, 2028: 1_500_000, 2029: 2_000_000}
    assert ahead[0] == YearAhead(year=2026, amount=1_500_000, basis="SCH-SD")
    assert (ahead[-1], len(ahead)) == (YearAhead(year=2039, amount=12_000_000, basis="SCH-PT"), 14)


@pytest.mark.parametrize(
    ("born", "years", "rupiah"),
    [
        (date(2003, 7, 1), 0, 0),  # 23 on the day
        (date(2003, 7, 2), 1, 12_000_000),  # 22 on the day, 23 a year later
        (date(1999, 1, 1), 0, 0),
        (date(2000, 2, 29), 0, 0),
        (date(2008, 7, 1), 5, 60_000_000),
        (date(2005, 1, 1), 2, 24_000_000),
        (date(2008, 1, 1), 5, 60_000_000),
        (date(2007, 7, 2), 5, 60_000_000),
        (date(2020, 1, 1), 17, 84_000_000),  # two years of kindergarten too few
        (date(2026, 6, 30), 19, 87_000_000),
        (None, 19, 87_000_000),
    ],
)
def test_without_a_level_the_dearest_years_that_fit_are_counted(
    born: date | None, years: int, rupiah: int
) -> None:
    ahead = at_most(born, ON)
    assert (len(ahead), total(ahead)) == (years, rupiah)


@given(
    born=st.dates(date(1998, 1, 1), date(2026, 6, 30)),
    levels=st.lists(st.sampled_from(LEVELS), max_size=22),
)
def test_no_row_of_yearly_claims_ever_costs_more(born: date, levels: list[str]) -> None:
    """Whatever the child claims, a year apart from the day asked for on, stays within the bound."""
    years = tuple(SchoolYear(claim_date=add_years(ON, n), level=level) for n, level in enumerate(levels))
    pupil = Pupil(id="A", birth_date=born, years=years)
    found = scholarships(event_on=date(2026, 1, 1), cause="JKK_DEATH", paid_months_total=0, pupils=[pupil])
    assert found.total <= total(at_most(born, ON)) <= sum(LADDER)


@given(st.lists(st.dates(date(2000, 1, 1), date(2026, 6, 30)), max_size=4))
def test_a_family_costs_what_its_dearest_two_children_cost(births: list[date]) -> None:
    children = [at_most(born, ON) for born in births]
    dearest = sorted((total(child) for child in children), reverse=True)[:2]
    family = of_family(children, ON)
    assert total(family) == sum(dearest) <= 174_000_000
    assert sum(by_year(family).values()) == total(family)
    assert list(by_year(family)) == sorted(by_year(family))
    assert (
        of_family(reversed(children), ON) and total(of_family(children[::-1], ON)) == total(family)
    ) or not family


def test_before_the_yearly_scholarship_there_is_nothing_to_forecast() -> None:
    with pytest.raises(NotInForce):
        at_most(None, date(2019, 12, 1))

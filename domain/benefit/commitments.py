"""What scholarships may still cost, school year by school year: a forecast for the reserve, never a debt.

Two questions. `expected`: what the rest of school brings to a child whose present level is known. `at_most`: what a
child can receive at the utmost, when nothing but the birth date is known. Source: dossier 5.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from domain.benefit.rules import RULES, RuleSet
from domain.benefit.scholarship import LEVELS, Place
from domain.dated import Rule
from domain.period import add_years, age_on


@dataclass(frozen=True, kw_only=True)
class YearAhead:
    """One school year that may still be paid: the calendar year in which it is claimed, and whole rupiah."""

    year: int
    amount: int
    basis: str


def expected(place: Place, on: date, rules: RuleSet = RULES) -> tuple[YearAhead, ...]:
    """Return the school years left: the rest of the present level, the present year included, and every later one.

    One a year from the day asked for; the sum is that of the projection of the dossier.
    """
    first = LEVELS.index(place.level)
    left = [
        level for n, (level, year) in _ladder(on, rules) if n > first or (n == first and year >= place.year)
    ]
    return _ahead(left, on)


def at_most(birth_date: date | None, on: date, rules: RuleSet = RULES) -> tuple[YearAhead, ...]:
    """Return the dearest school years that fit in before the child is too old, one yearly claim after another.

    Every level pays more than the one before, so these are the last years of the ladder. Without a birth date, as
    after it was erased, no year is ruled out.
    """
    ladder = [level for _, (level, _) in _ladder(on, rules)]
    if birth_date is None:
        return _ahead(ladder, on)
    years_below = rules.in_force("scholarship.end", on).integer("years_below")
    claims = 0
    while claims < len(ladder) and age_on(birth_date, add_years(on, claims)) < years_below:
        claims += 1
    return _ahead(ladder[len(ladder) - claims :], on)


def of_family(
    children: Iterable[tuple[YearAhead, ...]], on: date, rules: RuleSet = RULES
) -> tuple[YearAhead, ...]:
    """Return what the children of one member may cost together: of more than two the dearest two."""
    most = rules.in_force("scholarship.children", on).integer("children_max")
    dearest = sorted(children, key=total, reverse=True)[:most]
    return tuple(year for child in dearest for year in child)


def total(years: Iterable[YearAhead]) -> int:
    return sum(year.amount for year in years)


def by_year(years: Iterable[YearAhead]) -> dict[int, int]:
    """Return the rupiah of each calendar year, the first year first."""
    sums: Counter[int] = Counter()
    for year in years:
        sums[year.year] += year.amount
    return dict(sorted(sums.items()))


def _ladder(on: date, rules: RuleSet) -> Iterator[tuple[int, tuple[Rule, int]]]:
    """Yield every school year from kindergarten to the first degree: the level's place, its rule, the year in it."""
    for n, name in enumerate(LEVELS):
        level = rules.in_force(f"scholarship.level.{name}", on)
        for year in range(1, level.integer("years_max") + 1):
            yield n, (level, year)


def _ahead(levels: Iterable[Rule], on: date) -> tuple[YearAhead, ...]:
    return tuple(
        YearAhead(year=on.year + n, amount=level.integer("rupiah_per_year"), basis=level.rule_id)
        for n, level in enumerate(levels)
    )

"""Months, periods and ages as the law counts them: by the calendar, clamped to the end of a month."""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache
from typing import Final, NamedTuple

from domain.rupiah import Language

_MONTH_NAMES: Final[dict[Language, str]] = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


class _YearAndMonth(NamedTuple):
    year: int
    month: int


class Month(_YearAndMonth):
    """A calendar month, such as a contribution month. Its text form is `2023-09`."""

    __slots__ = ()  # months are made, compared and looked up by the million: a tuple does so at the speed of C

    def __new__(cls, year: int, month: int) -> "Month":
        if not (MINYEAR <= year <= MAXYEAR and 1 <= month <= 12):
            raise ValueError(f"there is no month {month} of year {year}")
        return super().__new__(cls, year, month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read `YYYY-MM`; anything else is a ValueError."""
        return _month_written(text)

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month in which a day lies."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> "Month":
        """Return the month so many months later; a negative number goes back."""
        return _month_numbered(self._ordinal() + months)

    def months_since(self, earlier: "Month") -> int:
        """Return how many months lie from the earlier month to this one; negative if it is later."""
        return self._ordinal() - earlier._ordinal()

    def through(self, last: "Month") -> tuple["Month", ...]:
        """Return all months from this one to the last, both included; none if the last is earlier."""
        return tuple(map(_month_numbered, range(self._ordinal(), last._ordinal() + 1)))

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return _last_day(self)

    def written(self, language: Language = "id") -> str:
        """Return the month as people write it: `Mei 2024` or `May 2024`."""
        return f"{_MONTH_NAMES[language].split()[self.month - 1]} {self.year}"

    def _ordinal(self) -> int:
        return self.year * 12 + self.month - 1

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@lru_cache(maxsize=4096)  # every payment of a programme names its months, and each reading of it asks anew
def _month_written(text: str) -> Month:
    found = _MONTH.fullmatch(text)
    if found is None:
        raise ValueError(f"a month is written YYYY-MM, not {text!r}")
    return Month(int(found[1]), int(found[2]))


@lru_cache(maxsize=4096)
def _last_day(month: Month) -> date:
    return date(month.year, month.month, monthrange(month.year, month.month)[1])


@lru_cache(maxsize=4096)
def _month_numbered(ordinal: int) -> Month:
    year, month = divmod(ordinal, 12)
    return Month(year, month + 1)


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period cannot end on {self.last}, before it begins on {self.first}")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: "Period") -> bool:
        return self.first <= other.last and other.first <= self.last

    def months(self) -> tuple[Month, ...]:
        """Return every month of which at least one day lies in the period."""
        return Month.of(self.first).through(Month.of(self.last))

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"


def add_months(day: date, months: int) -> date:
    """Return the same day number so many months later, clamped to the end of that month.

    31 August and three months is 30 November (an engine convention).
    """
    target = Month.of(day).plus(months)
    return date(target.year, target.month, min(day.day, target.last_day.day))


def add_years(day: date, years: int) -> date:
    """Return the anniversary after so many years; 29 February falls on the 28th in common years."""
    return add_months(day, 12 * years)


def age_on(birth_date: date, day: date) -> int:
    """Return completed years of age. A birthday of 29 February is reached on the 28th in common years."""
    years = day.year - birth_date.year
    if (birth_date.month, birth_date.day) <= (day.month, day.day):
        return years
    return years if birth_date.day > 28 and add_years(birth_date, years) <= day else years - 1


def written_day(day: date, language: Language = "id") -> str:
    """Return a day as people write it: `27 Mei 2024` or `27 May 2024`."""
    return f"{day.day} {Month.of(day).written(language)}"


def month_runs(months: Iterable[Month]) -> tuple[str, ...]:
    """Return the months as unbroken runs in order, each `2023-01/2023-10`: short, exact and readable."""
    return _runs_of(frozenset(months))


@lru_cache(maxsize=1024)
def _runs_of(months: frozenset[Month]) -> tuple[str, ...]:
    runs: list[tuple[Month, Month]] = []
    for month in sorted(months):
        if runs and month == runs[-1][1].plus(1):
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    return tuple(f"{first}/{last}" for first, last in runs)


def parse_month_runs(runs: Iterable[str]) -> frozenset[Month]:
    """Return the months of runs written by `month_runs`."""
    return _months_of(tuple(runs))


@lru_cache(maxsize=1024)
def _months_of(runs: tuple[str, ...]) -> frozenset[Month]:
    """Members of one list paid the same months: a replay of many decisions reads them once."""
    months: set[Month] = set()
    for run in runs:
        first, _, last = run.partition("/")
        months.update(Month.parse(first).through(Month.parse(last or first)))
    return frozenset(months)

"""Working days: Monday to Friday without national holidays and joint leave (an engine convention).

The holidays are decreed every year by three ministers; they are a table, and nothing is computed for
years the table does not cover.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256

from domain.tables.read import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A due date and the calendar it was counted by.

    `due_on` is empty when the calendar ends before the due date or begins after the start: then
    `calendar_begins` and `calendar_ends` say which days it covers.
    """

    due_on: date | None
    calendar: str
    calendar_begins: date
    calendar_ends: date


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of whole years. `version` changes whenever a holiday or the years change."""

    holidays: frozenset[date]
    first_year: int
    last_year: int
    version: str = field(init=False)
    _days: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.last_year < self.first_year:
            raise ValueError("a calendar covers at least one year")
        stray = [day for day in self.holidays if not self.first_year <= day.year <= self.last_year]
        if stray:
            raise ValueError(f"holiday {min(stray)} lies outside the years of the calendar")
        content = json.dumps([self.first_year, self.last_year, sorted(map(str, self.holidays))])
        digest = sha256(content.encode()).hexdigest()[:8]
        object.__setattr__(self, "version", f"id-{self.first_year}-{self.last_year}-{digest}")
        object.__setattr__(self, "_days", tuple(day for day in self._all_days() if self._is_worked(day)))

    @classmethod
    def of(cls, holidays: Iterable[date], *, first_year: int, last_year: int) -> "WorkingDays":
        return cls(frozenset(holidays), first_year, last_year)

    @property
    def begins(self) -> date:
        return date(self.first_year, 1, 1)

    @property
    def ends(self) -> date:
        return date(self.last_year, 12, 31)

    def covers(self, day: date) -> bool:
        return self.begins <= day <= self.ends

    def is_working_day(self, day: date) -> bool:
        """Return whether a day of the covered years is a working day; another day is a ValueError."""
        if not self.covers(day):
            raise ValueError(f"the holiday calendar covers {self.begins} to {self.ends}, not {day}")
        return self._is_worked(day)

    def due_date(self, start: date, working_days: int) -> Due:
        """Return the n-th working day after the start. The start is day 0, whatever day it is."""
        if working_days < 1:
            raise ValueError("a deadline has at least one working day")
        return self._due(first=start + timedelta(days=1), nth=bisect_right(self._days, start) + working_days)

    def on_or_after(self, day: date) -> Due:
        """Return the day itself if it is a working day, otherwise the next one."""
        return self._due(first=day, nth=bisect_left(self._days, day) + 1)

    def between(self, day: date, other: date) -> int | None:
        """Return how many working days lie after one day, up to and with another; backwards, less than zero.

        None where the calendar does not cover both.
        """
        if not (self.covers(day) and self.covers(other)):
            return None
        return bisect_right(self._days, other) - bisect_right(self._days, day)

    def _due(self, *, first: date, nth: int) -> Due:
        known = first >= self.begins and nth <= len(self._days)
        return Due(
            due_on=self._days[nth - 1] if known else None,
            calendar=self.version,
            calendar_begins=self.begins,
            calendar_ends=self.ends,
        )

    def _is_worked(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def _all_days(self) -> Iterable[date]:
        return (self.begins + timedelta(days=n) for n in range((self.ends - self.begins).days + 1))


def days_late(due_on: date, done_on: date) -> int:
    """Return the calendar days from the due date to the day it was done; zero if in time."""
    return max(0, (done_on - due_on).days)


def _indonesian_calendar() -> WorkingDays:
    """Return the calendar of the package; the table lists every holiday of each year it names."""
    holidays = [date.fromisoformat(row["date"]) for row in read_table("holidays_id.csv")]
    years = [day.year for day in holidays]
    return WorkingDays.of(holidays, first_year=min(years), last_year=max(years))


CALENDAR = _indonesian_calendar()

"""The days of the demonstration's office: working days around the day up to which its story is told."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.working_days import CALENDAR
from workflows.days import WIB


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """Counts working days. today: the day of the seeding, on which nothing of the story happens any more."""

    today: date

    def on_or_after(self, day: date) -> date:
        """Return the day itself where the office works on it, otherwise the next one it does."""
        while not _is_worked(day):
            day += timedelta(days=1)
        return day

    def after(self, day: date, count: int) -> date:
        """Return the n-th working day after a day; with 0 the day itself."""
        for _ in range(count):
            day = self.on_or_after(day + timedelta(days=1))
        return day

    def before_today(self, count: int) -> date:
        """Return the n-th working day before today; 1 is the last day of the story."""
        day = self.today
        for _ in range(count):
            day -= timedelta(days=1)
            while not _is_worked(day):
                day -= timedelta(days=1)
        return day


def at_hour(day: date, minutes: float = 0) -> datetime:
    """Return an instant of a day in Pekalongan, so many minutes after eight in the morning."""
    return datetime.combine(day, time(8), WIB) + timedelta(minutes=minutes)


def _is_worked(day: date) -> bool:
    """Beyond the years of the calendar only weekends are free: a demonstration goes on all the same."""
    return CALENDAR.is_working_day(day) if CALENDAR.covers(day) else day.weekday() < 5

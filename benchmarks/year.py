"""A year of the country, drawn with a fixed seed and replayed as a queue in front of one server.

The volumes are the dossier's (chapter 8), on the working days of 2024. What nobody has published is assumed, and
stands here to be changed: how work is spread over the week and the day, and that a day after a long weekend is
busier. The busiest ten minutes of the year are then replayed step by step: people come at random, a server takes
one step after the other, and each takes as long as was measured on average, drawn with an exponential spread,
which is wider than what a server shows.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from benchmarks.harness import percentile
from domain.working_days import CALENDAR, WorkingDays

SEED: Final = 2024
YEAR: Final = 2024
STEPS_A_YEAR: Final = 1_400_000 + 7_000_000 + 6 * 82_275  # death claims, work accidents, scholarships
OF_THE_WEEK: Final = (1.3, 1.1, 1.0, 0.9, 0.7)  # Monday to Friday, against the average
AFTER_A_BREAK: Final = 1.5  # the first day after three or more without work
OF_THE_DAY: Final = (0.10, 0.19, 0.18, 0.13, 0.05, 0.12, 0.13, 0.10)  # of each hour from eight to four
HOUR: Final = 3_600  # seconds
STRETCH: Final = 600  # seconds that are replayed
GROWTH: Final = (1, 10, 30, 100, 300, 1_000)  # times the country


class Replayed(NamedTuple):
    """What people met in the busiest ten minutes. Seconds; busy: the part of the time the server worked."""

    growth: int
    steps_per_second: float
    busy: float
    wait_p50: float
    wait_p99: float
    wait_max: float


def busiest_steps_per_second(calendar: WorkingDays = CALENDAR) -> float:
    """Return the pace of the busiest ten minutes of the year."""
    draw = random.Random(SEED)
    day = max(_expected_by_day(calendar))
    hours = [day * part / HOUR for part in OF_THE_DAY]
    stretches = [len(_arrivals(draw, pace, STRETCH)) for pace in hours for _ in range(HOUR // STRETCH)]
    return max(stretches) / STRETCH


def replay(capacity: float, growth: Sequence[int] = GROWTH) -> Iterator[Replayed]:
    """Yield what happens as the country grows, up to the first growth that is more than the server can do.

    capacity: steps a second that it was measured to take.
    """
    pace = busiest_steps_per_second()
    for times in growth:
        yield (found := _replayed(times, pace * times, capacity))
        if found.busy >= 1:
            return


def _replayed(times: int, pace: float, capacity: float) -> Replayed:
    draw = random.Random(SEED)
    arrivals = _arrivals(draw, pace, STRETCH)
    service = [draw.expovariate(capacity) for _ in arrivals]
    waits = list(waits_of(arrivals, service))
    return Replayed(
        times, pace, sum(service) / STRETCH, percentile(waits, 0.5), percentile(waits, 0.99), max(waits)
    )


def waits_of(arrivals: Sequence[float], service: Sequence[float]) -> Iterator[float]:
    """Yield how long each waits from coming until answered, one after the other in the order they came."""
    free = 0.0
    for came, takes in zip(arrivals, service, strict=True):
        free = max(free, came) + takes
        yield free - came


def _arrivals(draw: random.Random, pace: float, seconds: float) -> list[float]:
    """Return when people come who know nothing of each other."""
    came: list[float] = []
    at = draw.expovariate(pace)
    while at < seconds:
        came.append(at)
        at += draw.expovariate(pace)
    return came


def _expected_by_day(calendar: WorkingDays) -> list[float]:
    """Return the steps to be expected on each working day, by weekday and after breaks."""
    first = date(YEAR, 1, 1)
    days = [day for n in range(366) if calendar.is_working_day(day := first + timedelta(days=n))]
    weights = [OF_THE_WEEK[days[0].weekday()]]
    for before, day in pairwise(days):
        weights.append(OF_THE_WEEK[day.weekday()] * (AFTER_A_BREAK if (day - before).days > 3 else 1.0))
    return [STEPS_A_YEAR * weight / sum(weights) for weight in weights]

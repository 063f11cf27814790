"""The calendar of the house: real days are told to the watches as they begin, a demonstration's when asked."""

import asyncio
from datetime import UTC, date, datetime
from functools import partial
from typing import Final

import structlog

from api.bootstrap import House
from workflows.days import legal_day
from workflows.processes.coverage_watch import DayBegan
from workflows.watches import Watch

log = structlog.get_logger("days")
LOOK_EVERY: Final = 60.0  # seconds between two looks at the calendar


async def watch_days(house: House) -> None:
    """Tell the watches every day that begins, until cancelled. A demonstration's days begin when told.

    Memberships are looked at once a day, by one server. Clocks are looked at every minute, for one may be
    started on a day long past; what should have followed a missed one is tried again once a day.
    """
    followed: date | None = None
    while not house.origin.simulated:
        try:
            now = await _now(house)
            today = DayBegan(legal_day(now), now)
            if not await house.watches.came_to_the_end(house.watch.name, today.day):
                await _told(house, house.watch.name, house.watch.day_began, today)
            acted = followed != today.day
            look = partial(house.deadlines.day_began, acted=acted)
            done = await _told(house, house.deadlines.name, look, today)
            followed = today.day if done else None
        except Exception as fault:  # the database is away: ask again in a minute
            log.warning("no day can be told", fault=type(fault).__name__)
        await asyncio.sleep(LOOK_EVERY)


async def tell_day(house: House, fact: DayBegan) -> int:
    """Tell all watches that a day began; return how many facts that brought. Waits for a server that does it."""
    written = 0
    for name, watch in (
        (house.watch.name, house.watch.day_began),
        (house.deadlines.name, house.deadlines.day_began),
    ):
        written += await house.watches.tell(name, watch, fact, patient=True) or 0
    return written


async def _told(house: House, name: str, watch: Watch, fact: DayBegan) -> bool:
    """Tell one watch; what stops it is said, stops nobody else, and leaves what is due as it is."""
    try:
        return await house.watches.tell(name, watch, fact) is not None
    except Exception as fault:
        log.warning("watch stands still", watch=name, fault=type(fault).__name__)
        return False


async def _now(house: House) -> datetime:
    """Return the instant that our clock and the database's agree to have come.

    A clock that runs ahead would punish silence before its time, and nothing in the log is undone.
    """
    theirs: datetime = await house.store.pool.fetchval("select clock_timestamp()")
    return min(datetime.now(UTC), theirs)

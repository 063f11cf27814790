"""Read models and processes without HTTP: for scale-out beside servers on one database."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from api.bootstrap import open_house
from api.days import tell_day
from api.serve import watching, working
from api.settings import Settings
from domain.refusal import Invalid
from workflows.days import WIB, legal_day
from workflows.processes.coverage_watch import DayBegan


async def work(settings: Settings, say: Callable[[str], None]) -> None:
    """Work until cancelled. Where a server does the work already, this one stands by."""
    async with (
        open_house(settings, demo=settings.demo, begins=True, say=say) as house,
        working(house),
        watching(house),
    ):
        say("working")
        await asyncio.Event().wait()


async def begin_day(settings: Settings, day: date | None, say: Callable[[str], None]) -> int:
    """Tell the watches that a day began; return how many facts that brought. Refused (`invalid`) for days to come.

    In a demonstration's log they are decided at noon of that day, in a real one now.
    """
    now = datetime.now(UTC)
    told = day or legal_day(now)
    if told > legal_day(now):
        raise Invalid(f"{told.isoformat()} lies ahead: a day begins when it has come", field="day")
    async with open_house(settings, demo=settings.demo, say=say) as house, working(house):
        at = min(now, datetime.combine(told, time(12), WIB)) if house.origin.simulated else now
        return await tell_day(house, DayBegan(told, at))

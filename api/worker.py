"""Read models and processes without HTTP: for scale-out beside servers on one database."""

import asyncio
from collections.abc import Callable

from api.bootstrap import open_house
from api.serve import watching, working
from api.settings import Settings


async def work(settings: Settings, say: Callable[[str], None]) -> None:
    """Work until cancelled. Where a server does the work already, this one stands by."""
    async with (
        open_house(settings, demo=settings.demo, begins=True, say=say) as house,
        working(house),
        watching(house),
    ):
        say("working")
        await asyncio.Event().wait()

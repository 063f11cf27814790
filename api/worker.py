"""Read models and processes without HTTP: for scale-out beside servers on one database."""

import asyncio
import contextlib
import signal
from collections.abc import Callable

from api.bootstrap import open_house
from api.serve import working
from api.settings import Settings


async def work(settings: Settings, say: Callable[[str], None]) -> None:
    """Work until SIGTERM or SIGINT. Where a server does the work already, this one stands by."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with open_house(settings, demo=settings.demo, say=say) as house, working(house):
        say("working")
        with contextlib.suppress(asyncio.CancelledError):
            await stop.wait()

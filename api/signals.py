"""What SIGTERM, SIGINT and SIGHUP do: the work is cancelled once, so that everything it opened is closed."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

STOPPING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class ToldToStop(Exception):
    """A signal ended the work, and all that the work had opened is closed."""

    def __init__(self, told: signal.Signals) -> None:
        super().__init__(f"stopped by {told.name}")
        self.told = told


async def until_told(work: Coroutine[Any, Any, T]) -> T:
    """Do the work to its end, or until the first signal. Raises `ToldToStop`; later signals change nothing."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    told: list[signal.Signals] = []

    def stop(name: signal.Signals) -> None:
        if not told:
            told.append(name)
            task.cancel()

    for name in STOPPING:
        if name != signal.SIGHUP or signal.getsignal(name) is not signal.SIG_IGN:  # as `nohup` wants it
            loop.add_signal_handler(name, stop, name)
    try:
        return await work
    except asyncio.CancelledError:
        if told:
            raise ToldToStop(told[0]) from None
        raise

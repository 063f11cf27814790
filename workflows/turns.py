"""Turns: who lost a race for a stream tries again behind the others, and bulk work lets people's work go between."""

from asyncio import Lock, sleep
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary


class Turns:
    """The queues of one process, one for each stream that somebody waits for.

    They only make retries short. What holds is judged by the append, also between processes.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, Lock] = WeakValueDictionary()
        self._bulk = Lock()

    @asynccontextmanager
    async def taken(self, streams: Iterable[UUID]) -> AsyncIterator[None]:
        """Wait for the turn at all these streams, always in one order, so that nobody waits in a circle."""
        async with AsyncExitStack() as stack:
            for stream in sorted(set(streams)):
                lock = self._locks.setdefault(stream, Lock())
                await stack.enter_async_context(lock)
            yield

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator[None]:
        """Wait until no other round of bulk work went in this turn of the event loop, and let that one end."""
        async with self._bulk:
            yield
            await sleep(0)

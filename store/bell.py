"""Wakes those who wait for new facts: one LISTEN connection per process, which also looks for itself."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import asyncpg

from store.connection import connect, is_lost

LOG_CHANNEL: Final = "log"
LOOK_EVERY: Final = 1.0  # seconds; also how long the server may be silent before the link counts as dead


class Bell:
    """Knows the last position of the log, and lets others listen to channels of their own.

    A notification may be lost with its connection, so after each connect and every second the bell
    looks at the log itself, and rings every other channel with an empty payload: look for yourself.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._rings: dict[str, list[Callable[[str], None]]] = {LOG_CHANNEL: [self._heard_position]}
        self._position = 0
        self._moved = asyncio.Event()  # replaced whenever the position moves
        self._look_now = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def on(self, channel: str, ring: Callable[[str], None]) -> None:
        """Call `ring` with the payload of each notification on this channel; it must return at once."""
        self._rings.setdefault(channel, []).append(ring)
        self._start()
        self._look_now.set()

    async def beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109
        """Wait for the log to pass `position`, at most `timeout` seconds; return its last position."""
        self._start()
        try:
            async with asyncio.timeout(timeout):
                while self._position <= position:
                    await self._moved.wait()
        except TimeoutError:
            pass
        return self._position

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="log bell")
        elif self._task.done():  # an error nobody foresaw: whoever waits must learn of it
            self._task.result()

    async def _run(self) -> None:
        while True:
            try:
                connection = await connect(self._url)
                try:
                    await self._attend(connection)
                finally:
                    connection.terminate()
            except Exception as error:
                if not is_lost(error):
                    raise
            await asyncio.sleep(LOOK_EVERY / 4)

    async def _attend(self, connection: "asyncpg.Connection[Any]") -> None:
        listening: set[str] = set()
        connection.add_termination_listener(lambda _: self._look_now.set())
        while not connection.is_closed():
            self._look_now.clear()
            async with asyncio.timeout(LOOK_EVERY):
                for channel in self._rings.keys() - listening:
                    await connection.add_listener(channel, self._heard)
                    listening.add(channel)
                end = await connection.fetchval("select max(position) from log.event")
            for channel in self._rings:
                self._ring(channel, str(end or 0) if channel == LOG_CHANNEL else "")
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._look_now.wait()
            except TimeoutError:
                pass

    def _heard(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        self._ring(channel, str(payload))

    def _ring(self, channel: str, payload: str) -> None:
        for ring in self._rings[channel]:
            ring(payload)

    def _heard_position(self, payload: str) -> None:
        if int(payload) > self._position:
            self._position = int(payload)
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

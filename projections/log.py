"""The log as read models see it: entries in order, each read and decoded once, whoever asks."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from store.mapper import SealingMapper
from store.records import Recorded
from store.store import Store

REMEMBERED_MAX: Final = 8_192  # entries kept for the other read models that follow the same log


class Entry:
    """A row of the log, and the fact in it once somebody asks."""

    __slots__ = ("_mapper", "_record", "fact", "position", "recorded_at", "stream", "topic", "version")

    fact: Any  # of whatever class its topic names

    def __init__(self, record: Recorded, mapper: SealingMapper) -> None:
        self.position: int = record.position
        self.recorded_at: datetime = record.recorded_at
        self.stream: UUID = record.stream
        self.version: int = record.version
        self.topic: str = record.topic
        self._record = record
        self._mapper = mapper

    def __getattr__(self, name: str) -> Any:  # Python asks only for what is not there yet: the fact
        if name != "fact":
            raise AttributeError(name)
        self.fact = self._mapper.event_of(self._record)
        return self.fact


class Log:
    """Reads pages for all read models of a process. Positions are dense, so an entry never changes."""

    def __init__(self, store: Store, mapper: SealingMapper) -> None:
        self._store = store
        self._mapper = mapper
        self._remembered: OrderedDict[int, Entry] = OrderedDict()
        self._reading = asyncio.Lock()

    async def last_position(self) -> int:
        return await self._store.last_position()

    async def wait_beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109
        return await self._store.wait_beyond(position, timeout)

    async def page(self, after: int, up_to: int) -> list[Entry]:
        """Return the entries after a position up to another; they are remembered for a while."""
        async with self._reading:  # who comes second finds what the first one read
            first = after + 1
            while first <= up_to and first in self._remembered:
                first += 1
            if first <= up_to:
                for entry in await self.fresh_page(first - 1, up_to):
                    self._remembered[entry.position] = entry
            page = [self._remembered[position] for position in range(after + 1, up_to + 1)]
            while len(self._remembered) > REMEMBERED_MAX:
                self._remembered.popitem(last=False)
        return page

    async def fresh_page(self, after: int, up_to: int) -> list[Entry]:
        """Return the entries after a position up to another, without remembering them."""
        return await self.some_after(after, up_to - after, up_to=up_to)

    async def some_after(
        self, after: int, limit: int, *, up_to: int, without: Sequence[str] = ()
    ) -> list[Entry]:
        """Return so many entries after a position up to another, without remembering them; none of these names."""
        records = await self._store.read_log(after, limit, up_to=up_to, without=without)
        if not without:
            assert len(records) == min(limit, up_to - after), "positions of the log are dense"
        return [Entry(record, self._mapper) for record in records]

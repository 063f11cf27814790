"""Group reading, the counterpart of group commit: who asks while a query is under way shares the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from store.records import Recorded

TOGETHER_MAX: Final = 512  # streams in one query
ALONE: Final = 32  # who asks for more streams than this is bulk work, and holds up nobody else

# One index probe for each stream, however long it is; what is known already is not read again.
QUERY: Final = """
    select e.* from unnest($1::uuid[], $2::int[]) as known (stream, version)
    cross join lateral (
        select position, recorded_at, stream, version, topic, state from log.event
        where stream = known.stream and version > known.version order by version) as e
    order by e.stream, e.version"""

Fetch = Callable[[str, list[UUID], list[int]], Awaitable[Sequence[Any]]]


class GroupReader:
    """Reads what came after the versions that callers know. Nobody is given what was read before he asked."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._waiting: list[_Asked] = []
        self._reading: asyncio.Task[None] | None = None

    async def after(self, known: Mapping[UUID, int]) -> dict[UUID, list[Recorded]]:
        """Return the events of these streams beyond these versions, an empty list for one that has none."""
        if len(known) > ALONE:
            return _sorted_out(await self._read(known), known)
        asked = _Asked(known)
        self._waiting.append(asked)
        if self._reading is None:
            self._reading = asyncio.create_task(self._serve(), name="group reader")
        return await asked.answer

    async def _serve(self) -> None:
        try:
            while self._waiting:
                await self._serve_together(self._next())
        finally:  # also when the event loop is torn down: nobody may wait for ever
            self._reading = None
            for asked in self._waiting:
                asked.answer.cancel()
            self._waiting = []

    def _next(self) -> "list[_Asked]":
        count = streams = 0
        for asked in self._waiting:
            if count and streams + len(asked.known) > TOGETHER_MAX:
                break
            count, streams = count + 1, streams + len(asked.known)
        together, self._waiting = self._waiting[:count], self._waiting[count:]
        return together

    async def _serve_together(self, together: "list[_Asked]") -> None:
        lowest: dict[UUID, int] = {}
        for asked in together:
            for stream, version in asked.known.items():
                lowest[stream] = min(version, lowest.get(stream, version))
        try:
            rows = await self._read(lowest)
        except asyncio.CancelledError:
            for asked in together:
                asked.answer.cancel()
            raise
        except Exception as error:  # whatever it is, it belongs to those who asked
            for asked in together:
                if not asked.answer.done():
                    asked.answer.set_exception(error)
        else:
            found = _sorted_out(rows, lowest)
            for asked in together:
                if not asked.answer.done():
                    asked.answer.set_result(
                        {
                            stream: [record for record in found[stream] if record.version > version]
                            for stream, version in asked.known.items()
                        }
                    )

    async def _read(self, known: Mapping[UUID, int]) -> Sequence[Any]:
        return await self._fetch(QUERY, list(known), list(known.values()))


class _Asked:
    """What one caller wants to know."""

    __slots__ = ("answer", "known")

    def __init__(self, known: Mapping[UUID, int]) -> None:
        self.known = known
        self.answer: asyncio.Future[dict[UUID, list[Recorded]]] = asyncio.get_running_loop().create_future()


def _sorted_out(rows: Sequence[Any], streams: Mapping[UUID, int]) -> dict[UUID, list[Recorded]]:
    found: dict[UUID, list[Recorded]] = {stream: [] for stream in streams}
    for row in rows:
        record = Recorded._make(row)
        found[record.stream].append(record)
    return found

"""A stretch of the log on its way to read models that are built together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, TypeAlias

from projections.catalogue import PROJECTIONS
from projections.log import Entry, Log
from projections.reader import Projection

Models: TypeAlias = Sequence[type[Projection]]

READ: Final = 2_000  # entries read at once; pages of 500 or 250 took as long or longer (measured)
AHEAD: Final = 2  # pages that a read model may be ahead of another, which is being written meanwhile


class Stretch:
    """A stretch of the log, read once for several read models; none may be more than some pages ahead of the last.

    Facts that only other read models take in are left in the database; one that nobody knows is not.
    passed: is told the position that all of them have come to.
    """

    def __init__(
        self, log: Log, after: int, up_to: int, readers: Models, passed: Callable[[int], object]
    ) -> None:
        self.up_to, self.passed = up_to, passed
        self._log = log
        self._of_others = sorted(_topics(PROJECTIONS) - _topics(readers))
        self._readers = len(readers)  # that have not come to the end
        self._pages: dict[int, list[Entry]] = {}  # those that some reader has not left behind
        self._missing: dict[int, int] = {}  # by page, the readers that have not
        self._taken = 0  # pages so far
        self._left = asyncio.Event()  # replaced whenever the last reader leaves a page behind
        self._taking = asyncio.Lock()
        self._coming: asyncio.Task[list[Entry]] | None  # what is read meanwhile
        self._read_on(after)

    async def pages(self) -> AsyncIterator[list[Entry]]:
        """Yield the pages to one reader, in order."""
        number = 0
        while page := await self._page(number):
            yield page
            self._leave(number)
            number += 1
            await asyncio.sleep(0)  # the others fold it while it is at hand
        self._readers -= 1
        if not self._readers:
            self.passed(self.up_to)

    def close(self) -> None:
        if self._coming is not None:
            self._coming.cancel()

    async def _page(self, number: int) -> list[Entry] | None:
        """Return a page once no reader is too far behind, or nothing where the stretch is at its end."""
        while number - AHEAD in self._pages:
            await self._left.wait()
        async with self._taking:
            if number == self._taken and self._coming is not None:
                self._take(await self._coming)
        return self._pages.get(number)

    def _take(self, entries: list[Entry]) -> None:
        if entries:
            self._pages[self._taken] = entries
            self._missing[self._taken] = self._readers
            self._taken += 1
        self._read_on(entries[-1].position if len(entries) == READ else self.up_to)

    def _read_on(self, after: int) -> None:
        self._coming = None
        if after < self.up_to:
            reading = self._log.some_after(after, READ, up_to=self.up_to, without=self._of_others)
            self._coming = asyncio.create_task(reading)

    def _leave(self, number: int) -> None:
        self._missing[number] -= 1
        if not self._missing[number]:
            position = self._pages.pop(number)[-1].position
            del self._missing[number]
            left, self._left = self._left, asyncio.Event()
            left.set()
            self.passed(position)


def _topics(models: Models) -> set[str]:
    return {topic for model in models for topic in model.topics()}

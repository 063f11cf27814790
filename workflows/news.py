"""What came into the log lately, read once for all processes that follow it."""

import asyncio
import math
from collections import deque
from collections.abc import Iterable
from typing import Final

from store.records import Recorded
from store.store import Store

LINK_PATIENCE: Final = 20.0  # seconds for a word with the database; beyond that the link counts as dead
PAGE: Final = 100  # facts
REST: Final = 0.1  # seconds between two looks: while a list comes in the log moves sixty times a second
KEPT_MAX: Final = 1_000  # facts; who is further behind reads for himself


class News:
    """The end of the log, as far as anybody cares for it: the facts of some names after a position, all of them."""

    def __init__(self, store: Store, names: Iterable[str]) -> None:
        """names: stored names of all events that anybody will ask for."""
        self._store = store
        self._names = sorted(set(names))
        self._facts: deque[Recorded] = deque()
        self._after = self._up_to = -1  # between which positions we keep all facts; nowhere yet
        self._rested_at = -math.inf  # on the clock of the event loop
        self._reading = asyncio.Lock()

    async def after(
        self,
        position: int,
        names: frozenset[str],
        timeout: float,  # noqa: ASYNC109
    ) -> tuple[list[Recorded], int]:
        """Return the next facts of these names after a position, and up to which position there are no more.

        Waits for the log to pass the position, at most `timeout` seconds, and where somebody looked just now some rest
        before that; who is behind is not held up.
        """
        if position >= self._up_to:
            await asyncio.sleep(max(0.0, self._rested_at - asyncio.get_running_loop().time()))
        head = await self._store.wait_beyond(position, timeout)
        if head <= position:
            return [], position
        # Who comes second finds what the first one read; one who hangs lets go of the turn in time.
        async with asyncio.timeout(LINK_PATIENCE), self._reading:
            await self._read_on(head)
            if position >= self._after:
                found = [one for one in self._facts if one.position > position and one.topic in names]
                return found, max(position, self._up_to)
        page = await self._store.read_log(position, PAGE, topics=sorted(names), up_to=head)
        return page, _reached(page, head)

    async def _read_on(self, head: int) -> None:
        if self._up_to >= head:
            return
        if self._up_to < 0:
            self._after = self._up_to = head
        else:
            page = await self._store.read_log(self._up_to, PAGE, topics=self._names, up_to=head)
            self._facts.extend(page)
            self._up_to = _reached(page, head)
            while len(self._facts) > KEPT_MAX:
                self._after = self._facts.popleft().position
        if self._up_to == head:  # else there is more to be read at once
            self._rested_at = asyncio.get_running_loop().time() + REST


def _reached(page: list[Recorded], head: int) -> int:
    """Return up to where a page holds everything: a full one may have left something for the next."""
    return head if len(page) < PAGE else page[-1].position

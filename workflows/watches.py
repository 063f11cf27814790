"""Tells the watches that a day began: one teller at a time, and the day each was last told is on record.

Two at once would come to the same end; they would only do the work twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import asyncpg

from domain.refusal import Refusal
from store.connection import connect
from store.store import Store
from workflows.processes.coverage_watch import DayBegan

PATIENCE: Final = 0.2  # seconds between looks while another teller is at it
Watch = Callable[[DayBegan], Awaitable[int]]

_TABLE: Final = """
create table if not exists work.watch (
    name text primary key,
    day date,                    -- the last day that it came to the end of
    told_at timestamptz not null,
    written bigint not null,     -- facts of all days it came to the end of
    fault text                   -- why it stands still since
)"""


@dataclass(frozen=True)
class WatchState:
    """How far a watch is: the last day it came to the end of, when it was last told one, what stops it."""

    name: str
    day: date | None
    told_at: datetime
    written: int
    fault: str | None

    def __str__(self) -> str:
        day = f"came to the end of {self.day.isoformat()}" if self.day else "came to the end of no day yet"
        stands = f", stands still: {self.fault}" if self.fault else ""
        return f"{day}, {self.written} facts written{stands}"


class Watches:
    """Tells watches a day, and keeps how far they are.

    url: a session of the application role. Whoever tells a watch keeps a connection of its own, whose lock
    makes it the only one; hanging up gives the lock back, whatever state the connection is in.
    """

    def __init__(self, store: Store, url: str) -> None:
        self._store = store
        self._url = url

    async def tell(self, name: str, watch: Watch, fact: DayBegan, *, patient: bool = False) -> int | None:
        """Tell one watch a day; return how many facts that brought, or None while another teller does it.

        patient: wait for the other, then tell it all the same.
        """
        connection = await connect(self._url)
        try:
            async with connection.transaction():
                await connection.execute("select pg_advisory_xact_lock($1)", _lock("work.watch"))
                await connection.execute(_TABLE)
            while not await connection.fetchval("select pg_try_advisory_lock($1)", _lock(name)):
                if not patient:
                    return None
                await asyncio.sleep(PATIENCE)
            return await self._tell_alone(name, watch, fact)
        finally:
            connection.terminate()

    async def _tell_alone(self, name: str, watch: Watch, fact: DayBegan) -> int:
        try:
            written = await watch(fact)
        except Exception as fault:  # what is due stays due; that it stands still must be seen
            with suppress(Exception):
                await self._note(name, None, fact.at, 0, _said(fault))
            raise
        await self._note(name, fact.day, fact.at, written, None)
        return written

    async def _note(self, name: str, day: date | None, at: datetime, written: int, fault: str | None) -> None:
        await self._store.pool.execute(
            """
            insert into work.watch as known (name, day, told_at, written, fault) values ($1, $2, $3, $4, $5)
            on conflict (name) do update set day = coalesce(excluded.day, known.day),
                told_at = excluded.told_at, written = known.written + excluded.written, fault = excluded.fault""",
            name,
            day,
            at,
            written,
            fault,
        )

    async def came_to_the_end(self, name: str, day: date) -> bool:
        """Whether a watch was last told this day and wrote down everything."""
        return any((state.name, state.day, state.fault) == (name, day, None) for state in await self.states())

    async def states(self) -> list[WatchState]:
        """Return how far every watch is that was ever told a day."""
        try:
            found = await self._store.pool.fetch(
                "select name, day, told_at, written, fault from work.watch order by name"
            )
        except asyncpg.UndefinedTableError:  # none ever was
            return []
        return [WatchState(**row) for row in found]


def _said(fault: Exception) -> str:
    """Name a fault without its message, which may hold personal values; the code of a refusal is safe."""
    return f"{type(fault).__name__} ({fault.code})" if isinstance(fault, Refusal) else type(fault).__name__


def _lock(name: str) -> int:
    """Return the advisory lock of a name, stable over versions and machines."""
    value = 0
    for letter in f"jaminan watch {name}".encode():
        value = (value * 131 + letter) % (1 << 62)
    return value

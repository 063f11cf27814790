"""Feeds facts of the log to processes, in order, each from its own remembered position."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeAlias

import asyncpg
import structlog

from domain.fact import Fact
from domain.refusal import Busy
from store.connection import connect, is_lost
from store.mapper import SealingMapper
from store.records import Recorded
from store.store import Store
from workflows.news import LINK_PATIENCE, News

log = structlog.get_logger("processes")
PATIENCE: Final = 1.0  # seconds between looks when nothing wakes the runner
SAVE_EVERY: Final = 0.1  # seconds, at least, between two notes of a position
BACK_OFF_MAX: Final = 30.0  # seconds

# The server gives up a silent link, and with it the lock of a machine that vanished.
_KEEP_ALIVE: Final = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}
# A position that is lost brings the same facts again, which react as before: it need not reach the disk at once.
_SETTINGS: Final = {"synchronous_commit": "off", **_KEEP_ALIVE}

Doing: TypeAlias = Literal["starting", "following", "standing_by", "restarting"]

_TABLE = """
create table if not exists work.process (
    name text primary key,
    position bigint not null,
    stopped_at bigint,
    fault text
)"""


class Process(Protocol):
    """Answers facts with commands. Safe to run again on the same fact: its command ids derive from it."""

    name: str
    reads: frozenset[str]  # stored names of events

    async def react(self, fact: Fact, record: Recorded) -> None: ...


class ProcessRunner:
    """Runs one process: alone among all processes of the machine room, from where it stood.

    url: a session of the application role. The runner keeps a connection of its own, whose lock makes it
    the only one; hanging up gives the lock back, whatever state the connection is in.
    """

    def __init__(self, process: Process, news: News, store: Store, mapper: SealingMapper, url: str) -> None:
        self._process = process
        self._news = news
        self._store = store
        self._mapper = mapper
        self._url = url
        self._pause = 0.0
        self._at: Recorded | None = None  # the fact under way
        self.doing: Doing = "starting"

    @property
    def name(self) -> str:
        return self._process.name

    async def run(self) -> None:
        """Follow the log until cancelled. A fault is tried again with growing pauses; nothing is skipped."""
        while True:
            try:
                await self._follow()
            except Exception as fault:  # every fault keeps the position and is tried again, loudly
                self.doing = "restarting"
                log.warning(
                    "process stands still",
                    process=self.name,
                    fault=type(fault).__name__,
                    position=self._at.position if self._at else None,
                    topic=self._at.topic if self._at else None,
                )
                if is_lost(fault) or isinstance(fault, Busy):  # the surroundings failed, not the fact
                    self._pause = PATIENCE
                else:
                    self._pause = min(2 * self._pause or PATIENCE, BACK_OFF_MAX)
                    await self._note(fault)
            await asyncio.sleep(self._pause)

    async def _follow(self) -> None:
        self._at = None
        connection = await connect(self._url, **_SETTINGS)
        try:
            await _prepare(connection)
            while not await connection.fetchval(
                "select pg_try_advisory_lock($1)", _lock(self._process.name), timeout=LINK_PATIENCE
            ):
                self.doing = "standing_by"
                await asyncio.sleep(PATIENCE)
            await self._follow_alone(connection)
        finally:
            connection.terminate()

    async def _follow_alone(self, connection: Any) -> None:
        bookmark = await _Bookmark.found(connection, self._process.name)
        self.doing = "following"
        while True:
            page, reached = await self._news.after(
                bookmark.position, self._process.reads, min(PATIENCE, bookmark.due_in)
            )
            for record in page:
                self._at = record
                await self._process.react(self._mapper.event_of(record), record)
                await bookmark.move(record.position)
                self._pause = 0.0
                self._at = None
            await bookmark.move(reached)

    async def _note(self, fault: Exception) -> None:
        """Put on record at which fact the process stands still, and by what kind of fault: no values.

        If that is not possible, it is not: it never stops the runner.
        """
        if self._at is None:
            return
        try:
            await self._store.pool.execute(
                "update work.process set stopped_at = $2, fault = $3 where name = $1 and position < $2",
                self._process.name,
                self._at.position,
                f"{type(fault).__name__} on {self._at.topic}",
            )
        except Exception as unnoted:
            log.warning("fault not noted", process=self._process.name, fault=type(unnoted).__name__)


class _Bookmark:
    """Where a process is, noted in the database now and then: what is not noted yet is read again after a fall."""

    def __init__(self, connection: Any, name: str, position: int) -> None:
        self.position = position
        self._connection = connection
        self._name = name
        self._noted = position
        self._next_at = 0.0  # on the clock of the event loop

    @classmethod
    async def found(cls, connection: Any, name: str) -> "_Bookmark":
        position = await connection.fetchval(
            "insert into work.process (name, position) values ($1, 0)"
            " on conflict (name) do update set name = excluded.name returning position",
            name,
        )
        return cls(connection, name, position)

    @property
    def due_in(self) -> float:
        """Seconds until the position should be noted: for ever while it is."""
        return math.inf if self._noted == self.position else max(0.0, self._next_at - _clock())

    async def move(self, position: int) -> None:
        """Go on to a position, and note it if that is due."""
        self.position = position
        if self._noted == position or self._next_at > _clock():
            return
        await self._connection.execute(
            "update work.process set position = $2, stopped_at = null, fault = null where name = $1",
            self._name,
            position,
            timeout=LINK_PATIENCE,
        )
        self._noted, self._next_at = position, _clock() + SAVE_EVERY


def _clock() -> float:
    return asyncio.get_running_loop().time()


@dataclass(frozen=True)
class ProcessState:
    """How far a process is; where it stands still: before which position, and why."""

    name: str
    position: int
    stopped_at: int | None
    fault: str | None

    def __str__(self) -> str:
        if self.stopped_at is None:
            return f"position {self.position}"
        return f"stands at position {self.position}, before {self.stopped_at}: {self.fault}"


async def process_states(store: Store) -> list[ProcessState]:
    """Return where every process is that ever ran."""
    try:
        found = await store.pool.fetch(
            "select name, position, stopped_at, fault from work.process order by name"
        )
    except asyncpg.UndefinedTableError:  # none ever ran
        return []
    return [ProcessState(**row) for row in found]


def runners_of(
    processes: Sequence[Process], store: Store, mapper: SealingMapper, url: str
) -> list[ProcessRunner]:
    """Return what runs these processes, all on the same news."""
    news = News(store, (name for process in processes for name in process.reads))
    return [ProcessRunner(process, news, store, mapper, url) for process in processes]


async def run_all(runners: Sequence[ProcessRunner]) -> None:
    """Run every process until cancelled."""
    async with asyncio.TaskGroup() as group:
        for runner in runners:
            group.create_task(runner.run(), name=f"process {runner.name}")


async def _prepare(connection: Any) -> None:
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", _lock("work.process"))
        await connection.execute(_TABLE)


def _lock(name: str) -> int:
    """Return the advisory lock of a name, stable over versions and machines."""
    value = 0
    for letter in f"jaminan process {name}".encode():
        value = (value * 131 + letter) % (1 << 62)
    return value

"""Feeds facts of the log to processes, in order, each from its own remembered position."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, Protocol

import structlog

from domain.fact import Fact
from store.mapper import SealingMapper
from store.records import Recorded
from store.store import Store

log = structlog.get_logger("processes")
PAGE: Final = 100  # facts
PATIENCE: Final = 1.0  # seconds between looks when nothing wakes the runner
BACK_OFF_MAX: Final = 30.0  # seconds

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
    """Runs one process: alone among all processes of the machine room, from where it stood."""

    def __init__(self, process: Process, store: Store, mapper: SealingMapper) -> None:
        self._process = process
        self._store = store
        self._mapper = mapper

    async def run(self) -> None:
        """Follow the log until cancelled. A fault is tried again with growing pauses; nothing is skipped."""
        pause = PATIENCE
        while True:
            try:
                await self._follow()
            except asyncio.CancelledError:
                raise
            except Exception as fault:  # every fault keeps the position and is tried again, loudly
                log.warning("process stands still", process=self._process.name, fault=type(fault).__name__)
                await self._note(fault)
                await asyncio.sleep(pause)
                pause = min(2 * pause, BACK_OFF_MAX)

    async def _follow(self) -> None:
        async with self._store.pool.acquire() as connection:
            await _prepare(connection)
            while not await connection.fetchval("select pg_try_advisory_lock($1)", _lock(self._process.name)):
                await asyncio.sleep(PATIENCE)
            try:
                await self._follow_alone(connection)
            finally:
                await connection.execute("select pg_advisory_unlock($1)", _lock(self._process.name))

    async def _follow_alone(self, connection: Any) -> None:
        position = await connection.fetchval(
            "insert into work.process (name, position) values ($1, 0)"
            " on conflict (name) do update set name = excluded.name returning position",
            self._process.name,
        )
        while True:
            head = await self._store.last_position()
            page = await self._store.read_log(position, PAGE, topics=sorted(self._process.reads), up_to=head)
            for record in page:
                await self._process.react(self._mapper.event_of(record), record)
                position = record.position
                await self._save(connection, position)
            if len(page) < PAGE and position < head:
                position = head
                await self._save(connection, position)
            if not page:
                await self._store.wait_beyond(position, PATIENCE)

    async def _save(self, connection: Any, position: int) -> None:
        await connection.execute(
            "update work.process set position = $2, stopped_at = null, fault = null where name = $1",
            self._process.name,
            position,
        )

    async def _note(self, fault: Exception) -> None:
        try:
            await self._store.pool.execute(
                "update work.process set fault = $2 where name = $1", self._process.name, type(fault).__name__
            )
        except OSError:
            log.warning("fault not noted: the database is away", process=self._process.name)


async def run_all(processes: Sequence[Process], store: Store, mapper: SealingMapper) -> None:
    """Run every process until cancelled."""
    async with asyncio.TaskGroup() as group:
        for process in processes:
            group.create_task(ProcessRunner(process, store, mapper).run(), name=f"process {process.name}")


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

"""The ground that everything stands on: the product's own PostgreSQL, durable, its WAL filled and recycled first."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from store.connection import is_lost
from store.embedded import EmbeddedPostgres, Server
from store.migrate import initialise, migrate

HOME: Final = Path(os.environ.get("JAMINAN_BENCH_HOME") or Path(__file__).parent / ".data")
CONNECTIONS: Final = 700  # peers keep one for each caller: 128, and there are six of them
RECYCLED: Final = 30  # WAL segments of 16 MB that are there to be used again: what min_wal_size keeps
COMES_BACK: Final = 60.0  # seconds that a killed server may take to recover


@dataclass(frozen=True)
class Database:
    """A database of its own on the ground, migrated and empty unless copied from another."""

    name: str
    admin_url: str
    app_url: str


@dataclass(frozen=True)
class Ground:
    """A running server, and the folder beside which the disk is probed."""

    embedded: EmbeddedPostgres
    server: Server
    home: Path

    @property
    def pgbench(self) -> Path:
        """The benchmark program that comes with this very PostgreSQL."""
        return next((self.home / "postgresql").rglob("bin/pgbench"))

    @asynccontextmanager
    async def database(self, like: str | None = None) -> AsyncIterator[Database]:
        """Give a database that is dropped afterwards; `like` names one to copy, file by file."""
        name = f"bench_{uuid4().hex[:12]}"
        await self.tell(f"create database {name}" + (f" template {like} strategy file_copy" if like else ""))
        try:
            yield await self._ready(name, fresh=like is None)
        finally:
            await self.tell(f"drop database if exists {name} with (force)")

    async def kept(self, name: str) -> Database:
        """Return a database that stays from run to run; it is made where it is missing."""
        if not await self.ask("select true from pg_database where datname = $1", name):
            await self.tell(f"create database {name}")
        return await self._ready(name, fresh=True)

    async def _ready(self, name: str, *, fresh: bool) -> Database:
        database = Database(
            name, with_name(self.server.admin_url, name), with_name(self.server.app_url, name)
        )
        if fresh:
            await migrate(database.admin_url)
            connection = await asyncpg.connect(database.admin_url)
            try:
                if not await connection.fetchval("select true from log.origin"):
                    await initialise(database.admin_url, log_id=uuid4(), simulated=False)
            finally:
                await connection.close()
        return database

    async def tell(self, statement: str, *, database: str | None = None) -> None:
        await self._in_session(lambda session: session.execute(statement), database)

    async def ask(self, query: str, *arguments: object, database: str | None = None) -> Any:
        return await self._in_session(lambda session: session.fetchval(query, *arguments), database)

    async def _in_session(
        self, do: "Callable[[asyncpg.Connection[Any]], Awaitable[Any]]", database: str | None
    ) -> Any:
        """Do something in a session of its own; once more if the server was just coming back from a kill."""
        until = asyncio.get_running_loop().time() + COMES_BACK
        while True:
            try:
                session = await asyncpg.connect(
                    with_name(self.server.admin_url, database or self.server.database)
                )
                try:
                    return await do(session)
                finally:
                    session.terminate()
            except Exception as error:
                if not is_lost(error) or asyncio.get_running_loop().time() > until:
                    raise
            await asyncio.sleep(0.05)

    async def kill_server(self) -> None:
        """Kill the whole server with SIGKILL, and return when it has been started anew on its old port."""
        killed = (await asyncio.to_thread(self.embedded.start_or_join)).pid
        os.kill(killed, signal.SIGKILL)
        while (server := await asyncio.to_thread(self.embedded.start_or_join)).pid == killed:
            await asyncio.sleep(0.02)  # a process that was killed lives on for a moment
        assert server.port == self.server.port, "all who work here know the old port"

    async def kill_backend(self, database: Database) -> None:
        """Kill one process that serves a connection of this database; the server then restarts all of them."""
        pid = await self.ask(
            "select pid from pg_stat_activity where datname = $1 and backend_type = 'client backend'"
            " order by random() limit 1",
            database.name,
        )
        os.kill(pid, signal.SIGKILL)

    async def with_room(self) -> bool:
        """Make room for the connections of all contenders at once; tell whether the server must start anew."""
        if await self.ask("show max_connections") == str(CONNECTIONS):
            return False
        await self.tell(f"alter system set max_connections = {CONNECTIONS}")
        return True

    async def filled(self) -> "Ground":
        """Write WAL until its segments are recycled: on a fresh server commits are slower and less even."""
        for _ in range(8):
            if await self.ask("select count(*) from pg_ls_waldir()") >= RECYCLED:
                break
            await self.tell(
                "create table if not exists filling (page text);"
                "insert into filling select repeat(md5(n::text), 250) from generate_series(1, 30000) n"
            )
            await self.tell("drop table filling")
            await self.tell("checkpoint")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await self.ask(f"show {setting}") == "on", f"{setting} is off: nothing here would count"
        return self


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """Start the server of the benchmarks' own home, and stop it at the end."""
    HOME.mkdir(exist_ok=True)
    embedded = EmbeddedPostgres(HOME, say=print)
    server = await asyncio.to_thread(embedded.start_or_join)
    try:
        if await Ground(embedded, server, HOME).with_room():
            await asyncio.to_thread(embedded.stop)
            server = await asyncio.to_thread(embedded.start_or_join)
        yield await Ground(embedded, server, server.data_directory.parent).filled()
    finally:
        await asyncio.to_thread(embedded.stop)


def with_name(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def run_pgbench(ground: Ground, database: Database, script: Path, clients: int, seconds: float) -> float:
    """Return transactions per second of PostgreSQL's own benchmark program."""
    command = [str(ground.pgbench), "-n", "-M", "prepared", "-f", str(script)]
    command += ["-c", str(clients), "-j", "1", "-T", str(max(1, round(seconds)))]
    place = urlsplit(database.admin_url)
    reach = {"PGHOST": place.hostname, "PGPORT": str(place.port), "PGUSER": place.username}
    reach |= {"PGPASSWORD": place.password, "PGDATABASE": database.name}
    known = {name: value for name, value in reach.items() if value is not None}
    done = subprocess.run(command, env=os.environ | known, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"pgbench: {done.stderr}")
    rates = [float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps")]
    if not rates:
        raise RuntimeError(f"pgbench came to no transaction in {seconds} seconds: {done.stdout}")
    return rates[0]

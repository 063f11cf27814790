"""A real PostgreSQL for every test that asks: one server per test process, a fresh database per test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import hypothesis
import pytest

from projections.positions import Positions
from store.embedded import EmbeddedPostgres, Server
from store.mapper import SealingMapper
from store.migrate import migrate
from store.sealing import Keyring
from store.store import Store
from tests.browser.chromium import MISSING, REMEDY

# How long an example takes says something of the machine and nothing of the code.
hypothesis.settings.register_profile("jaminan", deadline=None)
hypothesis.settings.load_profile("jaminan")

TEMPLATE = "migrated"
_numbers = count(1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it at the end, where nobody overlooks it, when pages were not driven in a browser."""
    skipped = [one for one in terminalreporter.stats.get("skipped", ()) if MISSING in str(one.longrepr)]
    if skipped:
        terminalreporter.section(
            f"{len(skipped)} tests of pages were skipped: {MISSING}", sep="!", yellow=True
        )
        terminalreporter.write_line(REMEDY)


@dataclass(frozen=True)
class Database:
    """A migrated, empty database. Which log it is has not been said (`store.migrate.initialise`)."""

    name: str
    admin_url: str
    app_url: str


@pytest.fixture(scope="session")
def long_gates() -> bool:
    """Whether gates run in their long form."""
    return os.environ.get("JAMINAN_GATES") == "long"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The PostgreSQL of this test process; pytest-xdist gives each worker its own."""
    home = Path(tempfile.mkdtemp(prefix="jaminan-tests-"))
    home.chmod(0o711)  # as root, PostgreSQL runs under another account, which must be able to enter
    embedded = EmbeddedPostgres(home, out_of_homes=home / "elsewhere")
    try:
        yield embedded.start_or_join()
    finally:
        embedded.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a migrated database, from which each test gets its own in a moment."""
    asyncio.run(_execute(server.admin_url, f"create database {TEMPLATE}"))
    asyncio.run(migrate(_url(server.admin_url, TEMPLATE)))
    return TEMPLATE


@pytest.fixture
def database(server: Server, template: str) -> Iterator[Database]:
    """A database of this test alone, dropped after it."""
    name = f"test_{next(_numbers)}"
    asyncio.run(_execute(server.admin_url, f"create database {name} template {template}"))
    yield Database(name, _url(server.admin_url, name), _url(server.app_url, name))
    asyncio.run(_execute(server.admin_url, f"drop database if exists {name} with (force)"))


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    """The store of a fresh database, opened as the application role."""
    async with await Store.open(database.app_url) as opened:
        yield opened


@pytest.fixture
async def admin(database: Database) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A session of the owner of the fresh database, who may do what the application may not."""
    connection = await asyncpg.connect(database.admin_url)
    try:
        yield connection
    finally:
        connection.terminate()


@pytest.fixture
def master_key() -> bytes:
    return bytes(range(32))


@pytest.fixture
def keyring(master_key: bytes, store: Store) -> Keyring:
    return Keyring(master_key, store.pool)


@pytest.fixture
def mapper(keyring: Keyring) -> SealingMapper:
    return SealingMapper(keyring)


@pytest.fixture
async def positions(store: Store) -> Positions:
    return Positions(store)


def _url(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()

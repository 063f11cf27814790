"""A rebuild in two processes, of which one is killed or told to stop: none is left, what serves is right."""

import asyncio
import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest

from domain.refusal import Busy
from projections.catalogue import PROJECTIONS
from projections.positions import Positions
from projections.rebuild import Workshop
from projections.runner import Runner
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from tests.conftest import Database
from tests.faults.program import PATIENCE, children_of, wait_for
from tests.faults.test_read_models import is_alive
from tests.projections.facts import Story
from tests.projections.test_runner import reach

pytestmark = pytest.mark.gate
REBUILDS = """
import asyncio, sys
from base64 import b64decode
import workflows.catalogue
from projections import rebuild
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store

rebuild.WORTH_IT, rebuild.cores = 0, lambda: 2

async def main(url, key):
    async with await Store.open(url) as store:
        keyring = Keyring(b64decode(key), store.pool)
        await rebuild.Workshop(url, store, SealingMapper(keyring), keyring).rebuild()

asyncio.run(main(*sys.stdin.read().split()))
"""


@pytest.fixture
async def workshop(
    database: Database,
    store: Store,
    mapper: SealingMapper,
    keyring: Keyring,
    positions: Positions,
    monkeypatch: pytest.MonkeyPatch,
) -> Workshop:
    """Works in two processes on a log with a whole story, of which every read model is up to date."""
    monkeypatch.setattr("projections.rebuild.WORTH_IT", 0)
    monkeypatch.setattr("projections.rebuild.cores", lambda: 2)
    monkeypatch.setattr("projections.apart.STOP_MAX", PATIENCE)
    async with Runner(database.app_url, store, mapper, keyring):
        await reach(positions, await Story().whole().and_afterwards().record(store, mapper))
    return Workshop(database.app_url, store, mapper, keyring)


@asynccontextmanager
async def held_up(admin: "asyncpg.Connection[Any]") -> AsyncIterator[None]:
    """Hold a read model of the second process still, so that it cannot be swapped in."""
    async with admin.transaction():
        await admin.execute("select from work.projection where name = 'case_timeline' for update")
        yield


async def are_waited_for(admin: "asyncpg.Connection[Any]") -> None:
    """Wait until the second process waits for what is held."""
    async with asyncio.timeout(PATIENCE):
        while not await admin.fetchval(
            "select true from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))"
        ):
            await asyncio.sleep(0.02)


@asynccontextmanager
async def half_way(
    workshop: Workshop, admin: "asyncpg.Connection[Any]"
) -> AsyncIterator["asyncio.Task[dict[str, int]]"]:
    """Rebuild, and hold the second process still before its read models are swapped in."""
    async with held_up(admin):
        rebuilding = asyncio.create_task(workshop.rebuild())
        await are_waited_for(admin)
        yield rebuilding


async def rebuilt(workshop: Workshop) -> dict[str, int]:
    """Rebuild as soon as the server has noticed that a process is gone, and with it its locks."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(Busy):
                return await workshop.rebuild()
            await asyncio.sleep(0.02)


async def are_right(workshop: Workshop, admin: "asyncpg.Connection[Any]") -> None:
    """Check that nothing is left beside, and every cell of every read model, once it is built anew as well."""
    left = "select count(*) from pg_class where relkind = 'r' and relname like '%\\_\\_beside'"
    assert await admin.fetchval(left) == 0
    assert all(one.is_clean for one in await workshop.verify_together())


async def test_a_second_process_that_is_killed_is_named_by_what_it_built(
    workshop: Workshop, admin: "asyncpg.Connection[Any]"
) -> None:
    before = children_of(os.getpid())
    async with half_way(workshop, admin) as rebuilding:
        [second] = set(children_of(os.getpid())) - set(before)
        os.kill(second, signal.SIGKILL)
        with pytest.raises(Busy, match="case_timeline"):
            await rebuilding
    assert (await rebuilt(workshop)).keys() == {model.name for model in PROJECTIONS}
    await are_right(workshop, admin)


async def test_told_to_stop_it_puts_down_both_halves(
    workshop: Workshop, admin: "asyncpg.Connection[Any]"
) -> None:
    before = children_of(os.getpid())
    async with half_way(workshop, admin) as rebuilding:
        rebuilding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await rebuilding
        assert set(children_of(os.getpid())) <= set(before)
    await are_right(workshop, admin)


async def test_a_first_process_that_is_killed_leaves_no_second(
    workshop: Workshop, admin: "asyncpg.Connection[Any]", database: Database, master_key: bytes
) -> None:
    first = subprocess.Popen(  # noqa: ASYNC220  # waited for once it was killed
        [sys.executable, "-c", REBUILDS], stdin=subprocess.PIPE, text=True
    )
    assert first.stdin is not None
    try:
        async with held_up(admin):
            with first.stdin as told:
                told.write(f"{database.app_url} {b64encode(master_key).decode()}")
            await are_waited_for(admin)
            [second] = children_of(first.pid)
            first.kill()
            first.wait()
            await asyncio.to_thread(wait_for, lambda: not is_alive(second))
    finally:
        first.kill()
        first.wait()
    await rebuilt(workshop)
    await are_right(workshop, admin)

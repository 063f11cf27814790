"""Towns that are kept from run to run: so many claims in the log, every read model and process up to date."""

import asyncio
import logging
import os
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import structlog
from pydantic import SecretStr

from api.bootstrap import House, open_house
from api.serve import working
from api.settings import Settings
from benchmarks.city import TOGETHER, settle
from benchmarks.ground import Database, Ground
from benchmarks.keys import MASTER_KEY
from domain.claim.memory import DEATH_CLAIM_KEY
from projections.catalogue import PROJECTIONS
from projections.positions import install
from projections.rebuild import Workshop
from workflows.runner import process_states

LARGE: Final = int(os.environ.get("JAMINAN_BENCH_CASES", "1000000"))  # cases of the largest town


async def filed_claims(ground: Ground, claims: int, *, papers: bool = True) -> Database:
    """Return a kept database with so many claims that wait for their six steps; made where it is missing.

    One that was broken off in the making is carried on.
    """
    kept = await ground.kept(f"claims_{claims}" if papers else f"town_{claims}_short")
    async with opened(kept) as house:
        there = await house.store.pool.fetchval(
            "select count(*) from log.natural_key where kind = $1", DEATH_CLAIM_KEY
        )
        if there < claims:
            print(f"making {claims:,} claims, only this once", flush=True)
            await settle(house.store, house.mapper, range(there - there % TOGETHER, claims), papers=papers)
        if there < claims or not await _is_up_to_date(house):
            await _bring_up_to_date(house)
    return kept


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[House]:
    """Open the house of a database, with the key that all data here are sealed under."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "master.key").write_bytes(b64encode(MASTER_KEY))
        settings = Settings(
            home=home,
            database_url=SecretStr(database.app_url),
            database_admin_url=SecretStr(database.admin_url),
        )
        async with open_house(settings, begins=True) as house:
            yield house


async def _is_up_to_date(house: House) -> bool:
    position = await house.store.last_position()
    if not await house.store.pool.fetchval("select to_regclass('work.projection') is not null"):
        return False
    rows = await house.store.pool.fetch("select name, version, position from work.projection")
    stand = {(row["name"], row["version"]) for row in rows if row["position"] == position}
    return stand >= {(model.name, model.version) for model in PROJECTIONS}  # of another release: built anew


async def _bring_up_to_date(house: House) -> None:
    """Build every read model, and let every process stand at the end of the log.

    No two claims here share a paper or an account and every member is paid for, so no process would find
    anything to do; one that looked at each fact would only take its time.
    """
    url = house.database.app_url
    async with house.store.pool.acquire() as db:
        await install(db, PROJECTIONS)
    await Workshop(url, house.store, house.mapper, house.keyring).rebuild()
    async with working(house):  # makes the table of processes
        while len(await process_states(house.store)) < len(house.processes.states):
            await asyncio.sleep(0.05)
    await house.store.pool.execute(
        "update work.process set position = $1, stopped_at = null, fault = null",
        await house.store.last_position(),
    )

"""Towns that are kept from run to run: so many claims in the log, every read model and process up to date."""

import asyncio
import logging
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

QUIET: Final = 3.0  # seconds in which nobody wrote anything, after which a town counts as up to date
PATIENCE: Final = 7_200.0  # seconds for the read models of a large one


async def filed_claims(ground: Ground, claims: int, *, papers: bool = True) -> Database:
    """Return a kept database with so many claims that wait for their six steps; made where it is missing.

    One that was broken off in the making is carried on.
    """
    kept = await ground.kept(f"town_{claims}{'' if papers else '_short'}")
    async with opened(kept) as house:
        there = await house.store.pool.fetchval(
            "select count(*) from log.natural_key where kind = $1", DEATH_CLAIM_KEY
        )
        if there < claims:
            print(f"making {claims:,} claims, only this once", flush=True)
            await settle(house.store, house.mapper, range(there - there % TOGETHER, claims), papers=papers)
        if there < claims or not await _is_up_to_date(house):
            async with working(house):
                await _caught_up(house)
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
    rows = await house.store.pool.fetch("select position from work.projection")
    return len(rows) > 0 and all(row["position"] == position for row in rows)


async def _caught_up(house: House) -> None:
    """Wait until read models and processes have seen everything, and nobody writes any more."""
    last = -1
    while last != await house.store.last_position():
        last = await house.store.last_position()
        for model in house.runner.states:
            await house.views.positions.wait_for(model, last, timeout=PATIENCE)
        for process in house.processes:
            await house.reached(process.name, last, within=PATIENCE)
        await asyncio.sleep(QUIET)

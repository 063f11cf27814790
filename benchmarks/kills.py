"""Goal 9: nothing acknowledged is lost and a tailing reader misses nothing, while things are killed.

Two processes take steps as fast as they can and note every acknowledged position. In the midst of it, after a
number of steps that nobody chose, something is killed with SIGKILL: in turn one of the two processes, one
backend of PostgreSQL (its postmaster then restarts all) and the whole PostgreSQL. Whoever lives rides it out as
a client does, by sending the same command again, and must do all of its share. A reader follows the log all the
while. At the end: every acknowledged position stands, positions are dense, the reader saw exactly what the log
holds.

A quick run works on a copy of a small town, a full run on a copy of the one with 1,000,000 cases.
"""

import asyncio
import logging
import random
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import asyncpg

from benchmarks.city import settle
from benchmarks.contender import Contender, contender
from benchmarks.ground import Database, Ground
from benchmarks.harness import probe
from benchmarks.keys import MASTER_KEY
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.six_steps import COMMANDS
from benchmarks.town import LARGE, filed_claims
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store

KINDS: Final = ("process", "backend", "server")
KILLS_QUICK: Final = 5
KILLS_FULL: Final = 50
PROCESSES: Final = 2
SHARE: Final = 40  # claims of a process between two kills
SMALL: Final = 4_000
PATIENCE: Final = 60.0  # seconds until all who live must have done their share
LOOK_AGAIN: Final = 0.005  # seconds


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Count what was lost and what was missed."""
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # it tells of every cut, and here they are meant
    kills = KILLS_QUICK if plan.quick else KILLS_FULL
    async with _data_set(ground, plan, kills * PROCESSES * SHARE) as (database, claims):
        begins = await ground.ask("select max(position) from log.event", database=database.name)
        tail = Tail(begins)
        following = asyncio.create_task(tail.follow(database.app_url))
        with tempfile.TemporaryDirectory() as folder:
            async with AsyncExitStack() as stack:
                offices = Offices(database, Path(folder), claims, stack)
                for kill in range(kills):
                    await offices.work_through(ground, KINDS[kill % len(KINDS)])
            acknowledged = offices.acknowledged()
        found = await _positions_beyond(begins, ground, database)
        await asyncio.wait_for(tail.until(begins + len(found)), PATIENCE)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    assert found == list(range(begins + 1, begins + len(found) + 1)), "positions are dense"
    lost = len(acknowledged.difference(found))
    missed = len(set(found).symmetric_difference(tail.seen)) + tail.twice
    what = (
        f"{kills} kills, {len(acknowledged):,} steps acknowledged in a log of {begins + len(found):,} events"
    )
    fsync = probe(ground.home)
    return [
        Measure.counted("9.lost", f"acknowledged and lost: {what}", lost, unit="steps", fsync=fsync),
        Measure.counted("9.missed", "missed by a tailing reader", missed, unit="events", fsync=fsync),
    ]


@asynccontextmanager
async def _data_set(ground: Ground, plan: Plan, claims: int) -> AsyncIterator[tuple[Database, range]]:
    """Give a copy of a kept town, and the numbers of so many claims in it that wait for their six steps."""
    if plan.quick:
        town = await filed_claims(ground, SMALL)
        async with ground.database(like=town.name) as database:
            yield database, range(claims)
    else:
        town = await filed_claims(ground, LARGE, papers=False)
        async with ground.database(like=town.name) as database:
            more = range(LARGE, LARGE + claims)
            async with await Store.open(database.app_url) as store:
                await settle(store, SealingMapper(Keyring(MASTER_KEY, store.pool)), more)
            yield database, more


class Tail:
    """A reader that follows the log by position, through every cut."""

    def __init__(self, begins: int) -> None:
        self.seen: set[int] = set()
        self.twice = 0
        self._last = begins

    async def follow(self, url: str) -> None:
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                async with await Store.open(url, readers=1) as store:
                    while True:
                        page = await store.read_log(self._last, 1_000)
                        self.twice += sum(record.position in self.seen for record in page)
                        self.seen.update(record.position for record in page)
                        if page:
                            self._last = page[-1].position
                        else:
                            await store.wait_beyond(self._last, 0.2)
            await asyncio.sleep(0.05)

    async def until(self, position: int) -> None:
        while self._last < position:
            await asyncio.sleep(LOOK_AGAIN)


class Offices:
    """Processes at work on one log; each writes down in a file of its own what was acknowledged."""

    def __init__(self, database: Database, folder: Path, claims: range, stack: AsyncExitStack) -> None:
        self._database = database
        self._folder = folder
        self._claims = claims
        self._stack = stack
        self._working: list[Contender] = []
        self._made = 0

    async def work_through(self, ground: Ground, kind: str) -> None:
        """Give each process its share, kill in the midst of it, and wait for those who live."""
        while len(self._working) < PROCESSES:
            self._working.append(await self._another())
        before = len(self.acknowledged())
        asked = [asyncio.create_task(office.ask(**self._share())) for office in self._working]
        drawn = random.uniform(0.05, 0.6) * PROCESSES * SHARE * len(COMMANDS)
        while len(self.acknowledged()) - before < drawn:
            await asyncio.sleep(LOOK_AGAIN)
        match kind:
            case "process":
                killed = random.randrange(PROCESSES)
                self._working.pop(killed).kill()
                with suppress(RuntimeError):  # it says no more
                    await asked.pop(killed)
            case "backend":
                await ground.kill_backend(self._database)
            case "server":
                await ground.kill_server()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*asked)

    def acknowledged(self) -> set[int]:
        """Return every position that was acknowledged. A line that the kill cut short was told to nobody."""
        texts = [path.read_text() for path in self._folder.iterdir()]
        return {int(line) for text in texts for line in text[: text.rfind("\n") + 1].splitlines()}

    async def _another(self) -> Contender:
        self._made += 1
        file = self._folder / f"acknowledged-{self._made}"
        return await self._stack.enter_async_context(
            contender("acknowledging", self._database.app_url, str(file))
        )

    def _share(self) -> dict[str, int]:
        """Take the next claims."""
        share, self._claims = self._claims[:SHARE], self._claims[SHARE:]
        return {"first": share.start, "claims": len(share)}


async def _positions_beyond(begins: int, ground: Ground, database: Database) -> list[int]:
    positions: list[int] = await ground.ask(
        "select array_agg(position order by position) from log.event where position > $1",
        begins,
        database=database.name,
    )
    return positions

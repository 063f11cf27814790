"""Goal 9: nothing acknowledged is lost and a tailing reader misses nothing, while things are killed.

A home of its own. Two processes take steps as fast as they can and note every acknowledged position; now
one of them, now the whole PostgreSQL is killed with SIGKILL in the midst of it. A reader follows the log all
the while, over every kill. At the end: every acknowledged position stands, positions are dense, and the
reader saw exactly what the log holds.
"""

import asyncio
import contextlib
import logging
import os
import random
import signal
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg

from benchmarks.city import settle
from benchmarks.contender import Contender, contender
from benchmarks.ground import Ground
from benchmarks.keys import MASTER_KEY
from benchmarks.plan import Plan
from benchmarks.results import Measure
from store.embedded import EmbeddedPostgres, Server
from store.mapper import SealingMapper
from store.migrate import initialise, migrate
from store.sealing import Keyring
from store.store import Store

CLAIMS: Final = 1_200
PROCESSES: Final = 2
KILLS_QUICK: Final = 5
KILLS_FULL: Final = 50


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Count what was lost and what was missed."""
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # it tells of every cut, and here they are meant
    kills = KILLS_QUICK if plan.quick else KILLS_FULL
    with tempfile.TemporaryDirectory(dir=ground.home) as folder:
        home = Path(folder)
        os.chmod(home, 0o711)  # the server may run under another account, which must enter
        embedded = EmbeddedPostgres(home, out_of_homes=home / "elsewhere")
        server = await asyncio.to_thread(embedded.start_or_join)
        try:
            await _prepare(server)
            tail = Tail()
            following = asyncio.create_task(tail.follow(server.app_url))
            for kill in range(kills):
                await _kill_in_the_midst(server, home, kill)
                server = await asyncio.to_thread(embedded.start_or_join)
            acknowledged = _acknowledged(home)
            found = await _positions(server)
            await tail.until(max(found))
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        finally:
            await asyncio.to_thread(embedded.stop)
    assert found == list(range(1, len(found) + 1)), "positions are dense"
    lost = len(acknowledged.difference(found))
    missed = len(set(found).symmetric_difference(tail.seen)) + tail.twice
    what = f"{kills} kills, {len(acknowledged):,} steps acknowledged, {len(found):,} events"
    return [
        Measure(
            id="9.lost",
            what=f"acknowledged and lost: {what}",
            value=lost,
            unit="steps",
            goal=0.0,
            at_most=True,
        ),
        Measure(
            id="9.missed",
            what="missed by a tailing reader",
            value=missed,
            unit="events",
            goal=0.0,
            at_most=True,
        ),
    ]


class Tail:
    """A reader that follows the log by position, through every cut."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.twice = 0
        self._last = 0

    async def follow(self, url: str) -> None:
        while True:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
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
            await asyncio.sleep(0.05)


async def _prepare(server: Server) -> None:
    await migrate(server.admin_url)
    await initialise(server.admin_url, log_id=uuid4(), simulated=False)
    async with await Store.open(server.app_url) as store:
        await settle(store, SealingMapper(Keyring(MASTER_KEY, store.pool)), range(CLAIMS))


async def _kill_in_the_midst(server: Server, home: Path, kill: int) -> None:
    """Let two processes work, and kill one of them or the server at a moment nobody chose."""
    share = CLAIMS // (KILLS_FULL * PROCESSES)
    async with contextlib.AsyncExitStack() as stack:
        offices: list[Contender] = []
        for place in range(PROCESSES):
            first = (kill * PROCESSES + place) * share
            acks = home / f"acknowledged-{kill}-{place}"
            arguments = (server.app_url, str(first), str(share), str(acks))
            offices.append(await stack.enter_async_context(contender("acknowledging", *arguments)))
        working = [asyncio.create_task(office.ask(go=True)) for office in offices]
        await asyncio.sleep(random.uniform(0.05, 0.4))
        os.kill(server.pid if kill % 2 else offices[0].pid, signal.SIGKILL)
        if kill % 2:
            for office in offices:
                office.kill()
        await asyncio.gather(*working, return_exceptions=True)


def _acknowledged(home: Path) -> set[int]:
    """Return every position that was acknowledged. A line that the kill cut short was told to nobody."""
    texts = [path.read_text() for path in home.glob("acknowledged-*")]
    return {int(line) for text in texts for line in text[: text.rfind("\n") + 1].splitlines()}


async def _positions(server: Server) -> list[int]:
    connection = await asyncpg.connect(server.app_url)
    try:
        rows = await connection.fetch("select position from log.event order by position")
        return [row["position"] for row in rows]
    finally:
        await connection.close()

"""A house that takes up a list while a person works beside it, and that appends rows and does nothing else.

python -m benchmarks.contenders.list_clerk URL ADMIN_URL ROWS
"""

import asyncio
import itertools
import json
import logging
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Final
from uuid import uuid4

import structlog
import uvloop
from pydantic import SecretStr

from api.bootstrap import House, open_house
from api.serve import settle_memory, working
from api.settings import Settings
from benchmarks.city import Filed, member_facts, settle
from benchmarks.harness import percentile
from benchmarks.lists import csv_of, open_programme, take_up
from benchmarks.six_steps import commands
from domain.fact import Fact
from store.records import Append

CLAIMS: Final = 2_000  # for the person beside
EVERY: Final = 0.1  # seconds between two steps of that person
ALONE: Final = 20_000  # rows that are appended and nothing else
TOGETHER: Final = 250


class Clerk:
    def __init__(self, house: House, rows: int) -> None:
        self._house = house
        self._content = csv_of(rows)

    async def ask(self, rows: int) -> dict[str, float]:
        programme = await open_programme(self._house)
        before = _memory_mb()
        done = asyncio.Event()
        beside = asyncio.create_task(self._beside(done))
        began = time.perf_counter()
        roster = await take_up(self._house, programme, self._content)
        seconds = time.perf_counter() - began
        done.set()
        waits = await beside
        assert roster.rows == rows and not roster.issues
        return {
            "rows_per_second": rows / seconds,
            "beside": percentile(waits, 0.99) * 1000,
            "grown": _memory_mb() - before,
            "append": await self._append_alone(),
        }

    async def _beside(self, done: asyncio.Event) -> list[float]:
        """Take a step now and then, as a person does; return how long each took."""
        waits: list[float] = []
        steps = itertools.chain.from_iterable(commands(Filed(n).claim) for n in range(CLAIMS))
        while not done.is_set():
            await asyncio.sleep(EVERY)
            began = time.perf_counter()
            await self._house.office.do(next(steps))
            waits.append(time.perf_counter() - began)
        return waits

    async def _append_alone(self) -> float:
        """Append what a row of a list leaves in the log, person and membership, made ready before."""
        appends = [await self._of_row(n) for n in range(CLAIMS, CLAIMS + ALONE)]
        began = time.perf_counter()
        for start in range(0, ALONE, TOGETHER):
            await self._house.store.append(appends[start : start + TOGETHER], bulk=True)
        return ALONE / (time.perf_counter() - began)

    async def _of_row(self, n: int) -> Append:
        facts: list[Fact] = list(itertools.islice(member_facts(Filed(n)), 2))
        sealed = await self._house.mapper.seal(facts)
        return Append(
            command_id=uuid4(),
            request=b"row",
            events=sealed.events,
            answer={
                "id": str(Filed(n).enrollment),
                "status": "DRAFT",
                "version": 1,
                "open_steps": ["propose"],
            },
            new_keys=sealed.new_keys,
            subjects=sealed.subjects,
        )


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main(url: str, admin_url: str, rows: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(
            home=Path(home), database_url=SecretStr(url), database_admin_url=SecretStr(admin_url)
        )
        async with open_house(settings, begins=True) as house:
            await settle(house.store, house.mapper, range(CLAIMS))
            async with working(house):
                await house.views.positions.wait_for(
                    "enrollment_register", await house.store.last_position(), timeout=600
                )
                settle_memory()
                clerk = Clerk(house, rows)
                print(json.dumps({"ready": True}), flush=True)
                while line := await asyncio.to_thread(sys.stdin.readline):
                    print(json.dumps(await clerk.ask(**json.loads(line))), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

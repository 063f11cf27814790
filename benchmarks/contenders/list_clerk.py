"""A house that takes up a list while a person works beside it, and that appends rows and does nothing else.

The log may hold claims already: those of the person beside begin with number FIRST.
python -m benchmarks.contenders.list_clerk URL ADMIN_URL FIRST
"""

import asyncio
import itertools
import json
import os
import sys
import time
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import uvloop

from api.bootstrap import House
from api.collecting import settle_memory
from api.serve import working
from benchmarks.city import Filed, member_facts, settle
from benchmarks.ground import Database
from benchmarks.harness import percentile
from benchmarks.lists import csv_of, open_programme, take_up
from benchmarks.memory import memory_mb
from benchmarks.six_steps import commands
from benchmarks.town import opened
from domain.fact import Fact
from domain.roster.ids import member_id, new_list_id, part_id
from store.records import Append

CLAIMS: Final = 2_000  # for the person beside
EVERY: Final = 0.1  # seconds between two steps of that person
ALONE: Final = 20_000  # rows that are appended and nothing else
TOGETHER: Final = 250


class Clerk:
    """Takes up lists of people nobody knows; first: the number of the first claim that is free."""

    def __init__(self, house: House, first: int) -> None:
        self._house = house
        self._steps = itertools.chain.from_iterable(
            commands(Filed(n).claim) for n in range(first, first + CLAIMS)
        )
        self._free = first + CLAIMS

    async def ask(self, rows: int, first: int) -> dict[str, float]:
        """Take up a list of a tenth of the rows, then the whole one; tell of the whole one, and of memory."""
        programme = await open_programme(self._house)
        small = await self._take_up(programme, csv_of(rows // 10, first))
        large = await self._take_up(programme, csv_of(rows, first + rows // 10))
        return {
            "rows_per_second": rows / large.seconds,
            "beside": percentile(large.waits, 0.99) * 1000,
            "flat": large.memory_mb / small.memory_mb,
            "memory": large.memory_mb,
        }

    async def _take_up(self, programme: UUID, content: bytes) -> "Taken":
        rows = content.count(b"\n")
        done = asyncio.Event()
        beside = asyncio.create_task(self._beside(done))
        began = time.perf_counter()
        roster = await take_up(self._house, programme, content)
        seconds = time.perf_counter() - began
        done.set()
        assert roster.rows == rows and not roster.issues
        return Taken(seconds, *await beside)

    async def _beside(self, done: asyncio.Event) -> tuple[list[float], float]:
        """Take a step now and then, as a person does; return how long each took, and the most memory seen."""
        waits: list[float] = []
        memory = 0.0
        while not done.is_set():
            await asyncio.sleep(EVERY)
            began = time.perf_counter()
            await self._house.office.do(next(self._steps))
            waits.append(time.perf_counter() - began)
            memory = max(memory, memory_mb(os.getpid()))
        return waits, memory

    async def append_alone(self) -> float:
        """Append what a row of a list leaves in the log, person and membership, made ready before.

        Nothing follows the log meanwhile: it is the append alone that is asked for.
        """
        of_list = new_list_id(uuid4())
        appends = [await self._of_row(Row(n, of_list)) for n in range(self._free, self._free + ALONE)]
        began = time.perf_counter()
        for start in range(0, ALONE, TOGETHER):
            verdicts = await self._house.store.append(appends[start : start + TOGETHER], bulk=True)
            assert all(verdict.outcome == "recorded" for verdict in verdicts)
        seconds = time.perf_counter() - began
        self._free += ALONE
        return ALONE / seconds

    async def _of_row(self, row: "Row") -> Append:
        facts: list[Fact] = list(itertools.islice(member_facts(row), 2))
        sealed = await self._house.mapper.seal(facts)
        return Append(
            command_id=part_id(row.roster, row.roster, f"check/row/{row.n}"),
            request=b"row",
            events=sealed.events,
            answer={
                "id": str(row.enrollment),
                "status": "DRAFT",
                "version": 1,
                "open_steps": ["propose"],
            },
            new_keys=sealed.new_keys,
            subjects=sealed.subjects,
        )


@dataclass(frozen=True)
class Row(Filed):
    """A row of a list, with the ids that the check of a list gives: they lie side by side in every index."""

    of_list: UUID

    @property
    def roster(self) -> UUID:
        return self.of_list

    @property
    def person(self) -> UUID:
        return part_id(self.of_list, self.of_list, f"person/{self.n}")

    @property
    def enrollment(self) -> UUID:
        return member_id(self.of_list, self.n)


class Taken(NamedTuple):
    """What the taking up of a list took: of a person beside it the waits of each step."""

    seconds: float
    waits: list[float]
    memory_mb: float


async def main(url: str, admin_url: str, first: int) -> None:
    async with opened(Database("", admin_url, url)) as house:
        await settle(house.store, house.mapper, range(first, first + CLAIMS))
        settle_memory()
        clerk = Clerk(house, first)
        print(json.dumps({"ready": True}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            appended = await clerk.append_alone()
            async with working(house):
                await house.views.positions.wait_for(
                    "enrollment_register", await house.store.last_position(), timeout=600
                )
                told = await clerk.ask(**json.loads(line))
            print(json.dumps(told | {"append": appended}), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

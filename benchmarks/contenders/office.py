"""Our office, in one process: the commands of the death benefit through `Office.do`, each durable before it returns.

Everything that a command meets in the product is on: the pinned definition, roles, four eyes, authority,
papers, guards, sealing, command ids, natural keys. Read models and HTTP are measured by other programs.

python -m benchmarks.contenders.office URL FIRST CLAIMS: from claim number FIRST, so many claims.
"""

import asyncio
import sys

import uvloop

from api.collecting import settle_memory
from benchmarks.city import Filed
from benchmarks.contenders.answering import answer
from benchmarks.keys import MASTER_KEY
from benchmarks.six_steps import commands
from domain.working_days import CALENDAR
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from workflows.library import OWN_FOLDER, Library
from workflows.office import Office


class Desk:
    """Callers as tasks of one event loop, as requests are."""

    def __init__(self, office: Office, claims: range) -> None:
        self._office = office
        self._claims = iter(claims)

    async def work(self, callers: int, seconds: float) -> int:
        until = asyncio.get_running_loop().time() + seconds
        return sum(await asyncio.gather(*(self._caller(until) for _ in range(callers))))

    async def _caller(self, until: float) -> int:
        steps = 0
        while asyncio.get_running_loop().time() < until:
            for command in commands(Filed(next(self._claims)).claim):
                await self._office.do(command)
                steps += 1
                if asyncio.get_running_loop().time() >= until:
                    break
        return steps


def main(url: str, first: int, claims: int) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        store = runner.run(Store.open(url))
        mapper = SealingMapper(Keyring(MASTER_KEY, store.pool))
        office = Office(store, mapper, Library.load(OWN_FOLDER), CALENDAR)
        desk = Desk(office, range(first, first + claims))
        settle_memory()
        answer(lambda callers, seconds: runner.run(desk.work(callers, seconds)))
        runner.run(store.close())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

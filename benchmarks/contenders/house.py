"""Office and all read models in one process, asked how far behind the claim register is at half load.

python -m benchmarks.contenders.house URL CLAIMS
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator

import uvloop

from api.serve import settle_memory
from benchmarks.city import Filed
from benchmarks.harness import percentile
from benchmarks.keys import MASTER_KEY
from benchmarks.six_steps import commands
from domain.claim.commands import ClaimCommand
from domain.working_days import CALENDAR
from projections.positions import Positions
from projections.runner import Runner
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from workflows.library import OWN_FOLDER, Library
from workflows.office import Office

VIEW = "claim_register"


class House:
    """Steps at full pace, and steps at a given pace whose way into the view is timed."""

    def __init__(self, store: Store, office: Office, claims: range) -> None:
        self._office = office
        self._positions = Positions(store)
        self._claims = iter(claims)

    async def ask(self, callers: int, seconds: float) -> dict[str, float]:
        full = await self._full(callers, seconds)
        lags = await self._lags(callers, seconds, pace=full / 2)
        return {"full": full, "p50": percentile(lags, 0.5) * 1000, "p99": percentile(lags, 0.99) * 1000}

    async def _full(self, callers: int, seconds: float) -> float:
        began = time.perf_counter()

        async def caller() -> int:
            steps = 0
            for command in self._commands():
                await self._office.do(command)
                steps += 1
                if time.perf_counter() - began > seconds:
                    break
            return steps

        steps = sum(await asyncio.gather(*(caller() for _ in range(callers))))
        return steps / (time.perf_counter() - began)

    async def _lags(self, callers: int, seconds: float, *, pace: float) -> list[float]:
        """Each caller begins a step when its time has come; what is late does not wait, it goes on at once."""
        lags: list[float] = []
        began = time.perf_counter()
        between = callers / pace

        async def caller(place: int) -> None:
            due = began + between * place / callers
            for command in self._commands():
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                answer = await self._office.do(command)
                recorded = time.perf_counter()
                await self._positions.wait_for(VIEW, answer.position, timeout=30)
                lags.append(time.perf_counter() - recorded)
                due += between
                if due > began + seconds:
                    return

        await asyncio.gather(*(caller(place) for place in range(callers)))
        return lags

    def _commands(self) -> Iterator[ClaimCommand]:
        while True:
            yield from commands(Filed(next(self._claims)).claim)


async def main(url: str, claims: int) -> None:
    async with await Store.open(url) as store:
        keyring = Keyring(MASTER_KEY, store.pool)
        mapper = SealingMapper(keyring)
        house = House(store, Office(store, mapper, Library.load(OWN_FOLDER), CALENDAR), range(claims))
        async with Runner(url, store, mapper, keyring):
            await Positions(store).wait_for(VIEW, await store.last_position(), timeout=600)
            settle_memory()
            print(json.dumps({"ready": True}), flush=True)
            while line := await asyncio.to_thread(sys.stdin.readline):
                print(json.dumps(await house.ask(**json.loads(line))), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2])))

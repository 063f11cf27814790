"""A whole house as `jaminan serve` opens it, asked how far behind the claim register is at half load.

Office, all read models and all processes are on, only HTTP is not.
python -m benchmarks.contenders.house URL ADMIN_URL CLAIMS
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator

import uvloop

from api.bootstrap import House
from api.collecting import settle_memory
from api.serve import working
from benchmarks.city import Filed
from benchmarks.ground import Database
from benchmarks.harness import percentile
from benchmarks.six_steps import commands
from benchmarks.town import opened
from domain.claim.commands import ClaimCommand

VIEW = "claim_register"


class Steps:
    """Steps at full pace, and steps at a given pace whose way into the view is timed."""

    def __init__(self, house: House, claims: range) -> None:
        self._office = house.office
        self._positions = house.views.positions
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


async def main(url: str, admin_url: str, claims: int) -> None:
    async with opened(Database("", admin_url, url)) as house, working(house):
        steps = Steps(house, range(claims))
        await house.views.positions.wait_for(VIEW, await house.store.last_position(), timeout=600)
        settle_memory()
        print(json.dumps({"ready": True}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await steps.ask(**json.loads(line))), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

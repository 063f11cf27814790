"""Goal 8: does a list or a case page get slower when there are a hundred times as many cases?

Two towns that are kept, told by the domain's own events and appended in bulk; the same requests to a
`jaminan serve` on each, at 1, 8 and 32 connections, in turns. A list is the first page of those who wait in a
status. A case page is a case with all that it leans on, drawn from all: of the small town a server remembers one
case in ten, of the large one next to none, so the comparison is to our disadvantage.
"""

from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

from benchmarks.contender import Contender, contender
from benchmarks.ground import Ground
from benchmarks.harness import Cell, Readings, alternate, percentile
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.serving import served
from benchmarks.town import LARGE, filed_claims

SMALL: Final = 10_000
CONNECTIONS: Final = (1, 8, 32)
PAGES: Final = {"list": "/v1/claims?status=FILED&limit=50", "case": "/v1/claims/{claim}"}
CURVE: Final = 1.5  # how much longer a read may take with a hundred times as many cases
WARM: Final = 0.5  # seconds that do not count


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure the reads of both towns in the same rounds."""
    towns = {cases: await filed_claims(ground, cases, papers=False) for cases in (SMALL, LARGE)}
    waits: dict[str, list[float]] = {}
    async with AsyncExitStack() as stack:
        load = await stack.enter_async_context(contender("http_load", "0"))
        cells = []
        for cases, town in towns.items():
            server = await stack.enter_async_context(served(town))
            asked = {"address": server.address, "token": server.tokens["start_verification"], "cases": cases}
            for page, path in PAGES.items():
                read = partial(_read, load, asked | {"path": path}, waits)
                await read(CONNECTIONS[-1], WARM, "warm")
                cells += [
                    Cell(_cell(page, n, cases), partial(read, n, plan.seconds, _cell(page, n, cases)))
                    for n in CONNECTIONS
                ]
        found = await alternate(cells, ground.home, plan.rounds)
        held = server.memory_mb
    found.by_cell |= waits
    memory = Measure(
        id="8.memory",
        what=f"memory of a server after reads at {LARGE:,} cases",
        value=held,
        unit="MB",
        fsync=found.fsync,
    )
    return [*_measures(found), memory]


async def _read(
    load: Contender,
    asked: dict[str, Any],
    waits: dict[str, list[float]],
    connections: int,
    seconds: float,
    name: str,
) -> float:
    """Return the median milliseconds of a read."""
    told = await load.ask(**asked, connections=connections, seconds=seconds)
    waits.setdefault(f"{name}: p99", []).append(percentile(told["waits"], 0.99) * 1000)
    waits.setdefault(f"{name}: rate", []).append(told["requests"] / told["seconds"])
    return percentile(told["waits"], 0.5) * 1000


def _measures(found: Readings) -> Iterator[Measure]:
    """Yield medians with their goal, and what stands beside them: the p99 and requests a second."""
    for page in PAGES:
        for n in CONNECTIONS:
            large, small = _cell(page, n, LARGE), _cell(page, n, SMALL)
            what = f"{page} page, {large.partition(', ')[2]}"
            yield from Measure.of(
                f"8.{page} {n}",
                f"{what}: p50",
                found,
                large,
                unit="ms",
                against=small,
                goal=CURVE,
                at_most=True,
            )
            if found.has(large, small):
                for of, unit in (("p99", "ms"), ("rate", "req/s")):
                    yield from Measure.of(
                        f"8.{page} {n} {of}",
                        f"{what}: {of}",
                        found,
                        f"{large}: {of}",
                        unit=unit,
                        against=f"{small}: {of}",
                    )


def _cell(page: str, connections: int, cases: int) -> str:
    return f"{page}, {connections} connection{'s' if connections > 1 else ''}, {cases:,} cases"

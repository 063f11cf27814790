"""Goal 8: does a list, a case page or a step get slower when there are a hundred times as many cases?

Two towns that are kept, told by the domain's own events and appended in bulk; the same requests to a
`jaminan serve` on a copy of each, in turns. A list is the first page of those who wait in a status. A case page
is a case with all that it leans on, drawn from all: of the small town a server remembers one case in ten, of the
large one next to none, so the comparison is to our disadvantage. Steps are those of goal 4, of claims of their own.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final

from api.serve import working
from benchmarks.city import settle
from benchmarks.contender import Contender, contender
from benchmarks.ground import Database, Ground
from benchmarks.harness import Cell, Readings, alternate, percentile
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.serving import served
from benchmarks.town import LARGE, filed_claims, opened

SMALL: Final = 10_000
STEPPING: Final = 4_000  # claims for the steps, beyond those of the town
PAGES: Final = {"list": "/v1/claims?status=FILED&limit=50", "case": "/v1/claims/{claim}"}
ASKED: Final = (*((what, n) for what in PAGES for n in (1, 8, 32)), ("step", 8))
CURVE: Final = 1.5  # how much longer it may take with a hundred times as many cases
WARM: Final = 0.5  # seconds that do not count


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure both towns in the same rounds."""
    waits: dict[str, list[float]] = {}
    cells = []
    async with AsyncExitStack() as stack:
        for cases in (SMALL, LARGE):
            database = await stack.enter_async_context(_copy(ground, cases))
            server = await stack.enter_async_context(served(database))
            load = await stack.enter_async_context(contender("http_load", str(STEPPING), str(cases)))
            asked = {
                what: {"token": server.tokens["start_verification"], "cases": cases, "path": path}
                for what, path in PAGES.items()
            } | {"step": {"tokens": server.tokens}}
            for what, n in ASKED:
                run = partial(_run, load, {"address": server.address} | asked[what], waits, n)
                await run(WARM, "warm")
                cells.append(Cell(_cell(what, n, cases), partial(run, plan.seconds, _cell(what, n, cases))))
        found = await alternate(cells, ground.home, plan.rounds)
        held = server.memory_mb
    found.by_cell |= waits
    memory = Measure(
        id="8.memory",
        what=f"memory of a server after this at {LARGE:,} cases",
        value=held,
        unit="MB",
        fsync=found.fsync,
    )
    return [*_measures(found), memory]


@asynccontextmanager
async def _copy(ground: Ground, cases: int) -> AsyncIterator[Database]:
    """Give a copy of a town with more claims, all papers there, which every read model shows."""
    town = await filed_claims(ground, cases, papers=False)
    async with ground.database(like=town.name) as database:
        async with opened(database) as house, working(house):
            await settle(house.store, house.mapper, range(cases, cases + STEPPING))
            last = await house.store.last_position()
            for view in ("claim_register", "enrollment_register"):
                await house.views.positions.wait_for(view, last, timeout=600)
        yield database


async def _run(
    load: Contender,
    asked: dict[str, Any],
    waits: dict[str, list[float]],
    connections: int,
    seconds: float,
    name: str,
) -> float:
    """Return the median milliseconds of a request."""
    told = await load.ask(**asked, connections=connections, seconds=seconds)
    waits.setdefault(f"{name}: p99", []).append(percentile(told["waits"], 0.99) * 1000)
    waits.setdefault(f"{name}: rate", []).append(told["requests"] / told["seconds"])
    return percentile(told["waits"], 0.5) * 1000


def _measures(found: Readings) -> Iterator[Measure]:
    """Yield medians with their goal, and what stands beside them: the p99 and requests a second."""
    for what, n in ASKED:
        large, small = _cell(what, n, LARGE), _cell(what, n, SMALL)
        of = partial(Measure.of, readings=found)
        yield from of(
            f"8.{what} {n}", f"{large}: p50", cell=large, unit="ms", against=small, goal=CURVE, at_most=True
        )
        if found.has(large, small):
            for more, unit in (("p99", "ms"), ("rate", "req/s")):
                cell, against = f"{large}: {more}", f"{small}: {more}"
                yield from of(f"8.{what} {n} {more}", cell, cell=cell, unit=unit, against=against)


def _cell(what: str, connections: int, cases: int) -> str:
    return f"{what}, {connections} connection{'s' if connections > 1 else ''}, {cases:,} cases"

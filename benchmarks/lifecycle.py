"""Goals 1 to 3: steps of a lifecycle per second, each durable before its call returns, ours beside others.

Every contender is one process (ours also as two), asked for so many callers. A step is one durable change:
of a case here, of a row, a workflow or an aggregate there.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.contender import Contender, contender, peers_python
from benchmarks.ground import Ground, run_pgbench
from benchmarks.harness import Cell, alternate
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.town import filed_claims

INSERT: Final = Path(__file__).parent / "contenders" / "insert.sql"
PEERS: Final = {
    "eventsourcing": "stock_eventsourcing",
    "DBOS": "dbos_workflow",
    "viewflow": "viewflow_flow",
    "fsm+pghistory": "fsm_pghistory",
}
GOALS: Final = {"eventsourcing": 6.0, "DBOS": 10.0, "viewflow": 20.0, "fsm+pghistory": 3.0}
CALLERS: Final = (1, 8, 32, 128)


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure all contenders in the same rounds."""
    async with AsyncExitStack() as stack:
        peers = {
            name: await stack.enter_async_context(_peer(ground, module)) for name, module in PEERS.items()
        }
        raw = await stack.enter_async_context(_raw(ground))
        plain = await stack.enter_async_context(ground.database())
        await ground.tell("create table plain (id bigserial primary key, body text)", database=plain.name)
        ours = await stack.enter_async_context(_ours(ground, 10_000 if plan.quick else 40_000))

        async def together(callers: int) -> float:
            return await _together(ours, callers, plan.seconds)

        async def inserts() -> float:
            return run_pgbench(ground, plain, INSERT, clients=32, seconds=plan.seconds)

        cells = [
            Cell(_name(callers), partial(ours[0].steps_per_second, callers, plan.seconds))
            for callers in CALLERS
        ]
        cells += [
            Cell("ours, 32 callers, 2 processes", partial(together, 32)),
            Cell("raw CTE, 1 caller", partial(raw.steps_per_second, 1, plan.seconds)),
            Cell("raw CTE, 8 callers", partial(raw.steps_per_second, 8, plan.seconds)),
            Cell("pgbench INSERT, 32 clients", inserts),
        ]
        cells += [
            Cell(f"{name}, 8 callers", partial(peer.steps_per_second, 8, plan.seconds))
            for name, peer in peers.items()
        ]
        found = await alternate(cells, ground.home, plan.rounds)
    at_32 = ("ours, 32 callers", "ours, 32 callers, 2 processes")
    best = max(filter(found.has, at_32), key=lambda name: found.spread(name).median, default=at_32[0])
    measures: list[Measure] = []
    for id_, cell, against, goal in (
        *((f"1.{name}", "ours, 8 callers", f"{name}, 8 callers", goal) for name, goal in GOALS.items()),
        ("2", best, "pgbench INSERT, 32 clients", 0.4),
        ("3", "ours, 1 caller", "raw CTE, 1 caller", 0.6),
        ("3.raw8", "ours, 8 callers", "raw CTE, 8 callers", None),
        ("3.128", "ours, 128 callers", "", None),
    ):
        what = f"lifecycle steps: {cell}"
        measures += Measure.of(id_, what, found, cell, unit="steps/s", against=against, goal=goal)
    return measures


def _name(callers: int) -> str:
    return "ours, 1 caller" if callers == 1 else f"ours, {callers} callers"


@asynccontextmanager
async def _peer(ground: Ground, module: str) -> AsyncIterator[Contender]:
    """A peer by its documented defaults, in its own environment, on a database of its own."""
    async with (
        ground.database() as database,
        contender(module, database.admin_url, python=peers_python()) as peer,
    ):
        yield peer


@asynccontextmanager
async def _raw(ground: Ground) -> AsyncIterator[Contender]:
    async with ground.database() as database, contender("raw_cte", database.admin_url) as raw:
        yield raw


@asynccontextmanager
async def _ours(ground: Ground, claims: int) -> AsyncIterator[list[Contender]]:
    """Our office in two processes on one log, each with claims of its own."""
    template = await filed_claims(ground, claims)
    first = claims * 4 // 5  # the first process works in every cell, the second in one
    shares = ((0, first), (first, claims - first))
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(ground.database(like=template.name))
        yield [
            await stack.enter_async_context(contender("office", database.app_url, str(begins), str(share)))
            for begins, share in shares
        ]


async def _together(ours: list[Contender], callers: int, seconds: float) -> float:
    rates = [one.steps_per_second(callers // len(ours), seconds) for one in ours]
    return sum(await asyncio.gather(*rates))

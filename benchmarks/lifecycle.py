"""Goals 1 to 3: steps of a lifecycle per second, each durable before its call returns, ours beside others.

Every contender is one process (ours also as two), asked for so many callers. A step is one durable change:
of a case here, of a row, a workflow or an aggregate there. A quick run takes the loads that goals name, a full
run the whole matrix.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.contender import Contender, contender, peers_python
from benchmarks.ground import Ground, run_pgbench
from benchmarks.harness import Cell, Readings, alternate
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
OURS: Final = "ours"
TWO: Final = "ours in two processes"
RAW: Final = "raw CTE"
PGBENCH: Final = "pgbench INSERT"
CALLERS: Final = (1, 8, 32, 128)
WARM: Final = 0.05  # seconds that each contender works beforehand, so that connections and threads are there

# What the goals name: number, callers, against whom, ratio at least.
GOALS: Final = (
    ("1.eventsourcing", 8, "eventsourcing", 6.0),
    ("1.DBOS", 8, "DBOS", 10.0),
    ("1.viewflow", 8, "viewflow", 20.0),
    ("1.fsm+pghistory", 8, "fsm+pghistory", 3.0),
    ("2", 32, PGBENCH, 0.4),
    ("3", 1, RAW, 0.6),
)


@dataclass(frozen=True)
class Way:
    """One way of taking the steps: what does so for a number of callers, and for which numbers it is asked."""

    name: str
    run: Callable[[int], Awaitable[float]]
    in_quick: tuple[int, ...]
    in_full: tuple[int, ...] = CALLERS


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure all contenders in the same rounds."""
    async with AsyncExitStack() as stack:
        started = [stack.enter_async_context(_peer(ground, module)) for module in PEERS.values()]
        peers = dict(zip(PEERS, await asyncio.gather(*started), strict=True))
        raw = await stack.enter_async_context(_raw(ground))
        plain = await stack.enter_async_context(ground.database())
        await ground.tell("create table plain (id bigserial primary key, body text)", database=plain.name)
        ours = await stack.enter_async_context(_ours(ground, 10_000 if plan.quick else 40_000))

        async def inserts(clients: int) -> float:
            return run_pgbench(ground, plain, INSERT, clients=clients, seconds=plan.seconds)

        work = partial(_work, plan.seconds)
        ways = [
            Way(OURS, partial(work, ours[:1]), CALLERS),
            Way(TWO, partial(work, ours), (32,), (32, 128)),
            Way(RAW, partial(work, [raw]), (1, 8)),
            Way(PGBENCH, inserts, (32,)),
            *(Way(name, partial(work, [peer]), (8,)) for name, peer in peers.items()),
        ]
        for one in (*ours, raw, *peers.values()):
            await one.steps_per_second(8 if plan.quick else max(CALLERS), WARM)
        loads = {way: way.in_quick if plan.quick else way.in_full for way in ways}
        cells = [Cell(_cell(way.name, n), partial(way.run, n)) for way in ways for n in loads[way]]
        found = await alternate(cells, ground.home, plan.rounds)
    return list(_measures(found, [(way.name, n) for way in ways for n in loads[way]]))


def _measures(found: Readings, ran: Sequence[tuple[str, int]]) -> Iterator[Measure]:
    """Yield what goals name under their numbers, and every other cell of the matrix beside ours."""
    for id_, callers, against, goal in GOALS:
        ours = _best(found, callers) if against == PGBENCH else OURS
        yield from _held(found, id_, ours, callers, against, goal)
    named = {(against, callers) for _, callers, against, _ in GOALS}
    for name, callers in ran:
        if (name, callers) not in named:
            against = "" if name in (OURS, TWO) else name
            yield from _held(found, f"3.{name} {callers}", OURS if against else name, callers, against)


def _held(
    found: Readings, id_: str, ours: str, callers: int, against: str, goal: float | None = None
) -> list[Measure]:
    """Return our steps, held against those of another under the same load."""
    cell = _cell(ours, callers)
    return Measure.of(
        id_,
        f"lifecycle steps: {cell}",
        found,
        cell,
        unit="steps/s",
        against=_cell(against, callers) if against else "",
        goal=goal,
    )


def _best(found: Readings, callers: int) -> str:
    """Return as many of our processes as help: one or two, whichever did more."""
    ways = [name for name in (OURS, TWO) if found.has(_cell(name, callers))]
    return max(ways, key=lambda name: found.spread(_cell(name, callers)).median, default=OURS)


async def _work(seconds: float, contenders: list[Contender], callers: int) -> float:
    """Return what so many callers got done, shared out evenly."""
    rates = [one.steps_per_second(callers // len(contenders), seconds) for one in contenders]
    return sum(await asyncio.gather(*rates))


def _cell(name: str, callers: int) -> str:
    return f"{name}, 1 caller" if callers == 1 else f"{name}, {callers} callers"


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
    first = claims * 4 // 5  # the first process works in every cell of ours, the second beside it
    shares = ((0, first), (first, claims - first))
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(ground.database(like=template.name))
        yield [
            await stack.enter_async_context(contender("office", database.app_url, str(begins), str(share)))
            for begins, share in shares
        ]

"""What a house costs at rest: start-up to the first answer, memory idle and loaded, bytes of an event, a case load."""

import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.city import Filed
from benchmarks.contender import contender
from benchmarks.ground import Database, Ground
from benchmarks.harness import Cell, alternate
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.serving import served
from benchmarks.town import filed_claims, opened

CLAIMS: Final = 10_000
LOADS: Final = 300
STARTS: Final = 5


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure all of it on a copy of a town."""
    template = await filed_claims(ground, CLAIMS)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(ground.database(like=template.name))
        memory: dict[str, list[float]] = {"idle": [], "loaded": []}

        async def start() -> float:
            async with served(database) as server:
                memory["idle"].append(server.memory_mb)
                async with contender("http_load", str(CLAIMS)) as load:
                    question = {"address": server.address, "tokens": server.tokens}
                    await load.ask(**question, connections=32, seconds=2 * plan.seconds)
                memory["loaded"].append(server.memory_mb)
            return server.seconds_to_answer

        found = await alternate(
            [Cell("start", start)], ground.home, min(plan.rounds, 2 if plan.quick else STARTS)
        )
        found.by_cell |= memory
        cold, warm = await _case_loads(database)
        bytes_per_event = await _bytes_per_event(ground, template)
    return [
        *Measure.of("10.start", "start of `jaminan serve` to its first answer", found, "start", unit="s"),
        *Measure.of("10.idle", "memory of an idle server", found, "idle", unit="MB"),
        *Measure.of("10.loaded", "memory after a burst of 32 connections", found, "loaded", unit="MB"),
        Measure(id="10.cold", what="load of a case of 11 events, cold", value=cold, unit="µs"),
        Measure(id="10.cached", what="load of the same case again", value=warm, unit="µs"),
        Measure(
            id="10.bytes",
            what="bytes of the log for an event",
            value=bytes_per_event,
            unit="bytes",
        ),
    ]


async def _case_loads(database: Database) -> tuple[float, float]:
    """Return microseconds of a load from nothing, and of one where only what came since is read."""
    async with opened(database) as house:
        ids = [Filed(n).claim for n in range(CLAIMS - LOADS, CLAIMS)]
        taken = []
        for _ in range(2):
            began = time.perf_counter()
            for id_ in ids:
                await house.office.cases.get(id_)
            taken.append((time.perf_counter() - began) / LOADS * 1_000_000)
    return taken[0], taken[1]


async def _bytes_per_event(ground: Ground, database: Database) -> float:
    """Return what events, commands and keys take on the disk, for each event."""
    async with opened(database) as house:
        size = await house.store.pool.fetchval(
            "select sum(pg_total_relation_size(t)) from"
            " unnest(array['log.event', 'log.command', 'log.natural_key', 'log.data_key']::regclass[]) t"
        )
        return float(size) / await house.store.last_position()

"""What a house costs at rest: start-up to the first answer, memory idle and loaded, bytes of an event, a case load."""

import time
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from typing import Final
from uuid import UUID

from api.bootstrap import House
from benchmarks.city import Filed
from benchmarks.contender import contender
from benchmarks.ground import Ground
from benchmarks.harness import Cell, alternate
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.serving import served
from benchmarks.town import filed_claims, opened

CLAIMS: Final = 10_000
LOADS: Final = 300


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure all of it on a copy of a town."""
    template = await filed_claims(ground, CLAIMS)
    more: dict[str, list[float]] = {"idle": [], "loaded": [], "cached": []}
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(ground.database(like=template.name))
        house = await stack.enter_async_context(opened(database))
        load = await stack.enter_async_context(contender("http_load", str(CLAIMS)))
        claims = iter(range(CLAIMS, 0, -LOADS))

        async def start() -> float:
            async with served(database) as server:
                more["idle"].append(server.memory_mb)
                question = {"address": server.address, "tokens": server.tokens}
                await load.ask(**question, connections=32, seconds=2 * plan.seconds)
                more["loaded"].append(server.memory_mb)
            return server.seconds_to_answer

        async def load_cases() -> float:
            last = next(claims)
            ids = [Filed(n).claim for n in range(last - LOADS, last)]
            cold = await _load_microseconds(house, ids)
            more["cached"].append(await _load_microseconds(house, ids))
            return cold

        cells = [Cell("start", start), Cell("cold", load_cases)]
        found = await alternate(cells, ground.home, plan.rounds)
        size = await _bytes_per_event(house)
    found.by_cell |= more
    bytes_per_event = Measure(
        id="10.bytes", what="bytes of the log for an event", value=size, unit="bytes", fsync=found.fsync
    )
    return [
        *Measure.of("10.start", "start of `jaminan serve` to its first answer", found, "start", unit="s"),
        *Measure.of("10.idle", "memory of an idle server", found, "idle", unit="MB"),
        *Measure.of("10.loaded", "memory after a burst of 32 connections", found, "loaded", unit="MB"),
        *Measure.of("10.cold", "load of a case of 11 events, cold", found, "cold", unit="µs"),
        *Measure.of("10.cached", "load of the same case again", found, "cached", unit="µs"),
        bytes_per_event,
    ]


async def _load_microseconds(house: House, ids: Sequence[UUID]) -> float:
    """Return the mean of loads one after the other; of a case that is remembered only what is new is read."""
    began = time.perf_counter()
    for id_ in ids:
        await house.office.cases.get(id_)
    return (time.perf_counter() - began) / len(ids) * 1_000_000


async def _bytes_per_event(house: House) -> float:
    """Return what events, commands and keys take on the disk, for each event."""
    size = await house.store.pool.fetchval(
        "select sum(pg_total_relation_size(t)) from"
        " unnest(array['log.event', 'log.command', 'log.natural_key', 'log.data_key']::regclass[]) t"
    )
    return float(size) / await house.store.last_position()

"""Goal 8: does a list or a case page get slower when there are a hundred times as many cases?

Two towns that are kept, told by the domain's own events and appended in bulk; the same server, the same
requests, one connection, in turns. A case page is the case with all that it leans on; a list is the first
page of those who wait in a status.
"""

import asyncio
import random
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

from benchmarks.city import Filed
from benchmarks.contenders.http_load import Connection
from benchmarks.ground import Ground
from benchmarks.harness import Cell, alternate, percentile
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.serving import Served, served
from benchmarks.town import LARGE, filed_claims

SMALL: Final = 10_000
LIST: Final = "/v1/claims?status=FILED&limit=50"
WARM: Final = 20  # requests that do not count


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure the median time of a read in both towns."""
    towns = {cases: await filed_claims(ground, cases, papers=False) for cases in (SMALL, LARGE)}
    async with AsyncExitStack() as stack:
        servers = {cases: await stack.enter_async_context(served(town)) for cases, town in towns.items()}
        cells = []
        for cases, server in servers.items():
            connection = await Connection.to(server.address)
            stack.callback(connection.close)
            cells += [
                Cell(f"list, {cases:,} cases", partial(_median, connection, server, plan.seconds, None)),
                Cell(f"case, {cases:,} cases", partial(_median, connection, server, plan.seconds, cases)),
            ]
        found = await alternate(cells, ground.home, plan.rounds)
        held = servers[LARGE].memory_mb
    measures: list[Measure] = []
    for page in ("list", "case"):
        cell, against = f"{page}, {LARGE:,} cases", f"{page}, {SMALL:,} cases"
        what = f"{page} page at {LARGE:,} cases"
        measures += Measure.of(
            f"8.{page}", what, found, cell, unit="ms", against=against, goal=1.5, at_most=True
        )
    memory = Measure(
        id="8.memory", what=f"memory of a server after reads at {LARGE:,} cases", value=held, unit="MB"
    )
    return [*measures, memory]


async def _median(connection: Connection, server: Served, seconds: float, cases: int | None) -> float:
    """Return the median milliseconds of one kind of read; cases are looked at here and there."""
    headers = f"Authorization: Bearer {server.tokens['start_verification']}\r\n"
    waits: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(waits) < 2 * WARM:
        path = LIST if cases is None else f"/v1/claims/{Filed(random.randrange(cases)).claim}"
        began = time.perf_counter()
        await connection.send("GET", path, b"", headers)
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0)
    return percentile(waits[WARM:], 0.5) * 1000

"""Goal 7: a sponsor's list end to end, the append of its rows alone, and a person at work beside it.

End to end: from the bytes of the file until every row is parsed, checked, sealed, appended and visible in the
register of members, in one process with everything else that a house does. The anchor is a plain COPY of the
same columns into a table without index, which checks, seals and remembers nothing.
"""

import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Final

import asyncpg

from benchmarks.contender import contender
from benchmarks.ground import Ground
from benchmarks.harness import Cell, alternate
from benchmarks.lists import TITLES, workers
from benchmarks.plan import Plan
from benchmarks.results import Measure

ROWS: Final = 100_000
COPY: Final = "plain COPY"


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure rows per second; each round on a database of its own."""
    more: dict[str, list[float]] = {"append": [], "beside": [], "grown": []}

    async def list_taken_up() -> float:
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(ground.database())
            clerk = await stack.enter_async_context(
                contender("list_clerk", database.app_url, database.admin_url, str(ROWS))
            )
            told = await clerk.ask(rows=ROWS)
            for name, values in more.items():
                values.append(told[name])
            return float(told["rows_per_second"])

    async def copied() -> float:
        async with ground.database() as database:
            return await _copied(database.admin_url)

    found = await alternate([Cell("list", list_taken_up), Cell(COPY, copied)], ground.home, plan.rounds)
    if not found.has("list", COPY):
        return []
    found.by_cell |= more
    what = f"list of {ROWS:,} rows"
    return [
        *Measure.of("7", f"{what}, end to end", found, "list", unit="rows/s", goal=6_000.0),
        *Measure.of("7.copy", f"{what}, end to end", found, "list", unit="rows/s", against=COPY),
        *Measure.of("7.append", "rows appended, nothing else", found, "append", unit="rows/s", goal=15_000.0),
        *Measure.of(
            "7.beside", "p99 of a step beside it", found, "beside", unit="ms", goal=50.0, at_most=True
        ),
        *Measure.of("7.memory", "memory of the process grew by", found, "grown", unit="MB"),
    ]


async def _copied(url: str) -> float:
    """Return rows per second of COPY, with the commit."""
    connection = await asyncpg.connect(url)
    try:
        columns = TITLES.split(",")
        await connection.execute(f"create table plain ({', '.join(f'{name} text' for name in columns)})")
        rows = list(workers(ROWS))
        began = time.perf_counter()
        await connection.copy_records_to_table("plain", records=rows, columns=columns)
        return ROWS / (time.perf_counter() - began)
    finally:
        await connection.close()

"""Goal 7: a sponsor's list end to end, the append of its rows alone, and a person at work beside it.

End to end: from the bytes of the file until every row is parsed, checked, sealed, appended and visible in the
register of members, in a house that does everything else too, on a log that holds 1,000,000 cases already. The
anchor is a plain COPY of the same columns into a table without index, which checks, seals and remembers nothing.
Memory is flat if a list ten times as long takes no more of it.
"""

import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from functools import partial
from itertools import count
from typing import Final

import asyncpg

from benchmarks.contender import contender
from benchmarks.ground import Database, Ground
from benchmarks.harness import Cell, alternate
from benchmarks.lists import TITLES, workers
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.town import LARGE, filed_claims

ROWS: Final = 100_000
COPY: Final = "plain COPY"
FLAT: Final = 1.2  # memory with a list against memory with a tenth of it
APART: Final = 100_000  # numbers of claims between two rounds


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure rows per second; in each round by a new process, with people nobody knows yet."""
    more: dict[str, list[float]] = {"append": [], "beside": [], "flat": [], "memory": []}
    town = await filed_claims(ground, LARGE, papers=False)
    rounds = count()

    async def list_taken_up(database: Database) -> float:
        number = next(rounds)
        free = LARGE + number * APART
        async with contender("list_clerk", database.app_url, database.admin_url, str(free)) as clerk:
            told = await clerk.ask(rows=ROWS, first=number * 2 * ROWS)
        for name, values in more.items():
            values.append(told[name])
        return float(told["rows_per_second"])

    async def copied() -> float:
        async with ground.database() as database:
            return await _copied(database.admin_url)

    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(ground.database(like=town.name))
        cells = [Cell("list", partial(list_taken_up, database)), Cell(COPY, copied)]
        found = await alternate(cells, ground.home, plan.rounds)
    if not found.has("list", COPY):
        return []
    found.by_cell |= more
    what = f"list of {ROWS:,} rows"
    of = partial(Measure.of, readings=found)
    return [
        *of("7", f"{what}, end to end", cell="list", unit="rows/s", goal=6_000.0),
        *of("7.copy", f"{what}, end to end", cell="list", unit="rows/s", against=COPY),
        *of("7.append", "rows appended, nothing else", cell="append", unit="rows/s", goal=15_000.0),
        *of("7.beside", "p99 of a step beside it", cell="beside", unit="ms", goal=50.0, at_most=True),
        *of("7.flat", "memory with it against a tenth of it", cell="flat", unit="×", goal=FLAT, at_most=True),
        *of("7.memory", "the most memory of the house, its read models included", cell="memory", unit="MB"),
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

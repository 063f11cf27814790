"""Raw SQL: one statement that moves a row to its next status and writes an audit row, if it stands where it should.

What an expert would write by hand for exactly six steps, with asyncpg. No roles, no papers, no sealing.

python -m benchmarks.contenders.raw_cte URL
"""

import asyncio
import sys
from itertools import pairwise
from typing import Any, Final
from uuid import uuid4

import asyncpg
import uvloop

from benchmarks.contenders.answering import SIX_STEPS, answer

TABLES: Final = """
    create table claim (id uuid primary key, status text not null, version int not null);
    create table audit (id bigserial primary key, claim uuid not null, step text not null, actor text not null,
        at timestamptz not null default clock_timestamp(), body text not null)"""
OPEN: Final = """
    with made as (insert into claim values ($1, $2, 1) returning id)
    insert into audit (claim, step, actor, body) select id, $2, $3, $4 from made"""
MOVE: Final = """
    with moved as (update claim set status = $3, version = version + 1 where id = $1 and status = $2 returning id)
    insert into audit (claim, step, actor, body) select id, $3, $4, $5 from moved returning id"""
BODY: Final = "x" * 200


class Callers:
    """Connections that stay, one for each caller."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connections: list[asyncpg.Connection[Any]] = []

    async def work(self, callers: int, seconds: float) -> int:
        while len(self._connections) < callers:
            self._connections.append(await asyncpg.connect(self._url))
        until = asyncio.get_running_loop().time() + seconds
        return sum(await asyncio.gather(*(_caller(one, until) for one in self._connections[:callers])))


async def _caller(connection: "asyncpg.Connection[Any]", until: float) -> int:
    steps = 0
    while asyncio.get_running_loop().time() < until:
        claim = uuid4()
        await connection.execute(OPEN, claim, SIX_STEPS[0], "budi", BODY)
        for before, after in pairwise(SIX_STEPS):
            assert await connection.fetchval(MOVE, claim, before, after, "vera", BODY) is not None
        steps += len(SIX_STEPS)
    return steps


async def _make_tables(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(TABLES)
    await connection.close()


def main(url: str) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_make_tables(url))
        callers = Callers(url)
        answer(lambda many, seconds: runner.run(callers.work(many, seconds)))


if __name__ == "__main__":
    main(sys.argv[1])

"""An append costs what it costs, however long the log: measured in blocks, which no busy machine can blur."""

import json
from uuid import uuid4

import asyncpg
import pytest

from store.batch import STATEMENT, STATEMENT_OF_ONE, arguments, arguments_of_one
from store.store import Append, NaturalKey
from tests.conftest import Database
from tests.store.facts import command, event

pytestmark = pytest.mark.gate


def some_commands(number: int, events: int = 1) -> list[Append]:
    """Return commands that use every table: a natural key and a data key each."""
    return [
        command(
            *(event(state=b"s" * 300) for _ in range(events)),
            take=[NaturalKey("membership", uuid4().bytes, uuid4())],
            new_keys={uuid4(): b"k" * 64},
        )
        for _ in range(number)
    ]


async def blocks_touched(connection: "asyncpg.Connection[asyncpg.Record]", batch: int) -> float:
    """Return the shared blocks that one call touches, everything within it included; the mean of 20 calls.

    A batch of none stands for a plain command by the short way, which leans on streams that have come far.
    """
    touched = 0
    for _ in range(20):
        if batch:
            statement, columns = STATEMENT, arguments(some_commands(batch), None)
        else:
            known = await connection.fetch(
                "select stream, version from log.event order by position desc limit 6"
            )
            statement = STATEMENT_OF_ONE
            columns = arguments_of_one(
                command(leaned_on={row["stream"]: row["version"] for row in known}), None
            )
        [row] = await connection.fetch(f"explain (analyze, buffers, format json) {statement}", *columns)
        plan = json.loads(row[0])[0]["Plan"]
        touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return touched / 20


async def test_an_append_at_200_000_events_touches_hardly_more_blocks_than_at_1_000(
    database: Database, long_gates: bool
) -> None:
    connection = await asyncpg.connect(database.app_url)
    filling = await connection.prepare(STATEMENT)
    events_per_command = 1 if long_gates else 8  # so that the other tables grow as well, or the fill is quick

    async def fill(up_to: int) -> None:
        while (left := up_to - await connection.fetchval("select max(position) from log.event")) > 0:
            batch = min(256, -(-left // events_per_command))
            await filling.fetch(*arguments(some_commands(batch, events_per_command), None))

    ways = (0, 1, 32)
    for batch in ways:
        await blocks_touched(connection, batch)  # plans are made on the empty log, where they tempt most
    await fill(1_000)
    few = {batch: await blocks_touched(connection, batch) for batch in ways}
    await fill(200_000)
    many = {batch: await blocks_touched(connection, batch) for batch in ways}
    for batch in ways:
        assert many[batch] <= 1.5 * few[batch], (few, many)  # 32 and 36 blocks for one, 845 and 912 for 32
    await connection.close()

"""kill -9 while a day is being told: whoever goes on does the rest, and everything was done once."""

import asyncio
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.acceptance.silent import claim_of, due_of, silence
from tests.conftest import Database
from tests.faults.program import Program, running, wait_for

pytestmark = pytest.mark.gate

CLAIMS = 400
DAY = "2024-12-01"  # every claim is overdue
MISSED, LAPSED = "claim.clock_missed", "claim.lapsed_incomplete"


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jaminan-days-") as folder:
        yield Path(folder)


def place(database: Database) -> dict[str, str]:
    """Return the environment of a program that works on this database."""
    return {"JAMINAN_DATABASE_URL": database.app_url, "JAMINAN_DATABASE_ADMIN_URL": database.admin_url}


def ask(database: Database, query: str, *values: object) -> list[Any]:
    async def run() -> list[Any]:
        connection = await asyncpg.connect(database.admin_url)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    return asyncio.run(run())


def written(database: Database) -> tuple[int, int]:
    """Return how many clocks are on record as missed, and how many claims have lapsed."""
    topics = Counter(row["topic"] for row in ask(database, "select topic from log.event where position > 0"))
    return topics[MISSED], topics[LAPSED]


def kill_between(program: Program, database: Database) -> None:
    """Kill the program as soon as more is on record than was followed up."""
    until = time.monotonic() + 60
    while program.process.poll() is None and time.monotonic() < until:
        missed, lapsed = written(database)
        if missed > lapsed:
            break
    program.process.send_signal(signal.SIGKILL)
    program.process.wait()


def everything_once(database: Database) -> None:
    """Check that each claim was missed once and then lapsed once, in the order in which they were due."""
    rows = ask(
        database,
        "select stream, topic, position from log.event where topic = any ($1) order by position",
        [MISSED, LAPSED],
    )
    assert Counter(row["topic"] for row in rows) == {MISSED: CLAIMS, LAPSED: CLAIMS}
    by_stream: dict[Any, list[str]] = {}
    for row in rows:
        by_stream.setdefault(row["stream"], []).append(row["topic"])
    assert len(by_stream) == CLAIMS
    assert all(topics == [MISSED, LAPSED] for topics in by_stream.values())
    due = {claim_of(n): due_of(n) for n in range(CLAIMS)}
    order = [due[row["stream"]] for row in rows if row["topic"] == MISSED]
    assert order == sorted(order)


def test_a_day_cut_off_again_and_again_is_told_to_its_end(
    database: Database, home: Path, long_gates: bool
) -> None:
    asyncio.run(silence(home, CLAIMS, urls=(database.app_url, database.admin_url)))
    half_done = 0
    for _ in range(6 if long_gates else 2):
        with running(home, "watch", "--day", DAY, **place(database)) as program:
            kill_between(program, database)
        missed, lapsed = written(database)
        assert missed >= lapsed
        half_done += missed > lapsed
    assert half_done, "no kill came between a fact and what follows"
    with running(home, "watch", "--day", DAY, **place(database)) as program:
        assert program.end() == 0, program.said
    everything_once(database)


def test_two_workers_on_a_real_log_killed_and_one_begun_anew(database: Database, home: Path) -> None:
    """A real log's days are told by whoever works on it, at once when it starts."""
    asyncio.run(silence(home, CLAIMS, urls=(database.app_url, database.admin_url), simulated=False))
    with ExitStack() as stack:
        workers = [stack.enter_context(running(home, "worker", **place(database))) for _ in range(2)]
        wait_for(lambda: written(database)[0])
        for worker in workers:
            worker.end(signal.SIGKILL)
    with running(home, "worker", **place(database)) as worker:
        wait_for(lambda: written(database) == (CLAIMS, CLAIMS) or worker.process.poll() is not None)
        wait_for(lambda: ask(database, "select 1 from work.watch where name = 'deadlines' and fault is null"))
        assert worker.end(signal.SIGTERM) == 0, worker.said
    everything_once(database)

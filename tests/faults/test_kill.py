"""kill -9, of the process that writes and of PostgreSQL: what was acknowledged is there, once."""

import asyncio
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic
from uuid import UUID

import pytest

from store.embedded import EmbeddedPostgres
from store.migrate import migrate
from store.store import Store
from tests.conftest import Database

pytestmark = pytest.mark.gate

CHECKOUT = Path(__file__).parents[2]


class Worker:
    """A `tests.faults.worker` process, and the acknowledgements that reached us from it."""

    def __init__(self, url: str, callers: int = 16) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker", url, str(callers)],
            stdout=subprocess.PIPE,
            cwd=CHECKOUT,
        )
        self.acknowledged: dict[UUID, int] = {}
        self.instants: list[float] = []

    def follow(self, enough: int) -> None:
        """Read acknowledgements until there are this many."""
        while len(self.acknowledged) < enough:
            self._take(next(self._lines()))

    def kill(self) -> None:
        """Kill it, then read what it had still written down: those commands are acknowledged too."""
        self.process.send_signal(signal.SIGKILL)
        for line in self._lines():
            self._take(line)
        self.process.wait()

    def _lines(self) -> Iterator[bytes]:
        assert self.process.stdout
        return iter(self.process.stdout.readline, b"")

    def _take(self, line: bytes) -> None:
        if line.endswith(b"\n"):
            command_id, position = line.split()
            self.acknowledged[UUID(command_id.decode())] = int(position)
            self.instants.append(monotonic())


async def everything_once(url: str, workers: list[Worker]) -> None:
    """Check that positions are dense, streams whole, and each acknowledged command where it was said."""
    async with await Store.open(url) as store:
        end = await store.last_position()  # what a killed worker had sent may still be recorded after it
        log = await store.read_log(0, end + 1, up_to=end)
        assert [row.position for row in log] == list(range(1, end + 1))
        versions = Counter(row.stream for row in log)
        assert versions == {row.stream: row.version for row in log}
        rows = await store.pool.fetch("select id, position from log.command where position <= $1", end)
        remembered = {row["id"]: row["position"] for row in rows}
        assert sorted(remembered.values()) == list(range(1, end + 1))  # one event per command, each once
        for worker in workers:
            assert worker.acknowledged.items() <= remembered.items()


def kill_the_server(postmaster: int) -> None:
    """Kill PostgreSQL with all its processes, and wait until its first one is gone."""
    gone = os.pidfd_open(postmaster)
    family = [postmaster]
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == postmaster:
                family.append(int(entry.name))
    for process in family:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    select.select([gone], [], [])
    os.close(gone)


def test_what_was_acknowledged_survives_both_kills(long_gates: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="jaminan-kill-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)
        embedded = EmbeddedPostgres(home, out_of_homes=home / "elsewhere")
        try:
            server = embedded.start_or_join()
            asyncio.run(migrate(server.admin_url))
            workers = []
            for _ in range(10 if long_gates else 2):
                worker = Worker(server.app_url)
                workers.append(worker)
                worker.follow(enough=300)
                worker.kill()
                kill_the_server(server.pid)
                last = worker.instants[-1]
                assert sum(instant > last - 1 for instant in worker.instants) >= 50
                server = embedded.start_or_join()
                asyncio.run(everything_once(server.app_url, workers))
        finally:
            embedded.stop()


def test_two_processes_on_one_log(database: Database, long_gates: bool) -> None:
    workers = [Worker(database.app_url, callers=4) for _ in range(2)]
    try:
        with ThreadPoolExecutor() as threads:  # read both at once: a full pipe would stop its worker
            enough = 20_000 if long_gates else 1_000
            list(threads.map(lambda worker: worker.follow(enough), workers))
    finally:
        for worker in workers:
            worker.kill()
    asyncio.run(everything_once(database.app_url, workers))

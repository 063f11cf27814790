"""Processes in a process of their own: killed, hanging, orphaned; each row is taken up once, and nothing is left."""

import os
import signal
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

import httpx2
import pytest

from api.kept import Told
from api.processes import Processes
from store.mapper import SealingMapper
from store.migrate import initialise
from store.store import Store
from tests.acceptance import stories
from tests.conftest import Database
from tests.facts import NOW
from tests.faults.program import (
    empty_home,
    kill_postgres,
    postmaster_of,
    processes_of,
    running,
    serving,
    wait_for,
)
from tests.faults.test_program import big_list, count, everything_once, list_sent, once_for_each
from tests.faults.test_read_models import HANGS_WHEN_TOLD, doing, follower_of, followers_of, is_alive
from tests.projections.test_runner import until
from workflows.library import OWN_FOLDER, Library
from workflows.publishing import publish

pytestmark = pytest.mark.gate
MODULE = "api.processes"
SILENCE_MAX = 3.0  # seconds; one that follows says something every second
House: TypeAlias = Callable[[], Processes]


@pytest.fixture
def home() -> Iterator[Path]:
    with empty_home() as folder:
        yield folder


@pytest.fixture
async def house(
    database: Database, store: Store, mapper: SealingMapper, master_key: bytes, tmp_path: Path
) -> House:
    """Opens the processes of one more house on the log."""
    (tmp_path / "master.key").write_bytes(b64encode(master_key))
    await initialise(database.admin_url, log_id=uuid4(), simulated=False)
    await publish(Library.load(OWN_FOLDER), store, mapper, NOW)
    told = Told(url=database.app_url, home=str(tmp_path), log_level="INFO")
    return lambda: Processes(told, silence_max=SILENCE_MAX)


@pytest.fixture
async def processes(house: House) -> AsyncIterator[Processes]:
    async with house() as opened:
        yield opened


async def test_one_that_hangs_is_followed_by_another(processes: Processes) -> None:
    first = follower_of(os.getpid(), MODULE)
    os.kill(first, signal.SIGSTOP)
    await until(lambda: doing(processes) == {"restarting"})
    await until(lambda: doing(processes) == {"following"})
    assert not is_alive(first)
    assert follower_of(os.getpid(), MODULE) != first


async def test_of_two_houses_one_follows_and_the_other_takes_over(processes: Processes, house: House) -> None:
    assert doing(processes) == {"following"}
    async with house() as other:
        assert doing(other) == {"standing_by"}
        await processes.stop()
        await until(lambda: doing(other) == {"following"})
    assert not followers_of(os.getpid(), MODULE)


async def test_what_the_process_is_told_is_no_secret_given_away(
    house: House, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAMINAN_DATABASE_URL", database.app_url)
    async with house():
        process = Path(f"/proc/{follower_of(os.getpid(), MODULE)}")
        for shown in ("cmdline", "environ"):
            text = (process / shown).read_bytes()
            assert text
            assert database.app_url.encode() not in text


def test_a_list_goes_on_after_each_end_of_its_process_and_every_row_is_taken_up_once(home: Path) -> None:
    rows = 3_000
    with serving(home) as (program, town):
        dinas = town.person("dinas", "sponsor_officer")
        roster = list_sent(town, stories.open_programme(town, target=rows, budget=10**12), big_list(rows))
        ended: set[int] = set()
        for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
            wait_for(lambda: followers_of(program.process.pid, MODULE) - ended)
            [working] = followers_of(program.process.pid, MODULE) - ended
            before = count(home, "enrollment.begun")
            wait_for(lambda: before < count(home, "enrollment.begun") or count(home, "roster.checked"))  # noqa: B023
            os.kill(working, how)
            wait_for(lambda: not is_alive(working))  # noqa: B023
            ended.add(working)
        wait_for(lambda: count(home, "roster.checked"))
        view = dinas.get(f"/v1/rosters/{roster}")
        assert (view["status"], view["rows"], view["accepted"]) == ("checked", rows, rows), view["issues"][:3]
        once_for_each(home, "enrollment.begun", rows)
        once_for_each(home, "person.registered", rows)
        everything_once(home, {})
        assert httpx2.get(f"{town.address}/readyz").status_code == 200
        assert "processes go on in another process" in program.said
        assert program.end(signal.SIGTERM) == 0
        assert "Traceback" not in program.said
    assert not processes_of(home)


def test_one_that_hangs_ends_with_its_server(home: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HANGS_WHEN_TOLD.replace("api.read_models", MODULE))
    with serving(home, PYTHONPATH=str(tmp_path)) as (program, _):
        process, postmaster = follower_of(program.process.pid, MODULE), postmaster_of(home)
        os.kill(process, signal.SIGUSR1)
        assert program.end(signal.SIGKILL) == -signal.SIGKILL
        wait_for(lambda: not is_alive(process), seconds=20)
        kill_postgres(postmaster)
        wait_for(lambda: not processes_of(home))


def test_a_server_told_to_stop_while_it_starts_ends_its_processes_before_the_database(home: Path) -> None:
    with running(home, "serve", "--demo", "--port", "0") as program:
        wait_for(lambda: followers_of(program.process.pid, MODULE))
        assert program.end(signal.SIGTERM) == 0
        assert "Stopping PostgreSQL" in program.said
        assert "processes" not in program.said
    assert not processes_of(home)

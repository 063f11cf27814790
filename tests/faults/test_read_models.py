"""Read models in a process of their own: killed, hanging, told to end, orphaned; it goes on and leaves nothing."""

import asyncio
import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import httpx2
import pytest

from api.kept import Kept, Told
from api.read_models import ReadModels
from projections.catalogue import PROJECTIONS
from projections.positions import Positions
from projections.rebuild import Workshop
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from tests.acceptance import stories
from tests.acceptance.office_client import Person
from tests.conftest import Database
from tests.faults.program import (
    children_of,
    empty_home,
    kill_postgres,
    postmaster_of,
    processes_of,
    running,
    serving,
    wait_for,
)
from tests.projections.facts import Story
from tests.projections.test_runner import reach, until

pytestmark = pytest.mark.gate
SILENCE_MAX = 3.0  # seconds; one that follows says something every second
HANGS_WHEN_TOLD = """
import signal, sys

def hang(*_):
    while True:
        pass

if "api.read_models" in sys.orig_argv:
    signal.signal(signal.SIGUSR1, hang)
"""
House: TypeAlias = Callable[[], ReadModels]


@pytest.fixture
def home() -> Iterator[Path]:
    with empty_home() as folder:
        yield folder


@pytest.fixture
def house(database: Database, store: Store, master_key: bytes, tmp_path: Path) -> House:
    """Opens the read models of one more house on the log."""
    (tmp_path / "master.key").write_bytes(b64encode(master_key))
    told = Told(url=database.app_url, home=str(tmp_path), log_level="INFO")
    return lambda: ReadModels(store, told, silence_max=SILENCE_MAX)


@pytest.fixture
async def read_models(house: House) -> AsyncIterator[ReadModels]:
    async with house() as opened:
        yield opened


def followers_of(parent: int, module: str = "api.read_models") -> set[int]:
    """Return the processes that follow the log for another one."""
    found = set()
    for child in children_of(parent):
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            if module.encode() in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                found.add(child)
    return found


def follower_of(parent: int, module: str = "api.read_models") -> int:
    [follower] = followers_of(parent, module)
    return follower


def is_alive(process: int) -> bool:
    """Tell whether a process runs; one that has ended may be there until somebody asks for its end."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):  # it was gone before, or went while we read
        return False


@pytest.mark.parametrize("later", range(4))
async def test_a_stop_that_comes_with_a_word_of_the_process_is_heard(house: House, later: int) -> None:
    """later: turns of the loop between the word and the stop; in one of them the word is just being taken."""
    speaker = await asyncio.create_subprocess_exec(
        *("sh", "-c", "read told; exec cat"), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert speaker.stdin is not None and speaker.stdout is not None
    listening = asyncio.create_task(house()._listen_to(speaker))
    try:
        await asyncio.sleep(0)
        speaker.stdin.write(b"{}\n")
        while not speaker.stdout._buffer:  # type: ignore[attr-defined]
            await asyncio.sleep(0)
        for _ in range(later):
            await asyncio.sleep(0)
        listening.cancel()
        ended, _ = await asyncio.wait({listening}, timeout=SILENCE_MAX / 2)
        assert ended
    finally:
        speaker.kill()
        await speaker.wait()
        await asyncio.wait({listening})


def doing(kept: Kept) -> set[str]:
    return {state.doing for state in kept.states.values()}


async def are_right(database: Database, store: Store, mapper: SealingMapper, keyring: Keyring) -> None:
    """Check every cell of every read model against the log."""
    workshop = Workshop(database.app_url, store, mapper, keyring)
    for model in PROJECTIONS:
        assert (await workshop.verify(model.name)).is_clean, model.name


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
async def test_one_that_ends_or_hangs_is_followed_by_another_and_no_fact_is_missed(
    how: signal.Signals,
    read_models: ReadModels,
    database: Database,
    store: Store,
    mapper: SealingMapper,
    keyring: Keyring,
    positions: Positions,
) -> None:
    first = follower_of(os.getpid())
    story = Story().whole(rows=7)
    position = await story.record(store, mapper)
    os.kill(first, how)  # in the midst of it
    await reach(positions, position)
    told = story.position
    await until(lambda: followers_of(os.getpid()) not in (set(), {first}))
    await story.and_afterwards().record(store, mapper, after=told)
    await reach(positions, await store.last_position())
    assert not is_alive(first)
    await until(lambda: doing(read_models) == {"following"})
    await are_right(database, store, mapper, keyring)


async def test_a_stop_leaves_no_process_and_waits_for_none_that_hangs(
    read_models: ReadModels, capfd: pytest.CaptureFixture[str]
) -> None:
    follower = follower_of(os.getpid())
    await read_models.stop()
    assert not followers_of(os.getpid())
    assert not is_alive(follower)
    assert "Traceback" not in capfd.readouterr().err


async def test_a_stop_while_one_that_hangs_is_given_its_last_seconds_leaves_no_process(
    read_models: ReadModels,
) -> None:
    follower = follower_of(os.getpid())
    os.kill(follower, signal.SIGSTOP)
    await until(lambda: doing(read_models) == {"restarting"})
    await read_models.stop()
    left = is_alive(follower)
    if left:
        os.kill(follower, signal.SIGKILL)
    assert not left


async def test_of_two_houses_one_follows_and_the_other_takes_over(
    read_models: ReadModels, house: House, store: Store, mapper: SealingMapper, positions: Positions
) -> None:
    assert doing(read_models) == {"following"}
    async with house() as other:
        assert doing(other) == {"standing_by"}
        await read_models.stop()
        await until(lambda: doing(other) == {"following"})
        await reach(positions, await Story().whole().record(store, mapper))


async def test_where_no_process_can_follow_a_house_opens_and_says_so(
    store: Store, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    nowhere = Told(url="postgresql://nobody:secret@127.0.0.1:9/nothing", home=str(tmp_path), log_level="INFO")
    async with ReadModels(store, nowhere) as read_models:
        assert doing(read_models) == {"stopped"}
        assert {state.error for state in read_models.states.values()} == {"exit code 1"}
    said = capfd.readouterr()
    assert '"event": "read models stop"' in said.err
    assert "read models stand still" in said.err + said.out
    assert "go on" not in said.err + said.out
    assert "secret" not in said.err + said.out
    assert "Traceback" not in said.err


async def test_what_the_process_is_told_is_no_secret_given_away(
    house: House, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAMINAN_DATABASE_URL", database.app_url)
    monkeypatch.setenv("JAMINAN_DATABASE_ADMIN_URL", database.admin_url)
    async with house():
        follower = Path(f"/proc/{follower_of(os.getpid())}")
        for shown in ("cmdline", "environ"):
            text = (follower / shown).read_bytes()
            assert text
            assert database.app_url.encode() not in text
            assert database.admin_url.encode() not in text


@pytest.mark.parametrize("module", ["api.read_models", "api.processes"])
def test_it_knows_every_event_that_the_office_records(module: str) -> None:
    """It imports little; an event that it did not know would stop everything that it follows for."""
    knows = (
        f"import sys, {module}; from eventsourcing.utils import resolve_topic\n"
        "for topic in sys.argv[1:]: resolve_topic(topic)"
    )
    history = Path(__file__).parents[1] / "history"
    topics = sorted({file.name.rpartition(".v")[0] for file in history.glob("*.json")})
    assert len(topics) > 50
    subprocess.run([sys.executable, "-P", "-c", knows, *topics], check=True)


def enrolled(person: Person, roster: str) -> int:
    """Return how many members of a list the register shows; none as long as it is said to be behind."""
    answer = person.call("GET", "/v1/enrollments", params={"roster": roster})
    assert answer.status_code in (200, 503), answer.text
    return len(answer.json()["items"]) if answer.status_code == 200 else 0


def test_a_server_whose_follower_is_killed_answers_and_shows_what_is_new(home: Path) -> None:
    with serving(home) as (program, town):
        dinas = town.person("dinas", "sponsor_officer")
        for _ in range(3):
            killed = follower_of(program.process.pid)
            os.kill(killed, signal.SIGKILL)
            programme = stories.open_programme(town)
            roster = stories.upload_list(dinas, programme, stories.list_of(5)).json()["id"]
            wait_for(lambda: enrolled(dinas, roster) == 5)  # noqa: B023
            assert follower_of(program.process.pid) != killed
        ready = httpx2.get(f"{town.address}/readyz")
        assert ready.status_code == 200
        assert set(ready.json()["read_models"].values()) == {"following"}
        assert "read models go on in another process" in program.said
        assert program.end(signal.SIGTERM) == 0
        assert "Traceback" not in program.said
    assert not processes_of(home)


def test_a_server_that_is_killed_leaves_no_follower(home: Path) -> None:
    with serving(home) as (program, _):
        follower, postmaster = follower_of(program.process.pid), postmaster_of(home)
        assert program.end(signal.SIGKILL) == -signal.SIGKILL
        wait_for(lambda: not is_alive(follower), seconds=10)
        kill_postgres(postmaster)
        wait_for(lambda: not processes_of(home))


def test_a_follower_that_hangs_ends_with_its_server(home: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HANGS_WHEN_TOLD)
    with serving(home, PYTHONPATH=str(tmp_path)) as (program, _):
        follower, postmaster = follower_of(program.process.pid), postmaster_of(home)
        os.kill(follower, signal.SIGUSR1)
        assert program.end(signal.SIGKILL) == -signal.SIGKILL
        wait_for(lambda: not is_alive(follower), seconds=20)
        kill_postgres(postmaster)
        wait_for(lambda: not processes_of(home))


def test_a_follower_that_is_stopped_ends_with_its_server(home: Path) -> None:
    """Nothing in a stopped process can notice the end of another one: the kernel ends it."""
    with serving(home) as (program, _):
        follower, postmaster = follower_of(program.process.pid), postmaster_of(home)
        os.kill(follower, signal.SIGSTOP)
        try:
            assert program.end(signal.SIGKILL) == -signal.SIGKILL
            wait_for(lambda: not is_alive(follower), seconds=20)
        finally:
            with suppress(ProcessLookupError):
                os.kill(follower, signal.SIGKILL)
        kill_postgres(postmaster)
    assert not processes_of(home)


def test_a_server_told_to_stop_while_it_starts_ends_its_follower_before_the_database(home: Path) -> None:
    with running(home, "serve", "--demo", "--port", "0") as program:
        wait_for(lambda: followers_of(program.process.pid))
        assert program.end(signal.SIGTERM) == 0
        assert "Stopping PostgreSQL" in program.said
        assert "read models" not in program.said
    assert not processes_of(home)


def test_a_worker_has_a_follower_too_and_the_keys_of_a_terminal_end_both_in_order(home: Path) -> None:
    with running(home, "worker", JAMINAN_DEMO="1") as program:
        program.wait_to_say("working")
        follower = follower_of(program.process.pid)
        assert os.getsid(follower) != os.getsid(program.process.pid)
        assert program.end(signal.SIGINT) == 0
        assert not is_alive(follower)
        assert "Traceback" not in program.said
    assert not processes_of(home)

"""The program as an operator meets it: started, joined, stopped at any moment, and never leaving a process."""

import asyncio
import re
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx2
import pytest

from tests.acceptance import stories
from tests.faults.program import (
    database_of,
    empty_home,
    has_word,
    postmaster_of,
    processes_of,
    running,
    serving,
    taken_port,
    town_at,
    wait_for,
)
from workflows.library import OWN_FOLDER


@pytest.fixture
def home() -> Iterator[Path]:
    with empty_home() as folder:
        yield folder


@pytest.fixture(scope="module")
def used_home() -> Iterator[Path]:
    """A home that other tests have used, so that its database is there already."""
    with empty_home() as folder:
        yield folder


def asked(home: Path, query: str, *values: object) -> tuple[int, ...]:
    """Return the row that a question to the database gives, asked past the program."""

    async def ask() -> tuple[int, ...]:
        connection = await asyncpg.connect(database_of(home))
        try:
            return tuple(await connection.fetchrow(query, *values) or ())
        finally:
            await connection.close()

    return asyncio.run(ask())


def last_position(home: Path) -> int:
    """Return how far the log is; -1 while there is none."""
    try:
        return asked(home, "select coalesce(max(position), 0) from log.event")[0]
    except (OSError, ValueError, asyncpg.PostgresError):
        return -1


def number_of(home: Path, topic: str) -> tuple[int, ...]:
    """Return how often something happened, and in how many streams."""
    return asked(home, "select count(*), count(distinct stream) from log.event where topic = $1", topic)


def test_a_second_start_keeps_the_data_and_each_says_one_line(home: Path) -> None:
    with serving(home) as (program, town):
        programme = stories.open_programme(town)
        assert {program.process.pid, postmaster_of(home)} <= processes_of(home).keys()
        assert program.end(signal.SIGTERM) == 0
        assert program.rest() == ""
        assert not processes_of(home)
    with serving(home) as (program, town):
        found = town.person("dinas", "sponsor_officer").get(f"/v1/programmes/{programme}")
        assert found["name"] == stories.PROGRAMME["name"]
        assert program.end(signal.SIGINT) == 0
        assert program.rest() == ""
    assert not processes_of(home)


@pytest.mark.parametrize(
    ("moment", "how"), [("Setting up PostgreSQL", signal.SIGINT), ("Starting PostgreSQL", signal.SIGTERM)]
)
def test_told_to_stop_while_it_starts(home: Path, moment: str, how: signal.Signals) -> None:
    with running(home, "serve", "--demo", "--port", "0") as program:
        program.wait_to_say(moment)
        assert program.end(how) == 0
        assert program.rest() == ""
        assert "Traceback" not in program.said
    assert not processes_of(home)


def test_told_to_stop_in_the_middle_of_the_seed(home: Path) -> None:
    """What becomes of a seed that was killed, the tests of the demonstration say."""
    with running(home, "serve", "--demo", "--seed", "--port", "0") as program:
        wait_for(lambda: last_position(home) > 600 or program.process.poll() is not None)
        assert program.end(signal.SIGTERM) == 0, program.said
        assert program.rest() == "", "it was ready before the seed was done"
        assert "Traceback" not in program.said
    assert not processes_of(home)


def test_a_taken_port_is_one_sentence_and_starts_nothing(home: Path) -> None:
    with taken_port() as port, running(home, "serve", "--demo", "--port", str(port)) as program:
        assert program.end() == 1
        assert program.rest() == ""
        assert program.said == (
            f"port {port} of 127.0.0.1 is taken: stop the other program or give another --port\n"
        )
    assert not home.exists()


def test_two_first_starts_at_once_make_one_log(home: Path) -> None:
    command = ("serve", "--demo", "--port", "0")
    with running(home, *command) as one, running(home, *command) as other:
        addresses = {one.ready(), other.ready()}
        assert len(addresses) == 2
        for address in addresses:
            assert httpx2.get(f"{address}/readyz").json()["status"] == "ready"
            town = town_at(address, home)
            town.person("Rina", "verifier").get("/v1/worklist")  # one issuer for both
            town.close()
        one.process.terminate()
        assert (other.end(signal.SIGTERM), one.end()) == (0, 0)
    assert not processes_of(home)


def test_a_worker_alone(used_home: Path) -> None:
    with running(used_home, "worker", JAMINAN_DEMO="1") as program:
        program.wait_to_say("working")
        assert program.end(signal.SIGTERM) == 0
        assert program.rest() == ""
        assert "Traceback" not in program.said
    assert not processes_of(used_home)


def test_a_second_server_joins_and_takes_over_when_the_first_is_stopped(used_home: Path) -> None:
    with serving(used_home) as (first, here):
        postmaster = postmaster_of(used_home)
        with serving(used_home) as (second, there):
            assert "Joining the PostgreSQL that is running" in second.said
            assert postmaster_of(used_home) == postmaster
            programme = stories.open_programme(here)
            there.person("dinas", "sponsor_officer").get(f"/v1/programmes/{programme}")
            sent = stories.send_list(there, programme, stories.list_of(5))
            assert sent["accepted"] == 5

            assert first.end(signal.SIGTERM) == 0
            auditor = there.person("auditor", "auditor")
            wait_for(lambda: auditor.call("GET", f"/v1/programmes/{programme}").status_code == 200)
            wait_for(lambda: has_word(used_home) and postmaster_of(used_home) != postmaster)
            stories.send_list(there, stories.open_programme(there), stories.list_of(5, skip=5))
            assert second.end(signal.SIGTERM) == 0
    assert not processes_of(used_home)


def test_requests_under_way_are_answered_before_it_stops(used_home: Path) -> None:
    answers: list[httpx2.Response] = []
    with serving(used_home) as (program, town):
        programme = stories.open_programme(town)
        roster = stories.send_list(town, programme, stories.list_of(400, skip=10))["id"]
        dinas = town.person("dinas", "sponsor_officer")
        dinas.upload(f"/v1/rosters/{roster}/documents", "ENR_PKS")
        before = last_position(used_home)
        asking = threading.Thread(
            target=lambda: answers.append(
                dinas.call("POST", f"/v1/rosters/{roster}/steps/propose", json={"effective_on": "2023-09-01"})
            )
        )
        asking.start()
        wait_for(lambda: last_position(used_home) > before)
        assert program.end(signal.SIGTERM) == 0
        asking.join()
    [answer] = answers
    assert answer.status_code in (200, 202), answer.text
    with serving(used_home) as (program, town):  # what was not done is done now, once
        dinas = town.person("dinas", "sponsor_officer")

        def done() -> bool:
            [step] = dinas.get(f"/v1/rosters/{roster}")["steps"]
            return bool(step["state"] == "done" and step["done"] == 400)

        wait_for(done)
        assert program.end(signal.SIGTERM) == 0
    assert not processes_of(used_home)


def test_a_broken_definition_is_named_and_nothing_is_left_running(home: Path, tmp_path: Path) -> None:
    (tmp_path / "jkm-claim.v2.toml").write_text("name = 'jkm-claim'\nversion = 2\nsurprise = 1\n")
    command = ("serve", "--demo", "--port", "0", "--definitions", str(tmp_path))
    with running(home, *command) as program:
        assert program.end() == 1
        assert program.rest() == ""
        assert "jkm-claim.v2.toml" in program.said
        assert "Traceback" not in program.said
    assert not processes_of(home)


def test_a_definition_changed_without_a_new_version_is_refused_at_start(
    used_home: Path, tmp_path: Path
) -> None:
    shutil.copy(OWN_FOLDER / "jkm-claim.v1.toml", tmp_path / "jkm-claim.v7.toml")
    file = tmp_path / "jkm-claim.v7.toml"
    file.write_text(re.sub(r"(?m)^version = 1$", "version = 7", file.read_text()))
    with serving(used_home, JAMINAN_DEFINITIONS=str(tmp_path)) as (program, _):
        assert program.end(signal.SIGTERM) == 0
    file.write_text(file.read_text().replace('label_en = "Reported"', 'label_en = "Told"', 1))
    command = ("serve", "--demo", "--port", "0")
    with running(used_home, *command, JAMINAN_DEFINITIONS=str(tmp_path)) as program:
        assert program.end() == 1
        assert program.rest() == ""
        assert "jkm-claim@7 is known from the log with other content" in program.said
        assert "raise the version to 8" in program.said
        assert "Traceback" not in program.said
    assert not processes_of(used_home)

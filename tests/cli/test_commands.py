"""The command line beside a server and without one: what is printed where, and with which exit code."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.faults.program import JAMINAN, empty_home, processes_of, running, serving

DIRTY = Path(__file__).parents[1] / "data" / "pekalongan_dirty_60.csv"
EXPECTED = json.loads(DIRTY.with_suffix(".expected.json").read_text())
POISON = """
from uuid import uuid4
from eventsourcing.persistence import StoredEvent
from api.cli_house import in_house
from store.records import Append

event = StoredEvent(uuid4(), 1, "of a newer release", b"{}")
in_house(lambda house: house.store.append([Append(command_id=uuid4(), request=bytes(32), events=[event])]))
"""


@dataclass
class Desk:
    """A home with a programme, where a server runs or does not. It stays so until the last test here."""

    home: Path
    programme: str
    served: bool

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = command(self.home, *arguments, **environment)
        assert bool(processes_of(self.home)) == self.served
        return done

    def json(self, *arguments: str) -> Any:
        """Return what a command prints with --json: that, and nothing else."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def command(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(JAMINAN), *arguments],
        env={"JAMINAN_HOME": str(home), "PATH": "", "USER": "dinas", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with empty_home() as folder:
        yield folder


@pytest.fixture(scope="module")
def programme(home: Path) -> str:
    """A programme in a demonstration that ran and was stopped."""
    with serving(home) as (program, town):
        made = stories.open_programme(town)
        assert program.end(signal.SIGTERM) == 0
    return made


@pytest.fixture(scope="module", params=["while nothing serves", "while it serves"])
def desk(request: pytest.FixtureRequest, home: Path, programme: str) -> Iterator[Desk]:
    if request.param == "while nothing serves":
        yield Desk(home, programme, served=False)
        return
    with serving(home) as (program, _):
        yield Desk(home, programme, served=True)
        assert program.end(signal.SIGTERM) == 0
    assert not processes_of(home)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_an_import_told_to_stop_leaves_nothing_running(
    home: Path, programme: str, how: signal.Signals
) -> None:
    arguments = ("--programme", programme, "--effective-on", "2023-09-01")
    with running(home, "roster", "import", str(DIRTY), *arguments) as program:
        program.wait_to_run_postgres()
        assert program.end(how) == 128 + how
        assert program.rest() == ""
        assert "Traceback" not in program.said
    assert not processes_of(home)


def test_projection_status(desk: Desk) -> None:
    found = desk.json("projection", "status")
    assert {row["state"] for row in found} == {"following" if desk.served else "idle"}
    lines = desk.run("projection", "status").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [row["name"] for row in found]


def test_projection_verify(desk: Desk) -> None:
    found = desk.json("projection", "verify")
    assert found
    assert all(not one["differences"] for one in found)


def test_projection_rebuild_names_what_there_is(desk: Desk) -> None:
    done = desk.run("projection", "rebuild", "nonsense")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "There are: enrollment_register, claim_register" in done.stderr


def test_a_fact_that_no_read_model_can_take_in_is_named_in_a_sentence() -> None:
    with empty_home() as home:
        with serving(home) as (program, _):
            assert program.end(signal.SIGTERM) == 0
        subprocess.run([sys.executable, "-c", POISON], env={"JAMINAN_HOME": str(home)}, check=True)
        done = command(home, "projection", "rebuild")
        assert (done.returncode, done.stdout) == (1, "")
        assert "cannot take in a fact of the log: UnknownEvent at position " in done.stderr
        assert "Traceback" not in done.stderr


def test_doctor(desk: Desk) -> None:
    found = desk.json("doctor")
    assert found["simulated"] is True
    assert found["problems"] == []
    assert "postgresql://" not in json.dumps(found)
    assert desk.run("doctor").stdout.endswith("0 problems\n")


def test_token(desk: Desk) -> None:
    done = desk.run("token", "--as", "intake,verifier", "--name", "Budi", "--area", "3375")
    assert done.returncode == 0
    assert done.stdout.count(".") == 2
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_workflow_show_and_check(desk: Desk) -> None:
    shown = desk.run("workflow", "show", "jkm-claim@1")
    assert shown.returncode == 0
    assert shown.stdout.startswith("stateDiagram-v2")
    unknown = desk.run("workflow", "show", "jkm")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "There are: enrollment, jkm-claim" in unknown.stderr


def test_a_clean_list(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "daftar.csv"
    file.write_bytes(stories.list_of(300, skip=300 if desk.served else 0))
    done = import_list(desk, file)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("checked: 300 rows, 300 accepted, 0 refused\nroster ")
    assert "Checking rows" in done.stderr
    assert "300/300" in done.stderr


def test_a_list_with_refused_rows(desk: Desk) -> None:
    done = import_list(desk, DIRTY, "--json")
    assert done.returncode == 2, done.stderr
    view = json.loads(done.stdout)
    assert (view["status"], view["rows"]) == ("checked", 60)
    refused = {issue["row"] for issue in view["issues"] if issue["severity"] == "reject"}
    assert refused == {int(row) for row in EXPECTED["reject"]}
    assert view["rejected"] == len(refused)
    assert "Checking rows" not in done.stderr
    said = import_list(desk, DIRTY)
    assert said.returncode == 2
    assert f"{view['rejected']} refused" in said.stdout


def test_a_corrected_list_names_the_one_it_replaces(desk: Desk, tmp_path: Path) -> None:
    people = stories.workers(3)
    first, second = tmp_path / "daftar.csv", tmp_path / "daftar-2.csv"
    first.write_bytes(stories.list_with(people[:2]))
    second.write_bytes(stories.list_with(people))
    roster = import_list(desk, first).stdout.split()[-1]
    assert import_list(desk, first).stdout.split()[-1] == roster, "the same file is the same list"
    done = import_list(desk, second, "--replaces", roster)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        f"checked: 3 rows, 1 accepted, 0 refused\n2 unchanged from roster {roster}\n"
    )
    unknown = import_list(desk, second, "--replaces", "00000000-0000-0000-0000-000000000000")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "not_found: " in unknown.stderr and "Traceback" not in unknown.stderr


def test_a_list_that_is_none(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "daftar.csv"
    file.write_bytes(b"\0\1\2")
    done = import_list(desk, file)
    assert done.returncode == 2
    assert done.stdout.startswith("check_failed: ") or done.stdout.startswith("failed: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--programme", "x", "--effective-on", "2023-09-01"),
            "invalid: --programme is the id of a programme",
        ),
        (
            ("--programme", "00000000-0000-0000-0000-000000000000", "--effective-on", "2023-09-01"),
            "not_found: there is no case with this id",
        ),
        (("--programme", "x", "--effective-on", "tomorrow"), "--effective-on is a day, such as 2023-09-01"),
    ],
)
def test_an_import_that_is_refused(home: Path, programme: str, arguments: tuple[str, ...], said: str) -> None:
    done = command(home, "roster", "import", str(DIRTY), *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_without_a_log_is_named_and_left_alone() -> None:
    with empty_home() as nowhere:
        for arguments in (("doctor",), ("projection", "status"), ("projection", "verify")):
            done = command(nowhere, *arguments)
            assert (done.returncode, done.stdout) == (1, "")
            assert "Begin one with `jaminan serve`" in done.stderr
        assert not nowhere.exists()


def test_tokens_only_of_a_demonstration_and_only_for_roles_there_are() -> None:
    with empty_home() as real:
        with running(real, "serve", "--port", "0") as program:
            program.ready()
            done = command(real, "token", "--as", "intake")
            assert (done.returncode, done.stdout) == (1, "")
            assert "is not a demonstration" in done.stderr
            assert program.end(signal.SIGTERM) == 0
        with running(real, "serve", "--demo", "--port", "0") as program:
            assert program.end() == 1
            assert program.rest() == ""
            assert "a real one" in program.said
        assert not processes_of(real)
        done = command(real, "token", "--as", "king")
        assert (done.returncode, done.stdout) == (1, "")
        assert "there is no role 'king'" in done.stderr


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("JAMINAN_DEMO", "maybe", "JAMINAN_DEMO: "),
        ("JAMINAN_LOG_LEVEL", "loud", "JAMINAN_LOG_LEVEL: "),
        (
            "JAMINAN_DATABASE_URL",
            "postgresql://app:secret@127.0.0.1:1/none",
            "The database cannot be reached",
        ),
        ("JAMINAN_DATABASE_URL", "secret", "The database cannot be reached"),
        ("JAMINAN_DEFINITIONS", "/nowhere", "/nowhere: The folder of definitions does not exist"),
        ("JAMINAN_HOME", "/proc/nowhere", "/proc/nowhere: "),
    ],
)
def test_a_setting_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, variable: str, value: str, said: str
) -> None:
    done = command(tmp_path / "home", "serve", "--port", "0", **{variable: value})
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def import_list(desk: Desk, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    arguments = ("--programme", desk.programme, "--effective-on", "2023-09-01")
    return desk.run("roster", "import", str(file), *arguments, *options)


def test_what_a_command_imported_a_server_shows(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "daftar.csv"
    file.write_bytes(stories.list_of(3, skip=700))
    roster = import_list(desk, file).stdout.split()[-1]
    with serving(desk.home) as (program, town):
        assert town_sees(town, roster)["accepted"] == 3
        assert program.end(signal.SIGTERM) == 0


def town_sees(town: Town, roster: str) -> dict[str, Any]:
    return town.person("dinas", "sponsor_officer").get(f"/v1/rosters/{roster}")

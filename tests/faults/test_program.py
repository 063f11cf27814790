"""kill -9 and lost connections, of the whole program at work: nothing lost, nothing twice, and it goes on."""

import asyncio
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from api import processes, read_models
from api.bootstrap import READERS
from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.faults.crowd import Crowd, opens_programmes
from tests.faults.program import (
    Program,
    database_of,
    empty_home,
    kill_postgres,
    postmaster_of,
    processes_of,
    running,
    serving,
    wait_for,
)

pytestmark = pytest.mark.gate

WARD = "Kali Baros,Pekalongan Timur,Tukang becak,900000"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with empty_home() as folder:
        yield folder


def ask(home: Path, query: str, *values: object, admin: bool = False) -> list[Any]:
    """Ask the database past the program."""

    async def run() -> list[Any]:
        connection = await asyncpg.connect(database_of(home, admin=admin))
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    return asyncio.run(run())


def count(home: Path, topic: str) -> int:
    return int(ask(home, "select count(*) from log.event where topic = $1", topic)[0][0])


def everything_once(home: Path, acknowledged: Mapping[str, Mapping[str, Any]]) -> None:
    """Check that the log is dense and whole, and that it holds each acknowledged programme once, where it said."""
    rows = ask(home, "select position, stream, version, topic from log.event order by position")
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    versions = Counter(row["stream"] for row in rows)
    assert versions == {row["stream"]: row["version"] for row in rows}
    opened = {str(row["stream"]): row["position"] for row in rows if row["topic"] == "programme.opened"}
    assert len(opened) == sum(row["topic"] == "programme.opened" for row in rows)
    told = {answer["id"]: answer["position"] for answer in acknowledged.values()}
    assert len(told) == len(acknowledged)
    assert told.items() <= opened.items()
    remembered = ask(home, "select count(*), count(distinct id) from log.command")
    assert len(set(remembered[0])) == 1


def read_models_are_right(home: Path) -> None:
    with running(home, "projection", "verify") as program:
        assert program.end() == 0, program.rest()
        lines = program.rest().splitlines()
        assert lines
        assert all(line.endswith("equal to the log") for line in lines)


def crowd_of(town: Town, clients: int, *, goes_on: bool = False) -> Crowd:
    people = [town.person(f"dinas {n}", "sponsor_officer") for n in range(clients)]
    return Crowd(people, opens_programmes, goes_on=goes_on)


def big_list(rows: int, first: int = 0) -> bytes:
    """Return a list of synthetic workers nobody else has: serial numbers from 9000."""
    header = stories.list_of(0).decode()
    lines = []
    for n in range(first, first + rows):
        day, serial = n // 1000, 9000 + n % 1000
        born = f"{day % 28 + 1:02d}{day // 28 % 12 + 1:02d}80"
        born_on = f"1980-{day // 28 % 12 + 1:02d}-{day % 28 + 1:02d}"
        lines.append(
            f"{n + 1},337502{born}{serial},Pekerja Contoh,{born_on},L,Jl. Contoh No. 1,001,001,{WARD},0858{n:08d}\n"
        )
    return (header + "".join(lines)).encode()


def kill_both(program: Program, before: Callable[[], bool] = lambda: True) -> None:
    """Kill server and PostgreSQL. before: what must still be so when the server is dead."""
    postmaster = postmaster_of(program.home)
    assert program.end(signal.SIGKILL) == -signal.SIGKILL
    assert before(), "the kill came too late"
    kill_postgres(postmaster)


def test_what_was_acknowledged_survives_kills_of_the_server_and_of_postgresql(
    home: Path, long_gates: bool
) -> None:
    acknowledged: dict[str, dict[str, Any]] = {}
    for _ in range(10 if long_gates else 2):
        with serving(home) as (program, town):
            crowd = crowd_of(town, 16)
            crowd.start()
            wait_for(lambda: len(crowd.acknowledged) > 300 and crowd.rate() >= 50)  # noqa: B023
            kill_both(program)
            crowd.stop()
            assert crowd.rate() >= 50
            acknowledged |= crowd.acknowledged
        with serving(home) as (program, town):
            everything_once(home, acknowledged)
            for key in list(crowd.acknowledged)[-20:]:  # the same key gets the first answer
                by = town.person(crowd.sent_by[key], "sponsor_officer")
                assert opens_programmes(by, key).json() == acknowledged[key]
            everything_once(home, acknowledged)
            assert program.end(signal.SIGTERM) == 0
    read_models_are_right(home)
    assert not processes_of(home)


def test_a_list_a_bulk_step_and_a_contribution_go_on_after_kills(home: Path) -> None:
    rows = 3_000
    with serving(home) as (program, town):
        programme = stories.open_programme(town, target=rows, budget=10**12)
        dinas = town.person("dinas", "sponsor_officer")
        sent = dinas.call(
            "POST",
            "/v1/rosters",
            files={"file": ("daftar.csv", big_list(rows), "text/csv")},
            data={"programme_id": programme, "effective_on": "2023-09-01"},
        )
        roster = sent.json()["id"]
        wait_for(lambda: count(home, "roster.rows_checked") >= 1)
        kill_both(program, before=lambda: count(home, "roster.checked") == 0)
    steps = f"/v1/rosters/{roster}/steps"
    with serving(home) as (program, town):
        dinas = town.person("dinas", "sponsor_officer")
        view = stories.wait_for_check(dinas, roster)
        assert (view["status"], view["rows"], view["accepted"]) == ("checked", rows, rows), view["issues"][:3]
        once_for_each(home, "enrollment.begun", rows)
        once_for_each(home, "person.registered", rows)

        dinas.upload(f"/v1/rosters/{roster}/documents", "ENR_PKS")
        asking = asks(dinas, f"{steps}/propose", {"effective_on": "2023-09-01"})
        wait_for(lambda: count(home, "enrollment.worker_proposed") >= 1)
        assert program.end(signal.SIGKILL) == -signal.SIGKILL
        assert count(home, "roster.step_done") == 0, "the kill came too late"
        asking.join()
    with serving(home) as (program, town):
        assert "Taking over the PostgreSQL that is still running" in program.said
        wait_for(lambda: count(home, "roster.step_done") == 1)
        [step] = town.person("dinas", "sponsor_officer").get(f"/v1/rosters/{roster}")["steps"]
        assert (step["done"], step["refused"]) == (rows, [])
        once_for_each(home, "enrollment.worker_proposed", rows)

        carry_to_the_register(town, roster)
        kas = town.person("kas daerah", "finance")
        months = stories.MONTHS[:1]
        owed = kas.get(f"/v1/programmes/{programme}/invoice", roster_id=roster, months=months[0])
        assert owed["heads"] == rows
        paid = {"roster_id": roster, "months": months, "amount": owed["total"], "reference": "SP2D-1"}
        asking = asks(kas, f"/v1/programmes/{programme}/contributions", paid | {"paid_on": "2023-09-11"})
        wait_for(lambda: count(home, "enrollment.first_contribution_paid") >= 1)
        kill_both(program, before=lambda: count(home, "enrollment.first_contribution_paid") < rows)
        asking.join()
    with serving(home) as (program, town):
        wait_for(lambda: count(home, "enrollment.first_contribution_paid") == rows)
        once_for_each(home, "enrollment.first_contribution_paid", rows)
        assert count(home, "programme.contribution_received") == 1
        everything_once(home, {})
        assert program.end(signal.SIGTERM) == 0
    read_models_are_right(home)


def test_it_goes_on_when_all_its_connections_are_cut_and_when_postgresql_is_killed(
    home: Path, long_gates: bool
) -> None:
    rows = 500
    with serving(home) as (program, town):
        crowd = crowd_of(town, 8, goes_on=True)
        crowd.start()
        wait_for(lambda: crowd.acknowledged)
        programme = stories.open_programme(town, target=rows)
        dinas = town.person("dinas", "sponsor_officer")
        postmaster = postmaster_of(home)
        for again in range(20 if long_gates else 2):
            sent = list_sent(town, programme, big_list(rows, first=10_000 + rows * again))
            cut(home)
            wait_for(lambda: goes_on(crowd))
            checked = wait_for_check(dinas, sent)
            assert (checked["status"], checked["accepted"]) == ("checked", rows)
        wait_for(lambda: each_has_its_lock(home))

        kill_postgres(postmaster)
        wait_for(lambda: goes_on(crowd))
        assert postmaster_of(home) != postmaster
        sent = list_sent(town, programme, big_list(rows, first=90_000))
        assert wait_for_check(dinas, sent)["accepted"] == rows
        crowd.stop()
        assert crowd.answers.keys() <= {(201, ""), (503, "busy")}, crowd.answers
        wait_for(lambda: nothing_is_behind(home))
        assert each_has_its_lock(home)
        everything_once(home, crowd.acknowledged)
        assert program.process.poll() is None
        assert program.end(signal.SIGTERM) == 0
        assert "Traceback" not in program.said
    read_models_are_right(home)
    assert not processes_of(home)


def list_sent(town: Town, programme: str, content: bytes) -> str:
    """Send a list, again if the database is away for a moment."""
    dinas = town.person("dinas", "sponsor_officer")
    while True:
        answer = dinas.call(
            "POST",
            "/v1/rosters",
            files={"file": ("daftar.csv", content, "text/csv")},
            data={"programme_id": programme, "effective_on": "2023-09-01"},
        )
        if answer.status_code != 503:
            assert answer.status_code == 202, answer.text
            return str(answer.json()["id"])


def wait_for_check(person: Person, roster: str) -> dict[str, Any]:
    """Wait until a list is checked; while the database is away the answer may be that it is."""
    seen: dict[str, Any] = {}

    def checked() -> bool:
        answer = person.call("GET", f"/v1/rosters/{roster}")
        assert answer.status_code in (200, 503), answer.text
        seen.update(answer.json())
        return answer.status_code == 200 and bool(seen["status"] != "checking")

    wait_for(checked)
    return seen


def goes_on(crowd: Crowd) -> bool:
    """Tell whether commands sent from now on are acknowledged."""
    now = time.monotonic()
    wait_for(lambda: crowd.instants[-1] > now + 0.1)
    return True


WRITER_AND_BELL = 2  # sessions
OWN = READERS + WRITER_AND_BELL
OF_THOSE_KEPT = read_models.READERS + processes.READERS + 2 * WRITER_AND_BELL
OF_APP = "usename = 'jaminan_app' and pid <> pg_backend_pid()"


def cut(home: Path) -> None:
    """End every session that the program has."""
    ended = ask(home, f"select pg_terminate_backend(pid) from pg_stat_activity where {OF_APP}", admin=True)
    assert len(ended) > 5


def each_has_its_lock(home: Path) -> bool:
    """Tell whether each process and read model has its one session lock, and no session is left over."""
    followers = "(select count(*) from work.process) + (select count(*) from work.projection)"
    [[expected, appending]] = ask(home, f"select {followers}, 'log.event'::regclass::oid::bigint")
    held = "select count(*) from pg_locks where locktype = 'advisory' and objid <> $1"
    locks = ask(home, held, appending)[0][0]
    sessions = ask(home, f"select count(*) from pg_stat_activity where {OF_APP}", admin=True)[0][0]
    return bool(locks == expected and sessions <= OWN + OF_THOSE_KEPT + expected)


def nothing_is_behind(home: Path) -> bool:
    head = "(select coalesce(max(position), 0) from log.event)"
    behind = f"select from work.projection where position < {head}"
    return not ask(home, f"{behind} union all select from work.process where position < {head}")


def test_64_clients_at_once_get_answers_or_are_told_to_wait(home: Path, long_gates: bool) -> None:
    with serving(home) as (program, town):
        programme = stories.open_programme(town)
        roster = stories.send_list(town, programme, stories.list_of(97))["id"]
        town.person("dinas", "sponsor_officer").upload(f"/v1/rosters/{roster}/documents", "ENR_PKS")
        listed = town.person("pendaftaran", "intake").get("/v1/enrollments", roster=roster, limit=100)
        members = [member["id"] for member in listed["items"]]
        numbers = iter(range(10**9))

        def work(person: Person, key: str) -> httpx2.Response:
            n = next(numbers)
            path = f"/v1/enrollments/{members[n % len(members)]}"
            match n % 5:
                case 0:
                    return opens_programmes(person, key)
                case 1:
                    return person.call("GET", "/v1/enrollments", params={"limit": "50"})
                case 2:
                    return person.call("GET", path)
                case 3:
                    return person.call("POST", f"{path}/steps/verify", json={"effective_on": "2023-09-01"})
                case _:
                    headers = {"Idempotency-Key": key}
                    body = {"effective_on": "2023-09-01"}
                    return person.call("POST", f"{path}/steps/propose", json=body, headers=headers)

        crowd = Crowd([town.person(f"dinas {n}", "sponsor_officer") for n in range(64)], work)
        crowd.start()
        until, slowest = time.monotonic() + (120 if long_gates else 5), 0.0
        watch = town.person("watch", "auditor")
        proposed = "select from log.event where topic = 'enrollment.worker_proposed' and stream = any ($1)"
        given_up = until + 60  # by then every member's turn has come on any machine
        while time.monotonic() < until or (
            time.monotonic() < given_up and len(ask(home, proposed, members)) < len(members)
        ):
            began = time.monotonic()
            assert watch.call("GET", "/healthz").status_code == 200
            slowest = max(slowest, time.monotonic() - began)
        crowd.stop()
        assert slowest < 1.0, f"healthz took {slowest:.2f} s"
        allowed = {200, 201, 403, 409, 412, 503}
        assert {status for status, _ in crowd.answers} <= allowed, crowd.answers
        assert crowd.answers[503, "busy"] < crowd.answers.total() / 10
        assert len(ask(home, proposed, members)) == len(members)
        assert program.end(signal.SIGTERM) == 0
        assert "Traceback" not in program.said
    read_models_are_right(home)


def carry_to_the_register(town: Town, roster: str) -> None:
    """Take a proposed list through the steps up to REGISTERED."""
    dinas, ward = town.person("dinas", "sponsor_officer"), town.person("kelurahan", "ward_verifier")
    desk, day = town.person("pendaftaran", "intake"), {"effective_on": "2023-09-01"}
    decree = {"number": "460/112/2023", "issued_on": "2023-09-01", **day}
    ward.upload(f"/v1/rosters/{roster}/documents", "ENR_VERVAL")
    dinas.upload(f"/v1/rosters/{roster}/documents", "ENR_SK")
    for by, step, form in (
        (ward, "start_verification", day),
        (ward, "verify", day),
        (dinas, "issue_decree", decree),
        (desk, "register", day),
    ):
        outcome = by.post(f"/v1/rosters/{roster}/steps/{step}", form)
        assert outcome["state"] == "done" and not outcome["refused"], outcome


def once_for_each(home: Path, topic: str, rows: int) -> None:
    """Check that so many streams hold this event, each once."""
    found = ask(home, "select count(*), count(distinct stream) from log.event where topic = $1", topic)
    assert list(found[0]) == [rows, rows]


def asks(person: Person, path: str, body: Mapping[str, Any]) -> threading.Thread:
    """Send a request whose answer nobody waits for: the server will be killed meanwhile."""

    def send() -> None:
        with suppress(httpx2.TransportError):
            person.call("POST", path, json=body)

    asking = threading.Thread(target=send)
    asking.start()
    return asking

"""A house on a log that a test writes: what stands still or is broken, and cover as it was on a past day."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from api.bootstrap import House, open_house
from api.demo import issuer
from api.doctor import examine
from api.http.app import create_app
from api.kept import Told
from api.processes import Processes
from api.settings import Settings
from domain.fact import Fact
from store.records import Recorded
from tests.conftest import Database
from tests.projections.facts import Story, member
from workflows.runner import process_states, run_all, runners_of

NIK = "3375022108809999"


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=SecretStr(database.app_url),
        database_admin_url=SecretStr(database.admin_url),
        demo=True,
    )


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings, demo=True, begins=True) as house, house.read_models:
        yield house


@contextlib.asynccontextmanager
async def asked(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    """Ask the app of a house without a server between."""
    token = issuer.token(
        house.settings.home,
        roles=["auditor"],
        name="pemeriksa",
        area=None,
        audience=house.settings.audience,
        now=datetime.now(UTC),
    )
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(create_app(house)),
        base_url="http://house",
        headers={"Authorization": f"Bearer {token}"},
    ) as http:
        yield http


async def becomes(http: httpx2.AsyncClient, met: Callable[[httpx2.Response], bool]) -> dict[str, Any]:
    """Ask whether the house is ready until the answer is as expected."""
    async with asyncio.timeout(30):
        while not met(answer := await http.get("/readyz")):
            await asyncio.sleep(0.05)
    body: dict[str, Any] = answer.json()
    return body


class Stumbles:
    """A process that cannot answer a programme, until it is mended."""

    name = "stumbles"
    reads = frozenset({"programme.opened"})
    mended = False

    async def react(self, fact: Fact, record: Recorded) -> None:
        if not self.mended:
            raise KeyError(NIK)


def run(process: Stumbles, house: House) -> "asyncio.Task[None]":
    return asyncio.create_task(
        run_all(runners_of([process], house.store, house.mapper, house.database.app_url))
    )


async def test_a_process_that_stands_still_is_named_with_position_and_topic(
    house: House, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    process = Stumbles()
    told = Told(url=house.database.app_url, home=str(settings.home), log_level="INFO")
    house = replace(house, processes=Processes(told, names=[process.name]))
    story = Story()
    story.open_programme()
    async with asked(house) as http:
        assert (await http.get("/readyz")).json()["status"] == "ready"
        position = await story.record(house.store, house.mapper)
        running = run(process, house)
        try:
            body = await becomes(http, lambda answer: answer.status_code == 503)
            assert body["status"] == "stopped: stumbles"
            said = f"stands at position 0, before {position}: KeyError on programme.opened"
            assert body["processes"] == {"stumbles": said}
            found = await examine(settings)
            assert found.processes == {"stumbles": said}
            assert f"process stumbles {said}" in [one.problem for one in found.problems]
            assert NIK not in json.dumps(body) + str(list(found.lines())) + "".join(capsys.readouterr())
            process.mended = True
            body = await becomes(http, lambda answer: answer.status_code == 200)
            assert body["processes"] == {"stumbles": f"position {position}"}
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_a_process_that_no_longer_runs_keeps_nobody_from_being_ready(house: House) -> None:
    async with asked(house) as http:
        running = run(Stumbles(), house)
        try:
            story = Story()
            story.open_programme()
            await story.record(house.store, house.mapper)
            async with asyncio.timeout(30):
                while not any(state.stopped_at for state in await process_states(house.store)):
                    await asyncio.sleep(0.05)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert (await http.get("/readyz")).status_code == 200


async def test_where_no_process_can_run_the_house_opens_and_names_them(
    house: House, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    nowhere = "postgresql://nobody:secret@127.0.0.1:9/nothing"
    told = Told(url=nowhere, home=str(settings.home), log_level="INFO")
    async with Processes(told, names=["first", "second"]) as processes:
        async with asked(replace(house, processes=processes)) as http:
            answer = await http.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (503, "stopped: first, second")
    said = capfd.readouterr()
    assert "processes stand still" in said.err + said.out
    assert "secret" not in said.err + said.out
    assert "Traceback" not in said.err


async def test_the_cover_of_the_past_is_that_of_its_legal_day(house: House) -> None:
    """Months unpaid since then are no arrears of that day; an instant to come is judged as of today."""
    story = Story()
    story.open_programme()
    story.enroll(1)
    story.pay("2023-09", "2023-10", head_position=100)
    told = await story.command(house.mapper)
    [verdict] = await house.store.append([told], simulated_at=datetime(2023, 10, 2, tzinfo=UTC))
    assert verdict.recorded_at == datetime(2023, 10, 2, tzinfo=UTC)
    async with asked(house) as http:

        async def cover(**query: str) -> dict[str, Any]:
            answer = await http.get(f"/v1/enrollments/{member(1)}", params=query)
            assert answer.status_code == 200, answer.text
            found: dict[str, Any] = answer.json()["coverage"]
            return found

        assert (await cover(as_of="2023-10-20T00:00:00Z"))["status"] == "ACTIVE"
        assert await cover(as_of="2023-10-31T16:59:59Z") == await cover(as_of="2023-10-31T23:59:59+07:00")
        assert (await cover(as_of="2023-10-31T17:00:00Z"))["unpaid_months"] == ["2023-11"]
        assert (await cover(as_of="2024-03-01T00:00:00+07:00"))["status"] == "LAPSED"
        assert await cover() == await cover(as_of="2998-01-01T00:00:00Z")


async def test_a_fault_of_ours_is_a_page_to_people_and_a_problem_to_programs(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Columns are gone: nobody is told what broke, but everybody the number by which the log knows it."""
    people = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    async with asked(house) as http:
        assert (await http.post("/sign-in", data={"persona": "verifier"})).status_code == 303
        columns = await house.store.pool.fetch(
            "select table_name, column_name from information_schema.columns where table_schema = 'read'"
            " and table_name ~ 'worklist|claim_register' and column_name in ('status', 'case_id', 'claim_id')"
        )
        for table, column in columns:
            await house.store.pool.execute(f'alter table read."{table}" rename "{column}" to gone_{column}')
        told = await http.get("/claims?status=PAID", headers=people)
        number = told.headers["x-request-id"]
        assert told.status_code == 500 and told.headers["content-type"] == "text/html; charset=utf-8"
        assert "Ada kesalahan pada sistem kami" in told.text and number in told.text
        assert 'href="/claims?status=PAID"' in told.text and "UndefinedColumn" not in told.text
        assert told.headers["content-security-policy"]

        http.cookies.set("jaminan_language", "en")
        sent = await http.post("/search", data={}, headers=people)
        assert sent.status_code == 500
        assert "It may have been saved, or not" in sent.text and 'href="/work"' in sent.text

        for path, accepts in (("/v1/claims", people), ("/claims", {"Accept": "*/*"})):
            problem = await http.get(path, headers=accepts)
            assert (problem.status_code, problem.json()["code"]) == (500, "internal")
            assert problem.json()["request_id"] == problem.headers["x-request-id"]
    assert number in capsys.readouterr().out

"""The calendar of a house on a real log: days are told by themselves, and who looks sees whether they were."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr

from api import days
from api.bootstrap import House, open_house
from api.days import tell_day, watch_days
from api.doctor import examine
from api.settings import Settings
from domain.refusal import Busy
from tests.acceptance.silent import ENROLLMENT, claim_of, silence
from tests.conftest import Database
from workflows.days import legal_day
from workflows.processes.coverage_watch import DayBegan
from workflows.processes.deadlines import Deadlines
from workflows.watches import Watches

CLAIMS: Final = 12


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=SecretStr(database.app_url),
        database_admin_url=SecretStr(database.admin_url),
    )


@pytest.fixture
async def house(settings: Settings, database: Database) -> AsyncIterator[House]:
    """A house on a real log in which families fell silent long ago."""
    urls = (database.app_url, database.admin_url)
    await silence(settings.home, CLAIMS, urls=urls, simulated=False)
    async with open_house(settings) as house, house.read_models:
        yield house


@contextlib.asynccontextmanager
async def watched(house: House) -> AsyncIterator[None]:
    task = asyncio.create_task(watch_days(house))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(happened: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(30):
        while not await happened():
            await asyncio.sleep(0.02)


def today() -> DayBegan:
    return DayBegan(legal_day(datetime.now(UTC)), datetime.now(UTC))


async def statuses(house: House) -> set[str]:
    cases = await house.office.cases.load([ENROLLMENT, *(claim_of(n) for n in range(CLAIMS))])
    return {case.status for case in cases.values()}


async def test_at_start_up_everything_that_fell_due_meanwhile_is_made_up_for(house: House) -> None:
    async with watched(house):
        await until(lambda: house.watches.came_to_the_end("deadlines", today().day))
    assert await statuses(house) == {"REJECTED", "CLOSED"}
    states = {state.name: state.written for state in await house.watches.states()}
    assert states == {"coverage_watch": 0, "deadlines": 2 * (CLAIMS + 1)}


async def test_a_watch_that_stands_still_is_named_and_stops_no_other(
    house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "LOOK_EVERY", 0.05)
    away = True

    class Stumbles(Deadlines):
        async def day_began(self, fact: DayBegan, *, acted: bool = True) -> int:
            if away:
                raise KeyError("3375022108809999")
            return await super().day_began(fact, acted=acted)

    house = replace(house, deadlines=Stumbles(house.office, house.views.deadlines))
    async with watched(house):
        await until(lambda: house.watches.came_to_the_end("coverage_watch", today().day))

        async def stands() -> bool:
            return any(state.fault == "KeyError" for state in await house.watches.states())

        await until(stands)
        # The examination counts what the read model has; the watch may stumble before it has anything.
        await house.views.positions.wait_for("deadlines", await house.store.last_position(), timeout=30)
        found = await examine(settings)
        assert found.watches["deadlines"].endswith("stands still: KeyError")
        assert found.clocks_unwritten == CLAIMS + 1
        problems = [one.problem for one in found.problems]
        assert "watch deadlines stands still: KeyError" in problems
        assert f"{CLAIMS + 1} clocks ran out and are not on record as missed" in problems
        assert "3375022108809999" not in "".join(found.lines())
        away = False
        await until(lambda: house.watches.came_to_the_end("deadlines", today().day))
    assert await statuses(house) == {"REJECTED", "CLOSED"}


async def test_the_doctor_misses_the_day_that_nobody_told(house: House, settings: Settings) -> None:
    missing = [f"watch {name} was not told today" for name in ("coverage_watch", "deadlines")]

    async def named() -> list[str]:
        problems = (await examine(settings)).problems
        return [one.problem.partition(",")[0] for one in problems if one.problem.startswith("watch")]

    assert await named() == missing, "never"
    yesterday = today().day - timedelta(days=1)
    await tell_day(house, DayBegan(yesterday, datetime.now(UTC)))
    assert await named() == missing, "yesterday"
    await tell_day(house, today())
    assert await named() == []


async def test_a_day_is_told_by_one_at_a_time_and_asked_for_by_hand_waits(house: House) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(fact: DayBegan) -> int:
        begun.set()
        await go_on.wait()
        return 1

    async def quick(fact: DayBegan) -> int:
        return 2

    other = Watches(house.store, house.database.app_url)
    first = asyncio.create_task(house.watches.tell("deadlines", slow, today()))
    await begun.wait()
    assert await other.tell("deadlines", quick, today()) is None
    by_hand = asyncio.create_task(other.tell("deadlines", quick, today(), patient=True))
    await asyncio.sleep(0.5)
    assert not by_hand.done()
    go_on.set()
    assert (await first, await by_hand) == (1, 2)


async def test_who_is_cancelled_half_way_keeps_nobody_waiting(house: House) -> None:
    begun = asyncio.Event()

    async def never(fact: DayBegan) -> int:
        begun.set()
        await asyncio.Event().wait()
        return 0

    first = asyncio.create_task(house.watches.tell("deadlines", never, today()))
    await begun.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert await house.watches.tell("deadlines", house.deadlines.day_began, today(), patient=True) == 26


async def test_a_clock_that_runs_ahead_of_the_databases_punishes_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Ahead":
            return cls(2035, 1, 1, tzinfo=tz)

    monkeypatch.setattr(days, "datetime", Ahead)
    assert (await days._now(house)).year < 2035


async def test_a_busy_log_leaves_what_is_due_as_it_is(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "LOOK_EVERY", 0.05)
    looks: list[bool] = []

    class Hindered(Deadlines):
        async def day_began(self, fact: DayBegan, *, acted: bool = True) -> int:
            looks.append(acted)
            if len(looks) == 2:
                raise Busy("the log takes nothing now")
            return await super().day_began(fact, acted=acted)

    house = replace(house, deadlines=Hindered(house.office, house.views.deadlines))

    async def looked() -> bool:
        return len(looks) >= 4

    async with watched(house):
        await until(looked)
    assert looks[:4] == [True, False, True, False], "once a day, and again after a fault"


def test_legal_days_are_those_of_jakarta() -> None:
    midnight = datetime(2024, 2, 28, 17, 0, tzinfo=UTC)
    assert legal_day(midnight - timedelta(seconds=1)) == date(2024, 2, 28)
    assert legal_day(midnight) == date(2024, 2, 29)

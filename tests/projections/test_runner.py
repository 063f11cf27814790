"""The runner against a real store: facts become visible, and no fault makes it lose or repeat one."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.claim.events import CaseClosed, DeathReported
from domain.refusal import Busy
from projections.catalogue import PROJECTIONS
from projections.claim_register.projection import ClaimRegister
from projections.claim_register.view import ClaimRegisterView
from projections.enrollment_register.view import EnrollmentRegisterView
from projections.log import Entry
from projections.positions import Positions
from projections.rebuild import Workshop
from projections.runner import Runner
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Append, Store
from tests.conftest import Database
from tests.projections.facts import CLAIM, Story, member
from tests.store.facts import event

ON = date(2023, 10, 20)
TIMEOUT = 60.0  # seconds; where all processors are at work a process takes its time to start


@pytest.fixture
def make_runner(
    database: Database, store: Store, mapper: SealingMapper, keyring: Keyring
) -> Callable[[], Runner]:
    return lambda: Runner(database.app_url, store, mapper, keyring)


@pytest.fixture
async def runner(make_runner: Callable[[], Runner]) -> AsyncIterator[Runner]:
    async with make_runner() as running:
        yield running


@pytest.fixture
def workshop(database: Database, store: Store, mapper: SealingMapper, keyring: Keyring) -> Workshop:
    return Workshop(database.app_url, store, mapper, keyring)


async def reach(positions: Positions, position: int) -> None:
    for model in PROJECTIONS:
        await positions.wait_for(model.name, position, TIMEOUT)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not condition():
            await asyncio.sleep(0.02)


async def test_what_is_appended_becomes_visible_in_every_read_model(
    store: Store, mapper: SealingMapper, positions: Positions, runner: Runner, workshop: Workshop
) -> None:
    story = Story().whole()
    position = await story.record(store, mapper)
    await reach(positions, position)
    page = await EnrollmentRegisterView(store.pool, positions).page(on=ON)
    assert [(one.name, one.status) for one in page.items] == [(f"PEKERJA {n}", "ACTIVE") for n in (1, 2, 3)]
    assert page.position == position
    claim = await ClaimRegisterView(store.pool).get(CLAIM)
    assert claim is not None
    assert claim.status == "CLOSED"
    statuses = await workshop.status()
    assert [(one.name, one.lag, one.state, one.error) for one in statuses] == [
        (model.name, 0, "following", None) for model in PROJECTIONS
    ]


async def test_waiting_for_a_position_that_does_not_come_is_busy(
    positions: Positions, runner: Runner
) -> None:
    with pytest.raises(Busy) as busy:
        await positions.wait_for("worklist", 1, 0.05)
    assert busy.value.detail["name"] == "worklist"


async def test_a_poison_event_stops_only_the_models_that_read_it(
    store: Store,
    mapper: SealingMapper,
    positions: Positions,
    runner: Runner,
    workshop: Workshop,
    admin: "asyncpg.Connection[Any]",
) -> None:
    """A closing of a claim that nobody reported: the timeline takes it, the registers cannot."""
    story = Story()
    story.open_programme()
    story.enroll(1)
    poison = uuid4()
    story.tell(CaseClosed, poison)
    story.enroll(2)
    last = await story.record(store, mapper)
    for name in ("enrollment_register", "case_timeline", "programme_ledger"):
        await positions.wait_for(name, last, TIMEOUT)
    await until(lambda: runner.states["claim_register"].doing == "stopped")
    await until(lambda: runner.states["worklist"].doing == "stopped")
    async with asyncio.timeout(TIMEOUT):  # what the runner knows is written down a moment later
        while True:
            [status] = [one for one in await workshop.status() if one.name == "claim_register"]
            if status.error is not None:
                break
            await asyncio.sleep(0.01)
    assert (status.state, status.position, status.lag) == ("stopped", 4, 4)
    assert status.error is not None
    assert (status.error["position"], status.error["stream"], status.error["topic"]) == (
        5,
        str(poison),
        "claim.closed",
    )
    assert status.error["what"].startswith("KeyError in Rows.__getitem__")
    assert "PEKERJA" not in json.dumps(status.error)


async def test_a_fact_that_the_database_refuses_is_found_among_its_neighbours(
    store: Store, mapper: SealingMapper, positions: Positions, runner: Runner, workshop: Workshop
) -> None:
    """PostgreSQL has no text with a zero character; only those that write this text stop."""
    story = Story()
    story.enroll(1)
    story.open_programme(name="a\0b")
    story.enroll(2)
    last = await story.record(store, mapper)
    await positions.wait_for("enrollment_register", last, TIMEOUT)
    await until(lambda: runner.states["programme_ledger"].doing == "stopped")
    [status] = [one for one in await workshop.status() if one.name == "programme_ledger"]
    assert status.error is not None
    assert (status.position, status.error["position"], status.error["topic"]) == (3, 4, "programme.opened")


class Fragile(ClaimRegister):
    """A register with a fault that a new release mends."""

    broken = True

    def report(self, fact: DeathReported, entry: Entry) -> None:
        if self.broken:
            raise ValueError("PEKERJA 1")
        super().report(fact, entry)

    reads = ClaimRegister.reads | {DeathReported: report}


async def test_a_stopped_model_goes_on_when_somebody_has_mended_it(
    database: Database,
    store: Store,
    mapper: SealingMapper,
    keyring: Keyring,
    positions: Positions,
    workshop: Workshop,
) -> None:
    story = Story().whole()
    async with Runner(database.app_url, store, mapper, keyring, [Fragile]) as runner:
        last = await story.record(store, mapper)
        await until(lambda: runner.states["claim_register"].doing == "stopped")
        assert "PEKERJA" not in (runner.states["claim_register"].error or "PEKERJA")
        Fragile.broken = False
        await workshop.rebuild("claim_register")
        await until(lambda: runner.states["claim_register"].doing == "following")
        told = story.position
        story.enroll(9)
        await story.record(store, mapper, told)
        await positions.wait_for("claim_register", last + 3, TIMEOUT)


async def test_a_fact_of_a_newer_release_stops_instead_of_being_passed_over(
    store: Store, mapper: SealingMapper, runner: Runner
) -> None:
    story = Story()
    story.open_programme()
    [known] = (await mapper.seal(story.facts)).events
    await store.append(
        [Append(command_id=uuid4(), request=b"", events=[known, event(topic="claim.blessed")])]
    )
    await until(lambda: {state.doing for state in runner.states.values()} == {"stopped"})
    assert "claim.blessed" in (runner.states["case_timeline"].error or "")


async def test_killed_connections_are_replaced_and_nothing_is_lost(
    store: Store,
    mapper: SealingMapper,
    positions: Positions,
    runner: Runner,
    workshop: Workshop,
    admin: "asyncpg.Connection[Any]",
) -> None:
    """Those that listen, those that fold and those that read are killed, again and again."""
    story = Story()
    story.open_programme()
    await story.record(store, mapper)
    commands = []
    for row in range(1, 6):
        told = story.position
        story.enroll(row)
        commands.append(await story.command(mapper, told))
    view = EnrollmentRegisterView(store.pool, positions)
    for command in commands:
        await store.append([command])
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and usename = 'jaminan_app'"
        )
        await view.page(on=ON)
    await reach(positions, story.position)
    for model in PROJECTIONS:
        assert (await workshop.verify(model.name)).is_clean


async def test_of_two_runners_one_stands_by_and_takes_over(
    store: Store, mapper: SealingMapper, positions: Positions, make_runner: Callable[[], Runner]
) -> None:
    first, second = make_runner(), make_runner()
    story = Story()
    story.open_programme()
    async with second:
        async with first:
            await until(
                lambda: all(state.doing != "starting" for r in (first, second) for state in r.states.values())
            )
            for model in PROJECTIONS:
                doing = {first.states[model.name].doing, second.states[model.name].doing}
                assert doing == {"following", "standing_by"}
            await reach(positions, await story.record(store, mapper))
        told = story.position
        story.enroll(1)
        await reach(positions, await story.record(store, mapper, told))
        assert {state.doing for state in second.states.values()} == {"following"}
    assert await EnrollmentRegisterView(store.pool, positions).get(member(1), on=ON)


async def test_read_models_that_keep_up_share_a_transaction(
    store: Store,
    mapper: SealingMapper,
    positions: Positions,
    runner: Runner,
    admin: "asyncpg.Connection[Any]",
) -> None:
    await reach(positions, await Story().whole().record(store, mapper))
    written_by = {
        row["name"]: row["xmin"] for row in await admin.fetch("select name, xmin::text from work.projection")
    }
    assert {model.name for model in PROJECTIONS} == written_by.keys()
    together = {written_by[model.name] for model in PROJECTIONS if not model.alone}
    assert len(together) == 1
    assert together.isdisjoint({written_by[model.name] for model in PROJECTIONS if model.alone})


@pytest.mark.parametrize(
    "hold",
    [
        "lock table read.worklist in access exclusive mode",
        "select from work.projection where name = 'worklist' for update",
    ],
)
async def test_one_that_somebody_holds_stays_behind_alone(
    store: Store,
    mapper: SealingMapper,
    positions: Positions,
    runner: Runner,
    admin: "asyncpg.Connection[Any]",
    hold: str,
) -> None:
    story = Story().whole()
    first = await story.record(store, mapper)
    await reach(positions, first)
    async with admin.transaction():
        await admin.execute(hold)
        story.handle()
        last = await story.record(store, mapper, first)
        for model in PROJECTIONS:
            if model.name != "worklist":
                await positions.wait_for(model.name, last, TIMEOUT)
        with pytest.raises(Busy):
            await positions.wait_for("worklist", last, 0.3)
    await positions.wait_for("worklist", last, TIMEOUT)
    assert {state.doing for state in runner.states.values()} == {"following"}

"""Rebuilt equals live, differences are found and named, and a new version takes over while the old one serves."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.utils import get_topic

from domain.claim.events import CaseClosed
from domain.definition.events import DefinitionPublished
from domain.delegation.events import DelegationGranted, DelegationRevoked
from domain.enrollment.events import MemberRegistered
from domain.fact import Fact
from domain.person.events import CorrectionProposed, PersonRegistered
from domain.refusal import Busy
from projections.case_timeline.projection import CaseTimeline
from projections.catalogue import PROJECTIONS
from projections.claim_register.projection import ClaimRegister
from projections.claim_register.view import ClaimRegisterView
from projections.delegation_register.projection import DelegationRegister
from projections.enrollment_register.view import EnrollmentRegisterView
from projections.log import Log
from projections.positions import Positions, install, move, page_at, snapshot
from projections.reader import Poisoned, Table
from projections.rebuild import Workshop
from projections.runner import Runner
from projections.stretch import Stretch
from store.mapper import SealingMapper
from store.records import Append
from store.sealing import Keyring
from store.store import Store
from tests.conftest import Database
from tests.projections.facts import CLAIM, Story, feed, member, person
from tests.projections.test_runner import reach, until

ON = date(2023, 10, 20)


@pytest.fixture(params=["in one process", "in two"])
def workshop(
    database: Database,
    store: Store,
    mapper: SealingMapper,
    keyring: Keyring,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Workshop:
    """Works in two processes as it does on two cores with a long log."""
    monkeypatch.setattr("projections.rebuild.WORTH_IT", 0)
    monkeypatch.setattr("projections.rebuild.cores", lambda: 2 if request.param == "in two" else 1)
    monkeypatch.setattr("projections.apart.STOP_MAX", 60.0)  # on a busy machine
    monkeypatch.setattr("projections.stretch.READ", 7)  # a story is short
    return Workshop(database.app_url, store, mapper, keyring)


@pytest.fixture
async def served(
    database: Database, store: Store, mapper: SealingMapper, keyring: Keyring, positions: Positions
) -> AsyncIterator[Runner]:
    """All read models, live, with a whole story in the log."""
    async with Runner(database.app_url, store, mapper, keyring) as runner:
        await reach(positions, await Story().whole().and_afterwards().record(store, mapper))
        yield runner


async def contents(db: "asyncpg.Connection[Any]") -> dict[str, list[str]]:
    return {
        table.name: [row[0] for row in await db.fetch(f"select t::text from {table.name} t order by 1")]
        for model in PROJECTIONS
        for table in model.tables
    }


async def indexes(db: "asyncpg.Connection[Any]") -> list[str]:
    """Return what each index of a read model is, keys among them, without its name."""
    return [
        row[0]
        for row in await db.fetch(
            r"select regexp_replace(indexdef, 'INDEX \S+ ', '') from pg_indexes"
            " where schemaname in ('read', 'personal') order by 1"
        )
    ]


async def test_facts_that_only_others_take_in_are_not_read(
    store: Store, mapper: SealingMapper, served: Runner
) -> None:
    end, passed = await store.last_position(), list[int]()
    stretch = Stretch(Log(store, mapper), 0, end, [DelegationRegister], passed.append)
    read = [entry.topic async for page in stretch.pages() for entry in page]
    assert {*read} == {*DelegationRegister.topics()}
    assert passed[-1] == end


async def test_rebuilt_equals_live(
    store: Store,
    mapper: SealingMapper,
    workshop: Workshop,
    positions: Positions,
    served: Runner,
    admin: "asyncpg.Connection[Any]",
) -> None:
    live, found_by = await contents(admin), await indexes(admin)
    assert all(live.values())
    end = await store.last_position()
    assert await workshop.rebuild() == {model.name: end for model in PROJECTIONS}
    assert workshop.progress.done == workshop.progress.up_to == end
    assert await contents(admin) == live
    assert await indexes(admin) == found_by
    story = Story().whole().and_afterwards()
    told = story.position
    story.enroll(9)
    await reach(positions, await story.record(store, mapper, told))  # and life goes on
    verified = await workshop.verify_together()
    assert [one.name for one in verified] == [model.name for model in PROJECTIONS]
    for verification in verified:
        assert verification.is_clean, verification
        assert verification.position == story.position
    left = "select count(*) from pg_class where relkind = 'r' and relname like '%\\_\\_beside'"
    assert await admin.fetchval(left) == 0


async def test_rows_do_not_depend_on_how_the_log_is_cut_into_pages(
    store: Store, keyring: Keyring, admin: "asyncpg.Connection[Any]"
) -> None:
    story = Story().whole().and_afterwards()
    story.pay("2023-11", heads=2)
    story.pay("2023-11", rows=[1, 2])
    story.enroll(4)
    story.pay("2023-12", head_position=story.position - 5)
    folded = []
    for page in (1, 2, 7, 1_000):
        for model in PROJECTIONS:
            await feed(store, model(keyring), story, page)
        folded.append(await contents(admin))
        for name in folded[0]:
            await admin.execute(f"truncate {name}")
    assert all(folded[0].values())
    assert folded == folded[:1] * 4


async def test_a_cell_that_was_altered_is_named_without_its_value(
    workshop: Workshop, served: Runner, admin: "asyncpg.Connection[Any]"
) -> None:
    await admin.execute(
        "update personal.enrollment_person set name = 'MALLORY' where person_id = $1", person(1)
    )
    await admin.execute("delete from read.enrollment_register where enrollment_id = $1", member(2))
    await admin.execute("update read.claim_register set paid_amount = 1, paid_on = null")
    await admin.execute(
        "insert into read.case_timeline select position + 1000, case_id, version, event, step, from_status,"
        " to_status, actor, roles, recorded_at, decided_at, effective_on, definition, evidence, clocks, flags,"
        " data, on_behalf_of from read.case_timeline where event = 'claim.filed'"
    )
    found = [
        (difference.table, difference.key.split("/")[0], difference.column, difference.kind)
        for one in await workshop.verify_together()
        for difference in one.differences
    ]
    assert found == [
        ("read.enrollment_register", str(member(2)), "", "missing"),
        ("personal.enrollment_person", str(person(1)), "name", "differs"),
        ("read.claim_register", str(CLAIM), "paid_amount", "differs"),
        ("read.claim_register", str(CLAIM), "paid_on", "differs"),
        ("read.case_timeline", str(CLAIM), "", "extra"),
    ]
    await workshop.rebuild()
    for model in PROJECTIONS:
        assert (await workshop.verify(model.name)).is_clean


async def test_rows_of_an_erased_person_become_what_a_rebuild_without_the_key_writes(
    store: Store,
    workshop: Workshop,
    keyring: Keyring,
    positions: Positions,
    served: Runner,
    admin: "asyncpg.Connection[Any]",
) -> None:
    await admin.execute(
        "update log.data_key set wrapped = null, erased_at = now() where subject_id = $1", person(1)
    )
    keyring.distrust(person(1))
    found = (await workshop.verify("enrollment_register")).differences
    assert {(one.key, one.column) for one in found} == {(str(person(1)), "name"), (str(person(1)), "nik")}
    await workshop.rebuild("enrollment_register")
    assert (await workshop.verify("enrollment_register")).is_clean
    erased = await EnrollmentRegisterView(store.pool, positions).get(member(1), on=ON)
    assert erased is not None
    assert (erased.name, erased.nik, erased.status) == (None, None, "ACTIVE")


def shown(fact: Fact) -> bool:
    """Whether the timeline of some case shows a fact."""
    return not isinstance(
        fact,
        DefinitionPublished | PersonRegistered | CorrectionProposed | DelegationGranted | DelegationRevoked,
    )


COUNT = "select count(*) as rows from read.case_timeline"


async def by_snapshot(store: Store) -> tuple[int, int]:
    async with snapshot(store.pool, CaseTimeline) as (db, position):
        return await db.fetchval(COUNT), position


async def by_page(store: Store) -> tuple[int, int]:
    [row], position = await page_at(store.pool, CaseTimeline, COUNT, order="rows")
    return row["rows"], position


@pytest.mark.parametrize("look_up", [by_snapshot, by_page])
async def test_readers_see_rows_and_position_of_one_moment_while_models_are_swapped(
    store: Store,
    mapper: SealingMapper,
    workshop: Workshop,
    positions: Positions,
    served: Runner,
    look_up: Callable[[Store], Awaitable[tuple[int, int]]],
) -> None:
    """Whenever one looks, the timeline holds exactly the facts of cases up to its position."""
    story = Story().whole().and_afterwards()
    unseen = sum(not shown(fact) for fact in story.facts)
    looked = 0

    async def look() -> None:
        nonlocal looked
        while True:
            rows, position = await look_up(store)
            assert rows == position - unseen
            looked += 1
            await asyncio.sleep(0)

    looking = [asyncio.create_task(look()) for _ in range(3)]
    for row in range(20, 26):
        told = story.position
        story.begin(row)
        await story.record(store, mapper, told)
        await workshop.rebuild("case_timeline")
    await positions.wait_for("case_timeline", story.position, 10)
    for task in looking:
        task.cancel()
    results = await asyncio.gather(*looking, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results), results
    assert looked > 20


class ClaimRegisterNext(ClaimRegister):
    """The next version of a read model, which has a table more."""

    version = ClaimRegister.version + 1
    tables = (  # type: ignore[assignment]  # one more than the class before it
        *ClaimRegister.tables,
        Table("read.claim_more", "id uuid not null", key=("id",)),
    )


async def test_a_new_version_is_built_beside_and_swapped_in_while_the_old_one_serves(
    database: Database,
    store: Store,
    mapper: SealingMapper,
    keyring: Keyring,
    positions: Positions,
    served: Runner,
) -> None:
    old = ClaimRegisterView(store.pool)
    assert await old.get(CLAIM)
    async with Runner(database.app_url, store, mapper, keyring, [ClaimRegisterNext]) as newer:
        await until(lambda: newer.states["claim_register"].doing in {"standing_by", "following"})
        async with snapshot(store.pool, ClaimRegisterNext) as (db, position):
            assert await db.fetchval("select count(*) from read.claim_register") == 1
            assert await db.fetchval("select count(*) from read.claim_more") == 0
            assert position == await store.last_position()
        for look in (old.get(CLAIM), old.page(), old.page(area="33")):
            with pytest.raises(Busy):  # a view of the old release refuses rather than guesses
                await look
        story = Story().whole().and_afterwards()
        told = story.position
        story.enroll(9)
        end = await story.record(store, mapper, told)
        await until(lambda: served.states["claim_register"].doing == "superseded")
        await until(lambda: newer.states["claim_register"].doing == "following")
        await positions.wait_for("claim_register", end, 10)


async def test_a_query_that_does_not_fit_the_release_before_is_to_be_asked_again(
    store: Store, served: Runner
) -> None:
    query = "select id, new_here from read.claim_register"
    for model, refusal in ((ClaimRegisterNext, Busy), (ClaimRegister, asyncpg.UndefinedColumnError)):
        with pytest.raises(refusal):
            await page_at(store.pool, model, query, order="id")


async def test_one_model_is_built_by_one_at_a_time(workshop: Workshop, served: Runner) -> None:
    outcomes = await asyncio.gather(
        *(workshop.rebuild("case_timeline") for _ in range(3)), return_exceptions=True
    )
    assert any(isinstance(outcome, dict) for outcome in outcomes)
    assert all(isinstance(outcome, dict | Busy) for outcome in outcomes), outcomes


async def test_the_garbage_collector_is_left_as_it_was_found(workshop: Workshop, served: Runner) -> None:
    usual, found = gc.get_threshold(), (50_000, 2_000, 50)
    gc.set_threshold(*found)
    try:
        await asyncio.gather(*(workshop.rebuild(model.name) for model in PROJECTIONS[:3]))
        assert gc.get_threshold() == found
    finally:
        gc.set_threshold(*usual)


async def test_an_event_that_cannot_be_read_stops_a_rebuild_with_its_position(
    store: Store, mapper: SealingMapper, workshop: Workshop
) -> None:
    story = Story()
    story.open_programme()
    await story.record(store, mapper)
    damaged = StoredEvent(uuid4(), 1, get_topic(CaseClosed), b'{"actor":7}')
    await store.append([Append(command_id=uuid4(), request=b"", events=[damaged])])
    for name in ("claim_register", "case_timeline"):
        with pytest.raises(Poisoned, match="position 2"):
            await workshop.rebuild(name)


async def test_a_page_gives_up_a_table_soon_and_waits_for_its_commit(
    database: Database,
) -> None:
    """A commit with a notification waits for those of others, which may take longer than a table is waited for."""
    connection = await asyncpg.connect(database.app_url, server_settings={"lock_timeout": "100ms"})
    await install(connection, PROJECTIONS[:1])
    async with connection.transaction():
        await move(connection, [PROJECTIONS[0]], 0)
        assert await connection.fetchval("show lock_timeout") == "0"
    assert await connection.fetchval("show lock_timeout") == "100ms"
    await connection.close()


async def test_a_rebuild_that_meets_poison_leaves_what_serves_alone(
    store: Store, mapper: SealingMapper, workshop: Workshop, admin: "asyncpg.Connection[Any]"
) -> None:
    story = Story()
    story.open_programme()
    story.tell(CaseClosed, uuid4())
    await story.record(store, mapper)
    with pytest.raises(Poisoned, match="position 2"):
        await workshop.rebuild("claim_register")
    assert await admin.fetchval("select count(*) from read.claim_register") == 0
    assert (await workshop.rebuild("case_timeline")) == {"case_timeline": 2}


@pytest.mark.parametrize("stops", ["claim_register", "enrollment_register"])
async def test_poison_ends_a_rebuild_of_all_in_whichever_process_it_is_met(
    stops: str, store: Store, mapper: SealingMapper, workshop: Workshop, admin: "asyncpg.Connection[Any]"
) -> None:
    story = Story()
    story.open_programme()
    if stops == "claim_register":
        story.tell(CaseClosed, uuid4())
    else:
        story.tell(MemberRegistered, uuid4(), number="PKL-1")
    await story.record(store, mapper)
    with pytest.raises(Poisoned, match="position 2") as poisoned:
        await workshop.rebuild()
    assert poisoned.value.position == 2
    left = "select count(*) from pg_class where relkind = 'r' and relname like '%\\_\\_beside'"
    assert await admin.fetchval(left) == 0

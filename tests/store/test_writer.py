"""The group commit: what shares a commit, what waits, who goes first, and what a fault may cost."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg
import pytest

from domain.refusal import Busy
from store import writer
from store.migrate import initialise
from store.store import Append, NaturalKey, Store, Verdict
from tests.conftest import Database
from tests.store.facts import command, commands, event

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@asynccontextmanager
async def held(admin: Admin) -> AsyncIterator[None]:
    """Hold the append lock, as a stray session might."""
    async with admin.transaction():
        await admin.execute("select pg_advisory_xact_lock('log.event'::regclass::oid::bigint)")
        yield


async def in_flight(admin: Admin, kind: str = "advisory") -> int:
    """Wait until the writer waits for the lock, or for one of another kind; return the process id of its session."""
    async with asyncio.timeout(5):
        while True:
            found = await admin.fetchval(
                "select pid from pg_locks where locktype = $1 and not granted and database ="
                " (select oid from pg_database where datname = current_database())",
                kind,
            )
            if found:
                return int(found)
            await asyncio.sleep(0.005)


def append_soon(store: Store, batch: Sequence[Append], **how: Any) -> "asyncio.Task[list[Verdict]]":
    return asyncio.create_task(store.append(batch, **how))


async def test_commands_that_wait_together_share_a_commit(store: Store, admin: Admin) -> None:
    async with held(admin):
        first = append_soon(store, [command()])
        await in_flight(admin)
        others = [append_soon(store, [command()]) for _ in range(100)]
        await asyncio.sleep(0)
    verdicts = [verdict for task in (first, *others) for verdict in await task]
    assert [verdict.position for verdict in verdicts] == list(range(1, 102))
    assert len({verdict.recorded_at for verdict in verdicts}) == 2


async def test_who_shared_a_commit_shares_the_next_one_too(store: Store, admin: Admin) -> None:
    async with held(admin):
        alone = append_soon(store, [command()])
        await in_flight(admin)
        others = [append_soon(store, [command()]) for _ in range(2)]
        await asyncio.sleep(0)
    await asyncio.gather(alone, *others)
    verdicts = await asyncio.gather(*(store.append([command()]) for _ in range(3)))
    assert len({verdict.recorded_at for [verdict] in verdicts}) == 1
    for _ in range(2):  # the first one finds the company gone, and the second goes alone again
        [verdict] = await store.append([command()])
    assert verdict.position == 8


async def test_a_neighbours_conflict_inside_one_commit_fails_nobody_else(store: Store) -> None:
    key, stream, known = NaturalKey("k", b"1", uuid4()), uuid4(), command(request="one")
    await store.append([command(event(stream), take=[key]), known])
    batch = [
        command(),
        command(take=[key._replace(owner=uuid4())]),
        command(event(stream)),
        command(id=known.command_id, request="two"),
        command(id=known.command_id, request="one"),
        command(subjects=[uuid4()]),
        command(),
    ]
    verdicts = await store.append(batch)
    assert [verdict.outcome for verdict in verdicts] == [
        "recorded", "taken", "stale", "reused", "repeated", "erased", "recorded",
    ]  # fmt: skip
    # The two that name one command id cannot share a commit; the last one shares it with the first.
    assert verdicts[0].recorded_at == verdicts[6].recorded_at
    assert [verdicts[0].position, verdicts[6].position] == [3, 4]


@pytest.mark.parametrize(
    "broken",
    [
        command(event(topic="no \0 in text")),
        command(event(version=2**40)),
        command(take=[NaturalKey("no \0 in text", b"", uuid4())]),
        command(answer=object()),
    ],
    ids=["refused by the server", "refused by the driver", "refused in a key", "not JSON"],
)
async def test_a_malformed_command_harms_only_itself(store: Store, broken: Append) -> None:
    good = [append_soon(store, [command()]) for _ in range(3)]
    bad = append_soon(store, [broken])
    good += [append_soon(store, [command()]) for _ in range(3)]
    outcomes = [verdict.outcome for task in good for verdict in await task]
    assert outcomes == ["recorded"] * 6
    with pytest.raises((asyncpg.PostgresError, ValueError, TypeError)):
        await bad
    assert await store.last_position() == 6


@pytest.mark.parametrize(
    "append",
    [
        Append(command_id=uuid4(), request=b"", events=[]),
        command(event(key := uuid4(), 1), event(key, 3)),
        command(event(key, 2), event(key, 2)),
        command(take=[NaturalKey("k", b"", key)], release=[NaturalKey("k", b"", key)]),
        command(new_keys={key: b""}, erase=[key]),
    ],
    ids=["no event", "gap", "same version", "key taken and released", "key made and erased"],
)
async def test_a_command_that_cannot_be_is_refused_before_it_waits(store: Store, append: Append) -> None:
    with pytest.raises(ValueError, match=r"A command|Version"):
        await store.append([command(), append])
    assert await store.last_position() == 0


async def test_commands_of_one_stream_keep_their_order(store: Store) -> None:
    stream, key = uuid4(), NaturalKey("k", b"1", uuid4())
    batch = [command(event(stream, version)) for version in range(1, 21)]
    batch += [command(take=[key]), command(release=[key]), command(take=[key._replace(owner=uuid4())])]
    verdicts = await store.append(batch)
    assert {verdict.outcome for verdict in verdicts} == {"recorded"}
    log = await store.read_log(0, 100)
    assert [row.version for row in log if row.stream == stream] == list(range(1, 21))


async def test_an_interactive_command_goes_before_bulk_work(store: Store, admin: Admin) -> None:
    async with held(admin):
        bulk = append_soon(store, list(commands(800)), bulk=True)
        await in_flight(admin)
        interactive = append_soon(store, [command()])
        await asyncio.sleep(0)
    [verdict] = await interactive
    assert verdict.position == writer.BULK_MAX + 1
    assert len(await bulk) == 800
    together = [row for row in await store.read_log(0, 900) if row.recorded_at == verdict.recorded_at]
    assert len(together) == 1 + writer.BESIDE_MAX  # its own commit is a short one


async def test_bulk_work_is_refused_first(store: Store, admin: Admin) -> None:
    # Made beforehand: what waits for the lock gives up after a second.
    bulk, ours, too_much = (commands(number) for number in (1000, 1000, 100))
    async with held(admin):
        waiting = [append_soon(store, [command()])]
        await in_flight(admin)
        waiting.append(append_soon(store, bulk, bulk=True))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await store.append(too_much, bulk=True)
        waiting.append(append_soon(store, ours))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await store.append(too_much)
    answers = await asyncio.gather(*waiting)
    assert sum(map(len, answers)) == await store.last_position() == 2001


async def test_a_held_lock_is_answered_busy_within_two_seconds_and_writes_nothing(
    store: Store, admin: Admin
) -> None:
    one = command(answer=1)
    began = monotonic()
    async with held(admin):
        with pytest.raises(Busy):
            await store.append([one])
        assert monotonic() - began < 2.5
    assert await store.last_position() == 0
    [verdict] = await store.append([one])
    assert verdict.outcome == "recorded"


@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend"])
async def test_a_statement_that_dies_is_sent_again(store: Store, admin: Admin, how: str) -> None:
    async with held(admin):
        tasks = [append_soon(store, [command()]) for _ in range(10)]
        await admin.execute(f"select {how}($1)", await in_flight(admin))
        await in_flight(admin)
    outcomes = [verdict.outcome for task in tasks for verdict in await task]
    assert outcomes == ["recorded"] * 10
    assert await store.last_position() == 10


async def test_a_caller_that_goes_away_takes_nobody_along(store: Store, admin: Admin) -> None:
    async with held(admin):
        sent = append_soon(store, [command()])
        await in_flight(admin)
        gone, unsent, kept = (append_soon(store, [command()]) for _ in range(3))
        await asyncio.sleep(0)
        sent.cancel()
        unsent.cancel()
    assert [verdict.outcome for verdict in (await gone) + (await kept)] == ["recorded"] * 2
    assert sent.cancelled()
    assert unsent.cancelled()
    assert await store.last_position() == 3  # what was sent stands; what was not sent never was


async def test_closing_waits_for_a_command_that_is_under_way_alone(database: Database, admin: Admin) -> None:
    store = await Store.open(database.app_url)
    async with held(admin):
        alone = append_soon(store, [command()])
        await in_flight(admin)
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)
    await closing
    assert [verdict.outcome for verdict in await alone] == ["recorded"]


async def test_what_was_sent_alone_stands_though_its_caller_and_its_session_are_gone(
    store: Store, admin: Admin
) -> None:
    async with held(admin):
        sent = append_soon(store, [command()])
        session = await in_flight(admin)
        sent.cancel()
        await admin.execute("select pg_terminate_backend($1, 5000)", session)
        await in_flight(admin)
    assert sent.cancelled()
    [verdict] = await store.append([command()])
    assert verdict.position == 2


async def test_a_caller_that_goes_away_leaves_the_writer_its_session(store: Store, admin: Admin) -> None:
    async with held(admin):
        gone = append_soon(store, [command()])
        session = await in_flight(admin)
        gone.cancel()
        await asyncio.sleep(0)
        kept = append_soon(store, [command()])
    [verdict] = await kept
    assert gone.cancelled()
    assert verdict.position == 2
    writing = await admin.fetch(
        "select pid from pg_stat_activity where query like '%log.append%' and datname = current_database()"
        " and pid <> pg_backend_pid()"
    )
    assert [row["pid"] for row in writing] == [session]


async def test_closing_answers_all_that_waits(database: Database, admin: Admin) -> None:
    store = await Store.open(database.app_url)
    async with held(admin):
        tasks = [append_soon(store, list(commands(300))) for _ in range(3)]
        await in_flight(admin)
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await store.append([command()])
    await closing
    assert sum(map(len, await asyncio.gather(*tasks))) == 900


async def test_each_simulated_instant_has_commits_of_its_own(store: Store, database: Database) -> None:
    await initialise(database.admin_url, log_id=uuid4(), simulated=True)
    days = [datetime(2024, 5, day, tzinfo=UTC) for day in (10, 11, 12)]
    answers = await asyncio.gather(*(store.append([command()], simulated_at=day) for day in days))
    assert [verdict.recorded_at for [verdict] in answers] == days


async def test_a_server_without_room_for_us_is_asked_again(store: Store, admin: Admin) -> None:
    await store.append([command()])
    await admin.execute("alter role jaminan_app connection limit 0")
    try:
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'jaminan_app'"
        )
        appending = append_soon(store, [command()])
        await asyncio.sleep(0.1)
        assert not appending.done()
    finally:
        await admin.execute("alter role jaminan_app connection limit -1")
    [verdict] = await appending
    assert (verdict.outcome, verdict.position) == ("recorded", 2)

"""What the append function answers, and what it writes, command by command."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from store.migrate import initialise
from store.store import NaturalKey, Store
from tests.conftest import Database
from tests.store.facts import command, event


async def test_a_command_is_recorded_at_dense_positions(store: Store) -> None:
    one, two = uuid4(), uuid4()
    [first, second] = await store.append(
        [command(event(one), event(two), answer={"id": 1}), command(event(one, 2))]
    )
    assert (first.outcome, first.position, first.answer) == ("recorded", 2, {"id": 1})
    assert (second.outcome, second.position) == ("recorded", 3)
    log = await store.read_log(0, 10)
    assert [(row.position, row.stream, row.version) for row in log] == [(1, one, 1), (2, two, 1), (3, one, 2)]
    assert first.recorded_at == log[0].recorded_at <= log[2].recorded_at
    assert await store.last_position() == 3


async def test_a_repeat_gets_the_first_answer_and_writes_nothing(store: Store) -> None:
    first = command(request="approve", answer={"amount": 42_000_000, "text": "\u0000 Rp"})
    [recorded] = await store.append([first])
    again = command(id=first.command_id, request="approve", answer="another")
    [repeated] = await store.append([again])
    assert repeated == recorded._replace(outcome="repeated")
    assert await store.last_position() == 1
    remembered = await store.find_command(first.command_id)
    assert remembered is not None
    assert (remembered.request, remembered.answer) == (first.request, first.answer)


async def test_the_same_id_with_another_request_is_reused(store: Store) -> None:
    first = command(request="approve")
    await store.append([first])
    [verdict] = await store.append([command(id=first.command_id, request="reject")])
    assert verdict.outcome == "reused"
    assert await store.last_position() == 1


@pytest.mark.parametrize("version", [1, 3], ids=["there already", "leaves a gap"])
async def test_a_version_that_does_not_follow_is_stale(store: Store, version: int) -> None:
    stream = uuid4()
    await store.append([command(event(stream))])
    [verdict] = await store.append([command(event(), event(stream, version))])
    assert verdict.outcome == "stale"
    assert await store.last_position() == 1


async def test_a_natural_key_is_held_until_its_owner_releases_it(store: Store) -> None:
    ada, ben = NaturalKey("membership", b"nik", uuid4()), NaturalKey("membership", b"nik", uuid4())
    [first] = await store.append([command(take=[ada])])
    [second] = await store.append([command(take=[ben])])
    assert (first.outcome, second.outcome, second.holder) == ("recorded", "taken", ada.owner)
    await store.append([command(release=[ben])])  # not his: nothing is released
    assert await store.find_owners("membership", [b"nik", b"other"]) == {b"nik": ada.owner}
    await store.append([command(release=[ada])])
    [third] = await store.append([command(take=[ben])])
    assert third.outcome == "recorded"
    assert await store.find_owners("membership", [b"nik"]) == {b"nik": ben.owner}


async def test_a_refused_command_writes_none_of_its_parts(store: Store) -> None:
    held, free = NaturalKey("k", b"held", uuid4()), NaturalKey("k", b"free", uuid4())
    await store.append([command(take=[held])])
    refused = command(take=[free, held._replace(owner=uuid4())], new_keys={free.owner: b"wrapped"})
    [verdict] = await store.append([refused])
    assert verdict.outcome == "taken"
    assert await store.find_owners("k", [b"free"]) == {}
    assert await store.find_command(refused.command_id) is None
    assert await store.pool.fetchval("select count(*) from log.data_key") == 0


async def test_a_second_first_key_is_stale_and_the_same_one_is_not(store: Store) -> None:
    subject = uuid4()
    [first] = await store.append([command(new_keys={subject: b"key one"}, subjects=[subject])])
    [other] = await store.append([command(new_keys={subject: b"key two"}, subjects=[subject])])
    [same] = await store.append([command(new_keys={subject: b"key one"}, subjects=[subject])])
    assert [first.outcome, other.outcome, same.outcome] == ["recorded", "stale", "recorded"]


async def test_nothing_is_sealed_for_an_erased_subject(store: Store) -> None:
    subject, nobody = uuid4(), uuid4()
    await store.append([command(new_keys={subject: b"key"})])
    [sealed] = await store.append([command(subjects=[subject])])
    [erasing] = await store.append([command(erase=[subject])])
    [late] = await store.append([command(subjects=[subject])])
    [new] = await store.append([command(new_keys={subject: b"another"})])
    [missing] = await store.append([command(subjects=[nobody])])
    outcomes = [verdict.outcome for verdict in (sealed, erasing, late, new, missing)]
    assert outcomes == ["recorded", "recorded", "erased", "erased", "erased"]
    row = await store.pool.fetchrow("select wrapped, erased_at from log.data_key")
    assert row is not None
    assert row["wrapped"] is None
    assert row["erased_at"] == erasing.recorded_at


async def test_the_simulated_clock_counts_only_in_a_simulated_log(store: Store, database: Database) -> None:
    past = datetime(2024, 5, 10, 3, tzinfo=UTC)
    [real] = await store.append([command()], simulated_at=past)
    assert real.recorded_at is not None
    assert real.recorded_at > past + timedelta(days=365)
    await initialise(database.admin_url, log_id=uuid4(), simulated=True)
    future = real.recorded_at + timedelta(days=9)
    [simulated] = await store.append([command()], simulated_at=future)
    assert simulated.recorded_at == future
    [earlier] = await store.append([command()], simulated_at=past)
    assert earlier.recorded_at == future  # recorded instants never fall


async def test_position_at_an_instant_is_the_last_one_recorded_by_then(
    store: Store, database: Database
) -> None:
    await initialise(database.admin_url, log_id=uuid4(), simulated=True)
    start = datetime(2024, 5, 10, tzinfo=UTC)
    assert await store.position_at(start) == 0
    for hour in (0, 0, 1, 5):
        await store.append([command()], simulated_at=start + timedelta(hours=hour))
    instants = [start + timedelta(minutes=minute) for minute in (-1, 0, 59, 60, 299, 300, 9999)]
    assert [await store.position_at(instant) for instant in instants] == [0, 2, 2, 3, 3, 4, 4]


async def test_the_function_refuses_an_older_snapshot(database: Database) -> None:
    connection = await asyncpg.connect(database.app_url)
    async with connection.transaction(isolation="repeatable_read"):
        with pytest.raises(asyncpg.InvalidTransactionStateError, match="READ COMMITTED"):
            await connection.execute("select log.append(" + "'{}', " * 20 + "null)")
    await connection.close()


async def test_a_command_that_leaned_on_what_moved_on_writes_nothing(store: Store) -> None:
    programme, empty = uuid4(), uuid4()
    await store.append([command(event(programme), event(programme, 2))])
    [stands] = await store.append([command(leaned_on={programme: 2, empty: 0})])
    [moved] = await store.append([command(leaned_on={programme: 1})])
    [begun] = await store.append([command(event(empty), leaned_on={programme: 2})])
    [no_longer_empty] = await store.append([command(leaned_on={programme: 2, empty: 0})])
    assert [one.outcome for one in (stands, moved, begun, no_longer_empty)] == [
        "recorded", "moved", "recorded", "moved",
    ]  # fmt: skip
    assert await store.last_position() == 4


async def test_who_leans_on_a_stream_never_shares_a_commit_with_who_changes_it(store: Store) -> None:
    programme = uuid4()
    verdicts = await store.append([command(event(programme)), command(leaned_on={programme: 0})])
    assert [one.outcome for one in verdicts] == ["recorded", "moved"]
    verdicts = await store.append([command(leaned_on={programme: 1}), command(event(programme, 2))])
    assert [one.outcome for one in verdicts] == ["recorded", "recorded"]


async def test_streams_of_a_command_may_interleave_and_must_not_leave_gaps(store: Store) -> None:
    one, two = uuid4(), uuid4()
    [first] = await store.append([command(event(one), event(two), event(one, 2), event(two, 2))])
    [gap] = await store.append([command(event(one, 3), event(two, 4), event(one, 4))])
    [again] = await store.append([command(event(two, 3), event(one, 3), event(two, 4))])
    assert [(one.outcome, one.position) for one in (first, gap, again)] == [
        ("recorded", 4),
        ("stale", None),
        ("recorded", 7),
    ]
    assert [(row.stream, row.version) for row in await store.read_log(4, 9)] == [(two, 3), (one, 3), (two, 4)]


async def test_each_of_a_batch_is_answered_at_its_place_whatever_becomes_of_its_neighbours(
    store: Store,
) -> None:
    known, stream = command(event(), event(), answer="first"), uuid4()
    await store.append([known, command(event(stream))])
    batch = [
        command(event(), event()),
        command(id=known.command_id, request="something else"),
        command(event(stream, 1)),
        command(event(stream, 2)),
    ]
    verdicts = await store.append([*batch[:2], *batch[3:]])
    assert [(one.outcome, one.position) for one in verdicts] == [
        ("recorded", 5), ("reused", 2), ("recorded", 6),
    ]  # fmt: skip
    verdicts = await store.append([command(), batch[2], known, command(event(), event(), event())])
    assert [(one.outcome, one.position, one.answer) for one in verdicts] == [
        ("recorded", 7, None), ("stale", None, None), ("repeated", 2, "first"), ("recorded", 10, None),
    ]  # fmt: skip
    ids = [one.command_id for one in (known, batch[0], batch[3])]
    found = await store.find_commands(ids)
    assert [found[one].position for one in ids] == [2, 5, 6]
    assert len({one.recorded_at for one in verdicts if one.outcome == "recorded"}) == 1

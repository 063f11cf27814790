"""Reading the log, and waiting for it."""

import asyncio
from time import monotonic
from uuid import uuid4

import asyncpg
import pytest

from store.migrate import initialise
from store.store import Store
from tests.conftest import Database
from tests.store.facts import command, event


async def test_streams_are_read_whole_or_as_they_stood(store: Store) -> None:
    one, two, none = uuid4(), uuid4(), uuid4()
    await store.append([command(event(one), event(two), event(one, 2))])
    await store.append([command(event(two, 2))])
    streams = await store.read_streams([two, one, none])
    assert {stream: [row.version for row in rows] for stream, rows in streams.items()} == {
        one: [1, 2],
        two: [1, 2],
        none: [],
    }
    as_it_stood = await store.read_streams([one, two], up_to=2)
    assert [len(as_it_stood[one]), len(as_it_stood[two])] == [1, 1]
    assert await store.read_streams([]) == {}


async def test_the_log_is_read_in_pages_and_by_name(store: Store) -> None:
    names = ["a", "b", "c", "a", "b", "a"]
    await store.append([command(*(event(topic=name) for name in names))])

    async def positions(after: int, limit: int, **which: object) -> list[int]:
        return [row.position for row in await store.read_log(after, limit, **which)]  # type: ignore[arg-type]

    assert await positions(0, 4) == [1, 2, 3, 4]
    assert await positions(4, 4) == [5, 6]
    assert await positions(0, 9, up_to=2) == [1, 2]
    assert await positions(0, 9, topics=["a", "c", "a"]) == [1, 3, 4, 6]
    assert await positions(1, 2, topics=["a", "c"]) == [3, 4]
    assert await positions(1, 9, topics=["a", "c"], up_to=5) == [3, 4]
    assert await positions(0, 9, topics=["unheard of"]) == []


async def test_an_empty_log(store: Store, database: Database) -> None:
    assert await store.last_position() == 0
    assert await store.read_log(0, 10) == []
    assert await store.find_command(uuid4()) is None
    assert await store.wait_beyond(0, timeout=0.05) == 0
    assert await store.origin() is None
    log_id = uuid4()
    await initialise(database.admin_url, log_id=log_id, simulated=False)
    origin = await store.origin()
    assert origin is not None
    assert origin[:2] == (log_id, False)


async def test_a_reader_is_woken_at_once(store: Store, database: Database) -> None:
    async with await Store.open(database.app_url) as elsewhere:
        assert await store.wait_beyond(0, timeout=0.05) == 0  # the bell hangs
        waiting = asyncio.create_task(store.wait_beyond(0, timeout=30))
        await asyncio.sleep(0)
        began = monotonic()
        await elsewhere.append([command()])
        assert await waiting == 1
        assert monotonic() - began < 0.5


@pytest.mark.parametrize("lost", ["its connection", "a notification"])
async def test_a_reader_survives_losing(
    store: Store, admin: "asyncpg.Connection[asyncpg.Record]", lost: str
) -> None:
    assert await store.wait_beyond(0, timeout=0.05) == 0
    if lost == "its connection":
        killed = await admin.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        assert killed
        await store.append([command()])
    else:  # a row that nobody announced
        await admin.execute("insert into log.event values (1, now(), $1, 1, 'test.happened', '{}')", uuid4())
    assert await store.wait_beyond(0, timeout=10) == 1


async def test_others_may_listen_on_channels_of_their_own(
    store: Store, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    heard: list[str] = []
    rung = asyncio.Event()

    def ring(payload: str) -> None:
        heard.append(payload)
        rung.set()

    store.listen("worklist", ring)
    async with asyncio.timeout(10):
        await rung.wait()
        assert heard == [""]  # look for yourself, now that we listen
        await admin.execute("select pg_notify('worklist', '7')")
        while "7" not in heard:
            rung.clear()
            await rung.wait()


async def test_reads_survive_a_lost_pool(store: Store, admin: "asyncpg.Connection[asyncpg.Record]") -> None:
    await store.append([command()])
    await asyncio.gather(*(store.last_position() for _ in range(20)))
    await admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    assert set(await asyncio.gather(*(store.last_position() for _ in range(20)))) == {1}

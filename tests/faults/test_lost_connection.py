"""A connection that dies at the worst moment: what was acknowledged stands, what was unknown happens once."""

import asyncio
from time import monotonic
from uuid import uuid4

import asyncpg
import pytest

from domain.refusal import Busy
from store.store import NaturalKey, Store
from tests.conftest import Database
from tests.faults.proxy import proxied
from tests.store.facts import command, event

pytestmark = pytest.mark.gate


@pytest.mark.parametrize("how", ["swallow the answer", "cut when sent"])
async def test_the_retry_after_a_lost_answer_gets_the_first_result(
    database: Database, long_gates: bool, how: str
) -> None:
    async with proxied(database.app_url) as (proxy, url), await Store.open(url) as store:
        stream, key = uuid4(), NaturalKey("membership", b"nik", uuid4())
        for version in range(1, 101 if long_gates else 6):
            proxy.marker = bytes(f"marked {version}", "ascii")
            proxy.happened.clear()
            proxy.sabotage = how
            marked = event(stream, version, state=b'"' + proxy.marker + b'"')
            take = [key] if version == 1 else []
            verdicts = await asyncio.gather(
                store.append([command(marked, take=take, answer=version)]),
                *(store.append([command()]) for _ in range(10)),
            )
            assert proxy.happened.is_set()
            assert {verdict.outcome for [verdict] in verdicts} <= {"recorded", "repeated"}
            [verdict] = verdicts[0]
            assert verdict.answer == version
            assert verdict.outcome == "repeated" or how == "cut when sent"
            log = await store.read_log(0, 10_000)
            assert [row.position for row in log] == list(range(1, 11 * version + 1))
            assert [row.version for row in log if row.stream == stream] == list(range(1, version + 1))
        assert await store.find_owners("membership", [b"nik"]) == {b"nik": key.owner}


async def test_a_batch_sent_twice_while_the_first_still_runs_happens_once(
    database: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    async with proxied(database.app_url) as (proxy, url), await Store.open(url) as store:
        async with admin.transaction():
            await admin.execute("select pg_advisory_xact_lock('log.event'::regclass::oid::bigint)")
            proxy.marker, proxy.sabotage = b"marked", "cut when sent"
            appending = asyncio.create_task(store.append([command(event(state=b'"marked"'), answer=1)]))
            async with asyncio.timeout(5):
                while await admin.fetchval(waiting) < 2:  # the lost one and its second
                    await asyncio.sleep(0.005)
        [verdict] = await appending
        assert (verdict.outcome, verdict.position, verdict.answer) == ("repeated", 1, 1)
        assert await store.last_position() == 1


@pytest.mark.parametrize("hangs_up", [True, False], ids=["it hung up", "it is silent"])
async def test_a_database_that_stays_away_is_answered_busy(
    database: Database, monkeypatch: pytest.MonkeyPatch, hangs_up: bool
) -> None:
    async with proxied(database.app_url) as (proxy, url), await Store.open(url) as store:
        await store.append([command()])
        one = command()
        lose_patience(monkeypatch)
        proxy.sabotage = "silence"
        if hangs_up:
            proxy.hang_up()
        with pytest.raises(Busy):
            await store.append([one])
        proxy.sabotage = None
        monkeypatch.undo()
        [verdict] = await store.append([one])
        assert (verdict.outcome, verdict.position) == ("recorded", 2)


async def test_nobody_waits_for_ever_behind_a_caller_who_left_a_silent_connection(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxied(database.app_url) as (proxy, url), await Store.open(url) as store:
        await store.append([command()])
        lose_patience(monkeypatch)
        proxy.sabotage = "silence"
        leaving, one = asyncio.create_task(store.append([command()])), command()
        await asyncio.sleep(0)  # it is sent, and nobody hears of it
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        async with asyncio.timeout(30):
            with pytest.raises(Busy):
                await store.append([one])
        proxy.sabotage = None
        monkeypatch.undo()
        [verdict] = await store.append([one])
        assert verdict.outcome == "recorded"


def lose_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the writer give a database up that is silent for a moment."""
    monkeypatch.setattr("store.writer.RECONNECT_MAX", 0.3)
    monkeypatch.setattr("store.writer.CLIENT_LIMIT", 0.3)
    monkeypatch.setattr("store.connection.CONNECT_MAX", 0.3)


async def test_a_silent_listening_connection_is_replaced(database: Database) -> None:
    async with proxied(database.app_url) as (proxy, url), await Store.open(url) as reader:
        async with await Store.open(database.app_url) as writer:
            assert await reader.wait_beyond(0, timeout=0.1) == 0
            proxy.sabotage = "silence"
            began = monotonic()
            waiting = asyncio.create_task(reader.wait_beyond(0, timeout=20))
            await writer.append([command()])
            await asyncio.sleep(0.2)
            proxy.sabotage = None  # new connections work; the old one has lost what was said
            assert await waiting == 1
            assert monotonic() - began < 5

"""Many at once on one log: nobody is lost, nobody wins twice, nobody waits for ever."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

import asyncpg
import pytest

from store.documents import Documents
from store.sealing import Keyring
from store.store import Append, NaturalKey, Recorded, Store
from tests.conftest import Database
from tests.store.facts import command, event

pytestmark = pytest.mark.gate


@pytest.fixture
async def stores(database: Database) -> AsyncIterator[list[Store]]:
    """Eight writers, each with a connection of its own, as eight processes would have."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(await Store.open(database.app_url, readers=2)) for _ in range(8)
        ]


async def test_a_tailing_reader_misses_nothing_of_eight_writers(
    stores: list[Store], store: Store, long_gates: bool
) -> None:
    each = 5_000 if long_gates else 400
    contested = [uuid4() for _ in range(20)]
    done = asyncio.Event()

    async def write(writer: Store, seed: int) -> int:
        chance, recorded = random.Random(seed), 0
        for _ in range(each):
            events = [event(state=b"x" * chance.randrange(400)) for _ in range(chance.randint(1, 3))]
            if chance.random() < 0.3:  # some of these lose: gaps in their wake would show
                events.append(event(chance.choice(contested), chance.randint(1, 3)))
            [verdict] = await writer.append([command(*events)])
            recorded += len(events) if verdict.outcome == "recorded" else 0
        return recorded

    async def tail() -> list[Recorded]:
        seen: list[Recorded] = []
        while True:
            over = done.is_set()
            page = await store.read_log(len(seen), 100)
            assert [row.position for row in page] == list(range(len(seen) + 1, len(seen) + len(page) + 1))
            seen += page
            if over and not page:
                return seen
            await store.wait_beyond(len(seen), timeout=0.05)

    tailing = asyncio.create_task(tail())
    written = await asyncio.gather(*(write(writer, seed) for seed, writer in enumerate(stores)))
    done.set()
    seen = await tailing
    assert len(seen) == sum(written)
    assert [row.recorded_at for row in seen] == sorted(row.recorded_at for row in seen)


async def test_of_64_takers_of_one_natural_key_exactly_one_wins(
    stores: list[Store], long_gates: bool
) -> None:
    for round_ in range(100 if long_gates else 5):
        digest = bytes([round_])
        takers = [NaturalKey("membership", digest, uuid4()) for _ in range(64)]
        answers = await asyncio.gather(
            *(stores[n % 8].append([command(take=[taker])]) for n, taker in enumerate(takers))
        )
        winners = [t.owner for t, [v] in zip(takers, answers, strict=True) if v.outcome == "recorded"]
        assert len(winners) == 1
        assert {v.holder for [v] in answers if v.outcome == "taken"} == set(winners)
        assert sum(v.outcome == "taken" for [v] in answers) == 63
        assert await stores[0].find_owners("membership", [digest]) == {digest: winners[0]}


async def test_of_64_writers_on_one_stream_each_version_has_one(stores: list[Store]) -> None:
    stream = uuid4()
    for version in range(1, 6):
        answers = await asyncio.gather(
            *(stores[n % 8].append([command(event(stream, version))]) for n in range(64))
        )
        outcomes = sorted(verdict.outcome for [verdict] in answers)
        assert outcomes == ["recorded"] + ["stale"] * 63


async def test_nobody_deadlocks(
    stores: list[Store],
    admin: "asyncpg.Connection[asyncpg.Record]",
    master_key: bytes,
    long_gates: bool,
) -> None:
    """Streams, natural keys and data keys in every order, papers with first keys, erasures in between."""
    subjects, streams, owner = [uuid4() for _ in range(6)], [uuid4() for _ in range(6)], uuid4()
    counts: dict[str, int] = {}

    def wish(chance: random.Random, keyring: Keyring) -> Append:
        keys = [NaturalKey("k", bytes([n]), owner) for n in chance.sample(range(6), 4)]
        new: dict[UUID, bytes] = {s: keyring.mint(s) for s in chance.sample(subjects, 2)}
        erase = [s for s in subjects if s not in new and chance.random() < 0.05]
        events = [event(), event(chance.choice(streams), chance.randint(1, 3))]
        chance.shuffle(events)
        return command(*events, take=keys[:2], release=keys[2:], new_keys=new, erase=erase)

    async def write(store: Store, seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(400 if long_gates else 40):
            keyring = Keyring(master_key, store.pool)
            if chance.random() < 0.2:
                digest = await store.pool.fetchval(
                    "select log.put_document($1, $2, $3, $4)",
                    chance.randbytes(32),
                    subject := chance.choice(subjects),
                    b"paper",
                    keyring.mint(subject),
                )
                assert digest in ("stored", "stale", "erased")
                continue
            for verdict in await store.append([wish(chance, keyring) for _ in range(3)]):
                counts[verdict.outcome] = counts.get(verdict.outcome, 0) + 1

    async with asyncio.timeout(120):
        await asyncio.gather(*(write(store, seed) for seed, store in enumerate(stores)))
    assert counts["recorded"] > 0
    await admin.execute("select pg_stat_force_next_flush()")
    assert (
        await admin.fetchval("select deadlocks from pg_stat_database where datname = current_database()") == 0
    )


async def test_two_first_papers_of_one_person_agree_on_a_key(stores: list[Store], master_key: bytes) -> None:
    person = uuid4()
    desks = [Documents(store, Keyring(master_key, store.pool)) for store in stores]
    answers = await asyncio.gather(
        *(desk.put(bytes([n]), person) for n, desk in enumerate(desks)), return_exceptions=True
    )
    kept = [answer for answer in answers if isinstance(answer, str)]
    assert kept
    for desk in desks:
        assert [await desk.get(digest, person) for digest in kept]

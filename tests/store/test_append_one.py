"""The short way into the log writes what the long one writes, and leaves to it whatever does not stand."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.batch import STATEMENT, STATEMENT_OF_ONE, arguments, arguments_of_one, is_plain
from store.migrate import initialise
from store.records import Append, NaturalKey
from store.store import Store
from tests.conftest import Database
from tests.store.facts import command, event

PAST = datetime(2024, 5, 10, 3, tzinfo=UTC)
Session: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
STREAMS = st.integers(0, 3)
HELD, ERASED, UNKNOWN = range(3)  # subjects


@dataclass(frozen=True)
class Wish:
    """A command in small numbers: its id, how far versions are off what is right, whose keys it needs."""

    id: int
    request: str
    events: tuple[int, ...]  # streams, in order
    off: int  # what is added to the version of the first event, never to 0
    leaned_on: dict[int, int]  # by stream: how far the known version is off
    subjects: frozenset[int]
    answer: object


WISHES = st.builds(
    Wish,
    id=st.integers(0, 4),
    request=st.sampled_from(["this", "this", "that"]),
    events=st.lists(STREAMS, min_size=1, max_size=4).map(tuple),
    off=st.sampled_from([0, 0, 0, 0, 1, -1]),
    leaned_on=st.dictionaries(STREAMS, st.sampled_from([0, 0, 0, 0, -1]), max_size=3),
    subjects=st.frozensets(st.sampled_from([HELD, HELD, HELD, ERASED, UNKNOWN]), max_size=2),
    answer=st.sampled_from([None, {"id": 1, "text": "\u0000 Rp"}, [1]]),
)


@dataclass
class World:
    """Real ids for small numbers, and how far each stream has come."""

    subjects: Sequence[UUID]
    ids: Sequence[UUID] = field(default_factory=lambda: [uuid4() for _ in range(5)])
    streams: Sequence[UUID] = field(default_factory=lambda: [uuid4() for _ in range(4)])
    versions: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(4), 0))

    def command(self, wish: Wish) -> Append:
        versions, events = dict(self.versions), []
        for place, stream in enumerate(wish.events):
            versions[stream] += 1
            off = wish.off if place == 0 else 0
            events.append(event(self.streams[stream], versions[stream] + off or 9, state=b"%d" % place))
        return command(
            *events,
            id=self.ids[wish.id],
            request=wish.request,
            answer=wish.answer,
            subjects=[self.subjects[subject] for subject in sorted(wish.subjects)],
            leaned_on={
                self.streams[stream]: max(0, self.versions[stream] + off)
                for stream, off in wish.leaned_on.items()
                if stream not in wish.events
            },
        )

    def happened(self, wish: Wish) -> None:
        for stream in wish.events:
            self.versions[stream] += 1


@pytest.fixture
async def session(database: Database) -> AsyncIterator[Session]:
    connection = await asyncpg.connect(database.app_url)
    yield connection
    await connection.close()


@pytest.fixture
async def subjects(store: Store) -> Sequence[UUID]:
    """Somebody with a key, somebody who was erased, and somebody nobody heard of; the log is not empty any more."""
    people = [uuid4() for _ in range(3)]
    await store.append([command(new_keys={people[HELD]: b"key", people[ERASED]: b"key"})])
    await store.append([command(erase=[people[ERASED]])])
    return people


@given(st.lists(WISHES, min_size=4, max_size=16))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_both_ways_judge_and_write_the_same(
    store: Store, session: Session, subjects: Sequence[UUID], wishes: list[Wish]
) -> None:
    short = await _told(session, World(subjects), wishes, short=True)
    long = await _told(session, World(subjects), wishes, short=False)
    assert short == long


async def _told(session: Session, world: World, wishes: list[Wish], *, short: bool) -> list[object]:
    """Carry the commands out one by one; return the verdicts and the rows, with ids and positions as small numbers."""
    base = await session.fetchval("select max(position) from log.event")
    told: list[object] = []
    for wish in wishes:
        append = world.command(wish)
        assert is_plain(append)
        position = at = None
        if short:
            position, at = (await session.fetch(STATEMENT_OF_ONE, *arguments_of_one(append, PAST)))[0]
        if position is not None:
            outcome, answer, holder = "recorded", None, None
        else:
            judged = (await session.fetch(STATEMENT, *arguments([append], PAST)))[0]
            outcome, position, answer, holder, at = judged
            assert not (short and outcome == "recorded"), "nothing barred it, and the short way left it"
        if outcome == "recorded":
            world.happened(wish)
        if at is not None:
            assert at == await session.fetchval(
                "select recorded_at from log.event where position = $1", position
            )
        told.append((outcome, None if position is None else position - base, answer, holder))
    events = await session.fetch("select * from log.event where position > $1 order by position", base)
    instants = [row["recorded_at"] for row in events]
    assert instants == sorted(instants)
    commands = await session.fetch("select * from log.command where position > $1 order by position", base)
    told += [(row["position"] - base, world.streams.index(row["stream"]), *row[3:]) for row in events]
    told += [
        (world.ids.index(row["id"]), row["request"], row["position"] - base, row["answer"])
        for row in commands
    ]
    return told


@pytest.mark.parametrize("simulated", [False, True])
async def test_both_ways_take_the_same_instants(
    store: Store, session: Session, database: Database, *, simulated: bool
) -> None:
    await initialise(database.admin_url, log_id=uuid4(), simulated=simulated)
    [first] = await store.append([command()], simulated_at=PAST)
    [at] = [row["at"] for row in await session.fetch(STATEMENT_OF_ONE, *arguments_of_one(command(), PAST))]
    [early] = [
        row["at"]
        for row in await session.fetch(
            STATEMENT_OF_ONE, *arguments_of_one(command(), PAST.replace(year=PAST.year - 1))
        )
    ]
    [last] = await store.append([command()])
    assert first.recorded_at is not None and last.recorded_at is not None
    assert (first.recorded_at == at == early == PAST) is simulated
    assert first.recorded_at <= at <= early <= last.recorded_at


async def test_followers_are_told_of_what_came_the_short_way(store: Store, session: Session) -> None:
    heard: asyncio.Queue[object] = asyncio.Queue()
    await store.append([command()])
    await session.add_listener("log", lambda *told: heard.put_nowait(told[-1]))
    await store.append([command(event(), event())])
    assert await asyncio.wait_for(heard.get(), 10) == "3"


async def test_the_short_way_refuses_an_older_snapshot(session: Session) -> None:
    async with session.transaction(isolation="repeatable_read"):
        with pytest.raises(asyncpg.InvalidTransactionStateError, match="READ COMMITTED"):
            await session.fetch(STATEMENT_OF_ONE, *arguments_of_one(command(), None))


@pytest.mark.parametrize(
    "more",
    [
        {"take": [NaturalKey("k", b"1", uuid4())]},
        {"release": [NaturalKey("k", b"1", uuid4())]},
        {"new_keys": {uuid4(): b"key"}},
        {"erase": [uuid4()]},
    ],
    ids=lambda more: next(iter(more)),
)
async def test_a_command_with_keys_goes_the_long_way(store: Store, more: dict[str, Any]) -> None:
    one = command(**more)
    assert not is_plain(one)
    await store.append([command()])
    [verdict] = await store.append([one])
    assert (verdict.outcome, verdict.position) == ("recorded", 2)

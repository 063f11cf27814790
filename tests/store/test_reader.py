"""Reading streams together: each gets what he does not know, and nothing that was read before he asked."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from eventsourcing.persistence import StoredEvent

from store.reader import GroupReader
from store.records import Append, Recorded
from store.store import Store

HERE, THERE = uuid4(), uuid4()


class Log:
    """Streams whose queries wait until they are let go, each told with what stood when it began."""

    def __init__(self) -> None:
        self.versions = {HERE: 2, THERE: 1}
        self.queries: list[dict[UUID, int]] = []
        self.gate = asyncio.Event()

    async def fetch(self, query: str, streams: list[UUID], after: list[int]) -> Sequence[Any]:
        asked = dict(zip(streams, after, strict=True))
        self.queries.append(asked)
        rows = [
            Recorded(version, datetime(2024, 5, 22, tzinfo=UTC), stream, version, "told", b"{}")
            for stream, known in asked.items()
            for version in range(known + 1, self.versions.get(stream, 0) + 1)
        ]
        await self.gate.wait()
        return rows


def versions(found: dict[UUID, list[Recorded]]) -> dict[UUID, list[int]]:
    return {stream: [record.version for record in records] for stream, records in found.items()}


async def asked_behind_a_query(log: Log, *known: dict[UUID, int]) -> list["asyncio.Task[Any]"]:
    """Ask while another query is under way."""
    reader = GroupReader(log.fetch)
    first = asyncio.create_task(reader.after({uuid4(): 0}))
    while not log.queries:
        await asyncio.sleep(0)
    behind = [asyncio.create_task(reader.after(one)) for one in known]
    await asyncio.sleep(0)
    return [first, *behind]


async def test_who_asks_during_a_query_shares_the_next_and_gets_what_he_does_not_know() -> None:
    log = Log()
    tasks = await asked_behind_a_query(log, {HERE: 0}, {HERE: 1, THERE: 0}, {THERE: 1})
    log.gate.set()
    _, *found = await asyncio.gather(*tasks)
    assert [versions(one) for one in found] == [{HERE: [1, 2]}, {HERE: [2], THERE: [1]}, {THERE: []}]
    assert log.queries[1:] == [{HERE: 0, THERE: 0}]


async def test_nobody_is_given_what_was_read_before_he_asked() -> None:
    log = Log()
    reader = GroupReader(log.fetch)
    first = asyncio.create_task(reader.after({HERE: 0}))
    while not log.queries:
        await asyncio.sleep(0)
    log.versions[HERE] = 3  # recorded while the first query runs
    second = asyncio.create_task(reader.after({HERE: 0}))
    await asyncio.sleep(0)
    log.gate.set()
    assert versions(await first) == {HERE: [1, 2]}
    assert versions(await second) == {HERE: [1, 2, 3]}


def told(stream: UUID, version: int, **fields: Any) -> Append:
    state = msgspec.json.encode({key: str(value) for key, value in fields.items()})
    return Append(command_id=uuid4(), request=b"?" * 32, events=[StoredEvent(stream, version, "told", state)])


async def test_streams_that_a_first_event_names_are_read_along_with_it(store: Store) -> None:
    case, other, person, home, empty = (uuid4() for _ in range(5))
    await store.append(
        [
            told(case, 1, person=person, home=home, friend=empty),
            told(other, 1, person=person),
            told(person, 1),
            told(home, 1, person=case),
        ]
    )
    await store.append([told(person, 2, friend=other), told(case, 2, home=other)])
    found = await asyncio.gather(
        store.read_on({case: 0, THERE: 0}, {case: ("person", "home", "friend", "none")}),
        store.read_on({other: 0, person: 1}, {other: ("person",)}),
        store.read_on({case: 1}),
    )
    assert [versions(one) for one in found] == [
        {case: [1, 2], THERE: [], person: [1, 2], home: [1]},
        {other: [1], person: [2]},
        {case: [2]},
    ]

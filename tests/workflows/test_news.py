"""News: whoever follows the log is told all facts of his names, once and in order, whatever the others do."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from store.records import Recorded
from store.store import Store
from tests.store.facts import command, event
from workflows import news as module
from workflows.news import News

FACTS = 300
NAMES = ("claim.filed", "claim.approved", "roster.received")
CARES_FOR = (
    frozenset({"claim.filed"}),
    frozenset({"claim.filed", "roster.received"}),
    frozenset({"claim.paid"}),
)


async def write(store: Store, facts: int) -> None:
    for _ in range(facts):
        await store.append([command(event(topic=random.choice(NAMES)))])


async def followed(store: Store, news: News, names: frozenset[str], *, slow: bool) -> Sequence[Recorded]:
    """Follow from the first position until every fact was written."""
    position, told = 0, list[Recorded]()
    while position < FACTS:
        page, position = await news.after(position, names, 0.5)
        told += page
        for _ in range(20 * slow):
            await store.last_position()  # meanwhile the others go on
    return told


async def test_everybody_is_told_all_of_his_names(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 7)
    monkeypatch.setattr(module, "KEPT_MAX", 10)
    await write(store, 50)
    news = News(store, (name for names in CARES_FOR for name in names))
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        followers = [
            (names, group.create_task(followed(store, news, names, slow=slow)))
            for names in CARES_FOR
            for slow in (False, True)
        ]
        group.create_task(write(store, FACTS - 50))
    log = await store.read_log(0, FACTS)
    for names, follower in followers:
        assert follower.result() == [one for one in log if one.topic in names]


async def test_those_who_are_up_to_date_share_one_query(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = list[int]()
    read_log = store.read_log

    async def counted(after: int, limit: int, **more: object) -> list[Recorded]:
        queries.append(after)
        return await read_log(after, limit, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "read_log", counted)
    news = News(store, NAMES)
    await write(store, 1)
    assert await news.after(0, frozenset(NAMES), 5) == (
        await read_log(0, 9),
        1,
    )  # who is behind reads for himself
    await write(store, 2)
    await store.wait_beyond(2, 5)
    told = [await news.after(1, frozenset({name}), 5) for name in NAMES]
    assert [position for _, position in told] == [3, 3, 3]
    assert len([one for page, _ in told for one in page]) == 2
    assert queries == [0, 1]
    assert await news.after(3, frozenset(NAMES), 0.01) == ([], 3)


async def test_who_fell_behind_misses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_MAX", 5)
    news = News(store, NAMES)
    await write(store, 1)
    assert (await news.after(0, frozenset(NAMES), 5))[1] == 1
    await write(store, 10)
    await store.wait_beyond(10, 5)
    log = await store.read_log(1, 10)
    assert await news.after(1, frozenset(NAMES), 5) == (log, 11)  # read together, then let go but for five
    assert await news.after(1, frozenset(NAMES), 5) == (log, 11)
    assert await news.after(6, frozenset(NAMES), 5) == (log[5:], 11)


async def test_between_two_looks_is_a_rest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REST", 60.0)
    news, names = News(store, NAMES), frozenset(NAMES)
    await write(store, 1)
    assert (await news.after(0, names, 5))[1] == 1
    await write(store, 1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await news.after(1, names, 5)

"""Shared queries: few at a time, each for all who wait, and a fault is told to those who shared it alone."""

import asyncio
from collections.abc import Sequence

import pytest

from store.sharing import ALONE, TOGETHER_MAX, Shared

UNDER_WAY = 2  # queries at most: of one who found none, and of the task for those who came after


class Told:
    """Answers each question with the number of the query that asked it, once it is let go of."""

    def __init__(self) -> None:
        self.queries: list[Sequence[list[str]]] = []
        self.gate = asyncio.Event()
        self.faulty: int | None = None

    async def read(self, questions: Sequence[list[str]]) -> list[int]:
        self.queries.append(questions)
        number = len(self.queries)
        await self.gate.wait()
        if number == self.faulty:
            raise ConnectionError
        return [number] * len(questions)


async def all_under_way(told: Told, shared: Shared[list[str], int]) -> list["asyncio.Task[int]"]:
    """Ask until as many queries are under way as may be."""
    tasks = []
    for number in range(1, UNDER_WAY + 1):
        tasks.append(asyncio.create_task(shared.ask(["early"])))
        while len(told.queries) < number:
            await asyncio.sleep(0)
    return tasks


async def ask_behind(shared: Shared[list[str], int], *questions: list[str]) -> list["asyncio.Task[int]"]:
    tasks = [asyncio.create_task(shared.ask(question)) for question in questions]
    for _ in range(5):  # more turns than a query takes to begin
        await asyncio.sleep(0)
    return tasks


async def test_who_finds_a_query_under_way_begins_another_up_to_a_bound_and_then_shares_the_next() -> None:
    told = Told()
    shared = Shared(told.read)
    early = await all_under_way(told, shared)
    late = await ask_behind(shared, ["a"], ["b"], ["c"])
    assert len(told.queries) == UNDER_WAY
    told.gate.set()
    assert await asyncio.gather(*early) == [*range(1, UNDER_WAY + 1)]
    assert await asyncio.gather(*late) == [UNDER_WAY + 1] * 3
    assert told.queries[UNDER_WAY] == [["a"], ["b"], ["c"]]


async def test_a_query_holds_no_more_than_its_bound_and_bulk_work_waits_for_nobody() -> None:
    told = Told()
    shared = Shared(told.read)
    early = await all_under_way(told, shared)
    late = await ask_behind(shared, *(["x"] * ALONE for _ in range(TOGETHER_MAX // ALONE + 1)))
    bulk = await ask_behind(shared, ["x"] * (ALONE + 1))
    assert told.queries[UNDER_WAY] == [["x"] * (ALONE + 1)]
    told.gate.set()
    await asyncio.gather(*early, *late, *bulk)
    assert [len(query) for query in told.queries[UNDER_WAY + 1 :]] == [TOGETHER_MAX // ALONE, 1]


async def test_a_fault_is_told_to_those_who_shared_it_and_to_nobody_else() -> None:
    told = Told()
    shared = Shared(told.read)
    early = await all_under_way(told, shared)
    told.faulty = UNDER_WAY + 1
    late = await ask_behind(shared, ["a"], ["b"])
    told.gate.set()
    assert await asyncio.gather(*early) == [*range(1, UNDER_WAY + 1)]
    found = await asyncio.gather(*late, return_exceptions=True)
    assert [type(one) for one in found] == [ConnectionError] * 2
    assert await shared.ask(["c"]) == UNDER_WAY + 2


async def test_who_goes_away_takes_nobody_along() -> None:
    told = Told()
    shared = Shared(told.read)
    early = await all_under_way(told, shared)
    gone, stays = await ask_behind(shared, ["gone"], ["stays"])
    gone.cancel()
    told.gate.set()
    await asyncio.gather(*early)
    assert await stays == UNDER_WAY + 1
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_nobody_waits_for_ever_when_the_queries_are_cut_off() -> None:
    told = Told()
    shared = Shared(told.read)
    early = await all_under_way(told, shared)
    late = await ask_behind(shared, ["a"])
    for task in asyncio.all_tasks():
        if task.get_name() == "shared query":
            task.cancel()
    told.gate.set()
    first, *found = await asyncio.gather(*early, *late, return_exceptions=True)
    assert first == 1
    assert [type(one) for one in found] == [asyncio.CancelledError] * UNDER_WAY
    assert await shared.ask(["next"]) == UNDER_WAY + 1


async def test_who_finds_nothing_under_way_asks_without_a_task_between() -> None:
    told = Told()
    told.gate.set()
    before = asyncio.all_tasks()
    assert await Shared(told.read).ask(["only"]) == 1
    assert asyncio.all_tasks() == before


async def test_who_asks_alone_and_goes_away_leaves_the_way_free() -> None:
    told = Told()
    shared = Shared(told.read)
    gone = asyncio.create_task(shared.ask(["gone"]))
    while not told.queries:
        await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    told.gate.set()
    assert await shared.ask(["next"]) == 2

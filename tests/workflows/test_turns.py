"""Turns: rounds of bulk work never go one right after the other, so that the event loop turns in between."""

import asyncio
from itertools import pairwise
from typing import Final

from workflows.turns import Turns

ROUNDS: Final = 5


async def test_people_go_between_two_rounds_of_bulk_work() -> None:
    turns = Turns()
    went = list[str]()

    async def bulk() -> None:
        async with turns.bulk():
            went.append("a round")

    async def people() -> None:
        while went.count("a round") < ROUNDS:
            went.append("a person")
            await asyncio.sleep(0)

    await asyncio.gather(*(bulk() for _ in range(ROUNDS)), people())
    assert ("a round", "a round") not in pairwise(went)


async def test_a_round_that_fails_lets_the_next_one_go() -> None:
    turns = Turns()

    async def fails() -> None:
        async with turns.bulk():
            raise LookupError

    async def goes() -> str:
        async with turns.bulk():
            return "gone"

    failed, gone = await asyncio.gather(fails(), goes(), return_exceptions=True)
    assert isinstance(failed, LookupError) and gone == "gone"

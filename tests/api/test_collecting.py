"""Garbage goes soon, however little is made beside what is let go of."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from api.collecting import collect


class Circle:
    """Holds itself, so only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def nothing_by_count() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def _freed(often: float, seldom: int, *, aged: bool) -> None:
    """Wait until a circle is freed."""
    freed = asyncio.Event()
    circle = Circle()
    weakref.finalize(circle, freed.set)
    if aged:
        gc.collect(1)  # what was seen before is no longer young
    del circle
    collecting = asyncio.create_task(collect(often, seldom))
    try:
        async with asyncio.timeout(10):
            await freed.wait()
    finally:
        collecting.cancel()


async def test_a_young_object_is_seen_soon() -> None:
    await _freed(0.01, 1_000_000, aged=False)


async def test_an_object_that_grew_old_is_seen_later() -> None:
    await _freed(0.01, 2, aged=True)

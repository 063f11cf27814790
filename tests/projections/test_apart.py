"""Work in a second process: what it gives and what it raises come back, and its end is always known."""

import asyncio
import os
import signal
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from domain.refusal import Busy
from projections.apart import ProcessLost, apart
from tests.faults.program import PATIENCE, children_of


@pytest.fixture(autouse=True)
def leaves_no_process() -> Iterator[None]:
    """Check that a test leaves no process behind."""
    before = children_of(os.getpid())
    yield
    assert set(children_of(os.getpid())) <= set(before)


async def test_what_it_returns_comes_back_from_another_process() -> None:
    first, knows = os.getpid(), ["what was known before"]

    async def work() -> tuple[int, list[str], bytes]:
        await asyncio.sleep(0)
        return os.getpid(), knows, bytes(1_000_000)

    (one, known, many), (other, _, _) = await asyncio.gather(apart(work), apart(work))
    assert len({first, one, other}) == 3
    assert known == knows
    assert len(many) == 1_000_000


async def test_what_it_raises_is_raised_here() -> None:
    async def refuse() -> NoReturn:
        raise Busy("It is being built already", name="worklist")

    with pytest.raises(Busy, match="being built already") as refused:
        await apart(refuse)
    assert refused.value.detail == {"name": "worklist"}


class Unpackable(Exception):
    """Cannot be made again from what it says."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


class Unpacked:
    """Cannot be packed."""

    def __reduce__(self) -> NoReturn:
        raise RuntimeError


async def test_what_cannot_travel_is_named() -> None:
    async def raises() -> NoReturn:
        raise Unpackable("one", "two")

    async def returns() -> Unpacked:
        return Unpacked()

    with pytest.raises(ProcessLost, match="Unpackable"):
        await apart(raises)
    with pytest.raises(ProcessLost):
        await apart(returns)


async def test_a_fault_of_its_own_start_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> NoReturn:
        raise PermissionError

    async def work() -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr("projections.apart.os.setsid", refuse)
    with pytest.raises(ProcessLost, match=r"PermissionError in refuse, test_apart\.py line \d+"):
        await apart(work)


async def test_one_that_is_killed_is_not_waited_for() -> None:
    async def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.Event().wait()

    with pytest.raises(ProcessLost):
        await apart(die)


class Cut:
    """Has its process killed when as much of it was said as goes out at once."""

    def __reduce__(self) -> tuple[Any, ...]:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGKILL)
        return bytes, (bytes(5_000_000),)


async def test_half_an_answer_is_none() -> None:
    async def work() -> Cut:
        await asyncio.sleep(0)
        return Cut()

    with pytest.raises(ProcessLost):
        await apart(work)


async def test_a_signal_for_it_is_not_for_the_first() -> None:
    loop, heard, heard_next = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, heard.set)
    loop.add_signal_handler(signal.SIGUSR1, heard_next.set)

    async def die() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        with pytest.raises(ProcessLost):
            await apart(die)
        os.kill(os.getpid(), signal.SIGUSR1)
        await heard_next.wait()  # whatever came before it has been heard by then
        assert not heard.is_set()
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        loop.remove_signal_handler(signal.SIGUSR1)


@pytest.mark.parametrize("heeds", [True, False])
async def test_cancelled_it_is_told_and_ended(heeds: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.apart.STOP_MAX", PATIENCE if heeds else 0.2)
    ours, its = os.pipe()

    async def work() -> None:
        os.write(its, b"begun")
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if heeds:
                    os.write(its, b"told")
                    raise

    working = asyncio.create_task(apart(work))
    try:
        assert await asyncio.to_thread(os.read, ours, 5) == b"begun"
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert not heeds or os.read(ours, 4) == b"told"
    finally:
        os.close(ours)
        os.close(its)

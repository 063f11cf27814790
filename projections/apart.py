"""Work done in a second process of this program, because the one core of the first is not enough.

It begins as a copy of the first process (`fork`), so it knows every event and every key, and nothing has to be told
or imported anew. Of what it inherited it touches no connection: it gets an event loop of its own and opens what it
needs. A pair of sockets ties the two. Over it comes the answer, and its end is the end of the other side, however
that came about: no process is left behind, and none waits for a lost one.
"""

import asyncio
import contextlib
import gc
import os
import pickle
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias, TypeVar

T = TypeVar("T")
Work: TypeAlias = Callable[[], Coroutine[Any, Any, T]]

STOP_MAX: Final = 5.0  # seconds to put down what is under way
PART_MAX: Final = 1 << 16  # bytes read at once


class ProcessLost(Exception):
    """A second process ended without an answer that could be read: mostly it was killed."""


def cores() -> int:
    """Return how many cores this process may use; one on systems where a fork must not go on without `exec`."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


async def apart(work: Work[T]) -> T:
    """Do work in a second process; return what it returns, or raise what it raises. Both must pickle.

    Cancelled, it lets the process put down what is under way, and waits for its end. Raises `ProcessLost`.
    """
    ours, its = socket.socketpair()
    new_loop = type(asyncio.get_running_loop())
    if not (process := os.fork()):
        ours.close()
        _be_second(work, its, new_loop)
    its.close()
    ours.setblocking(False)
    with ours:
        try:
            answer = await _rest(ours)
        finally:
            ours.shutdown(socket.SHUT_WR)
            await _ended(process, ours)
    try:
        found, fault = pickle.loads(answer)  # noqa: S301  # from our own process, over sockets that nobody else holds
    except (EOFError, pickle.UnpicklingError):  # nothing, or not all of it
        raise ProcessLost("the second process was killed") from None
    if fault is not None:
        raise fault
    return found  # type: ignore[no-any-return]


async def _rest(other: socket.socket) -> bytes:
    """Return all that the other side says until its end."""
    parts = []
    while part := await asyncio.get_running_loop().sock_recv(other, PART_MAX):
        parts.append(part)
    return b"".join(parts)


async def _ended(process: int, other: socket.socket) -> None:
    """Wait for the end of a process that was let go; by force if it does not heed that, or nobody waits any more."""
    heeds = False
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_MAX):
                await _rest(other)
                heeds = True
    finally:
        if not heeds:
            os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)  # noqa: ASYNC222  # it is at its end, so this takes no time


def _be_second(work: Work[Any], first: socket.socket, new_loop: Callable[[], Any]) -> NoReturn:
    """Be the second process from here to its end; nothing that the first one had begun goes on in it."""
    try:
        os.setsid()  # the keys of a terminal are for the first process
        signal.set_wakeup_fd(-1)
        for told in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told, signal.SIG_DFL)
        gc.freeze()  # what was inherited is never put away: over there it is in use
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(_answer(work, first))
    except Exception as fault:  # before the work, or around it: the work's own faults are answered
        first.setblocking(True)
        with contextlib.suppress(OSError):  # nobody is left who would hear it
            first.sendall(pickle.dumps((None, ProcessLost(f"the second process met {_cause(fault)}"))))
    finally:
        os._exit(0)


async def _answer(work: Work[Any], first: socket.socket) -> None:
    """Do the work and say what came of it, unless the first process lets go before."""
    first.setblocking(False)
    loop = asyncio.get_running_loop()
    working, letting_go = asyncio.ensure_future(work()), asyncio.ensure_future(_rest(first))
    await asyncio.wait({working, letting_go}, return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        letting_go.cancel()
        await loop.sock_sendall(first, _packed(working))
    else:
        loop.call_later(STOP_MAX, os._exit, 1)  # nobody may be left who would
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


def _packed(done: asyncio.Future[Any]) -> bytes:
    fault = done.exception()
    try:
        packed = pickle.dumps((None, fault) if fault else (done.result(), None))
        pickle.loads(packed)  # noqa: S301  # there are exceptions that can be packed but not unpacked
    except Exception:
        packed = pickle.dumps((None, ProcessLost(f"the second process met {_cause(fault)}")))
    return packed


def _cause(fault: BaseException | None) -> str:
    """Name a fault and the place it came from. Its message is left out: it may hold personal values."""
    place = traceback.extract_tb(fault.__traceback__)[-1] if fault and fault.__traceback__ else None
    where = f" in {place.name}, {Path(place.filename).name} line {place.lineno}" if place else ""
    return f"{type(fault).__name__}{where}"

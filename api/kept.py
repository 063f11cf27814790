"""A process that a house keeps for itself, so that the loop that answers people is spared its work.

The house starts `python -m MODULE` and is tied to it by two pipes. Down goes one line, which says where
the database is; the end of that pipe is the end of the process, however the house came to its own, so none is
left behind. Up comes a line whenever something changed, and one every second: what the process does for each
thing that it follows the log for. When it dies or falls silent another one takes its place. How far it came is in
the database together with what it did, so nothing is lost and nothing is done twice.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import msgspec
import structlog

from api.collecting import collect, settle_memory
from api.observability import places, set_up_logs
from api.signals import ToldToStop, until_told
from projections.follower import State

NOT_HANDED_ON: Final = frozenset({"JAMINAN_DATABASE_URL", "JAMINAN_DATABASE_ADMIN_URL"})  # hold passwords
LOOK_EVERY: Final = 0.05  # seconds between two looks at what there is to say
SPEAK_EVERY: Final = 1.0  # seconds without anything new
SILENCE_MAX: Final = 30.0  # seconds; beyond that the process counts as hanging
BEGIN_MAX: Final = 30.0  # seconds that a start waits for the first word
STOP_MAX: Final = 5.0  # seconds to put down what is under way
BACK_OFF_MAX: Final = 5.0  # seconds
_PARENT_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the process is told. The address holds a password, so it is neither an argument nor a variable."""

    url: str
    home: str
    log_level: str


States: TypeAlias = Mapping[str, State]
Opened: TypeAlias = Callable[[Told], contextlib.AbstractAsyncContextManager[Callable[[], States]]]


class Kept:
    """Keeps one process that follows the log; those of other houses stand by meanwhile.

    module: what it runs. what: what it follows the log for, in the plural; names: of each of them.
    silence_max: seconds that the process may say nothing, once it has begun, before it is killed and another one
    takes its place.
    """

    def __init__(
        self, module: str, what: str, names: Iterable[str], told: Told, *, silence_max: float = SILENCE_MAX
    ) -> None:
        self._module = module
        self._what = what
        self._told = told
        self._silence_max = silence_max
        self._log = structlog.get_logger(what)
        self._states = dict.fromkeys(names, State("starting"))
        self._has_spoken = False  # the process that runs
        self._begun = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    @property
    def states(self) -> dict[str, State]:
        """What is done for each; `stopped` also while no process can be started."""
        return dict(self._states)

    async def start(self) -> None:
        """Keep the process; returns once it follows, or could not.

        Told to stop meanwhile, it leaves no process to the rest of the house, whose database stops first.
        """
        self._keeping = asyncio.create_task(self._keep(), name=self._what)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEGIN_MAX):
                    await self._begun.wait()
        except asyncio.CancelledError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Let the process put down what is under way, and wait for its end."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _keep(self) -> None:
        """Run one process after the other until cancelled; those that never speak with growing pauses."""
        pause = 0.0
        while True:
            self._has_spoken = False
            fault = await self._run_one()
            if self._has_spoken:
                self._log.warning(f"{self._what} go on in another process", after=fault)
            else:
                self._log.error(f"{self._what} stand still, no process can follow for them", after=fault)
            self._set_all(State("restarting" if self._has_spoken else "stopped", fault))
            self._begun.set()
            pause = 0.0 if self._has_spoken else min(2 * pause or 0.1, BACK_OFF_MAX)
            await asyncio.sleep(pause)

    async def _run_one(self) -> str:
        """Run a process to its end; return what ended it. Whatever it is, the next one is tried."""
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", self._module),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={name: value for name, value in os.environ.items() if name.upper() not in NOT_HANDED_ON},
                start_new_session=True,  # the keys of a terminal are for the house
            )
            try:
                await self._listen_to(process)
            except TimeoutError:  # known from now on, not only once it is gone
                self._set_all(State("restarting"))
                raise
            finally:
                await _ended(process)
        except TimeoutError:
            return f"{self._silence_max:.0f} seconds of silence"
        except Exception as fault:
            return type(fault).__name__
        return f"exit code {process.returncode}"

    async def _listen_to(self, process: asyncio.subprocess.Process) -> None:
        """Take the word of a process for what is done, until it ends or falls silent."""
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(msgspec.json.encode(self._told) + b"\n")
        # Until the first word more than afterwards: where all processors are at work a start takes its time.
        patience = max(BEGIN_MAX, self._silence_max)
        while True:
            # Not `wait_for`: in Python 3.11 it forgets that it was cancelled when a line comes at the same moment.
            async with asyncio.timeout(patience):
                line = await process.stdout.readline()
            if not line:
                return
            self._states = msgspec.json.decode(line, type=dict[str, State])
            self._has_spoken = True
            self._begun.set()
            patience = self._silence_max

    def _set_all(self, state: State) -> None:
        self._states = dict.fromkeys(self._states, state)


@contextlib.asynccontextmanager
async def kept(*several: Kept) -> AsyncIterator[None]:
    """Start several processes at the same time, and stop them at the end."""
    try:
        for begun in await asyncio.gather(*(one.start() for one in several), return_exceptions=True):
            if begun is not None:
                raise begun
        yield
    finally:
        await asyncio.gather(*(one.stop() for one in several))


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End a process: by the end of its pipe, and one that does not heed it by force, at once if nobody waits."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_MAX):
                await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def follow(what: str, opened: Opened) -> None:
    """Be such a process; a fault is told by kind and place, for its message may hold values.

    opened: does the work, with what it was told, while it is open, and gives what tells what is done for each.
    """
    import uvloop

    up = os.dup(1)
    os.dup2(2, 1)  # what anybody prints is for the log
    _end_with_house()
    threading.Thread(target=_outlive, args=[os.getppid()], daemon=True).start()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(until_told(_follow(opened, up)))
    except ToldToStop:
        pass
    except Exception as fault:  # the house starts another process
        structlog.get_logger(what).error(f"{what} stop", fault=type(fault).__name__, at=places(fault))
        sys.exit(1)


async def _follow(opened: Opened, up: int) -> None:
    """Follow for the house that started this process, until it lets go of the pipe. up: the pipe to it."""
    loop = asyncio.get_running_loop()
    house = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(house), sys.stdin)
    if not (line := await house.readline()):
        return
    told = msgspec.json.decode(line, type=Told)
    set_up_logs(told.log_level)
    async with opened(told) as states:
        settle_memory()
        beside = [asyncio.create_task(work) for work in (_speak_of(states, up), collect())]
        await house.read()
        for task in beside:
            task.cancel()
        loop.call_later(STOP_MAX, os._exit, 1)  # nobody may be left who would end what hangs


async def _speak_of(now: Callable[[], States], up: int) -> None:
    """Tell the house what is done for each, without ever waiting for it to listen."""
    loop = asyncio.get_running_loop()
    house, _ = await loop.connect_write_pipe(asyncio.Protocol, os.fdopen(up, "wb"))
    said: States = {}
    due = 0.0
    while True:
        states = now()
        is_news = states != said and all(state.doing != "starting" for state in states.values())
        if is_news or (said and loop.time() >= due):
            house.write(msgspec.json.encode(states) + b"\n")
            said, due = states, loop.time() + SPEAK_EVERY
        await asyncio.sleep(LOOK_EVERY)


def _end_with_house() -> None:
    """Have the kernel end the process when its house ends, where it can: one that is stopped hears of nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _outlive(house: int) -> None:
    """End the process soon after its house, also where its loop hangs and hears of nothing."""
    while os.getppid() == house:
        time.sleep(SPEAK_EVERY)
    time.sleep(STOP_MAX)
    os._exit(1)

"""Group commit: one task per process carries what waits to the append function, many commands a commit."""

import asyncio
import math
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec

from domain.refusal import Busy
from store.batch import (
    STATEMENT,
    STATEMENT_OF_ONE,
    Together,
    arguments,
    arguments_of_one,
    check,
    claims_of,
    is_plain,
)
from store.connection import NOTHING_WRITTEN, connect, is_lost
from store.records import Append, Verdict

BATCH_MAX: Final = 256  # commands in one commit: 14 ms, so an interactive one never waits longer
BULK_MAX: Final = 128  # of them bulk ones where nobody else waits: who comes then waits half as long
BESIDE_MAX: Final = 32  # bulk commands that people's work takes along into its own commit
LOOKED_AT_MAX: Final = 4 * BATCH_MAX  # commands of a queue per commit, or a hot stream costs full scans
WAITING_MAX: Final = 2_048  # commands
BULK_WAITING_MAX: Final = WAITING_MAX // 2
BULK_PATIENCE: Final = 0.2  # seconds that the head of the queue may have waited before bulk work is refused
PATIENCE: Final = 2.0  # seconds that an interactive command may wait to be sent
CONTENTION_MAX: Final = 1.0  # seconds after which a batch that found the lock held is not tried again
RECONNECT_MAX: Final = 6.0  # seconds for which a batch whose fate is unknown is sent again
SERVER_LIMITS: Final = {
    "lock_timeout": "900ms",
    "statement_timeout": "3s",
    "default_transaction_isolation": "read committed",
}
CLIENT_LIMIT: Final = 5.0  # seconds; beyond the server's own limit the link itself is dead


class Writer:
    """Drains the queue as fast as the log takes it; a command that comes alone is sent by its caller, at once.

    Where the last commit was shared, the next one waits a turn of the event loop for those who share it.
    Interactive commands go before bulk ones. A batch holds at most one command per stream, natural key,
    command id and changed data key; the next one waits for the next batch, so order is kept.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._interactive: deque[_Waiting] = deque()
        self._bulk: deque[_Waiting] = deque()
        self._something_waits = asyncio.Event()
        self._sending = asyncio.Lock()
        self._in_company = False  # whether the last commit of people's work carried more than one command
        self._closing = False
        self._connection: asyncpg.Connection[Any] | None = None
        self._statements: dict[str, asyncpg.prepared_stmt.PreparedStatement[Any]] = {}
        self._task = asyncio.create_task(self._run(), name="log writer")

    async def append(
        self, batch: Sequence[Append], *, bulk: bool = False, simulated_at: datetime | None = None
    ) -> list[Verdict]:
        """Return the verdicts in order. Raises `Busy`; then the same commands are safe to send again.

        A caller that stops waiting loses only its own answer. A command may have been recorded even
        so, or even if a later one of the same call was refused: its id tells.
        """
        for append in batch:
            check(append)
        if not batch:
            return []
        now = asyncio.get_running_loop().time()
        self._admit(len(batch), bulk, now)
        if len(batch) == 1 and not (bulk or self._in_company or self._waits() or self._sending.locked()):
            return [await self._send_alone(batch[0], simulated_at)]
        call = _Call(batch, simulated_at)
        waiting = [_Waiting(append, call, place, now) for place, append in enumerate(batch)]
        (self._bulk if bulk else self._interactive).extend(waiting)
        self._something_waits.set()
        return await call.answer

    async def close(self) -> None:
        """Take nothing more, answer all that waits, then hang up."""
        self._closing = True
        self._something_waits.set()
        await self._task
        self._hang_up()

    def _waits(self) -> bool:
        return bool(self._interactive or self._bulk)

    def _admit(self, coming: int, bulk: bool, now: float) -> None:
        if self._closing:
            raise Busy("The store is closing; send the same command again.")
        waiting = len(self._interactive) + len(self._bulk)
        limit = BULK_WAITING_MAX if bulk else WAITING_MAX
        if waiting and waiting + coming > limit:
            raise Busy("Too many commands wait; send the same command again in a moment.", waiting=waiting)
        if bulk and self._interactive and now - self._interactive[0].since > BULK_PATIENCE:
            raise Busy("Bulk work has to wait; send the same commands again in a moment.", waiting=waiting)

    async def _send_alone(self, append: Append, simulated_at: datetime | None) -> Verdict:
        """Send a command from its caller's own task: nothing else waits, so nobody needs to be woken for it."""
        async with self._sending:
            try:
                [verdict] = await self._send([append], simulated_at)
            except asyncio.CancelledError:  # what was sent stands: the very same is sent again, its id tells
                now = asyncio.get_running_loop().time()
                self._interactive.appendleft(_Waiting(append, _Call([append], simulated_at), 0, now))
                self._something_waits.set()
                raise
        if self._something_waits.is_set():
            await asyncio.sleep(0)  # those who came meanwhile are sent before this caller goes on
        return verdict

    async def _run(self) -> None:
        try:
            while self._waits() or not self._closing:
                await self._something_waits.wait()
                if self._in_company:
                    await asyncio.sleep(0)  # who comes in this turn of the loop shares the commit
                async with self._sending:
                    if batch := self._drain():
                        await self._write(batch)
                    elif not (self._waits() or self._closing):
                        self._something_waits.clear()
        finally:  # also when the event loop is torn down: nobody may wait for ever
            self._closing = True
            for waiting in (*self._interactive, *self._bulk):
                waiting.call.fail(Busy("The store has stopped; send the same command again."))

    def _drain(self) -> "list[_Waiting]":
        """Return what goes into the next commit: the eldest of all that may stand together."""
        now = asyncio.get_running_loop().time()
        batch: list[_Waiting] = []
        together = Together()
        for queue in (self._interactive, self._bulk):
            left_behind = []
            full = BATCH_MAX
            if queue is self._bulk:
                full = min(full, len(batch) + BESIDE_MAX) if batch else BULK_MAX
            for _ in range(min(len(queue), LOOKED_AT_MAX)):
                if len(batch) >= full:
                    break
                waiting = queue.popleft()
                if waiting.call.answer.done():  # the caller went away, or an earlier part was refused
                    continue
                if queue is self._interactive and now - waiting.since > PATIENCE:
                    waiting.call.fail(Busy("The log is busy; send the same command again."))
                elif together.admits(waiting.claims) and waiting.agrees_with(batch[:1]):
                    batch.append(waiting)
                else:
                    left_behind.append(waiting)
            queue.extendleft(reversed(left_behind))
            if queue is self._interactive and batch:
                self._in_company = len(batch) > 1
        return batch

    async def _write(self, batch: "list[_Waiting]") -> None:
        try:
            verdicts = await self._send([waiting.append for waiting in batch], batch[0].call.simulated_at)
        except asyncio.CancelledError:
            for waiting in batch:
                waiting.call.answer.cancel()
            raise
        except Busy as busy:
            for waiting in batch:
                waiting.call.fail(busy)
        except Exception as error:  # whatever it is, it belongs to the callers
            if len(batch) == 1:
                batch[0].call.fail(error)
            else:  # nothing was written, and one command is to blame: the others must not suffer
                for waiting in batch:
                    await self._write([waiting])
        else:
            for waiting, verdict in zip(batch, verdicts, strict=True):
                waiting.call.settle(waiting.place, verdict)

    async def _send(self, batch: Sequence[Append], simulated_at: datetime | None) -> list[Verdict]:
        """Return what became of a batch. One plain command goes the short way, unless something bars it."""
        if len(batch) == 1 and is_plain(batch[0]):
            one = await self._ask(STATEMENT_OF_ONE, arguments_of_one(batch[0], simulated_at))
            position, recorded_at = one[0]
            if position is not None:
                return [Verdict("recorded", position, batch[0].answer, None, recorded_at)]
        rows = await self._ask(STATEMENT, arguments(batch, simulated_at))
        return [_verdict(append, row) for append, row in zip(batch, rows, strict=True)]

    async def _ask(self, text: str, columns: list[Any]) -> "list[asyncpg.Record]":
        """Send the very same until its fate is known: the command ids find the first answer."""
        clock = asyncio.get_running_loop().time
        began, lost_since, pause = clock(), math.inf, 0.02
        while True:
            try:
                statement = self._statements.get(text) or await self._prepare(text)
                return await statement.fetch(*columns, timeout=CLIENT_LIMIT)
            except Exception as error:
                if is_lost(error):
                    self._hang_up()
                    lost_since = min(lost_since, clock())
                    if clock() - lost_since > RECONNECT_MAX:
                        raise Busy("The database is out of reach; send the same command again.") from error
                elif not isinstance(error, NOTHING_WRITTEN):
                    raise
                elif clock() - began > CONTENTION_MAX:
                    raise Busy("The log is held by others; send the same command again.") from error
            await asyncio.sleep(pause)
            pause = min(2 * pause, 0.5)

    async def _prepare(self, text: str) -> "asyncpg.prepared_stmt.PreparedStatement[Any]":
        if self._connection is None:
            self._connection = await connect(self._url, **SERVER_LIMITS)
        statement = self._statements[text] = await self._connection.prepare(text, timeout=CLIENT_LIMIT)
        return statement

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None
        self._statements.clear()


class _Call:
    """One call of `Writer.append`, answered when the last of its commands is."""

    __slots__ = ("answer", "open", "simulated_at", "verdicts")

    def __init__(self, batch: Sequence[Append], simulated_at: datetime | None) -> None:
        self.answer: asyncio.Future[list[Verdict]] = asyncio.get_running_loop().create_future()
        self.verdicts: list[Verdict] = [Verdict("stale")] * len(batch)  # each is replaced before anyone looks
        self.open = len(batch)
        self.simulated_at = simulated_at

    def settle(self, place: int, verdict: Verdict) -> None:
        self.verdicts[place] = verdict
        self.open -= 1
        if not self.open and not self.answer.done():
            self.answer.set_result(self.verdicts)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class _Waiting:
    """One command in the queue."""

    __slots__ = ("append", "call", "claims", "place", "since")

    def __init__(self, append: Append, call: _Call, place: int, since: float) -> None:
        self.append = append
        self.call = call
        self.place = place
        self.since = since
        self.claims = claims_of(append)

    def agrees_with(self, batch: "list[_Waiting]") -> bool:
        """Whether it is to be recorded at the same simulated instant."""
        return all(self.call.simulated_at == other.call.simulated_at for other in batch)


def _verdict(append: Append, row: Any) -> Verdict:
    outcome, position, first_answer, holder, recorded_at = row
    if outcome == "recorded":
        answer = append.answer
    else:
        answer = None if first_answer is None else msgspec.json.decode(first_answer)
    return Verdict(outcome, position, answer, holder, recorded_at)

"""Shared queries, the counterpart of group commit: who asks while others are under way shares the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence, Sized
from typing import Final, Generic, TypeVar

TOGETHER_MAX: Final = 512  # things asked for in one query
ALONE: Final = 32  # who asks for more than this is bulk work, and holds up nobody else

Q = TypeVar("Q", bound=Sized)
A = TypeVar("A")


class Shared(Generic[Q, A]):
    """Asks for many at once. Nobody is given what was read before he asked."""

    def __init__(self, read: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]) -> None:
        """read: returns an answer to each of these questions, by one query."""
        self._read = read
        self._waiting: list[_Asked[Q, A]] = []
        self._serving: asyncio.Task[None] | None = None
        self._asks_alone = False  # somebody found nothing under way, and waits for nobody's task

    async def ask(self, question: Q) -> A:
        """Return the answer to a question, as fresh as by a query of one's own."""
        if len(question) > ALONE:
            return await self._by_itself(question)
        if not (self._asks_alone or self._serving):
            self._asks_alone = True
            try:
                return await self._by_itself(question)
            finally:
                self._asks_alone = False
        asked = _Asked[Q, A](question)
        self._waiting.append(asked)
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve(), name="shared query")
        return await asked.answer

    async def _by_itself(self, question: Q) -> A:
        [answer] = await self._read([question])
        return answer

    async def _serve(self) -> None:
        try:
            while self._waiting:
                await self._serve_together(self._next())
        finally:  # also when the event loop is torn down: nobody may wait for ever
            self._serving = None
            for asked in self._waiting:
                asked.answer.cancel()
            self._waiting = []

    def _next(self) -> "list[_Asked[Q, A]]":
        count = things = 0
        for asked in self._waiting:
            if count and things + len(asked.question) > TOGETHER_MAX:
                break
            count, things = count + 1, things + len(asked.question)
        together, self._waiting = self._waiting[:count], self._waiting[count:]
        return together

    async def _serve_together(self, together: "list[_Asked[Q, A]]") -> None:
        try:
            answers = await self._read([asked.question for asked in together])
        except asyncio.CancelledError:
            for asked in together:
                asked.answer.cancel()
            raise
        except Exception as error:  # whatever it is, it belongs to those who asked
            for asked in together:
                if not asked.answer.done():
                    asked.answer.set_exception(error)
        else:
            for asked, answer in zip(together, answers, strict=True):
                if not asked.answer.done():
                    asked.answer.set_result(answer)


class _Asked(Generic[Q, A]):
    """What one caller wants to know."""

    __slots__ = ("answer", "question")

    def __init__(self, question: Q) -> None:
        self.question = question
        self.answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()

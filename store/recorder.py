"""The library's synchronous recorder, as a thin door over the same append."""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from hashlib import sha256
from threading import Thread
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    OperationalError,
    ProgrammingError,
    StoredEvent,
)

from domain.refusal import Busy
from store.records import Append, Recorded
from store.store import Store

T = TypeVar("T")


class StreamRecorder(AggregateRecorder):
    """Reads and writes streams, for many threads. It owns a thread with an event loop and a store."""

    def __init__(self, url: str) -> None:
        _refuse_on_an_event_loop()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="recorder", daemon=True)
        self._thread.start()
        self.store: Store = self.wait_for(Store.open(url))

    def close(self) -> None:
        """Close the store and end the thread. May be called again."""
        if self._thread.is_alive():
            self.wait_for(self.store.close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Record all of these events or none; `command_id` makes a repeat harmless.

        Raises the library's `IntegrityError` on any conflict, `OperationalError` when the log is busy.
        """
        self._insert(stored_events, **kwargs)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return the events of one stream, by version."""
        stream = cast(UUID, originator_id)
        records = self.wait_for(self.store.read_streams([stream]))[stream]
        chosen = [r for r in records if (gt is None or r.version > gt) and (lte is None or r.version <= lte)]
        ordered = chosen[::-1] if desc else chosen
        return [StoredEvent(r.stream, r.version, r.topic, r.state) for r in ordered[:limit]]

    def wait_for(self, answer: Coroutine[Any, Any, T]) -> T:
        """Return what the coroutine answers on the recorder's own loop. Refused on a thread that runs one."""
        try:
            _refuse_on_an_event_loop()
        except ProgrammingError:
            answer.close()
            raise
        return asyncio.run_coroutine_threadsafe(answer, self._loop).result()

    def _insert(self, stored_events: Sequence[StoredEvent], *, command_id: UUID | None = None) -> list[int]:
        if not stored_events:
            return []
        request = sha256(repr(stored_events).encode()).digest()
        try:
            append = Append(command_id=command_id or uuid4(), request=request, events=stored_events)
            [verdict] = self.wait_for(self.store.append([append]))
        except ValueError as error:
            raise IntegrityError(str(error)) from error
        except Busy as error:
            raise OperationalError(error.message) from error
        if verdict.position is None or verdict.outcome == "reused":
            raise IntegrityError(f"Not recorded: {verdict.outcome}")
        return list(range(verdict.position - len(stored_events) + 1, verdict.position + 1))


class LogRecorder(StreamRecorder, ApplicationRecorder):
    """Reads the whole log too. Positions are dense and begin at 1."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        return self._insert(stored_events, **kwargs)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return at most `limit` events from `start` up to `stop`, in order."""
        after = (start or 0) - (1 if start is not None and inclusive_of_start else 0)
        records = self.wait_for(self.store.read_log(after, limit, topics=topics or None, up_to=stop))
        return [_notification(record) for record in records]

    def max_notification_id(self) -> int | None:
        return self.wait_for(self.store.last_position()) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "LogSubscription":
        return LogSubscription(self, gt, topics)


class LogSubscription(ListenNotifySubscription[LogRecorder]):
    """Follows the log, woken by its bell."""

    _waking: "Future[None] | None" = None

    def __init__(self, recorder: LogRecorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder, gt, topics)
        self._waking = asyncio.run_coroutine_threadsafe(self._wake(), recorder._loop)

    def stop(self) -> None:
        super().stop()
        if self._waking is not None:
            self._waking.cancel()

    async def _wake(self) -> None:
        position = 0
        with suppress(asyncio.CancelledError):
            while True:
                position = await self._recorder.store.wait_beyond(position, timeout=1)
                self._has_been_notified.set()


def _refuse_on_an_event_loop() -> None:
    with suppress(RuntimeError):
        asyncio.get_running_loop()
        raise ProgrammingError("The synchronous recorder would block this event loop; use the store itself")


def _notification(record: Recorded) -> Notification:
    return Notification(record.stream, record.version, record.topic, record.state, record.position)

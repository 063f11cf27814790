"""Small commands and events for tests of the store, which does not care what they mean."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.persistence import StoredEvent

from store.store import Append


def event(
    stream: UUID | None = None, version: int = 1, *, topic: str = "test.happened", state: bytes = b"{}"
) -> StoredEvent:
    return StoredEvent(stream or uuid4(), version, topic, state)


def command(*events: StoredEvent, id: UUID | None = None, request: str = "", **more: Any) -> Append:
    return Append(
        command_id=id or uuid4(),
        request=sha256(request.encode()).digest(),
        events=events or [event()],
        **more,
    )


def commands(number: int) -> Sequence[Append]:
    return [command() for _ in range(number)]

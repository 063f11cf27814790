"""What goes into the log and what comes out: the values that the store and its callers exchange."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from eventsourcing.persistence import StoredEvent

Outcome = Literal["recorded", "repeated", "reused", "taken", "stale", "moved", "erased"]


class NaturalKey(NamedTuple):
    """What may exist only once. `digest` is an HMAC (`Keyring.hmac`), never the value itself."""

    kind: str
    digest: bytes
    owner: UUID


class Append(msgspec.Struct, frozen=True, kw_only=True):
    """What one command wants stored: all of it or nothing.

    command_id, request: the same id with the same `request` (SHA-256 of what was asked) is a repeat.
    events: at least one; they may span streams, each stream's versions rise by one.
    answer: JSON, remembered with the command id for whoever repeats it.
    take, release: natural keys that these events make true or end; never the same one in both.
    new_keys, subjects: wrapped data keys made for these events, and every person with a box in them.
    erase: persons whose data keys these events destroy.
    leaned_on: versions of streams that the decision remembered and did not read anew, 0 for one that was empty.
    """

    command_id: UUID
    request: bytes
    events: Sequence[StoredEvent]
    answer: Any = None  # any JSON value
    take: Sequence[NaturalKey] = ()
    release: Sequence[NaturalKey] = ()
    new_keys: Mapping[UUID, bytes] = {}
    subjects: Sequence[UUID] = ()
    erase: Sequence[UUID] = ()
    leaned_on: Mapping[UUID, int] = {}


class Verdict(NamedTuple):
    """What became of one command.

    recorded: it stands, at `position` (of its last event).
    repeated: it stood already; `position` and `answer` are the first ones.
    reused: its id belongs to a different request.
    taken: somebody else, `holder`, holds a natural key.
    stale: a stream moved on, or another data key came first. Load again and decide again.
    moved: a stream that the decision leaned on moved on. Read it and decide again.
    erased: the personal data of a subject have been erased.
    """

    outcome: Outcome
    position: int | None = None
    answer: Any = None  # any JSON value
    holder: UUID | None = None
    recorded_at: datetime | None = None


class Recorded(NamedTuple):
    """A row of the log."""

    position: int
    recorded_at: datetime
    stream: UUID
    version: int
    topic: str
    state: bytes


class RememberedCommand(NamedTuple):
    """A command that was carried out, and its first answer."""

    request: bytes
    position: int
    answer: Any  # any JSON value


class Origin(NamedTuple):
    """Which log this is; `simulated` means that its instants follow a demonstration's clock."""

    log_id: UUID
    simulated: bool
    created_at: datetime

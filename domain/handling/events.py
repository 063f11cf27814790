"""Who handled a case when, and what people noted on it; beside the case, so that it never moves its version."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from eventsourcing.utils import resolve_topic

from domain.fact import Fact
from domain.sealed import Sealed
from domain.stored_as import stored_as


class HandlingFact(Fact):
    """What happened to the handling of a case. The stream begins with whatever of this happens first."""

    case_id: UUID
    kind: str  # stored name of the aggregate that is handled

    def mutate(self, aggregate: Any) -> Any:
        return super().mutate(aggregate or unbegun(self.originator_id, self.timestamp))


@stored_as("handling.taken")
class CaseTaken(HandlingFact):
    """The actor takes the case; nobody had it."""


@stored_as("handling.assigned")
class CaseAssigned(HandlingFact):
    """Somebody was given the case: by an approver, or handed on by whoever had it."""

    to: str  # as tokens name people
    before: str | None = None  # who had it
    reason: Sealed[str] | None = None


@stored_as("handling.released")
class CaseReleased(HandlingFact):
    """Nobody has the case any more."""

    before: str
    reason: Sealed[str] | None = None


@stored_as("handling.note_written")
class NoteWritten(HandlingFact):
    """A note for the office. It may speak of the insured person, and is sealed under that person's key."""

    text: Sealed[str]


def handling_of(case_id: UUID) -> UUID:
    """Return the stream of the handling of a case."""
    return uuid5(case_id, "handling")


def unbegun(stream: UUID, at: datetime) -> Any:
    """Return a handling to which nothing happened yet."""
    handling = resolve_topic("handling")
    blank = handling.__new__(handling)
    blank.__base_init__(stream, 0, at)
    blank.__init__()
    return blank

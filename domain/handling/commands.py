"""What may be asked about who handles a case: outside its lifecycle, beside its stream."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.command import Command, Personal


@dataclass(frozen=True, kw_only=True, repr=False)
class HandlingCommand(Command):
    """Asked of the handling of a case; `case_id` is the stream beside that case (`handling_of`).

    of: the case itself. kind: stored name of its aggregate.
    """

    aggregate: ClassVar[str] = "handling"
    beside: ClassVar[bool] = True
    commutes: ClassVar[bool] = True
    found_out: ClassVar[frozenset[str]] = frozenset({"of", "kind"})

    of: UUID
    kind: str = "claim"

    def companions(self) -> dict[str, UUID]:
        return {self.kind: self.of}


@dataclass(frozen=True, kw_only=True, repr=False)
class TakeCase(HandlingCommand):
    step: ClassVar[str] = "take"


@dataclass(frozen=True, kw_only=True, repr=False)
class AssignCase(HandlingCommand):
    step: ClassVar[str] = "assign"

    to: str  # as tokens name people
    reason: Personal | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ReleaseCase(HandlingCommand):
    step: ClassVar[str] = "release"

    reason: Personal | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class WriteNote(HandlingCommand):
    step: ClassVar[str] = "write_note"

    text: Personal

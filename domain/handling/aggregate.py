"""Who handles a case. Having it is no permission, and not having it no bar: it only says whose desk it lies on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from domain.case import Case
from domain.command import SYSTEM, header, said
from domain.fact import Fact
from domain.handling.commands import AssignCase, HandlingCommand, ReleaseCase, TakeCase, WriteNote
from domain.handling.events import CaseAssigned, CaseReleased, CaseTaken, HandlingFact, NoteWritten, unbegun
from domain.handling.refusals import TakenByAnother
from domain.refusal import Invalid
from domain.sealed import Sealed
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World


@stored_as("handling")
class Handling(Case):
    """The handling of one case: one person has it, or nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.of: UUID | None = None
        self.held_by: str | None = None
        self.since: datetime | None = None  # when the holder got it
        self.notes = 0

    @classmethod
    def unbegun(cls, stream: UUID, at: datetime) -> "Handling":
        """Return a handling to which nothing happened yet."""
        found = unbegun(stream, at)
        assert isinstance(found, cls)
        return found

    def take(self, command: TakeCase, step: Step, world: World) -> None:
        """Take a case that nobody has. Refused (`duplicate`) with the name of who has it."""
        if self.held_by == command.issued_by:
            return
        if self.held_by is not None:
            raise TakenByAnother(
                f"{self.held_by} has this case: ask {self.held_by} to hand it on or release it, "
                "or an approver to assign it",
                key="handling",
                assigned_to=self.held_by,
            )
        self.trigger_event(CaseTaken, **self._beside(command, step, world))

    def assign(self, command: AssignCase, step: Step, world: World) -> None:
        """Give the case to somebody, whoever has it."""
        to = said(command.to, "to")
        if to == SYSTEM:
            raise Invalid(f"{SYSTEM} is no person: name people as their tokens do", field="to")
        if to == self.held_by:
            return
        self.trigger_event(
            CaseAssigned,
            to=to,
            before=self.held_by,
            reason=_sealed(command.reason, command, world),
            **self._beside(command, step, world),
        )

    def release(self, command: ReleaseCase, step: Step, world: World) -> None:
        if self.held_by is None:
            return
        self.trigger_event(
            CaseReleased,
            before=self.held_by,
            reason=_sealed(command.reason, command, world),
            **self._beside(command, step, world),
        )

    def write_note(self, command: WriteNote, step: Step, world: World) -> None:
        text = Sealed.of(_subject(command, world), said(command.text, "text"))
        self.trigger_event(NoteWritten, text=text, **self._beside(command, step, world))

    def answer(self, step: str) -> dict[str, Any]:
        return {"of": self.of, "assigned_to": self.held_by, "since": self.since}

    def when(self, event: Fact) -> None:
        super().when(event)
        if isinstance(event, HandlingFact):
            self.of = event.case_id
        match event:
            case CaseTaken():
                self.held_by, self.since = event.actor, event.decided_at
            case CaseAssigned():
                self.held_by, self.since = event.to, event.decided_at
            case CaseReleased():
                self.held_by = self.since = None
            case NoteWritten():
                self.notes += 1

    def _beside(self, command: HandlingCommand, step: Step, world: World) -> dict[str, Any]:
        head = header(command, step, _subject(command, world))
        return {"case_id": command.of, "kind": command.kind, **head}


def _subject(command: HandlingCommand, world: World) -> UUID:
    return world.the(command.kind, Case).subject_id


def _sealed(text: str | None, command: HandlingCommand, world: World) -> Sealed[str] | None:
    return Sealed.of(_subject(command, world), text) if text and text.strip() else None

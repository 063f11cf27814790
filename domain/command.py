"""The base of every command: what somebody asks for, with who, when and on whose behalf."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID, uuid5

from domain.fact import OnBehalfOf
from domain.refusal import Invalid
from domain.sealed import Sealed
from domain.step import Step

SYSTEM: Final = "SYSTEM"  # the person that timers, processes and matching act as
SYSTEM_ROLE: Final = "system"


class PersonalMark:
    """Marks a field of a command as personal: sealed in events, never logged, never in a URL."""


class SaidMark:
    """Marks a text that must say something: a form that leaves it blank is refused like any other wrong body."""


Personal = Annotated[str, PersonalMark()]
Said = Annotated[str, SaidMark()]
PersonalSaid = Annotated[str, PersonalMark(), SaidMark()]
PersonalDate = Annotated[date, PersonalMark()]


@dataclass(frozen=True, kw_only=True, repr=False)
class Behalf:
    """The person for whom an officer takes a participant's step; the signed form is the evidence."""

    name: Personal
    relation: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Command:
    """What is asked of one case.

    decided_at: the office's clock, time zone aware. effective_on: the legal day in Asia/Jakarta,
    never after the day of `decided_at`. expected_version: what the caller last saw (If-Match).
    keyed: the caller sent a key, so that a repeat must get the first answer. unattended: nobody waits for the
    answer, so it says nothing of the steps that are open next.
    """

    aggregate: ClassVar[str] = ""  # stored name of the aggregate that carries it out
    step: ClassVar[str] = ""
    begins: ClassVar[bool] = False  # the case does not exist before
    beside: ClassVar[bool] = False  # of a stream beside a case, which begins with what happens first
    dated_ahead: ClassVar[bool] = False  # its legal day may lie ahead: the day something is to take effect
    commutes: ClassVar[bool] = False  # may be decided again after a lost race
    asks_who_died: ClassVar[bool] = False  # the office looks up whether the person is known to be dead
    found_out: ClassVar[frozenset[str]] = frozenset()  # fields that no form asks for: the office knows them

    command_id: UUID
    case_id: UUID
    issued_by: str
    roles: frozenset[str]
    decided_at: datetime
    effective_on: date
    area: str | None = None  # the caller's mandate; empty means no limit
    on_behalf_of: Behalf | None = None
    note: Personal | None = None
    expected_version: int | None = None
    keyed: bool = False
    unattended: bool = False
    delegations: tuple[UUID, ...] = ()  # by which the sender may fill chairs; judged with the decision
    delegation: UUID | None = None  # that of the chair in which the command is carried out
    request: bytes = b""  # digest of what was sent, to tell a repeat from another request under the same key
    correlation_id: UUID | None = None
    causation_id: UUID | None = None

    def companions(self) -> dict[str, UUID]:
        """Return the streams that the decision looks at besides those the case names itself."""
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.command_id}, case={self.case_id}, by={self.issued_by})"


@dataclass(frozen=True, kw_only=True, repr=False)
class AddPaper(Command):
    """Add a paper to the file; its bytes are stored before, sealed."""

    step: ClassVar[str] = "add_document"
    commutes: ClassVar[bool] = True

    code: str
    sha256: str
    media_type: str
    size: int


def said(text: str, field: str) -> str:
    """Return a text that must say something. Refused (`invalid`) where it is blank."""
    if not text.strip():
        raise Invalid(f"{field} is empty: say it in a sentence", field=field)
    return text.strip()


def header(command: Command, step: Step, subject_id: UUID) -> dict[str, Any]:
    """Return the header of the event that answers a command.

    subject_id: the person the case is about; a note is sealed under that person's key.
    """
    behalf = command.on_behalf_of
    return {
        "timestamp": command.decided_at.astimezone(UTC),
        "actor": command.issued_by,
        "acting_roles": tuple(sorted(command.roles & step.roles if step.roles else command.roles)),
        "effective_on": command.effective_on,
        "command_id": command.command_id,
        "correlation_id": command.correlation_id,
        "causation_id": command.causation_id,
        "on_behalf_of": behalf
        and OnBehalfOf(
            name=Sealed.of(uuid5(command.command_id, "on_behalf_of"), behalf.name), relation=behalf.relation
        ),
        "definition": step.definition,
        "step": step.name,
        "from_status": step.from_status,
        "to_status": step.to_status,
        "clocks": step.clocks,
        "flags": step.flags,
        "note": Sealed.of(subject_id, command.note) if command.note else None,
        "delegation": command.delegation,
    }

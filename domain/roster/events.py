"""What has happened to a sponsor's list: received, checked row by row, carried through its steps."""

from dataclasses import dataclass
from sys import intern
from uuid import UUID

from domain.fact import Fact, FirstFact
from domain.stored_as import stored_as


@dataclass(frozen=True, slots=True)
class RowIssue:
    """What is wrong or odd with one row. Never holds a value of the row: those are personal."""

    row: int  # data rows from 1
    field: str
    code: str
    severity: str  # reject or warn
    first_row: int | None = None  # of a duplicate within the list: the row that stands


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A row whose worker has a membership that goes on, so that none begins with this list.

    reason: `unchanged` (equal to a row of the list that this one replaces), `changed` (the person
    stands there with other data) or `renewal` (a live member of the programme).
    """

    row: int
    enrollment_id: UUID
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", intern(self.reason))  # in memory once, however many rows say it


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """Why a step was refused for the member of one row."""

    row: int
    code: str
    message: str


@stored_as("roster.received")
class RosterReceived(FirstFact):
    """A list arrived. Its bytes are kept sealed under the list's own key; `effective_on` is its day."""

    programme_id: UUID
    area_code: str
    sha256: str
    size: int  # bytes
    media_type: str
    replaces: UUID | None = None  # the list that this one corrects


@stored_as("roster.check_started")
class RosterCheckStarted(Fact):
    """The file can be read as a list: how many rows wait, and which columns nobody asked for."""

    rows: int
    unknown_columns: tuple[str, ...] = ()  # titles as the sponsor wrote them


@stored_as("roster.rows_checked")
class RowsChecked(Fact):
    """A slice of rows was checked and its accepted rows were taken up."""

    from_row: int
    to_row: int
    issues: tuple[RowIssue, ...]
    standing: tuple[StandingRow, ...] = ()


@stored_as("roster.checked")
class RosterChecked(Fact):
    rows: int
    accepted: int
    rejected: int
    warnings: int
    unchanged: int = 0


@stored_as("roster.check_failed")
class RosterCheckFailed(Fact):
    """The file could not be read as a list at all; no row was taken up."""

    code: str
    message: str  # in English
    message_id: str = ""  # in Indonesian


@stored_as("roster.document_added")
class DocumentAdded(Fact):
    code: str
    sha256: str
    media_type: str
    size: int  # bytes


@stored_as("roster.step_requested")
class StepRequested(Fact):
    """Somebody asked for a step of all members, or of the rows named. `form` is the step's JSON form."""

    request_id: UUID
    member_step: str
    form: str
    area: str | None = None
    rows: tuple[int, ...] | None = None
    except_rows: tuple[int, ...] = ()


@stored_as("roster.step_done")
class StepDone(Fact):
    request_id: UUID
    member_step: str
    done: int
    refused: tuple[RowRefusal, ...]

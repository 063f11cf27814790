"""What may be asked of a list."""

from dataclasses import dataclass
from typing import ClassVar, Final
from uuid import UUID

from domain.command import AddPaper, Command
from domain.roster.events import RowIssue, RowRefusal, StandingRow

RENEWED: Final = "roster/renewed"  # the companion that carries a member on
REPLACED: Final = "roster/replaced"  # the companion that a corrected list replaces


@dataclass(frozen=True, kw_only=True, repr=False)
class RosterCommand(Command):
    aggregate: ClassVar[str] = "roster"


@dataclass(frozen=True, kw_only=True, repr=False)
class ReceiveRoster(RosterCommand):
    """Take in a list of a programme; its bytes are stored before, sealed."""

    step: ClassVar[str] = "receive"
    dated_ahead: ClassVar[bool] = True
    begins: ClassVar[bool] = True

    programme_id: UUID
    sha256: str
    size: int
    media_type: str
    replaces: UUID | None = None

    def companions(self) -> dict[str, UUID]:
        replaced = {REPLACED: self.replaces} if self.replaces else {}
        return {"programme": self.programme_id} | replaced


@dataclass(frozen=True, kw_only=True, repr=False)
class StartCheck(RosterCommand):
    step: ClassVar[str] = "start_check"
    dated_ahead: ClassVar[bool] = True
    commutes: ClassVar[bool] = True

    rows: int
    unknown_columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class RecordRowsChecked(RosterCommand):
    step: ClassVar[str] = "record_rows_checked"
    dated_ahead: ClassVar[bool] = True
    commutes: ClassVar[bool] = True

    from_row: int
    to_row: int
    issues: tuple[RowIssue, ...]
    standing: tuple[StandingRow, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class FinishCheck(RosterCommand):
    step: ClassVar[str] = "finish_check"
    dated_ahead: ClassVar[bool] = True
    commutes: ClassVar[bool] = True

    rows: int


@dataclass(frozen=True, kw_only=True, repr=False)
class FailCheck(RosterCommand):
    step: ClassVar[str] = "fail_check"
    dated_ahead: ClassVar[bool] = True
    commutes: ClassVar[bool] = True

    code: str
    message: str
    message_id: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class AddDocument(AddPaper, RosterCommand):
    pass


@dataclass(frozen=True, kw_only=True, repr=False)
class RequestStep(RosterCommand):
    """Ask for a step of every accepted member, of `rows` alone, or of all but `except_rows`."""

    step: ClassVar[str] = "request_step"
    commutes: ClassVar[bool] = True

    member_step: str
    form: str
    rows: tuple[int, ...] | None = None
    except_rows: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class FinishStep(RosterCommand):
    step: ClassVar[str] = "finish_step"
    commutes: ClassVar[bool] = True

    request_id: UUID
    member_step: str
    done: int
    refused: tuple[RowRefusal, ...]

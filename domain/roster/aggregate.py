"""A sponsor's list of workers: checked row by row, then carried through its steps as one body."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from domain.benefit.rules import RULES
from domain.case import Case, Key, Paper
from domain.command import header
from domain.fact import Fact
from domain.mandate import Mandate
from domain.programme.aggregate import Programme
from domain.refusal import Invalid, StepNotOpen
from domain.roster.commands import (
    REPLACED,
    AddDocument,
    FailCheck,
    FinishCheck,
    FinishStep,
    ReceiveRoster,
    RecordRowsChecked,
    RequestStep,
    StartCheck,
)
from domain.roster.events import (
    DocumentAdded,
    RosterChecked,
    RosterCheckFailed,
    RosterCheckStarted,
    RosterReceived,
    RowIssue,
    RowRefusal,
    RowsChecked,
    StandingRow,
    StepDone,
    StepRequested,
)
from domain.roster.ids import member_id
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World

FILE_KEY: Final = "roster-file"
RENEWAL: Final = "renewal"  # why a row begins no membership: a live member of the programme
REGISTER: Final = "register"
RENEWAL_STEPS: Final = frozenset({REGISTER, "reenroll"})  # steps that renewed rows take part in


def file_digest(programme_id: UUID, effective_on: date, file_sha256: str, replaces: UUID | None) -> bytes:
    """Return the natural key of a list: the same bytes for the same programme and day are the same list."""
    return sha256(f"{programme_id}/{effective_on}/{file_sha256}/{replaces}".encode()).digest()


@dataclass(frozen=True)
class MemberStep:
    """A step asked for all or some members, and what came of it."""

    request: StepRequested
    finished: bool = False
    done: int = 0
    refused: tuple[RowRefusal, ...] = ()
    position: int = 0  # of the last event about it


@stored_as("roster")
class Roster(Case):
    """A list, from its arrival to the last step of its members."""

    def __init__(self) -> None:
        super().__init__()
        self.received: RosterReceived
        self.checked_to = 0  # last row that was checked
        self.rows: int | None = None  # known as soon as the file was read
        self.unknown_columns: tuple[str, ...] = ()
        self.issues: list[RowIssue] = []
        self.standing: dict[int, StandingRow] = {}
        self.failure: RosterCheckFailed | None = None
        self.steps: dict[UUID, MemberStep] = {}

    @property
    def subject_id(self) -> UUID:
        return self.id

    def companions(self) -> dict[str, UUID]:
        return {"programme": self.received.programme_id}

    def is_within(self, mandate: Mandate) -> bool:
        """Whether a mandate reaches the list: a ward or district of its area reaches its own rows of it."""
        return super().is_within(mandate) or mandate.lies_within(self.area_code)

    @property
    def refused_rows(self) -> frozenset[int]:
        return frozenset(issue.row for issue in self.issues if issue.severity == "reject")

    @property
    def warned_rows(self) -> frozenset[int]:
        return frozenset(issue.row for issue in self.issues if issue.severity == "warn") - self.refused_rows

    @property
    def unchanged_rows(self) -> frozenset[int]:
        return frozenset(row for row, stands in self.standing.items() if stands.reason == "unchanged")

    def accepted_rows(self) -> list[int]:
        """Return the rows that this list took up so far, in order: each began a membership."""
        refused = self.refused_rows
        return [
            row for row in range(1, self.checked_to + 1) if row not in refused and row not in self.standing
        ]

    def rows_for(self, member_step: str) -> list[int]:
        """Return the rows with which a step may be taken: those taken up, and for some steps those renewed."""
        renewed = self.renewed_rows if member_step in RENEWAL_STEPS else ()
        return sorted([*self.accepted_rows(), *renewed])

    @property
    def renewed_rows(self) -> list[int]:
        """The rows of live members, whom the list carries on."""
        return [row for row, stands in self.standing.items() if stands.reason == RENEWAL]

    def member_ids(self) -> list[UUID]:
        """Return the memberships that payments for this list may mean: those begun with it and those renewed."""
        return [self.enrollment_of(row) for row in self.rows_for(REGISTER)]

    def enrollment_of(self, row: int) -> UUID:
        """Return the membership behind a row that was not refused: its own, or the one that goes on."""
        stands = self.standing.get(row)
        return stands.enrollment_id if stands else member_id(self.id, row)

    @classmethod
    def receive(cls, command: ReceiveRoster, step: Step, world: World) -> list[Case]:
        """Take in a list; its rows are checked after that, in the background.

        Refused for a day before the first rules of law, and where it replaces a list of another
        programme or one that is not checked yet. The list it replaces stays as it is, with its members.
        """
        RULES.in_force("coverage.grace", command.effective_on)
        if command.replaces:
            _refuse_replacing(world.the(REPLACED, Roster), command)
        roster = cls._create(
            RosterReceived,
            id=command.case_id,
            programme_id=command.programme_id,
            area_code=world.the("programme", Programme).area_code,
            sha256=command.sha256,
            size=command.size,
            media_type=command.media_type,
            replaces=command.replaces,
            **header(command, step, command.case_id),
        )
        digest = file_digest(command.programme_id, command.effective_on, command.sha256, command.replaces)
        roster.keys.take.append(Key(FILE_KEY, digest))
        return [roster]

    def start_check(self, command: StartCheck, step: Step, world: World) -> None:
        """Record how many rows wait. A check that is taken up again has said so before."""
        if self.rows is None:
            self.trigger_event(
                RosterCheckStarted,
                rows=command.rows,
                unknown_columns=command.unknown_columns,
                **header(command, step, self.id),
            )

    def record_rows_checked(self, command: RecordRowsChecked, step: Step, world: World) -> None:
        """Record a slice. A slice that is recorded already is left alone."""
        if command.to_row <= self.checked_to:
            return
        assert command.from_row == self.checked_to + 1, "slices of a list are recorded in order"
        self.trigger_event(
            RowsChecked,
            from_row=command.from_row,
            to_row=command.to_row,
            issues=command.issues,
            standing=command.standing,
            **header(command, step, self.id),
        )

    def finish_check(self, command: FinishCheck, step: Step, world: World) -> None:
        if self.status != "checking":
            return
        self.trigger_event(
            RosterChecked,
            rows=command.rows,
            accepted=command.rows - len(self.refused_rows) - len(self.unchanged_rows),
            rejected=len(self.refused_rows),
            warnings=len(self.warned_rows),
            unchanged=len(self.unchanged_rows),
            **header(command, step, self.id),
        )

    def fail_check(self, command: FailCheck, step: Step, world: World) -> None:
        if self.status != "checking":
            return
        self.trigger_event(
            RosterCheckFailed,
            code=command.code,
            message=command.message,
            message_id=command.message_id,
            **header(command, step, self.id),
        )

    def add_document(self, command: AddDocument, step: Step, world: World) -> None:
        self.trigger_event(
            DocumentAdded,
            code=command.code,
            sha256=command.sha256,
            media_type=command.media_type,
            size=command.size,
            **header(command, step, self.id),
        )

    def request_step(self, command: RequestStep, step: Step, world: World) -> None:
        """Ask for a step of the members. Refused until every row is checked, and for rows not accepted."""
        if self.status != "checked":
            raise StepNotOpen(
                f"the list is {self.status}: steps open when every row is checked", status=self.status
            )
        accepted = set(self.rows_for(command.member_step))
        named = set(command.rows or ()) | set(command.except_rows)
        if unknown := sorted(named - accepted):
            raise self._no_member(unknown[0], "rows" if command.rows else "except_rows")
        self.trigger_event(
            StepRequested,
            request_id=command.command_id,
            member_step=command.member_step,
            form=command.form,
            area=command.area,
            rows=command.rows,
            except_rows=command.except_rows,
            **header(command, step, self.id),
        )

    def _no_member(self, row: int, field: str) -> Invalid:
        if row in self.standing:
            stands = self.standing[row]
            return Invalid(
                f"row {row} is {stands.reason}: its membership did not begin with this list and goes on; "
                "take the step with that membership",
                field=field,
                row=row,
                enrollment_id=str(stands.enrollment_id),
            )
        return Invalid(
            f"row {row} is not an accepted row of this list: name accepted rows only", field=field, row=row
        )

    def finish_step(self, command: FinishStep, step: Step, world: World) -> None:
        if self.steps[command.request_id].finished:
            return
        self.trigger_event(
            StepDone,
            request_id=command.request_id,
            member_step=command.member_step,
            done=command.done,
            refused=command.refused,
            **header(command, step, self.id),
        )

    def meant_rows(self, request: StepRequested) -> list[int]:
        """Return the rows a request is for, in order."""
        rows = self.rows_for(request.member_step) if request.rows is None else sorted(set(request.rows))
        left_out = set(request.except_rows)
        return [row for row in rows if row not in left_out]

    def recorded(self, event: Fact, position: int, recorded_at: datetime) -> None:
        super().recorded(event, position, recorded_at)
        if isinstance(event, StepRequested | StepDone):
            self.steps[event.request_id] = replace(self.steps[event.request_id], position=position)

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case RosterReceived():
                self.received, self.area_code, self.status = event, event.area_code, "checking"
            case RosterCheckStarted():
                self.rows, self.unknown_columns = event.rows, event.unknown_columns
            case RowsChecked():
                self.checked_to = event.to_row
                self.issues.extend(event.issues)
                self.standing.update((stands.row, stands) for stands in event.standing)
            case RosterChecked():
                self.rows, self.status = event.rows, "checked"
            case RosterCheckFailed():
                self.failure, self.status = event, "failed"
            case DocumentAdded():
                self.add_paper(
                    Paper(code=event.code, sha256=event.sha256, media_type=event.media_type, size=event.size)
                )
            case StepRequested():
                self.steps[event.request_id] = MemberStep(event)
            case StepDone():
                self.steps[event.request_id] = replace(
                    self.steps[event.request_id], finished=True, done=event.done, refused=event.refused
                )


def _refuse_replacing(replaced: Roster, command: ReceiveRoster) -> None:
    if replaced.received.programme_id != command.programme_id:
        raise Invalid(
            "replaces names a list of another programme: name the list of this programme that was corrected",
            field="replaces",
        )
    if replaced.status == "checking":
        raise StepNotOpen(
            "the list to be replaced is still being checked: send the corrected one when it is done",
            status=replaced.status,
        )

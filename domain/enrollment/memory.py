"""What a membership remembers: who, where it stands, which months are paid, and how it ended."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.case import Case, Key, Paper
from domain.coverage import membership_start
from domain.enrollment.events import (
    DecreeIssued,
    DocumentAdded,
    EnrollmentBegun,
    FirstContributionPaid,
    MemberRegistered,
    MemberSuspended,
    MemberTerminated,
    ProposalAbandoned,
    ProposalCompleted,
    ProposalReturned,
    SuspensionLifted,
    TerminationProposed,
    WorkerRejected,
    WorkerReplaced,
)
from domain.fact import Fact
from domain.period import Month
from domain.programme.contribution import Contribution, Membership

MEMBERSHIP_KEY: Final = "membership"
REPLACED: Final = "REPLACED"

# What a row of an accepted list stands for, so that nobody has to bring it again.
COUNTED_PAPERS: Final = frozenset({"ENR_LIST", "ENR_KTP", "ENR_F1BPU", "ENR_PAYPROOF"})


class EnrollmentMemory(Case):
    """What every desk of a membership sees. It only remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: EnrollmentBegun
        self.number: str | None = None
        self.registered_position = 0  # in the log; 0 while not registered
        self.activated: FirstContributionPaid | None = None
        self.decree: DecreeIssued | None = None
        self.asked_for: tuple[str, ...] = ()  # what the ward sent the proposal back for
        self.rejected_for: str | None = None
        self.suspended_for: str | None = None
        self.held_void_for: str | None = None  # why a first person holds the membership to be void
        self.ended: MemberTerminated | WorkerReplaced | None = None
        self.ended_position = 0  # in the log; 0 while not ended

    @property
    def subject_id(self) -> UUID:
        return self.begun.person_id

    @property
    def counted_papers(self) -> frozenset[str]:
        return COUNTED_PAPERS

    @property
    def membership_key(self) -> Key:
        return Key(MEMBERSHIP_KEY, self.subject_id.bytes)

    @property
    def roster_id(self) -> UUID | None:
        return self.begun.roster_id

    def companions(self) -> dict[str, UUID]:
        streams = {"programme": self.begun.programme_id}
        if self.begun.roster_id is not None and self.begun.row is not None:
            streams["roster"] = self.begun.roster_id
        return streams

    @property
    def ended_for(self) -> str | None:
        """Why the membership ended: a reason of dossier 2.7, or REPLACED."""
        if self.ended is None:
            return None
        return self.ended.reason if isinstance(self.ended, MemberTerminated) else REPLACED

    @property
    def replaced_by(self) -> UUID | None:
        return self.ended.replaced_by if isinstance(self.ended, WorkerReplaced) else None

    def answer(self, step: str) -> dict[str, Any]:
        return {"replaced_by": self.replaced_by} if step == "replace" else {}

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"spell": self.begun.spell}

    def is_head_in(self, month: Month, position: int) -> bool:
        """Whether a list payment counted at `position` of the log is meant for this member in a month.

        Not after the membership ended, if the end was known when the heads were counted.
        """
        if not 0 < self.registered_position <= position or self.begun.effective_on > month.last_day:
            return False
        return self.ended is None or self.ended.ended_on >= month.first_day or self.ended_position > position

    def membership(self, payments: Iterable[Contribution]) -> Membership:
        """Return start and end of the spell and paid months, from own events and the programme's payments."""
        paid = frozenset(
            month
            for payment in payments
            for month in payment.months
            if self.id in payment.enrollment_ids
            or (
                payment.roster_id == self.roster_id is not None
                and self.is_head_in(month, payment.head_position)
            )
        )
        start = (
            membership_start(effective_on=self.begun.effective_on, first_paid_month=min(paid))
            if paid
            else None
        )
        return Membership(
            start=start, paid_months=paid, ended_on=self.ended.ended_on if self.ended is not None else None
        )

    def recorded(self, event: Fact, position: int, recorded_at: datetime) -> None:
        super().recorded(event, position, recorded_at)
        match event:
            case MemberRegistered():
                self.registered_position = position
            case MemberTerminated() | WorkerReplaced():
                self.ended_position = position

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case EnrollmentBegun():
                self.begun, self.area_code = event, event.area_code
                self.residence = event.district, event.ward
            case DecreeIssued():
                self.decree = event
            case MemberRegistered():
                self.number = event.number
            case FirstContributionPaid():
                self.activated = event
            case ProposalReturned():
                self.asked_for = event.items
            case ProposalCompleted() | ProposalAbandoned():
                self.asked_for = ()
            case WorkerRejected():
                self.rejected_for = event.code
            case MemberSuspended():
                self.suspended_for = event.flag
            case SuspensionLifted():
                self.suspended_for = None
            case TerminationProposed():
                self.held_void_for = event.reason
            case MemberTerminated() | WorkerReplaced():
                self.ended = event
            case DocumentAdded():
                self.asked_for = tuple(item for item in self.asked_for if item != event.code)
                self.add_paper(
                    Paper(code=event.code, sha256=event.sha256, media_type=event.media_type, size=event.size)
                )

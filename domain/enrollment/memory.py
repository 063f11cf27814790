"""What a membership remembers: who, where it stands, which months are paid, and how it ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from domain.case import ASKABLE, Ask, Case, Key, Paper
from domain.enrollment.checks import Check
from domain.enrollment.events import (
    ArrearsPaid,
    DecreeIssued,
    DocumentAdded,
    EnrollmentBegun,
    FirstContributionPaid,
    MemberRegistered,
    MembershipLapsed,
    MemberSuspended,
    MemberTerminated,
    ProposalAbandoned,
    ProposalCompleted,
    ProposalReturned,
    Reenrolled,
    SponsorArrearsSettled,
    SponsorshipRenewed,
    SuspensionLifted,
    TerminationProposed,
    VerificationStarted,
    WorkerRejected,
    WorkerReplaced,
    WorkerVerified,
)
from domain.fact import Fact
from domain.period import Month
from domain.programme.contribution import Contribution, Counted, ListPayment, Membership

MEMBERSHIP_KEY: Final = "membership"
REPLACED: Final = "REPLACED"
LAST_MONTH: Final = Month.of(date.max)
NO_MONTHS: Final = LAST_MONTH, Month.of(date.min)
LIVE: Final = frozenset({"REGISTERED", "ACTIVE", "GRACE", "SUSPENDED"})

# What a row of an accepted list stands for, so that nobody has to bring it again.
PAPER: Final = "ENR_"  # how the code of a paper begins; whatever else is returned is a column of the list
COUNTED_PAPERS: Final = frozenset({"ENR_LIST", "ENR_KTP", "ENR_F1BPU", "ENR_PAYPROOF"})

ASKABLE_OF_MEMBERS: Final[Mapping[str, Ask]] = {**ASKABLE, "spell": lambda member: member.spell}


@dataclass(frozen=True)
class Lapse:
    """A lapse that was written down, and what became of it. Positions are those in the log, 0 while unknown.

    lapsed_on: the first day without cover. settled: arrears were paid after all. again_from: the first month
    of the spell that followed.
    """

    lapsed_on: date
    position: int = 0
    settled: int | None = None
    again: int | None = None
    again_from: Month | None = None

    def closed(self, by: ArrearsPaid | SponsorArrearsSettled | Reenrolled, position: int) -> "Lapse":
        """Return it with what brought the member back; arrears paid in grace close no lapse that was over before."""
        if isinstance(by, Reenrolled):
            return replace(self, again=position)
        return replace(self, settled=position) if self.again is None and self.settled is None else self

    def is_open_at(self, position: int) -> bool:
        """Whether at a position of the log the member was known to have lapsed and not to be back."""
        return self.was_known_at(position) and (self.again is None or self.again > position)

    def was_known_at(self, position: int) -> bool:
        return 0 < self.position <= position and (self.settled is None or self.settled > position)

    def bars(self, month: Month, payment: Counted) -> bool:
        """Whether a payment of the list came too late for a month of this member.

        What came by the day of the lapse belongs to the spell that lapsed, however late it was recorded; what
        came later is for whoever enrolled again, from the first month of the new spell.
        """
        position = payment.head_position
        if not self.was_known_at(position) or payment.paid_on <= self.lapsed_on:
            return False
        return self.is_open_at(position) or (self.again_from is not None and month < self.again_from)


@dataclass(frozen=True)
class Renewal:
    """A renewed list on which the member stands from a month on. position: in the log, 0 while unknown."""

    roster_id: UUID
    row: int
    from_on: date
    to_on: date | None
    position: int = 0


class EnrollmentMemory(Case):
    """What every desk of a membership sees. It only remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: EnrollmentBegun
        self.number: str | None = None
        self.registered_position = 0  # in the log; 0 while not registered
        self.activated: FirstContributionPaid | None = None  # of the current spell
        self.listed_from: list[date] = []  # of each spell: the day of the list, then of enrolling again
        self.lapses: list[Lapse] = []
        self.renewals: list[Renewal] = []
        self.occupation = ""
        self.checks: dict[str, Check] = {}  # the last word on each check of the register
        self.restored: set[tuple[str, str]] = set()  # authorisation and month, of sponsors' arrears settled
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

    def asked_papers(self, step: str) -> tuple[str, ...]:
        asked = self.asked_for if step == "complete_proposal" else ()
        return tuple(item for item in asked if item.startswith(PAPER))

    @property
    def counted_papers(self) -> frozenset[str]:
        return COUNTED_PAPERS

    @property
    def membership_key(self) -> Key:
        return Key(MEMBERSHIP_KEY, self.subject_id.bytes)

    @property
    def roster_id(self) -> UUID | None:
        return self.begun.roster_id

    @property
    def lists(self) -> frozenset[UUID]:
        """The lists on which the member ever stood."""
        own = {self.roster_id} if self.roster_id is not None else set[UUID]()
        return frozenset(own | {one.roster_id for one in self.renewals})

    def list_in(self, month: Month, position: int) -> UUID | None:
        """Return the list on which the member stands in a month, as known at a position of the log."""
        if not self.renewals:
            return self.roster_id
        known = [
            one for one in self.renewals if 0 < one.position <= position and one.from_on <= month.last_day
        ]
        last = max(known, key=lambda one: (Month.of(one.from_on), one.position), default=None)
        return last.roster_id if last is not None else self.roster_id

    @property
    def spell(self) -> int:
        """The number of the current spell."""
        return self.begun.spell + len(self.listed_from) - 1

    @property
    def lapsed_on(self) -> date | None:
        """The first day without cover, while a lapse is written down and nothing brought the member back."""
        last = self.lapses[-1] if self.lapses else None
        return last.lapsed_on if last and last.settled is None and last.again is None else None

    @property
    def reenrolled_on(self) -> date | None:
        """The day of the last re-enrollment, with which the current spell begins; none in the first."""
        return self.listed_from[-1] if len(self.listed_from) > 1 else None

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

    @property
    def askable(self) -> Mapping[str, Ask]:
        return ASKABLE_OF_MEMBERS

    def is_head_in(self, month: Month, payment: Counted) -> bool:
        """Whether a payment of the list is meant for this member in a month.

        Not after the membership ended or lapsed, or the member died, if that was known when the heads were
        counted.
        """
        first, last = self._head_months(payment)
        return first <= month <= last and not self._is_barred_in(month, payment)

    def is_meant_in(self, month: Month, payment: ListPayment) -> bool:
        """Whether a payment of a list is for this member in a month: of the list that the member stands on then."""
        return (
            payment.roster_id is not None
            and payment.roster_id == self.list_in(month, payment.head_position)
            and self.is_head_in(month, payment)
        )

    def months_meant(self, payment: Contribution) -> Iterable[Month]:
        """Return the months that a payment is for in the case of this member, and that did not go back."""
        months = payment.months if self.id in payment.enrollment_ids else self._months_of_list(payment)
        if not payment.returned:
            return months
        return [month for month in months if (self.id, month) not in payment.returned]

    def _months_of_list(self, payment: Contribution) -> Iterable[Month]:
        """Return the months of a payment in which `is_meant_in` holds, asking of the payment once what is its own."""
        roster = payment.roster_id
        if roster is None or roster not in self.lists:
            return ()
        first, last = self._head_months(payment)
        months = [month for month in payment.months if first <= month <= last]
        if self.renewals:
            months = [month for month in months if self.list_in(month, payment.head_position) == roster]
        if self.lapses:
            months = [month for month in months if not self._is_barred_in(month, payment)]
        return months

    def _head_months(self, payment: Counted) -> tuple[Month, Month]:
        """Return the first and last month in which the list counts this member, as known when heads were counted."""
        position = payment.head_position
        if not 0 < self.registered_position <= position:
            return NO_MONTHS
        late_money = payment.authorisation is not None
        if late_money and not any(
            one.is_open_at(position) and one.lapsed_on < payment.paid_on for one in self.lapses
        ):
            return NO_MONTHS
        last_days = [one.died_on for one in payment.known_deaths if one.enrollment_id == self.id]
        if self.ended is not None and self.ended_position <= position:
            last_days.append(self.ended.ended_on)
        return Month.of(self.begun.effective_on), Month.of(min(last_days)) if last_days else LAST_MONTH

    def _is_barred_in(self, month: Month, payment: Counted) -> bool:
        """Whether a lapse keeps a payment of the list from a month; late public money is for who lapsed."""
        if not self.lapses or payment.authorisation is not None:
            return False
        return any(lapse.bars(month, payment) for lapse in self.lapses)

    def membership(self, payments: Iterable[Contribution]) -> Membership:
        """Return spells, end and paid months, from own events and the programme's payments.

        Money that came after a lapse under an authorisation counts once the arrears were settled by it.
        """
        paid: set[Month] = set()
        for payment in payments:
            months, authorisation = self.months_meant(payment), payment.authorisation
            if authorisation is not None:
                months = [month for month in months if (authorisation, str(month)) in self.restored]
            paid.update(months)
        return self._spells(paid)

    def _spells(self, paid: Iterable[Month]) -> Membership:
        return Membership.of(self.listed_from, paid, self.ended.ended_on if self.ended is not None else None)

    def recorded(self, event: Fact, position: int, recorded_at: datetime) -> None:
        super().recorded(event, position, recorded_at)
        match event:
            case MemberRegistered():
                self.registered_position = position
            case MembershipLapsed():
                self.lapses[-1] = replace(self.lapses[-1], position=position)
            case ArrearsPaid() | SponsorArrearsSettled() | Reenrolled():
                self.lapses[-1:] = [lapse.closed(event, position) for lapse in self.lapses[-1:]]
            case SponsorshipRenewed():
                self.renewals[-1] = replace(self.renewals[-1], position=position)
            case MemberTerminated() | WorkerReplaced():
                self.ended_position = position

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case EnrollmentBegun():
                self.begun, self.area_code = event, event.area_code
                self.residence = event.district, event.ward
                self.listed_from, self.occupation = [event.effective_on], event.occupation
            case VerificationStarted() | WorkerVerified():
                self.checks |= {check.name: check for check in event.checks}
            case DecreeIssued():
                self.decree = event
            case MemberRegistered():
                self.number = event.number
            case FirstContributionPaid():
                self.activated = event
            case MembershipLapsed():
                self.lapses.append(Lapse(event.effective_on))
            case SponsorArrearsSettled():
                self.restored.update((event.authorisation, month) for month in event.months)
            case Reenrolled():
                self.activated, self.occupation = None, event.occupation
                self.listed_from.append(event.effective_on)
                self.lapses[-1:] = [
                    replace(lapse, again_from=Month.of(event.effective_on)) for lapse in self.lapses[-1:]
                ]
            case SponsorshipRenewed():
                self.renewals.append(Renewal(event.roster_id, event.row, event.from_on, event.to_on))
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

"""What has happened to a sponsor's programme: its agreement and the money it paid."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.fact import Fact, FirstFact
from domain.stored_as import stored_as


@stored_as("programme.opened")
class ProgrammeOpened(FirstFact):
    """A sponsor's agreement. Without `wards` or `occupations`, all of the area and all of the scheme's."""

    name: str
    area_code: str
    sponsor: str
    segment: str
    target: int  # workers; a goal that never refuses
    budget: int  # rupiah
    period_from: date
    period_to: date
    wards: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    quota: int | None = None  # workers; beyond it a row is refused


@dataclass(frozen=True, kw_only=True)
class KnownDeath:
    """A member of a list whose death was reported when the heads were counted: no head after that month."""

    enrollment_id: UUID
    died_on: date


@stored_as("programme.contribution_received")
class ContributionReceived(Fact):
    """One payment: which months, for whom, how much.

    Meant are the members of the list (or those named) who stood registered at `head_position`, but not the
    `known_deaths` after their month of death.
    heads: members by month; amount: rupiah that arrived. It is the invoice of all of them and all months
    (the sum of `lines`), less credit of earlier payments that was used, and with what was kept as credit:
    amount + credit_used = invoice + credit_kept.
    """

    reference: str
    months: tuple[str, ...]  # YYYY-MM
    heads: tuple[int, ...]  # members, month by month
    amount: int
    paid_on: date
    head_position: int
    lines: tuple[tuple[str, int], ...]  # code and rupiah
    roster_id: UUID | None = None
    enrollment_ids: tuple[UUID, ...] = ()
    source: str = "manual"
    credit_used: int = 0  # rupiah
    credit_kept: int = 0  # rupiah
    known_deaths: tuple[KnownDeath, ...] = ()  # for which no money came
    authorisation: str | None = None  # of the Fund: late public money for months after a lapse


@dataclass(frozen=True, kw_only=True)
class RefundedMonths:
    """Months of one member that went back, and why they were too many: DIED, or the reason of the end."""

    enrollment_id: UUID
    months: tuple[str, ...]  # YYYY-MM
    reason: str


@stored_as("programme.overpaid_refunded")
class OverpaidRefunded(Fact):
    """Months paid beyond death or end went back to the sponsor by agreement; each month of a member once.

    The months count as not paid from then on. to: `account`, when the money left on `refunded_on`, or
    `credit`, when it stays as credit of the programme.
    """

    reference: str
    agreement: str  # the letter or minutes by which it was agreed
    refunded_on: date
    members: tuple[RefundedMonths, ...]
    amount: int  # rupiah for all of them
    lines: tuple[tuple[str, int], ...]  # code and rupiah
    to: str

"""What has happened in the membership of one worker in one programme, spell by spell."""

from datetime import date
from uuid import UUID

from domain.enrollment.checks import Check
from domain.fact import Fact, FirstFact
from domain.person.events import Details
from domain.stored_as import stored_as


@stored_as("enrollment.begun")
class EnrollmentBegun(FirstFact):
    """A worker stands on an accepted list. `effective_on` is the day the list is to take effect."""

    programme_id: UUID
    person_id: UUID
    area_code: str
    district: str
    ward: str
    occupation: str
    segment: str
    wage_base: int  # rupiah a month, of the contribution band
    spell: int = 1
    roster_id: UUID | None = None
    row: int | None = None  # data row of the list, from 1
    declared: Details | None = None  # what the list says of a person who was known before
    warnings: tuple[str, ...] = ()
    replaces: UUID | None = None  # the enrollment whose place this worker takes


@stored_as("enrollment.worker_proposed")
class WorkerProposed(Fact):
    pass


@stored_as("enrollment.verification_started")
class VerificationStarted(Fact):
    checks: tuple[Check, ...] = ()


@stored_as("enrollment.proposal_returned")
class ProposalReturned(Fact):
    """The proposal goes back to the sponsor, who has 14 days to answer (a convention of the desk)."""

    items: tuple[str, ...]  # what is missing or wrong: codes of papers, columns of the list


@stored_as("enrollment.proposal_completed")
class ProposalCompleted(Fact):
    pass


@stored_as("enrollment.proposal_abandoned")
class ProposalAbandoned(Fact):
    """Nobody answered in time. The person may be proposed again."""


@stored_as("enrollment.worker_rejected")
class WorkerRejected(Fact):
    code: str  # REJECT_…, the check of the register that failed (dossier 2.1)


@stored_as("enrollment.worker_verified")
class WorkerVerified(Fact):
    """The ward certifies; `not_made` names the checks that nobody had made by then."""

    checks: tuple[Check, ...] = ()
    not_made: tuple[str, ...] = ()


@stored_as("enrollment.decree_issued")
class DecreeIssued(Fact):
    number: str
    issued_on: date


@stored_as("enrollment.member_registered")
class MemberRegistered(Fact):
    number: str  # membership number, 11 digits


@stored_as("enrollment.first_contribution_paid")
class FirstContributionPaid(Fact):
    """The first payment of the spell. The payment itself is one event on the programme."""

    membership_start: date
    first_month: str  # YYYY-MM
    payment_position: int  # of the payment in the log


@stored_as("enrollment.month_unpaid")
class MonthUnpaid(Fact):
    """A month ended without its payment. `effective_on` is the first day of the next."""

    month: str  # YYYY-MM, the earliest unpaid


@stored_as("enrollment.arrears_paid")
class ArrearsPaid(Fact):
    """Every month that has ended is paid. The payment itself is one event on the programme."""

    paid_through: str  # YYYY-MM


@stored_as("enrollment.membership_lapsed")
class MembershipLapsed(Fact):
    """The fourth unpaid month began (PP 44/2015 Art. 39(2), 42(2)). `effective_on` is its first day."""

    month: str  # YYYY-MM, the fourth unpaid


@stored_as("enrollment.reenrolled")
class Reenrolled(Fact):
    """A new spell begins, with all that counts from the start of a membership (dossier 2.4, 2.5).

    `effective_on` is its first day. The number stays, and what was paid before counts for the scholarship.
    """

    spell: int
    lapsed_on: date  # the day on which the spell before it had ended
    occupation: str


@stored_as("enrollment.sponsor_arrears_settled")
class SponsorArrearsSettled(Fact):
    """Late public money undoes the lapse, for the months that it paid (dossier 2.4).

    authorisation: the reference under which the Fund accepted it, and under which finance recorded the money.
    """

    authorisation: str
    months: tuple[str, ...]  # YYYY-MM


@stored_as("enrollment.sponsorship_renewed")
class SponsorshipRenewed(Fact):
    """A renewed list carries the member on: from the month of `from_on` its payments mean this member.

    to_on: the last day of the agreement as it stood then; empty where the list begins after it.
    """

    roster_id: UUID
    row: int  # data row of the renewed list, from 1
    from_on: date
    to_on: date | None = None


@stored_as("enrollment.member_suspended")
class MemberSuspended(Fact):
    """Something is looked into. Cover goes on: it follows from the months paid alone."""

    flag: str  # the risk flag that somebody looks into (dossier 6.7)


@stored_as("enrollment.suspension_lifted")
class SuspensionLifted(Fact):
    pass


@stored_as("enrollment.termination_proposed")
class TerminationProposed(Fact):
    """A first person holds the membership to be void; a second one decides."""

    reason: str


@stored_as("enrollment.member_terminated")
class MemberTerminated(Fact):
    """The membership ends. Months paid after its last day are to be refunded, of a void one all."""

    reason: str  # of dossier 2.7
    ended_on: date  # last day of the membership; of a void one the day before the list took effect
    happened_on: date | None = None  # of the cause


@stored_as("enrollment.worker_replaced")
class WorkerReplaced(Fact):
    """The membership ends with the month, and another worker takes the place from the next."""

    ended_on: date
    replaced_by: UUID


@stored_as("enrollment.clock_missed")
class ClockMissed(Fact):
    """A legal clock ran out; it stays so until something ends it. Recorded once for each time it runs."""

    clock: str
    due_on: date  # what came on this day was in time
    consequence: str | None = None  # the step that SYSTEM takes for it


@stored_as("enrollment.document_added")
class DocumentAdded(Fact):
    code: str
    sha256: str
    media_type: str
    size: int  # bytes

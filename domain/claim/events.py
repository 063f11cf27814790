"""What has happened to a claim for the death benefit, from the report to the closed case."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.benefit.determination import Determination, Line
from domain.fact import Fact, FirstFact
from domain.payment.events import PaymentLine
from domain.sealed import Sealed
from domain.stored_as import stored_as


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Who brought the news."""

    name: Sealed[str]
    relation: str
    phone: Sealed[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Payee:
    """Who is to receive the money; every payee is a data subject of their own."""

    code: str  # HEIR or FUNERAL_ARRANGER
    relation: str
    heir_tier: str
    name: Sealed[str]
    bank: Sealed[str]
    account_number: Sealed[str]
    account_name: Sealed[str]
    account_name_matches: bool  # after normalising case, titles and spaces
    phone: Sealed[str] | None = None
    share: str | None = None  # all, funeral or rest, as declared


@dataclass(frozen=True, kw_only=True)
class Heir:
    """A person entitled beside or behind the payee."""

    name: Sealed[str]
    relation: str
    heir_tier: str | None = None
    nik: Sealed[str] | None = None
    birth_date: Sealed[date] | None = None
    phone: Sealed[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Child:
    """A child of the insured, in the order of selection for the scholarship."""

    name: Sealed[str]
    birth_date: Sealed[date]


@dataclass(frozen=True, kw_only=True)
class FlagReason:
    """Why a risk flag was raised; holds no personal value."""

    flag: str
    reason_id: str
    reason_en: str


@stored_as("claim.death_reported")
class DeathReported(FirstFact):
    """A death was reported. `event_on` is the day of death; rule version and cover follow it."""

    kind: str  # jkm
    number: str  # JKM-<area>-<year>-<6 digits>
    enrollment_id: UUID
    person_id: UUID
    programme_id: UUID
    area_code: str
    event_on: date
    cause: str
    reported_by: Reporter


@stored_as("claim.filed")
class ClaimFiled(Fact):
    claim_date: date
    payees: tuple[Payee, ...]
    heirs: tuple[Heir, ...]
    children: tuple[Child, ...]
    children_of_age: int = 0  # how many of them could receive a scholarship on the day of death


@stored_as("claim.document_added")
class DocumentAdded(Fact):
    code: str
    sha256: str
    media_type: str
    size: int  # bytes


@stored_as("claim.document_rejected")
class DocumentRejected(Fact):
    """A paper cannot be used. It stays in the file and counts no more; a new one replaces it."""

    code: str
    sha256: str
    reason: Sealed[str]


@stored_as("claim.documents_returned")
class DocumentsReturned(Fact):
    """The file went back to the claimant, who is to bring these papers, also those brought before."""

    codes: tuple[str, ...]
    reason: Sealed[str]


@stored_as("claim.documents_completed")
class DocumentsCompleted(Fact):
    pass


@stored_as("claim.file_complete")
class FileComplete(Fact):
    """Every paper the step needs is in the file; the statutory clock starts with it."""

    papers: tuple[tuple[str, str], ...]  # code and SHA-256


@stored_as("claim.verification_started")
class VerificationStarted(Fact):
    flag_reasons: tuple[FlagReason, ...] = ()


@stored_as("claim.field_check_ordered")
class FieldCheckOrdered(Fact):
    reason: Sealed[str] | None = None  # what the checker is to look at
    flag_reasons: tuple[FlagReason, ...] = ()


@stored_as("claim.field_check_reported")
class FieldCheckReported(Fact):
    """What was found on the spot; the signed report is the paper CASE_CHECK."""

    papers: tuple[tuple[str, str], ...]  # code and SHA-256
    was_working: bool | None = None  # at the time of death; None where it could not be found out
    findings: Sealed[str] | None = None
    flag_reasons: tuple[FlagReason, ...] = ()


@stored_as("claim.rejection_proposed")
class RejectionProposed(Fact):
    """A verifier proposes to reject. Another person signs it, or goes on with the claim."""

    outcome: str  # REJECT_…
    reason: Sealed[str]


@stored_as("claim.benefit_calculated")
class BenefitCalculated(Fact):
    """The law's answer with lines, rule ids, working and inputs: replay needs no calculator.

    enrollment_version, programme_version: what was read to find the cover.
    """

    determination: Determination
    enrollment_version: int
    programme_version: int
    flag_reasons: tuple[FlagReason, ...] = ()


@stored_as("claim.penalty_determined")
class PenaltyDetermined(Fact):
    """What the payee is owed for money that came late, as a determination of its own. What was paid stands."""

    determination: Determination
    payments: tuple[UUID, ...]  # those that came late


@stored_as("claim.calculation_returned")
class CalculationReturned(Fact):
    reason: Sealed[str]
    of_penalty: bool = False


@stored_as("claim.endorsed")
class ClaimEndorsed(Fact):
    """The first of two signatures. It holds for the determination that was seen, and for no other."""

    amount: int  # rupiah
    determination: str  # SHA-256 of what was seen


@stored_as("claim.approved")
class ClaimApproved(Fact):
    amount: int  # rupiah; all lines, those that wait for arrears too
    rule_set: str
    of_penalty: bool = False


@stored_as("claim.rejected")
class ClaimRejected(Fact):
    outcome: str  # REJECT_…
    reason: Sealed[str] | None = None


@stored_as("claim.payment_ordered")
class PaymentOrdered(Fact):
    payment_id: UUID
    amount: int  # rupiah
    lines: tuple[PaymentLine, ...]


@stored_as("claim.payment_succeeded")
class PaymentSucceeded(Fact):
    """The money arrived. Days and penalty of a late payment are recorded as due, never paid silently.

    days_late: calendar days after the due day; None while the calendar cannot tell, and for a penalty,
    which has no due day of its own.
    """

    payment_id: UUID
    amount: int  # rupiah
    bank_reference: str
    paid_on: date
    days_late: int | None
    penalty_due: int  # rupiah
    penalty: Line | None = None  # what is due, with its working; none where nothing is
    of_penalty: bool = False


@stored_as("claim.payment_failed")
class PaymentFailed(Fact):
    """The bank sent the money back. Its lines may be ordered again once the details are corrected."""

    payment_id: UUID
    amount: int  # rupiah
    reason: Sealed[str]
    bank_code: str | None = None  # as the bank gave it


@stored_as("claim.payment_details_corrected")
class PaymentDetailsCorrected(Fact):
    """The account of a payee is another one, on the payee's signed request. Payee and amount stay."""

    payee_code: str  # HEIR or FUNERAL_ARRANGER
    bank: Sealed[str]
    account_number: Sealed[str]
    account_name: Sealed[str]
    account_name_matches: bool
    of_penalty: bool = False


@stored_as("claim.account_confirmed")
class AccountConfirmed(Fact):
    """A second person vouches that a payee is to be paid into an account in another name."""

    payee_code: str  # HEIR or FUNERAL_ARRANGER
    papers: tuple[tuple[str, str], ...]  # code and SHA-256 of the bank-book page
    reason: Sealed[str]


@stored_as("claim.arrears_paid")
class ArrearsPaid(Fact):
    """Every month up to the event is paid: the lines that waited may be ordered under the same approval."""

    months: tuple[str, ...]  # YYYY-MM
    payment_position: int  # of the contribution in the log


@stored_as("claim.rest_refused")
class RestRefused(Fact):
    """The arrears stayed unpaid: the lines that waited for them are not paid. Paid lines stand."""

    codes: tuple[str, ...]
    amount: int  # rupiah
    reason: Sealed[str]


@stored_as("claim.payee_changed")
class PayeeChanged(Fact):
    """An heir died, or another came: the file names who is to be paid now. What was decided is void."""

    payees: tuple[Payee, ...]
    heirs: tuple[Heir, ...]
    reason: Sealed[str] | None = None


@stored_as("claim.step_withdrawn")
class StepWithdrawn(Fact):
    """A step was taken on the wrong case, or the wrong one: the claim goes back to where it stood."""

    withdrawn: str | None  # the step
    reason: Sealed[str]


@stored_as("claim.withdrawn")
class ClaimWithdrawn(Fact):
    """The claimant takes the claim back before anything was paid; it may be filed again."""

    reason: Sealed[str] | None = None


@stored_as("claim.lapsed_incomplete")
class ClaimLapsedIncomplete(Fact):
    """Nobody brought the papers in time; the death may be reported and claimed again."""


@stored_as("claim.handed_over_to_jkk")
class HandedOverToJkk(Fact):
    """A death by work belongs to the work accident benefit, which takes over the file."""

    outcome: str  # REJECT_USE_JKK
    reason: Sealed[str] | None = None


@stored_as("claim.clock_missed")
class ClockMissed(Fact):
    """A legal clock ran out; it stays so until something ends it. Recorded once for each time it runs."""

    clock: str
    due_on: date  # what came on this day was in time
    consequence: str | None = None  # the step that SYSTEM takes for it


@stored_as("claim.closed")
class CaseClosed(Fact):
    pass

"""What a claim remembers of its events, and what is asked of that memory. It only remembers: it never refuses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from domain.benefit.determination import Determination, told
from domain.benefit.heirs import HEIR
from domain.case import ASKABLE, Ask, Key, Paper
from domain.claim.events import (
    AccountConfirmed,
    ArrearsPaid,
    BenefitCalculated,
    CalculationReturned,
    ClaimApproved,
    ClaimEndorsed,
    ClaimFiled,
    ClaimRejected,
    DeathReported,
    DocumentAdded,
    DocumentRejected,
    DocumentsReturned,
    FieldCheckOrdered,
    FieldCheckReported,
    FileComplete,
    HandedOverToJkk,
    Payee,
    PayeeChanged,
    PaymentDetailsCorrected,
    PaymentFailed,
    PaymentOrdered,
    PaymentSucceeded,
    PenaltyDetermined,
    RejectionProposed,
    RestRefused,
    StepWithdrawn,
)
from domain.claim.flags import FlagMemory
from domain.fact import Fact
from domain.sealed import Sealed

DEATH_CLAIM_KEY: Final = "death-claim"

# What a step asks for anew: the paper must have come after the fact that led to it.
NEW_PAPER: Final = {
    "report_field_check": "CASE_CHECK",
    "correct_payment_details": "BANK_HEIR",
    "change_payee": "HEIR_CERT",
    "confirm_account": "BANK_HEIR",
}


FINDS_RISKS: Final = frozenset({"start_verification", "calculate"})
DETERMINES: Final = frozenset({"calculate", "determine_penalty"})


@dataclass(frozen=True)
class Penalty:
    """What is owed to the payee for late payments, in rupiah."""

    due: int
    determined: int
    paid: int


class Entered(NamedTuple):
    """How the claim came to a status: from where, by which step of whom, and when it was decided."""

    from_status: str | None
    step: str | None
    actor: str
    decided_at: datetime


class ClaimMemory(FlagMemory):
    """Where a claim stands, who is to be paid, what was determined, approved and paid."""

    def __init__(self) -> None:
        super().__init__()
        self.reported: DeathReported
        self.filed: ClaimFiled | None = None
        self.accounts_confirmed: set[str] = set()  # codes of payees whose account is in another name
        self.papers_asked: set[str] = set()  # beyond the usual list
        self.asked_back: frozenset[str] = frozenset()  # what the file was returned for the last time
        self.entered: dict[str, Entered] = {}  # by status, the last time
        self.renewed_in: dict[str, int] = {}  # step to the version after which its paper must have come
        self.field_check: FieldCheckReported | None = None
        self.proposal: RejectionProposed | None = None
        self.rejected: ClaimRejected | None = None
        self.benefit: Determination | None = None
        self.penalty_found: PenaltyDetermined | None = None
        self.endorsement: ClaimEndorsed | None = None
        self.benefit_approved: int | None = None
        self.penalty_approved: int | None = None
        self.outcome: str | None = None
        self.arrears_paid = False
        self.ordered_lines: set[str] = set()
        self.lines_of: dict[UUID, tuple[str, ...]] = {}  # by payment
        self.rest_refused = False
        self.payment_id: UUID | None = None  # of the payment that was ordered last
        self.payments: list[PaymentSucceeded] = []
        self.failures: list[PaymentFailed] = []

    @property
    def subject_id(self) -> UUID:
        return self.reported.person_id

    def companions(self) -> dict[str, UUID]:
        reported = self.reported
        streams = super().companions() | {
            "enrollment": reported.enrollment_id,
            "programme": reported.programme_id,
        }
        if self.payment_id is not None:
            streams["payment"] = self.payment_id
        return streams

    @classmethod
    def naming(cls) -> tuple[str, ...]:
        """A programme has many claims and a long stream: it is remembered, and not read again for each of them."""
        return ("enrollment_id", "person_id")

    def consulted(self, step: str) -> dict[str, UUID]:
        return {"person": self.reported.person_id} if step in FINDS_RISKS else {}

    @property
    def payees(self) -> tuple[Payee, ...]:
        """Who is to be paid, as filed; nobody before."""
        return self.filed.payees if self.filed else ()

    @property
    def main_payee(self) -> Payee | None:
        """The heir, wherever the form names him; where there is none, who arranged the funeral."""
        payees = self.payees
        return next((payee for payee in payees if payee.code == HEIR), payees[0] if payees else None)

    @property
    def unchecked_flags(self) -> frozenset[str]:
        """Flags since which nobody was on the spot; once the benefit is paid, a check would change nothing."""
        return super().unchecked_flags if self.penalty_found is None else frozenset()

    @property
    def accounts_to_confirm(self) -> tuple[str, ...]:
        """Codes of payees whose account is in another name, and for whom nobody has vouched."""
        return tuple(
            payee.code
            for payee in self.payees
            if not payee.account_name_matches and payee.code not in self.accounts_confirmed
        )

    @property
    def askable(self) -> Mapping[str, Ask]:
        return ASKABLE_OF_CLAIMS

    def outdated_papers(self, step: str) -> frozenset[str]:
        code = NEW_PAPER.get(step)
        paper = self.valid_papers.get(code) if code else None
        if paper is None or paper.added_in > self.renewed_in.get(step, 0):
            return frozenset()
        return frozenset({paper.code})

    @property
    def determinations(self) -> tuple[Determination, ...]:
        """Everything that was determined and stands: the benefit, then what is owed for paying it late."""
        penalty = self.penalty_found.determination if self.penalty_found else None
        return tuple(one for one in (self.benefit, penalty) if one is not None)

    @property
    def determination(self) -> Determination | None:
        """The latest determination: what is signed and paid next."""
        return self.penalty_found.determination if self.penalty_found else self.benefit

    @property
    def approved_amount(self) -> int | None:
        """What was approved of the latest determination."""
        return self.penalty_approved if self.penalty_found else self.benefit_approved

    @property
    def penalty(self) -> Penalty:
        """What is owed for late payments, how much of it was determined, and how much paid."""
        return Penalty(
            due=sum(paid.penalty_due for paid in self.payments),
            determined=self.penalty_found.determination.total if self.penalty_found else 0,
            paid=sum(paid.amount for paid in self.payments if paid.of_penalty),
        )

    @property
    def penalty_open(self) -> bool:
        """Whether a payment came late and what is owed for that has not been paid."""
        return self.penalty.due > self.penalty.paid

    @property
    def amount_to_sign(self) -> int:
        return self.determination.total if self.determination else 0

    @property
    def endorsed_by(self) -> str | None:
        endorsed, found = self.endorsement, self.determination
        holds = endorsed is not None and found is not None and endorsed.determination == found.digest
        return endorsed.actor if endorsed is not None and holds else None

    def answer(self, step: str) -> dict[str, Any]:
        answer: dict[str, Any] = {"number": self.reported.number}
        if step in DETERMINES and self.determination is not None:
            return answer | {"determination": told(self.determination)}
        return answer

    @property
    def arrears_open(self) -> bool:
        """Whether approved lines still wait for the arrears to be settled."""
        return (
            self.benefit is not None
            and self.benefit.amount_payable("after_arrears") > 0
            and not self.arrears_paid
            and not self.rest_refused
        )

    def compared_subjects(self, step: str) -> tuple[UUID, ...]:
        """A new account is compared with the payee's own name; the age of the insured is looked at for risks."""
        if step in FINDS_RISKS:
            return (self.subject_id,)
        if step != "correct_payment_details" or self.filed is None:
            return ()
        return tuple(payee.name.subject_id for payee in self.filed.payees)

    def when(self, event: Fact) -> None:
        before = self.status
        super().when(event)
        if self.status != before:
            self._enter(event)
        match event:
            case DeathReported():
                self.reported, self.area_code = event, event.area_code
            case ClaimFiled():
                self.filed = event
            case DocumentAdded():
                self.add_paper(
                    Paper(
                        code=event.code,
                        sha256=event.sha256,
                        media_type=event.media_type,
                        size=event.size,
                        added_in=event.originator_version,
                    )
                )
            case DocumentRejected():
                self.reject_paper(event.code, event.sha256, event.reason)
            case DocumentsReturned():
                self.proposal = None
                self.asked_back = frozenset(event.codes)
                self.papers_asked |= self.asked_back
                self.asked_because |= dict.fromkeys(event.codes, event.reason)
                for code in event.codes:
                    if paper := self.valid_papers.get(code):
                        self.reject_paper(code, paper.sha256, event.reason)
            case FileComplete():
                self.renewed_in["change_payee"] = event.originator_version
            case PayeeChanged():
                self._forget_decisions()
                self.filed = self.filed and replace(self.filed, payees=event.payees, heirs=event.heirs)
                self.accounts_confirmed.clear()
                self.renewed_in["confirm_account"] = self.renewed_in.get("change_payee", 0)
                self.renewed_in["change_payee"] = event.originator_version
            case AccountConfirmed():
                self.accounts_confirmed.add(event.payee_code)
            case StepWithdrawn():
                self.proposal = None
            case FieldCheckOrdered():
                self.proposal = None
                self.papers_asked.add("CASE_CHECK")
                self.renewed_in["report_field_check"] = event.originator_version
            case FieldCheckReported():
                self.field_check = event
            case RejectionProposed():
                self.proposal = event
            case BenefitCalculated():
                self.proposal = self.endorsement = None
                self.benefit, self.outcome = event.determination, event.determination.outcome
            case PenaltyDetermined():
                self.endorsement = None
                self.penalty_found = event
            case CalculationReturned(of_penalty=True):
                self.penalty_found = self.endorsement = None
            case CalculationReturned():
                self._forget_decisions()
            case ClaimEndorsed():
                self.endorsement = event
            case ClaimApproved(of_penalty=True):
                self.penalty_approved = event.amount
            case ClaimApproved():
                self.benefit_approved = event.amount
            case ClaimRejected():
                self.rejected, self.outcome = event, event.outcome
            case HandedOverToJkk():
                self.outcome = event.outcome
            case PaymentOrdered():
                self.payment_id = event.payment_id
                self.lines_of[event.payment_id] = tuple(line.code for line in event.lines)
                self.ordered_lines |= {line.code for line in event.lines}
            case PaymentFailed():
                self.failures.append(event)
                self.ordered_lines -= set(self.lines_of.get(event.payment_id, ()))
                self.renewed_in["correct_payment_details"] = event.originator_version
            case PaymentDetailsCorrected():
                self.endorsement = self.penalty_approved = None
                if not event.of_penalty:
                    self.benefit_approved = None
                self.accounts_confirmed.discard(event.payee_code)
                self.renewed_in["confirm_account"] = self.renewed_in.get("correct_payment_details", 0)
                self.filed = self.filed and replace(
                    self.filed, payees=_with_account(self.filed.payees, event)
                )
            case RestRefused():
                self.rest_refused = True
            case PaymentSucceeded():
                self.payments.append(event)
            case ArrearsPaid():
                self.arrears_paid = True

    def release_death(self) -> None:
        """Let the death of the person be claimed again."""
        self.keys.release.append(Key(DEATH_CLAIM_KEY, self.subject_id.bytes))

    def _reason(self, text: str | None) -> Sealed[str] | None:
        return Sealed.of(self.subject_id, text) if text else None

    def _enter(self, event: Fact) -> None:
        """Note how the claim came to where it stands. Going back, it stands there as it did before."""
        if isinstance(event, StepWithdrawn):
            before = self.entered.get(self.status)
            self.entered_from = before.from_status if before else None
        else:
            self.entered[self.status] = Entered(event.from_status, event.step, event.actor, event.decided_at)

    def _forget_decisions(self) -> None:
        self.proposal = self.benefit = self.outcome = self.endorsement = self.benefit_approved = None


def _with_account(payees: tuple[Payee, ...], event: PaymentDetailsCorrected) -> tuple[Payee, ...]:
    """Return the payees, one of them with the corrected account."""
    return tuple(
        replace(
            payee,
            bank=event.bank,
            account_number=event.account_number,
            account_name=event.account_name,
            account_name_matches=event.account_name_matches,
        )
        if payee.code == event.payee_code
        else payee
        for payee in payees
    )


def _of_payee(name: str) -> Ask:
    return lambda claim: getattr(claim.main_payee, name, "")


ASKABLE_OF_CLAIMS: Final[Mapping[str, Ask]] = {
    **ASKABLE,
    "cause": lambda claim: claim.reported.cause,
    "event_on": lambda claim: claim.reported.event_on.isoformat(),
    "payee.relation": _of_payee("relation"),
    "payee.heir_tier": _of_payee("heir_tier"),
    "payee.code": _of_payee("code"),
    "payee.is_guardian": lambda claim: any(one.relation == "guardian" for one in claim.payees),
    "has_no_heir": lambda claim: _of_payee("heir_tier")(claim) == "NONE",
    "determination.outcome": lambda claim: claim.determination.outcome if claim.determination else "",
    "determination.total": lambda claim: claim.amount_to_sign,
    "determination.is_rejection": lambda claim: bool(
        claim.determination and claim.determination.is_rejection
    ),
    "determination.is_penalty": lambda claim: claim.penalty_found is not None,
    "arrears.open": lambda claim: claim.arrears_open,
    "penalty.open": lambda claim: claim.penalty_open,
    "papers.asked": lambda claim: sorted(claim.papers_asked),
    "rejection.code": lambda claim: claim.proposal.outcome if claim.proposal else None,
    "claim.reopened": lambda claim: False,
}

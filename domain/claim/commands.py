"""What may be asked of a claim for the death benefit."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from domain.command import AddPaper, Command, Personal, PersonalDate, PersonalSaid, Said

Relation = Literal[
    "spouse", "child", "parent", "grandparent", "grandchild", "sibling", "parent_in_law", "testament",
    "guardian", "funeral_arranger", "other",
]  # fmt: skip
HeirTier = Literal["SPOUSE_CHILD", "BLOOD_LINE", "SIBLING", "PARENT_IN_LAW", "TESTAMENT", "NONE"]
Cause = Literal["illness", "work_accident", "occupational_disease", "other_accident", "suicide", "unknown"]
PaperCode = Literal[
    "JKM_FORM", "MEMBER_CARD", "KTP_DECEASED", "KTP_HEIR", "KK", "DEATH_CERT", "HEIR_CERT", "MARRIAGE", "BANK_HEIR",
    "WORK_REF", "NPWP", "GUARDIAN", "WILL", "COURT_HEIR", "FUNERAL_PROOF",
]  # fmt: skip
RejectionCode = Literal[
    "REJECT_NOT_WORKING", "NOT_WORKING", "REJECT_NOT_STARTED", "REJECT_LAPSED", "REJECT_USE_JKK", "REJECT_DUPLICATE",
    "REJECT_MIN_AGE", "REJECT_MAX_AGE", "REJECT_FORMAL_WORKER", "REJECT_OCCUPATION", "REJECT_RESIDENCE",
]  # fmt: skip
PayeeCode = Literal["HEIR", "FUNERAL_ARRANGER"]
PayeeShare = Literal["all", "funeral", "rest"]


@dataclass(frozen=True, kw_only=True, repr=False)
class ReporterForm:
    name: Personal
    relation: Relation
    phone: Personal | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PayeeForm:
    name: Personal
    relation: Relation
    heir_tier: HeirTier
    bank: Personal
    account_number: Personal
    account_name: Personal
    code: PayeeCode | None = None  # without it: HEIR, or FUNERAL_ARRANGER where the tier is NONE
    for_: PayeeShare | None = None  # what this payee is to receive, where there are several
    phone: Personal | None = None

    @property
    def role(self) -> PayeeCode:
        return self.code or ("FUNERAL_ARRANGER" if self.heir_tier == "NONE" else "HEIR")


@dataclass(frozen=True, kw_only=True, repr=False)
class HeirForm:
    name: Personal
    relation: Relation = "other"
    heir_tier: HeirTier | None = None
    nik: Personal | None = None
    birth_date: PersonalDate | None = None
    phone: Personal | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ChildForm:
    name: Personal
    birth_date: PersonalDate


@dataclass(frozen=True, kw_only=True, repr=False)
class ClaimCommand(Command):
    aggregate: ClassVar[str] = "claim"


@dataclass(frozen=True, kw_only=True, repr=False)
class ReportDeath(ClaimCommand):
    step: ClassVar[str] = "report"
    begins: ClassVar[bool] = True

    enrollment_id: UUID
    event_on: date
    reported_by: ReporterForm
    cause: Cause
    kind: Literal["jkm"] = "jkm"

    def companions(self) -> dict[str, UUID]:
        return {"enrollment": self.enrollment_id}


@dataclass(frozen=True, kw_only=True, repr=False)
class FileClaim(ClaimCommand):
    """File the claim. `payee` is the short form of one payee, `payees` the form for several."""

    step: ClassVar[str] = "file"

    claim_date: date
    payee: PayeeForm | None = None
    payees: tuple[PayeeForm, ...] = ()
    heirs: tuple[HeirForm, ...] = ()
    children: tuple[ChildForm, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class AddDocument(AddPaper, ClaimCommand):
    pass


@dataclass(frozen=True, kw_only=True, repr=False)
class RejectDocument(ClaimCommand):
    """Reject one paper of the file. `code` is needed only where one content stands under two codes."""

    step: ClassVar[str] = "reject_document"

    sha256: str
    reason: PersonalSaid
    code: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ReturnDocuments(ClaimCommand):
    """Send the file back for these papers: missing ones, defective ones, or ones asked for beyond the list."""

    step: ClassVar[str] = "return_documents"

    codes: tuple[PaperCode, ...]
    reason: PersonalSaid


@dataclass(frozen=True, kw_only=True, repr=False)
class CompleteDocuments(ClaimCommand):
    step: ClassVar[str] = "complete_documents"


@dataclass(frozen=True, kw_only=True, repr=False)
class ConfirmComplete(ClaimCommand):
    step: ClassVar[str] = "confirm_complete"


@dataclass(frozen=True, kw_only=True, repr=False)
class StartVerification(ClaimCommand):
    step: ClassVar[str] = "start_verification"


@dataclass(frozen=True, kw_only=True, repr=False)
class OrderFieldCheck(ClaimCommand):
    step: ClassVar[str] = "order_field_check"

    reason: Personal | None = None
    not_working_suspected: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class ReportFieldCheck(ClaimCommand):
    step: ClassVar[str] = "report_field_check"

    was_working: bool | None = None
    findings: Personal | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ProposeRejection(ClaimCommand):
    step: ClassVar[str] = "propose_rejection"

    code: RejectionCode
    reason: PersonalSaid


@dataclass(frozen=True, kw_only=True, repr=False)
class CalculateBenefit(ClaimCommand):
    step: ClassVar[str] = "calculate"


@dataclass(frozen=True, kw_only=True, repr=False)
class DeterminePenalty(ClaimCommand):
    step: ClassVar[str] = "determine_penalty"


@dataclass(frozen=True, kw_only=True, repr=False)
class ReturnCalculation(ClaimCommand):
    step: ClassVar[str] = "return_calculation"

    reason: PersonalSaid


@dataclass(frozen=True, kw_only=True, repr=False)
class EndorseClaim(ClaimCommand):
    step: ClassVar[str] = "endorse"

    amount: int | None = None  # rupiah; if given, it must be the determination's total


@dataclass(frozen=True, kw_only=True, repr=False)
class ApproveClaim(ClaimCommand):
    step: ClassVar[str] = "approve"

    amount: int  # rupiah; must be the determination's total


@dataclass(frozen=True, kw_only=True, repr=False)
class SignRejection(ClaimCommand):
    step: ClassVar[str] = "sign_rejection"

    reason: Personal | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class OrderPayment(ClaimCommand):
    step: ClassVar[str] = "order_payment"


@dataclass(frozen=True, kw_only=True, repr=False)
class ConfirmPayment(ClaimCommand):
    step: ClassVar[str] = "confirm_payment"

    bank_reference: Said
    paid_on: date


@dataclass(frozen=True, kw_only=True, repr=False)
class SettleArrears(ClaimCommand):
    step: ClassVar[str] = "settle_arrears"

    payment_position: int


@dataclass(frozen=True, kw_only=True, repr=False)
class CloseCase(ClaimCommand):
    step: ClassVar[str] = "close"


@dataclass(frozen=True, kw_only=True, repr=False)
class FailPayment(ClaimCommand):
    step: ClassVar[str] = "fail_payment"

    reason: PersonalSaid
    bank_code: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class CorrectPaymentDetails(ClaimCommand):
    """Give a payee another account. `code` says which payee, where there are several."""

    step: ClassVar[str] = "correct_payment_details"

    bank: PersonalSaid
    account_number: PersonalSaid
    account_name: PersonalSaid
    code: PayeeCode | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ConfirmAccount(ClaimCommand):
    """Vouch for an account in another name than the payee's. `code` says which payee, where several differ."""

    step: ClassVar[str] = "confirm_account"

    reason: PersonalSaid
    code: PayeeCode | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class RefuseRest(ClaimCommand):
    step: ClassVar[str] = "refuse_rest"

    reason: PersonalSaid


@dataclass(frozen=True, kw_only=True, repr=False)
class ChangePayee(ClaimCommand):
    """Name who is to be paid instead, and all heirs as they are now."""

    step: ClassVar[str] = "change_payee"

    payee: PayeeForm | None = None
    payees: tuple[PayeeForm, ...] = ()
    heirs: tuple[HeirForm, ...] = ()
    reason: Personal | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class WithdrawStep(ClaimCommand):
    step: ClassVar[str] = "withdraw_step"

    reason: PersonalSaid


@dataclass(frozen=True, kw_only=True, repr=False)
class WithdrawClaim(ClaimCommand):
    step: ClassVar[str] = "withdraw"

    reason: Personal | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class LapseIncomplete(ClaimCommand):
    step: ClassVar[str] = "lapse_incomplete"


@dataclass(frozen=True, kw_only=True, repr=False)
class HandOverToJkk(ClaimCommand):
    step: ClassVar[str] = "hand_over_to_jkk"

    reason: Personal | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class MissClock(ClaimCommand):
    """Put on record that a clock ran out. consequence: the step that SYSTEM takes for it, if any."""

    step: ClassVar[str] = "miss_clock"

    clock: str
    due_on: date
    consequence: str | None = None


COMMANDS = (
    FileClaim,
    ReturnDocuments,
    CompleteDocuments,
    ConfirmComplete,
    StartVerification,
    OrderFieldCheck,
    ReportFieldCheck,
    ProposeRejection,
    CalculateBenefit,
    DeterminePenalty,
    ReturnCalculation,
    EndorseClaim,
    ApproveClaim,
    SignRejection,
    OrderPayment,
    ConfirmPayment,
    SettleArrears,
    FailPayment,
    CorrectPaymentDetails,
    ConfirmAccount,
    RefuseRest,
    ChangePayee,
    WithdrawStep,
    WithdrawClaim,
    LapseIncomplete,
    HandOverToJkk,
    CloseCase,
)

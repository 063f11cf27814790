"""What may be asked of an enrollment."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from domain.command import AddPaper, Command, Personal
from domain.enrollment.checks import CheckForm
from domain.enrollment.ending import TerminationReason, VoidReason
from domain.person.worker import Worker
from domain.roster.commands import RENEWED

# What a ward may send a proposal back for: a paper, or a column of the list.
ReturnedItem: TypeAlias = Literal[
    "ENR_LIST", "ENR_PKS", "ENR_KTP", "ENR_VERVAL",
    "nik", "nama", "tanggal_lahir", "jenis_kelamin", "alamat", "rt", "rw", "kelurahan", "kecamatan", "pekerjaan",
    "penghasilan_bulanan", "no_hp",
]  # fmt: skip

# The checks of the register (dossier 2.1), and the register of deaths (2.8).
RejectionCode: TypeAlias = Literal[
    "REJECT_MIN_AGE", "REJECT_MAX_AGE", "REJECT_FORMAL_WORKER", "REJECT_DUPLICATE", "REJECT_DECEASED",
    "REJECT_NOT_WORKING", "REJECT_OCCUPATION", "REJECT_RESIDENCE", "REJECT_QUOTA",
]  # fmt: skip

# The risk flags that may lie on a membership (dossier 6.7).
RiskFlag: TypeAlias = Literal[
    "NIK_MISMATCH", "NIK_DUPLICATE", "NOT_WORKING_SUSPECTED", "REENROLLED_WITHIN_90_DAYS", "SPONSOR_LIST_LATE_ADD",
    "PAID_AFTER_DEATH", "DOUBLE_CLAIM", "DOCUMENT_REUSED", "INSIDER",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class EnrollmentCommand(Command):
    aggregate: ClassVar[str] = "enrollment"


@dataclass(frozen=True, kw_only=True, repr=False)
class BeginEnrollment(EnrollmentCommand):
    """Take up a worker of an accepted list row; `known` says that the person is known already."""

    step: ClassVar[str] = "begin"
    dated_ahead: ClassVar[bool] = True
    begins: ClassVar[bool] = True

    programme_id: UUID
    person_id: UUID
    worker: Worker
    known: bool
    nik_digest: bytes
    roster_id: UUID | None = None
    row: int | None = None
    warnings: tuple[str, ...] = ()

    def companions(self) -> dict[str, UUID]:
        return {"programme": self.programme_id}


@dataclass(frozen=True, kw_only=True, repr=False)
class WorkerForm:
    """A worker in the columns of a list, as somebody fills in a form."""

    nik: Personal | int | None = None
    nama: Personal | None = None
    tanggal_lahir: Personal | None = None
    jenis_kelamin: Personal | None = None
    alamat: Personal | None = None
    rt: Personal | int | None = None
    rw: Personal | int | None = None
    kelurahan: str | None = None
    kecamatan: str | None = None
    pekerjaan: str | None = None
    penghasilan_bulanan: str | int | None = None
    no_hp: Personal | int | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Newcomer:
    """The worker of a form, checked as a list row is; `known` says that the person is known already."""

    person_id: UUID
    worker: Worker
    known: bool
    nik_digest: bytes
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class ReplaceWorker(EnrollmentCommand):
    """Let another worker take the place, from the first day of the next month."""

    step: ClassVar[str] = "replace"
    found_out: ClassVar[frozenset[str]] = frozenset({"newcomer"})

    person: WorkerForm
    newcomer: Newcomer


@dataclass(frozen=True, kw_only=True, repr=False)
class ProposeWorker(EnrollmentCommand):
    step: ClassVar[str] = "propose"


@dataclass(frozen=True, kw_only=True, repr=False)
class StartVerification(EnrollmentCommand):
    """Begin to verify, and state which checks were made before."""

    step: ClassVar[str] = "start_verification"

    checks: tuple[CheckForm, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class ReturnProposal(EnrollmentCommand):
    """Send the proposal back to the sponsor, naming what is missing or wrong."""

    step: ClassVar[str] = "return_proposal"

    items: tuple[ReturnedItem, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class CompleteProposal(EnrollmentCommand):
    """Say that what the ward asked for is there."""

    step: ClassVar[str] = "complete_proposal"


@dataclass(frozen=True, kw_only=True, repr=False)
class AbandonProposal(EnrollmentCommand):
    step: ClassVar[str] = "abandon_proposal"


@dataclass(frozen=True, kw_only=True, repr=False)
class RejectWorker(EnrollmentCommand):
    """Reject the worker by the check of the register that failed."""

    step: ClassVar[str] = "reject"

    code: RejectionCode


@dataclass(frozen=True, kw_only=True, repr=False)
class VerifyWorker(EnrollmentCommand):
    """Certify the worker, and state which body checked what from which source."""

    step: ClassVar[str] = "verify"

    checks: tuple[CheckForm, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class IssueDecree(EnrollmentCommand):
    """Put the worker on the decree of the head of the region."""

    step: ClassVar[str] = "issue_decree"

    number: str
    issued_on: date


@dataclass(frozen=True, kw_only=True, repr=False)
class RegisterMember(EnrollmentCommand):
    """Make a worker of the decree a member; who is reported dead becomes none (dossier 2.8)."""

    step: ClassVar[str] = "register"
    asks_who_died: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True, repr=False)
class RecordFirstContribution(EnrollmentCommand):
    """The first months of this member have been paid for."""

    step: ClassVar[str] = "activate"

    first_month: str  # YYYY-MM
    payment_position: int


@dataclass(frozen=True, kw_only=True, repr=False)
class NoteUnpaidMonth(EnrollmentCommand):
    """Months that ended on the day of the step are unpaid."""

    step: ClassVar[str] = "note_unpaid_month"


@dataclass(frozen=True, kw_only=True, repr=False)
class SettleArrears(EnrollmentCommand):
    """Every month that ended by the day of the step is paid."""

    step: ClassVar[str] = "settle_arrears"


@dataclass(frozen=True, kw_only=True, repr=False)
class LapseMembership(EnrollmentCommand):
    """The day of the step is the first of the month that is one unpaid too many, or later."""

    step: ClassVar[str] = "lapse"


@dataclass(frozen=True, kw_only=True, repr=False)
class ReenrollMember(EnrollmentCommand):
    """Begin a new spell after a lapse; whoever does it has looked at work and health again.

    working: has an economic activity and is fit for it. formal_worker: active as a wage member for the same
    work, or in public service. occupation: its code or name, where it is another than before.
    """

    step: ClassVar[str] = "reenroll"
    asks_who_died: ClassVar[bool] = True

    working: bool = True
    formal_worker: bool = False
    occupation: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class SettleSponsorArrears(EnrollmentCommand):
    """Let late public money undo the lapse; finance has recorded it under the same authorisation."""

    step: ClassVar[str] = "settle_sponsor_arrears"

    authorisation: str


@dataclass(frozen=True, kw_only=True, repr=False)
class RenewSponsorship(EnrollmentCommand):
    """Carry a live member on by the row of a renewed list; the step `register` of that list asks it."""

    step: ClassVar[str] = "renew_sponsorship"

    roster_id: UUID
    row: int

    def companions(self) -> dict[str, UUID]:
        return {RENEWED: self.roster_id}


@dataclass(frozen=True, kw_only=True, repr=False)
class SuspendMember(EnrollmentCommand):
    """Suspend the membership while a risk flag is looked into."""

    step: ClassVar[str] = "suspend"

    flag: RiskFlag


@dataclass(frozen=True, kw_only=True, repr=False)
class LiftSuspension(EnrollmentCommand):
    step: ClassVar[str] = "lift_suspension"


@dataclass(frozen=True, kw_only=True, repr=False)
class ProposeTermination(EnrollmentCommand):
    """Hold the membership to be void; another person ends it."""

    step: ClassVar[str] = "propose_termination"

    reason: VoidReason


@dataclass(frozen=True, kw_only=True, repr=False)
class TerminateMember(EnrollmentCommand):
    """End the membership; its last day follows from the reason. happened_on: the day of the cause."""

    step: ClassVar[str] = "terminate"

    reason: TerminationReason
    happened_on: date | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class AddDocument(AddPaper, EnrollmentCommand):
    pass


@dataclass(frozen=True, kw_only=True, repr=False)
class MissClock(EnrollmentCommand):
    """Put on record that a clock ran out. consequence: the step that SYSTEM takes for it, if any."""

    step: ClassVar[str] = "miss_clock"

    clock: str
    due_on: date
    consequence: str | None = None


COMMANDS = (
    ProposeWorker,
    StartVerification,
    ReturnProposal,
    CompleteProposal,
    AbandonProposal,
    RejectWorker,
    VerifyWorker,
    IssueDecree,
    RegisterMember,
    RecordFirstContribution,
    NoteUnpaidMonth,
    SettleArrears,
    LapseMembership,
    ReenrollMember,
    SettleSponsorArrears,
    SuspendMember,
    LiftSuspension,
    ProposeTermination,
    TerminateMember,
    ReplaceWorker,
)

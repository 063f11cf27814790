"""What may be asked of an enrollment."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.command import Command
from domain.person.worker import Worker


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
class ProposeWorker(EnrollmentCommand):
    step: ClassVar[str] = "propose"


@dataclass(frozen=True, kw_only=True, repr=False)
class StartVerification(EnrollmentCommand):
    step: ClassVar[str] = "start_verification"


@dataclass(frozen=True, kw_only=True, repr=False)
class VerifyWorker(EnrollmentCommand):
    step: ClassVar[str] = "verify"


@dataclass(frozen=True, kw_only=True, repr=False)
class IssueDecree(EnrollmentCommand):
    """Put the worker on the decree of the head of the region."""

    step: ClassVar[str] = "issue_decree"

    number: str
    issued_on: date


@dataclass(frozen=True, kw_only=True, repr=False)
class RegisterMember(EnrollmentCommand):
    step: ClassVar[str] = "register"


@dataclass(frozen=True, kw_only=True, repr=False)
class RecordFirstContribution(EnrollmentCommand):
    """The first months of this member have been paid for."""

    step: ClassVar[str] = "activate"

    first_month: str  # YYYY-MM
    payment_position: int


@dataclass(frozen=True, kw_only=True, repr=False)
class AddDocument(EnrollmentCommand):
    """Add a paper to the file; its bytes are stored before, sealed."""

    step: ClassVar[str] = "add_document"
    commutes: ClassVar[bool] = True

    code: str
    sha256: str
    media_type: str
    size: int


COMMANDS = (
    ProposeWorker,
    StartVerification,
    VerifyWorker,
    IssueDecree,
    RegisterMember,
    RecordFirstContribution,
)

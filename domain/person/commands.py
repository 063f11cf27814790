"""What may be asked of a person's record."""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from domain.command import Command, Personal

FieldName: TypeAlias = Literal[
    "name", "sex", "birth_date", "nik", "address", "rt", "rw", "ward", "phone"
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class PersonCommand(Command):
    """enrollment_id: the membership through which the sender's mandate reaches the person."""

    aggregate: ClassVar[str] = "person"
    found_out: ClassVar[frozenset[str]] = frozenset({"enrollment_id", "nik_digest", "nik_owner"})

    enrollment_id: UUID

    def companions(self) -> dict[str, UUID]:
        return {"enrollment": self.enrollment_id}


@dataclass(frozen=True, kw_only=True, repr=False)
class CorrectPerson(PersonCommand):
    """Put right what was wrong from the start. nik_owner: who is known under the new NIK, if it is one."""

    step: ClassVar[str] = "correct"

    field: FieldName
    new: Personal
    reason: Personal
    evidence: str
    old: Personal | None = None
    nik_owner: UUID | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ConfirmCorrection(PersonCommand):
    """Agree to a correction as the second person. nik_digest: the keyed look-up of a new NIK."""

    step: ClassVar[str] = "confirm_correction"
    found_out: ClassVar[frozenset[str]] = PersonCommand.found_out | {"correction_id"}

    correction_id: UUID
    nik_digest: bytes | None = None
    nik_owner: UUID | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class RejectCorrection(PersonCommand):
    """Disagree with a correction as the second person; what stood stands."""

    step: ClassVar[str] = "reject_correction"
    found_out: ClassVar[frozenset[str]] = PersonCommand.found_out | {"correction_id"}

    correction_id: UUID
    reason: Personal

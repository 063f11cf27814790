"""What may be asked of a finding: that it be put on record."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.claim.events import FlagReason
from domain.command import Command


@dataclass(frozen=True, kw_only=True, repr=False)
class RecordRisk(Command):
    """Put a risk flag of a claim on record. `case_id` is the finding's own: see `risk_of`."""

    aggregate: ClassVar[str] = "risk"
    step: ClassVar[str] = "find"
    begins: ClassVar[bool] = True

    claim_id: UUID
    person_id: UUID
    area_code: str
    reason: FlagReason
    others: tuple[UUID, ...] = ()

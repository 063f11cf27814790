"""What a comparison of claims found. Each stands in a stream of its own beside the claim.

So a finding never moves the version of the claim, on which somebody may be acting at the same moment.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from domain.claim.events import FlagReason
from domain.fact import FirstFact
from domain.stored_as import stored_as

COMPARED: Final = ("ACCOUNT_OF_ANOTHER_PAYEE", "HEIR_ACCOUNT_SHARED", "DOCUMENT_REUSED", "DOUBLE_CLAIM")


@stored_as("risk.found")
class RiskFound(FirstFact):
    """A risk flag of a claim that only other claims tell of. It holds no personal value."""

    case_id: UUID  # the claim
    person_id: UUID  # the insured person
    area_code: str
    reason: FlagReason
    others: tuple[UUID, ...] = ()  # claims it was compared with


def risk_of(claim_id: UUID, flag: str) -> UUID:
    """Return the stream of a finding: a claim has each flag once."""
    return uuid5(claim_id, f"risk/{flag}")


@lru_cache(maxsize=4096)
def risks_of(claim_id: UUID) -> Mapping[str, UUID]:
    """Return the streams of all that comparisons may find of a claim, by their roles beside it."""
    return MappingProxyType({f"risk/{flag}": risk_of(claim_id, flag) for flag in COMPARED})

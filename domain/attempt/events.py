"""Refused attempts of weight: who tried what, when, and why it was refused.

They stand in a stream beside the case, so that an attempt never moves the version of the case.
"""

from uuid import UUID, uuid5

from domain.fact import Fact
from domain.stored_as import stored_as


@stored_as("attempt.refused")
class AttemptRefused(Fact):
    """Somebody tried a step of a case and was refused; `step` and `from_status` are the case's."""

    case_id: UUID
    code: str
    message: str


def attempts_of(case_id: UUID) -> UUID:
    """Return the stream of the refused attempts on a case."""
    return uuid5(case_id, "attempts")

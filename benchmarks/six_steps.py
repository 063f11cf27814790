"""The six steps as our office takes them: submit, verify, assess, approve, pay, close.

In the definition of the death benefit they are `confirm_complete`, `start_verification`, `calculate`,
`approve`, `confirm_payment` and `close`. Before a payment is confirmed another person orders it, so a
lifecycle is seven commands by seven people; each counts as one step.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from benchmarks.city import DECIDED_AT
from domain.claim.commands import (
    ApproveClaim,
    CalculateBenefit,
    ClaimCommand,
    CloseCase,
    ConfirmComplete,
    ConfirmPayment,
    OrderPayment,
    StartVerification,
)

TODAY: Final = date(2024, 5, 22)
BENEFIT: Final = 42_000_000  # rupiah
STEPS: Final = 7


def commands(claim: UUID) -> Iterator[ClaimCommand]:
    """Yield the commands of a lifecycle, each by another person."""
    yield ConfirmComplete(**_header(claim, "ina", "intake"))
    yield StartVerification(**_header(claim, "vera", "verifier"))
    yield CalculateBenefit(**_header(claim, "karim", "calculator"))
    yield ApproveClaim(**_header(claim, "agus", "approver_1"), amount=BENEFIT)
    yield OrderPayment(**_header(claim, "fitri", "finance"))
    yield ConfirmPayment(**_header(claim, "fajar", "finance"), bank_reference=f"TRX-{claim}", paid_on=TODAY)
    yield CloseCase(**_header(claim, "wati", "finance"))


def _header(claim: UUID, name: str, role: str) -> dict[str, Any]:
    return {
        "command_id": uuid4(),
        "case_id": claim,
        "issued_by": name,
        "roles": frozenset({role}),
        "decided_at": DECIDED_AT,
        "effective_on": TODAY,
        "keyed": True,
    }

"""The six steps as our office takes them: submit, verify, assess, approve, pay, close.

In the definition of the death benefit they are `confirm_complete`, `start_verification`, `calculate`,
`approve`, `confirm_payment` and `close`. Before a payment is confirmed another person orders it, so a
lifecycle is seven commands by seven people; each counts as one step.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from benchmarks.city import DECIDED_AT, TODAY
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

BENEFIT: Final = 42_000_000  # rupiah
COMMANDS: Final[dict[str, type[ClaimCommand]]] = {
    "confirm_complete": ConfirmComplete,
    "start_verification": StartVerification,
    "calculate": CalculateBenefit,
    "approve": ApproveClaim,
    "order_payment": OrderPayment,
    "confirm_payment": ConfirmPayment,
    "close": CloseCase,
}
PEOPLE: Final = {
    "confirm_complete": ("ina", "intake"),
    "start_verification": ("vera", "verifier"),
    "calculate": ("karim", "calculator"),
    "approve": ("agus", "approver_1"),
    "order_payment": ("fitri", "finance"),
    "confirm_payment": ("fajar", "finance"),
    "close": ("wati", "finance"),
}


def commands(claim: UUID) -> Iterator[ClaimCommand]:
    """Yield the commands of a lifecycle, each by another person."""
    for step, fields in _fields(claim):
        name, role = PEOPLE[step]
        yield COMMANDS[step](
            command_id=uuid4(),
            case_id=claim,
            issued_by=name,
            roles=frozenset({role}),
            decided_at=DECIDED_AT,
            effective_on=TODAY,
            keyed=True,
            **fields,
        )


def bodies(claim: UUID) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the same steps with their bodies, as HTTP takes them."""
    for step, fields in _fields(claim):
        told = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()
        }
        yield step, {"effective_on": TODAY.isoformat(), **told}


def _fields(claim: UUID) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each step with what its form asks for."""
    for step in COMMANDS:
        match step:
            case "approve":
                yield step, {"amount": BENEFIT}
            case "confirm_payment":
                yield step, {"bank_reference": f"TRX-{claim}", "paid_on": TODAY}
            case _:
                yield step, {}

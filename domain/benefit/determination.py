"""What a calculation answers: lines with their arithmetic, the outcome, and what it was worked out from.

Every value is plain (whole rupiah, text, tuples), so a determination can be stored in an event and read
again without any calculator.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Payable: TypeAlias = Literal["at_once", "after_arrears"]
Plain: TypeAlias = int | str | bool | tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One amount, whole rupiah, rounded once. `basis` names the rule ids, the benefit's own first."""

    code: str
    amount: int
    basis: str
    working_id: str
    working_en: str
    payable: Payable = "at_once"

    @property
    def rule_ids(self) -> tuple[str, ...]:
        return tuple(self.basis.split("; "))


@dataclass(frozen=True, kw_only=True)
class PayeeShare:
    """Who receives a line: HEIR, FUNERAL_ARRANGER or SOCIAL_SECURITY_FUND."""

    code: str  # the line
    payee: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A sentence that belongs to the decision: its reason, or how sure a rule is."""

    code: str
    basis: str
    text_id: str
    text_en: str


@dataclass(frozen=True, kw_only=True)
class Determination:
    """The answer to one claim under one version of the rules.

    outcome: PAY, HOLD_ARREARS or a REJECT_ code; a rejection has no lines and total 0. In
    HOLD_ARREARS the lines are the whole entitlement, and `payable` says which wait for the arrears.
    arrears: rupiah owed for `arrears_months` (each YYYY-MM). inputs: the facts, by their names in
    the dossier.
    """

    outcome: str
    lines: tuple[Line, ...] = ()
    total: int = 0
    arrears: int = 0
    arrears_months: tuple[str, ...] = ()
    scholarship_right: bool = False
    payees: tuple[PayeeShare, ...] = ()
    rule_set: str
    inputs: dict[str, Plain] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    @property
    def is_rejection(self) -> bool:
        return self.outcome.startswith("REJECT_")

    @property
    def digest(self) -> str:
        """SHA-256 of everything it says, so that a signature can name what it saw."""
        said = json.dumps(vars(self), default=vars, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(said.encode()).hexdigest()

    def amount_payable(self, payable: Payable) -> int:
        """Return the part of the total that is due at once, or after the arrears are settled."""
        return total_of(line for line in self.lines if line.payable == payable)


def told(determination: Determination) -> dict[str, Any]:  # Any: plain values of many shapes
    """Return a determination as machines read it: `working` of a line is its Indonesian text, beside both."""
    return {
        **vars(determination),
        "lines": [{**vars(line), "working": line.working_id} for line in determination.lines],
        "payees": [dict(vars(share)) for share in determination.payees],
        "notices": [dict(vars(notice)) for notice in determination.notices],
    }


def total_of(lines: Iterable[Line]) -> int:
    return sum(line.amount for line in lines)

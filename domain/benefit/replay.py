"""A recorded decision, worked out again under other rules: what would have been different, to the rupiah.

A determination keeps its inputs and the version of its rules, so no calculator is needed to read it; here the
calculators are asked again, to cost a reform, or to find what was decided against the rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.benefit import accident, accident_facts, death
from domain.benefit.determination import Determination
from domain.benefit.rules import RuleSet

_Again = Callable[[Mapping[str, Any], RuleSet], Determination]  # Any: JSON values, as the inputs were written

_BY_INPUT: Final[dict[str, _Again]] = {
    "date_of_death": lambda inputs, rules: death.determine_death(death.facts_of(inputs), rules),
    "accident_date": lambda inputs, rules: accident.determine_accident(
        accident_facts.facts_of(inputs), rules
    ),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line that would be another: 0 rupiah where it is missing on one side."""

    code: str
    was: int
    would_be: int


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What another set of rules makes of a decision. Amounts in rupiah; `amount` is what it costs more."""

    outcome_was: str
    outcome_would_be: str
    total_was: int
    total_would_be: int
    changes: tuple[Change, ...]

    @property
    def amount(self) -> int:
        return self.total_would_be - self.total_was


def can_be_replayed(recorded: Determination) -> bool:
    """Whether the inputs are those of a benefit; a penalty for late payment follows from its payment."""
    return any(name in recorded.inputs for name in _BY_INPUT)


def replayed(recorded: Determination, rules: RuleSet) -> Determination:
    """Return the decision worked out again. Refused (`invalid`) where the rules do not reach its day."""
    again = next(again for name, again in _BY_INPUT.items() if name in recorded.inputs)
    return again(recorded.inputs, rules)


def difference(recorded: Determination, again: Determination) -> Difference | None:
    """Return what differs in outcome or amount, or nothing. Wording and notices do not count."""
    changes = tuple(
        Change(code=code, was=was, would_be=would_be)
        for code, was, would_be in _side_by_side(recorded, again)
        if was != would_be
    )
    if recorded.outcome == again.outcome and not changes:
        return None
    return Difference(
        outcome_was=recorded.outcome,
        outcome_would_be=again.outcome,
        total_was=recorded.total,
        total_would_be=again.total,
        changes=changes,
    )


def _side_by_side(recorded: Determination, again: Determination) -> list[tuple[str, int, int]]:
    was = {line.code: line.amount for line in recorded.lines}
    would_be = {line.code: line.amount for line in again.lines}
    return [(code, was.get(code, 0), would_be.get(code, 0)) for code in dict.fromkeys([*was, *would_be])]

"""Rules with dates: what a figure of law is on a day, in which unit, and who says so.

A rule is never edited. A correction is a new rule with an id of its own that `supersedes` the old one;
decisions keep the ids they used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from domain.citation import Citation
from domain.refusal import Invalid

Value: TypeAlias = int | str | tuple[str, ...]


class NotInForce(Invalid):
    """No rule of this kind is in force on the day: the matter lies outside what the engine knows."""


class RulesContradict(ValueError):
    """The rules themselves are faulty: the message names the rule and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of law: what it says from one day to another, both included; an open end is None.

    values: named figures, the unit in the name (`rupiah_per_month`, `months`); shares are written as
    exact fractions, "1/100".
    """

    rule_id: str
    kind: str
    name_id: str
    name_en: str
    values: Mapping[str, Value]
    unit: str
    effective_from: date
    effective_to: date | None
    citation: Citation
    note: str = ""
    supersedes: str | None = None

    def __hash__(self) -> int:
        """Hash by the id, which never means anything else: what follows from a rule alone is worked out once."""
        return hash(self.rule_id)

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def integer(self, name: str) -> int:
        """Return a whole figure, such as rupiah or months."""
        value = self._value(name)
        if not isinstance(value, int):
            raise RulesContradict(f"{self.rule_id}: `{name}` must be a whole number, not {value!r}")
        return value

    def share(self, name: str) -> Fraction:
        """Return an exact share."""
        value = self._value(name)
        if not isinstance(value, str):
            raise RulesContradict(f'{self.rule_id}: write `{name}` as a fraction in quotes, such as "1/100"')
        return exact_share(value)

    def word(self, name: str) -> str:
        value = self._value(name)
        if not isinstance(value, str):
            raise RulesContradict(f"{self.rule_id}: `{name}` must be a text, not {value!r}")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        value = self._value(name)
        if not isinstance(value, tuple):
            raise RulesContradict(f"{self.rule_id}: `{name}` must be a list of texts, not {value!r}")
        return value

    def _value(self, name: str) -> Value:
        try:
            return self.values[name]
        except KeyError:
            raise RulesContradict(f"{self.rule_id} has no value `{name}`: add it to its row") from None


@dataclass(frozen=True, slots=True)
class Dated:
    """The versions of one kind of rule in the order of their dates; at most one holds on any day."""

    kind: str
    versions: tuple[Rule, ...]

    @classmethod
    def of(cls, kind: str, rules: Iterable[Rule]) -> "Dated":
        """Order the versions; refuse two that hold on one day and do not supersede each other."""
        of_kind = [rule for rule in rules if rule.kind == kind]
        superseded = {rule.supersedes for rule in of_kind}
        versions = sorted(
            (rule for rule in of_kind if rule.rule_id not in superseded), key=lambda rule: rule.effective_from
        )
        for earlier, later in pairwise(versions):
            if earlier.holds_on(later.effective_from):
                raise RulesContradict(
                    f"{earlier.rule_id} and {later.rule_id} both say `{kind}` on {later.effective_from}: "
                    "end the earlier one the day before, or let the later one supersede it"
                )
        return cls(kind, tuple(versions))

    def on_or_none(self, day: date) -> Rule | None:
        """Return the version in force on a day, or nothing."""
        for rule in self.versions:
            if rule.holds_on(day):
                return rule
        return None

    def on(self, day: date) -> Rule:
        """Return the version in force on a day; refuses a day on which there is none."""
        rule = self.on_or_none(day)
        if rule is None:
            known = ", ".join(
                f"{rule.effective_from} to {rule.effective_to or 'now'}" for rule in self.versions
            )
            raise NotInForce(
                f"No rule on `{self.kind}` is in force on {day}; the engine knows {known or 'none'}.",
                kind=self.kind,
                day=day.isoformat(),
            )
        return rule


@cache
def exact_share(share: str) -> Fraction:
    """Read a share once: the rules have some dozen of them, and every line of every decision asks."""
    return Fraction(share)

"""The rules of a step, ready to be asked: its ways, the papers it needs, and who may sign which amount."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, Literal, NamedTuple

from domain.case import Facts
from domain.command import SYSTEM_ROLE
from workflows.conditions import Condition
from workflows.definition_file import PREVIOUS, ClockEffects, Field, Names

BEGINNING: Final = "-"  # where a case stands before it exists


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that a step needs, and whether people bring it or the system makes it."""

    code: str
    by: Literal["people", "system"]
    when: Condition | None

    def is_needed(self, facts: Facts) -> bool:
        return self.when is None or self.when.holds(facts)


@dataclass(frozen=True, slots=True)
class Escalation:
    """Above the limit: `first` endorses by a step of its own, then one of `then`, another person, signs."""

    first: str | None
    then: Names
    when: Condition | None


class Signing(NamedTuple):
    """Which roles may sign an amount, and the step by which another person must have endorsed it, if any."""

    roles: Names
    after: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One way of a step: everything the office asks before the aggregate decides."""

    step: str
    sources: Names
    to: str  # "" stays, "previous" goes back
    previous: Names
    when: Condition | None
    roles: Names
    separate_from: Names
    authority: Mapping[str, int | None]  # rupiah by role; None has no limit
    escalation: Escalation | None
    papers: tuple[Paper, ...]
    guards: Names
    clocks: ClockEffects

    def targets(self, status: str) -> Names:
        """Return every status this way may lead to from here."""
        if self.to == PREVIOUS:
            return self.previous
        return (self.to or status,)

    def target(self, status: str, entered_from: str | None) -> str | None:
        """Return where this way leads, or None where it goes back and the case came from elsewhere."""
        if self.to == PREVIOUS:
            return entered_from if entered_from in self.previous else None
        return self.to or status

    def papers_needed(self, facts: Facts) -> Names:
        """Return the codes of the papers that must be in the file, in the order of the definition."""
        return tuple(paper.code for paper in self.papers if paper.is_needed(facts))

    def signing(self, amount: int, demanded: bool) -> Signing:
        """Return who may sign an amount in rupiah; `demanded`: a flag or condition wants two people."""
        limits = self.authority
        able = tuple(role for role in self.roles if not limits or _covers(limits.get(role, 0), amount))
        escalation = self.escalation
        if escalation is None:
            return Signing(able, None)
        if not demanded and any(role not in escalation.then for role in able):
            return Signing(able, None)
        return Signing(tuple(role for role in able if role in escalation.then), escalation.first)


def _covers(limit: int | None, amount: int) -> bool:
    return limit is None or amount <= limit


@dataclass(frozen=True, slots=True, eq=False)
class StepRule:
    """A step: its name, event and form, and its ways. `roles` are those of all ways together."""

    name: str
    label_id: str
    label_en: str
    event: str
    form: tuple[Field, ...]
    ways: tuple[Way, ...]
    roles: Names

    @property
    def is_opening(self) -> bool:
        return self.ways[0].sources == (BEGINNING,)

    @property
    def system_only(self) -> bool:
        """Whether no person may take it: timers, processes and matching do."""
        return self.roles == (SYSTEM_ROLE,)

    @property
    def sources(self) -> Names:
        return once(chain.from_iterable(way.sources for way in self.ways))


def once(names: Iterable[str]) -> Names:
    """Return the names in their order, each once."""
    return tuple(dict.fromkeys(names))

"""The other facts a decision looks at, gathered by the office from the log."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from domain.case import Case

C = TypeVar("C", bound=Case)


@dataclass(frozen=True, kw_only=True)
class World:
    """The companions of a case as the log has them now, by role: programme, roster, enrollment, payment.

    attempt: how often this command was decided before and lost a race for a number.
    has_died: the death of the person is reported or known, where the command asks.
    missing: roles of companions that the command names and that do not exist.
    """

    cases: dict[str, Case] = field(default_factory=dict)
    opener: Any = None  # the keyring, with the keys of the people whose values the step compares
    attempt: int = 0
    has_died: bool = False
    missing: frozenset[str] = frozenset()

    def the(self, role: str, kind: type[C]) -> C:
        """Return the companion in a role, to be looked at: others look at the same one.

        The office loads it, or the command was refused before.
        """
        found = self.cases.get(role)
        assert isinstance(found, kind), f"the office did not load the {role}"
        return found

    def to_change(self, role: str, kind: type[C]) -> C:
        """Return the companion in a role for a step that changes it too."""
        return self.the(role, kind).apart()

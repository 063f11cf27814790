"""The other facts a decision looks at, gathered by the office from the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

if TYPE_CHECKING:
    from domain.case import Case
    from domain.enrollment.aggregate import Enrollment
    from domain.programme.aggregate import Programme
    from domain.roster.aggregate import Roster


@dataclass(frozen=True, kw_only=True)
class World:
    """The companions of a case as the log has them now.

    attempt: how often this command was decided before and lost a race for a number.
    missing: roles of companions that the command names and that do not exist.
    """

    cases: dict[str, Case] = field(default_factory=dict)  # by role: programme, roster, enrollment
    attempt: int = 0
    missing: frozenset[str] = frozenset()

    @property
    def programme(self) -> Programme:
        return cast("Programme", self._get("programme"))

    @property
    def enrollment(self) -> Enrollment:
        return cast("Enrollment", self._get("enrollment"))

    @property
    def roster(self) -> Roster | None:
        return cast("Roster | None", self.cases.get("roster"))

    def member(self, enrollment_id: UUID) -> Enrollment:
        return cast("Enrollment", self._get(f"member/{enrollment_id}"))

    def payment(self, payment_id: UUID) -> Any:  # Any: avoids an import cycle with the claim
        found = self.cases.get("payment")
        assert found is None or found.id == payment_id
        return found

    def _get(self, role: str) -> Case:
        assert role in self.cases, f"the office did not load the {role}"
        return self.cases[role]

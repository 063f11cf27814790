"""A payment as coverage looks at it, and what the programme needs to know of a member."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from domain.benefit.rules import grace_months
from domain.coverage import Coverage, coverage_on
from domain.period import Month


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """One payment for some months: of a list, or of members named one by one.

    head_position: of the log, where the members of the list were counted.
    """

    months: frozenset[Month]
    paid_on: date
    head_position: int
    roster_id: UUID | None
    enrollment_ids: frozenset[UUID]
    reference: str


@dataclass(frozen=True, kw_only=True)
class Membership:
    """What the log says of a member's cover: the pure input of coverage at a day."""

    start: date | None
    paid_months: frozenset[Month]
    ended_on: date | None = None  # last day, once somebody ended the membership

    def paid_until(self, on: date) -> frozenset[Month]:
        """Return the months paid up to and including the month of a day."""
        return frozenset(month for month in self.paid_months if month.first_day <= on)

    def coverage(self, on: date) -> Coverage:
        """Return the cover on a day, always computed, never read from a status (dossier 2.4)."""
        return coverage_on(
            on,
            membership_start=self.start,
            paid_months=self.paid_months,
            grace_months=grace_months(on),
            ended_on=self.ended_on,
        )


class Member(Protocol):
    """Somebody for whom contributions are paid."""

    @property
    def id(self) -> UUID: ...

    @property
    def roster_id(self) -> UUID | None: ...

    def is_head_in(self, month: Month, position: int) -> bool:
        """Return whether a payment counted at a position of the log would be for this member in a month."""
        ...

    def membership(self, payments: Iterable[Contribution]) -> Membership:
        """Return start and paid months from the payments of the programme that concern this member."""
        ...

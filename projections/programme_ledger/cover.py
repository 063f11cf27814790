"""How many members are covered on a day, and until when: counted from members who stand in the same place."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from domain.benefit.rules import grace_months
from domain.programme.reconciliation import Standing
from projections.programme_ledger.standings import Alike

SOON: Final = timedelta(days=30)
VERY_SOON: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Covered:
    """One member's cover on a day. lapses_on: for a member in grace, when it ends if nothing more is paid."""

    status: str
    lapses_on: date | None = None


@dataclass
class Cover:
    """Members by their cover on the day `on`. lapsing: those in grace who lapse if nothing more is paid, by day.

    Covered are the active ones and those in grace (PP 44/2015 Art. 39 and 42).
    """

    on: date
    active: int = 0
    grace: int = 0
    lapsing: Counter[date] = field(default_factory=Counter)

    @property
    def covered(self) -> int:
        return self.active + self.grace

    def lapsing_within(self, time: timedelta) -> int:
        """Return how many lapse in this time after the day."""
        return sum(members for lapses_on, members in self.lapsing.items() if lapses_on - self.on <= time)

    def add(self, one: Covered, members: int) -> None:
        self.active += members * (one.status == "ACTIVE")
        self.grace += members * (one.status == "GRACE")
        if one.lapses_on is not None:
            self.lapsing[one.lapses_on] += members


def covers(alike: Iterable[Alike], on: date) -> list[Covered]:
    """Return the cover of members on a day, in their order; those alike are worked out once."""
    known: dict[Standing, Covered] = {}
    found = []
    for one in alike:
        if one.standing not in known:
            known[one.standing] = covered_on(one.standing, on)
        found.append(known[one.standing])
    return found


def covered_on(standing: Standing, on: date) -> Covered:
    """Return a member's cover on a day. Who dies or leaves before the membership lapses lapses no more."""
    if not standing.is_registered:
        return Covered("NOT_STARTED")
    membership = standing.membership
    status = membership.coverage(on).status
    if status != "GRACE":
        return Covered(status)
    lapses_on = membership.spell_on(on).lapses_on(grace_months(on))
    leaves_first = standing.last_day is not None and lapses_on is not None and standing.last_day < lapses_on
    return Covered(status, None if leaves_first else lapses_on)

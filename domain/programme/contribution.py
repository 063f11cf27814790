"""A payment as coverage looks at it, and what the programme needs to know of a member."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

from domain.benefit.rules import grace_months
from domain.coverage import Coverage, coverage_on, lapse_day, membership_start
from domain.period import Month
from domain.programme.events import KnownDeath


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """One payment for some months: of a list, or of members named one by one.

    head_position: of the log, where the members of the list were counted. authorisation: of the Fund, for money
    that came after the lapse. returned: members and months for which it went back to the sponsor, so that they are
    not paid any more.
    """

    months: frozenset[Month]
    paid_on: date
    head_position: int
    roster_id: UUID | None
    enrollment_ids: frozenset[UUID]
    reference: str
    authorisation: str | None = None
    returned: frozenset[tuple[UUID, Month]] = frozenset()
    known_deaths: tuple[KnownDeath, ...] = ()
    position: int = 0  # in the log


class Counted(Protocol):
    """What of a list payment decides whom it means."""

    @property
    def head_position(self) -> int: ...

    @property
    def paid_on(self) -> date: ...

    @property
    def authorisation(self) -> str | None: ...

    @property
    def known_deaths(self) -> tuple[KnownDeath, ...]: ...


class ListPayment(Counted, Protocol):
    """What of a payment decides whom it means, with the list it is for."""

    @property
    def roster_id(self) -> UUID | None: ...


@dataclass(frozen=True, kw_only=True)
class CountedAt:
    """A payment that names its members: whether it came too late for one is judged by that member's own months."""

    head_position: int
    paid_on: date = date.min
    authorisation: str | None = None
    known_deaths: tuple[KnownDeath, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Spell:
    """An unbroken membership: from the day of the list, or of enrolling again, until it lapses or ends."""

    listed_from: date
    paid_months: frozenset[Month]

    @property
    def start(self) -> date | None:
        """The first day of cover; none while nothing is paid (dossier 2.4)."""
        if not self.paid_months:
            return None
        return membership_start(effective_on=self.listed_from, first_paid_month=min(self.paid_months))

    def lapses_on(self, grace: int) -> date | None:
        """Return the day on which it lapses if nothing more is paid; none if it never began."""
        start = self.start
        return start and lapse_day(membership_start=start, paid_months=self.paid_months, grace_months=grace)

    def has_lapsed_by(self, day: date) -> bool:
        lapses_on = self.lapses_on(grace_months(day))
        return lapses_on is None or lapses_on <= day


@dataclass(frozen=True, kw_only=True)
class Membership:
    """What the log says of a member's cover: the pure input of coverage at a day.

    spells: one at least, in order; the last is the current one. ended_on: the last day, once somebody ended
    the membership.
    """

    spells: tuple[Spell, ...]
    ended_on: date | None = None

    @classmethod
    def of(
        cls, listed_from: Sequence[date], paid_months: Iterable[Month], ended_on: date | None = None
    ) -> "Membership":
        """Return the spells that begin with these days. A month belongs to the spell that its days lie in.

        A spell whose predecessor had not lapsed by its first day, as money that came in time but was recorded
        late may show, is none of its own: the earlier one goes on.
        """
        paid = frozenset(paid_months)
        spells: list[Spell] = []
        for n, day in enumerate(listed_from):
            until = Month.of(listed_from[n + 1]) if n + 1 < len(listed_from) else None
            months = paid
            if len(listed_from) > 1:
                since = Month.of(day if n else date.min)
                months = frozenset(m for m in paid if since <= m and (until is None or m < until))
            if spells and not spells[-1].has_lapsed_by(day):
                spells[-1] = replace(spells[-1], paid_months=spells[-1].paid_months | months)
            else:
                spells.append(Spell(listed_from=day, paid_months=months))
        return cls(spells=tuple(spells), ended_on=ended_on)

    @property
    def current(self) -> Spell:
        return self.spells[-1]

    @property
    def start(self) -> date | None:
        """The first day of cover of the current spell; none while nothing is paid for it."""
        return self.current.start

    @property
    def paid_months(self) -> frozenset[Month]:
        """The months paid in the current spell."""
        return self.current.paid_months

    @property
    def months_over_life(self) -> frozenset[Month]:
        """The months paid in all spells: the scholarship counts these."""
        return frozenset().union(*(spell.paid_months for spell in self.spells))

    def paid_until(self, on: date) -> frozenset[Month]:
        """Return the months paid over life, up to and including the month of a day."""
        last = Month.of(on)
        return frozenset(month for month in self.months_over_life if month <= last)

    def spell_on(self, day: date) -> Spell:
        """Return the spell that decides on a day: the last that had begun; before all of them the first."""
        begun = [spell for spell in self.spells if (start := spell.start) is not None and start <= day]
        return begun[-1] if begun else self.spells[0]

    def spell_of(self, month: Month) -> Spell:
        """Return the spell that a payment for a month belongs to."""
        later = [spell for spell in self.spells[1:] if Month.of(spell.listed_from) <= month]
        return later[-1] if later else self.spells[0]

    def coverage(self, on: date) -> Coverage:
        """Return the cover on a day, always computed, never read from a status (dossier 2.4)."""
        spell = self.spell_on(on)
        return coverage_on(
            on,
            membership_start=spell.start,
            paid_months=spell.paid_months,
            grace_months=grace_months(on),
            ended_on=self.ended_on,
        )


class Member(Protocol):
    """Somebody for whom contributions are paid."""

    @property
    def id(self) -> UUID: ...

    @property
    def lists(self) -> frozenset[UUID]:
        """The lists by whose payments the member may be meant."""
        ...

    @property
    def lapsed_on(self) -> date | None:
        """The first day without cover, while a lapse is written down and nothing brought the member back."""
        ...

    def is_head_in(self, month: Month, payment: Counted) -> bool:
        """Return whether a payment of the list would be for this member in a month."""
        ...

    def membership(self, payments: Iterable[Contribution]) -> Membership:
        """Return the spells with their paid months, from the payments of the programme that concern this member."""
        ...

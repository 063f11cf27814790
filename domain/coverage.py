"""Whether a member was covered on a day: a function of the start of the spell and the months paid.

Arrears of up to three consecutive months keep the right, more than three end it (PP 44/2015 Art. 39
for work accidents, Art. 42 for death). Counting whole calendar months is an engine convention: a
contribution falls due on the 15th, so strictly an event before the 15th meets one unpaid month less.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from domain.period import Month

CoverageStatus: TypeAlias = Literal["NOT_STARTED", "ACTIVE", "GRACE", "LAPSED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What holds on one day.

    starts_on: start of the current spell, empty while nothing has been paid.
    paid_through: the last contribution month paid, even if it lies after the day.
    unpaid_months: all unpaid months of the spell up to and including the month of the day; in GRACE
    these are the arrears. lapse_day: the first day without cover, only when LAPSED. ended_on: the last day of the
    membership, when it is LAPSED because somebody ended it and not for arrears.
    """

    status: CoverageStatus
    starts_on: date | None
    paid_through: Month | None
    unpaid_months: tuple[Month, ...] = ()
    lapse_day: date | None = None
    ended_on: date | None = None


def coverage_on(
    day: date,
    *,
    membership_start: date | None,
    paid_months: Set[Month],
    grace_months: int,
    ended_on: date | None = None,
) -> Coverage:
    """Return the coverage on a day.

    paid_months: the months paid in this spell; months after the day do not matter.
    grace_months: consecutive unpaid months that keep the right (rule CON-GRACE-3M, in force that day).
    ended_on: the last day of the membership, where somebody ended it.
    Source: PP 44/2015 Art. 39 and 42; dossier 2.4.
    """
    paid_through = max(paid_months, default=None)
    if membership_start is None or day < membership_start:
        return Coverage(status="NOT_STARTED", starts_on=membership_start, paid_through=paid_through)
    has_ended = ended_on is not None and ended_on < day
    last = min(day, ended_on) if ended_on is not None else day
    months = Month.of(membership_start).through(Month.of(last)) if membership_start <= last else ()
    unpaid = tuple(month for month in months if month not in paid_months)
    lapsing = _month_of_lapse(unpaid, grace_months)
    if has_ended and lapsing is None:
        return Coverage(
            status="LAPSED",
            starts_on=membership_start,
            paid_through=paid_through,
            unpaid_months=unpaid,
            lapse_day=last + timedelta(days=1),
            ended_on=ended_on,
        )
    status: CoverageStatus = "ACTIVE"
    if unpaid:
        status = "LAPSED" if lapsing else "GRACE"
    return Coverage(
        status=status,
        starts_on=membership_start,
        paid_through=paid_through,
        unpaid_months=unpaid,
        lapse_day=lapsing.first_day if lapsing else None,
    )


def membership_start(*, effective_on: date, first_paid_month: Month) -> date:
    """Return the later of the list's effective day and the first day of the first paid month.

    The day of payment does not move it (an engine convention; by PP 44/2015 Art. 11(4)-(5) it is the
    day on which the membership number is issued).
    """
    return max(effective_on, first_paid_month.first_day)


def lapse_day(*, membership_start: date, paid_months: Set[Month], grace_months: int) -> date:
    """Return the first day on which the membership ends if no other month is ever paid.

    It is the first day of the month that makes more than `grace_months` consecutive unpaid months; the
    last day of the calendar where that month lies beyond it.
    """
    start = Month.of(membership_start)
    last = max((month for month in paid_months if month > start), default=start)
    left = Month.of(date.max).months_since(last)
    months = start.through(last.plus(min(grace_months + 1, left)))
    lapsing = _month_of_lapse((month for month in months if month not in paid_months), grace_months)
    return date.max if lapsing is None else lapsing.first_day


def belongs_to_spell(
    paid_on: date,
    *,
    membership_start: date,
    paid_months: Set[Month],
    grace_months: int,
    died_on: date | None = None,
) -> bool:
    """Return whether a contribution paid on a day still belongs to the spell, however late it is recorded.

    paid_months: what was paid before it. It belongs if paid on the lapse day at the latest; afterwards
    it opens a new spell. The membership of a member who died before the lapse day can lapse no more:
    the heirs settle the arrears afterwards (PP 44/2015 Art. 42(1)).
    """
    lapses_on = lapse_day(
        membership_start=membership_start, paid_months=paid_months, grace_months=grace_months
    )
    return paid_on <= lapses_on or (died_on is not None and died_on < lapses_on)


def _month_of_lapse(unpaid: Iterable[Month], grace_months: int) -> Month | None:
    """Return the month with which a run of consecutive unpaid months first exceeds the grace."""
    run = 0
    previous: Month | None = None
    for month in unpaid:
        run = run + 1 if previous is not None and month == previous.plus(1) else 1
        if run > grace_months:
            return month
        previous = month
    return None

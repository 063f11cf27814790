"""On which day a membership ends, by its reason (dossier 2.7)."""

from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from domain.benefit.rules import grace_months
from domain.coverage import lapse_day
from domain.period import Month
from domain.programme.contribution import Membership
from domain.refusal import GuardFailed, Invalid

TerminationReason: TypeAlias = Literal[
    "DIED", "SPONSOR_ENDED", "REMOVED", "MOVED_OUT", "FORMAL_WORKER", "STOPPED_WORKING", "ARREARS", "DUPLICATE",
    "DATA_ERROR", "TOTAL_DISABILITY",
]  # fmt: skip

# What makes a membership void from its first day; two persons decide it.
VoidReason: TypeAlias = Literal["DUPLICATE", "DATA_ERROR"]
VOID: Final = frozenset({"DUPLICATE", "DATA_ERROR"})

# Reasons with a day of their own, which the paper proves.
_DAY: Final = {
    "DIED": "the day of death",
    "FORMAL_WORKER": "the first day as a wage member",
    "TOTAL_DISABILITY": "the day of the decision",
}
_BY_LAPSE: Final = frozenset({"SPONSOR_ENDED", "ARREARS"})


def last_day(
    reason: str, *, happened_on: date | None, on: date, listed_from: date, membership: Membership
) -> date:
    """Return the last day of a membership that somebody ends on a legal day.

    happened_on: the day of the cause, for reasons that have one. listed_from: the day the list was to take
    effect; a void membership ends before it. Who is removed, moves out or stops working stays a member to the
    end of the month; after a move the months already paid are kept. When the sponsor ends or arrears grow, the
    membership keeps its grace. Refused (`invalid`, `guard_failed`) without the day, or before it has come.
    """
    if happened_on is not None and happened_on > on:
        raise Invalid(
            f"happened_on lies after the day of the step, {on.isoformat()}: end the membership when it has come",
            field="happened_on",
        )
    if reason in _DAY:
        if happened_on is None:
            raise Invalid(f"happened_on is missing: give {_DAY[reason]}", field="happened_on")
        return happened_on - timedelta(days=1) if reason == "FORMAL_WORKER" else happened_on
    if happened_on is not None:
        raise Invalid(
            f"happened_on is not asked for {reason}: leave it out, the day follows from the step",
            field="happened_on",
        )
    if reason in VOID:
        return listed_from - timedelta(days=1)
    if reason in _BY_LAPSE:
        return _day_before_lapse(reason, on, membership)
    paid_through = max(membership.paid_months, default=Month.of(on))
    return max(Month.of(on), paid_through if reason == "MOVED_OUT" else Month.of(on)).last_day


def _day_before_lapse(reason: str, on: date, membership: Membership) -> date:
    if membership.start is None:
        if reason == "ARREARS":
            raise GuardFailed(
                "no month was ever paid, so there are no arrears: end the membership for another reason",
                guard="grace_has_run_out",
            )
        return on
    ends_on = lapse_day(
        membership_start=membership.start,
        paid_months=membership.paid_months,
        grace_months=grace_months(on),
    )
    if on < ends_on:
        raise GuardFailed(
            f"the months paid and the grace after them keep the membership until {ends_on.isoformat()}: "
            "end it from that day on, or for another reason",
            guard="grace_has_run_out",
            lapses_on=ends_on.isoformat(),
        )
    return ends_on - timedelta(days=1)

"""Months paid for a member beyond death or end: what may be given back to the sponsor, and what it comes to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from domain.period import Month
from domain.programme.commands import MemberMonths
from domain.programme.contribution import Contribution, Member
from domain.programme.events import RefundedMonths
from domain.programme.invoice import Invoice, invoice_for
from domain.programme.refusals import MonthNotOverpaid, MonthRefundedAlready

DIED = "DIED"


class Death(Protocol):
    """A report of a death."""

    reported: Any  # the fact, with the person and the day
    status: str


class Insured(Member, Protocol):
    """A member with what a refund needs besides the months paid."""

    begun: Any  # the fact, with the wage base
    ended_for: Any

    @property
    def subject_id(self) -> UUID: ...


@dataclass(frozen=True)
class LastDay:
    """Until when months count for a member, and why not longer: DIED or the reason of the end."""

    day: date
    reason: str


def last_day_of(member: Insured, payments: Iterable[Contribution], death: Death | None) -> LastDay | None:
    """Return the last day for which months may be paid: of the month of death, or the end; None while neither came.

    A report of a death that was withdrawn counts no more.
    """
    ended_on = member.membership(payments).ended_on
    ends = [LastDay(ended_on, member.ended_for)] if ended_on is not None else []
    if death is not None and death.status != "WITHDRAWN" and death.reported.person_id == member.subject_id:
        ends.append(LastDay(death.reported.event_on, DIED))
    return min(ends, key=lambda end: end.day, default=None)


def months_to_refund(
    asked: MemberMonths,
    member: Insured,
    payments: list[Contribution],
    *,
    death: Death | None,
    refunded: Mapping[Month, str],
) -> RefundedMonths:
    """Return the months as they go back. Refused unless each is paid, lies after the last day, and was kept.

    refunded: the reference of the refund of each month that went back before.
    """
    months = sorted({Month.parse(month) for month in asked.months})
    last = last_day_of(member, payments, death)
    paid = member.membership(payments).months_over_life
    for month in months:
        if month in refunded:
            raise MonthRefundedAlready(str(month), refunded[month], member.id)
        if month not in paid or last is None or month.first_day <= last.day:
            raise MonthNotOverpaid(str(month), member.id, last.day if last else None, paid=month in paid)
    assert last is not None
    return RefundedMonths(
        enrollment_id=member.id, months=tuple(str(month) for month in months), reason=last.reason
    )


def worth_of(members: Iterable[tuple[Insured, RefundedMonths]], segment: str) -> Invoice:
    """Return what these months were invoiced with."""
    heads: dict[Month, dict[int, int]] = {}
    for member, refund in members:
        for text in refund.months:
            by_base = heads.setdefault(Month.parse(text), {})
            base: int = member.begun.wage_base
            by_base[base] = by_base.get(base, 0) + 1
    return invoice_for(heads, segment)

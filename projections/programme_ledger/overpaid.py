"""Months paid for members beyond death or end, as read models have them: computed, whatever came first."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from domain.period import Month
from domain.programme.invoice import invoice_for
from projections.enrollment_register.projection import REGISTER
from projections.programme_ledger.projection import CLAIMS, ENDS
from projections.reader import Db

DIED: Final = "DIED"

# Of a member (alias r of the register): the end of the membership, and the death as it is reported now.
GONE: Final = f"""
    left join {ENDS.name} e using (enrollment_id)
    left join lateral (
        select min(c.died_on) as died_on from {CLAIMS.name} c
        where c.person_id = r.person_id and not c.is_withdrawn) d on true"""

# Whoever of the programme $1 may have died or left, each found by an index: ended; dead by a claim of the programme;
# or dead by a claim on another membership, which can only be one that had ended or never began.
WHO_IS_GONE: Final = f"""
    select enrollment_id from {REGISTER.name} where programme_id = $1 and ended_on is not null
    union
    select o.enrollment_id from {CLAIMS.name} c join {REGISTER.name} o using (person_id)
    where c.programme_id = $1 and o.programme_id = $1 and not c.is_withdrawn
    union
    select o.enrollment_id from {REGISTER.name} b join {REGISTER.name} o using (person_id)
    where b.died_on is not null and (b.ended_on is not null or b.registered_position is null)
        and o.programme_id = $1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overpaid:
    """Months of one member that are paid although nothing is owed for them.

    last_day: until when months counted; reason: DIED, or why the membership ended. amount: rupiah.
    """

    enrollment_id: UUID
    roster_id: UUID | None
    row: int | None
    last_day: date
    reason: str
    months: tuple[str, ...]
    amount: int


async def overpaid_in(db: Db, programme_id: UUID, segment: str) -> tuple[Overpaid, ...]:
    """Return who is paid for too long, in the order in which they were enrolled."""
    found = await db.fetch(
        f"""
        select r.enrollment_id, r.roster_id, r.list_row, r.wage_base, r.paid_months, e.ended_on, e.ended_for,
            d.died_on
        from {REGISTER.name} r {GONE}
        where r.enrollment_id in ({WHO_IS_GONE}) and r.paid_months[array_upper(r.paid_months, 1)]
            > to_char(least(e.ended_on, d.died_on), 'YYYY-MM')
        order by r.begun_position""",
        programme_id,
    )
    amounts: dict[tuple[int, tuple[Month, ...]], int] = {}  # many members are paid for the same months
    return tuple(_overpaid(segment, amounts, **row) for row in found)


def last_day(ended_on: date | None, ended_for: str | None, died_on: date | None) -> tuple[date, str] | None:
    """Return the last day for which months may be paid, and why not longer; None while nothing ended it."""
    if died_on is not None and (ended_on is None or died_on < ended_on):
        return died_on, DIED
    return (ended_on, ended_for or "") if ended_on is not None else None


def _overpaid(
    segment: str,
    amounts: dict[tuple[int, tuple[Month, ...]], int],
    *,
    enrollment_id: UUID,
    roster_id: UUID | None,
    list_row: int | None,
    wage_base: int,
    paid_months: list[str],
    ended_on: date | None,
    ended_for: str | None,
    died_on: date | None,
) -> Overpaid:
    last = last_day(ended_on, ended_for, died_on)
    assert last is not None, "the query asks for those who died or left"
    months = tuple(month for month in map(Month.parse, paid_months) if month.first_day > last[0])
    if (wage_base, months) not in amounts:
        amounts[wage_base, months] = invoice_for({month: {wage_base: 1} for month in months}, segment).total
    return Overpaid(
        enrollment_id=enrollment_id,
        roster_id=roster_id,
        row=list_row,
        last_day=last[0],
        reason=last[1],
        months=tuple(map(str, months)),
        amount=amounts[wage_base, months],
    )

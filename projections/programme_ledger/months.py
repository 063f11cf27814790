"""The months of a programme: invoices by month and list, and the four counts of heads side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.benefit.contribution import contribution_due
from domain.period import Month
from domain.programme.invoice import Invoice, invoice_for
from projections.enrollment_register.projection import EnrollmentRegister
from projections.page import cursor_of, read_cursor, within_limit
from projections.positions import snapshot
from projections.programme_ledger.projection import PAYMENTS, PROGRAMMES, REFUNDS, ProgrammeLedger
from projections.programme_ledger.standings import (
    Counts,
    MemberPlace,
    alike_in,
    differing_in,
    places,
)
from projections.reader import Db

_LIST: Final = "reconciliation"  # in cursors


@dataclass(frozen=True, kw_only=True)
class MonthOfList:
    """What is owed and what is paid for one month of a list, or of members who came without one."""

    month: Month
    roster_id: UUID | None
    counts: Counts
    owed: Invoice
    paid: Invoice

    @property
    def unpaid(self) -> int:
        """Rupiah that are still owed."""
        return self.owed.total - self.paid.total

    @property
    def state(self) -> str:
        if self.counts.invoiced == self.counts.paid:
            return "paid" if self.counts.paid else "nothing_owed"
        return "partly_paid" if self.counts.paid else "unpaid"


@dataclass(frozen=True, kw_only=True)
class Invoices:
    """Months by list, oldest first, as they stood at `position`. credit: rupiah the programme has."""

    items: tuple[MonthOfList, ...]
    credit: int
    position: int


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """Heads of a month, in all and list by list; amounts are rupiah.

    heads_by_payments: as the payments of the month counted them, less what went back; it must be `paid`. None
    where a single list is asked for. items: a page of the members of whom the four counts differ.
    """

    total: MonthOfList
    lists: tuple[MonthOfList, ...]
    heads_by_payments: int | None
    items: tuple[MemberPlace, ...]
    next: str | None
    position: int


class ProgrammeMonthsView:
    """What the months of a programme come to, worked out from the members as the read models have them."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def invoices(
        self, programme_id: UUID, *, segment: str, months: Sequence[Month], roster_id: UUID | None
    ) -> Invoices:
        async with snapshot(self._pool, ProgrammeLedger, EnrollmentRegister) as (db, position):
            alike = await alike_in(db, programme_id, roster_id=roster_id)
            credit = await db.fetchval(
                f"select credit from {PROGRAMMES.name} where programme_id = $1", programme_id
            )
        items: list[MonthOfList] = []
        for month in months:
            counted: dict[UUID | None, Counts] = {}
            for one, place in places(alike, month, roster_id):
                counted.setdefault(one.list_in(month), Counts()).add(place, one.wage_base, one.members)
            items += [
                month_of_list(month, roster, counts, segment)
                for roster, counts in counted.items()
                if counts.invoiced or counts.registered
            ]
        return Invoices(items=tuple(items), credit=credit or 0, position=position)

    async def reconciliation(
        self,
        programme_id: UUID,
        month: Month,
        *,
        segment: str,
        roster_id: UUID | None = None,
        code: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Reconciliation:
        """Return the counts of a month, and a page of the members who make them differ."""
        limit, after = within_limit(limit), read_cursor(_LIST, cursor, int) or 0
        async with snapshot(self._pool, ProgrammeLedger, EnrollmentRegister) as (db, position):
            alike = await alike_in(db, programme_id, roster_id=roster_id, month=month)
            found = await differing_in(
                db, programme_id, month, roster_id=roster_id, code=code, after=after, limit=limit + 1
            )
            paid_for = None if roster_id else await _heads_by_payments(db, programme_id, month)
        total, counted = Counts(), dict[UUID | None, Counts]()
        for one, place in places(alike, month, roster_id):
            for counts in (total, counted.setdefault(one.list_in(month), Counts())):
                counts.add(place, one.wage_base, one.members)
        shown = found[:limit]
        return Reconciliation(
            total=month_of_list(month, roster_id, total, segment),
            lists=tuple(month_of_list(month, roster, counts, segment) for roster, counts in counted.items()),
            heads_by_payments=paid_for,
            items=tuple(shown),
            next=cursor_of(_LIST, shown[-1].begun_position) if len(found) > limit else None,
            position=position,
        )


def month_of_list(month: Month, roster_id: UUID | None, counts: Counts, segment: str) -> MonthOfList:
    def owed_for(by_base: Mapping[int, int]) -> Invoice:
        return invoice_for({month: by_base}, segment)

    return MonthOfList(
        month=month,
        roster_id=roster_id,
        counts=counts,
        owed=owed_for(counts.invoiced_by_base),
        paid=owed_for(counts.paid_by_base),
    )


def due_of(month: Month) -> date | None:
    """Return the day by which a month's contribution is due (PP 44/2015 Art. 24(3)-(4)); None beyond the calendar."""
    return contribution_due(month).due_on


async def _heads_by_payments(db: Db, programme_id: UUID, month: Month) -> int:
    counted = await db.fetchval(
        f"select coalesce(sum(heads[array_position(months, $2)]), 0) from {PAYMENTS.name}"
        " where programme_id = $1 and $2 = any (months)",
        programme_id,
        str(month),
    )
    back = await db.fetchval(
        f"select count(*) from {REFUNDS.name} f, jsonb_array_elements(f.members) as m"
        " where f.programme_id = $1 and m -> 'months' ? $2",
        programme_id,
        str(month),
    )
    return int(counted) - int(back)

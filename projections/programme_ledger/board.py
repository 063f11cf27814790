"""The programmes a sponsor has, and one of them on one page: a month's statement, its months, its money."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.period import Month
from projections.page import Page, read_cursor, within_limit
from projections.positions import snapshot
from projections.programme_ledger.months import MonthOfList, month_of_list
from projections.programme_ledger.projection import (
    PAYMENTS,
    PAYOUTS,
    PROGRAMMES,
    REFUNDS,
    ProgrammeLedger,
)
from projections.programme_ledger.standings import Counts, alike_in, places
from projections.programme_ledger.statement import MODELS, Statement, statement_in
from projections.reader import Db

_LIST: Final = "programmes"  # in cursors


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The sponsor's agreement, and what was paid in by it; whole rupiah."""

    programme_id: UUID
    name: str
    sponsor: str
    area_code: str
    segment: str
    target: int
    budget: int
    period_from: date
    period_to: date
    paid_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cash:
    """What moved in a calendar month, by the day of payment, whole rupiah: contributions in, benefits out, refunds."""

    month: Month
    paid_in: int
    paid_out: int
    refunded: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """A programme as it stood at one position of the log. months: those asked for, of all lists together."""

    statement: Statement
    months: tuple[MonthOfList, ...]
    cash: tuple[Cash, ...]

    @property
    def position(self) -> int:
        return self.statement.position


class ProgrammeBoardView:
    """Programmes by area, and boards, each worked out in one snapshot."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def page(
        self, *, areas: Collection[str | None], cursor: str | None = None, limit: int = 50
    ) -> Page[Programme]:
        """Return programmes, the latest first. areas: how area codes begin; one that is None means all."""
        limit = within_limit(limit)
        begun, last = read_cursor(_LIST, cursor, tuple[date, UUID]) or (None, None)
        async with snapshot(self._pool, ProgrammeLedger) as (db, position):
            found = await db.fetch(
                f"""
                select programme_id, name, sponsor, area_code, segment, target, budget, period_from, period_to,
                    (select coalesce(sum(amount), 0)::bigint from {PAYMENTS.name} p
                        where p.programme_id = l.programme_id) as paid_in
                from {PROGRAMMES.name} l
                where ($1::text[] is null
                        or exists (select from unnest($1::text[]) as a where starts_with(l.area_code, a)))
                    and ($2::date is null or (l.period_from, l.programme_id) < ($2, $3::uuid))
                order by l.period_from desc, l.programme_id desc limit $4""",
                None if None in areas else [area for area in areas if area],
                begun,
                last,
                limit + 1,
            )
        programmes = [Programme(**row) for row in found]
        return Page.of(_LIST, programmes, limit, position, lambda one: (one.period_from, one.programme_id))

    async def board(
        self, programme_id: UUID, month: Month, *, as_of: date, segment: str, months: Sequence[Month]
    ) -> Board | None:
        """Return the statement of a month with the months beside it, or None for a programme that is not known."""
        async with snapshot(self._pool, *MODELS) as (db, position):
            statement = await statement_in(
                db, programme_id, month, as_of=as_of, segment=segment, position=position
            )
            if statement is None:
                return None
            return Board(
                statement=statement,
                months=await _months(db, programme_id, segment, months),
                cash=await cash_in(db, programme_id),
            )


async def _months(
    db: Db, programme_id: UUID, segment: str, months: Sequence[Month]
) -> tuple[MonthOfList, ...]:
    alike = await alike_in(db, programme_id)
    found = []
    for month in months:
        counts = Counts()
        for one, place in places(alike, month):
            counts.add(place, one.wage_base, one.members)
        found.append(month_of_list(month, None, counts, segment))
    return tuple(found)


async def cash_in(db: Db, programme_id: UUID) -> tuple[Cash, ...]:
    """Return the months in which money moved, the first of them first."""
    found = await db.fetch(
        f"""
        select to_char(on_day, 'YYYY-MM') as month, sum(paid_in)::bigint as paid_in,
            sum(paid_out)::bigint as paid_out, sum(refunded)::bigint as refunded
        from (
            select paid_on as on_day, amount as paid_in, 0 as paid_out, 0 as refunded
            from {PAYMENTS.name} where programme_id = $1
            union all select paid_on, 0, amount, 0 from {PAYOUTS.name} where programme_id = $1
            union all select refunded_on, 0, 0, amount from {REFUNDS.name}
            where programme_id = $1 and sent_to = 'account') as moved
        group by 1 order by 1""",
        programme_id,
    )
    return tuple(Cash(**{**row, "month": Month.parse(row["month"])}) for row in found)

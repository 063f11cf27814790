"""Clocks that have not ended, the next to run out first, and how many there are of each urgency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg

from domain.mandate import Mandate
from projections.deadlines.projection import CLOCKS, NEVER, Deadlines
from projections.page import Page, read_cursor, within_limit
from projections.positions import Positions, snapshot

_LIST: Final = "deadlines"  # in cursors
SOON: Final = timedelta(days=7)  # a due day within them is soon
PATIENCE: Final = 5.0  # seconds to wait for the read model

Urgency = Literal["overdue", "today", "soon", "later", "paused", "undated"]

# When a clock strikes, seen from the day $1: the last three of no day, as they stand still or none is known.
_URGENCY: Final = """
    case when state = 'paused' then 'paused' when due_on is null then 'undated'
        when due_on < $1 then 'overdue' when due_on = $1 then 'today' when due_on <= $2 then 'soon'
        else 'later' end"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClock:
    """A clock of a case that has not ended.

    state: running, paused, or missed: it is on record that its due day is over. waiting_on: us, claimant or
    third_party. consequence: the step that SYSTEM takes because it was missed.
    """

    case_id: UUID
    clock: str
    kind: str
    number: str | None
    area_code: str
    district: str | None
    ward: str | None
    status: str
    definition: str | None
    article: str | None
    waiting_on: str | None
    started_on: date
    due_on: date | None
    state: str
    consequence: str | None
    version: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which clocks a reader wants; what is empty does not narrow. area: what a token or a query says."""

    kind: str | None = None
    clock: str | None = None
    waiting_on: str | None = None
    areas: tuple[str, ...] = ()


class DeadlinesView:
    """Clocks by due day."""

    def __init__(self, pool: "asyncpg.Pool[Any]", positions: Positions) -> None:
        self._pool = pool
        self._positions = positions

    async def page(
        self,
        wanted: Wanted,
        *,
        today: date,
        due: Urgency | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> tuple[Page[OpenClock], Mapping[str, int]]:
        """Return clocks by due day, those that stand still last, and how many there are of each urgency."""
        limit, after = within_limit(limit), read_cursor(_LIST, cursor, tuple[date, UUID, str])
        conditions, values = _narrowed(wanted)
        given = [today, today + SOON, *values]
        columns = ", ".join(name for name in CLOCKS.names if name in OpenClock.__dataclass_fields__)
        async with snapshot(self._pool, Deadlines) as (db, position):
            counted = await db.fetch(
                f"select {_URGENCY} as urgency, count(*) as clocks from {CLOCKS.name} where {conditions} group by 1",
                *given,
            )
            n = len(given)
            found = await db.fetch(
                f"""
                select {columns}, sorts_on from {CLOCKS.name}
                where {conditions} and (${n + 1}::text is null or {_URGENCY} = ${n + 1})
                and (${n + 2}::date is null or (sorts_on, case_id, clock) > (${n + 2}, ${n + 3}::uuid, ${n + 4}::text))
                order by sorts_on, case_id, clock limit ${n + 5}""",
                *given,
                due,
                *(after or (None, None, None)),
                limit + 1,
            )
        counts = {row["urgency"]: row["clocks"] for row in counted}
        page = Page.of(_LIST, [_clock(row) for row in found], limit, position, _key)
        return page, counts

    async def ran_out(
        self, day: date, *, position: int, after: tuple[date, UUID, str] | None, limit: int, acted: bool
    ) -> list[tuple[date, UUID, str]]:
        """Return due day, case and name of clocks that were due before a day and ask for something, in that order.

        They are not on record as missed; or, where `acted` is wanted as well, they are, and a step of SYSTEM
        is still to follow. Waits for the read model to reach a position; then raises `Busy`.
        """
        await self._positions.wait_for(Deadlines.name, position, PATIENCE)
        async with snapshot(self._pool, Deadlines) as (db, _):
            found = await db.fetch(
                f"""
                select due_on, case_id, clock from {CLOCKS.name}
                where due_on < $1 and (state = 'running' or state = 'missed' and consequence is not null)
                and ($5 or state = 'running')
                and ($2::date is null or (due_on, case_id, clock) > ($2, $3::uuid, $4::text))
                order by due_on, case_id, clock limit $6""",
                day,
                *(after or (None, None, None)),
                acted,
                limit,
            )
        return [tuple(row) for row in found]

    async def unwritten(self, day: date) -> int:
        """Return how many clocks ran out before a day without that being on record."""
        async with snapshot(self._pool, Deadlines) as (db, _):
            found = await db.fetchval(
                f"select count(*) from {CLOCKS.name} where due_on < $1 and state = 'running'", day
            )
        return int(found)

    async def by_urgency(self, day: date) -> Mapping[tuple[str, str], int]:
        """Return how many clocks there are of each name and urgency, seen from a day."""
        async with snapshot(self._pool, Deadlines) as (db, _):
            found = await db.fetch(
                f"select clock, {_URGENCY} as urgency, count(*) as clocks from {CLOCKS.name} group by 1, 2",
                day,
                day + SOON,
            )
        return {(row["clock"], row["urgency"]): row["clocks"] for row in found}


def _narrowed(wanted: Wanted) -> tuple[str, list[object]]:
    """Return conditions and their values, numbered from the third: the first two are days."""
    asked: list[tuple[str, object]] = [
        ("kind = ?", wanted.kind),
        ("clock = ?", wanted.clock),
        ("waiting_on = ?", wanted.waiting_on),
    ]
    for area in wanted.areas:
        mandate = Mandate.read(area)
        asked += [("starts_with(place, ?)", mandate.code), ("ward_key = ?", mandate.ward or None)]
    given = [(condition, value) for condition, value in asked if value is not None]
    numbered = [condition.replace("?", f"${n}") for n, (condition, _) in enumerate(given, 3)]
    return " and ".join(numbered) or "true", [value for _, value in given]


def _clock(row: "asyncpg.Record") -> OpenClock:
    return OpenClock(**{name: row[name] for name in OpenClock.__dataclass_fields__})


def _key(clock: OpenClock) -> tuple[date, UUID, str]:
    sorts_on = NEVER if clock.due_on is None or clock.state == "paused" else clock.due_on
    return sorts_on, clock.case_id, clock.clock

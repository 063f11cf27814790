"""What one person has to do, cases and lists together, and how much there is of each, all of one moment."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
import msgspec

from projections.counting import count_rows
from projections.enrollment_register.projection import EnrollmentRegister
from projections.page import Page, read_cursor, within_limit
from projections.positions import snapshot
from projections.reader import Db
from projections.worklist.projection import CASES, Worklist
from projections.worklist.view import (
    HAS_WAY,
    NEVER,
    WITHIN,
    Opening,
    WaitingCase,
    WaitingRoster,
    case_of,
    waiting_rosters,
    ways_of,
)

_LIST: Final = "desk"  # in cursors
SOON: Final = timedelta(days=7)

Urgency = Literal["late", "today", "week", "later", "undated", "others"]
URGENCIES: Final[tuple[Urgency, ...]] = ("late", "today", "week", "later", "undated", "others")

# Cases that wait for somebody else stand last, whatever their clock says: nothing is to be done about them now.
_WAITS_FOR_OTHERS: Final = "(definition || '/' || status) = any ({})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom. own: only cases of which this person took a step. areas: how area codes begin, None: everywhere.

    open: the ways on. elsewhere: definition and status of cases that wait for somebody outside of the office, or
    for the office where a family reads. lists: definition and status of members whose list waits for the reader.
    """

    person: str
    open: Sequence[Opening]
    today: date
    elsewhere: Collection[tuple[str, str]] = ()
    lists: Sequence[tuple[str, str]] = ()
    areas: Sequence[str | None] = (None,)
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many cases there are of one kind, status and urgency."""

    kind: str
    definition: str
    status: str
    urgency: Urgency
    cases: int


@dataclass(frozen=True, slots=True)
class Desk:
    """All that waits, counted, as it stood at one position of the log, and a page of the cases."""

    tallies: tuple[Tally, ...]
    rosters: tuple[WaitingRoster, ...]
    cases: tuple[WaitingCase, ...]
    next: str | None
    position: int

    @property
    def count(self) -> int:
        return sum(tally.cases for tally in self.tallies) + len(self.rosters)


class DeskView:
    """What waits for somebody, and for whom else it waits."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def count(self, reader: Reader) -> tuple[int, int]:
        """Return how much waits, of cases no more than `COUNT_MAX` + 1, and up to which position that is true."""
        async with snapshot(self._pool, Worklist, EnrollmentRegister) as (db, position):
            cases = (
                await count_rows(db, CASES.name, _MINE, _asked(reader, reader.open)[:-1])
                if reader.open
                else 0
            )
            return cases + len(await _rosters(db, reader)), position

    async def page(
        self, reader: Reader, *, shown: Sequence[Opening], cursor: str | None = None, limit: int = 50
    ) -> Desk:
        """Return a page of the cases with one of the ways `shown`: by due day, then by how long they wait.

        Those that wait for others stand last. The counts are of all that waits, whatever is shown.
        """
        limit, after = within_limit(limit), read_cursor(_LIST, cursor, tuple[bool, date, datetime, UUID])
        async with snapshot(self._pool, Worklist, EnrollmentRegister) as (db, position):
            tallies, rosters = await _tallies(db, reader), await _rosters(db, reader)
            rows = await db.fetch(
                f"""
                select * from (
                    select case_id, kind, number, status, definition, area_code, since, due_on, flags, actors,
                        version, position, assigned_to, assigned_since, idle,
                        {_WAITS_FOR_OTHERS.format("$6")} as elsewhere
                    from {CASES.name} where {_MINE}) as mine
                where $7::bool is null
                    or (elsewhere, coalesce(due_on, $11), since, case_id) > ($7, $8::date, $9::timestamptz, $10::uuid)
                order by elsewhere, coalesce(due_on, $11), since, case_id limit $12""",
                *_asked(reader, shown),
                *(after or (None, None, None, None)),
                NEVER,
                limit + 1,
            )
        found = [(row["elsewhere"], _case(row)) for row in rows]
        page = Page.of(
            _LIST,
            found,
            limit,
            position,
            lambda one: (one[0], one[1].due_on or NEVER, one[1].since, one[1].case_id),
        )
        return Desk(tallies, rosters, tuple(case for _, case in page.items), page.next, position)


# Definition and status stand twice: by themselves for the index, and with the ways on.
_MINE: Final = f"""
    not is_final and definition = any ($4) and status = any ($5) and {HAS_WAY} and {WITHIN.format("$2")}
    and ($3::text is null or exists (
        select from unnest(actors) as actor where substr(actor, strpos(actor, '/') + 1) = $3))"""


def _asked(reader: Reader, open: Sequence[Opening]) -> tuple[object, ...]:
    return (
        msgspec.json.encode(ways_of(open, reader.person)).decode(),
        list(reader.areas),
        reader.person if reader.own else None,
        sorted({way.definition for way in open}),
        sorted({way.status for way in open}),
        [f"{definition}/{status}" for definition, status in sorted(reader.elsewhere)],
    )


async def _tallies(db: Db, reader: Reader) -> tuple[Tally, ...]:
    if not reader.open:
        return ()
    rows = await db.fetch(
        f"""
        select kind, definition, status, case
            when {_WAITS_FOR_OTHERS.format("$6")} then 'others' when due_on is null then 'undated'
            when due_on < $7 then 'late' when due_on = $7 then 'today' when due_on <= $8 then 'week'
            else 'later' end as urgency, count(*) as cases
        from {CASES.name} where {_MINE} group by 1, 2, 3, 4""",
        *_asked(reader, reader.open),
        reader.today,
        reader.today + SOON,
    )
    return tuple(Tally(**row) for row in rows)


async def _rosters(db: Db, reader: Reader) -> tuple[WaitingRoster, ...]:
    if not reader.lists:
        return ()
    found = {}
    for area in reader.areas:
        for roster in await waiting_rosters(db, reader.lists, area):
            found[roster.roster_id, roster.status, roster.area_code] = roster
    return tuple(sorted(found.values(), key=lambda one: (one.since, one.roster_id, one.status)))


def _case(row: "asyncpg.Record") -> WaitingCase:
    return case_of({name: value for name, value in row.items() if name != "elsewhere"})


def urgency_of(case: WaitingCase, reader: Reader) -> Urgency:
    """Return the group of a case, as the tallies count it."""
    if (case.definition, case.status) in reader.elsewhere:
        return "others"
    if case.due_on is None:
        return "undated"
    if case.due_on < reader.today:
        return "late"
    if case.due_on == reader.today:
        return "today"
    return "week" if case.due_on <= reader.today + SOON else "later"

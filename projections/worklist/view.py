"""What waits, the most urgent first, and what the rules about persons need to know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from projections.enrollment_register.projection import REGISTER, EnrollmentRegister
from projections.page import Page, read_cursor, within_limit
from projections.positions import page_at, snapshot
from projections.reader import Db
from projections.worklist.projection import CASES, Worklist

_LIST: Final = "worklist"  # in cursors
WITHIN: Final = (  # one of the beginnings of an area code that a parameter lists; null stands for everywhere
    "exists (select from unnest({}::text[]) as area where area is null or starts_with(area_code, area))"
)
HAS_WAY: Final = f"""exists (
    select from jsonb_to_recordset($1::jsonb) as way (definition text, status text, area text, step text, bars text[])
    where way.definition = {CASES.name}.definition and way.status = {CASES.name}.status
    and (way.area is null or starts_with(area_code, way.area)) and not actors && way.bars
    and not way.step = any (idle))"""
ROSTERS_MAX: Final = 200
NEVER: Final = date.max  # sorts cases without a running clock behind all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A way on from a status, closed to whoever took one of the steps that must be another person's.

    area: how the area code of a case begins for whom it is a way; none for everywhere.
    """

    definition: str  # such as jkm-claim@1
    status: str
    separate_from: frozenset[str] = frozenset()
    area: str | None = None
    step: str = ""  # which: it opens no case that gives it nothing to do


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCase:
    """A case that is not at its end.

    due_on: the earliest day on which a running clock strikes. since: when it came to this status.
    actors: every step taken so far, with the person who took it, in order.
    """

    case_id: UUID
    kind: str
    number: str
    status: str
    definition: str
    area_code: str
    since: datetime
    due_on: date | None
    flags: tuple[str, ...]
    actors: tuple[tuple[str, str], ...]
    version: int
    position: int
    assigned_to: str | None
    assigned_since: datetime | None
    idle: frozenset[str]  # steps with nothing to do for them


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Whose desk a case lies on: that of `to`, or nobody's."""

    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Open cases on one desk, or on nobody's; how many are overdue, and since when the oldest waits."""

    name: str | None
    open: int
    overdue: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRoster:
    """How many members of a list stand in one status. since: when the first of them came to it.

    effective_on: the earliest day on which one of them is to be insured.
    """

    roster_id: UUID
    programme_id: UUID
    area_code: str
    status: str
    definition: str | None
    members: int
    since: datetime
    effective_on: date


class WorklistView:
    """Open cases by the ways on from where they stand; which ways a person's roles open, the caller knows."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def page(
        self,
        *,
        person: str,
        open: Sequence[Opening] | None,
        areas: Sequence[str | None] = (None,),
        own: bool = False,
        assigned: Assigned | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[WaitingCase]:
        """Return cases by urgency: due day, cases without one last, then how long they wait.

        person: for whom; own: only cases of which this person took a step. open: only cases with one of these
        ways on; without, every open case of the areas, each the beginning of an area code.
        """
        limit, after = within_limit(limit), read_cursor(_LIST, cursor, tuple[date, datetime, UUID])
        found, position = await page_at(
            self._pool,
            Worklist,
            f"""
                select case_id, kind, number, status, definition, area_code, since, due_on, flags, actors,
                    version, position, assigned_to, assigned_since, idle
                from {CASES.name}
                where not is_final
                and {"$1::jsonb is null" if open is None else HAS_WAY}
                and {WITHIN.format("$2")}
                and ($3::text is null or exists (
                    select from unnest(actors) as actor where substr(actor, strpos(actor, '/') + 1) = $3))
                and (not $4 or assigned_to is not distinct from $5)
                and ($6::date is null
                    or (coalesce(due_on, $9), since, case_id) > ($6, $7::timestamptz, $8::uuid))
                order by coalesce(due_on, $9), since, case_id limit $10""",
            None if open is None else msgspec.json.encode(ways_of(open, person)).decode(),
            list(areas),
            person if own else None,
            assigned is not None,
            assigned.to if assigned else None,
            *(after or (None, None, None)),
            NEVER,
            limit + 1,
            order="coalesce(due_on, $9), since, case_id",
        )
        return Page.of(
            _LIST,
            [case_of(row) for row in found],
            limit,
            position,
            lambda case: (case.due_on or NEVER, case.since, case.case_id),
        )

    async def load(self, *, today: date, areas: Sequence[str | None]) -> Page[Load]:
        """Return what lies on each desk, the fullest of overdue cases first, and last what nobody has.

        The counts are those of `page` with the same areas and `assigned`, at the position told.
        """
        async with snapshot(self._pool, Worklist) as (db, position):
            found = await db.fetch(
                f"""
                select assigned_to as name, count(*) as open, count(*) filter (where due_on < $1) as overdue,
                    min(since) as oldest
                from {CASES.name} where not is_final and {WITHIN.format("$2")}
                group by 1 order by assigned_to is null, 3 desc, 2 desc, 1""",
                today,
                list(areas),
            )
        return Page(tuple(Load(**row) for row in found), None, position)

    async def rosters(
        self, *, open: Sequence[tuple[str, str]], area: str | None = None
    ) -> Page[WaitingRoster]:
        """Return lists with members in these statuses, those that wait longest first, at most 200."""
        async with snapshot(self._pool, EnrollmentRegister) as (db, position):
            found = await waiting_rosters(db, open, area)
        return Page(found, None, position)


async def waiting_rosters(
    db: Db, open: Sequence[tuple[str, str]], area: str | None
) -> tuple[WaitingRoster, ...]:
    """Return lists with members in these statuses, those that wait longest first."""
    found = await db.fetch(
        f"""
        select roster_id, programme_id, area_code, status, definition, count(*) as members,
            min(since) as since, min(effective_on) as effective_on
        from {REGISTER.name}
        where roster_id is not null and status = any ($2)
        and (definition, status) in (select * from unnest($1::text[], $2::text[]))
        and ($3::text is null or starts_with(area_code, $3))
        group by 1, 2, 3, 4, 5 order by min(since), roster_id, status limit {ROSTERS_MAX}""",
        [definition for definition, _ in open],
        [status for _, status in open],
        area,
    )
    return tuple(WaitingRoster(**row) for row in found)


def ways_of(open: Sequence[Opening], person: str) -> list[dict[str, object]]:
    return [
        {
            "definition": way.definition,
            "status": way.status,
            "area": way.area,
            "step": way.step,
            "bars": [f"{step}/{person}" for step in sorted(way.separate_from)],
        }
        for way in open
    ]


def case_of(row: Mapping[str, Any]) -> WaitingCase:
    actors = tuple((step, actor) for step, _, actor in (taken.partition("/") for taken in row["actors"]))
    idle = frozenset(row["idle"])
    return WaitingCase(**{**row, "flags": tuple(row["flags"]), "actors": actors, "idle": idle})

"""What waits, the most urgent first, and what the rules about persons need to know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from projections.enrollment_register.projection import REGISTER, EnrollmentRegister
from projections.page import Page, read_cursor, within_limit
from projections.positions import snapshot
from projections.worklist.projection import CASES, Worklist

_LIST: Final = "worklist"  # in cursors
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRoster:
    """How many members of a list stand in one status. since: when the first of them came to it."""

    roster_id: UUID
    programme_id: UUID
    area_code: str
    status: str
    definition: str | None
    members: int
    since: datetime


class WorklistView:
    """Open cases by the ways on from where they stand; which ways a person's roles open, the caller knows."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def page(
        self,
        *,
        person: str,
        open: Sequence[Opening],
        own: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[WaitingCase]:
        """Return cases by urgency: due day, cases without one last, then how long they wait.

        person: for whom; own: only cases of which this person took a step.
        """
        limit, after = within_limit(limit), read_cursor(_LIST, cursor, tuple[date, datetime, UUID])
        ways = [
            {
                "definition": way.definition,
                "status": way.status,
                "area": way.area,
                "bars": [f"{step}/{person}" for step in sorted(way.separate_from)],
            }
            for way in open
        ]
        async with snapshot(self._pool, Worklist) as (db, position):
            found = await db.fetch(
                f"""
                select case_id, kind, number, status, definition, area_code, since, due_on, flags, actors,
                    version, position
                from {CASES.name}
                where not is_final
                and exists (
                    select from jsonb_to_recordset($1::jsonb)
                        as way (definition text, status text, area text, bars text[])
                    where way.definition = {CASES.name}.definition and way.status = {CASES.name}.status
                    and (way.area is null or starts_with(area_code, way.area))
                    and not actors && way.bars)
                and ($2::text is null or exists (
                    select from unnest(actors) as actor where substr(actor, strpos(actor, '/') + 1) = $2))
                and ($3::date is null
                    or (coalesce(due_on, $6), since, case_id) > ($3, $4::timestamptz, $5::uuid))
                order by coalesce(due_on, $6), since, case_id limit $7""",
                msgspec.json.encode(ways).decode(),
                person if own else None,
                *(after or (None, None, None)),
                NEVER,
                limit + 1,
            )
        return Page.of(
            _LIST,
            [_case(row) for row in found],
            limit,
            position,
            lambda case: (case.due_on or NEVER, case.since, case.case_id),
        )

    async def rosters(
        self, *, open: Sequence[tuple[str, str]], area: str | None = None
    ) -> Page[WaitingRoster]:
        """Return lists with members in these statuses, those that wait longest first, at most 200."""
        async with snapshot(self._pool, EnrollmentRegister) as (db, position):
            found = await db.fetch(
                f"""
                select roster_id, programme_id, area_code, status, definition, count(*) as members,
                    min(since) as since
                from {REGISTER.name}
                where roster_id is not null
                and (definition, status) in (select * from unnest($1::text[], $2::text[]))
                and ($3::text is null or starts_with(area_code, $3))
                group by 1, 2, 3, 4, 5 order by min(since), roster_id, status limit 200""",
                [definition for definition, _ in open],
                [status for _, status in open],
                area,
            )
        return Page(tuple(WaitingRoster(**row) for row in found), None, position)


def _case(row: "asyncpg.Record") -> WaitingCase:
    actors = tuple((step, actor) for step, _, actor in (taken.partition("/") for taken in row["actors"]))
    return WaitingCase(**{**row, "flags": tuple(row["flags"]), "actors": actors})

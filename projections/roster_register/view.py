"""Which lists there are, where their workers stand, and who they are; names come in clear."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from projections.enrollment_register.projection import PERSON, EnrollmentRegister
from projections.enrollment_register.projection import REGISTER as ENROLLMENTS
from projections.page import Page, read_cursor, where, within_limit
from projections.positions import snapshot
from projections.programme_ledger.projection import PROGRAMMES, ProgrammeLedger
from projections.roster_register.projection import REGISTER, Listed, RosterRegister

_LIST: Final = "rosters"  # in cursors
_WORKERS: Final = "workers"
_STANDS_THERE: Final = "e.roster_id = l.roster_id and e.status = any (?::text[])"
WITHIN: Final = (
    "exists (select from unnest(?::text[]) a where starts_with(a, area_code) or starts_with(area_code, a))"
)
_WAITING: Final = f"exists (select from {ENROLLMENTS.name} e where {_STANDS_THERE})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme that lists are sent to."""

    id: UUID
    name: str
    sponsor: str
    area_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker whom a list took up. name: empty once the person was erased."""

    enrollment_id: UUID
    row: int
    status: str
    name: str | None
    district: str
    ward: str
    occupation: str


@dataclass(frozen=True, slots=True)
class Overview:
    """A page of lists, the newest first, with what they belong to.

    programmes: by id. workers: how many of each list stand in which status. counts: lists by status, of all pages.
    waiting: of all pages, the lists with a worker in one of the statuses asked about.
    """

    page: Page[Listed]
    programmes: Mapping[UUID, Programme]
    workers: Mapping[UUID, Mapping[str, int]]
    counts: Mapping[str, int]
    waiting: int


class RosterRegisterView:
    """Lists by filter, and the workers of one."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def page(
        self,
        *,
        areas: Sequence[str] | None = None,
        status: str | None = None,
        programme_id: UUID | None = None,
        waiting: Collection[str] = (),
        only_waiting: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Overview:
        """Return lists with their programmes and workers, all as they stood at one position.

        areas: codes of which the list's area is the beginning, or which begin with it; None: everywhere.
        waiting: statuses of workers; only_waiting: those lists alone that have a worker in one of them.
        """
        limit, before = within_limit(limit), read_cursor(_LIST, cursor, int)
        wanted: dict[str, object] = {
            WITHIN: areas,
            "programme_id = ?": programme_id,
        }
        among, named = where(wanted)
        statuses = list(waiting)
        conditions, values = where(
            wanted
            | {
                "status = ?": status,
                "begun_position < ?": before,
                _WAITING: statuses if only_waiting else None,
            }
        )
        those, asked = where(wanted | {_WAITING: statuses})
        async with snapshot(self._pool, RosterRegister, EnrollmentRegister, ProgrammeLedger) as (
            db,
            position,
        ):
            found = await db.fetch(
                f"select {', '.join(REGISTER.names)} from {REGISTER.name} l where {conditions}"
                f" order by begun_position desc limit ${len(values) + 1}",
                *values,
                limit + 1,
            )
            counted = await db.fetch(
                f"select status, count(*) from {REGISTER.name} where {among} group by 1", *named
            )
            waits = await db.fetchval(f"select count(*) from {REGISTER.name} l where {those}", *asked)
            shown = Page.of(
                _LIST, [Listed(**row) for row in found], limit, position, lambda row: row.begun_position
            )
            workers = await db.fetch(
                f"select roster_id, status, count(*) from {ENROLLMENTS.name} where roster_id = any ($1) group by 1, 2",
                [row.roster_id for row in shown.items],
            )
            programmes = await db.fetch(
                f"select {_PROGRAMME} from {PROGRAMMES.name} where programme_id = any ($1)",
                [row.programme_id for row in shown.items],
            )
        by_list: dict[UUID, Counter[str]] = {}
        for roster_id, in_status, number in workers:
            by_list.setdefault(roster_id, Counter())[in_status] = number
        return Overview(
            page=shown,
            programmes={row["id"]: Programme(**row) for row in programmes},
            workers=by_list,
            counts=dict(map(tuple, counted)),
            waiting=waits,
        )

    async def programmes(self, *, areas: Sequence[str] | None = None) -> list[Programme]:
        """Return the programmes of some areas, by name."""
        async with snapshot(self._pool, ProgrammeLedger) as (db, _):
            found = await db.fetch(
                f"""
                select {_PROGRAMME} from {PROGRAMMES.name}
                where $1::text[] is null or exists (select from unnest($1::text[]) a where starts_with(area_code, a))
                order by name, period_from, programme_id""",
                areas,
            )
        return [Programme(**row) for row in found]

    async def workers(
        self,
        roster_id: UUID,
        *,
        statuses: Collection[str] | None = None,
        wards: Sequence[str] | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Worker]:
        """Return the workers of a list by row. wards: `district/ward` of those to be seen; None: all."""
        limit, after = within_limit(limit), read_cursor(_WORKERS, cursor, int)
        async with snapshot(self._pool, EnrollmentRegister) as (db, position):
            found = await db.fetch(
                f"""
                select {_WORKER} from {ENROLLMENTS.name} r left join {PERSON.name} p using (person_id)
                where r.roster_id = $1 and r.list_row > $2 and ($3::text[] is null or r.status = any ($3))
                    and ($4::text[] is null or r.district || '/' || r.ward = any ($4))
                order by r.list_row limit $5""",
                roster_id,
                after or 0,
                list(statuses) if statuses is not None else None,
                wards,
                limit + 1,
            )
        return Page.of(_WORKERS, [Worker(**row) for row in found], limit, position, lambda worker: worker.row)

    async def named(self, roster_id: UUID, rows: Collection[int]) -> dict[int, Worker]:
        """Return the workers of some rows of a list."""
        async with snapshot(self._pool, EnrollmentRegister) as (db, _):
            found = await db.fetch(
                f"select {_WORKER} from {ENROLLMENTS.name} r left join {PERSON.name} p using (person_id)"
                " where r.roster_id = $1 and r.list_row = any ($2)",
                roster_id,
                list(rows),
            )
        return {row["row"]: Worker(**row) for row in found}

    async def standing(
        self,
        roster_id: UUID,
        *,
        wards: Sequence[str] | None = None,
        rows: Collection[int] | None = None,
        except_rows: Collection[int] = (),
    ) -> dict[str, int]:
        """Return how many workers of a list stand in which status: of all rows, of some, or of all but some."""
        async with snapshot(self._pool, EnrollmentRegister) as (db, _):
            found = await db.fetch(
                f"""
                select r.status, count(*) from {ENROLLMENTS.name} r
                where r.roster_id = $1 and ($2::text[] is null or r.district || '/' || r.ward = any ($2))
                    and ($3::integer[] is null or r.list_row = any ($3)) and r.list_row <> all ($4)
                group by 1""",
                roster_id,
                wards,
                list(rows) if rows is not None else None,
                list(except_rows),
            )
        return dict(map(tuple, found))


_PROGRAMME: Final = "programme_id as id, name, sponsor, area_code"
_WORKER: Final = """
    r.enrollment_id, r.list_row as row, r.status, p.name, r.district, r.ward, r.occupation"""

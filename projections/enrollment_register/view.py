"""Look-ups in the register of enrollments; personal values come in clear, masking is the caller's part."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from domain.coverage import Coverage
from domain.period import Month
from domain.programme.contribution import Membership
from projections.counting import count_by, count_rows, page_within, within_area
from projections.enrollment_register.meant import IS_ALIVE, IS_HEAD, IS_LISTED
from projections.enrollment_register.projection import PERSON, REGISTER, EnrollmentRegister
from projections.page import Conditions, Page, read_cursor, where, within_limit
from projections.positions import Positions, snapshot
from projections.reader import Db

_LIST: Final = "enrollments"  # in cursors
HEADS_PATIENCE: Final = 5.0  # seconds

_COLUMNS: Final = """
    r.enrollment_id, r.programme_id, r.person_id, r.roster_id, r.list_row, r.spell, r.status, r.number,
    r.area_code, r.district, r.ward, r.occupation, r.segment, r.wage_base, r.effective_on,
    r.begun_position, r.registered_position, r.first_month, r.paid_months, r.listed_from, r.died_on, r.ended_on,
    r.definition, r.since, r.version, r.position, p.name, p.nik"""
_FROM: Final = f"from {REGISTER.name} r left join {PERSON.name} p using (person_id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An enrollment and the person behind it.

    coverage: on the day asked for, worked out from the months paid; `coverage.starts_on` is the start of
    the membership. name, nik: empty once the person was erased. wage_base: rupiah a month. since: when
    the present status was recorded.
    """

    enrollment_id: UUID
    programme_id: UUID
    person_id: UUID
    roster_id: UUID | None
    row: int | None
    spell: int
    status: str
    number: str | None
    area_code: str
    district: str
    ward: str
    occupation: str
    segment: str
    wage_base: int
    effective_on: date
    begun_position: int
    registered_position: int | None
    first_month: str | None
    paid_months: tuple[Month, ...]
    listed_from: tuple[date, ...]
    died_on: date | None
    ended_on: date | None
    definition: str | None
    since: datetime
    version: int
    position: int
    name: str | None
    nik: str | None
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which members a reader wants; what is empty does not narrow. area: how the area code begins."""

    programme_id: UUID | None = None
    status: str | None = None
    ward: str | None = None
    occupation: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page with the number of rows of each choice, all of one moment. Each count leaves its own choice open.

    total: of the list as it is narrowed. No count goes beyond `COUNT_MAX` + 1.
    """

    page: Page[Member]
    total: int
    by_status: Mapping[str, int]
    by_ward: Mapping[str, int]
    by_occupation: Mapping[str, int]


class Counted(NamedTuple):
    """Heads by month and wage base (rupiah a month), and of those asked about the day of each death known."""

    heads: dict[Month, dict[int, int]]
    died_on: dict[UUID, date]


class EnrollmentRegisterView:
    """Enrollments by filter, person, name or number, and the heads that a payment counts."""

    def __init__(self, pool: "asyncpg.Pool[Any]", positions: Positions) -> None:
        self._pool = pool
        self._positions = positions

    async def page(
        self,
        *,
        on: date,
        status: str | None = None,
        programme_id: UUID | None = None,
        occupation: str | None = None,
        ward: str | None = None,
        roster_id: UUID | None = None,
        area: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Member]:
        """Return enrollments in the order in which they began. area: how the area code begins."""
        limit, after = within_limit(limit), read_cursor(_LIST, cursor, int)

        def select(areas: Sequence[str] | None) -> Sequence[Any]:
            conditions, values = where(
                {
                    "r.status = ?": status,
                    "r.programme_id = ?": programme_id,
                    "r.occupation = ?": occupation,
                    "r.ward = ?": ward,
                    "r.roster_id = ?": roster_id,
                    "r.area_code = any (?)": areas,
                    "r.begun_position > ?": after,
                }
            )
            return (
                f"select {_COLUMNS} {_FROM} where {conditions} order by r.begun_position"
                f" limit ${len(values) + 1}",
                *values,
                limit + 1,
            )

        found, position = await page_within(self._pool, EnrollmentRegister, area, select, "begun_position")
        return Page.of(
            _LIST, [_member(row, on) for row in found], limit, position, lambda member: member.begun_position
        )

    async def listed(self, wanted: Wanted, *, on: date, cursor: str | None = None, limit: int = 50) -> Listed:
        """Return members in the order in which they began, and how many there are of each choice."""
        limit, after = within_limit(limit), read_cursor(_LIST, cursor, int)
        async with snapshot(self._pool, EnrollmentRegister) as (db, position):
            scope: Conditions = {
                "area_code = any (?)": await within_area(db, REGISTER.name, wanted.area),
                "programme_id = ?": wanted.programme_id,
            }
            status: Conditions = {"status = ?": wanted.status}
            ward: Conditions = {"ward = ?": wanted.ward}
            occupation: Conditions = {"occupation = ?": wanted.occupation}
            conditions, values = where(scope | status | ward | occupation | {"begun_position > ?": after})
            found = await db.fetch(
                f"select {_COLUMNS} {_FROM} where {conditions} order by r.begun_position"
                f" limit ${len(values) + 1}",
                *values,
                limit + 1,
            )
            total = await count_rows(db, REGISTER.name, *where(scope | status | ward | occupation))
            by_status = await count_by(db, REGISTER.name, "status", *where(scope | ward | occupation))
            by_ward = await count_by(db, REGISTER.name, "ward", *where(scope | status | occupation))
            by_occupation = await count_by(db, REGISTER.name, "occupation", *where(scope | status | ward))
        rows = [_member(row, on) for row in found]
        page = Page.of(_LIST, rows, limit, position, lambda member: member.begun_position)
        return Listed(page, total, by_status, by_ward, by_occupation)

    async def get(self, enrollment_id: UUID, *, on: date) -> Member | None:
        async with snapshot(self._pool, EnrollmentRegister) as (db, _):
            row = await db.fetchrow(f"select {_COLUMNS} {_FROM} where r.enrollment_id = $1", enrollment_id)
        return _member(row, on) if row else None

    async def by_persons(self, person_ids: Collection[UUID], *, on: date) -> Page[Member]:
        """Return all enrollments of these persons, the latest first."""
        async with snapshot(self._pool, EnrollmentRegister) as (db, position):
            found = await db.fetch(
                f"select {_COLUMNS} {_FROM} where r.person_id = any ($1) order by r.begun_position desc",
                list(person_ids),
            )
        return Page(tuple(_member(row, on) for row in found), None, position)

    async def search_name(
        self, q: str, *, on: date, area: str | None = None, limit: int = 20
    ) -> Page[Member]:
        """Return enrollments whose member's name contains the text, or whose number is the text."""
        pattern = "%" + q.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        async with snapshot(self._pool, EnrollmentRegister) as (db, position):
            found = await db.fetch(
                f"""
                select {_COLUMNS} {_FROM}
                where r.enrollment_id in (
                    select e.enrollment_id from {PERSON.name} n join {REGISTER.name} e using (person_id)
                    where n.name ilike $1
                    union all select e.enrollment_id from {REGISTER.name} e where e.number = $2)
                and ($3::text is null or starts_with(r.area_code, $3))
                order by p.name, r.begun_position desc limit $4""",
                pattern,
                q.strip(),
                area,
                within_limit(limit),
            )
        return Page(tuple(_member(row, on) for row in found), None, position)

    async def taken_up(self, programme_id: UUID, *, besides: UUID | None = None) -> int:
        """Return how many workers of a programme stand in the register, leaving out those of one list."""
        async with snapshot(self._pool, EnrollmentRegister) as (db, _):
            found = await db.fetchval(
                f"select count(*) from {REGISTER.name} where programme_id = $1"
                " and status not in ('REJECTED', 'TERMINATED') and roster_id is distinct from $2",
                programme_id,
                besides,
            )
        return int(found)

    async def due_on(self, day: date, *, position: int, after: UUID | None, limit: int) -> list[UUID]:
        """Return enrollments that a new day may bring something, in the order of their ids.

        Members in arrears; active ones with fewer months paid than have ended, and lapsed
        ones with as many, unless they are known to have died. Waits for the register to reach a position; then
        raises `Busy`.
        """
        await self._positions.wait_for(EnrollmentRegister.name, position, HEADS_PATIENCE)
        async with snapshot(self._pool, EnrollmentRegister) as (db, _):
            found = await db.fetch(
                f"""
                select enrollment_id from {REGISTER.name} r
                where ($2::uuid is null or enrollment_id > $2) and died_on is null and (
                    status = 'GRACE'
                    or status in ('ACTIVE', 'LAPSED') and (status = 'LAPSED') = ((
                        select count(*) from unnest(paid_months) as m
                        where m between to_char(membership_start, 'YYYY-MM') and $1::text
                    ) >= 12 * (left($1, 4)::int - extract(year from membership_start)::int)
                        + right($1, 2)::int - extract(month from membership_start)::int + 1))
                order by enrollment_id limit $3""",
                str(Month.of(day).plus(-1)),
                after,
                limit,
            )
        return [row["enrollment_id"] for row in found]

    async def heads(
        self,
        *,
        roster_id: UUID | None,
        enrollment_ids: Sequence[UUID],
        months: Sequence[Month],
        position: int,
        paid_on: date,
        authorised: bool = False,
    ) -> Counted:
        """Return whom a payment of a day counts, as known at a log position, and whom it leaves out as dead.

        Of a list those count who are registered, take effect by the end of the month, had not died, left or
        lapsed before it, and have not paid it by name; of one that is authorised just those who lapsed. Waits
        for the register; then raises `Busy`.
        """
        await self._positions.wait_for(EnrollmentRegister.name, position, HEADS_PATIENCE)
        async with snapshot(self._pool, EnrollmentRegister) as (db, _):
            found = await _heads(db, roster_id, enrollment_ids, months, position, paid_on, authorised)
            dead = await db.fetch(
                f"""
                select r.enrollment_id, r.died_on from {REGISTER.name} r
                where r.died_on is not null and (r.enrollment_id = any ($1) or r.roster_id = $2
                    or r.renewed_lists <> '{{}}' and r.renewed_lists @> array[$2::uuid])""",
                list(enrollment_ids),
                roster_id,
            )
        heads: dict[Month, dict[int, int]] = {month: {} for month in months}
        for month, wage_base, members in found:
            heads[Month.parse(month)][wage_base] = members
        return Counted(heads, {row["enrollment_id"]: row["died_on"] for row in dead})

    async def spells_from(
        self,
        roster_id: UUID,
        *,
        months: Sequence[Month],
        position: int,
        paid_on: date,
        authorised: bool = False,
    ) -> dict[Month, date]:
        """Return the first day of the earliest spell that a member of a list counted for a month is in.

        Empty for a list none of whose members enrolled again: then the months of the list are all one spell.
        """
        await self._positions.wait_for(EnrollmentRegister.name, position, HEADS_PATIENCE)
        async with snapshot(self._pool, EnrollmentRegister) as (db, _):
            found = await db.fetch(
                f"""
                with p as ({_ASKED})
                select p.month, min((
                    select coalesce(max(d) filter (where date_trunc('month', d) <= p.first_on), r.effective_on)
                    from unnest(r.listed_from) as d)) as begun
                from {REGISTER.name} r join p on {IS_LISTED} and {IS_HEAD} and {IS_ALIVE}
                where exists (
                    select from {REGISTER.name} b where b.spell > 1
                        and (b.roster_id = $7 or b.renewed_lists <> '{{}}' and b.renewed_lists @> array[$7]))
                group by 1""",
                *_asked(months, position, paid_on, authorised, roster_id),
            )
        return {Month.parse(month): begun for month, begun in found}


async def _heads(
    db: Db,
    roster_id: UUID | None,
    enrollment_ids: Sequence[UUID],
    months: Sequence[Month],
    position: int,
    paid_on: date,
    authorised: bool,
) -> "list[asyncpg.Record]":
    if roster_id is not None:
        # Whom another list carried before is not counted again for a month that it paid.
        who = f"""{IS_LISTED} and not p.month = any (r.own_months)
            and (r.renewed_lists = '{{}}' or not p.month = any (r.paid_months))"""
        asked = _asked(months, position, paid_on, authorised, roster_id)
    else:  # whether money that names its members came too late for one, that member's own months say
        who = "r.enrollment_id = any ($8)"
        asked = (*_asked(months, position, date.min, False, None), list(enrollment_ids))
    return await db.fetch(
        f"""
        with p as ({_ASKED})
        select p.month, r.wage_base, count(*)
        from {REGISTER.name} r join p on {IS_HEAD} and {IS_ALIVE} where {who} group by 1, 2 order by 1, 2""",
        *asked,
    )


# A payment that is asked about, month by month: what `IS_HEAD` compares.
_ASKED: Final = """
    select $4::bigint as head_position, $5::date as paid_on, $6::boolean as authorised, $7::uuid as roster_id, m.*
    from unnest($1::text[], $2::date[], $3::date[]) as m (month, first_on, last_on)"""


def _asked(
    months: Sequence[Month], position: int, paid_on: date, authorised: bool, roster_id: UUID | None
) -> tuple[Any, ...]:
    return (
        [str(month) for month in months],
        [month.first_day for month in months],
        [month.last_day for month in months],
        position,
        paid_on,
        authorised,
        roster_id,
    )


def _member(row: Mapping[str, Any], on: date) -> Member:
    values = dict(row)
    months = tuple(Month.parse(month) for month in values.pop("paid_months"))
    listed_from = tuple(values.pop("listed_from"))
    membership = Membership.of(listed_from, months, row["ended_on"])
    return Member(
        row=values.pop("list_row"),
        paid_months=months,
        listed_from=listed_from,
        coverage=membership.coverage(on),
        **values,
    )

"""Look-ups in the register of claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from projections.claim_register.projection import REGISTER, ClaimRegister
from projections.counting import count_by, count_rows, page_within, within_area
from projections.page import Conditions, Page, read_cursor, where, within_limit
from projections.positions import snapshot

_LIST: Final = "claims"  # in cursors
_COLUMNS: Final = ", ".join(REGISTER.names)


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim; amounts in whole rupiah.

    due_on: the day by which the law wants it paid, also after it was. reported_by: who entered the report.
    since: when the present status was recorded.
    """

    id: UUID
    number: str
    kind: str
    status: str
    outcome: str | None
    enrollment_id: UUID
    person_id: UUID
    programme_id: UUID
    area_code: str
    event_on: date
    claim_date: date | None
    cause: str
    total: int | None
    approved_amount: int | None
    paid_amount: int
    due_on: date | None
    complete_on: date | None
    paid_on: date | None
    days_late: int | None
    penalty_due: int
    penalty_paid: int
    definition: str | None
    flags: tuple[str, ...]
    reported_by: str
    since: datetime
    begun_position: int
    version: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which claims a reader wants; what is empty does not narrow. area: how the area code begins.

    reported_by: only what this person reported.
    """

    status: str | None = None
    kind: str | None = None
    area: str | None = None
    reported_by: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page with the number of rows of each choice, all of one moment. Each count leaves its own choice open.

    total: of the list as it is narrowed. No count goes beyond `COUNT_MAX` + 1.
    """

    page: Page[Claim]
    total: int
    by_status: Mapping[str, int]
    by_kind: Mapping[str, int]


class ClaimRegisterView:
    """Claims by filter, the newest first."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def page(
        self,
        *,
        status: str | None = None,
        kind: str | None = None,
        area: str | None = None,
        programme_id: UUID | None = None,
        person_id: UUID | None = None,
        reported_by: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Claim]:
        """Return claims. area: how the area code begins. reported_by: only what this person reported."""
        limit, before = within_limit(limit), read_cursor(_LIST, cursor, int)

        def select(areas: Sequence[str] | None) -> Sequence[Any]:
            conditions, values = where(
                {
                    "status = ?": status,
                    "kind = ?": kind,
                    "area_code = any (?)": areas,
                    "programme_id = ?": programme_id,
                    "person_id = ?": person_id,
                    "reported_by = ?": reported_by,
                    "begun_position < ?": before,
                }
            )
            return (
                f"select {_COLUMNS} from {REGISTER.name} where {conditions}"
                f" order by begun_position desc limit ${len(values) + 1}",
                *values,
                limit + 1,
            )

        found, position = await page_within(self._pool, ClaimRegister, area, select, "begun_position desc")
        return Page.of(
            _LIST, [_claim(row) for row in found], limit, position, lambda claim: claim.begun_position
        )

    async def listed(self, wanted: Wanted, *, cursor: str | None = None, limit: int = 50) -> Listed:
        """Return claims, the newest first, and how many there are of each status and kind."""
        limit, before = within_limit(limit), read_cursor(_LIST, cursor, int)
        async with snapshot(self._pool, ClaimRegister) as (db, position):
            areas = await within_area(db, REGISTER.name, wanted.area)
            scope: Conditions = {"area_code = any (?)": areas, "reported_by = ?": wanted.reported_by}
            status: Conditions = {"status = ?": wanted.status}
            kind: Conditions = {"kind = ?": wanted.kind}
            conditions, values = where(scope | status | kind | {"begun_position < ?": before})
            found = await db.fetch(
                f"select {_COLUMNS} from {REGISTER.name} where {conditions}"
                f" order by begun_position desc limit ${len(values) + 1}",
                *values,
                limit + 1,
            )
            total = await count_rows(db, REGISTER.name, *where(scope | status | kind))
            by_status = await count_by(db, REGISTER.name, "status", *where(scope | kind))
            by_kind = await count_by(db, REGISTER.name, "kind", *where(scope | status))
        page = Page.of(_LIST, [_claim(row) for row in found], limit, position, lambda one: one.begun_position)
        return Listed(page, total, by_status, by_kind)

    async def get(self, claim_id: UUID) -> Claim | None:
        async with snapshot(self._pool, ClaimRegister) as (db, _):
            row = await db.fetchrow(f"select {_COLUMNS} from {REGISTER.name} where id = $1", claim_id)
        return _claim(row) if row else None


def _claim(row: Mapping[str, Any]) -> Claim:
    return Claim(**{**row, "flags": tuple(row["flags"])})

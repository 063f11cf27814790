"""The history of a case, page by page; a member's shows the payments of the sponsor that mean this member."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from projections.case_timeline.projection import TIMELINE, CaseTimeline
from projections.enrollment_register.meant import IS_HEAD, IS_LISTED
from projections.enrollment_register.projection import REGISTER, EnrollmentRegister
from projections.page import Page, read_cursor, within_limit
from projections.positions import snapshot

_LIST: Final = "history"  # in cursors

# The payments of a programme whose list or names mean a member, and months of the member that went back. A month
# begins and ends by its text.
_PAYMENTS_MEANT: Final = f"""
    select t.* from {REGISTER.name} r join {TIMELINE.name} t
        on t.case_id = r.programme_id and t.event = 'programme.contribution_received'
    where r.enrollment_id = $1 and (
        t.data -> 'enrollment_ids' @> to_jsonb(r.enrollment_id::text)
        or exists (
            select from (
                select (t.data ->> 'roster_id')::uuid as roster_id,
                    (t.data ->> 'head_position')::bigint as head_position,
                    (t.data ->> 'paid_on')::date as paid_on, m.first_on,
                    t.data ->> 'authorisation' is not null as authorised,
                    (m.first_on + interval '1 month' - interval '1 day')::date as last_on
                from jsonb_array_elements_text(t.data -> 'months') as month
                cross join lateral (select (month || '-01')::date as first_on) as m) as p
            where {IS_LISTED} and {IS_HEAD} and not exists (
                select from jsonb_array_elements(t.data -> 'known_deaths') as d
                where (d ->> 'enrollment_id')::uuid = r.enrollment_id and (d ->> 'died_on')::date < p.first_on)))
    union all
    select t.* from {REGISTER.name} r join {TIMELINE.name} t
        on t.case_id = r.programme_id and t.event = 'programme.overpaid_refunded'
    where r.enrollment_id = $1 and t.data -> 'members' @> jsonb_build_array(
        jsonb_build_object('enrollment_id', r.enrollment_id::text))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One fact of a case. In a member's timeline a payment has the programme as its case.

    evidence: code and SHA-256 of papers. data: the clear fields of the fact beyond its header.
    on_behalf_of: the relation of the person for whom the step was taken.
    """

    position: int
    case_id: UUID
    version: int
    event: str
    step: str | None
    from_status: str | None
    to_status: str | None
    actor: str
    roles: tuple[str, ...]
    recorded_at: datetime
    decided_at: datetime
    effective_on: date
    definition: str | None
    evidence: tuple[tuple[str, str], ...]
    clocks: tuple[dict[str, Any], ...]  # Any: JSON values of a clock change
    flags: tuple[str, ...]
    data: dict[str, Any]  # Any: JSON values
    on_behalf_of: str | None
    delegation: UUID | None


class CaseTimelineView:
    """Timelines, oldest fact first, refused attempts among them."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def page(
        self, case_id: UUID, *, up_to: int | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[TimelineEntry]:
        """Return facts of a case; none for a case that is not known. up_to: a position of the log."""
        limit, after = within_limit(limit), read_cursor(_LIST, cursor, int)
        columns = ", ".join(f"t.{name}" for name in TIMELINE.names)
        async with snapshot(self._pool, CaseTimeline, EnrollmentRegister) as (db, position):
            found = await db.fetch(
                f"""
                select {columns}
                from (select * from {TIMELINE.name} where case_id = $1 union all {_PAYMENTS_MEANT}) as t
                where t.position > $2 and t.position <= $3 order by t.position limit $4""",
                case_id,
                after or 0,
                position if up_to is None else min(up_to, position),
                limit + 1,
            )
        return Page.of(_LIST, [_entry(row) for row in found], limit, position, lambda entry: entry.position)


def _entry(row: "asyncpg.Record") -> TimelineEntry:
    read = {
        "roles": msgspec.json.decode(row["roles"], type=tuple[str, ...]),
        "flags": msgspec.json.decode(row["flags"] or "[]", type=tuple[str, ...]),
        "evidence": msgspec.json.decode(row["evidence"] or "[]", type=tuple[tuple[str, str], ...]),
        "clocks": msgspec.json.decode(row["clocks"] or "[]", type=tuple[dict[str, Any], ...]),
        "data": msgspec.json.decode(row["data"]),
    }
    return TimelineEntry(**{**row, **read})

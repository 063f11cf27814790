"""Which lists there are, and what is wrong with the rows of one, page by page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.http import sponsor_shapes
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheHouse, TheStaff, uuid_of
from api.http.cases import look_at
from api.http.reference import ALWAYS, described
from api.http.rosters import issue_view
from domain.refusal import Invalid
from domain.roster.aggregate import Roster
from domain.roster.events import RowIssue
from projections.page import cursor_of, read_cursor, within_limit
from projections.roster_register.view import Overview
from workflows.chairs import Caller

router = APIRouter(prefix="/v1/rosters", tags=["rosters"])
STATUSES: Final = ("checking", "checked", "failed")
SEVERITIES: Final = ("reject", "warn")
Cursor = Annotated[str | None, Query(description="`next` of the page before")]


@router.get("", **described(answer=sponsor_shapes.RosterPage, refusals=(*ALWAYS, "invalid")))
async def list_rosters(
    house: TheHouse,
    caller: TheStaff,
    min_position: MinPosition,
    status: str | None = None,
    programme: UUID | None = None,
    cursor: Cursor = None,
    limit: int = 50,
) -> Response:
    """Return lists, the newest first, with how many of their workers stand in which status."""
    if status is not None and status not in STATUSES:
        raise Invalid(f"status is one of {', '.join(STATUSES)}", field="status")
    await house.views.positions.wait_for("roster_register", min_position)
    found = await house.views.rosters.page(
        areas=areas_of(caller), status=status, programme_id=programme, cursor=cursor, limit=limit
    )
    return json_answer(_page(found))


@router.get(
    "/{roster_id}/issues", **described(answer=sponsor_shapes.IssuePage, refusals=(*ALWAYS, "invalid"))
)
async def list_issues(
    roster_id: str,
    house: TheHouse,
    caller: TheStaff,
    severity: str | None = None,
    field: str | None = None,
    cursor: Cursor = None,
    limit: int = 50,
) -> Response:
    """Return what is wrong or odd with the rows of a list, by row. severity: reject or warn. field: a column."""
    roster = await look_at(house, Roster, uuid_of(roster_id), caller)
    assert isinstance(roster, Roster)
    if severity is not None and severity not in SEVERITIES:
        raise Invalid(f"severity is one of {', '.join(SEVERITIES)}", field="severity")
    found, following = page_of_issues(roster, severity=severity, field=field, cursor=cursor, limit=limit)
    items = [issue_view(issue, roster) for issue in found]
    return json_answer(sponsor_shapes.IssuePage(items=items, next=following, position=roster.position))


def page_of_issues(
    roster: Roster,
    *,
    severity: str | None = None,
    field: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> tuple[Sequence[RowIssue], str | None]:
    """Return a page of issues in the order in which they were found, and the cursor of the next."""
    limit, after = within_limit(limit), read_cursor("issues", cursor, int) or 0
    found: list[RowIssue] = []
    place = after
    for place in range(after, len(roster.issues)):
        issue = roster.issues[place]
        if severity in (None, issue.severity) and field in (None, issue.field):
            if len(found) == limit:
                return found, cursor_of("issues", place)
            found.append(issue)
    return found, None


def fields_at_fault(roster: Roster, severity: str) -> Mapping[str, int]:
    """Return how many issues of a severity lie on which column, the most frequent first."""
    counted = Counter(issue.field for issue in roster.issues if issue.severity == severity)
    return dict(counted.most_common())


def areas_of(caller: Caller) -> list[str] | None:
    """Return the area codes of a caller's mandates; None where one of them reaches everywhere."""
    areas = [seat.area for seat in caller.seats]
    return None if None in areas else [area.partition("/")[0].strip() for area in areas if area is not None]


def _page(found: Overview) -> sponsor_shapes.RosterPage:
    return sponsor_shapes.RosterPage(
        items=[
            sponsor_shapes.RosterItem(
                id=row.roster_id,
                programme_id=row.programme_id,
                area_code=row.area_code,
                status=row.status,
                effective_on=row.effective_on,
                replaces=row.replaces,
                sent_by=row.sent_by,
                sent_at=row.sent_at,
                rows=row.rows,
                checked=row.checked,
                accepted=row.accepted,
                unchanged=row.unchanged,
                rejected=row.rejected,
                warnings=row.warnings,
                code=row.failed_for,
                steps_running=row.steps_running,
                workers=dict(found.workers.get(row.roster_id, {})),
                version=row.version,
            )
            for row in found.page.items
        ],
        next=found.page.next,
        position=found.page.position,
    )

"""Lists of sponsors: which there are, how the check of one goes on, what came of it, and what comes next."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.bootstrap import House
from api.console import rosters_rows, rosters_ways
from api.console.pages import ConsoleRoute, page
from api.console.session import caller_at, language_of, last_act, session_of
from api.http.callers import TheHouse, internal, now, uuid_of
from api.http.cases import look_at
from api.http.letters import get_minutes
from api.http.roster_lists import STATUSES, areas_of, fields_at_fault, page_of_issues
from api.http.roster_steps import definition_for
from api.http.rosters import get_result, sees_rows
from domain.programme.aggregate import Programme
from domain.refusal import Busy
from domain.roster.aggregate import REGISTER, Roster
from domain.rupiah import Language
from workflows.chairs import Caller
from workflows.days import legal_day

router = APIRouter(prefix="/rosters", route_class=ConsoleRoute, include_in_schema=False)
LISTS: Final = 25  # of a page
ROWS: Final = 50
SHORT: Final = 10  # rows of a part that has a page of its own
SENDERS: Final = frozenset({"sponsor_officer"})
WAITING: Final = "waiting"  # beside the statuses: lists that wait for the reader
VIEWS: Final = ("refused", "warned", "accepted")
SEVERITY: Final = {"refused": "reject", "warned": "warn"}
Cursor = Annotated[str | None, Query(max_length=400)]


@router.get("")
async def lists(
    request: Request, house: TheHouse, status: str = "", programme: str = "", cursor: Cursor = None
) -> HTMLResponse:
    """Show which lists there are, the newest first, and what comes next with each."""
    caller = await staff(request, house)
    fresh = await is_fresh(house, last_act(request))
    status = status if status in (*STATUSES, WAITING) else ""
    found = await house.views.rosters.page(
        areas=areas_of(caller),
        status=status if status in STATUSES else None,
        waiting=rosters_ways.statuses_of(house.library.latest("enrollment", legal_day(now())), caller),
        only_waiting=status == WAITING,
        programme_id=uuid_of(programme) if programme else None,
        cursor=cursor,
        limit=LISTS,
    )
    rows = []
    for row in found.page.items:
        rules = house.library.latest("enrollment", row.effective_on).steps
        coming = rosters_ways.next_of(found.workers.get(row.roster_id, {}), rules)
        rows.append(
            (
                row,
                found.programmes.get(row.programme_id),
                coming,
                rules[coming[0]] if coming and coming[0] in rules else None,
            )
        )
    return page(
        request,
        "rosters.html",
        here="rosters",
        rows=rows,
        status=status,
        statuses=(WAITING, *STATUSES),
        counts={**found.counts, WAITING: found.waiting},
        total=sum(found.counts.values()),
        programme=programme,
        more=found.page.next,
        position=found.page.position,
        fresh=fresh,
        may_send=bool(caller.roles & SENDERS),
    )


@router.get("/{roster_id}")
async def result(
    request: Request,
    house: TheHouse,
    roster_id: str,
    show: str = "",
    field: str = "",
    cursor: Cursor = None,
    came: str = "",
) -> HTMLResponse:
    """Show how far the check of a list is, or what came of it. came: `first` for the same file sent again."""
    caller, roster = await the_list(request, house, roster_id)
    programme = await house.office.cases.get(roster.received.programme_id)
    assert isinstance(programme, Programme)
    facts: dict[str, Any] = {
        "roster": roster,
        "programme": programme,
        "came": came,
        "may_send": bool(caller.roles & SENDERS),
    }
    if roster.status == "checking":
        return page(request, "roster_checking.html", here="rosters", live=True, **facts)
    if roster.status == "failed":
        return page(request, "roster_failed.html", here="rosters", **facts)
    return page(
        request,
        "roster.html",
        here="rosters",
        **facts,
        **await _came_of(request, house, roster, caller, show if show in VIEWS else "", field, cursor),
    )


@router.get("/{roster_id}/progress")
async def progress(request: Request, house: TheHouse, roster_id: str) -> Response:
    """Return how far the check is, for the page to show in its place; at the end the page loads itself anew."""
    _, roster = await the_list(request, house, roster_id)
    shown = page(request, "_roster_progress.html", roster=roster)
    if roster.status != "checking":
        shown.headers["HX-Refresh"] = "true"
    return shown


@router.get("/{roster_id}/result")
async def download(request: Request, house: TheHouse, roster_id: str, format: str = "xlsx") -> Response:
    """Return the rows that came back, to be mended and sent again."""
    caller = await staff(request, house)
    return await get_result(roster_id, house, caller, format)


@router.get("/{roster_id}/letters/minutes")
async def minutes(request: Request, house: TheHouse, roster_id: str) -> Response:
    """Return the minutes of the list, to print."""
    caller = await staff(request, house)
    return await get_minutes(roster_id, house, caller, None, language_of(request))


async def staff(request: Request, house: House) -> Caller:
    """Return who sits there. Refused (`not_your_role`) for participants."""
    return internal(await caller_at(house, session_of(request)))


async def the_list(request: Request, house: House, roster_id: str) -> tuple[Caller, Roster]:
    """Return who sits there, and a list that may be seen from there."""
    caller = await staff(request, house)
    roster = await look_at(house, Roster, uuid_of(roster_id), caller)
    assert isinstance(roster, Roster)
    return caller, roster


async def is_fresh(house: House, position: int) -> bool:
    """Wait a moment for lists to show the reader's own act."""
    try:
        for model in ("roster_register", "enrollment_register", "programme_ledger"):
            await house.views.positions.wait_for(model, position)
    except Busy:
        return False
    return True


async def _came_of(
    request: Request,
    house: House,
    roster: Roster,
    caller: Caller,
    show: str,
    field: str,
    cursor: str | None,
) -> Mapping[str, Any]:
    """Return what the page of a checked list shows."""
    fresh = await is_fresh(house, max(last_act(request), roster.position))
    wards, language = rosters_rows.wards_seen(roster, caller), language_of(request)
    standing = await house.views.rosters.standing(roster.id, wards=wards)
    ways = await rosters_ways.ways_of(house, roster, caller, standing, wards)
    definition = definition_for(house, roster)
    parts = await _parts(house, roster, caller, show, field, cursor, language)
    workers = None
    if show == "accepted" or (not show and not roster.refused_rows and not roster.warned_rows):
        workers = await house.views.rosters.workers(roster.id, wards=wards, cursor=cursor, limit=ROWS)
    mine = rosters_ways.first_of(ways, mine=True)
    coming = (mine.rule.name, mine.count) if mine else rosters_ways.next_of(standing, definition.steps)
    if coming is None and (renewals := rosters_ways.renewals_left(roster)):
        coming = REGISTER, len(renewals)
    refused_rows, unchanged = len(roster.refused_rows), len(roster.unchanged_rows)
    return {
        "show": show,
        "field": field,
        "parts": parts,
        "workers": workers,
        "accepted": roster.checked_to - refused_rows - unchanged,
        "refused": refused_rows,
        "warned": len(roster.warned_rows),
        "unchanged": unchanged,
        "standing": standing,
        "coming": coming,
        "ways": ways,
        "mine": mine,
        "theirs": rosters_ways.first_of(ways, mine=False),
        "definition": definition,
        "papers": [(definition.documents[code], roster.papers.get(code)) for code in rosters_ways.PAPERS],
        "sees_rows": sees_rows(roster, caller),
        "whole": wards is None,
        "steps": list(reversed(roster.steps.items())),
        "fresh": fresh,
        "key": uuid4().hex,
        "may_upload": any(set(one.rule.roles) & caller.roles for one in ways),
        "may_pay": bool(caller.roles & rosters_ways.PAYERS),
        "position": roster.position,
    }


async def _parts(
    house: House,
    roster: Roster,
    caller: Caller,
    show: str,
    field: str,
    cursor: str | None,
    language: Language,
) -> Mapping[str, Any]:
    """Return the rows to mend and those to look at again, as far as the page shows them."""
    found = {}
    for part, severity in SEVERITY.items():
        if show in ("", part):
            found[part] = page_of_issues(
                roster,
                severity=severity,
                field=(field or None) if show == part else None,
                cursor=cursor if show == part else None,
                limit=ROWS if part in (show, "refused") else SHORT,
            )
    issues = [issue for some, _ in found.values() for issue in some]
    told = iter(await rosters_rows.told_rows(house, roster, caller, issues, language))
    return {
        part: {
            "rows": [next(told) for _ in some],
            "more": more,
            "fields": fields_at_fault(roster, SEVERITY[part]),
        }
        for part, (some, more) in found.items()
    }

"""My work: what waits for me, the most urgent first, each with its next step and the clock that runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.bootstrap import House
from api.console import clocks
from api.console.navigation import REPORTERS
from api.console.pages import HEADERS, ConsoleRoute, page
from api.console.people import deceased_of
from api.console.session import caller_at, language_of, last_act, session_of
from api.http.callers import TheHouse, now
from api.http.work import steps_for
from domain.claim.aggregate import Claim
from domain.clocks import RUNNING
from domain.fact import ClockChange
from domain.refusal import Busy
from projections.worklist.view import Opening, WaitingCase
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.definition_file import Clock
from workflows.handling import ways_for
from workflows.lifecycle import Definition

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
LIMIT: Final = 50
GROUPS: Final = ("late", "today", "week", "later", "undated")

# Which of the open steps is the next one: what carries the case on comes before what sends it back.
FORWARD: Final = (
    "file", "complete_documents", "confirm_complete", "start_verification", "report_field_check", "calculate",
    "sign_rejection", "approve", "endorse", "order_payment", "confirm_payment", "correct_payment_details",
    "determine_penalty", "refuse_rest", "close",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A case on the list. step: what to do, in both languages."""

    id: UUID
    number: str
    name: str | None
    status_id: str
    status_en: str
    step_id: str
    step_en: str
    since: datetime
    chip: clocks.Chip | None
    amount: int | None
    flags: Sequence[str]
    assigned_to: str | None


@router.get("/")
async def home() -> Response:
    return RedirectResponse("/work", 303, HEADERS)


@router.get("/work")
async def my_work(
    request: Request,
    house: TheHouse,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> HTMLResponse:
    """Show what waits. The list always shows what the reader has just done, or says that it lags."""
    caller = await caller_at(house, session_of(request))
    fresh = await _is_fresh(house, last_act(request))
    found = await house.views.worklist.page(
        person=caller.name,
        open=_ways_forward(house, caller),
        areas=[seat.area for seat in caller.seats],
        own=caller.is_only_participant,
        cursor=cursor,
        limit=LIMIT,
    )
    today = legal_day(now())
    rows = await _rows(house, request, caller, found.items, today)
    return page(
        request,
        "work.html",
        here="work",
        groups=_grouped(rows, today),
        count=len(rows),
        more=found.next,
        position=found.position,
        fresh=fresh,
        today=today,
        can_report=bool(caller.roles & REPORTERS),
    )


def _ways_forward(house: House, caller: Caller) -> list[Opening]:
    """Return the ways that carry a case on; that one could send it back or withdraw it is no work to do."""
    return [
        Opening(definition=definition.key, status=status, separate_from=others, area=seat.area, step=step)
        for seat in caller.seats
        for definition in house.library
        for status in definition.statuses
        for step, others in ways_for(definition, status, seat.roles)
        if step in FORWARD
    ]


async def _is_fresh(house: House, position: int) -> bool:
    """Wait a moment for the list to show the reader's own act."""
    try:
        await house.views.positions.wait_for("worklist", position)
    except Busy:
        return False
    return True


async def _rows(
    house: House, request: Request, caller: Caller, items: Sequence[WaitingCase], today: date
) -> list[Row]:
    claims = {
        id_: case
        for id_, case in (await house.office.cases.load(item.case_id for item in items)).items()
        if isinstance(case, Claim)
    }
    names, language = await deceased_of(house, claims.values()), language_of(request)
    rows = []
    for item in items:
        claim, definition = claims[item.case_id], house.library.get(item.definition)
        step = next_step(steps_for(definition, item, caller))
        rule = definition.steps.get(step) if step else None
        status = definition.statuses[item.status]
        running = _earliest(claim, definition)
        rows.append(
            Row(
                id=item.case_id,
                number=item.number,
                name=names.get(item.case_id),
                status_id=status.label_id,
                status_en=status.label_en,
                step_id=rule.label_id if rule else status.label_id,
                step_en=rule.label_en if rule else status.label_en,
                since=item.since,
                chip=clocks.chip(*running, today, language) if running else None,
                amount=claim.determination.total if claim.determination else None,
                flags=item.flags,
                assigned_to=item.assigned_to,
            )
        )
    return rows


def next_step(steps: Iterable[str]) -> str | None:
    """Return the step that carries a case on, among those that are open."""
    open_ = list(steps)
    return next((step for step in FORWARD if step in open_), open_[0] if open_ else None)


def _earliest(claim: Claim, definition: Definition) -> tuple[ClockChange, Clock | None] | None:
    running = [one for one in claim.clocks.values() if one.change in RUNNING or one.change == "missed"]
    dated = [one for one in running if one.due_on is not None]
    first = min(dated, key=lambda one: one.due_on or date.max, default=running[0] if running else None)
    return (first, definition.clocks.get(first.clock)) if first else None


def _grouped(rows: Iterable[Row], today: date) -> Mapping[str, list[Row]]:
    """Return the rows by urgency; groups without rows are left out."""
    found: dict[str, list[Row]] = {name: [] for name in GROUPS}
    for row in rows:
        found[_group(row, today)].append(row)
    return {name: group for name, group in found.items() if group}


def _group(row: Row, today: date) -> str:
    due_on = row.chip.due_on if row.chip else None
    if due_on is None:
        return "undated"
    if due_on < today:
        return "late"
    if due_on == today:
        return "today"
    return "week" if due_on <= today + timedelta(days=7) else "later"

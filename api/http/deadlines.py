"""Deadlines: which clocks run, whose turn it is, and how many days are left."""

from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.bootstrap import House
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheHouse, TheStaff, now
from api.http.reference import ALWAYS, described
from api.http.shapes import Shape
from domain.refusal import Invalid
from domain.working_days import CALENDAR
from projections.deadlines.view import OpenClock, Urgency, Wanted
from workflows.days import legal_day
from workflows.definition_file import Clock

router = APIRouter(prefix="/v1", tags=["worklist"])

Unit = Literal["working_days", "calendar_days"]


class DeadlineItem(Shape, kw_only=True):
    """A clock of an open case.

    kind: claim or enrollment, as in `/v1/claims/{id}`. state: running, paused, or missed: its due day is over.
    waiting_on: us, claimant or third_party. days_left: to the due day, in `unit`; 0 on it, less than 0 after it,
    null while the clock stands still or the holiday calendar ends before. consequence: the step that the
    system takes when the clock is missed.
    """

    case_id: UUID
    kind: str
    number: str | None
    area_code: str
    district: str | None
    ward: str | None
    status: str
    clock: str
    label_id: str
    label_en: str
    article: str | None
    waiting_on: str | None
    started_on: date
    due_on: date | None
    state: str
    days_left: int | None
    unit: Unit
    missed_id: str | None  # what follows when it is missed
    missed_en: str | None
    consequence: str | None
    version: int
    position: int


class DeadlineCounts(Shape, kw_only=True):
    """How many clocks there are, seen from today. soon: due within the next 7 days."""

    overdue: int = 0
    today: int = 0
    soon: int = 0
    later: int = 0
    paused: int = 0
    undated: int = 0  # the holiday calendar ends before their due day


class DeadlinePage(Shape, kw_only=True):
    """Clocks by due day, those that stand still last. counts: of all that the other filters leave."""

    items: list[DeadlineItem]
    counts: DeadlineCounts
    today: date
    next: str | None
    position: int


@router.get("/deadlines", **described(answer=DeadlinePage, refusals=(*ALWAYS, "invalid", "not_your_role")))
async def deadlines(
    house: TheHouse,
    caller: TheStaff,
    min_position: MinPosition,
    kind: Literal["claim", "enrollment"] | None = None,
    clock: Annotated[str | None, Query(description="Name of a clock, such as pay_3wd")] = None,
    due: Annotated[Urgency | None, Query(description="How urgent, seen from today")] = None,
    waiting_on: Literal["us", "claimant", "third_party"] | None = None,
    area: Annotated[str | None, Query(description="Area, district or ward, as a mandate names it")] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: int = 50,
) -> Response:
    """Return the clocks of open cases within the caller's mandate, the next to run out first."""
    known = sorted({name for definition in house.library for name in definition.clocks})
    if clock is not None and clock not in known:
        raise Invalid(
            f"clock: there is no such clock; known are {', '.join(known)}", field="clock", known=known
        )
    await house.views.positions.wait_for("deadlines", min_position)
    today = legal_day(now())
    wanted = Wanted(
        kind=kind,
        clock=clock,
        waiting_on=waiting_on,
        areas=tuple(one for one in (caller.area, area) if one is not None),
    )
    page, counts = await house.views.deadlines.page(wanted, today=today, due=due, cursor=cursor, limit=limit)
    return json_answer(
        DeadlinePage(
            items=[_item(house, row, today) for row in page.items],
            counts=DeadlineCounts(**counts),
            today=today,
            next=page.next,
            position=page.position,
        )
    )


def _item(house: House, row: OpenClock, today: date) -> DeadlineItem:
    rule = house.library.get(row.definition).clocks[row.clock] if row.definition else UNKNOWN
    missed = rule.missed
    return DeadlineItem(
        case_id=row.case_id,
        kind=row.kind,
        number=row.number,
        area_code=row.area_code,
        district=row.district,
        ward=row.ward,
        status=row.status,
        clock=row.clock,
        label_id=rule.label_id or row.clock,
        label_en=rule.label_en or row.clock,
        article=row.article,
        waiting_on=row.waiting_on,
        started_on=row.started_on,
        due_on=row.due_on,
        state=row.state,
        days_left=_days_left(row, rule, today),
        unit=_unit(rule),
        missed_id=missed.label_id if missed else None,
        missed_en=missed.label_en if missed else None,
        consequence=missed.step if missed else None,
        version=row.version,
        position=row.position,
    )


UNKNOWN: Final = Clock(name="unknown", article="", length=1, unit="calendar_days")  # of no definition


def _unit(rule: Clock) -> Unit:
    return "working_days" if rule.unit == "working_days" else "calendar_days"


def _days_left(row: OpenClock, rule: Clock, today: date) -> int | None:
    if row.due_on is None or row.state == "paused":
        return None
    if rule.unit == "working_days":
        return CALENDAR.between(today, row.due_on)
    return (row.due_on - today).days

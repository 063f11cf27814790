"""The worklist: what waits, most urgent first, for whom."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.bootstrap import House
from api.http import people_shapes, shapes
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheCaller, TheHouse, TheStaff, now
from api.http.reference import ALWAYS, described
from domain.delegation.commands import DESK_ROLES
from domain.refusal import NotYourRole
from projections.worklist.view import Assigned, Opening, WaitingCase
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.handling import SUPERVISORS, ways_for
from workflows.lifecycle import Definition

router = APIRouter(prefix="/v1", tags=["worklist"])
TAKES_BACK: Final = "withdraw_step"  # never what a case waits for
LOOK_AT_LOAD: Final = SUPERVISORS | {"admin", "auditor"}


@router.get("/worklist", **described(answer=shapes.WorkPage, refusals=(*ALWAYS, "invalid", "not_your_role")))
async def worklist(
    house: TheHouse,
    caller: TheCaller,
    min_position: MinPosition,
    assigned: Annotated[str | None, Query(description="`me`, `nobody`, or the name of an officer")] = None,
    scope: Annotated[
        Literal["mine", "all"] | None,
        Query(
            description="`mine`: with a step for you; `all`: every open case; without it `all` where a holder is named"
        ),
    ] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: int = 50,
) -> Response:
    """Return the cases whose next step is the caller's, by due day, then by how long they wait.

    With `assigned`, those on one desk: all of them, whoever takes the next step; or those on nobody's.
    """
    if (assigned or scope) and caller.is_only_participant:
        raise NotYourRole("who handles a case is for the staff of the office", roles=sorted(DESK_ROLES))
    held_by = caller.name if assigned == "me" else None if assigned == "nobody" else assigned
    everything = scope == "all" or (scope is None and held_by is not None)
    today = legal_day(now())
    await house.views.positions.wait_for("worklist", min_position)
    page = await house.views.worklist.page(
        person=caller.name,
        open=None if everything else openings_for(house, caller),
        areas=[seat.area for seat in caller.seats],
        own=caller.is_only_participant,
        assigned=Assigned(to=held_by) if assigned else None,
        cursor=cursor,
        limit=limit,
    )
    items = [
        shapes.WorkItem(
            case_id=case.case_id,
            kind=case.kind,
            number=case.number,
            status=case.status,
            area_code=case.area_code,
            since=case.since,
            due_on=case.due_on,
            overdue=case.due_on is not None and case.due_on < today,
            flags=[] if caller.is_only_participant else list(case.flags),
            steps=steps_for(house.library.get(case.definition), case, caller),
            assigned_to=None if caller.is_only_participant else case.assigned_to,
            assigned_since=None if caller.is_only_participant else case.assigned_since,
            version=case.version,
        )
        for case in page.items
    ]
    return json_answer(shapes.WorkPage(items=items, next=page.next, position=page.position))


@router.get("/worklist/load", **described(answer=people_shapes.LoadView, refusals=(*ALWAYS, "invalid")))
async def load(house: TheHouse, caller: TheStaff, min_position: MinPosition) -> Response:
    """Return how many open cases lie on each desk: for approvers and admin, within their areas.

    Each count is that of `GET /v1/worklist?assigned=NAME`; that of `unassigned` is
    `GET /v1/worklist?assigned=nobody&scope=all`. Overdue are those whose earliest clock struck before today.
    """
    areas = [seat.area for seat in caller.seats if seat.roles & LOOK_AT_LOAD]
    if not areas:
        raise NotYourRole("the load of the desks is for approvers and admin", roles=sorted(LOOK_AT_LOAD))
    await house.views.positions.wait_for("worklist", min_position)
    page = await house.views.worklist.load(today=legal_day(now()), areas=areas)
    nobodys = next((one for one in page.items if one.name is None), None)
    view = people_shapes.LoadView(
        items=[
            people_shapes.LoadItem(name=one.name, open=one.open, overdue=one.overdue, oldest=one.oldest)
            for one in page.items
            if one.name is not None
        ],
        unassigned=people_shapes.LoadCount(
            open=nobodys.open if nobodys else 0,
            overdue=nobodys.overdue if nobodys else 0,
            oldest=nobodys.oldest if nobodys else None,
        ),
        position=page.position,
    )
    return json_answer(view)


def openings_for(house: House, caller: Caller) -> list[Opening]:
    """Return the ways on, in every definition, that the caller's roles open, and the chairs the caller fills."""
    return [
        Opening(definition=definition.key, status=status, separate_from=others, area=seat.area, step=step)
        for seat in caller.seats
        for definition in house.library
        for status in definition.statuses
        for step, others in ways_for(definition, status, seat.roles)
        if step != TAKES_BACK
    ]


def steps_for(definition: Definition, case: WaitingCase, caller: Caller) -> list[str]:
    """Return the steps from here whose role fits and that no earlier step of the caller bars."""
    mine = {step for step, actor in case.actors if actor == caller.name}
    open_ways = (
        step
        for seat in caller.seats
        if seat.area is None or case.area_code.startswith(seat.area)
        for step, others in ways_for(definition, case.status, seat.roles)
        if mine.isdisjoint(others) and step not in case.idle
    )
    return list(dict.fromkeys(open_ways))

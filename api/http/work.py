"""The worklist: what waits, most urgent first, for whom."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.bootstrap import House
from api.http import shapes
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheCaller, TheHouse
from api.http.reference import ALWAYS, described
from projections.worklist.view import Opening, WaitingCase
from workflows.chairs import Caller
from workflows.lifecycle import Definition

router = APIRouter(prefix="/v1", tags=["worklist"])


@router.get("/worklist", **described(answer=shapes.WorkPage, refusals=(*ALWAYS, "invalid")))
async def worklist(
    house: TheHouse,
    caller: TheCaller,
    min_position: MinPosition,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: int = 50,
) -> Response:
    """Return the cases whose next step is the caller's, by due day, then by how long they wait."""
    await house.views.positions.wait_for("worklist", min_position)
    page = await house.views.worklist.page(
        person=caller.name,
        open=openings_for(house, caller),
        own=caller.is_only_participant,
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
            flags=[] if caller.is_only_participant else list(case.flags),
            steps=steps_for(house.library.get(case.definition), case, caller),
            version=case.version,
        )
        for case in page.items
    ]
    return json_answer(shapes.WorkPage(items=items, next=page.next, position=page.position))


def openings_for(house: House, caller: Caller) -> list[Opening]:
    """Return the ways on, in every definition, that the caller's roles open, and the chairs the caller fills."""
    return [
        Opening(definition=definition.key, status=status, separate_from=others, area=seat.area)
        for seat in caller.seats
        for definition in house.library
        for status in definition.statuses
        for _, others in _ways_for(definition, status, seat)
    ]


def steps_for(definition: Definition, case: WaitingCase, caller: Caller) -> list[str]:
    """Return the steps from here whose role fits and that no earlier step of the caller bars."""
    mine = {step for step, actor in case.actors if actor == caller.name}
    open_ways = (
        step
        for seat in caller.seats
        if seat.area is None or case.area_code.startswith(seat.area)
        for step, others in _ways_for(definition, case.status, seat)
        if mine.isdisjoint(others)
    )
    return list(dict.fromkeys(open_ways))


def _ways_for(definition: Definition, status: str, seat: Caller) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the steps from a status whose role fits, each with the steps that another person must have taken."""
    for rule in definition.steps_from(status):
        for way in rule.ways:
            if status in way.sources and seat.roles & frozenset(way.roles):
                yield rule.name, frozenset(way.separate_from) - {rule.name}

"""The worklist: what waits, most urgent first, for whom."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.bootstrap import House
from api.http import shapes
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheCaller, TheHouse
from api.http.reference import ALWAYS, described
from projections.worklist.view import WaitingCase
from workflows.desk import Caller
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
        open=waiting_for(house, caller), area=caller.area, cursor=cursor, limit=limit
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
            flags=list(case.flags),
            steps=steps,
            version=case.version,
        )
        for case in page.items
        if case.definition is not None
        and (steps := steps_for(house.library.get(case.definition), case, caller))
        and (not caller.is_only_participant or any(actor == caller.name for _, actor in case.actors))
    ]
    return json_answer(shapes.WorkPage(items=items, next=page.next, position=page.position))


def waiting_for(house: House, caller: Caller) -> list[tuple[str, str]]:
    """Return the places (definition, status) from which the caller's roles may take a step."""
    return [
        (definition.key, status)
        for definition in house.library
        for status in definition.statuses
        if any(caller.roles & frozenset(rule.roles) for rule in definition.steps_from(status))
    ]


def steps_for(definition: Definition, case: WaitingCase, caller: Caller) -> list[str]:
    """Return the steps from here whose role fits and that no earlier step of the caller bars."""
    mine = {step for step, actor in case.actors if actor == caller.name}
    return [
        rule.name
        for rule in definition.steps_from(case.status)
        if any(
            case.status in way.sources
            and caller.roles & frozenset(way.roles)
            and not mine & (frozenset(way.separate_from) - {rule.name})
            for way in rule.ways
        )
    ]

"""The programmes that somebody may see: all of the areas of their mandate, the latest first."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.bootstrap import House
from api.http import sponsor_shapes
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheHouse, TheStaff
from api.http.reference import ALWAYS, described
from projections.page import Page
from projections.programme_ledger.board import Programme
from workflows.chairs import Caller

router = APIRouter(prefix="/v1/programmes", tags=["programmes"])


@router.get("", **described(answer=sponsor_shapes.ProgrammePage, refusals=(*ALWAYS, "invalid")))
async def list_programmes(
    house: TheHouse, caller: TheStaff, min_position: MinPosition, cursor: str | None = None, limit: int = 50
) -> Response:
    """Return the programmes of the caller's area, the latest first."""
    await house.views.positions.wait_for("programme_ledger", min_position)
    found = await programmes_of(house, caller, cursor=cursor, limit=limit)
    view = sponsor_shapes.ProgrammePage(
        items=[
            sponsor_shapes.ProgrammeItem(
                id=one.programme_id,
                name=one.name,
                sponsor=one.sponsor,
                area_code=one.area_code,
                segment=one.segment,
                target=one.target,
                budget=one.budget,
                period_from=one.period_from,
                period_to=one.period_to,
                paid_in=one.paid_in,
            )
            for one in found.items
        ],
        next=found.next,
        position=found.position,
    )
    return json_answer(view)


async def programmes_of(
    house: House, caller: Caller, *, cursor: str | None = None, limit: int = 50
) -> Page[Programme]:
    """Return programmes within the mandate of some chair of the caller; a part of an area reaches none."""
    areas = [seat.area for seat in caller.seats]
    return await house.views.boards.page(areas=areas, cursor=cursor, limit=limit)

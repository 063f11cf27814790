"""Delegations in absence: granted and revoked by admin, looked up by anyone of the office."""

from contextlib import suppress
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import examples, people_shapes, shapes
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheCaller, TheHouse, TheStaff, asked, body_of, now, uuid_of
from api.http.cases import created_id, history_page, look_to_act
from api.http.reference import ALWAYS, WRITING, described
from domain.delegation.aggregate import Delegation
from domain.delegation.commands import DeskRole, GrantDelegation, Kind, RevokeDelegation
from domain.refusal import Busy, NotFound
from workflows.answer import Answer
from workflows.days import legal_day
from workflows.forms import form_of, make, read_form

router = APIRouter(prefix="/v1/delegations", tags=["delegations"])
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="as in the token")]


class Days(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First and last day, both included."""

    from_: date = msgspec.field(name="from")
    to: date


class DelegationBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`to` acts in the role of `from`. Without `area` everywhere."""

    from_: Name = msgspec.field(name="from")
    to: Name
    role: DeskRole
    period: Days
    decree: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="number and day")]
    kind: Kind
    area: Annotated[str, msgspec.Meta(max_length=100, description="3375, 337501 or 337501/Medono")] | None = (
        None
    )
    effective_on: date | None = None
    note: str | None = None


@router.post(
    "",
    **described(
        status=201,
        answer=people_shapes.DelegationAnswer,
        body=DelegationBody,
        example=examples.DELEGATION,
        refusals=WRITING,
    ),
)
async def grant(request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Let somebody act in the role of a person who is absent (plh) or whose post is vacant (plt)."""
    body = await body_of(request)
    fields = read_form(DelegationBody, body)
    asking = asked(request, caller, body)
    period: Days = fields.pop("period")
    header = asking.header(fields)
    command = GrantDelegation(
        case_id=created_id(asking, "delegation"),
        absent=fields["from_"],
        delegate=fields["to"],
        role=fields["role"],
        starts_on=period.from_,
        ends_on=period.to,
        decree=fields["decree"],
        kind=fields["kind"],
        within=fields["area"],
        **header,
    )
    answer = await house.office.do(command)
    with suppress(Busy):  # it is granted; the delegate may have to wait a moment to be known as one
        await house.views.positions.wait_for("delegation_register", answer.position)
    house.views.delegations.forget()  # the model may have been asked before its word came round
    return _answered(answer, 201)


@router.post(
    "/{delegation_id}/revoke",
    **described(
        answer=people_shapes.DelegationAnswer,
        body=form_of(RevokeDelegation),
        example=examples.REVOKE,
        refusals=(*WRITING, "guard_failed"),
    ),
)
async def revoke(delegation_id: str, request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """End a delegation before its last day. From this answer on it has no effect."""
    asking = asked(request, caller)
    delegation = await look_to_act(house, Delegation, uuid_of(delegation_id), asking, RevokeDelegation.step)
    body = await body_of(request)
    fields = read_form(form_of(RevokeDelegation), body)
    header = asked(request, caller, body).header(fields)
    return _answered(await house.office.do(make(RevokeDelegation, fields, case_id=delegation.id, **header)))


@router.get("", **described(answer=people_shapes.DelegationPage, refusals=(*ALWAYS, "invalid")))
async def list_delegations(
    house: TheHouse,
    caller: TheStaff,
    min_position: MinPosition,
    person: Annotated[str | None, Query(description="from or to whom, by the name in the token")] = None,
    active_on: Annotated[date | None, Query(description="in force on this legal day")] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(description="Items of a page, at most 200")] = 50,
) -> Response:
    """Return delegations, the newest first."""
    await house.views.positions.wait_for("delegation_register", min_position)
    page = await house.views.delegations.page(person=person, active_on=active_on, cursor=cursor, limit=limit)
    items = [
        people_shapes.DelegationItem(
            id=row.delegation_id,
            from_=row.absent,
            to=row.delegate,
            role=row.role,
            area=row.area,
            period=people_shapes.Days(from_=row.starts_on, to=row.ends_on),
            decree=row.decree,
            kind=row.kind,
            granted_by=row.granted_by,
            granted_at=row.granted_at,
            revoked_by=row.revoked_by,
            revoked_at=row.revoked_at,
            version=row.version,
        )
        for row in page.items
    ]
    return json_answer(people_shapes.DelegationPage(items=items, next=page.next, position=page.position))


@router.get("/{delegation_id}", **described(answer=people_shapes.DelegationView))
async def get_delegation(delegation_id: str, house: TheHouse, caller: TheStaff) -> Response:
    """Return a delegation as the log has it, and whether it is in force today."""
    found = await _delegation(house, delegation_id)
    granted = found.granted
    view = people_shapes.DelegationView(
        id=found.id,
        from_=granted.absent,
        to=granted.delegate,
        role=granted.role,
        area=granted.area,
        period=people_shapes.Days(from_=granted.starts_on, to=granted.ends_on),
        decree=granted.decree,
        kind=granted.kind,
        granted_by=granted.actor,
        revoked=found.is_revoked,
        in_force=found.is_in_force(legal_day(now())),
        version=found.version,
        position=found.position,
    )
    return json_answer(view, headers={"ETag": f'"{found.version}"'})


@router.get("/{delegation_id}/history", **described(answer=shapes.HistoryPage, refusals=(*ALWAYS, "invalid")))
async def get_history(
    delegation_id: str,
    house: TheHouse,
    caller: TheStaff,
    as_of: str | None = None,
    cursor: str | None = None,
    limit: int = 200,
) -> Response:
    """Return who granted and who revoked a delegation, why, and who tried in vain."""
    found = await _delegation(house, delegation_id)
    return await history_page(house, found.id, caller, as_of=as_of, cursor=cursor, limit=limit)


async def _delegation(house: House, delegation_id: str) -> Delegation:
    found = await house.office.cases.get(uuid_of(delegation_id))
    if not isinstance(found, Delegation):
        raise NotFound("there is no delegation with this id", id=delegation_id)
    return found


def _answered(answer: Answer, status: int = 200) -> Response:
    data = answer.data
    told = people_shapes.DelegationAnswer(
        id=UUID(data["id"]), revoked=data["revoked"], version=data["version"], position=answer.position
    )
    return json_answer(told, status, {"ETag": f'"{told.version}"', "Jaminan-Position": str(answer.position)})

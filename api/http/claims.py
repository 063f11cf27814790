"""Claims: report a death, take steps, add papers, look at the case as it is or was."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import examples, shapes
from api.http.answers import json_answer, position_for, step_answer
from api.http.callers import MinPosition, TheCaller, TheHouse, asked, body_of, uuid_of
from api.http.cases import (
    add_document,
    created_id,
    documents,
    history_page,
    look_around,
    look_at,
    look_to_act,
    steps,
    take_step,
)
from api.http.claim_shapes import ClaimView
from api.http.claim_views import claim_view
from api.http.people import enrollment_of_nik
from api.http.reference import ALWAYS, STEP, WRITING, described
from domain.benefit.determination import told
from domain.benefit.rules import LAW_BEGINS
from domain.claim.aggregate import Claim
from domain.claim.commands import AddDocument, RejectDocument, ReportDeath
from domain.command import Command
from domain.refusal import Invalid, NotFound
from workflows.forms import form_of, make, read_form

router = APIRouter(prefix="/v1/claims", tags=["claims"])


def _body(command: type[Command], *more: Any, without: str) -> type[msgspec.Struct]:
    """Return the form of a command without the field that the address or another field gives."""
    own = [
        (field.name, field.type, field.default)
        if field.default is not msgspec.NODEFAULT
        else (field.name, field.type)
        for field in msgspec.structs.fields(form_of(command))
        if field.name != without
    ]
    return msgspec.defstruct(
        command.__name__, [*more, *own], kw_only=True, frozen=True, forbid_unknown_fields=True
    )


ReportBody = _body(
    ReportDeath,
    ("enrollment_id", UUID | None, None),
    ("nik", str | None, None),
    without="enrollment_id",
)
RejectBody = _body(RejectDocument, without="sha256")
AsOf = Annotated[str | None, Query(description="RFC 3339 instant: the case as the log had it then")]
Cursor = Annotated[str | None, Query(description="`next` of the page before")]
Limit = Annotated[int, Query(description="Items of a page, at most 200")]


@router.post(
    "",
    **described(
        status=201, answer=shapes.StepAnswer, body=ReportBody, example=examples.REPORT, refusals=STEP
    ),
)
async def report_death(request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Report a death. Name the membership by `enrollment_id`, or the person by `nik`."""
    body = await body_of(request)
    fields = read_form(ReportBody, body)
    nik, enrollment_id = fields.pop("nik"), fields.pop("enrollment_id")
    if (nik is None) == (enrollment_id is None):
        raise Invalid("give either nik or enrollment_id, so that it is clear who died", field="nik")
    if fields["event_on"] < LAW_BEGINS:
        raise Invalid(
            f"event_on lies before {LAW_BEGINS}, when this insurance began: give the day of death",
            field="event_on",
        )
    asking = asked(request, caller, body)
    header = asking.header(fields)
    if enrollment_id is None:
        enrollment_id = await enrollment_of_nik(house, nik, fields["event_on"])
    command = make(
        ReportDeath, fields, case_id=created_id(asking, "claim"), enrollment_id=enrollment_id, **header
    )
    return step_answer(await house.office.do(command), 201)


@router.get("", **described(answer=shapes.ClaimPage, refusals=(*ALWAYS, "invalid")))
async def list_claims(
    house: TheHouse,
    caller: TheCaller,
    min_position: MinPosition,
    status: str | None = None,
    programme: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Return claims, newest first; a participant sees those reported by himself."""
    await house.views.positions.wait_for("claim_register", min_position)
    page = await house.views.claims.page(
        status=status,
        programme_id=programme,
        area=caller.area,
        reported_by=caller.name if caller.is_only_participant else None,
        cursor=cursor,
        limit=limit,
    )
    items = [
        shapes.ClaimItem(**{name: getattr(claim, name) for name in shapes.ClaimItem.__struct_fields__})
        for claim in page.items
    ]
    return json_answer(shapes.ClaimPage(items=items, next=page.next, position=page.position))


@router.get("/{claim_id}", **described(answer=ClaimView, refusals=(*ALWAYS, "invalid")))
async def get_claim(
    claim_id: str, house: TheHouse, caller: TheCaller, as_of: AsOf = None, effective: date | None = None
) -> Response:
    """Return a claim, always fresh; or as the log had it at an instant, or as its facts stood on a legal day."""
    up_to = await position_for(house.store, as_of)
    if effective is not None:
        claim = await look_at(house, Claim, uuid_of(claim_id), caller, up_to=up_to)
        up_to = await _position_effective(house, claim.id, effective, up_to)
    seen = await look_around(house, Claim, uuid_of(claim_id), caller, up_to=up_to)
    view = await claim_view(seen.case, seen.definition, seen.world, caller, house.keyring, seen.held_by)
    return json_answer(view, headers={"ETag": f'"{seen.case.version}"'})


@router.get("/{claim_id}/steps", **described(answer=shapes.StepsView))
async def list_steps(claim_id: str, house: TheHouse, caller: TheCaller) -> Response:
    """Return every step from here: open to the caller, or the reason why not, with the form it takes."""
    return await steps(house, Claim, uuid_of(claim_id), caller)


@router.post(
    "/{claim_id}/steps/{step}",
    **described(
        answer=shapes.StepAnswer,
        body=dict[str, Any],
        example=examples.APPROVE,
        answer_example=examples.STEP_ANSWER,
        refusals=STEP,
    ),
)
async def post_step(
    claim_id: str, step: str, request: Request, house: TheHouse, caller: TheCaller
) -> Response:
    """Take a step of the claim's lifecycle; its form is in `GET …/steps`. Calculating answers the determination."""
    return await take_step(request, house, caller, Claim, uuid_of(claim_id), step)


@router.post(
    "/{claim_id}/documents",
    **described(
        status=201,
        answer=shapes.StepAnswer,
        multipart={"file": "binary", "code": ""},
        example=examples.PAPER,
        refusals=(*WRITING, "step_not_open", "erased"),
    ),
)
async def post_document(claim_id: str, request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Add a paper by its code. Who may take some step of the claim may upload any of its papers."""
    return await add_document(request, house, caller, Claim, uuid_of(claim_id), AddDocument)


@router.post(
    "/{claim_id}/documents/{digest}/reject",
    **described(
        answer=shapes.StepAnswer,
        body=RejectBody,
        example=examples.REJECT_PAPER,
        refusals=(*WRITING, "step_not_open", "erased"),
    ),
)
async def reject_document(
    claim_id: str, digest: str, request: Request, house: TheHouse, caller: TheCaller
) -> Response:
    """Reject one paper by its SHA-256, with the reason the family reads. It stays; a new upload replaces it."""
    asking = asked(request, caller)
    claim = await look_to_act(house, Claim, uuid_of(claim_id), asking, RejectDocument.step)
    body = await body_of(request)
    fields = read_form(RejectBody, body)
    header = asked(request, caller, body).header(fields)
    command = make(RejectDocument, fields, case_id=claim.id, sha256=digest.lower(), **header)
    return step_answer(await house.office.do(command))


@router.get("/{claim_id}/documents", **described(answer=shapes.PapersView))
async def list_documents(claim_id: str, house: TheHouse, caller: TheCaller) -> Response:
    """Return the checklist; `missing` are the papers people must bring for the next step."""
    return await documents(house, Claim, uuid_of(claim_id), caller)


@router.get("/{claim_id}/benefit", **described(answer=dict[str, Any], answer_example=examples.DETERMINATION))
async def get_benefit(claim_id: str, house: TheHouse, caller: TheCaller) -> Response:
    """Return the determination of the benefit with the working and the articles of each line.

    What is owed for paying it late is a determination of its own: see `determinations` of the claim.
    """
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    assert isinstance(claim, Claim)
    if claim.benefit is None:
        raise NotFound("the benefit is not calculated yet: take the step calculate first", id=str(claim.id))
    return json_answer(told(claim.benefit), headers={"ETag": f'"{claim.version}"'})


@router.get("/{claim_id}/history", **described(answer=shapes.HistoryPage, refusals=(*ALWAYS, "invalid")))
async def get_history(
    claim_id: str,
    house: TheHouse,
    caller: TheCaller,
    as_of: AsOf = None,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> Response:
    """Return what happened, oldest first: who, role, step, when, evidence, clocks, refused attempts of weight."""
    await look_at(house, Claim, uuid_of(claim_id), caller)
    return await history_page(house, uuid_of(claim_id), caller, as_of=as_of, cursor=cursor, limit=limit)


async def _position_effective(house: House, claim_id: UUID, on: date, up_to: int | None) -> int:
    """Return the position of the highest version whose legal day is not later than a day."""
    events = await house.office.cases.events(claim_id, up_to=up_to)
    positions = [record.position for record, fact in events if fact.effective_on <= on]
    if not positions:
        raise NotFound("the claim had no facts on that day", id=str(claim_id))
    return max(positions)

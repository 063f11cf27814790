"""Who handles a claim: take it, give it to somebody, lay it down, note something on it. All for the office alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.utils import get_topic
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import examples, people_shapes
from api.http.answers import json_answer, opened
from api.http.callers import Asked, TheCaller, TheHouse, TheStaff, asked, body_of, uuid_of
from api.http.cases import definition_of, look_at, look_to_act
from api.http.reference import ALWAYS, WRITING, described
from domain.case import Case
from domain.claim.aggregate import Claim
from domain.enrollment.aggregate import Enrollment
from domain.handling.aggregate import Handling
from domain.handling.commands import AssignCase, HandlingCommand, ReleaseCase, TakeCase, WriteNote
from domain.handling.events import NoteWritten, handling_of
from workflows.answer import Answer
from workflows.chairs import Caller
from workflows.forms import form_of, make, read_form

router = APIRouter(prefix="/v1", tags=["handling"])


@router.post(
    "/claims/{claim_id}/take",
    **described(
        answer=people_shapes.HandlingAnswer,
        body=form_of(TakeCase),
        example=examples.TAKE,
        refusals=(*WRITING, "step_not_open", "duplicate"),
    ),
)
async def take(claim_id: str, request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Take a claim on the own desk. Whoever may take some step of it now may; what another has is `duplicate`."""
    return await _carry_out(TakeCase, claim_id, request, house, caller)


@router.post(
    "/claims/{claim_id}/assign",
    **described(
        answer=people_shapes.HandlingAnswer,
        body=form_of(AssignCase),
        example=examples.ASSIGN,
        refusals=(*WRITING, "step_not_open", "erased"),
    ),
)
async def assign(claim_id: str, request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Give a claim to somebody: an approver does, or whoever has it hands it on. It is no permission."""
    return await _carry_out(AssignCase, claim_id, request, house, caller)


@router.post(
    "/claims/{claim_id}/release",
    **described(
        answer=people_shapes.HandlingAnswer,
        body=form_of(ReleaseCase),
        example=examples.RELEASE,
        refusals=(*WRITING, "step_not_open", "erased"),
    ),
)
async def release(claim_id: str, request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Lay a claim down, so that somebody else takes it: whoever has it, or an approver."""
    return await _carry_out(ReleaseCase, claim_id, request, house, caller)


@router.post(
    "/claims/{claim_id}/notes",
    **described(
        status=201,
        answer=people_shapes.HandlingAnswer,
        body=form_of(WriteNote),
        example=examples.NOTE,
        refusals=(*WRITING, "erased"),
    ),
)
async def write_note(claim_id: str, request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Note something on a claim. The office reads it in the history; the family never does."""
    return await _carry_out(WriteNote, claim_id, request, house, caller, 201)


@router.post(
    "/enrollments/{enrollment_id}/notes",
    **described(
        status=201,
        answer=people_shapes.HandlingAnswer,
        body=form_of(WriteNote),
        example=examples.NOTE,
        refusals=(*WRITING, "erased"),
    ),
)
async def write_note_on_member(
    enrollment_id: str, request: Request, house: TheHouse, caller: TheCaller
) -> Response:
    """Note something on a membership. The office reads it in the history of the membership."""
    return await _carry_out(WriteNote, enrollment_id, request, house, caller, 201, of=Enrollment)


@router.get("/claims/{claim_id}/handling", **described(answer=people_shapes.HandlingView, refusals=ALWAYS))
async def get_handling(claim_id: str, house: TheHouse, caller: TheStaff) -> Response:
    """Return who has a claim, and the notes on it, oldest first. A claim at its end is nobody's any more."""
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    entries = await house.office.cases.events(handling_of(claim.id))
    handling = house.office.cases.fold([record for record, _ in entries]) if entries else None
    assert handling is None or isinstance(handling, Handling)
    is_final = definition_of(house, claim).statuses[claim.status].final
    holder = None if handling is None or is_final else handling.held_by
    await house.keyring.load([claim.subject_id])
    view = people_shapes.HandlingView(
        id=claim.id,
        assigned_to=holder,
        since=handling.since if handling and holder else None,
        notes=[
            people_shapes.NoteView(
                by=fact.actor,
                at=record.recorded_at,
                text=opened(fact.text, house.keyring),
                position=record.position,
            )
            for record, fact in entries
            if isinstance(fact, NoteWritten)
        ],
        position=max(claim.position, handling.position if handling else 0),
    )
    return json_answer(view)


async def handle(
    house: House, kind: type[HandlingCommand], case: Case, fields: dict[str, Any], asking: Asked
) -> Answer:
    """Carry out what is asked of the handling of a case, which stands in a stream beside it."""
    header = asking.header(fields)
    of = get_topic(type(case))
    return await house.office.do(
        make(kind, fields, case_id=handling_of(case.id), of=case.id, kind=of, **header)
    )


async def _carry_out(
    kind: type[HandlingCommand],
    case_id: str,
    request: Request,
    house: House,
    caller: Caller,
    status: int = 200,
    *,
    of: type[Case] = Claim,
) -> Response:
    asking = asked(request, caller)
    case = await look_to_act(house, of, uuid_of(case_id), asking, kind.step)
    body = await body_of(request)
    fields = read_form(form_of(kind), body)
    answer = await handle(house, kind, case, fields, asked(request, caller, body))
    since = answer.data["since"]
    told = people_shapes.HandlingAnswer(
        id=UUID(answer.data["of"]) if answer.data["of"] else case.id,
        assigned_to=answer.data["assigned_to"],
        since=datetime.fromisoformat(since) if since else None,
        position=answer.position,
    )
    return json_answer(told, status, {"Jaminan-Position": str(answer.position)})

"""The papers of a case: brought from the checklist, opened from it, and every look put on record."""

from typing import Final
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.console.pages import HEADERS, ConsoleRoute, refused
from api.console.session import caller_at, check_form, note_act, session_of
from api.http.callers import Asked, TheHouse, uuid_of
from api.http.cases import add_paper, definition_of, look_at
from api.http.uploads import read_upload
from domain.case import Paper
from domain.claim.aggregate import Claim
from domain.claim.commands import AddDocument
from domain.command import SYSTEM_ROLE
from domain.refusal import NotFound, NotYourRole, Refusal
from domain.sealed import Erased
from store.access import Look
from workflows.chairs import PARTICIPANT, Caller
from workflows.lifecycle import Definition
from workflows.step_rules import BEGINNING

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
SHOWN_IN_BROWSER: Final = frozenset({"application/pdf", "image/jpeg", "image/png", "text/plain"})
FOR_THE_OFFICE: Final = frozenset({"CASE_CHECK"})  # papers that tell of neighbours and witnesses
LOOKED: Final = "Dokumen dibuka di konsol"  # the reason of such a look


@router.post("/claims/{claim_id}/documents")
async def post_document(request: Request, house: TheHouse, claim_id: str) -> Response:
    """Add a paper from the checklist."""
    session = session_of(request)
    caller = await caller_at(house, session)
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    upload = await read_upload(request)
    check_form(house, session, upload.text("form_token"))
    asking = Asked.of_form(caller, upload.text("key"), request.url.path, *upload.parts)
    try:
        answer = await add_paper(house, claim, AddDocument, upload, asking, upload.text("code"), {})
    except Refusal as refusal:
        return refused(request, refusal, back=f"/claims/{claim.id}")
    response = RedirectResponse(f"/claims/{claim.id}#berikutnya", 303, HEADERS)
    note_act(response, answer.position)
    return response


@router.get("/claims/{claim_id}/documents/{digest}")
async def show_document(request: Request, house: TheHouse, claim_id: str, digest: str) -> Response:
    """Show one paper of the file, as it was brought, to desks of this lifecycle. Their look is put on record first.

    A paper shows in the clear what is masked elsewhere. What the office found on the spot is not for the family.
    """
    caller = await caller_at(house, session_of(request))
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    assert isinstance(claim, Claim)
    paper = next((one for of in claim.papers.values() for one in of if one.sha256 == digest), None)
    if paper is None or (caller.is_only_participant and paper.code in FOR_THE_OFFICE):
        raise NotFound("there is no such paper in this file", sha256=digest)
    content = await house.documents.get(digest, claim.subject_id)
    if isinstance(content, Erased):
        raise NotFound("the papers of this person have been erased", sha256=digest)
    if not caller.is_only_participant:
        _refuse_without_need(definition_of(house, claim), caller)
        await house.access.note(_look_at_paper(claim, paper, caller))
    return as_brought(paper, content)


def as_brought(paper: Paper, content: bytes) -> Response:
    """Return a paper for the browser to show or to keep; nothing in it runs."""
    shown = paper.media_type in SHOWN_IN_BROWSER
    headers = HEADERS | {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{paper.code}"',
    }
    return Response(content, media_type=paper.media_type, headers=headers)


def _refuse_without_need(definition: Definition, caller: Caller) -> None:
    """Refuse papers to desks that take no step of such a claim; auditors read all."""
    ways = [way for rule in definition.steps.values() for way in rule.ways if BEGINNING not in way.sources]
    desks = {role for way in ways for role in way.roles} - {PARTICIPANT, SYSTEM_ROLE}
    if not any(seat.roles & (desks | {"auditor"}) for seat in caller.seats):
        raise NotYourRole("papers of a claim are read by the desks that work on it", roles=sorted(desks))


def _look_at_paper(claim: Claim, paper: Paper, caller: Caller) -> Look:
    return Look(
        id=uuid4(),
        actor=caller.name,
        issuer=caller.issuer,
        roles=sorted(caller.roles),
        kind="claim",
        case_id=claim.id,
        area_code=claim.area_code,
        subjects=[claim.subject_id],
        fields=[f"document {paper.code}"],
        reason=LOOKED,
    )

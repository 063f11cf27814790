"""The papers of a list, which count for every worker of it: brought from its page, opened from it."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.console.navigation import ENROLLERS
from api.console.pages import HEADERS, ConsoleRoute, refused
from api.console.papers import LOOKED, as_brought
from api.console.rosters import the_list
from api.console.session import check_form, note_act, session_of
from api.http.callers import Asked, TheHouse
from api.http.cases import add_paper
from api.http.rosters import note_list_seen
from api.http.uploads import read_upload
from domain.refusal import NotFound, NotYourRole, Refusal
from domain.roster.commands import AddDocument
from domain.sealed import Erased

router = APIRouter(prefix="/rosters", route_class=ConsoleRoute, include_in_schema=False)


@router.post("/{roster_id}/documents")
async def post_document(request: Request, house: TheHouse, roster_id: str) -> Response:
    """Add a paper that counts for every worker of the list."""
    session = session_of(request)
    caller, roster = await the_list(request, house, roster_id)
    upload = await read_upload(request)
    check_form(house, session, upload.text("form_token"))
    asking = Asked.of_form(caller, upload.text("key"), request.url.path, *upload.parts)
    try:
        answer = await add_paper(house, roster, AddDocument, upload, asking, upload.text("code"), {})
    except Refusal as refusal:
        return refused(request, refusal, back=f"/rosters/{roster.id}")
    response = RedirectResponse(f"/rosters/{roster.id}", 303, HEADERS)
    note_act(response, answer.position)
    return response


@router.get("/{roster_id}/documents/{digest}")
async def show_document(request: Request, house: TheHouse, roster_id: str, digest: str) -> Response:
    """Show a paper of the list as it was brought, to desks that work on lists. The look is put on record first."""
    caller, roster = await the_list(request, house, roster_id)
    paper = next((one for of in roster.papers.values() for one in of if one.sha256 == digest), None)
    if paper is None:
        raise NotFound("there is no such paper of this list", sha256=digest)
    if not any(seat.roles & ENROLLERS for seat in caller.seats):
        raise NotYourRole("papers of a list are read by the desks that work on it", roles=sorted(ENROLLERS))
    content = await house.documents.get(digest, roster.subject_id)
    if isinstance(content, Erased):
        raise NotFound("the papers of this list have been erased", sha256=digest)
    await note_list_seen(house, roster, caller, field=f"document {paper.code}", reason=LOOKED)
    return as_brought(paper, content)

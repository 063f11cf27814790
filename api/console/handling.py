"""On whose desk a case lies: take it, lay it down, give it to somebody, note something on it."""

import json
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.console.pages import HEADERS, ConsoleRoute, refused
from api.console.session import caller_at, check_form, note_act, session_of
from api.http.callers import Asked, TheHouse, uuid_of
from api.http.cases import definition_of, look_to_act
from api.http.handling import handle
from domain.claim.aggregate import Claim
from domain.handling.commands import AssignCase, HandlingCommand, ReleaseCase, TakeCase, WriteNote
from domain.refusal import NotFound, Refusal
from workflows.forms import form_of, read_form

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
ACTS: Final[Mapping[str, type[HandlingCommand]]] = {
    "take": TakeCase,
    "release": ReleaseCase,
    "assign": AssignCase,
    "notes": WriteNote,
}
ASKED: Final = ("to", "reason", "text")  # the fields of these forms


@router.post("/claims/{claim_id}/handling/{act}")
async def handle_claim(request: Request, house: TheHouse, claim_id: str, act: str) -> Response:
    """Carry out one act of handling. It never moves the version of the claim, on which somebody may be acting."""
    session = session_of(request)
    caller = await caller_at(house, session)
    sent = await request.form(max_fields=10, max_files=0)
    check_form(house, session, str(sent.get("form_token") or ""))
    if act not in ACTS:
        raise NotFound("there is no such act of handling a case")
    filled = {name: str(sent.get(name) or "").strip() for name in ASKED}
    body = json.dumps({name: text for name, text in filled.items() if text}).encode()
    asking = Asked.of_form(caller, str(sent.get("key") or ""), request.url.path, body)
    claim = await look_to_act(house, Claim, uuid_of(claim_id), asking, ACTS[act].step)
    try:
        answer = await handle(house, ACTS[act], claim, read_form(form_of(ACTS[act]), body), asking)
    except Refusal as refusal:
        return refused(
            request,
            refusal,
            back=f"/claims/{claim.id}#meja",
            definition=definition_of(house, claim),
            case=claim,
        )
    response = RedirectResponse(f"/claims/{claim.id}?done={act}#meja", 303, HEADERS)
    note_act(response, answer.position)
    return response

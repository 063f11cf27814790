"""Taking a step: the form, the page that shows what will happen, and the act itself, once."""

import json
from typing import Any, Final
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from api.bootstrap import House
from api.console import forms
from api.console.pages import HEADERS, ConsoleRoute, page, refused
from api.console.people import deceased_of
from api.console.session import caller_at, check_form, language_of, note_act, session_of
from api.http.callers import Asked, TheHouse, now, uuid_of
from api.http.cases import look_at, with_world
from domain.claim.aggregate import Claim
from domain.refusal import Invalid, NotFound, Refusal
from workflows.catalogue import STEP_COMMANDS
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.desk import step_views
from workflows.forms import form_of, make, read_form

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
ON_BEHALF: Final = frozenset({"file", "complete_documents", "withdraw"})  # steps of the family
AMOUNTS: Final = frozenset({"endorse", "approve"})  # who signs sees the amount in the button


@router.get("/claims/{claim_id}/steps/{step}")
async def ask(request: Request, house: TheHouse, claim_id: str, step: str) -> Response:
    """Show the form of a step, or why it is not open."""
    caller = await caller_at(house, session_of(request))
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    assert isinstance(claim, Claim)
    return await _form(request, house, claim, caller, step, None, None)


@router.post("/claims/{claim_id}/steps/{step}")
async def take(request: Request, house: TheHouse, claim_id: str, step: str) -> Response:
    """Check what was answered, show what will happen, and on the second press do it.

    A form carries its own key: pressed twice, sent again or reached by the back button, it acts once.
    """
    session = session_of(request)
    caller = await caller_at(house, session)
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    assert isinstance(claim, Claim)
    sent = await request.form(max_fields=400, max_files=0)
    check_form(house, session, str(sent.get("form_token") or ""))
    definition, _ = await with_world(house, claim)
    rule = definition.step(step)
    command = STEP_COMMANDS.get((definition.aggregate, step))
    if command is None:
        raise NotFound(f"step {step} is not taken here", step=step)
    schema = msgspec.json.schema(form_of(command))
    fields = forms.fields_of(schema, _question(request, definition, rule), sent)
    body = json.dumps(forms.answered(fields, sent) | _around(sent)).encode()
    try:
        read = read_form(form_of(command), body)
    except Invalid as error:
        return await _form(request, house, claim, caller, step, sent, error)
    if sent.get("sure") != "yes" and (fields or _around(sent)):
        return await _form(request, house, claim, caller, step, sent, None, check=True)
    asking = Asked.of_form(
        caller, str(sent.get("key") or ""), request.url.path, body, version=str(sent.get("version") or "")
    )
    try:
        answer = await house.office.do(make(command, read, case_id=claim.id, **asking.header(read)))
    except Invalid as error:
        return await _form(request, house, claim, caller, step, sent, error)
    except Refusal as refusal:
        return refused(request, refusal, back=f"/claims/{claim.id}", definition=definition)
    response = RedirectResponse(f"/claims/{claim.id}?done={step}", 303, HEADERS)
    note_act(response, answer.position)
    return response


async def _form(
    request: Request,
    house: House,
    claim: Claim,
    caller: Caller,
    step: str,
    sent: FormData | None,
    error: Invalid | None,
    *,
    check: bool = False,
) -> Response:
    definition, world = await with_world(house, claim)
    rule = definition.step(step)
    view = next((one for one in step_views(definition, claim, caller, world) if one.rule.name == step), None)
    if view is None or view.refusal is not None:
        refusal: Refusal = (
            view.refusal
            if view and view.refusal
            else NotFound(f"step {step} does not begin from {claim.status}", step=step)
        )
        return refused(request, refusal, back=f"/claims/{claim.id}", definition=definition)
    command = STEP_COMMANDS[definition.aggregate, step]
    schema = msgspec.json.schema(form_of(command))
    fields = forms.fields_of(schema, _question(request, definition, rule), sent, error)
    names = await deceased_of(house, [claim])
    bars = sorted(
        {
            later.label_id if language_of(request) == "id" else later.label_en
            for later in definition.steps.values()
            for way in later.ways
            if step in way.separate_from and later.name != step and set(way.roles) & caller.roles
        }
    )
    return page(
        request,
        "step.html",
        answered=422 if error else 200,
        here="work",
        claim=claim,
        name=names[claim.id],
        rule=rule,
        fields=fields,
        told=list(forms.told(fields, language_of(request))) if check else [],
        check=check,
        sent=[(name, str(value)) for name, value in sent.multi_items()] if sent and check else [],
        answers=dict(sent.items()) if sent else {},
        legal_day=forms.day_as_read(str(sent.get("effective_on") or ""), language_of(request))
        if sent
        else "",
        error=error,
        on_behalf=step in ON_BEHALF and "participant" not in caller.roles,
        amount=claim.amount_to_sign if step in AMOUNTS else None,
        version=str(sent.get("version") or "") if sent else str(claim.version),
        key=str((sent and sent.get("key")) or uuid4().hex),
        today=legal_day(now()),
        bars=bars,
    )


def _question(request: Request, definition: Any, rule: Any) -> forms.Question:
    papers = {code: (one.name_id, one.name_en) for code, one in definition.documents.items()}
    return forms.Question(lines=rule.form, papers=papers, language=language_of(request))


def _around(sent: FormData) -> dict[str, Any]:
    """Return what every form may carry: the legal day, a note, for whom."""
    found: dict[str, Any] = {}
    for name in ("effective_on", "note"):
        if text := str(sent.get(name) or "").strip():
            found[name] = text
    behalf = {part: str(sent.get(f"on_behalf_of.{part}") or "").strip() for part in ("name", "relation")}
    if behalf["name"]:
        found["on_behalf_of"] = behalf
    return found

"""Taking a step: the form, the page that shows what will happen, and the act itself, once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from api.bootstrap import House
from api.console import forms
from api.console.examples import step_example
from api.console.next_step import Reading, barred_later, consequences
from api.console.pages import HEADERS, ConsoleRoute, page, refused, words_for
from api.console.people import deceased_of
from api.console.sentences import say, say_or
from api.console.session import caller_at, check_form, language_of, note_act, session_of
from api.console.timeline import Reader, changes_since
from api.http.callers import Asked, TheHouse, now, uuid_of
from api.http.cases import look_at, with_world
from domain.claim.aggregate import Claim
from domain.refusal import Invalid, NotFound, Refusal, StaleVersion, StepNotOpen
from domain.rupiah import Language, written_rupiah
from workflows.catalogue import STEP_COMMANDS
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.desk import step_views
from workflows.forms import form_of, make, read_form
from workflows.step_rules import StepRule

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
ON_BEHALF: Final = frozenset({"file", "complete_documents", "withdraw"})  # steps of the family
SIGNS: Final = "approve"  # who signs sees the amount in the button
OURS: Final = frozenset({"form_token", "key", "version", "sure", "change"})  # no answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What is wrong with a filled form: sentences by field, in the order of the form."""

    of: Mapping[str, str]

    @classmethod
    def none(cls) -> "Faults":
        return cls(of={})


@router.get("/claims/{claim_id}/steps/{step}")
async def ask(request: Request, house: TheHouse, claim_id: str, step: str, example: bool = False) -> Response:
    """Show the form of a step, or why it is not open. example: filled in, in a demonstration."""
    caller = await caller_at(house, session_of(request))
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    assert isinstance(claim, Claim)
    filled = step_example(claim, step, legal_day(now())) if example and house.origin.simulated else None
    return await _form(request, house, claim, caller, step, filled)


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
    if sent.get("change"):
        return await _form(request, house, claim, caller, step, sent, at=str(sent.get("change")))
    schema = msgspec.json.schema(form_of(command))
    fields = forms.fields_of(schema, _question(request, definition, rule), sent)
    body = json.dumps(forms.answered(fields, sent) | _around(sent)).encode()
    try:
        read = read_form(form_of(command), body)
    except Invalid as error:
        return await _form(request, house, claim, caller, step, sent, _faults(request, fields, error))
    asking = Asked.of_form(
        caller, str(sent.get("key") or ""), request.url.path, body, version=str(sent.get("version") or "")
    )
    try:
        act = make(command, read, case_id=claim.id, **asking.header(read))
        if sent.get("sure") != "yes" and (fields or _around(sent)):
            [coming] = await house.office.preview([act])
            if isinstance(coming, Invalid):  # an answer that cannot be is said before the check page
                raise coming
            return await _form(request, house, claim, caller, step, sent, check=True)
        answer = await house.office.do(act)
    except Invalid as error:
        return await _form(request, house, claim, caller, step, sent, _faults(request, fields, error))
    except StaleVersion as refusal:
        seen = asking.expected_version or 0
        reader = Reader(caller=caller, definition=definition, language=language_of(request))
        changes = await changes_since(house, claim, seen, reader)
        return refused(request, refusal, back=f"/claims/{claim.id}", definition=definition, changes=changes)
    except Refusal as refusal:
        return refused(request, refusal, back=f"/claims/{claim.id}", definition=definition, case=claim)
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
    faults: Faults | None = None,
    *,
    check: bool = False,
    at: str = "",
) -> Response:
    """Return the form, or the page to check it. at: the field that the reader wants to change."""
    definition, world = await with_world(house, claim)
    language = language_of(request)
    rule = definition.step(step)
    view = next((one for one in step_views(definition, claim, caller, world) if one.rule.name == step), None)
    if view is None or view.refusal is not None:
        refusal: Refusal = (
            view.refusal
            if view and view.refusal
            else StepNotOpen(f"step {step} does not begin from {claim.status}", step=step)
        )
        return refused(request, refusal, back=f"/claims/{claim.id}", definition=definition, case=claim)
    command = STEP_COMMANDS[definition.aggregate, step]
    schema = msgspec.json.schema(form_of(command))
    wrong = faults or Faults.none()
    fields = forms.fields_of(schema, _question(request, definition, rule), sent, said=wrong.of)
    today = legal_day(now())
    reading = Reading(
        claim=claim, definition=definition, world=world, caller=caller, today=today, language=language
    )
    names = await deceased_of(house, [claim])
    on_behalf = step in ON_BEHALF and "participant" not in caller.roles
    return page(
        request,
        "step.html",
        answered=422 if wrong.of else 200,
        here="work",
        claim=claim,
        name=names[claim.id],
        rule=rule,
        fields=fields,
        parts=[one for one in fields if one.kind in ("group", "many")],
        told=list(forms.told(fields, language)) if check else [],
        check=check,
        at=at,
        sent=[(name, str(value)) for name, value in sent.multi_items() if name not in OURS]
        if sent and check
        else [],
        answers=dict(sent.items()) if sent else {},
        legal_day=forms.day_as_read(str(sent.get("effective_on") or ""), language) if sent else "",
        faults=[(_id(name), text) for name, text in wrong.of.items()],
        on_behalf=on_behalf,
        amount=claim.amount_to_sign if step == SIGNS else None,
        version=str(sent.get("version") or "") if sent else str(claim.version),
        key=str((sent and sent.get("key")) or uuid4().hex),
        today=today,
        happens=consequences(reading, rule, _day_of(sent, today)) if check or not fields else [],
        authority=_authority(reading, rule),
        bars=barred_later(reading, rule),
        gives_receipt=step in ("file", "complete_documents"),
    )


def _authority(reading: Reading, rule: StepRule) -> list[str]:
    """Return by what right the reader takes this step, and up to which amount."""
    language, caller, claim = reading.language, reading.caller, reading.claim
    seat = next((one for one in caller.seats if one.roles & frozenset(rule.roles)), caller)
    roles = [say_or(f"role.{role}", language, role) for role in sorted(seat.roles & frozenset(rule.roles))]
    found = [say("step.right", language, roles=", ".join(roles), step=reading.label(rule).lower())]
    if seat.delegation is not None:
        found.append(say("step.in_chair", language))
    if seat.area:
        found.append(say("step.in_area", language, area=seat.area))
    for way in rule.ways:  # of those that begin here
        limits = [way.authority[role] for role in seat.roles if role in way.authority]
        if not limits or claim.status not in way.sources:
            continue
        amount = _kept(claim.amount_to_sign, language)
        known = [limit for limit in limits if limit is not None]
        if len(known) < len(limits):
            found.append(say("step.no_limit", language, amount=amount))
        else:
            found.append(say("step.limit", language, limit=_kept(max(known), language), amount=amount))
    return found


def _kept(amount: int, language: Language) -> str:
    """Write an amount so that a line never breaks within it."""
    return written_rupiah(amount, language).replace(" ", "\N{NO-BREAK SPACE}")


def _faults(request: Request, fields: Sequence[forms.FormField], error: Invalid) -> Faults:
    """Return every question that was left open, or else what the refusal names, in the reader's words."""
    language = language_of(request)
    open_ = {one.name: say("wrong.empty", language, field=one.label) for one in forms.unanswered(fields)}
    if open_:
        return Faults(of=open_)
    name = str(error.detail.get("field") or "").replace("[", ".").replace("]", "")
    return Faults(of={name or "body": words_for(request, error) or error.message})


def _id(name: str) -> str:
    return name.replace(".", "-")


def _day_of(sent: FormData | None, today: date) -> date:
    """Return the legal day that was answered; what is none is refused when the form is read."""
    try:
        return date.fromisoformat(str((sent and sent.get("effective_on")) or ""))
    except ValueError:
        return today


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

"""Personal values in the clear, for a desk that needs them and says why; on record before anything is shown."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.bootstrap import House
from api.console.pages import ConsoleRoute, page, refused, words_for
from api.console.people import deceased_of
from api.console.sentences import say_or
from api.console.session import caller_at, check_form, language_of, session_of
from api.http.callers import Asked, TheHouse, uuid_of
from api.http.cases import look_to_act
from api.http.reveal import STEP, revealed
from api.letters.words import WORDS as LETTERS
from api.letters.words import said
from domain.claim.aggregate import Claim
from domain.period import written_day
from domain.refusal import Invalid, NotYourRole, Refusal
from domain.rupiah import Language
from workflows.chairs import Caller
from workflows.reveal import FIELDS, Field

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
Value: TypeAlias = Any  # values of many shapes, as the API answers them


@router.get("/claims/{claim_id}/reveal")
async def ask(request: Request, house: TheHouse, claim_id: str) -> Response:
    """Ask which values are needed, and what for."""
    caller = await caller_at(house, session_of(request))
    claim = await _claim(request, house, caller, claim_id, "look")
    return await _form(request, house, claim, caller)


@router.post("/claims/{claim_id}/reveal")
async def show(request: Request, house: TheHouse, claim_id: str) -> Response:
    """Put the look on record, then show the values; the page is kept nowhere and its address tells nothing."""
    session = session_of(request)
    caller = await caller_at(house, session)
    sent = await request.form(max_fields=40, max_files=0)
    check_form(house, session, str(sent.get("form_token") or ""))
    asking = Asked.of_form(caller, session.id, request.url.path)
    claim = await _claim(request, house, caller, claim_id, session.id)
    fields, reason = [str(name) for name in sent.getlist("fields")], str(sent.get("reason") or "")
    try:
        found = await revealed(
            house, asking, "claim", claim, claim.area_code, claim.is_within, fields, reason
        )
    except Invalid as error:
        return await _form(request, house, claim, caller, chosen=fields, reason=reason, error=error)
    except Refusal as refusal:
        return refused(request, refusal, back=f"/claims/{claim.id}", case=claim)
    language = language_of(request)
    return page(
        request,
        "revealed.html",
        here="work",
        claim=claim,
        name=(await deceased_of(house, [claim]))[claim.id],
        values=[(FIELDS[name], list(lines(value, language))) for name, value in found.values.items()],
        access=found.access,
        seen_at=found.seen_at,
    )


async def _claim(request: Request, house: House, caller: Caller, claim_id: str, key: str) -> Claim:
    asking = Asked.of_form(caller, key, request.url.path)
    claim = await look_to_act(house, Claim, uuid_of(claim_id), asking, STEP)
    assert isinstance(claim, Claim)
    return claim


def fields_for(caller: Caller) -> list[Field]:
    """Return the values of a claim that some role of the caller needs."""
    roles = {role for seat in caller.seats for role in seat.roles}
    return [field for field in FIELDS.values() if "claim" in field.kinds and roles & set(field.roles)]


async def _form(
    request: Request,
    house: House,
    claim: Claim,
    caller: Caller,
    *,
    chosen: Sequence[str] = (),
    reason: str = "",
    error: Invalid | None = None,
) -> HTMLResponse:
    offered = fields_for(caller)
    if not offered:
        needing = {role for field in FIELDS.values() if "claim" in field.kinds for role in field.roles}
        raise NotYourRole("personal values are opened by the desks that need them", roles=sorted(needing))
    return page(
        request,
        "reveal.html",
        answered=422 if error else 200,
        here="work",
        claim=claim,
        name=(await deceased_of(house, [claim]))[claim.id],
        fields=offered,
        chosen=chosen,
        reason=reason,
        wrong=error.detail.get("field") if error else None,
        error=words_for(request, error) if error else "",
    )


def lines(value: Value, language: Language) -> Iterator[tuple[str, str]]:
    """Yield what a value says, part by part, each with its name in words; the name of a plain value is empty."""
    for name, part in _parts("", value):
        if part is None or part == "":
            continue
        label = say_or(f"revealed.{name}", language, say_or(f"field.{name}", language, name)) if name else ""
        yield label, _said(name, part, language)


def _parts(name: str, value: Value) -> Iterable[tuple[str, Value]]:
    if isinstance(value, dict):
        return [found for key, part in value.items() for found in _parts(key, part)]
    if isinstance(value, list):
        return [found for part in value for found in _parts(name, part)]
    return [(name, value)]


def _said(name: str, part: Value, language: Language) -> str:
    if isinstance(part, date):
        return written_day(part, language)
    if name == "code":  # of a payee
        return said(LETTERS.payee, str(part), language)
    return say_or(f"{name}.{part}", language, str(part))

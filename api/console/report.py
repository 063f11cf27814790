"""Intake of a death: look first who it is and whether it was reported, then write down the news."""

import json
from typing import Final
from uuid import uuid4, uuid5

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from api.bootstrap import House
from api.console import forms
from api.console.examples import report_example
from api.console.navigation import REPORTERS
from api.console.pages import HEADERS, ConsoleRoute, page, refused
from api.console.search import BLANK, wanted_by
from api.console.session import Session, caller_at, check_form, language_of, note_act, session_of
from api.http.answers import opened
from api.http.callers import INTERNAL, Asked, TheHouse, now, uuid_of
from api.http.cases import look_at
from api.http.person_search import people_found
from domain.claim.commands import ReportDeath
from domain.enrollment.aggregate import Enrollment
from domain.person.aggregate import Person
from domain.refusal import Invalid, NotYourRole, Refusal
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.forms import form_of, make, read_form

router = APIRouter(prefix="/report", route_class=ConsoleRoute, include_in_schema=False)
HIDDEN: Final = frozenset({"enrollment_id", "kind"})


@router.get("")
async def search_page(request: Request, house: TheHouse) -> Response:
    """Ask who died."""
    await _reporter(house, session_of(request))
    return page(
        request, "report_search.html", here="report", found=None, asked="", error=None, today=now().date()
    )


@router.post("")
async def search(request: Request, house: TheHouse) -> Response:
    """Show who fits. What was looked for came in the body and stands in no address."""
    session = session_of(request)
    caller = await _reporter(house, session)
    sent = await request.form(max_fields=10, max_files=0)
    check_form(house, session, str(sent.get("form_token") or ""))
    text, error, found = str(sent.get("q") or "").strip(), None, None
    try:
        found = await people_found(house, caller, BLANK | wanted_by(text))
    except Invalid as refusal:
        error = refusal
    return page(
        request,
        "report_search.html",
        answered=422 if error else 200,
        here="report",
        found=found,
        asked=text,
        error=error,
        today=legal_day(now()),
    )


@router.get("/{enrollment_id}")
async def ask(request: Request, house: TheHouse, enrollment_id: str, example: bool = False) -> Response:
    """Ask for the news itself. example: filled in, in a demonstration."""
    caller = await _reporter(house, session_of(request))
    member = await look_at(house, Enrollment, uuid_of(enrollment_id), caller)
    assert isinstance(member, Enrollment)
    filled = report_example(legal_day(now())) if example and house.origin.simulated else None
    return await _form(request, house, member, filled, None)


@router.post("/{enrollment_id}")
async def report(request: Request, house: TheHouse, enrollment_id: str) -> Response:
    """Report the death, once."""
    session = session_of(request)
    caller = await _reporter(house, session)
    member = await look_at(house, Enrollment, uuid_of(enrollment_id), caller)
    assert isinstance(member, Enrollment)
    sent = await request.form(max_fields=50, max_files=0)
    check_form(house, session, str(sent.get("form_token") or ""))
    body = forms.answered(_fields(request, sent), sent) | {"enrollment_id": str(member.id)}
    try:
        fields = read_form(form_of(ReportDeath), json.dumps(body).encode())
        asking = Asked.of_form(
            caller, str(sent.get("key") or ""), request.url.path, json.dumps(body, sort_keys=True).encode()
        )
        case_id = uuid5(asking.command_id, "claim")
        answer = await house.office.do(make(ReportDeath, fields, case_id=case_id, **asking.header(fields)))
    except Invalid as error:
        return await _form(request, house, member, sent, error)
    except Refusal as refusal:
        existing = refusal.detail.get("existing_id")
        return refused(request, refusal, back=f"/claims/{existing}" if existing else "/report")
    response = RedirectResponse(f"/claims/{answer.data['id']}?done=report", 303, HEADERS)
    note_act(response, answer.position)
    return response


async def _reporter(house: House, session: Session) -> Caller:
    """Return who may search and report. Refused (`not_your_role`) for others, and for families by themselves."""
    caller = await caller_at(house, session)
    if not caller.roles & REPORTERS or not caller.roles & INTERNAL:
        raise NotYourRole(
            "a death is reported at the counter: ask the service desk", roles=sorted(REPORTERS & INTERNAL)
        )
    return caller


def _fields(request: Request, sent: FormData | None, error: Invalid | None = None) -> list[forms.FormField]:
    schema = msgspec.json.schema(form_of(ReportDeath))
    question = forms.Question(lines=(), papers={}, language=language_of(request))
    return [one for one in forms.fields_of(schema, question, sent, error) if one.name not in HIDDEN]


async def _form(
    request: Request, house: House, member: Enrollment, sent: FormData | None, error: Invalid | None
) -> Response:
    people = await house.office.cases.load([member.begun.person_id])
    person = people.get(member.begun.person_id)
    await house.keyring.load([member.begun.person_id])
    known = isinstance(person, Person) and person.details is not None
    name = opened(person.details.name, house.keyring) if known else None  # type: ignore[union-attr]
    return page(
        request,
        "report.html",
        answered=422 if error else 200,
        here="report",
        member=member,
        name=name,
        fields=_fields(request, sent, error),
        error=error,
        key=str((sent and sent.get("key")) or uuid4().hex),
    )

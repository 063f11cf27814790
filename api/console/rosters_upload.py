"""Sending a list: for which programme, from which day, which file; with an empty list to fill in."""

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from api.bootstrap import House
from api.console.pages import HEADERS, ConsoleRoute, page
from api.console.rosters import SENDERS, is_fresh, staff
from api.console.sentences import WORDS, say
from api.console.session import check_form, language_of, note_act, session_of
from api.http.callers import Asked, TheHouse, now
from api.http.problems import STATUS_OF, in_indonesian
from api.http.roster_lists import areas_of
from api.http.rosters import LIST_KINDS, RESULT_KINDS, send_in
from api.http.uploads import bounded_form, upload_of
from domain.refusal import Invalid, NotYourRole, Refusal
from domain.rupiah import Language
from workflows.chairs import Caller
from workflows.roster.columns import COLUMNS, REQUIRED
from workflows.roster.table import ROWS_MAX, SIZE_MAX
from workflows.roster.template_sheet import template_csv, template_workbook

router = APIRouter(prefix="/rosters", route_class=ConsoleRoute, include_in_schema=False)
FIELDS: Final = ("programme_id", "effective_on", "replaces", "note")
AROUND: Final = ("form_token", "key")
EARLIER: Final = 25  # lists offered to be replaced


@router.get("/new")
async def ask(
    request: Request, house: TheHouse, programme: str = "", replaces: str = "", effective_on: str = ""
) -> Response:
    """Ask for the list."""
    caller = await _sender(request, house)
    told = dict.fromkeys(FIELDS, "") | {
        "programme_id": programme,
        "replaces": replaces,
        "effective_on": effective_on,
    }
    return await _form(request, house, caller, told, None)


@router.post("/new")
async def send(request: Request, house: TheHouse) -> Response:
    """Take the list in, once; what is wrong is said in the form, with what was answered kept."""
    session = session_of(request)
    caller = await _sender(request, house)
    sent = FormData()
    try:
        sent = await bounded_form(request, limit=SIZE_MAX)
        check_form(house, session, str(sent.get("form_token") or ""))
        upload = await upload_of(sent, limit=SIZE_MAX, kinds=LIST_KINDS)
        fields = upload.form({*FIELDS, *AROUND})
        fields["note"] = fields["note"] or None
        asking = Asked.of_form(caller, upload.text("key"), request.url.path, *upload.parts)
        roster, is_new = await send_in(house, upload, fields, asking)
    except Refusal as refusal:
        if refusal.code not in KEPT:
            raise
        told = {name: str(sent.get(name) or "") for name in (*FIELDS, "key")}
        return await _form(request, house, caller, told, refusal)
    response = RedirectResponse(f"/rosters/{roster.id}{'' if is_new else '?came=first'}", 303, HEADERS)
    note_act(response, roster.position)
    return response


# Refusals that a change in the form mends; the others are told on a page of their own.
KEPT: Final = frozenset({"invalid", "too_large", "unsupported_media", "step_not_open"})


@router.get("/template")
async def template(request: Request, house: TheHouse, format: str = "xlsx") -> Response:
    """Return an empty list in the columns we read, to be filled in."""
    await staff(request, house)
    if format not in RESULT_KINDS:
        raise Invalid(f"format is one of {', '.join(RESULT_KINDS)}", field="format")
    language = language_of(request)
    titles = [say(f"template.{part}", language) for part in ("list", "guide", "column", "holds")]
    made = template_csv() if format == "csv" else template_workbook(_explained(language), titles, now())
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="daftar-pekerja.{format}"'}
    return Response(made, headers=headers, media_type=RESULT_KINDS[format])


async def _sender(request: Request, house: House) -> Caller:
    caller = await staff(request, house)
    if not any(seat.roles & SENDERS for seat in caller.seats):
        raise NotYourRole("lists are sent by the sponsor's officer", roles=sorted(SENDERS))
    return caller


async def _form(
    request: Request, house: House, caller: Caller, told: Mapping[str, str], error: Refusal | None
) -> Response:
    language, areas = language_of(request), areas_of(caller)
    await is_fresh(house, await house.store.last_position())  # a programme opened a moment ago is offered
    earlier = await house.views.rosters.page(areas=areas, status="checked", limit=EARLIER)
    field = str(error.detail.get("field", "")) if error else ""
    return page(
        request,
        "roster_new.html",
        answered=STATUS_OF[error.code] if error else 200,
        here="rosters",
        programmes=await house.views.rosters.programmes(areas=areas),
        earlier=[(row, earlier.programmes.get(row.programme_id)) for row in earlier.page.items],
        told=told,
        wrong=(field if field in (*FIELDS, "file") else "file") if error else "",
        error=_said(error, field, language) if error else "",
        columns=[(column, column in REQUIRED) for column in COLUMNS],
        size=SIZE_MAX >> 20,
        rows_max=ROWS_MAX,
        key=told.get("key") or uuid4().hex,
    )


def _said(error: Refusal, field: str, language: Language) -> str:
    """Return what is wrong with what was sent, and what to do."""
    for key in (f"upload_error.{error.code}", f"upload_error.{field}"):
        if key in WORDS:
            return say(key, language)
    return in_indonesian(error.code, error.detail) if language == "id" else error.message


def _explained(language: Language) -> dict[str, str]:
    need = {True: say("template.required", language), False: say("template.optional", language)}
    return {
        column: f"{need[column in REQUIRED]} {say(f'column_help.{column}', language)}" for column in COLUMNS
    }

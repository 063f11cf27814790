"""Signing in: as a persona of a demonstration. An issuer's sign-in begins the same session."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.bootstrap import House
from api.console.pages import HEADERS, ConsoleRoute, page
from api.console.session import (
    LANGUAGE_COOKIE,
    LANGUAGE_LASTS,
    Session,
    check_form,
    forget,
    keep,
    session_of,
)
from api.demo.issuer import ISSUER
from api.http.callers import TheHouse
from domain.refusal import NotFound

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody made up, who holds one role. does: what that desk does, in both languages."""

    name: str
    role: str
    does_id: str
    does_en: str


PERSONAS: Final = tuple(
    Persona(*one)
    for one in (
        ("intake", "intake", "menerima laporan, memeriksa kelengkapan", "takes reports, checks completeness"),
        ("verifier", "verifier", "memeriksa identitas, perlindungan, sebab", "checks identity, cover, cause"),
        ("field_checker", "field_checker", "melaporkan cek kasus", "reports from the spot"),
        ("calculator", "calculator", "menetapkan santunan menurut aturan", "determines the benefit by rule"),
        ("approver_1", "approver_1", "menyetujui sampai batasnya", "approves up to a limit"),
        ("approver_2", "approver_2", "menyetujui di atas batas", "approves above the limit"),
        ("finance", "finance", "memerintahkan pembayaran", "orders payments"),
        ("finance_2", "finance", "mengonfirmasi pembayaran", "confirms payments"),
        ("sponsor_officer", "sponsor_officer", "mengusulkan daftar pekerja", "proposes lists of workers"),
        ("ward_verifier", "ward_verifier", "memverifikasi warga", "verifies residents"),
        ("participant", "participant", "melaporkan dan mengajukan", "reports and files"),
        ("auditor", "auditor", "melihat semua, tidak mengubah apa pun", "sees everything, changes nothing"),
    )
)


@router.get("/sign-in")
async def sign_in_page(request: Request, house: TheHouse) -> HTMLResponse:
    """Offer the personas of a demonstration, or say where to sign in."""
    return page(request, "sign_in.html", personas=PERSONAS if _is_demo(house) else ())


@router.post("/sign-in")
async def sign_in(
    request: Request, house: TheHouse, persona: Annotated[str, Form(max_length=40)]
) -> Response:
    """Begin a session as a persona. Refused (`not_found`) outside of a demonstration."""
    found = next((one for one in PERSONAS if one.name == persona), None)
    if not _is_demo(house) or found is None:
        raise NotFound("there is nobody of this name to sign in as: choose one of the personas")
    session = Session.begun(name=found.name, roles=frozenset({found.role}), area=None, issuer=ISSUER)
    response = RedirectResponse("/work", 303, HEADERS)
    keep(response, session, house, secure=request.url.scheme == "https")
    return response


@router.post("/sign-out")
async def sign_out(
    request: Request, house: TheHouse, form_token: Annotated[str, Form(max_length=100)]
) -> Response:
    check_form(house, session_of(request), form_token)
    response = RedirectResponse("/sign-in", 303, HEADERS)
    forget(response)
    return response


@router.post("/language")
async def choose_language(
    request: Request,
    language: Annotated[str, Form(max_length=2)],
    back: Annotated[str, Form(max_length=200)] = "/work",
) -> Response:
    """Keep the language in the browser, and go on where the reader was."""
    inside = back if back.startswith("/") and not back.startswith("//") and "\\" not in back else "/work"
    response = RedirectResponse(inside, 303, HEADERS)
    chosen = "en" if language == "en" else "id"
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=LANGUAGE_LASTS, httponly=True, samesite="lax")
    return response


def _is_demo(house: House) -> bool:
    return house.origin.simulated

"""Signing in: as a persona of a demonstration. An issuer's sign-in begins the same session."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.bootstrap import House
from api.console.pages import HEADERS, ConsoleRoute, page
from api.console.session import (
    LANGUAGE_COOKIE,
    LANGUAGE_LASTS,
    Session,
    check_form,
    end,
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

    @property
    def place(self) -> str:
        """Return where this person works; places stand on the page in the order of their names."""
        return PLACES.get(self.role, "1_branch")

    @property
    def number(self) -> str:
        """Return what tells this person from another one with the same role."""
        _, _, number = self.name.rpartition("_")
        return number if number.isdigit() and not self.role.endswith(number) else ""


ADDRESS_MAX: Final = 2000  # of a page to go on at; ours are shorter
PLACES: Final = {
    "sponsor_officer": "2_city",
    "ward_verifier": "2_city",
    "participant": "3_family",
    "inspector": "4_watch",
    "auditor": "4_watch",
}
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
async def sign_in_page(request: Request, house: TheHouse, then: Annotated[str, Query()] = "") -> HTMLResponse:
    """Offer the personas of a demonstration, or say where to sign in. then: where to go on."""
    personas = PERSONAS if _is_demo(house) else ()
    return page(request, "sign_in.html", personas=personas, then=_inside(then) if then else "")


@router.post("/sign-in")
async def sign_in(
    request: Request,
    house: TheHouse,
    persona: Annotated[str, Form(max_length=40)],
    then: Annotated[str, Form()] = "/work",
) -> Response:
    """Begin a session as a persona, and go on at a page. Refused (`not_found`) outside of a demonstration."""
    found = next((one for one in PERSONAS if one.name == persona), None)
    if not _is_demo(house) or found is None:
        raise NotFound("there is nobody of this name to sign in as: choose one of the personas")
    session = Session.begun(name=found.name, roles=frozenset({found.role}), area=None, issuer=ISSUER)
    response = RedirectResponse(_inside(then), 303, HEADERS)
    keep(response, session, house, secure=request.url.scheme == "https")
    return response


@router.post("/sign-out")
async def sign_out(
    request: Request, house: TheHouse, form_token: Annotated[str, Form(max_length=100)]
) -> Response:
    """End the session on the server, so that a copy of its cookie opens nothing, and let the browser forget it."""
    session = session_of(request)
    check_form(house, session, form_token)
    await end(house, session)
    response = RedirectResponse("/sign-in", 303, HEADERS)
    forget(response)
    return response


@router.post("/language")
async def choose_language(
    request: Request,
    language: Annotated[str, Form(max_length=2)],
    back: Annotated[str, Form()] = "/work",
) -> Response:
    """Keep the language in the browser, and go on where the reader was."""
    response = RedirectResponse(_inside(back), 303, HEADERS)
    chosen = "en" if language == "en" else "id"
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=LANGUAGE_LASTS, httponly=True, samesite="lax")
    return response


def _inside(address: str) -> str:
    """Return an address of ours; any other leads to the work list."""
    ours = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if ours and address.isprintable() and len(address) <= ADDRESS_MAX else "/work"


def _is_demo(house: House) -> bool:
    return house.origin.simulated

"""One box to find a claim or a member: by number, by NIK, or by a name as it sounds. What is looked for is posted."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.console.members import staff_at
from api.console.pages import ConsoleRoute, page
from api.console.sentences import say
from api.console.session import check_form, language_of, session_of
from api.console.statuses import statuses_of
from api.http.callers import TheHouse
from api.http.person_search import people_found
from api.http.person_shapes import CandidateView
from domain.nik import Nik, NikUnreadable
from domain.refusal import Invalid
from domain.rupiah import Language

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
BLANK: Final[dict[str, Any]] = dict.fromkeys(("number", "nik", "name", "ward", "birth_date", "birth_year"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Somebody who was found. why: what of this person fits what was asked, in words of the page."""

    person: CandidateView
    why: str


@router.get("/search")
async def search_page(request: Request, house: TheHouse) -> Response:
    """Ask what is looked for."""
    await staff_at(house, session_of(request))
    return page(request, "search.html", here="search", asked="", hits=None, more=False, error=None)


@router.post("/search")
async def search(request: Request, house: TheHouse) -> Response:
    """Show who fits and why, of the reader's area alone."""
    session = session_of(request)
    caller, language = await staff_at(house, session), language_of(request)
    sent = await request.form(max_fields=10, max_files=0)
    check_form(house, session, str(sent.get("form_token") or ""))
    text, error, hits, more, position = str(sent.get("q") or "").strip(), None, None, False, None
    wanted = wanted_by(text)
    try:
        found = await people_found(house, caller, BLANK | wanted)
    except Invalid as refusal:
        error = refusal
    else:
        hits = [Hit(person=one, why=_why(one, wanted, language)) for one in found.items]
        more, position = found.more, found.position
    return page(
        request,
        "search.html",
        answered=422 if error else 200,
        here="search",
        asked=text,
        hits=hits,
        more=more,
        error=error,
        by=next(iter(wanted)),
        position=position,
        statuses=statuses_of(house, "claim", language),
        member_statuses=statuses_of(house, "enrollment", language),
    )


def wanted_by(text: str) -> dict[str, str]:
    """Return what a line of search means: a NIK, a number, or a name."""
    digits = text.replace(" ", "").replace(".", "")
    try:
        return {"nik": Nik.parse(digits).digits}
    except NikUnreadable:
        pass
    if digits.isdigit() or text.upper().startswith(("JKM-", "JKK-")):
        return {"number": text}
    return {"name": text}


def _why(person: CandidateView, wanted: dict[str, str], language: Language) -> str:
    if "nik" in wanted:
        return say("search.by_nik", language)
    if "number" in wanted:
        number = wanted["number"].strip().upper()
        is_claim = any(claim.number == number for claim in person.claims)
        return say("search.by_claim" if is_claim else "search.by_member", language)
    if (person.name or "").casefold() == " ".join(wanted["name"].split()).casefold():
        return say("search.by_name", language)
    return say("search.by_sound", language, percent=round(person.score * 100))

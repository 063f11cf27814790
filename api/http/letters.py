"""Letters: pages to print, made from the events of a claim or a list; nothing is stored for them."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.bootstrap import House
from api.http.answers import json_answer, position_for
from api.http.callers import TheCaller, TheHouse, TheStaff, uuid_of
from api.http.cases import definition_of, look_at
from api.http.letter_shapes import LetterItem, LetterPage
from api.http.reference import ALWAYS, described
from api.letters.claim_file import ClaimFile, Source, read_claim_file
from api.letters.kinds import CLAIM_LETTERS, MINUTES, Heading, LetterKind
from api.letters.minutes import ListFile, minutes, read_list_file, why_not
from api.letters.not_ready import LetterNotReady
from api.letters.pages import page
from domain.claim.aggregate import Claim
from domain.refusal import Invalid, NotFound
from domain.roster.aggregate import Roster
from domain.rupiah import Language
from workflows.chairs import Caller

router = APIRouter(prefix="/v1", tags=["letters"])
LETTER = (*ALWAYS, "invalid", "guard_failed")

AsOf = Annotated[
    str | None, Query(description="RFC 3339 instant: the letter as it would have been written then")
]
Lang = Annotated[str, Query(description="`id`, the letter that counts, or `en`, a courtesy translation")]


@router.get("/claims/{claim_id}/letters", **described(answer=LetterPage, refusals=(*ALWAYS, "invalid")))
async def list_claim_letters(
    claim_id: str, house: TheHouse, caller: TheCaller, as_of: AsOf = None
) -> Response:
    """Return which letters can be written of a claim now, and of the others why not."""
    file = await _claim_file(house, claim_id, caller, as_of)
    found = ((kind, kind.why_not(file)) for kind in CLAIM_LETTERS.values())
    return _listed(f"/v1/claims/{file.claim.id}/letters", found, file.source)


@router.get(
    "/claims/{claim_id}/letters/{kind}",
    **described(file=["text/html"], refusals=LETTER),
)
async def get_claim_letter(
    claim_id: str, kind: str, house: TheHouse, caller: TheCaller, as_of: AsOf = None, lang: Lang = "id"
) -> Response:
    """Return a letter as a page to print: receipt, request-for-papers, amount-sheet, rejection, payment-notice.

    It is made from the events alone and names the last one, so the same request gives the same bytes.
    Names are in clear, NIK and account masked. Refused (`guard_failed`) while there is nothing to tell.
    """
    return await claim_letter(house, claim_id, kind, caller, _language(lang), as_of)


async def claim_letter(
    house: House, claim_id: str, kind: str, caller: Caller, language: Language, as_of: str | None = None
) -> Response:
    """Return a letter of a claim that the caller may see."""
    if kind not in CLAIM_LETTERS:
        raise NotFound(f"there is no such letter: ask for {', '.join(CLAIM_LETTERS)}", kind=kind)
    file = await _claim_file(house, claim_id, caller, as_of)
    letter = CLAIM_LETTERS[kind]
    facts = letter.facts(file, language)
    subject = file.claim.reported.number
    return _page(house, Heading.of(letter, language, subject, file.programme, file.source), facts)


@router.get("/rosters/{roster_id}/letters", **described(answer=LetterPage, refusals=(*ALWAYS, "invalid")))
async def list_roster_letters(
    roster_id: str, house: TheHouse, caller: TheStaff, as_of: AsOf = None
) -> Response:
    """Return whether the minutes of a list can be written now, or why not."""
    file = await _list_file(house, roster_id, caller, as_of)
    return _listed(f"/v1/rosters/{file.roster.id}/letters", [(MINUTES, why_not(file))], file.source)


@router.get(
    "/rosters/{roster_id}/letters/minutes",
    **described(file=["text/html"], refusals=LETTER),
)
async def get_minutes(
    roster_id: str, house: TheHouse, caller: TheStaff, as_of: AsOf = None, lang: Lang = "id"
) -> Response:
    """Return the minutes of a list: counts, reasons of refusal, decree, who took which step when.

    Rows are told by their numbers; no NIK and no name stands in them. Refused (`guard_failed`) before
    every row is checked.
    """
    language = _language(lang)
    file = await _list_file(house, roster_id, caller, as_of)
    facts = minutes(file, language)
    subject = file.roster.id.hex[:8].upper()
    return _page(house, Heading.of(MINUTES, language, subject, file.programme, file.source), facts)


async def _claim_file(house: House, claim_id: str, caller: Caller, as_of: str | None) -> ClaimFile:
    up_to = await _position(house, as_of)
    claim = await look_at(house, Claim, uuid_of(claim_id), caller, up_to=up_to)
    assert isinstance(claim, Claim)
    return await read_claim_file(house, claim, definition_of(house, claim), up_to=up_to)


async def _list_file(house: House, roster_id: str, caller: Caller, as_of: str | None) -> ListFile:
    up_to = await _position(house, as_of)
    roster = await look_at(house, Roster, uuid_of(roster_id), caller, up_to=up_to)
    assert isinstance(roster, Roster)
    return await read_list_file(house, roster, up_to=up_to)


async def _position(house: House, as_of: str | None) -> int:
    """Return one position for everything a letter reads, so that nothing changes while it is written."""
    asked_for = await position_for(house.store, as_of)
    return await house.store.last_position() if asked_for is None else asked_for


def _language(lang: str) -> Language:
    match lang:
        case "id" | "en":
            return lang
        case _:
            raise Invalid("lang is id or en", field="lang")


def _page(house: House, heading: Heading, facts: Any) -> Response:
    made = page(heading, facts, house.settings)
    return HTMLResponse(made.text, headers={**made.headers, "Jaminan-Position": str(heading.source.position)})


def _listed(
    folder: str, found: Iterable[tuple[LetterKind, LetterNotReady | None]], source: Source
) -> Response:
    items = [
        LetterItem(
            kind=kind.kind,
            title_id=kind.title_id,
            title_en=kind.title_en,
            available=reason is None,
            address=f"{folder}/{kind.kind}",
            reason_id=reason.reason_id if reason else None,
            reason_en=reason.reason_en if reason else None,
        )
        for kind, reason in found
    ]
    return json_answer(LetterPage(items=items, position=source.position))

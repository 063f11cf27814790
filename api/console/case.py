"""A case on one page: what is next and what it lacks, money, history, clocks, papers, people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.bootstrap import House
from api.console import clocks
from api.console.headline import cover_on_the_day, occupation_of, sheets_of
from api.console.next_step import Reading, next_of, why_needed
from api.console.pages import ConsoleRoute, page
from api.console.people import deceased_of, nik_of
from api.console.relay import relay_of
from api.console.session import caller_at, language_of, session_of
from api.console.timeline import Reader, by_day, counts, told_of
from api.http.answers import history, papers_view
from api.http.callers import TheHouse, now, uuid_of
from api.http.cases import Sight, look_around, look_at
from api.http.claim_views import claim_view
from api.http.letters import claim_letter
from api.letters.claim_file import read_claim_file
from api.letters.kinds import CLAIM_LETTERS
from domain.claim.aggregate import Claim
from domain.enrollment.aggregate import Enrollment
from domain.refusal import NotFound, OutsideArea
from domain.risk.aggregate import Risk
from domain.world import World
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.handling import SUPERVISORS, ways_for
from workflows.lifecycle import Definition
from workflows.reveal import FIELDS

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
AT_HAND: Final = frozenset({"present", "counted"})  # states of a paper that is there


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Another claim that a finding compares this one with. number: None where it lies outside the reader's area."""

    flag: str
    id: UUID
    number: str | None
    name: str | None


@router.get("/claims/{claim_id}")
async def show_claim(
    request: Request,
    house: TheHouse,
    claim_id: str,
    done: Annotated[str, Query(max_length=40)] = "",
    show: Annotated[str, Query(max_length=20)] = "all",
) -> HTMLResponse:
    """Show a claim, always fresh: it is read from the log.

    done: the step the reader has just taken. show: which entries of the history.
    """
    caller = await caller_at(house, session_of(request))
    seen = await look_around(house, Claim, uuid_of(claim_id), caller)
    return await _shown(request, house, seen, caller, done=done, show=show)


@router.get("/claims/{claim_id}/letters/{kind}")
async def show_letter(request: Request, house: TheHouse, claim_id: str, kind: str) -> Response:
    """Show a letter in the language of the page, to be printed."""
    caller = await caller_at(house, session_of(request))
    return await claim_letter(house, claim_id, kind, caller, language_of(request))


async def _shown(
    request: Request, house: House, seen: Sight[Claim], caller: Caller, *, done: str, show: str
) -> HTMLResponse:
    language, today = language_of(request), legal_day(now())
    claim, definition, world = seen.case, seen.definition, seen.world
    holder = None if caller.is_only_participant else seen.held_by
    view = await claim_view(claim, definition, world, caller, house.keyring, holder)
    papers = await papers_view(definition, claim, world, house.keyring)
    entries = await history(house.office.cases, claim.id, caller)
    told = await told_of(
        house, claim, entries, Reader(caller=caller, definition=definition, language=language)
    )
    enrollment = world.cases.get("enrollment")
    needed = {code for code in papers.missing if _may_bring(definition, caller)}
    reading = Reading(
        claim=claim,
        definition=definition,
        world=world,
        caller=caller,
        today=today,
        language=language,
    )
    sheets = sheets_of(claim, world, today, estimates=not caller.is_only_participant)
    own = [entry for entry in entries if entry[0].stream == claim.id]
    return page(
        request,
        "case.html",
        here="work",
        claim=view,
        filed=claim.filed,
        name=(await deceased_of(house, [claim]))[claim.id],
        nik=await nik_of(house, claim),
        status=definition.statuses[claim.status],
        enrollment=enrollment,
        occupation=occupation_of(enrollment, language) if isinstance(enrollment, Enrollment) else "",
        cover=None if caller.is_only_participant else cover_on_the_day(claim, world, language),
        next=next_of(reading, needed=bool(needed)),
        sheets=sheets,
        papers=sorted(
            papers.required, key=lambda paper: (paper.code not in needed, paper.state not in AT_HAND)
        ),
        have=sum(paper.state in AT_HAND for paper in papers.required),
        wanted=sum(paper.state != "made_by_system" for paper in papers.required),
        needed=needed,
        missing=[
            paper.name_id if language == "id" else paper.name_en
            for paper in papers.required
            if paper.code in papers.missing
        ],
        why_needed=lambda code: why_needed(code, language),
        clocks=clocks.lines(claim.clocks.values(), definition, today, language),
        time=clocks.time_so_far(own, definition, now(), language),
        days=by_day(told, show),
        filters=counts(told),
        show=show,
        today=today,
        done=definition.steps.get(done),
        done_act=done,
        key=uuid4().hex,
        definition=definition,
        letters=await _letters(house, claim, definition),
        relay=relay_of(house, definition, claim, world, caller),
        may_reveal=any(
            "claim" in field.kinds and seat.roles & set(field.roles)
            for field in FIELDS.values()
            for seat in caller.seats
        ),
        linked=await _linked(house, claim, world, caller),
        holder=holder,
        may=_may_handle(claim, definition, caller, holder),
        chairs=caller.chairs,
    )


def _may_bring(definition: Definition, caller: Caller) -> bool:
    """Whether the caller takes some step of such a case, and may therefore add papers to it."""
    roles = {role for rule in definition.steps.values() for role in rule.roles}
    return any(seat.roles & roles for seat in caller.seats)


def _may_handle(claim: Claim, definition: Definition, caller: Caller, holder: str | None) -> dict[str, bool]:
    """Return which acts of handling the page offers; the office judges them again when they are taken."""
    mine = {taken.step for taken in claim.taken if taken.actor == caller.name}
    ends = definition.statuses[claim.status].final
    can_do = not ends and any(
        mine.isdisjoint(bars)
        for seat in caller.seats
        for _, bars in ways_for(definition, claim.status, seat.roles)
    )
    supervises = any(seat.roles & SUPERVISORS for seat in caller.seats)
    return {
        "take": holder is None and can_do and not caller.is_only_participant,
        "release": not ends and holder is not None and (holder == caller.name or supervises),
        "assign": not ends and not caller.is_only_participant and (supervises or holder == caller.name),
        "note": _may_bring(definition, caller) and not caller.is_only_participant,
    }


async def _letters(house: House, claim: Claim, definition: Definition) -> list[str]:
    """Return the letters that can be written now."""
    file = await read_claim_file(house, claim, definition, up_to=await house.store.last_position())
    return [name for name, kind in CLAIM_LETTERS.items() if kind.why_not(file) is None]


async def _linked(house: House, claim: Claim, world: World, caller: Caller) -> Sequence[Linked]:
    """Return the claims that comparisons found beside this one, for the office alone."""
    if caller.is_only_participant:
        return ()
    found = [
        (case.found.reason.flag, other)
        for case in world.cases.values()
        if isinstance(case, Risk)
        for other in case.found.others
    ]
    seen: dict[UUID, Claim] = {}
    for other in dict.fromkeys(other for _, other in found):
        try:
            case: Any = await look_at(house, Claim, other, caller)
        except (NotFound, OutsideArea):
            continue
        seen[other] = case
    names = await deceased_of(house, seen.values())
    return [
        Linked(
            flag=flag,
            id=other,
            number=seen[other].reported.number if other in seen else None,
            name=names.get(other),
        )
        for flag, other in found
    ]

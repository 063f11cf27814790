"""A case on one page: what is next and what it lacks, money, history, clocks, papers, people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Annotated, Final
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.bootstrap import House
from api.console import clocks
from api.console.pages import HEADERS, ConsoleRoute, page, refused
from api.console.people import deceased_of
from api.console.sentences import WORDS, say
from api.console.session import caller_at, check_form, language_of, session_of
from api.console.work import next_step
from api.http.answers import history, papers_view, steps_view, texts_of
from api.http.callers import Asked, TheHouse, now, uuid_of
from api.http.cases import add_paper, definition_of, held_by, look_at, with_world
from api.http.claim_views import claim_view
from api.http.letters import claim_letter
from api.http.uploads import read_upload
from api.letters.claim_file import read_claim_file
from api.letters.kinds import CLAIM_LETTERS
from domain.attempt.events import AttemptRefused
from domain.case import Paper
from domain.claim.aggregate import Claim
from domain.claim.commands import AddDocument
from domain.command import SYSTEM_ROLE
from domain.fact import Fact
from domain.legal_day import WIB
from domain.refusal import NotFound, NotYourRole, Refusal
from domain.rupiah import Language
from domain.sealed import Erased
from store.access import Look
from store.records import Recorded
from workflows.chairs import PARTICIPANT, Caller
from workflows.days import legal_day
from workflows.lifecycle import Definition
from workflows.step_rules import BEGINNING

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
SHOWN_IN_BROWSER: Final = frozenset({"application/pdf", "image/jpeg", "image/png", "text/plain"})
FOR_THE_OFFICE: Final = frozenset({"CASE_CHECK"})  # papers that tell of neighbours and witnesses
LOOKED: Final = "Dokumen dibuka di konsol"  # the reason of such a look
MONEY: Final = frozenset({"claim.payment_ordered", "claim.payment_succeeded", "claim.payment_failed"})
ADDED: Final = "claim.document_added"
PAPERS: Final = frozenset({ADDED, "claim.document_rejected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry of the history. look: step, paper, money, refusal or quiet.

    actor: None where a family reads it, who is told in which role it was done, not by whom of the staff.
    """

    at: datetime
    look: str
    sentence: str
    actor: str | None
    role: str | None
    on_behalf_of: str | None
    effective_on: date | None  # where it differs from the day of recording
    said: str | None
    evidence: Sequence[tuple[str, str]]
    position: int


@router.get("/claims/{claim_id}")
async def show_claim(
    request: Request,
    house: TheHouse,
    claim_id: str,
    done: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Show a claim, always fresh: it is read from the log. done: the step the reader has just taken."""
    caller = await caller_at(house, session_of(request))
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    assert isinstance(claim, Claim)
    return await _shown(request, house, claim, caller, done=done)


@router.post("/claims/{claim_id}/documents")
async def post_document(request: Request, house: TheHouse, claim_id: str) -> Response:
    """Add a paper from the checklist."""
    session = session_of(request)
    caller = await caller_at(house, session)
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    upload = await read_upload(request)
    check_form(house, session, upload.text("form_token"))
    asking = Asked.of_form(caller, upload.text("key"), request.url.path, *upload.parts)
    try:
        await add_paper(house, claim, AddDocument, upload, asking, upload.text("code"), {})
    except Refusal as refusal:
        return refused(request, refusal, back=f"/claims/{claim.id}")
    return RedirectResponse(f"/claims/{claim.id}#dokumen", 303, HEADERS)


@router.get("/claims/{claim_id}/documents/{digest}")
async def show_document(request: Request, house: TheHouse, claim_id: str, digest: str) -> Response:
    """Show one paper of the file, as it was brought, to desks of this lifecycle. Their look is put on record first.

    A paper shows in the clear what is masked elsewhere. What the office found on the spot is not for the family.
    """
    caller = await caller_at(house, session_of(request))
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    assert isinstance(claim, Claim)
    paper = next((one for of in claim.papers.values() for one in of if one.sha256 == digest), None)
    if paper is None or (caller.is_only_participant and paper.code in FOR_THE_OFFICE):
        raise NotFound("there is no such paper in this file", sha256=digest)
    content = await house.documents.get(digest, claim.subject_id)
    if isinstance(content, Erased):
        raise NotFound("the papers of this person have been erased", sha256=digest)
    if not caller.is_only_participant:
        _refuse_without_need(definition_of(house, claim), caller)
        await house.access.note(_look_at_paper(claim, paper, caller))
    shown = paper.media_type in SHOWN_IN_BROWSER
    headers = HEADERS | {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{paper.code}"',
    }
    return Response(content, media_type=paper.media_type, headers=headers)


def _refuse_without_need(definition: Definition, caller: Caller) -> None:
    """Refuse papers to desks that take no step of such a claim; auditors read all."""
    ways = [way for rule in definition.steps.values() for way in rule.ways if BEGINNING not in way.sources]
    desks = {role for way in ways for role in way.roles} - {PARTICIPANT, SYSTEM_ROLE}
    if not any(seat.roles & (desks | {"auditor"}) for seat in caller.seats):
        raise NotYourRole("papers of a claim are read by the desks that work on it", roles=sorted(desks))


def _look_at_paper(claim: Claim, paper: Paper, caller: Caller) -> Look:
    return Look(
        id=uuid4(),
        actor=caller.name,
        issuer=caller.issuer,
        roles=sorted(caller.roles),
        kind="claim",
        case_id=claim.id,
        area_code=claim.area_code,
        subjects=[claim.subject_id],
        fields=[f"document {paper.code}"],
        reason=LOOKED,
    )


async def _shown(request: Request, house: House, claim: Claim, caller: Caller, *, done: str) -> HTMLResponse:
    language = language_of(request)
    definition, world = await with_world(house, claim)
    holder = await held_by(house, claim)
    view = await claim_view(claim, definition, world, caller, house.keyring, holder)
    steps = steps_view(definition, claim, caller, world).items
    papers = await papers_view(definition, claim, world, house.keyring)
    entries = await history(house.office.cases, claim.id, caller)
    texts = await texts_of(house.keyring, entries)
    today = legal_day(now())
    first = next_step(step.step for step in steps if step.open)
    lacking = next_step(step.step for step in steps if not step.open and step.missing)
    enrollment = world.cases.get("enrollment")
    names = await deceased_of(house, [claim])
    needed = {paper.code for paper in papers.required if paper.code in papers.missing}
    return page(
        request,
        "case.html",
        here="work",
        claim=view,
        determination=claim.determination,
        determinations=claim.determinations,
        name=names[claim.id],
        status=definition.statuses[claim.status],
        enrollment=enrollment,
        step=next((one for one in steps if one.step == first), None),
        lacking=next((one for one in steps if one.step == lacking), None),
        others=[one for one in steps if one.step != first],
        papers=sorted(papers.required, key=lambda paper: paper.code not in needed),
        needed=needed,
        documents=papers.documents,
        clocks=clocks.lines(claim.clocks.values(), definition, today, language),
        days=[
            (day, list(told))
            for day, told in groupby(
                _told(reversed(entries), definition, texts, language, caller),
                key=lambda one: one.at.astimezone(WIB).date(),
            )
        ],
        done=definition.steps.get(done),
        version=claim.version,
        position=claim.position,
        key=uuid4().hex,
        definition=definition,
        letters=await _letters(house, claim, definition),
        may_upload=bool(steps) and any(set(step.roles) & caller.roles for step in steps),
    )


@router.get("/claims/{claim_id}/letters/{kind}")
async def show_letter(request: Request, house: TheHouse, claim_id: str, kind: str) -> Response:
    """Show a letter in the language of the page, to be printed."""
    caller = await caller_at(house, session_of(request))
    return await claim_letter(house, claim_id, kind, caller, language_of(request))


async def _letters(house: House, claim: Claim, definition: Definition) -> list[str]:
    """Return the letters that can be written now."""
    file = await read_claim_file(house, claim, definition, up_to=await house.store.last_position())
    return [name for name, kind in CLAIM_LETTERS.items() if kind.why_not(file) is None]


def _told(
    entries: Iterable[tuple[Recorded, Fact]],
    definition: Definition,
    texts: dict[int, dict[str, str | None]],
    language: Language,
    caller: Caller,
) -> Iterator[Told]:
    """Yield the history as sentences, in the order given."""
    for record, fact, papers in _together(entries):
        recorded_on = legal_day(record.recorded_at)
        said = next(iter(texts.get(record.position, {}).values()), None)
        if isinstance(fact, AttemptRefused):
            said = fact.message
        yield Told(
            at=record.recorded_at,
            look=_look(record.topic),
            sentence=_sentence(record.topic, fact, len(papers), definition, language),
            actor=None if caller.is_only_participant and fact.actor != caller.name else fact.actor,
            role=fact.acting_roles[0] if fact.acting_roles else None,
            on_behalf_of=fact.on_behalf_of.relation if fact.on_behalf_of else None,
            effective_on=fact.effective_on if fact.effective_on != recorded_on else None,
            said=said,
            evidence=papers,
            position=record.position,
        )


def _together(
    entries: Iterable[tuple[Recorded, Fact]],
) -> Iterator[tuple[Recorded, Fact, list[tuple[str, str]]]]:
    """Yield entries with their papers; papers that one person brought one after the other are one entry."""

    def brought(entry: tuple[Recorded, Fact]) -> tuple[str, str] | int:
        record, fact = entry
        alone = record.position if record.topic != ADDED else None
        return alone or (fact.actor, legal_day(record.recorded_at).isoformat())

    for _, group in groupby(entries, key=brought):
        found = list(group)
        yield *found[0], [paper for _, fact in reversed(found) for paper in _evidence(fact)]


def _look(topic: str) -> str:
    if topic == "attempt.refused":
        return "refusal"
    if topic in MONEY:
        return "money"
    if topic in PAPERS:
        return "paper"
    return "quiet" if topic.startswith("handling.") else "step"


def _sentence(topic: str, fact: Fact, papers: int, definition: Definition, language: Language) -> str:
    if isinstance(fact, AttemptRefused):
        rule = definition.steps.get(fact.step or "")
        step = (rule.label_id if language == "id" else rule.label_en) if rule else fact.step or ""
        return say("event.attempt", language, step=step)
    if topic == ADDED and papers > 1:
        return say("event.papers_added", language, n=papers)
    if f"event.{topic}" in WORDS:
        return say(f"event.{topic}", language)
    rule = definition.steps.get(fact.step or "")
    if rule is None:
        return topic
    return rule.label_id if language == "id" else rule.label_en


def _evidence(fact: Fact) -> Iterator[tuple[str, str]]:
    code, sha256 = getattr(fact, "code", None), getattr(fact, "sha256", None)
    if isinstance(code, str) and isinstance(sha256, str):
        yield code, sha256

"""In a demonstration one stranger plays every desk: who is next on a case, and the papers a family would bring."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.bootstrap import House
from api.console.desk import FORWARD
from api.console.pages import HEADERS, ConsoleRoute, refused
from api.console.session import caller_at, check_form, note_act, session_of
from api.console.sign_in import PERSONAS, Persona
from api.demo.issuer import ISSUER
from api.http.answers import papers_view
from api.http.callers import Asked, TheHouse, uuid_of
from api.http.cases import add_paper, look_at, with_world
from api.http.uploads import Upload
from domain.claim.aggregate import Claim
from domain.claim.commands import AddDocument
from domain.refusal import DocumentsMissing, NotFound, Refusal
from domain.world import World
from workflows.chairs import Caller
from workflows.desk import step_views
from workflows.lifecycle import Definition
from workflows.step_rules import StepRule

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
OFFERED: Final = 2  # people whose turn it is
BRINGS: Final = frozenset({"intake", "field_checker", "participant"})  # who takes papers from people


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A persona who can carry the case on, and the step that is theirs."""

    persona: Persona
    rule: StepRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """turns: whose turn it is, where it is not the reader's. papers: samples the reader may bring at once."""

    turns: Sequence[Turn]
    papers: bool


def relay_of(
    house: House, definition: Definition, claim: Claim, world: World, reader: Caller
) -> Relay | None:
    """Return who is next, in a demonstration; None elsewhere, and where the case is at its end."""
    if not house.origin.simulated or definition.statuses[claim.status].final:
        return None
    lacks = _forward(definition, claim, world, reader, lacking=True)
    mine = _forward(definition, claim, world, reader) or lacks
    papers = bool(lacks and reader.roles & BRINGS)
    return Relay(turns=() if mine else list(_turns(definition, claim, world))[:OFFERED], papers=papers)


def _turns(definition: Definition, claim: Claim, world: World) -> Iterator[Turn]:
    """Yield the personas who can go on, those whose step carries the case furthest first."""
    found = []
    for persona in PERSONAS:
        caller = Caller(name=persona.name, roles=frozenset({persona.role}), area=None, issuer=ISSUER)
        rule = _forward(definition, claim, world, caller) or _forward(
            definition, claim, world, caller, lacking=True
        )
        if rule is not None:
            found.append(Turn(persona=persona, rule=rule))
    roles = set()
    for turn in sorted(found, key=lambda one: FORWARD.index(one.rule.name)):
        if turn.persona.role not in roles:
            roles.add(turn.persona.role)
            yield turn


def _forward(
    definition: Definition, claim: Claim, world: World, caller: Caller, *, lacking: bool = False
) -> StepRule | None:
    """Return the step with which somebody carries a case on. lacking: one that only waits for papers."""
    views = [view for view in step_views(definition, claim, caller, world) if view.rule.name in FORWARD]
    able = [
        view.rule
        for view in views
        if (isinstance(view.refusal, DocumentsMissing) if lacking else view.refusal is None)
    ]
    return min(able, key=lambda rule: FORWARD.index(rule.name), default=None)


@router.post("/claims/{claim_id}/documents/samples")
async def bring_samples(
    request: Request,
    house: TheHouse,
    claim_id: str,
    form_token: Annotated[str, Form(max_length=100)],
) -> Response:
    """Bring a sample of every paper that is missing. Refused (`not_found`) outside of a demonstration."""
    session = session_of(request)
    caller = await caller_at(house, session)
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    assert isinstance(claim, Claim)
    check_form(house, session, form_token)
    if not house.origin.simulated:
        raise NotFound("sample papers are brought in a demonstration only")
    definition, world = await with_world(house, claim)
    view = await papers_view(definition, claim, world, house.keyring)
    response = RedirectResponse(f"/claims/{claim.id}", 303, HEADERS)
    for paper in view.required:
        if paper.code not in view.missing:
            continue
        upload = _sample(claim, paper.code, paper.name_id)
        key = hashlib.sha256(upload.content).hexdigest()
        asking = Asked.of_form(caller, key, request.url.path, *upload.parts)
        try:
            answer = await add_paper(house, claim, AddDocument, upload, asking, paper.code, {})
        except Refusal as refusal:
            return refused(request, refusal, back=f"/claims/{claim.id}")
        note_act(response, answer.position)
    return response


def _sample(claim: Claim, code: str, name: str) -> Upload:
    """Return a paper that says what it is, and that it is made up; another one for every version of a case."""
    text = f"CONTOH (sintetis)\n{name}\n{code} {claim.id} {claim.version}\n"
    return Upload(text.encode(), "text/plain", {})

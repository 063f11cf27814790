"""What is the same for every kind of case: load and look, take a step, add a paper, read the history."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid5

from fastapi import Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import shapes
from api.http.answers import (
    history,
    history_item,
    json_answer,
    papers_view,
    position_for,
    step_answer,
    steps_view,
    texts_of,
)
from api.http.callers import Asked, asked, body_of
from api.http.uploads import Upload, read_upload
from domain.case import Case
from domain.command import Command
from domain.handling.aggregate import Handling
from domain.handling.events import handling_of
from domain.refusal import Invalid, NotFound, OutsideArea, Refusal
from domain.world import World
from projections.page import cursor_of, read_cursor, within_limit
from workflows.answer import Answer
from workflows.attempts import Attempt
from workflows.catalogue import STEP_COMMANDS
from workflows.chairs import Caller
from workflows.desk import refuse_outside_view
from workflows.forms import form_of, make, read_form
from workflows.lifecycle import Definition
from workflows.worlds import world_of

K = TypeVar("K", bound=Case)


async def look_at(
    house: House, kind: type[Case], case_id: UUID, caller: Caller, *, up_to: int | None = None
) -> Case:
    """Return a case the caller may see. Refused (`not_found`, `outside_area`)."""
    return _seen(await house.office.cases.get(case_id, up_to=up_to), kind, case_id, caller)


def _seen(case: Case | None, kind: type[K], case_id: UUID, caller: Caller) -> K:
    if not isinstance(case, kind):
        raise NotFound("there is no case with this id", id=str(case_id))
    refuse_outside_view(case, caller)
    return case


@dataclass(frozen=True, slots=True)
class Sight(Generic[K]):
    """A case with what stands around it. held_by: on whose desk it lies: on nobody's once it is at its end."""

    case: K
    definition: Definition
    world: World
    held_by: str | None


async def look_around(
    house: House, kind: type[K], case_id: UUID, caller: Caller, *, up_to: int | None = None
) -> Sight[K]:
    """Return a case the caller may see, with what stands around it. Refused like `look_at`."""
    desk = handling_of(case_id)
    found = await house.office.cases.around(case_id, kind, desk, up_to=up_to)
    case = _seen(found.get(case_id), kind, case_id, caller)
    definition, handling = definition_of(house, case), found.get(desk)
    holder = handling.held_by if isinstance(handling, Handling) else None
    is_over = definition.statuses[case.status].final
    return Sight(case, definition, world_of(case, found), None if is_over else holder)


async def look_to_act(house: House, kind: type[Case], case_id: UUID, asking: Asked, step: str) -> Case:
    """Return a case to act on; an attempt from outside the area is put on record."""
    try:
        return await look_at(house, kind, case_id, asking.caller)
    except OutsideArea as refusal:
        attempt = Attempt(
            case_id=case_id,
            step=step,
            actor=asking.caller.name,
            roles=asking.caller.roles,
            at=asking.at,
            command_id=asking.command_id,
        )
        await house.office.record_attempt(attempt, refusal)
        raise


async def let_in(house: House, kind: type[Case], case_id: UUID, asking: Asked, step: str) -> Definition:
    """Return the definition by which somebody acts on a case who may see it. Refused as `look_to_act` is.

    The office judges by the log whatever is asked. So a case as it is remembered is enough to let somebody
    in, and nobody is kept out but by what the log has now.
    """
    remembered = (await house.office.cases.recall([case_id], {case_id: kind}))[case_id].case
    if isinstance(remembered, kind):
        with suppress(Refusal):
            refuse_outside_view(remembered, asking.caller)
            return definition_of(house, remembered)
    return definition_of(house, await look_to_act(house, kind, case_id, asking, step))


def definition_of(house: House, case: Case) -> Definition:
    definition = house.office.definition_of(case)
    assert definition is not None, "a case of this kind is pinned to a definition"
    return definition


async def with_world(house: House, case: Case, *, up_to: int | None = None) -> tuple[Definition, World]:
    return definition_of(house, case), await house.office.world_of(case, up_to=up_to)


async def take_step(
    request: Request, house: House, caller: Caller, kind: type[Case], case_id: UUID, step: str
) -> Response:
    """Take one step of a case's lifecycle, by the form of its command."""
    asking = asked(request, caller)
    definition = await let_in(house, kind, case_id, asking, step)
    definition.step(step)
    command = STEP_COMMANDS.get((definition.aggregate, step))
    if command is None:
        raise NotFound(f"step {step} is not taken here", step=step)
    body = await body_of(request)
    fields = read_form(form_of(command), body)
    header = asking.bringing(body).header(fields)
    return step_answer(await house.office.do(make(command, fields, case_id=case_id, **header)))


async def add_document(
    request: Request, house: House, caller: Caller, kind: type[Case], case_id: UUID, command: type[Command]
) -> Response:
    """Keep an uploaded paper, sealed under the key of the person the case is about, and record its hash."""
    asking = asked(request, caller)
    case = await look_to_act(house, kind, case_id, asking, "add_document")
    upload = await read_upload(request)
    fields = upload.form({"code"})
    asking = asked(request, caller, *upload.parts)
    answer = await add_paper(house, case, command, upload, asking, upload.text("code"), fields)
    return step_answer(answer, 201)


async def add_paper(
    house: House,
    case: Case,
    command: type[Command],
    upload: Upload,
    asking: Asked,
    code: str,
    fields: dict[str, Any],
) -> Answer:
    """Keep the bytes of a paper and record it. Nothing is kept for somebody who may not add it."""
    _refuse_unknown_paper(house, case, code)
    add = command(  # type: ignore[call-arg]  # every AddDocument has these
        case_id=case.id,
        code=code,
        sha256=hashlib.sha256(upload.content).hexdigest(),
        media_type=upload.media_type,
        size=len(upload.content),
        **asking.header(fields),
    )
    await house.office.rehearse(add)
    await house.documents.put(upload.content, case.subject_id)
    answer = await house.office.do(add)
    answer.data.update({"code": code, "sha256": hashlib.sha256(upload.content).hexdigest()})
    return answer


def _refuse_unknown_paper(house: House, case: Case, code: str) -> None:
    definition = house.office.definition_of(case)
    known = (
        definition.documents
        if definition
        else house.library.latest("enrollment", case.created_on.date()).documents
    )
    if code not in known:
        raise Invalid(
            f"code: there is no such paper in this lifecycle; known are {', '.join(sorted(known))}",
            field="code",
            known=sorted(known),
        )


async def documents(house: House, kind: type[Case], case_id: UUID, caller: Caller) -> Response:
    seen = await look_around(house, kind, case_id, caller)
    view = await papers_view(seen.definition, seen.case, seen.world, house.keyring)
    return json_answer(view, headers={"ETag": f'"{seen.case.version}"'})


async def steps(house: House, kind: type[Case], case_id: UUID, caller: Caller) -> Response:
    seen = await look_around(house, kind, case_id, caller)
    view = steps_view(seen.definition, seen.case, caller, seen.world)
    return json_answer(view, headers={"ETag": f'"{seen.case.version}"'})


async def history_page(
    house: House, case_id: UUID, caller: Caller, *, as_of: str | None, cursor: str | None, limit: int
) -> Response:
    """Return the events of a case, oldest first, with the refused attempts on it between them."""
    within_limit(limit)
    up_to = await position_for(house.store, as_of)
    entries = await history(house.office.cases, case_id, caller, up_to=up_to)
    after = read_cursor("history", cursor, int) or 0
    rest = [entry for entry in entries if entry[0].position > after]
    shown = rest[:limit]
    texts = await texts_of(house.keyring, shown)
    following = cursor_of("history", shown[-1][0].position) if len(rest) > limit else None
    page = shapes.HistoryPage(
        items=[
            history_item(record, fact, case_id, caller, texts.get(record.position, {}))
            for record, fact in shown
        ],
        next=following,
        position=entries[-1][0].position,
    )
    return json_answer(page)


def created_id(asking: Asked, kind: str) -> UUID:
    """Return the id of the thing a request creates; a repeat with the same key means the same thing."""
    return uuid5(asking.command_id, kind)

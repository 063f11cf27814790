"""A step asked for the members of a list: its form with the rows it means, who may ask, and what came of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from api.bootstrap import House
from api.http import sponsor_shapes
from api.http.callers import Asked
from api.http.problems import in_indonesian
from domain.refusal import NotFound, NotYourRole
from domain.roster.aggregate import MemberStep, Roster
from domain.roster.commands import RequestStep
from workflows.answer import Answer
from workflows.catalogue import STEP_COMMANDS
from workflows.chairs import Caller
from workflows.desk import refuse_wrong_role
from workflows.forms import form_of, read_form, written_form
from workflows.lifecycle import Definition
from workflows.step_rules import StepRule


def definition_for(house: House, roster: Roster) -> Definition:
    """Return the lifecycle of the members of a list."""
    return house.library.latest("enrollment", roster.received.effective_on)


def rule_for(house: House, roster: Roster, step: str) -> StepRule:
    """Return the rule of a step. Refused (`not_found`) where it is none, or none that is taken with a list."""
    rule = definition_for(house, roster).step(step)
    command = STEP_COMMANDS.get(("enrollment", step))
    if command is None or rule.system_only or command.found_out:
        raise NotFound(f"step {step} is not taken with a list", step=step)
    return rule


def read_bulk_form(step: str, body: bytes) -> dict[str, Any]:
    """Return what a body asks: the fields of the step, and the rows it is meant for. Refused (`invalid`)."""
    return read_form(_bulk_form(step), body)


async def ask_for_step(
    house: House, caller: Caller, roster: Roster, rule: StepRule, fields: Mapping[str, Any], asking: Asked
) -> Answer:
    """Record that somebody asks for a step; the members take it in the background. Refused by role at once."""
    form = dict(fields)
    header = asking.header(form)
    rows, except_rows = form.pop("rows"), form.pop("except_rows")
    request = RequestStep(
        case_id=roster.id,
        member_step=rule.name,
        form=written_form(form),
        rows=rows,
        except_rows=except_rows,
        **header,
    )
    try:
        refuse_wrong_role(rule, caller)
    except NotYourRole as refusal:
        return await house.office.refuse(request, refusal)
    return await house.office.do(request)


def step_view(request_id: UUID, step: MemberStep) -> sponsor_shapes.RosterStep:
    return sponsor_shapes.RosterStep(
        request_id=request_id,
        step=step.request.member_step,
        state="done" if step.finished else "running",
        done=step.done,
        refused=[
            sponsor_shapes.RowOutcome(
                row=one.row, code=one.code, message=one.message, message_id=in_indonesian(one.code, {})
            )
            for one in step.refused
        ],
    )


def _bulk_form(step: str) -> type[msgspec.Struct]:
    """Return the form of a member's step, with the rows it is meant for."""
    own = form_of(STEP_COMMANDS["enrollment", step], every=False)
    fields: list[Any] = [
        (field.name, field.type)
        if field.default is msgspec.NODEFAULT
        else (field.name, field.type, field.default)
        for field in msgspec.structs.fields(own)
    ]
    fields += [
        ("rows", tuple[int, ...] | None, None),
        ("except_rows", tuple[int, ...], ()),
        ("effective_on", date | None, None),
        ("note", str | None, None),
    ]
    return msgspec.defstruct(step, fields, kw_only=True, frozen=True, forbid_unknown_fields=True)

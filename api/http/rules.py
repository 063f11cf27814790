"""The law, as anybody with a token may read it, and what it would give: a quote saves nothing."""

from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.http import quotes
from api.http.answers import json_answer, listed
from api.http.callers import TheCaller, TheHouse, body_of
from api.http.cases import look_at, with_world
from api.http.reference import ALWAYS, described
from api.law import RuleView, rule_named, rules_on
from domain.benefit.rules import RULES
from domain.enrollment.aggregate import Enrollment
from domain.programme.aggregate import Programme
from domain.refusal import Invalid
from workflows.forms import read_body

router = APIRouter(prefix="/v1", tags=["rules"])


class RulePage(msgspec.Struct, kw_only=True):
    """Rules by kind. rule_set: the version that determinations name."""

    items: list[RuleView]
    next: None
    position: int
    rule_set: str


@router.get("/rules", **described(answer=RulePage, refusals=(*ALWAYS, "invalid")))
async def list_rules(
    house: TheHouse,
    caller: TheCaller,
    on: Annotated[str | None, Query(description="Rules in force on this day; without it every rule")] = None,
) -> Response:
    """Return the rules of the law, each with its dates, its article and how sure it is."""
    page = listed(rules_on(_day(on) if on else None), await house.store.last_position())
    return json_answer(page | {"rule_set": RULES.version})


@router.get("/rules/{rule_id}", **described(answer=RuleView))
async def get_rule(rule_id: str, caller: TheCaller) -> Response:
    """Return one rule, or one row of the table of disabilities, by the id that an amount sheet names."""
    return json_answer(rule_named(rule_id))


@router.post(
    "/benefits/quote",
    **described(
        body=quotes.Quote,
        answer=dict[str, Any],
        example=quotes.EXAMPLE,
        refusals=(*ALWAYS, "invalid", "not_found", "outside_area", "too_large", "unsupported_media"),
    ),
)
async def quote(request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Return what the law gives for facts that somebody states. Nothing is saved, nobody is bound.

    The facts have the names of the worked cases; the answer has each line with its articles and its working. With
    `enrollment_id` the cover comes from the log, and `position` says up to which event it is true.
    """
    asked: quotes.Quote = read_body(quotes.Quote, await body_of(request))  # type: ignore[arg-type]  # a union
    enrollment_id = asked.enrollment_id if isinstance(asked, quotes.OfMember) else None
    if enrollment_id is None:
        return json_answer(quotes.quoted(asked))
    position = await house.store.last_position()
    enrollment = await look_at(house, Enrollment, enrollment_id, caller, up_to=position)
    assert isinstance(enrollment, Enrollment)
    _, world = await with_world(house, enrollment, up_to=position)
    member = quotes.Member(enrollment, world.the("programme", Programme))
    return json_answer(quotes.quoted(asked, member) | {"enrollment_id": enrollment_id, "position": position})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("on is a day, such as 2024-05-20", field="on") from None

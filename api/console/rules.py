"""The law as a person reads it: each rule with its dates, its article, how sure it is, and what came before it."""

from datetime import date
from itertools import groupby
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.console.pages import ConsoleRoute, page
from api.console.sentences import say_or
from api.console.session import language_of, session_of
from api.http.callers import TheHouse, now
from api.http.quotes import YEARS
from api.law import RuleView, followed_by, is_stale, rule_named, rules_on
from domain.benefit.rules import RULES
from domain.dated import Value
from domain.refusal import Invalid
from domain.rupiah import Language, written_number, written_rupiah
from workflows.days import legal_day

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
RUPIAH: Final = "rupiah"  # how the names of figures begin that are money
PLAIN: Final = frozenset({"steps", "day_of_month"})  # figures without a unit that people would group by dots


@router.get("/rules")
async def show_rules(
    request: Request, house: TheHouse, on: Annotated[str, Query(max_length=10)] = ""
) -> HTMLResponse:
    """Show the rules in force on a day, by benefit; today without one."""
    session_of(request)
    today = legal_day(now())
    try:
        day = _day(on) if on else today
    except Invalid as error:
        return page(
            request,
            "rules.html",
            answered=422,
            here="rules",
            day=today,
            asked=on,
            groups=[],
            error=error,
            count=0,
            years=YEARS,
        )
    found = rules_on(day)
    groups = [
        (area, list(rules)) for area, rules in groupby(found, key=lambda rule: rule.kind.partition(".")[0])
    ]
    stale = {rule.id for rule in found if is_stale(rule.confirmed_on, today)}
    return page(
        request,
        "rules.html",
        here="rules",
        day=day,
        asked=day.isoformat(),
        groups=[
            (area, [(rule, figures(rule, language_of(request))) for rule in rules]) for area, rules in groups
        ],
        stale=stale,
        error=None,
        count=len(found),
        version=RULES.version,
    )


@router.get("/rules/{rule_id}")
async def show_rule(request: Request, house: TheHouse, rule_id: str) -> HTMLResponse:
    """Show one rule, or one row of the table of disabilities. Refused (`not_found`) for an unknown id."""
    session_of(request)
    rule = rule_named(rule_id)
    before, after = followed_by(rule_id)
    today = legal_day(now())
    return page(
        request,
        "rule.html",
        here="rules",
        rule=rule,
        figures=figures(rule, language_of(request)),
        before=before,
        after=after,
        holds=rule.effective_from is not None
        and rule.effective_from <= today
        and (rule.effective_to is None or today <= rule.effective_to),
        stale=is_stale(rule.confirmed_on, today),
        version=RULES.version,
    )


def figures(rule: RuleView, language: Language) -> list[tuple[str, str]]:
    """Return the parameters of a rule with their names in words."""
    return [
        (say_or(f"parameter.{name}", language, name), _written(name, value, language))
        for name, value in rule.values.items()
    ]


def _written(name: str, value: Value, language: Language) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, int):
        return written_rupiah(value, language) if name.startswith(RUPIAH) else written_number(value, language)
    return value


def _day(text: str) -> date:
    """Return the day that was asked for. Refused (`invalid`) for what is none, or beyond every rule."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("on is a day, such as 2024-05-20", field="on") from None
    if day.year not in YEARS:
        raise Invalid(f"on is a day from {YEARS[0]} to {YEARS[-1]}", field="on")
    return day

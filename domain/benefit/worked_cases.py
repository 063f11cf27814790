"""Worked cases: facts with the answer worked out by hand, and what the engine says to the same facts.

The format is JSON after dropping lines that begin with `#` (dossier chapter 11). `answer` gives plain
values under the names of the format; a case passes if every field of its `expected` equals the answer's.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from domain.benefit.contribution import contribution
from domain.benefit.deadlines import late_payment, payment_due
from domain.benefit.death import DeathFacts, determine_death
from domain.benefit.determination import Line
from domain.benefit.heirs import NO_HEIR
from domain.benefit.rules import RULES, RuleSet, grace_months
from domain.coverage import coverage_on
from domain.eligibility import Candidate, reason_to_reject
from domain.period import Month
from domain.working_days import WorkingDays

SPONSORED_WAGE_BASE: Final = 1_000_000  # the lowest band; cases of death name no wage base

Facts = Mapping[str, Any]  # Any: JSON values of many shapes
Answer = dict[str, Any]


def read_cases(text: str) -> list[dict[str, Any]]:
    """Return the cases of a file."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    cases: list[dict[str, Any]] = json.loads("\n".join(lines), parse_float=str)["cases"]
    return cases


def answer(case: Facts, rules: RuleSet = RULES) -> Answer:
    """Return what the engine says to the facts of one case; a KeyError for a kind it cannot answer."""
    return _ANSWERS[case["kind"]](case["facts"], rules)


def first_difference(case: Facts, rules: RuleSet = RULES) -> str | None:
    """Return the first expected field that the engine answers otherwise, or nothing if the case passes."""
    said = answer(case, rules)
    for name, expected in case["expected"].items():
        if said.get(name) != expected:
            return f"{case['id']} {name}: expected {expected}, the engine says {said.get(name)}"
    return None


def _contribution(facts: Facts, rules: RuleSet) -> Answer:
    due = contribution(
        months=map(Month.parse, facts["months"]),
        segment=facts["segment"],
        wage_base=facts.get("wage_base"),
        income=facts.get("income"),
        heads=facts.get("workers", 1),
        rules=rules,
    )
    return {"wage_base": due.wage_base, "lines": _plain(due.lines), "total": due.total}


def _death(facts: Facts, rules: RuleSet) -> Answer:
    start = _day(facts["membership_start"])
    decided = determine_death(
        DeathFacts(
            date_of_death=date.fromisoformat(facts["date_of_death"]),
            membership_start=start,
            paid_months=_paid_months(start, facts.get("paid_through")),
            segment=facts["segment"],
            wage_base=facts.get("wage_base", SPONSORED_WAGE_BASE),
            paid_months_total=facts["paid_months_total"],
            children=facts.get("children", 0),
            heir_tier=facts.get("heir_tier", "SPOUSE_CHILD"),
            death_by_work_accident=facts.get("death_by_work_accident", False),
            claim_date=_day(facts.get("claim_date")),
        ),
        rules,
    )
    said: Answer = {
        "outcome": decided.outcome,
        "lines": _plain(decided.lines),
        "total": decided.total,
        "scholarship_right": decided.scholarship_right,
        "arrears": decided.arrears,
    }
    if decided.inputs["heir_tier"] == NO_HEIR:
        said["payees"] = {share.code: share.payee for share in decided.payees}
    return said


def _deadline(facts: Facts, rules: RuleSet) -> Answer:
    benefit = {"JKM_PAY": "jkm"}[facts["type"]]
    start = date.fromisoformat(facts["start"])
    holidays = [date.fromisoformat(day) for day in facts["holidays"]]
    years = [day.year for day in (start, *holidays)]
    calendar = WorkingDays.of(holidays, first_year=min(years), last_year=max(years) + 1)
    due = payment_due(start, benefit=benefit, calendar=calendar, rules=rules).due_on
    assert due is not None, "a term of some working days ends within the next year"
    said: Answer = {"due": due.isoformat()}
    if "paid_on" in facts:
        paid = late_payment(
            facts["nominal"],
            due_on=due,
            paid_on=date.fromisoformat(facts["paid_on"]),
            benefit=benefit,
            rules=rules,
        )
        said |= {"days_late": paid.days_late, "lines": _plain([paid.line]), "total": paid.line.amount}
    return said


def _membership(facts: Facts, rules: RuleSet) -> Answer:
    registered_on = date.fromisoformat(facts["registration_date"])
    candidate = Candidate(
        birth_date=date.fromisoformat(facts["birth_date"]),
        registered_on=registered_on,
        formal_worker=facts.get("active_as_wage_earner", False),
        duplicate=facts.get("nik_already_active_bpu", False),
        working=facts.get("working", True),
    )
    day = date.fromisoformat(facts["on"])
    coverage = coverage_on(
        day,
        membership_start=registered_on,
        paid_months=_paid_months(registered_on, facts.get("paid_through")),
        grace_months=grace_months(day, rules),
    )
    return {"status": reason_to_reject(candidate, rules) or coverage.status}


_ANSWERS: Final[dict[str, Callable[[Facts, RuleSet], Answer]]] = {
    "contribution": _contribution,
    "jkm": _death,
    "deadline": _deadline,
    "membership": _membership,
}


def _paid_months(start: date | None, paid_through: str | None) -> frozenset[Month]:
    """Return every month from the start to the last one paid: the cases know no gaps."""
    if start is None or paid_through is None:
        return frozenset()
    return frozenset(Month.of(start).through(Month.parse(paid_through)))


def _plain(lines: Iterable[Line]) -> list[Answer]:
    return [{"code": line.code, "amount": line.amount, "basis": line.basis} for line in lines]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

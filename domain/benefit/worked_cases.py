"""Worked cases: facts with the answer worked out by hand, and what the engine says to the same facts.

The format is that of dossier chapter 11. `answer` gives plain values under the names of the format; a case
passes if every field of its `expected` equals the answer's. What a case leaves out has the plainest value:
sponsored, lowest band, one worker, no child, asked on the first day.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import zip_longest
from typing import Any, Final

from domain.benefit.accident import determine_accident, disability_share, filing_limit
from domain.benefit.accident_facts import AccidentFacts, Aid
from domain.benefit.case_file import Facts, stated
from domain.benefit.contribution import contribution
from domain.benefit.deadlines import JKK, JKM, conclusion_due, late_payment, payment_due, report_due
from domain.benefit.death import DeathFacts, determine_death
from domain.benefit.determination import Determination, Line
from domain.benefit.disability import Disability
from domain.benefit.rules import RULES, RuleSet, grace_months
from domain.benefit.scholarship import Place, Pupil, SchoolYear, projection, scholarships
from domain.coverage import coverage_on
from domain.eligibility import Candidate, reason_to_reject
from domain.legal_day import WIB
from domain.period import Month
from domain.working_days import WorkingDays, days_late

SPONSORED: Final = "BPU_APBD"
SPONSORED_WAGE_BASE: Final = 1_000_000  # the lowest band; cases of death name no wage base
PROJECTED_ON: Final = date(
    2019, 12, 2
)  # cases of projections name no day: the first with yearly scholarships

NOTHING: Final = object()  # where one side has a field and the other has none

Answer = dict[str, Any]  # Any: JSON values of many shapes
NO_PENALTY: Final[Answer] = {"lines": [], "total": 0}  # of terms that cost nothing, or not yet


def answer(case: Facts, rules: RuleSet = RULES) -> Answer:
    """Return what the engine says to the facts of one case.

    A ValueError says what does not read, a refusal what the rules do not know.
    """
    kind, facts = case["kind"], case["facts"]
    if not isinstance(kind, str) or kind not in _ANSWERS:
        raise ValueError(f"there is no kind {kind}; known are {', '.join(_ANSWERS)}")
    if not isinstance(facts, Mapping):
        raise ValueError("`facts` is an object")  # noqa: TRY004  # of the text
    return _ANSWERS[kind](stated(facts), rules)


def first_difference(case: Facts, rules: RuleSet = RULES) -> str | None:
    """Return the first expected field that the engine answers otherwise, or nothing if the case passes.

    Lists and objects are compared part by part and the first part that differs is named: `lines[1].amount`.
    """
    expected = case["expected"]
    if not isinstance(expected, Mapping) or not expected:
        raise ValueError("`expected` is an object with at least one field")
    said = answer(case, rules)
    for name in expected:
        found = _difference(name, expected[name], said.get(name, NOTHING))
        if found is not None:
            where, wanted, got = found
            return f"{case['id']} {where}: expected {_shown(wanted)}, the engine says {_shown(got)}"
    return None


def _difference(where: str, expected: Any, said: Any) -> tuple[str, Any, Any] | None:  # Any: JSON values
    """Return the first part that differs, with its place, what was expected and what was said."""
    if isinstance(expected, Mapping) and isinstance(said, Mapping):
        parts = [(f"{where}.{name}", name) for name in dict.fromkeys([*expected, *said])]
        pairs = [(path, expected.get(name, NOTHING), said.get(name, NOTHING)) for path, name in parts]
    elif isinstance(expected, list) and isinstance(said, list):
        pairs = [
            (f"{where}[{n}]", wanted, got)
            for n, (wanted, got) in enumerate(zip_longest(expected, said, fillvalue=NOTHING))
        ]
    else:
        same = expected == said and isinstance(expected, bool) == isinstance(said, bool)
        return None if same else (where, expected, said)
    return next((found for pair in pairs if (found := _difference(*pair)) is not None), None)


def _shown(value: Any) -> str:  # Any: what a case may hold
    """Return a value as people read it: 35 percent, not 35/1; a missing one as `nothing`."""
    if value is NOTHING:
        return "nothing"
    if isinstance(value, Fraction | Decimal):
        return str(Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value)
    return json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else value


def _contribution(facts: Facts, rules: RuleSet) -> Answer:
    due = contribution(
        months=map(_month, facts["months"]),
        segment=facts.get("segment", SPONSORED),
        wage_base=facts.get("wage_base"),
        income=facts.get("income"),
        heads=facts.get("workers", 1),
        rules=rules,
    )
    return {"wage_base": due.wage_base, "lines": _plain(due.lines), "total": due.total}


def death_facts(facts: Facts) -> DeathFacts:
    """Return the facts of a case of kind `jkm`."""
    start = _day(facts.get("membership_start"))
    return DeathFacts(
        date_of_death=_day_of(facts["date_of_death"]),
        membership_start=start,
        paid_months=_paid_months(start, facts.get("paid_through")),
        segment=facts.get("segment", SPONSORED),
        wage_base=facts.get("wage_base", SPONSORED_WAGE_BASE),
        paid_months_total=facts.get("paid_months_total", 0),
        **told_of_death(facts),
    )


def told_of_death(facts: Facts) -> dict[str, Any]:
    """Return what only people can tell of a death, as `DeathFacts` names it; the rest is the member's cover."""
    return {
        "children": facts.get("children", 0),
        "heir_tier": facts.get("heir_tier", "SPOUSE_CHILD"),
        "death_by_work_accident": facts.get("death_by_work_accident", False),
        "claim_date": _day(facts.get("claim_date")),
    }


def accident_facts(facts: Facts) -> AccidentFacts:
    """Return the facts of a case of kind `jkk`."""
    start = _day(facts.get("membership_start"))
    return AccidentFacts(
        accident_on=_day_of(facts["accident_date"]),
        membership_start=start,
        paid_months=_paid_months(start, facts.get("paid_through")),
        segment=facts.get("segment", SPONSORED),
        wage_base=facts.get("wage_base", SPONSORED_WAGE_BASE),
        **told_of_accident(facts),
    )


def told_of_accident(facts: Facts) -> dict[str, Any]:
    """Return what only people can tell of an accident, as `AccidentFacts` names it."""
    return {
        "result": facts["result"],
        "stmb_days": facts.get("stmb_days", 0),
        "transport": facts.get("transport", {}),
        "aids": tuple(_aid(code, paid) for code, paid in facts.get("aids", {}).items()),
        "disabilities": tuple(map(_disability, facts.get("disabilities", ()))),
        "left_handed": facts.get("left_handed", False),
        "children": facts.get("children", 0),
        "heir_tier": facts.get("heir_tier", "SPOUSE_CHILD"),
        "claim_date": _day(facts.get("claim_date")),
    }


def pupils(facts: Facts) -> list[Pupil]:
    """Return the children of a case of kind `scholarship`, in the order of selection."""
    return [_pupil(child) for child in _children(facts)]


def _death(facts: Facts, rules: RuleSet) -> Answer:
    return _said(determine_death(death_facts(facts), rules))


def _accident(facts: Facts, rules: RuleSet) -> Answer:
    accident = accident_facts(facts)
    decided = determine_accident(accident, rules)
    said = _said(decided)
    if decided.is_rejection:
        return said
    if accident.result == "PARTIAL":
        said["percent"] = 100 * disability_share(accident, rules)
    elif accident.result == "TOTAL":
        said["percent"] = 100 * rules.in_force("jkk.total_disability", accident.accident_on).share("share")
    return said


def _said(decided: Determination) -> Answer:
    return {
        "outcome": decided.outcome,
        "lines": _plain(decided.lines),
        "total": decided.total,
        "scholarship_right": decided.scholarship_right,
        "arrears": decided.arrears,
        "payees": {share.code: share.payee for share in decided.payees},
    }


def _aid(code: str, paid: Any) -> Aid:  # Any: rupiah, or for a prosthesis its two prices
    if isinstance(paid, Mapping):
        return Aid(code=code, actual=paid["actual"], hospital_price=paid.get("hospital_price"))
    return Aid(code=code, actual=paid)


def _disability(row: Facts) -> Disability:
    return Disability(
        code=row["code"],
        side=row.get("side"),
        count=row.get("count", 1),
        function_loss=_share(row.get("function_loss_pct")),
        assessed=_share(row.get("assessed_pct")),
    )


def _share(percent: int | Decimal | None) -> Fraction | None:
    return None if percent is None else Fraction(percent) / 100


def _scholarship(facts: Facts, rules: RuleSet) -> Answer:
    found = scholarships(
        event_on=_day_of(facts["event_date"]),
        cause=facts["cause"],
        paid_months_total=facts.get("paid_months_total", 0),
        pupils=pupils(facts),
        rules=rules,
    )
    return {"lines": _plain(found.lines), "total": found.total, "reasons": dict(found.reasons)}


def _children(facts: Facts) -> list[Facts]:
    children = facts["children"]
    if not isinstance(children, list):
        raise ValueError(f"`children` is a list of objects, not {children!r}")  # noqa: TRY004  # of the text
    return children


def _pupil(child: Facts) -> Pupil:
    return Pupil(
        id=child["id"],
        birth_date=_day_of(child["birth_date"]),
        married_on=_day(child.get("married_on")),
        used=child.get("used") or {},
        years=tuple(
            SchoolYear(
                claim_date=_day_of(year["claim_date"]),
                level=year["level"],
                work=year.get("work") or None,
            )
            for year in child.get("years", ())
        ),
    )


def _projection(facts: Facts, rules: RuleSet) -> Answer:
    places = [Place(id=one["id"], level=one["level"], year=one.get("year", 1)) for one in _children(facts)]
    lines = projection(places, PROJECTED_ON, rules)
    return {"lines": _plain(lines), "total": sum(line.amount for line in lines)}


def _deadline(facts: Facts, rules: RuleSet) -> Answer:
    kind = facts["type"]
    if kind not in _DEADLINES:
        raise ValueError(f"there is no type {kind}; known are {', '.join(_DEADLINES)}")
    return _DEADLINES[kind](facts, rules)


def _stage_report(facts: Facts, rules: RuleSet) -> Answer:
    """Return the last minute, written as finely as the start; an hour without a zone is one of Jakarta."""
    start = datetime.fromisoformat(facts["start"])
    due_at = report_due(start, rules)
    finely = "auto" if start.second or start.microsecond else "minutes"
    said: Answer = {"due": due_at.isoformat(timespec=finely)}
    if "reported_at" in facts:
        said["on_time"] = _in_jakarta(datetime.fromisoformat(facts["reported_at"])) <= _in_jakarta(due_at)
    return said | NO_PENALTY


def _conclusion(facts: Facts, rules: RuleSet) -> Answer:
    return _by_day(conclusion_due(_day_of(facts["start"]), rules), facts)


def _claim_expiry(facts: Facts, rules: RuleSet) -> Answer:
    return _by_day(filing_limit(_day_of(facts["start"]), rules), facts)


def _by_day(due: date, facts: Facts) -> Answer:
    """Return the last day of a term without penalty, and whether the day that was told is in time."""
    said: Answer = {"due": due.isoformat()}
    done = next((facts[name] for name in ("claim_date", "reported_at", "paid_on") if name in facts), None)
    if done is not None:
        late = days_late(due, _day_of(done))
        said |= {"days_late": late, "on_time": late == 0}
    return said | NO_PENALTY


def _in_jakarta(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=WIB)


def _payment(facts: Facts, rules: RuleSet, *, benefit: str) -> Answer:
    """Return the due day by the holidays of the case, and what a payment after it costs."""
    start = _day_of(facts["start"])
    holidays = [_day_of(day) for day in facts.get("holidays", ())]
    years = [day.year for day in (start, *holidays)]
    calendar = WorkingDays.of(holidays, first_year=min(years), last_year=max(years) + 1)
    due = payment_due(start, benefit=benefit, calendar=calendar, rules=rules).due_on
    if due is None:
        raise ValueError("the holidays leave no working days in which the term could end")
    if "paid_on" not in facts:
        return {"due": due.isoformat(), **NO_PENALTY}
    nominal, paid_on = facts.get("nominal", 0), _day_of(facts["paid_on"])
    paid = late_payment(nominal, due_on=due, paid_on=paid_on, benefit=benefit, rules=rules)
    return {
        "due": due.isoformat(),
        "days_late": paid.days_late,
        "on_time": paid.days_late == 0,
        "lines": _plain([paid.line]),
        "total": paid.line.amount,
    }


_DEADLINES: Final[dict[str, Callable[[Facts, RuleSet], Answer]]] = {
    "JKM_PAY": partial(_payment, benefit=JKM),
    "JKK_PAY": partial(_payment, benefit=JKK),
    "STAGE_REPORT": _stage_report,
    "CONCLUDE_ACCIDENT": _conclusion,
    "CLAIM_EXPIRY": _claim_expiry,
}


def _membership(facts: Facts, rules: RuleSet) -> Answer:
    registered_on = _day_of(facts["registration_date"])
    candidate = Candidate(
        birth_date=_day_of(facts["birth_date"]),
        registered_on=registered_on,
        formal_worker=facts.get("active_as_wage_earner", False),
        duplicate=facts.get("nik_already_active_bpu", False),
        working=facts.get("working", True),
        deceased=facts.get("deceased", False),
        occupation_listed=facts.get("occupation_listed", True),
        resident=facts.get("resident", True),
        quota_left=facts.get("quota_left", True),
    )
    day = _day_of(facts["on"]) if "on" in facts else registered_on
    coverage = coverage_on(
        day,
        membership_start=registered_on,
        paid_months=_paid_months(registered_on, facts.get("paid_through")),
        grace_months=grace_months(max(day, registered_on), rules),
    )
    return {"status": reason_to_reject(candidate, rules) or coverage.status}


_ANSWERS: Final[dict[str, Callable[[Facts, RuleSet], Answer]]] = {
    "contribution": _contribution,
    "jkm": _death,
    "jkk": _accident,
    "scholarship": _scholarship,
    "scholarship_projection": _projection,
    "deadline": _deadline,
    "membership": _membership,
}


def _paid_months(start: date | None, paid_through: str | None) -> frozenset[Month]:
    """Return every month from the start to the last one paid: the cases know no gaps."""
    if start is None or paid_through is None:
        return frozenset()
    return frozenset(Month.of(start).through(_month(paid_through)))


def _plain(lines: Iterable[Line]) -> list[Answer]:
    return [{"code": line.code, "amount": line.amount, "basis": line.basis} for line in lines]


def _month(text: str) -> Month:
    """Return the month of `2024-05`, or of a day in it."""
    return Month.parse(text[:7]) if _is_day(text) else Month.parse(text)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _day(text: str | None) -> date | None:
    return _day_of(text) if text else None


def _day_of(text: str) -> date:
    """Return the day of a day or of an instant: terms in days do not ask for the hour."""
    return datetime.fromisoformat(text).date()

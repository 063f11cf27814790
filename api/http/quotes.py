"""Quotes: the facts that are stated, strictly read, and what the calculators say to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from domain.benefit.accident import determine_accident, disability_share
from domain.benefit.accident_facts import AccidentFacts
from domain.benefit.commitments import by_year, expected
from domain.benefit.contribution import contribution
from domain.benefit.deadlines import JKK, JKM, late_payment
from domain.benefit.death import DeathFacts, determine_death
from domain.benefit.determination import told
from domain.benefit.rules import RULES
from domain.benefit.scholarship import Cause, Place, Work, projection, scholarships
from domain.benefit.worked_cases import (
    accident_facts,
    answer,
    death_facts,
    pupils,
    told_of_accident,
    told_of_death,
)
from domain.enrollment import member_facts
from domain.enrollment.aggregate import Enrollment
from domain.legal_day import legal_day
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.refusal import Invalid
from domain.rupiah import written_percent

Rupiah = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
MonthText = Annotated[str, msgspec.Meta(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", max_length=7)]
DayOrMinute = Annotated[
    str, msgspec.Meta(pattern=r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$", max_length=16)
]
Segment = Literal["BPU_APBD", "BPU_APBN", "BPU_SELF_TRANSPORT", "BPU_SELF_OTHER", "PU"]
Tier = Literal["SPOUSE_CHILD", "BLOOD_LINE", "SIBLING", "PARENT_IN_LAW", "TESTAMENT", "NONE"]
Level = Literal["TK", "SD", "SMP", "SMA", "PT"]
YEARS: Final = range(1900, 2100)
MOST: Final = 50  # children, years, disabilities of one quote


class Stated(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Facts of one kind."""


class CoverStated(Stated, kw_only=True, frozen=True):
    """The cover of somebody whom the log does not know: sponsored in the lowest band, unless stated otherwise."""

    membership_start: date | UnsetType | None = UNSET
    paid_through: MonthText | UnsetType | None = UNSET
    segment: Segment | UnsetType = UNSET
    wage_base: Rupiah | UnsetType = UNSET


class DeathStated(CoverStated, kw_only=True, frozen=True):
    """A death without work accident."""

    date_of_death: date
    paid_months_total: Count | UnsetType = UNSET
    children: Count = 0
    heir_tier: Tier = "SPOUSE_CHILD"
    death_by_work_accident: bool = False
    claim_date: date | None = None


class DisabilityStated(Stated, kw_only=True, frozen=True):
    """A row of the table of disabilities."""

    code: str
    side: Literal["right", "left"] | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    function_loss_pct: Decimal | None = None
    assessed_pct: Decimal | None = None


class ProsthesisStated(Stated, kw_only=True, frozen=True):
    hospital_price: Rupiah
    actual: Rupiah


class AccidentStated(CoverStated, kw_only=True, frozen=True):
    """A work accident or an occupational disease."""

    accident_date: date
    result: Literal["RECOVERED", "PARTIAL", "TOTAL", "DEATH"]
    stmb_days: Count = 0
    transport: dict[Literal["land", "river", "lake", "sea", "air"], Rupiah] = {}
    aids: dict[str, Rupiah | ProsthesisStated] = {}
    disabilities: Annotated[list[DisabilityStated], msgspec.Meta(max_length=MOST)] = []
    left_handed: bool = False
    children: Count = 0
    heir_tier: Tier = "SPOUSE_CHILD"
    claim_date: date | None = None


class YearStated(Stated, kw_only=True, frozen=True):
    claim_date: date
    level: Level
    work: Work | None = None


class ChildStated(Stated, kw_only=True, frozen=True):
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    birth_date: date
    married_on: date | None = None
    used: dict[Level, Count] = {}
    years: Annotated[list[YearStated], msgspec.Meta(max_length=MOST)] = []


class ScholarshipStated(Stated, kw_only=True, frozen=True):
    """Yearly claims of the children of one member, in the order of selection."""

    event_date: date
    cause: Cause
    paid_months_total: Count | UnsetType = UNSET
    children: Annotated[list[ChildStated], msgspec.Meta(max_length=MOST)]


class PlaceStated(Stated, kw_only=True, frozen=True):
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    level: Level
    year: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1


class ProjectionStated(Stated, kw_only=True, frozen=True):
    """Where the children of one member stand on a day; without one today."""

    children: Annotated[list[PlaceStated], msgspec.Meta(max_length=MOST)]
    on: date | None = None


class ContributionStated(Stated, kw_only=True, frozen=True):
    """Months to be paid for equal heads."""

    months: Annotated[list[MonthText], msgspec.Meta(min_length=1, max_length=120)]
    segment: Segment = "BPU_APBD"
    wage_base: Annotated[int, msgspec.Meta(ge=1, le=10**9)] | None = None
    income: Rupiah | None = None
    workers: Annotated[int, msgspec.Meta(ge=1, le=10**7)] = 1


class DeadlineStated(Stated, kw_only=True, frozen=True):
    """A term and where it begins; `paid_on`, `reported_at` or `claim_date` say when it was met, if it was.

    Without `holidays` only Saturdays and Sundays are free.
    """

    type: Literal["JKM_PAY", "JKK_PAY", "STAGE_REPORT", "CONCLUDE_ACCIDENT", "CLAIM_EXPIRY"]
    start: DayOrMinute
    holidays: Annotated[list[date], msgspec.Meta(max_length=400)] = []
    nominal: Rupiah = 0
    paid_on: date | None = None
    reported_at: DayOrMinute | None = None
    claim_date: date | None = None


class MembershipStated(Stated, kw_only=True, frozen=True):
    """Somebody who registers, and a day on which the cover is asked for; without one that of the registration."""

    birth_date: date
    registration_date: date
    active_as_wage_earner: bool = False
    nik_already_active_bpu: bool = False
    working: bool = True
    paid_through: MonthText | None = None
    on: date | None = None


class OfMember(Stated, kw_only=True, frozen=True):
    """With `enrollment_id` the log says the cover, the wage base and the months paid; the facts then leave them out."""

    enrollment_id: UUID | None = None


class DeathQuote(OfMember, kw_only=True, frozen=True, tag_field="kind", tag="jkm"):
    facts: DeathStated


class AccidentQuote(OfMember, kw_only=True, frozen=True, tag_field="kind", tag="jkk"):
    facts: AccidentStated


class ScholarshipQuote(OfMember, kw_only=True, frozen=True, tag_field="kind", tag="scholarship"):
    facts: ScholarshipStated


class ProjectionQuote(Stated, kw_only=True, frozen=True, tag_field="kind", tag="scholarship_projection"):
    facts: ProjectionStated


class ContributionQuote(Stated, kw_only=True, frozen=True, tag_field="kind", tag="contribution"):
    facts: ContributionStated


class DeadlineQuote(Stated, kw_only=True, frozen=True, tag_field="kind", tag="deadline"):
    facts: DeadlineStated


class MembershipQuote(Stated, kw_only=True, frozen=True, tag_field="kind", tag="membership"):
    facts: MembershipStated


Quote: TypeAlias = (
    DeathQuote
    | AccidentQuote
    | ScholarshipQuote
    | ProjectionQuote
    | ContributionQuote
    | DeadlineQuote
    | MembershipQuote
)

EXAMPLE: Final = {
    "kind": "jkk",
    "facts": {
        "accident_date": "2024-05-14",
        "membership_start": "2023-01-01",
        "paid_through": "2024-05",
        "result": "DEATH",
    },
}


@dataclass(frozen=True)
class Member:
    """A member as the log has it."""

    enrollment: Enrollment
    programme: Programme


def quoted(quote: Quote, member: Member | None = None) -> Any:
    """Return what the law gives, as JSON values. Refused (`invalid`) where the facts do not fit together."""
    _refuse_odd_days(quote.facts, "facts")
    plain = msgspec.to_builtins(quote.facts, builtin_types=(Decimal,))
    _refuse_stated_twice(plain, member)
    match quote:
        case DeathQuote(facts=dead):
            return told(determine_death(_death_facts(dead.date_of_death, plain, member)))
        case AccidentQuote(facts=hurt):
            for one in hurt.disabilities:
                _check_percent("function_loss_pct", one.function_loss_pct)
                _check_percent("assessed_pct", one.assessed_pct)
            accident = _accident_facts(hurt.accident_date, plain, member)
            decided = told(determine_accident(accident))
            if accident.result == "PARTIAL" and decided["lines"]:
                decided["percent"] = written_percent(disability_share(accident), "en").removesuffix("%")
            return decided
        case ScholarshipQuote(facts=facts):
            months = plain.get("paid_months_total", 0)
            if member is not None:
                months = member_facts.paid_months_total(member.enrollment, member.programme, facts.event_date)
            found = scholarships(
                event_on=facts.event_date, cause=facts.cause, paid_months_total=months, pupils=pupils(plain)
            )
            return _answer(found.lines, reasons=dict(found.reasons), paid_months_total=months)
        case ProjectionQuote(facts=children):
            places = [Place(id=one.id, level=one.level, year=one.year) for one in children.children]
            day = children.on or legal_day(datetime.now(UTC))
            ahead = [year for place in places[:2] for year in expected(place, day)]
            return _answer(projection(places, day), by_year=by_year(ahead))
        case ContributionQuote(facts=asked):
            if asked.wage_base is not None and asked.income is not None:
                raise Invalid("give the wage base or the income, not both", field="facts.income")
            due = contribution(
                months=map(Month.parse, asked.months),
                segment=asked.segment,
                wage_base=asked.wage_base,
                income=asked.income,
                heads=asked.workers,
            )
            return _answer(due.lines, wage_base=due.wage_base)
        case DeadlineQuote(facts=term):
            return _deadline(term, plain)
        case MembershipQuote():
            return {**answer({"kind": "membership", "facts": plain}), "rule_set": RULES.version}


def _deadline(term: DeadlineStated, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the last day of a term, and what a payment after it costs with its working."""
    try:
        said = answer({"kind": "deadline", "facts": plain})
    except ValueError as fault:
        raise Invalid(f"the days of this term do not read: {fault}", field="facts") from None
    lines = []
    if said.pop("lines") and term.paid_on is not None:
        benefit = JKM if term.type == "JKM_PAY" else JKK
        due_on = date.fromisoformat(said["due"])
        lines = [late_payment(term.nominal, due_on=due_on, paid_on=term.paid_on, benefit=benefit).line]
    return said | _answer(lines)


def _death_facts(day: date, plain: Mapping[str, Any], member: Member | None) -> DeathFacts:
    if member is None:
        return death_facts(plain)
    return member_facts.death_facts(member.enrollment, member.programme, day, **told_of_death(plain))


def _accident_facts(day: date, plain: Mapping[str, Any], member: Member | None) -> AccidentFacts:
    if member is None:
        return accident_facts(plain)
    return member_facts.accident_facts(member.enrollment, member.programme, day, **told_of_accident(plain))


def _refuse_stated_twice(plain: Mapping[str, Any], member: Member | None) -> None:
    """Refuse what the log says of a member; without a member the start of the membership is stated."""
    if member is not None:
        for name in sorted(member_facts.FROM_THE_LOG & plain.keys()):
            raise Invalid(f"leave out {name}: the log says it of this member", field=f"facts.{name}")
    elif {"date_of_death", "accident_date"} & plain.keys() and "membership_start" not in plain:
        raise Invalid(
            "give membership_start, or the enrollment_id of a member", field="facts.membership_start"
        )


def _answer(lines: Any, **more: Any) -> dict[str, Any]:
    total = sum(line.amount for line in lines)
    return {"lines": list(lines), "total": total, "rule_set": RULES.version, **more}


def _refuse_odd_days(stated: Any, field: str) -> None:
    """Refuse days that lie beyond every rule and every life, wherever they stand."""
    if isinstance(stated, date) and stated.year not in YEARS:
        raise Invalid(f"{field} is a day from {YEARS[0]} to {YEARS[-1]}", field=field)
    if isinstance(stated, msgspec.Struct):
        for name in stated.__struct_fields__:
            _refuse_odd_days(getattr(stated, name), f"{field}.{name}")
    elif isinstance(stated, list):
        for n, part in enumerate(stated):
            _refuse_odd_days(part, f"{field}[{n}]")


def _check_percent(field: str, percent: Decimal | None) -> None:
    """Refuse what is no percentage with at most four decimals; others would take for ever to compute."""
    if percent is None:
        return
    exponent = percent.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -4 or not 0 < percent <= 100:
        raise Invalid(
            f"{field} is a percentage above 0 and at most 100, with at most four decimals",
            field=f"facts.disabilities.{field}",
        )

"""Quotes: the facts that are stated, strictly read, and what the calculators say to them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from domain.benefit.accident import determine_accident, disability_share
from domain.benefit.contribution import contribution
from domain.benefit.death import determine_death
from domain.benefit.determination import told
from domain.benefit.rules import RULES
from domain.benefit.scholarship import Cause, Place, Work, projection, scholarships
from domain.benefit.worked_cases import accident_facts, death_facts, pupils
from domain.period import Month
from domain.refusal import Invalid
from domain.rupiah import written_percent

Rupiah = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
MonthText = Annotated[str, msgspec.Meta(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", max_length=7)]
Segment = Literal["BPU_APBD", "BPU_APBN", "BPU_SELF_TRANSPORT", "BPU_SELF_OTHER", "PU"]
Tier = Literal["SPOUSE_CHILD", "BLOOD_LINE", "SIBLING", "PARENT_IN_LAW", "TESTAMENT", "NONE"]
Level = Literal["TK", "SD", "SMP", "SMA", "PT"]
YEARS: Final = range(1900, 2100)
MOST: Final = 50  # children, years, disabilities of one quote


class Stated(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Facts of one kind."""


class DeathStated(Stated, kw_only=True, frozen=True):
    """A death without work accident."""

    date_of_death: date
    membership_start: date | None
    paid_through: MonthText | None = None
    segment: Segment = "BPU_APBD"
    wage_base: Rupiah = 1_000_000
    paid_months_total: Count = 0
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


class AccidentStated(Stated, kw_only=True, frozen=True):
    """A work accident or an occupational disease."""

    accident_date: date
    membership_start: date | None
    paid_through: MonthText | None = None
    segment: Segment = "BPU_APBD"
    wage_base: Rupiah = 1_000_000
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
    paid_months_total: Count = 0
    children: Annotated[list[ChildStated], msgspec.Meta(max_length=MOST)]


class PlaceStated(Stated, kw_only=True, frozen=True):
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    level: Level
    year: Annotated[int, msgspec.Meta(ge=1, le=20)]


class ProjectionStated(Stated, kw_only=True, frozen=True):
    """Where the children of one member stand."""

    children: Annotated[list[PlaceStated], msgspec.Meta(max_length=MOST)]
    on: date


class ContributionStated(Stated, kw_only=True, frozen=True):
    """Months to be paid for equal heads."""

    months: Annotated[list[MonthText], msgspec.Meta(min_length=1, max_length=120)]
    segment: Segment = "BPU_APBD"
    wage_base: Annotated[int, msgspec.Meta(ge=1, le=10**9)] | None = None
    income: Rupiah | None = None
    workers: Annotated[int, msgspec.Meta(ge=1, le=10**7)] = 1


class DeathQuote(Stated, kw_only=True, frozen=True, tag_field="kind", tag="jkm"):
    facts: DeathStated


class AccidentQuote(Stated, kw_only=True, frozen=True, tag_field="kind", tag="jkk"):
    facts: AccidentStated


class ScholarshipQuote(Stated, kw_only=True, frozen=True, tag_field="kind", tag="scholarship"):
    facts: ScholarshipStated


class ProjectionQuote(Stated, kw_only=True, frozen=True, tag_field="kind", tag="scholarship_projection"):
    facts: ProjectionStated


class ContributionQuote(Stated, kw_only=True, frozen=True, tag_field="kind", tag="contribution"):
    facts: ContributionStated


Quote: TypeAlias = DeathQuote | AccidentQuote | ScholarshipQuote | ProjectionQuote | ContributionQuote

EXAMPLE: Final = {
    "kind": "jkk",
    "facts": {
        "accident_date": "2024-05-14",
        "membership_start": "2023-01-01",
        "paid_through": "2024-05",
        "result": "DEATH",
    },
}


def quoted(quote: Quote) -> Any:
    """Return what the law gives, as JSON values. Refused (`invalid`) where the facts do not fit together."""
    _refuse_odd_days(quote.facts, "facts")
    plain = msgspec.to_builtins(quote.facts, builtin_types=(Decimal,))
    match quote:
        case DeathQuote():
            return told(determine_death(death_facts(plain)))
        case AccidentQuote(facts=stated):
            for one in stated.disabilities:
                _check_percent("function_loss_pct", one.function_loss_pct)
                _check_percent("assessed_pct", one.assessed_pct)
            accident = accident_facts(plain)
            decided = told(determine_accident(accident))
            if accident.result == "PARTIAL" and decided["lines"]:
                decided["percent"] = written_percent(disability_share(accident), "en").removesuffix("%")
            return decided
        case ScholarshipQuote(facts=facts):
            found = scholarships(
                event_on=facts.event_date,
                cause=facts.cause,
                paid_months_total=facts.paid_months_total,
                pupils=pupils(plain),
            )
            return _answer(found.lines, reasons=dict(found.reasons))
        case ProjectionQuote(facts=children):
            places = [Place(id=one.id, level=one.level, year=one.year) for one in children.children]
            return _answer(projection(places, children.on))
        case ContributionQuote(facts=months):
            if months.wage_base is not None and months.income is not None:
                raise Invalid("give the wage base or the income, not both", field="facts.income")
            due = contribution(
                months=map(Month.parse, months.months),
                segment=months.segment,
                wage_base=months.wage_base,
                income=months.income,
                heads=months.workers,
            )
            return _answer(due.lines, wage_base=due.wage_base)


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

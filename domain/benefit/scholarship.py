"""Yearly scholarships for children: who has the right, what a school year brings, what may still come.

Sources: PP 82/2019 new Art. 25(3) and 34(1)d; Permenaker 5/2021 Art. 103; dossier 5.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

from domain.benefit.determination import Line, total_of
from domain.benefit.lines import worked
from domain.benefit.rules import RULES, RuleSet
from domain.dated import Rule
from domain.period import age_on
from domain.refusal import Invalid
from domain.rupiah import Language, written_rupiah

Cause: TypeAlias = Literal["JKK_DEATH", "JKK_TOTAL", "JKM"]
Work: TypeAlias = Literal["BPU", "APPRENTICE", "PU_LE_6_MONTHS", "PU_GT_6_MONTHS"]
LEVELS: Final = ("TK", "SD", "SMP", "SMA", "PT")  # in school order
ALL: Final = "ALL"
NOTHING: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class SchoolYear:
    """One yearly claim: its day, the level of that year, and the child's work if there is any."""

    claim_date: date
    level: str
    work: Work | None = None

    def __post_init__(self) -> None:
        _check_level(self.level)
        if self.work is not None and self.work not in get_args(Work):
            raise Invalid(
                f"There is no work {self.work}; known are {', '.join(get_args(Work))}.", field="work"
            )


@dataclass(frozen=True, kw_only=True)
class Pupil:
    """A child in the order of selection. used: years already paid, by level."""

    id: str
    birth_date: date
    married_on: date | None = None
    used: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    years: tuple[SchoolYear, ...] = ()

    def __post_init__(self) -> None:
        for level, years in self.used.items():
            _check_level(level)
            if years < 0:
                raise Invalid("Years that were paid are not negative.", field="used")


@dataclass(frozen=True, kw_only=True)
class Scholarships:
    """One line for each year that is paid, and the reason for each that is not, by `child/claim date`."""

    lines: tuple[Line, ...]
    reasons: Mapping[str, str]

    @property
    def total(self) -> int:
        return total_of(self.lines)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a child stands: the level, and which year of it the present one is."""

    id: str
    level: str
    year: int

    def __post_init__(self) -> None:
        _check_level(self.level)
        if self.year < 1:
            raise Invalid("The year of a level counts from 1.", field="year")


def scholarships(
    *,
    event_on: date,
    cause: Cause,
    paid_months_total: int,
    pupils: Iterable[Pupil],
    rules: RuleSet = RULES,
) -> Scholarships:
    """Return what the yearly claims of a member's children bring.

    event_on: the death or the accident. paid_months_total: over life; only a death without work accident
    asks for them. Refuses an event before 2 December 2019, when a flat sum was paid instead.
    """
    if cause not in get_args(Cause):
        raise Invalid(f"There is no cause {cause}; known are {', '.join(get_args(Cause))}.", field="cause")
    children_max = rules.in_force("scholarship.children", event_on).integer("children_max")
    if cause == "JKM":
        right = rules.in_force("jkm.scholarship_right", event_on)
        if paid_months_total < right.integer("paid_months_min"):
            return Scholarships(lines=(), reasons={ALL: "MIN_36_MONTHS"})
    lines: list[Line] = []
    reasons: dict[str, str] = {}
    for n, pupil in enumerate(pupils):
        used = Counter(dict(pupil.used))
        for year in sorted(pupil.years, key=lambda one: one.claim_date):
            code = f"{pupil.id}/{year.claim_date.isoformat()}"
            if code in reasons or any(line.code == code for line in lines):
                raise Invalid(f"{code} stands twice: one claim for each child and school year.")
            reason = "MAX_TWO_CHILDREN" if n >= children_max else refusal(pupil, year, event_on, used, rules)
            if reason is not None:
                reasons[code] = reason
                continue
            used[year.level] += 1
            lines.append(_line(code, year, event_on, used[year.level], rules))
    return Scholarships(lines=tuple(lines), reasons=reasons)


def refusal(
    pupil: Pupil, year: SchoolYear, event_on: date, used: Mapping[str, int], rules: RuleSet
) -> str | None:
    """Return the code of the first test that a yearly claim fails on its own day, or nothing.

    used: years already paid, by level. A level used up stops that level only: the child goes on at the next.
    """
    day = year.claim_date
    if day < event_on:
        return "BEFORE_EVENT"
    if age_on(pupil.birth_date, day) >= rules.in_force("scholarship.end", day).integer("years_below"):
        return "AGE_23"
    if pupil.married_on is not None and pupil.married_on <= day:
        return "MARRIED"
    if year.work is not None and _work_allowed(year, rules) is None:
        return "WORKING"
    level = _level(year.level, event_on, rules)
    if used.get(year.level, 0) >= level.integer("years_max"):
        return "LEVEL_YEARS_USED"
    return None


def projection(places: Iterable[Place], on: date, rules: RuleSet = RULES) -> tuple[Line, ...]:
    """Return what the first two children may still receive, by the rules of a day: a forecast, no debt.

    The rest of the present level, the present year included, and every later level.
    """
    children_max = rules.in_force("scholarship.children", on).integer("children_max")
    return tuple(_projected(place, on, rules) for place in list(places)[:children_max])


def _line(code: str, year: SchoolYear, event_on: date, nth: int, rules: RuleSet) -> Line:
    level = _level(year.level, event_on, rules)
    amount = level.integer("rupiah_per_year")
    allowed = _work_allowed(year, rules) if year.work is not None else None
    most = level.integer("years_max")
    return Line(
        code=code,
        amount=amount,
        basis=f"{level.rule_id}; {allowed.rule_id}" if allowed else level.rule_id,
        working_id=f"{level.name_id}, tahun ke-{nth} dari {most}: {written_rupiah(amount, 'id')}",
        working_en=f"{level.name_en}, year {nth} of {most}: {written_rupiah(amount, 'en')}",
    )


def _projected(place: Place, on: date, rules: RuleSet) -> Line:
    first = LEVELS.index(place.level)
    left = [
        (level, max(level.integer("years_max") - (place.year - 1 if n == first else 0), 0))
        for n, level in enumerate(_level(name, on, rules) for name in LEVELS)
        if n >= first
    ]
    parts = [(level, years) for level, years in left if years]
    amount = sum(years * level.integer("rupiah_per_year") for level, years in parts)
    ceiling = rules.in_force("scholarship.ceiling", on)
    full = amount == ceiling.integer("rupiah_per_child")

    def working(language: Language) -> str:
        terms = [
            f"{years} × {written_rupiah(level.integer('rupiah_per_year'), language)}"
            for level, years in parts
        ]
        return f"{' + '.join(terms) or '0'} = {written_rupiah(amount, language)}"

    basis = ceiling.rule_id if full else "; ".join(level.rule_id for level, _ in parts)
    return worked(place.id, amount, basis, working)


def _work_allowed(year: SchoolYear, rules: RuleSet) -> Rule | None:
    """Return the rule that lets this child work beside the studies on the day of the claim, if one does."""
    rule = rules.in_force_or_none("scholarship.work_allowed", year.claim_date)
    return rule if rule is not None and year.work in rule.words("work") else None


def _level(name: str, day: date, rules: RuleSet) -> Rule:
    return rules.in_force(f"scholarship.level.{name}", day)


def _check_level(level: str) -> None:
    if level not in LEVELS:
        raise Invalid(f"There is no level {level}; known are {', '.join(LEVELS)}.", field="level")

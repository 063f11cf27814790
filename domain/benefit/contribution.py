"""Contributions of members without an employer: by month, segment and heads, with the relief windows.

JKK is 1 % of the wage base, JKM a flat amount (PP 44/2015 Art. 20). Sponsored members had the relief of
2020 but have none in 2026 (PP 50/2025 Art. 3-4).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from domain.benefit.bands import wage_base_of
from domain.benefit.determination import Line, total_of
from domain.benefit.rules import RULES, RuleSet
from domain.dated import Rule
from domain.period import Month
from domain.refusal import Invalid
from domain.rupiah import Language, counted, round_half_up, written_percent, written_rupiah
from domain.working_days import CALENDAR, Due, WorkingDays

SEGMENTS: Final = ("BPU_APBD", "BPU_APBN", "BPU_SELF_TRANSPORT", "BPU_SELF_OTHER", "PU")
SPONSORED: Final = frozenset({"BPU_APBD", "BPU_APBN"})  # public money pays
RELIEFS: Final = (
    "contribution.relief.2020",
    "contribution.relief.2026_transport",
    "contribution.relief.2026_other",
)


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """What is to pay for the months and heads asked for: a line for JKK and one for JKM, in rupiah."""

    wage_base: int
    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True)
class _Share:
    """Equal months: the rule that sets the monthly amount, the relief if any, and the heads."""

    rule: str
    relief: str | None
    heads: int


def contribution(
    *,
    months: Iterable[Month],
    segment: str,
    wage_base: int | None = None,
    income: int | None = None,
    heads: int = 1,
    rules: RuleSet = RULES,
) -> Contribution:
    """Return the contribution of equal heads for some months.

    wage_base: rupiah per month; without it the band of the income (rupiah per month) gives it, and
    without either the lowest band holds. Source: PP 44/2015 Art. 20; dossier 2.3.
    """
    asked = sorted(set(months))
    if wage_base is None:
        if not asked:
            raise Invalid("Name at least one contribution month.")
        wage_base = wage_base_of(income or 0, asked[0].first_day, rules.bands)
    return invoice(dict.fromkeys(asked, heads), wage_base=wage_base, segment=segment, rules=rules)


def invoice(
    heads_by_month: Mapping[Month, int], *, wage_base: int, segment: str, rules: RuleSet = RULES
) -> Contribution:
    """Return what a sponsor owes for so many heads in each month, all with one wage base.

    817 heads at 1,000,000 for one month are 13,725,600. Refuses an unknown segment, negative heads
    and months for which no rule is in force.
    """
    if segment not in SEGMENTS:
        raise Invalid(f"There is no segment {segment}; known are {', '.join(SEGMENTS)}.", segment=segment)
    if wage_base <= 0 or any(heads < 0 for heads in heads_by_month.values()):
        raise Invalid("A wage base is above zero, and heads are not negative.")
    lines = tuple(
        _line(code, kind, heads_by_month=heads_by_month, wage_base=wage_base, segment=segment, rules=rules)
        for code, kind in (("CON_JKK", "contribution.jkk"), ("CON_JKM", "contribution.jkm"))
        if heads_by_month
    )
    return Contribution(wage_base=wage_base, lines=lines, total=total_of(lines))


def contribution_due(month: Month, *, calendar: WorkingDays = CALENDAR, rules: RuleSet = RULES) -> Due:
    """Return the day by which a month's contribution falls due: its 15th, or the next working day.

    Source: PP 44/2015 Art. 24(3)-(4). Late payment costs a member without an employer no fine.
    """
    day_of_month = rules.in_force("contribution.due", month.first_day).integer("day_of_month")
    return calendar.on_or_after(month.first_day.replace(day=day_of_month))


def _line(
    code: str,
    kind: str,
    *,
    heads_by_month: Mapping[Month, int],
    wage_base: int,
    segment: str,
    rules: RuleSet,
) -> Line:
    shares: Counter[_Share] = Counter()  # in the order of the months
    for month, heads in sorted(heads_by_month.items()):
        rule = rules.in_force(kind, month.first_day)
        relief = _relief(month, segment, rules)
        shares[_Share(rule.rule_id, relief.rule_id if relief else None, heads)] += 1
    exact = Fraction(0)
    for share, months in shares.items():
        exact += share.heads * months * _monthly(share, wage_base, rules)
    amount = round_half_up(exact)
    ids = [share.rule for share in shares] + [share.relief for share in shares if share.relief]
    return Line(
        code=code,
        amount=amount,
        basis="; ".join(dict.fromkeys(ids)),
        working_id=_working(shares, wage_base, amount, rules, "id"),
        working_en=_working(shares, wage_base, amount, rules, "en"),
    )


def _relief(month: Month, segment: str, rules: RuleSet) -> Rule | None:
    """Return the relief a segment has in a month; the windows are contribution months."""
    for kind in RELIEFS:
        relief = rules.in_force_or_none(kind, month.first_day)
        if relief is not None and segment in relief.words("segments"):
            return relief
    return None


def _monthly(share: _Share, wage_base: int, rules: RuleSet) -> Fraction:
    """Return what one head pays in one month, exactly."""
    rule = rules.find(share.rule)
    full = (
        rule.share("share_of_wage_base") * wage_base
        if "share_of_wage_base" in rule.values
        else Fraction(rule.integer("rupiah_per_month"))
    )
    return full * rules.find(share.relief).share("share_to_pay") if share.relief else full


def _working(
    shares: Mapping[_Share, int], wage_base: int, amount: int, rules: RuleSet, language: Language
) -> str:
    """Return each multiplication: `817 orang x 1 bulan x 1% x Rp 1.000.000 = Rp 8.170.000`."""
    terms = []
    for share, months in shares.items():
        rule = rules.find(share.rule)
        factors = [counted(share.heads, "person", language), counted(months, "month", language)]
        if "share_of_wage_base" in rule.values:
            factors.append(written_percent(rule.share("share_of_wage_base"), language))
            factors.append(written_rupiah(wage_base, language))
        else:
            factors.append(written_rupiah(rule.integer("rupiah_per_month"), language))
        if share.relief:
            factors.append(written_percent(rules.find(share.relief).share("share_to_pay"), language))
        terms.append(" × ".join(factors))
    return f"{' + '.join(terms)} = {written_rupiah(amount, language)}"

"""The death benefit (JKM): what is due when a member dies from any cause but a work accident.

The rules of the day of death hold (an engine convention), whenever the claim is filed: there is no
filing limit. Sources: PP 44/2015 Art. 34, 40 and 42; PP 82/2019 Art. I no. 3; dossier 2.4, 2.5, 3, 11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from domain.benefit import heirs, notices
from domain.benefit.contribution import SEGMENTS, contribution
from domain.benefit.determination import Determination, Line, Notice, Plain, total_of
from domain.benefit.lines import fixed, paid_at_once
from domain.benefit.rules import RULES, RuleSet, grace_months
from domain.coverage import Coverage, coverage_on
from domain.dated import Rule
from domain.period import Month, add_months, month_runs, parse_month_runs
from domain.refusal import Invalid

FUNERAL: Final = "JKM_FUNERAL"


@dataclass(frozen=True, kw_only=True)
class DeathFacts:
    """What the amount depends on.

    membership_start, paid_months: of the current spell; empty start if nothing was ever paid.
    ended_on: the last day of the membership, where somebody ended it. paid_months_total: months paid over
    life, counted up to the death. children: how many could receive a scholarship. wage_base: rupiah per
    month; only the arrears depend on it. claim_date is kept with the decision and decides nothing.
    """

    date_of_death: date
    membership_start: date | None
    paid_months: frozenset[Month]
    segment: str
    wage_base: int
    paid_months_total: int
    children: int = 0
    heir_tier: str = "SPOUSE_CHILD"
    death_by_work_accident: bool = False
    claim_date: date | None = None
    ended_on: date | None = None

    def __post_init__(self) -> None:
        if self.segment not in SEGMENTS:
            raise Invalid(f"There is no segment {self.segment}.", segment=self.segment)
        if self.paid_months_total < 0 or self.children < 0 or self.wage_base <= 0:
            raise Invalid("Paid months and children are not negative, and a wage base is above zero.")


def determine_death(facts: DeathFacts, rules: RuleSet = RULES) -> Determination:
    """Return what is due for a death.

    Order of decisions: work accident, not started, lapsed, grace, minimum period, lines. In grace the
    funeral benefit is payable at once and the rest after the arrears are settled (PP 44/2015 Art.
    42(1)). Refuses a day of death before the first rules and an unknown tier of heirs.
    """
    day = facts.date_of_death
    heirs.check_tier(facts.heir_tier, day, rules)
    coverage = coverage_on(
        day,
        membership_start=facts.membership_start,
        paid_months=facts.paid_months,
        grace_months=grace_months(day, rules),
        ended_on=facts.ended_on,
    )
    if facts.death_by_work_accident:
        return _rejected(notices.use_jkk(), facts, rules)
    if coverage.status == "NOT_STARTED":
        return _rejected(notices.not_started(coverage, day), facts, rules)
    if coverage.status == "LAPSED":
        return _rejected(notices.lapsed(coverage), facts, rules)
    entitled = _entitled(facts, rules)
    return entitled if coverage.status == "ACTIVE" else _held(entitled, coverage, facts, rules)


def full_benefit_from(membership_start: date, day: date, segment: str, rules: RuleSet = RULES) -> date | None:
    """Return the first day on which a death is paid in full, or nothing if no minimum period applies.

    The rule in force on `day`, the day of death, decides (JKM-MIN3, from 24 February 2025, members
    without an employer). It is the least certain rule of all: no text of it was found.
    """
    minimum = rules.in_force_or_none("jkm.minimum_period", day)
    if minimum is None or segment not in minimum.words("segments"):
        return None
    return add_months(membership_start, minimum.integer("months"))


def inputs_of(facts: DeathFacts) -> dict[str, Plain]:
    """Return the facts as plain values under their names in the dossier; months as unbroken runs."""
    ended = {"ended_on": facts.ended_on.isoformat()} if facts.ended_on else {}
    return ended | {
        "date_of_death": facts.date_of_death.isoformat(),
        "membership_start": facts.membership_start.isoformat() if facts.membership_start else None,
        "paid_months": month_runs(facts.paid_months),
        "segment": facts.segment,
        "wage_base": facts.wage_base,
        "paid_months_total": facts.paid_months_total,
        "children": facts.children,
        "heir_tier": facts.heir_tier,
        "death_by_work_accident": facts.death_by_work_accident,
        "claim_date": facts.claim_date.isoformat() if facts.claim_date else None,
    }


def facts_of(inputs: Mapping[str, Any]) -> DeathFacts:  # Any: JSON values, as `inputs_of` wrote them
    """Return the facts of a recorded determination, to work it out again under other rules."""
    start, claimed, ended = inputs["membership_start"], inputs["claim_date"], inputs.get("ended_on")
    return DeathFacts(
        date_of_death=date.fromisoformat(inputs["date_of_death"]),
        membership_start=date.fromisoformat(start) if start else None,
        paid_months=parse_month_runs(inputs["paid_months"]),
        segment=inputs["segment"],
        wage_base=inputs["wage_base"],
        paid_months_total=inputs["paid_months_total"],
        children=inputs["children"],
        heir_tier=inputs["heir_tier"],
        death_by_work_accident=inputs["death_by_work_accident"],
        claim_date=date.fromisoformat(claimed) if claimed else None,
        ended_on=date.fromisoformat(ended) if ended else None,
    )


def _rejected(reason: Notice, facts: DeathFacts, rules: RuleSet) -> Determination:
    return Determination(
        outcome=reason.code, rule_set=rules.version, inputs=inputs_of(facts), notices=(reason,)
    )


def _entitled(facts: DeathFacts, rules: RuleSet) -> Determination:
    """Return what is due to a covered member, whether or not contributions are owed."""
    day = facts.date_of_death
    lines = _lines(facts, rules)
    reasons = list(notices.on_confidence(lines, rules))
    full_from = _minimum_period_unmet(facts, rules)
    if full_from is not None:
        reasons.insert(0, notices.within_minimum_period(full_from, day))
    return Determination(
        outcome="PAY",
        lines=lines,
        total=total_of(lines),
        scholarship_right=_has_scholarship_right(facts, rules),
        payees=heirs.payees(lines, funeral_code=FUNERAL, tier=facts.heir_tier, day=day, rules=rules),
        rule_set=rules.version,
        inputs=inputs_of(facts),
        notices=tuple(reasons),
    )


def _held(entitled: Determination, coverage: Coverage, facts: DeathFacts, rules: RuleSet) -> Determination:
    """Return the same entitlement, of which all but the funeral benefit waits for the arrears."""
    owed = contribution(
        months=coverage.unpaid_months, segment=facts.segment, wage_base=facts.wage_base, rules=rules
    )
    lines = tuple(
        line if line.code == FUNERAL else replace(line, payable="after_arrears") for line in entitled.lines
    )
    return replace(
        entitled,
        outcome="HOLD_ARREARS",
        lines=lines,
        arrears=owed.total,
        arrears_months=tuple(map(str, coverage.unpaid_months)),
        notices=(
            notices.hold_arrears(coverage.unpaid_months, owed.total, some_wait=len(lines) > 1),
            *entitled.notices,
            *notices.on_confidence(owed.lines, rules),
        ),
    )


def _lines(facts: DeathFacts, rules: RuleSet) -> tuple[Line, ...]:
    day = facts.date_of_death
    funeral = rules.in_force("jkm.funeral", day)
    if _minimum_period_unmet(facts, rules):
        return (fixed(FUNERAL, funeral, limited_by=rules.in_force("jkm.minimum_period", day)),)
    lines = [
        fixed("JKM_LUMP", rules.in_force("jkm.lump_sum", day)),
        paid_at_once("JKM_BERKALA", rules.in_force("jkm.periodic", day)),
        fixed(FUNERAL, funeral),
    ]
    flat = rules.in_force_or_none("jkm.scholarship_flat", day)
    if flat is not None and _earns_scholarship(facts, flat):
        lines.append(fixed("JKM_SCHOLARSHIP_FLAT", flat))
    return tuple(lines)


def _minimum_period_unmet(facts: DeathFacts, rules: RuleSet) -> date | None:
    """Return the day from which the full benefit would have been due, if the death came before it."""
    assert facts.membership_start is not None, "a covered member has a start"
    full_from = full_benefit_from(facts.membership_start, facts.date_of_death, facts.segment, rules)
    return full_from if full_from is not None and facts.date_of_death < full_from else None


def _has_scholarship_right(facts: DeathFacts, rules: RuleSet) -> bool:
    """Return whether yearly scholarships follow; before 2 December 2019 a flat line was paid instead."""
    right = rules.in_force_or_none("jkm.scholarship_right", facts.date_of_death)
    return (
        right is not None and _minimum_period_unmet(facts, rules) is None and _earns_scholarship(facts, right)
    )


def _earns_scholarship(facts: DeathFacts, rule: Rule) -> bool:
    months_min, children_min = rule.integer("paid_months_min"), rule.integer("children_min")
    return facts.paid_months_total >= months_min and facts.children >= children_min

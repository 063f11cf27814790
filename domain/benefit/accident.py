"""The work accident benefit (JKK): what is due after an accident at work or an occupational disease.

The rules of the day of the accident hold, or of the diagnosis (an engine convention). Sources: PP 44/2015
Art. 25, 26, 37 and 39 and Annex III; PP 82/2019; dossier 4 and 11.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from domain.benefit import accident_lines, heirs, notices
from domain.benefit.accident_facts import AccidentFacts, inputs_of
from domain.benefit.contribution import contribution
from domain.benefit.determination import Determination, Notice, total_of
from domain.benefit.disability import Graded, graded
from domain.benefit.rules import RULES, RuleSet, grace_months
from domain.coverage import Coverage, coverage_on
from domain.period import add_years


def determine_accident(facts: AccidentFacts, rules: RuleSet = RULES) -> Determination:
    """Return what is due after a work accident.

    Order of decisions: filing limit, not started, lapsed, grace, lines. In grace care is given at once and
    all cash waits until the arrears are settled (PP 44/2015 Art. 39(1)). Refuses a day before the first rules,
    and figures that the table of disabilities does not know.
    """
    day = facts.accident_on
    heirs.check_tier(facts.heir_tier, day, rules)
    coverage = coverage_on(
        day,
        membership_start=facts.membership_start,
        paid_months=facts.paid_months,
        grace_months=grace_months(day, rules),
        ended_on=facts.ended_on,
    )
    last_day = filing_limit(day, rules)
    if facts.claim_date is not None and facts.claim_date > last_day:
        return _rejected(notices.expired(last_day, rules.in_force("jkk.filing_limit", day)), facts, rules)
    if coverage.status == "NOT_STARTED":
        return _rejected(notices.not_started(coverage, day, basis="JKK-COVERED"), facts, rules)
    if coverage.status == "LAPSED":
        return _rejected(notices.lapsed(coverage), facts, rules)
    entitled = _entitled(facts, rules)
    return entitled if coverage.status == "ACTIVE" else _held(entitled, coverage, facts, rules)


def filing_limit(accident_on: date, rules: RuleSet = RULES) -> date:
    """Return the last day on which a claim is in time; 29 February clamps to the 28th (Art. 26)."""
    return add_years(accident_on, rules.in_force("jkk.filing_limit", accident_on).integer("years"))


def disability_share(facts: AccidentFacts, rules: RuleSet = RULES) -> Fraction:
    """Return the share of a partial disability after the cap, exactly: 35 % is 7/20."""
    return accident_lines.capped(_graded(facts, rules), facts.accident_on, rules)


def _rejected(reason: Notice, facts: AccidentFacts, rules: RuleSet) -> Determination:
    return Determination(
        outcome=reason.code, rule_set=rules.version, inputs=inputs_of(facts), notices=(reason,)
    )


def _entitled(facts: AccidentFacts, rules: RuleSet) -> Determination:
    """Return what is due to a covered member, whether or not contributions are owed."""
    day, found = facts.accident_on, _graded(facts, rules)
    lines = accident_lines.lines_of(facts, found, rules)
    funeral, tier = accident_lines.FUNERAL, facts.heir_tier
    to_come = [accident_lines.rule_to_come(aid.code, day, rules) for aid in facts.aids]
    return Determination(
        outcome="PAY",
        lines=lines,
        total=total_of(lines),
        scholarship_right=_has_scholarship_right(facts, rules),
        payees=heirs.payees(lines, funeral_code=funeral, tier=tier, day=day, rules=rules)
        if facts.result == "DEATH"
        else (),
        rule_set=rules.version,
        inputs=inputs_of(facts),
        notices=(
            *notices.inside_of_a_whole(found),
            *notices.not_yet_paid_for(day, filter(None, to_come)),
            *notices.on_confidence(lines, rules),
            *notices.on_table(one.injury for one in found if one.count),
        ),
    )


def _held(entitled: Determination, coverage: Coverage, facts: AccidentFacts, rules: RuleSet) -> Determination:
    """Return the same entitlement, all of which waits for the arrears."""
    owed = contribution(
        months=coverage.unpaid_months, segment=facts.segment, wage_base=facts.wage_base, rules=rules
    )
    return replace(
        entitled,
        outcome="HOLD_ARREARS",
        lines=tuple(replace(line, payable="after_arrears") for line in entitled.lines),
        arrears=owed.total,
        arrears_months=tuple(map(str, coverage.unpaid_months)),
        notices=(
            notices.hold_cash(coverage.unpaid_months, owed.total),
            *entitled.notices,
            *notices.on_confidence(owed.lines, rules),
        ),
    )


def _has_scholarship_right(facts: AccidentFacts, rules: RuleSet) -> bool:
    """Return whether yearly scholarships follow; before 2 December 2019 a flat line was paid instead."""
    yearly = rules.in_force_or_none("scholarship.children", facts.accident_on)
    return yearly is not None and facts.result in {"DEATH", "TOTAL"} and facts.children > 0


def _graded(facts: AccidentFacts, rules: RuleSet) -> tuple[Graded, ...]:
    """Return the disabilities of a partial one; a total one or a death excludes them."""
    if facts.result != "PARTIAL":
        return ()
    return graded(facts.disabilities, rules.injuries, left_handed=facts.left_handed)

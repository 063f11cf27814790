"""When a benefit must be paid, what the Fund owes the receiver if it pays late, and the terms of accidents.

Sources: PP 44/2015 Art. 40(3)-(4) for a death, Art. 37(2)-(3) and 44 for accidents, PP 49/2023 Art. 25A. A due
date counts working days, the compensation counts calendar days (an engine convention).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from domain.benefit.determination import Determination, Line, PayeeShare, total_of
from domain.benefit.lines import worked
from domain.benefit.notices import on_confidence
from domain.benefit.rules import RULES, RuleSet
from domain.rupiah import Language, Rupiah, counted, round_half_up, written_percent, written_rupiah
from domain.working_days import CALENDAR, Due, WorkingDays, days_late

JKM: Final = "jkm"  # the first word of the kinds of rules of a benefit
JKK: Final = "jkk"
PENALTY: Final = "PENALTY_LATE"


@dataclass(frozen=True, kw_only=True)
class LatePayment:
    """How many calendar days a payment was late, and the compensation as a line (0 rupiah if in time)."""

    days_late: int
    line: Line


def payment_due(
    complete_on: date, *, benefit: str = JKM, calendar: WorkingDays = CALENDAR, rules: RuleSet = RULES
) -> Due:
    """Return the day by which a benefit is to be paid; the day the file was complete is day 0."""
    term = rules.in_force(f"{benefit}.payment_term", complete_on)
    return calendar.due_date(complete_on, term.integer("working_days"))


def late_payment(
    nominal: Rupiah, *, due_on: date, paid_on: date, benefit: str = JKM, rules: RuleSet = RULES
) -> LatePayment:
    """Return the compensation for a payment: 1 % of the nominal for each calendar day after the due day."""
    rule = rules.in_force(f"{benefit}.late_payment", due_on)
    share = rule.share("share_per_day")
    late = days_late(due_on, paid_on)
    amount = round_half_up(late * share * nominal)

    def working(language: Language) -> str:
        factors = (counted(late, "day", language), written_percent(share, language))
        product = " × ".join((*factors, written_rupiah(nominal, language)))
        return f"{product} = {written_rupiah(amount, language)}"

    return LatePayment(days_late=late, line=worked(PENALTY, amount, rule.rule_id, working))


def report_due(happened_at: datetime, rules: RuleSet = RULES) -> datetime:
    """Return the last minute for a report of stage I or II: 2 x 24 hours by the clock (Art. 44(2) and (4)).

    happened_at: the accident or diagnosis, or the day recovery, disability or death was certified. A late
    report of a member without an employer raises a flag; it never rejects.
    """
    return happened_at + timedelta(
        hours=rules.in_force("jkk.report_term", happened_at.date()).integer("hours")
    )


def conclusion_due(reported_on: date, rules: RuleSet = RULES) -> date:
    """Return the day by which it must be concluded whether it was a work accident (PP 49/2023 Art. 25A(3)).

    Calendar days; the day on which the report of stage I was received is day 0 (an engine convention).
    """
    term = rules.in_force("jkk.conclusion_term", reported_on)
    return reported_on + timedelta(days=term.integer("calendar_days"))


def determine_penalty(owed: Iterable[Line], *, payee: str, rules: RuleSet = RULES) -> Determination:
    """Return what is owed for late payments as one line: for each its arithmetic, rounded by itself.

    Nothing compensates for a late compensation: Art. 40(4) speaks of the benefit alone.
    """
    owed = tuple(owed)
    line = Line(
        code=PENALTY,
        amount=total_of(owed),
        basis="; ".join(dict.fromkeys(rule_id for one in owed for rule_id in one.rule_ids)),
        working_id="; ".join(one.working_id for one in owed),
        working_en="; ".join(one.working_en for one in owed),
    )
    return Determination(
        outcome="PAY",
        lines=(line,),
        total=line.amount,
        payees=(PayeeShare(code=line.code, payee=payee, amount=line.amount),),
        rule_set=rules.version,
        notices=on_confidence([line], rules),
    )

"""When a benefit must be paid, and what the Fund owes the receiver if it pays late.

Source for death: PP 44/2015 Art. 40(3) and (4). A due date counts working days, the compensation counts
calendar days (an engine convention).
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.benefit.determination import Line
from domain.benefit.rules import RULES, RuleSet
from domain.rupiah import Language, Rupiah, counted, round_half_up, written_percent, written_rupiah
from domain.working_days import CALENDAR, Due, WorkingDays, days_late

JKM: Final = "jkm"  # the first word of the kinds of rules of a benefit


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

    line = Line(
        code="PENALTY_LATE",
        amount=amount,
        basis=rule.rule_id,
        working_id=working("id"),
        working_en=working("en"),
    )
    return LatePayment(days_late=late, line=line)

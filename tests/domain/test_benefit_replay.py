"""A decision worked out again is the same under its own rules, and differs by what other rules say."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.benefit.accident import determine_accident
from domain.benefit.death import DeathFacts, determine_death
from domain.benefit.determination import Determination
from domain.benefit.disability import Disability
from domain.benefit.replay import Change, can_be_replayed, difference, replayed
from domain.benefit.rules import RULES, RuleSet
from domain.period import Month
from tests.domain.test_benefit_accident import accident

STRICTER = """
[[rule]]
id = "CON-GRACE-TRIED"
kind = "coverage.grace"
name_id = "Masa tenggang"
name_en = "Grace"
values = { months = 1 }
unit = "months"
effective_from = 2015-07-01
legal_basis = "proposal"
confidence = "C"
supersedes = "CON-GRACE-3M"
"""


def tried() -> RuleSet:
    return RULES.amended({"stricter.toml": STRICTER})


def death(paid_through: Month, day: date = date(2024, 5, 10)) -> DeathFacts:
    start = date(2023, 9, 1)
    return DeathFacts(
        date_of_death=day,
        membership_start=start,
        paid_months=frozenset(Month.of(start).through(paid_through)),
        segment="BPU_APBD",
        wage_base=1_000_000,
        paid_months_total=9,
    )


@given(
    paid=st.integers(0, 12).map(lambda n: Month(2023, 9).plus(n)),
    day=st.dates(date(2023, 9, 1), date(2024, 12, 31)),
)
def test_under_its_own_rules_a_decision_is_what_it_was(paid: Month, day: date) -> None:
    decided = determine_death(death(paid, day))
    assert can_be_replayed(decided)
    assert replayed(decided, RULES) == decided
    assert difference(decided, replayed(decided, RULES)) is None


@given(result=st.sampled_from(["RECOVERED", "TOTAL", "DEATH"]), days=st.integers(0, 400))
def test_an_accident_is_worked_out_again_too(result: Any, days: int) -> None:
    decided = determine_accident(accident(result=result, stmb_days=days))
    assert replayed(decided, RULES) == decided


def test_a_shorter_grace_turns_a_held_claim_into_a_rejected_one() -> None:
    held = determine_death(death(Month(2024, 2)))
    found = difference(held, replayed(held, tried()))
    assert found is not None
    assert (found.outcome_was, found.outcome_would_be) == ("HOLD_ARREARS", "REJECT_LAPSED")
    assert found.amount == -42_000_000
    assert found.changes == (
        Change(code="JKM_LUMP", was=20_000_000, would_be=0),
        Change(code="JKM_BERKALA", was=12_000_000, would_be=0),
        Change(code="JKM_FUNERAL", was=10_000_000, would_be=0),
    )
    back = difference(replayed(held, tried()), held)
    assert back is not None and back.amount == 42_000_000
    assert back.changes[0] == Change(code="JKM_LUMP", was=0, would_be=20_000_000)


def test_another_outcome_is_a_difference_even_if_no_line_changes_and_the_other_way_round() -> None:
    paid = determine_death(death(Month(2024, 5)))
    other_outcome = difference(paid, replace(paid, outcome="HOLD_ARREARS"))
    assert other_outcome is not None and (other_outcome.changes, other_outcome.amount) == ((), 0)
    dearer = difference(paid, replace(paid, lines=paid.lines[:2], total=32_000_000))
    assert dearer is not None
    assert dearer.changes == (Change(code="JKM_FUNERAL", was=10_000_000, would_be=0),)


def test_a_reform_keeps_the_tables() -> None:
    assert (tried().bands, tried().injuries) == (RULES.bands, RULES.injuries)
    lost = accident(result="PARTIAL", disabilities=(Disability(code="THUMB", side="left"),))
    assert replayed(determine_accident(lost), tried()).total == 12 * 80 * 10_000


def test_the_rules_that_are_tried_have_a_version_of_their_own_and_leave_ours_as_they_are() -> None:
    before = RULES.version
    assert tried().version != before == RULES.version
    assert RULES.find("CON-GRACE-3M").integer("months") == 3


def test_a_penalty_follows_from_its_payment_and_is_not_worked_out_again() -> None:
    assert not can_be_replayed(Determination(outcome="PAY", rule_set="x"))

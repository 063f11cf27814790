"""Three working days to pay, and one percent for each calendar day after them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefit.deadlines import (
    JKK,
    conclusion_due,
    determine_penalty,
    late_payment,
    payment_due,
    report_due,
)
from domain.benefit.determination import PayeeShare, told
from domain.benefit.rules import RULES
from domain.dated import NotInForce


def test_three_working_days_over_vesak() -> None:
    assert payment_due(date(2024, 5, 20)).due_on == date(2024, 5, 27)


def test_the_compensation_shows_its_arithmetic() -> None:
    paid = late_payment(42_000_000, due_on=date(2025, 6, 10), paid_on=date(2025, 6, 13))
    assert (paid.days_late, paid.line.amount, paid.line.basis) == (3, 1_260_000, "JKM-LATE-1PCT")
    assert paid.line.working_id == "3 hari × 1% × Rp 42.000.000 = Rp 1.260.000"
    assert paid.line.working_en == "3 days × 1% × Rp 42,000,000 = Rp 1,260,000"


@given(nominal=st.integers(0, 10**9), late=st.integers(-30, 400))
def test_nothing_is_owed_in_time_and_the_exact_percent_afterwards(nominal: int, late: int) -> None:
    due = date(2024, 5, 27)
    line = late_payment(nominal, due_on=due, paid_on=due + timedelta(days=late)).line
    exact_hundredths = nominal * max(0, late)
    assert line.amount == (exact_hundredths + 50) // 100


def test_the_clocks_of_an_accident_have_rules_of_their_own() -> None:
    assert payment_due(date(2024, 5, 20), benefit=JKK).due_on == date(2024, 5, 31)
    late = late_payment(1_000_000, due_on=date(2024, 5, 31), paid_on=date(2024, 6, 1), benefit=JKK)
    assert (late.line.code, late.line.amount, late.line.basis) == ("PENALTY_LATE", 10_000, "JKK-LATE-1PCT")
    assert conclusion_due(date(2023, 10, 6)) == date(2023, 11, 5)
    with pytest.raises(NotInForce, match=r"jkk\.conclusion_term"):
        conclusion_due(date(2023, 10, 5))
    happened = datetime(2024, 5, 14, 16, 40, 30, tzinfo=UTC)
    assert report_due(happened) == datetime(2024, 5, 16, 16, 40, 30, tzinfo=UTC)


def test_several_late_payments_are_one_line_each_rounded_by_itself() -> None:
    due, paid_on = date(2024, 5, 27), date(2024, 5, 28)
    owed = [late_payment(nominal, due_on=due, paid_on=paid_on).line for nominal in (10_000_050, 150)]
    found = determine_penalty(owed, payee="HEIR")
    assert [line.amount for line in owed] == [100_001, 2]  # 100,000.5 and 1.5
    [line] = found.lines
    assert (found.outcome, found.total, line.amount, line.code, line.payable) == (
        "PAY",
        100_003,
        100_003,
        "PENALTY_LATE",
        "at_once",
    )
    assert line.basis == "JKM-LATE-1PCT"
    assert line.working_id == "1 hari × 1% × Rp 10.000.050 = Rp 100.001; 1 hari × 1% × Rp 150 = Rp 2"
    assert line.working_en == "1 day × 1% × Rp 10,000,050 = Rp 100,001; 1 day × 1% × Rp 150 = Rp 2"
    assert found.payees == (PayeeShare(code="PENALTY_LATE", payee="HEIR", amount=100_003),)
    assert (found.rule_set, found.notices, found.inputs) == (RULES.version, (), {})
    mixed = determine_penalty([owed[0], replace(owed[1], basis="JKK-LATE-1PCT; JKK-TOTAL")], payee="HEIR")
    assert mixed.lines[0].basis == "JKM-LATE-1PCT; JKK-LATE-1PCT; JKK-TOTAL"
    assert [notice.basis for notice in mixed.notices] == ["JKK-TOTAL"]


def test_machines_read_a_working_in_the_language_of_the_office() -> None:
    line = late_payment(150, due_on=date(2024, 5, 27), paid_on=date(2024, 5, 28)).line
    [plain] = told(determine_penalty([line], payee="HEIR"))["lines"]
    assert plain == {
        "code": "PENALTY_LATE",
        "amount": 2,
        "basis": "JKM-LATE-1PCT",
        "working": "1 hari × 1% × Rp 150 = Rp 2",
        "working_id": "1 hari × 1% × Rp 150 = Rp 2",
        "working_en": "1 day × 1% × Rp 150 = Rp 2",
        "payable": "at_once",
    }


def test_a_signature_names_what_it_saw() -> None:
    line = late_payment(150, due_on=date(2024, 5, 27), paid_on=date(2024, 5, 28)).line
    one, other = (determine_penalty([line], payee=payee) for payee in ("HEIR", "FUNERAL_ARRANGER"))
    assert one.digest == determine_penalty([line], payee="HEIR").digest != other.digest
    assert len(one.digest) == 64 and not one.is_rejection

"""Three working days to pay, and one percent for each calendar day after them."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.benefit.deadlines import late_payment, payment_due


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

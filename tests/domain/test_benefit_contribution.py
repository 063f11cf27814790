"""Contributions: the city's invoice, the relief windows on both sides, and their arithmetic in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefit.contribution import SEGMENTS, contribution, contribution_due, invoice
from domain.benefit.rules import RULES
from domain.dated import NotInForce
from domain.period import Month
from domain.refusal import Invalid

SPONSORED = 1_000_000
MONTHS = st.builds(Month, st.integers(2016, 2027), st.integers(1, 12))
HEADS = st.dictionaries(MONTHS, st.integers(0, 5000), max_size=14)
BASES = st.sampled_from([band.wage_base for band in RULES.bands])

TRIED = """
[[rule]]
id = "CON-JKK-TRIED"
kind = "contribution.jkk"
name_id = "Iuran JKK"
name_en = "Work accident contribution"
values = { share_of_wage_base = "1/200" }
unit = "share of the wage base, a month"
effective_from = 2015-07-01
legal_basis = "proposal"
confidence = "C"
supersedes = "CON-JKK-BPU"

[[rule]]
id = "CON-RELIEF-TRIED"
kind = "contribution.relief.2026_other"
name_id = "Keringanan iuran"
name_en = "Relief"
values = { share_to_pay = "3/200", segments = ["BPU_SELF_OTHER"] }
unit = "share of the contribution still to pay"
effective_from = 2026-04-01
legal_basis = "proposal"
confidence = "C"
supersedes = "CON-RELIEF-2026-N"
"""


def total(month: str, segment: str) -> int:
    return contribution(months=[Month.parse(month)], segment=segment, wage_base=SPONSORED).total


def test_817_heads_for_one_month() -> None:
    due = invoice({Month(2023, 9): 817}, wage_base=SPONSORED, segment="BPU_APBD")
    assert [line.amount for line in due.lines] == [8_170_000, 5_555_600]
    assert due.total == 13_725_600
    assert due.lines[0].working_id == "817 orang × 1 bulan × 1% × Rp 1.000.000 = Rp 8.170.000"
    assert due.lines[1].working_en == "817 persons × 1 month × Rp 6,800 = Rp 5,555,600"


def test_heads_may_differ_from_month_to_month() -> None:
    due = invoice({Month(2023, 10): 815, Month(2023, 9): 817}, wage_base=SPONSORED, segment="BPU_APBD")
    assert due.total == (817 + 815) * 16_800
    assert due.lines[1].working_id == (
        "817 orang × 1 bulan × Rp 6.800 + 815 orang × 1 bulan × Rp 6.800 = Rp 11.097.600"
    )


@pytest.mark.parametrize(
    ("month", "segment", "amount"),
    [
        ("2020-07", "BPU_APBD", 16_800),
        ("2020-08", "BPU_APBD", 168),
        ("2021-01", "BPU_SELF_OTHER", 168),
        ("2021-02", "BPU_SELF_OTHER", 16_800),
        ("2025-12", "BPU_SELF_TRANSPORT", 16_800),
        ("2026-01", "BPU_SELF_TRANSPORT", 8_400),
        ("2027-03", "BPU_SELF_TRANSPORT", 8_400),
        ("2027-04", "BPU_SELF_TRANSPORT", 16_800),
        ("2026-03", "BPU_SELF_OTHER", 16_800),
        ("2026-04", "BPU_SELF_OTHER", 8_400),
        ("2026-12", "BPU_SELF_OTHER", 8_400),
        ("2027-01", "BPU_SELF_OTHER", 16_800),
        ("2026-06", "BPU_APBD", 16_800),
        ("2026-06", "BPU_APBN", 16_800),
    ],
)
def test_relief_on_both_sides_of_its_windows(month: str, segment: str, amount: int) -> None:
    assert total(month, segment) == amount


def test_relief_shows_in_basis_and_working_of_the_months_that_have_it() -> None:
    months = Month(2026, 3).through(Month(2026, 5))
    jkk = contribution(months=months, segment="BPU_SELF_OTHER", income=1_000_000).lines[0]
    assert jkk.basis == "CON-JKK-BPU; CON-RELIEF-2026-N"
    assert jkk.working_en == (
        "1 person × 1 month × 1% × Rp 1,000,000 + 1 person × 2 months × 1% × Rp 1,000,000 × 50% = Rp 20,000"
    )


@given(heads=HEADS, segment=st.sampled_from(SEGMENTS), wage_base=BASES)
def test_an_invoice_is_the_sum_of_its_lines_and_of_its_months(
    heads: dict[Month, int], segment: str, wage_base: int
) -> None:
    due = invoice(heads, wage_base=wage_base, segment=segment)
    apart = [invoice({month: count}, wage_base=wage_base, segment=segment) for month, count in heads.items()]
    assert due.total == sum(line.amount for line in due.lines) == sum(one.total for one in apart)


def test_a_month_named_twice_is_paid_once() -> None:
    assert contribution(months=[Month(2024, 1)] * 2, segment="BPU_APBD", wage_base=SPONSORED).total == 16_800


def test_without_wage_base_and_income_the_lowest_band_holds() -> None:
    assert contribution(months=[Month(2024, 1)], segment="BPU_APBD").wage_base == SPONSORED


def test_no_months_cost_nothing() -> None:
    assert invoice({}, wage_base=SPONSORED, segment="BPU_APBD").lines == ()
    with pytest.raises(Invalid, match="at least one"):
        contribution(months=[], segment="BPU_APBD")


def test_what_cannot_be_invoiced_is_refused() -> None:
    with pytest.raises(Invalid, match="segment MARITIME"):
        total("2024-01", "MARITIME")
    with pytest.raises(Invalid, match="not negative"):
        invoice({Month(2024, 1): -1}, wage_base=SPONSORED, segment="BPU_APBD")
    with pytest.raises(Invalid, match="above zero"):
        invoice({Month(2024, 1): 1}, wage_base=0, segment="BPU_APBD")
    with pytest.raises(NotInForce, match="2015-06-01"):
        total("2015-06", "BPU_APBD")


def test_contributions_fall_due_on_the_15th_or_the_next_working_day() -> None:
    assert contribution_due(Month(2024, 5)).due_on == date(2024, 5, 15)
    assert contribution_due(Month(2024, 6)).due_on == date(2024, 6, 19)  # a weekend, Idul Adha, joint leave
    assert contribution_due(Month(2028, 1)).due_on is None


def test_a_share_with_a_fraction_is_written_as_each_language_writes_it() -> None:
    """No share of today has decimals; a reform may."""
    tried = RULES.amended({"tried.toml": TRIED})
    due = contribution(months=[Month(2026, 5)], segment="BPU_SELF_OTHER", wage_base=1_000_000, rules=tried)
    jkk, jkm = due.lines
    assert (jkk.amount, jkm.amount) == (75, 102)
    assert jkk.working_id == "1 orang × 1 bulan × 0,5% × Rp 1.000.000 × 1,5% = Rp 75"
    assert jkk.working_en == "1 person × 1 month × 0.5% × Rp 1,000,000 × 1.5% = Rp 75"
    assert jkm.working_id == "1 orang × 1 bulan × Rp 6.800 × 1,5% = Rp 102"
    assert jkm.working_en == "1 person × 1 month × Rp 6,800 × 1.5% = Rp 102"

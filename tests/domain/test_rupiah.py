"""Money is whole rupiah; fractions are exact until a line is rounded, once, half up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rupiah import counted, round_half_up, written_percent, written_rupiah


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        (Fraction(1, 2), 1),
        (Fraction(3, 2), 2),
        (Fraction(5, 2), 3),
        (Fraction(2, 3), 1),
        (Fraction(1, 3), 0),
        (Fraction(38_000_000, 3), 12_666_667),
        (Fraction(-1, 2), 0),
    ],
)
def test_a_half_goes_up(exact: Fraction, rounded: int) -> None:
    assert round_half_up(exact) == rounded


@given(st.fractions())
def test_rounding_moves_by_at_most_a_half(exact: Fraction) -> None:
    assert -Fraction(1, 2) < round_half_up(exact) - exact <= Fraction(1, 2)


def test_amounts_as_people_write_them() -> None:
    assert written_rupiah(42_000_000) == "Rp 42.000.000"
    assert written_rupiah(42_000_000, "en") == "Rp 42,000,000"
    assert written_rupiah(0) == "Rp 0"
    assert written_rupiah(-50_400) == "-Rp 50.400"


@pytest.mark.parametrize(
    ("share", "indonesian", "english"),
    [
        (Fraction(1, 100), "1%", "1%"),
        (Fraction(1, 2), "50%", "50%"),
        (Fraction(1, 200), "0,5%", "0.5%"),
        (Fraction(-1, 400), "-0,25%", "-0.25%"),
        (Fraction(0), "0%", "0%"),
        (Fraction(1, 100_000_000), "0,000001%", "0.000001%"),
        (Fraction(1, 3), "100/3%", "100/3%"),
    ],
)
def test_shares_as_people_write_them(share: Fraction, indonesian: str, english: str) -> None:
    assert written_percent(share) == indonesian
    assert written_percent(share, "en") == english


def test_units_agree_with_their_number() -> None:
    assert [counted(1, "month", "en"), counted(2, "month", "en"), counted(2, "month")] == [
        "1 month",
        "2 months",
        "2 bulan",
    ]

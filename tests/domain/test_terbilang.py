"""Numbers in Indonesian words: known ones by hand, all others by reading them back."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.terbilang import LARGEST, number_in_words, rupiah_in_words

UNITS: Final = {
    word: n
    for n, word in enumerate(
        ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
    )
}
SCALES: Final = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12}
NUMBERS: Final = st.one_of(st.integers(0, LARGEST), st.integers(0, 10**7), st.integers(0, 2000))


def read(words: str) -> int:
    """Read a number back. Written apart from the writer: it goes through the words from left to right."""
    total = group = unit = 0
    for word in words.split():
        if word in UNITS:
            group, unit = group + unit, UNITS[word]
        elif word == "belas":
            unit += 10
        elif word in ("puluh", "ratus"):
            unit *= {"puluh": 10, "ratus": 100}[word]
        elif word in SCALES:
            total, group, unit = total + (group + unit) * SCALES[word], 0, 0
        else:
            once = {"sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000}[word]
            group, unit = group + unit + once, 0
    return total + group + unit


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (1, "satu"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (19, "sembilan belas"),
        (20, "dua puluh"),
        (21, "dua puluh satu"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (200, "dua ratus"),
        (1_000, "seribu"),
        (1_001, "seribu satu"),
        (1_100, "seribu seratus"),
        (2_000, "dua ribu"),
        (11_000, "sebelas ribu"),
        (16_800, "enam belas ribu delapan ratus"),
        (100_000, "seratus ribu"),
        (101_000, "seratus satu ribu"),
        (1_000_000, "satu juta"),
        (1_001_000, "satu juta seribu"),
        (42_000_000, "empat puluh dua juta"),
        (42_420_000, "empat puluh dua juta empat ratus dua puluh ribu"),
        (1_000_000_000, "satu miliar"),
        (1_000_000_000_000, "satu triliun"),
    ],
)
def test_numbers_that_everybody_knows(number: int, words: str) -> None:
    assert number_in_words(number) == words


@given(NUMBERS)
def test_whoever_reads_the_words_gets_the_number(number: int) -> None:
    assert read(number_in_words(number)) == number


@given(NUMBERS, NUMBERS)
def test_two_numbers_never_share_their_words(one: int, other: int) -> None:
    assert (number_in_words(one) == number_in_words(other)) == (one == other)


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_what_has_no_words_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="words are given"):
        number_in_words(number)


def test_an_amount_names_its_currency() -> None:
    assert rupiah_in_words(10_000_000) == "sepuluh juta rupiah"
    assert rupiah_in_words(LARGEST).startswith("sembilan ratus sembilan puluh sembilan triliun")

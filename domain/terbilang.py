"""Amounts in Indonesian words (terbilang), as letters and receipts give them beside the figures.

Own code: the one library that does it well binds those who ship it (LGPL), which our licence rules exclude.
"""

from collections.abc import Iterator
from typing import Final

from domain.rupiah import Rupiah

LARGEST: Final = 10**15 - 1  # 999 trillion and what belongs to it
_UNITS: Final = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_STEPS: Final = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu"))


def number_in_words(number: int) -> str:
    """Return a whole number from 0 to `LARGEST` in words: 1.500 is `seribu lima ratus`."""
    if not 0 <= number <= LARGEST:
        raise ValueError(f"words are given for 0 to {LARGEST}, not for {number}")
    return " ".join(_words(number)) if number else _UNITS[0]


def rupiah_in_words(amount: Rupiah) -> str:
    """Return an amount in words: 42.000.000 is `empat puluh dua juta rupiah`."""
    return f"{number_in_words(amount)} rupiah"


def _words(number: int) -> Iterator[str]:
    for step, name in _STEPS:
        count, number = divmod(number, step)
        if count == 1 and name == "ribu":
            yield "seribu"  # only a thousand: a million is `satu juta`
        elif count:
            yield from _below_thousand(count)
            yield name
    yield from _below_thousand(number)


def _below_thousand(number: int) -> Iterator[str]:
    hundreds, rest = divmod(number, 100)
    if hundreds == 1:
        yield "seratus"
    elif hundreds:
        yield from (_UNITS[hundreds], "ratus")
    tens, units = divmod(rest, 10)
    match tens, units:
        case 1, 0:
            yield "sepuluh"
        case 1, 1:
            yield "sebelas"
        case 1, _:
            yield from (_UNITS[units], "belas")
        case _:
            if tens:
                yield from (_UNITS[tens], "puluh")
            if units:
                yield _UNITS[units]

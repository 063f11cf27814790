"""Money: whole rupiah as plain integers, exact fractions while a sum is being worked out."""

from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Literal, TypeAlias

Rupiah: TypeAlias = int
Language: TypeAlias = Literal["id", "en"]

_HALF = Fraction(1, 2)


def round_half_up(exact: Fraction) -> Rupiah:
    """Return whole rupiah, a half going up. Called once per line, at the end (an engine convention)."""
    return floor(exact + _HALF)


def written_number(number: int, language: Language = "id") -> str:
    """Return a whole number as people of that language write it: 42.000.000 or 42,000,000."""
    grouped = f"{number:,}"
    return grouped.replace(",", ".") if language == "id" else grouped


def written_rupiah(amount: Rupiah, language: Language = "id") -> str:
    """Return an amount as people write it: `Rp 42.000.000`, a debt as `-Rp 42.000.000`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp {written_number(abs(amount), language)}"


def counted(number: int, unit: Literal["person", "month", "day"], language: Language = "id") -> str:
    """Return a number with its unit: `3 bulan`, `1 month`, `3 months`."""
    if language == "id":
        name = {"person": "orang", "month": "bulan", "day": "hari"}[unit]
        return f"{written_number(number)} {name}"
    return f"{written_number(number, 'en')} {unit}{'' if number == 1 else 's'}"


@lru_cache(maxsize=1024)  # the shares of the law are few, and every sheet writes them
def written_percent(share: Fraction, language: Language = "id") -> str:
    """Return a share as a percentage without rounding: 1/100 is `1%`, 1/200 is `0,5%` or `0.5%`.

    A share that decimals cannot express keeps its fraction: 1/3 is `100/3%`.
    """
    percent = share * 100
    places = 0
    while (percent * 10**places).denominator != 1:
        places += 1
        if places > 6:
            return f"{percent}%"
    digits = f"{abs(int(percent * 10**places)):0{places + 1}d}"
    whole, decimals = (digits[:-places], digits[-places:]) if places else (digits, "")
    mark = "," if language == "id" else "."
    return f"{'-' if percent < 0 else ''}{whole}{mark + decimals if decimals else ''}%"

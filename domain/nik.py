"""The identity number of the civil registry (NIK): 16 digits that carry a region, a birth date and a sex.

Digits 1-6 are the region of first issue, 7-12 the birth date as DDMMYY with 40 added to the day for
women, 13-16 a serial number. People live with cards that contradict them, so what the number says
about birth and sex is a warning and never a reason to refuse; a region nobody knows is neither.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

Sex: TypeAlias = Literal["L", "P"]  # laki-laki, perempuan, as on the card

# Codes of the civil registry. The statistical office numbers Papua differently: do not mix the two.
PROVINCES: Final = {
    "11": "Aceh",
    "12": "Sumatera Utara",
    "13": "Sumatera Barat",
    "14": "Riau",
    "15": "Jambi",
    "16": "Sumatera Selatan",
    "17": "Bengkulu",
    "18": "Lampung",
    "19": "Kepulauan Bangka Belitung",
    "21": "Kepulauan Riau",
    "31": "DKI Jakarta",
    "32": "Jawa Barat",
    "33": "Jawa Tengah",
    "34": "DI Yogyakarta",
    "35": "Jawa Timur",
    "36": "Banten",
    "51": "Bali",
    "52": "Nusa Tenggara Barat",
    "53": "Nusa Tenggara Timur",
    "61": "Kalimantan Barat",
    "62": "Kalimantan Tengah",
    "63": "Kalimantan Selatan",
    "64": "Kalimantan Timur",
    "65": "Kalimantan Utara",
    "71": "Sulawesi Utara",
    "72": "Sulawesi Tengah",
    "73": "Sulawesi Selatan",
    "74": "Sulawesi Tenggara",
    "75": "Gorontalo",
    "76": "Sulawesi Barat",
    "81": "Maluku",
    "82": "Maluku Utara",
    "91": "Papua",
    "92": "Papua Barat",
    "93": "Papua Selatan",
    "94": "Papua Tengah",
    "95": "Papua Pegunungan",
    "96": "Papua Barat Daya",
}

_REMEDIES: Final = {
    "missing": "The NIK is missing: copy the 16 digits from the identity card.",
    "nik_damaged_by_spreadsheet": (
        "A spreadsheet turned the NIK into a number and lost its last digit, even where it looks whole: "
        "format the column as text and type the 16 digits again from the card."
    ),
    "nik_not_digits": "The NIK contains something other than digits: compare it with the identity card.",
    "nik_length": "A NIK has 16 digits, this one has more or fewer: compare it with the identity card.",
    "nik_impossible_date": (
        "Digits 7 to 12 of the NIK are no birth date (day, for women day + 40, month, year): "
        "compare it with the identity card."
    ),
}

_APOSTROPHES: Final = frozenset("'`´‘’ʼ")
# What a spreadsheet makes of a numeric cell: 3,37502E+15, or thousands apart, or decimals at the end.
_NUMERIC_CELL = re.compile(
    r"\d+([.,]\d*)?[eE][+-]?\d+|\d{1,3}(\.\d{3}){5}|\d{1,3}(,\d{3}){5}|\d{15,}[.,]0+", re.ASCII
)


class NikUnreadable(ValueError):
    """A text that cannot be a NIK. `code` is stable; the message says what to do and repeats no digit."""

    def __init__(self, code: str) -> None:
        super().__init__(_REMEDIES[code])
        self.code = code
        self.message = _REMEDIES[code]


@dataclass(frozen=True, slots=True, repr=False)
class Nik:
    """A readable NIK. Its text and representation are masked; `digits` is the number itself."""

    digits: str
    sex: Sex
    birth_dates: tuple[date, ...]  # the number has a two-digit year: one date per possible century

    @classmethod
    def parse(cls, text: str) -> "Nik":
        """Read a NIK as people and spreadsheets write it; `NikUnreadable` names what is wrong.

        Spaces, no-break and invisible characters, dots and apostrophes are dropped.
        """
        digits = text if text.isascii() and text.isdigit() else _digits(text)  # nearly all are digits alone
        if len(digits) != 16:
            raise NikUnreadable("nik_length")
        sex: Sex = "P" if int(digits[6:8]) > 40 else "L"
        birth_dates = _birth_dates(digits[6:12])
        if not birth_dates:
            raise NikUnreadable("nik_impossible_date")
        return cls(digits, sex, birth_dates)

    def birth_date(self, *, on: date, declared: date | None = None) -> date:
        """Return the birth date the number speaks of.

        A declared birth date that fits one of the centuries settles it. Otherwise it is the latest
        date that is not after `on`, so that nobody is taken for a hundred years older than need be.
        """
        if declared in self.birth_dates:
            return declared
        return max((born for born in self.birth_dates if born <= on), default=min(self.birth_dates))

    def warnings(self, *, birth_date: date, sex: str) -> tuple[str, ...]:
        """Return where the number contradicts the declaration: `birth_date_mismatch`, `sex_mismatch`."""
        found = []
        if birth_date not in self.birth_dates:
            found.append("birth_date_mismatch")
        if sex != self.sex:
            found.append("sex_mismatch")
        return tuple(found)

    @property
    def region_code(self) -> str:
        """The region of first issue, six digits; it need not be today's residence."""
        return self.digits[:6]

    @property
    def province(self) -> str | None:
        """The province of first issue, or nothing for a code that is not in the table (yet)."""
        return PROVINCES.get(self.digits[:2])

    @property
    def masked(self) -> str:
        return mask(self.digits)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Nik({self.masked})"


def mask(number: str) -> str:
    """Return a NIK or account number with all but its last four characters hidden; a short one wholly."""
    shown = number[-4:] if len(number) > 4 else ""
    return shown.rjust(len(number), "*")


def _digits(text: str) -> str:
    """Return the digits of a number that is written with anything else between them."""
    kept = "".join(c for c in text if not _is_padding(c))
    digits = kept.replace(".", "")
    if not digits:
        raise NikUnreadable("missing")
    if _NUMERIC_CELL.fullmatch(kept):
        raise NikUnreadable("nik_damaged_by_spreadsheet")
    if not (digits.isascii() and digits.isdigit()):
        raise NikUnreadable("nik_not_digits")
    return digits


def _is_padding(character: str) -> bool:
    return (
        character.isspace()
        or character in _APOSTROPHES
        or unicodedata.category(character) == "Cf"  # zero-width characters that chat programs put in
    )


def _birth_dates(ddmmyy: str) -> tuple[date, ...]:
    """Return the possible birth dates, earliest first; a day field of 0, 32 to 40 or above 71 has none."""
    day, month, year = int(ddmmyy[:2]), int(ddmmyy[2:4]), int(ddmmyy[4:])
    if day > 40:
        day -= 40
    possible = []
    for century in (1900, 2000):
        try:
            possible.append(date(century + year, month, day))
        except ValueError:  # such as 29 February 1900
            continue
    return tuple(possible)

"""What is written in a cell, read as people and spreadsheets write it."""

import re
import unicodedata
from contextlib import suppress
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Final

import phonenumbers

from domain.nik import Nik, NikUnreadable, Sex
from domain.tables.read import folded
from workflows.roster.table import Cell

TEXT_MAX: Final = 300  # characters

_APOSTROPHES: Final = "'`´‘’ʼ"
_EDGES: Final = frozenset(["", *" .-'`"])  # what a text that is not tidy may begin or end with
_DASHES: Final = frozenset("-−–—")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
# Soft hyphens, marks of writing direction and zero-width characters that chat programs put in.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}}) ?[-/.] ?(\d{{1,2}}) ?[-/.] ?(\d{{1,2}}){_TIME}", re.ASCII)
_DAY_FIRST = re.compile(rf"(\d{{1,2}}) ?[-/.] ?(\d{{1,2}}) ?[-/.] ?(\d{{4}}){_TIME}", re.ASCII)
# Days since 30 December 1899. Five digits reach from 1927 to 2173; four would take the year 1980 for a day.
_SPREADSHEET_DAY = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
_SPREADSHEET_EPOCH: Final = date(1899, 12, 30)

_AMOUNT = re.compile(
    r"(?P<sign>[-−–+]?) ?(?:rp|idr)?\.? ?(?P<second_sign>[-−–]?) ?"
    r"(?P<whole>\d{1,3}(?:[. ]\d{3})+(?=,\d{1,2}$|\D*$)|\d{1,3}(?:,\d{3})+(?=\.\d{1,2}$|\D*$)|\d+)"
    r"(?:[.,]\d{1,2}|[.,]-)?",
    re.ASCII,
)
_AMOUNT_DIGITS_MAX: Final = 12  # below a trillion rupiah a month


def _mobile() -> "re.Pattern[str]":
    """Return what a mobile number looks like as it is written at home, by the table of the library itself."""
    table = phonenumbers.PhoneMetadata.metadata_for_region("ID")
    assert table is not None and table.mobile is not None
    return re.compile(f"0(?:{table.mobile.national_number_pattern})", re.ASCII)


_MOBILE: Final = _mobile()

_SEXES: Final[dict[str, Sex]] = {
    "l": "L", "lk": "L", "laki": "L", "lakilaki": "L", "pria": "L", "male": "L",
    "p": "P", "pr": "P", "perempuan": "P", "wanita": "P", "female": "P",
}  # fmt: skip


class CellUnreadable(ValueError):
    """The cell does not hold what its column asks for; `code` is stable, and no value is repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_text(cell: Cell) -> str:
    """Return the text on one line, without what surrounds it: spaces, apostrophes, dots in front.

    A lone dash is how people leave a cell empty. A number gets its digits, a date its ISO form.
    Text that looks like a formula is text.
    """
    if isinstance(cell, Decimal):
        return _digits(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    text = cell
    if _is_tidy(text):
        return text
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = _SPACE.sub(" ", text).lstrip(" ." + _APOSTROPHES).rstrip(" " + _APOSTROPHES)
    return "" if text in _DASHES else text


def read_required_text(cell: Cell) -> str:
    """Return the text; refuses an empty cell and one that is no name any more but an essay."""
    text = read_text(cell)
    if not text:
        raise CellUnreadable("missing")
    return _bounded(text)


def read_optional_text(cell: Cell) -> str | None:
    return _bounded(read_text(cell)) or None


def read_nik(cell: Cell) -> Nik:
    """Return the NIK; refuses one that a spreadsheet keeps as a number, however whole it looks."""
    if not isinstance(cell, str):
        raise CellUnreadable("nik_damaged_by_spreadsheet")
    if not read_text(cell):
        raise CellUnreadable("missing")
    try:
        return Nik.parse(cell)
    except NikUnreadable as unreadable:
        raise CellUnreadable(unreadable.code) from None


def read_birth_date(cell: Cell, *, uploaded_on: date) -> date:
    """Return the date: dd/mm/yyyy, dd-mm-yyyy, ISO, a date cell, or a spreadsheet's count of days.

    Refuses one after the day of upload.
    """
    if isinstance(cell, date):
        day = cell
    else:
        text = read_text(cell).rstrip(".")
        if not text:
            raise CellUnreadable("missing")
        day = _day(text)
    if day > uploaded_on:
        raise CellUnreadable("in_future")
    return day


def read_sex(cell: Cell) -> Sex:
    """Return L or P, from the letter or the word."""
    text = read_text(cell)
    if not text:
        raise CellUnreadable("missing")
    sex = _SEXES.get(folded(text)) if len(text) < 20 else None
    if sex is None:
        raise CellUnreadable("not_l_or_p")
    return sex


def read_income(cell: Cell) -> int | None:
    """Return whole rupiah, fractions of a rupiah dropped; nothing for an empty cell.

    Reads `950000`, `950.000`, `950,000.00` and `Rp 950.000,-`.
    """
    if isinstance(cell, date):  # a spreadsheet showed an amount as a day: which amount is anybody's guess
        raise CellUnreadable("not_a_number")
    text = _whole_digits(cell) if isinstance(cell, Decimal) else read_text(cell).rstrip(".").casefold()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= _AMOUNT_DIGITS_MAX:
        return int(text)
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text.strip("() ")  # bookkeepers write a negative amount in brackets
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise CellUnreadable("not_a_number")
    digits = re.sub(r"\D", "", found["whole"]).lstrip("0") or "0"
    if len(digits) > _AMOUNT_DIGITS_MAX:
        raise CellUnreadable("not_a_number")
    if digits != "0" and (found["sign"] or "+") + found["second_sign"] != "+":
        raise CellUnreadable("negative")
    return int(digits)


def read_phone(cell: Cell) -> str | None:
    """Return the number as +62…; what is no number in use stays as written and is never a fault."""
    text = read_text(cell)[:TEXT_MAX]
    if _MOBILE.fullmatch(
        text
    ):  # as nearly all are written: what follows comes to the same, at ten times the cost
        return f"+62{text[1:]}"
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        return text or None
    if not phonenumbers.is_valid_number(number):
        return text
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _day(text: str) -> date:
    """Return a day from the forms that are written most, by their places; from all others by patterns."""
    if len(text) == 10:
        year_first = text
        if text[2] == text[5] and text[2] in "/-.":
            year_first = f"{text[6:]}-{text[3:5]}-{text[:2]}"
        if year_first[4] == year_first[7] == "-":  # not an ISO week
            with suppress(ValueError):
                return date.fromisoformat(year_first)
    return _day_by_pattern(text)


def _day_by_pattern(text: str) -> date:
    if found := _SPREADSHEET_DAY.fullmatch(text):
        return _SPREADSHEET_EPOCH + timedelta(days=int(found[1]))
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise CellUnreadable("not_a_date")
    try:
        return date(year, month, day)
    except ValueError:
        raise CellUnreadable("not_a_date") from None


def _digits(number: Decimal) -> str:
    """Return a number without exponent and needless zeros; one beyond all use keeps its exponent."""
    if not number.is_finite() or abs(number.adjusted()) > 30:
        return str(number)
    if number == number.to_integral_value():
        return str(int(number))
    return f"{number.normalize():f}"


def _whole_digits(number: Decimal) -> str:
    return _digits(number.to_integral_value(ROUND_DOWN)) if number.is_finite() else str(number)


def _is_tidy(text: str) -> bool:
    """Tell whether a text stands already as it is read, as most do: no pattern needs to look at it."""
    return (
        text.isascii()
        and text.isprintable()
        and "  " not in text
        and text[:1] not in _EDGES
        and text[-1:] not in _EDGES
    )


def _bounded(text: str) -> str:
    if len(text) > TEXT_MAX:
        raise CellUnreadable("too_long")
    return text

"""Which values of a person can be put right, how each is written, and by whom it takes effect."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from domain.nik import Nik, NikUnreadable
from domain.places import wards_of
from domain.refusal import Invalid
from domain.sealed import Sealed
from domain.tables.read import folded

# By these, age, coverage or payee may change: a second person decides (dossier 2.8).
BY_TWO: Final = frozenset({"nik", "birth_date"})
AT_ONCE: Final = frozenset({"name", "sex", "address", "rt", "rw", "ward", "phone"})

CorrectionStatus: TypeAlias = Literal["PROPOSED", "EFFECTIVE", "REJECTED"]
TEXT_MAX: Final = 200  # characters of a name or an address
BORN_FROM: Final = date(1900, 1, 1)
_PHONE = re.compile(r"\+?\d{8,15}", re.ASCII)
_UNIT = re.compile(r"\d{1,3}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,30}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A correction as it stands. position: in the log, of the fact by which it took effect; 0 before."""

    id: UUID
    field: str
    old: Sealed[str] | None
    new: Sealed[str]
    reason: Sealed[str]
    evidence: str
    warnings: tuple[str, ...]
    status: CorrectionStatus
    asked_by: str
    asked_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    rejected: Sealed[str] | None = None  # why, if it was
    position: int = 0


def read_value(field: str, text: str, *, on: date, area_code: str, name: str = "new") -> str:
    """Return a value as it is kept. Refused (`invalid`) where it is none; the refusal does not repeat it.

    on: the legal day. area_code: of the membership, whose wards are known. name: of the form's field.
    """
    try:
        return _READERS[field](" ".join(text.split()), on, area_code)
    except ValueError as wrong:
        raise Invalid(f"{name}: {wrong}", field=name) from None


def read_evidence(text: str) -> str:
    """Return what a correction rests on. Refused (`invalid`) where it is neither a digest nor a code."""
    if not (is_digest(text) or _CODE.fullmatch(text)):
        raise Invalid(
            "evidence is the SHA-256 of a document of the file (64 small hexadecimal digits), or the code of a paper",
            field="evidence",
        )
    return text


def is_digest(evidence: str) -> bool:
    """Tell whether a correction rests on one document, named by its SHA-256, and not on a kind of paper."""
    return _DIGEST.fullmatch(evidence) is not None


def is_same(one: str | None, other: str | None) -> bool:
    """Tell whether two values are the same but for case and blanks."""
    return " ".join((one or "").split()).casefold() == " ".join((other or "").split()).casefold()


def _text(text: str, _: date, __: str) -> str:
    if not text or len(text) > TEXT_MAX or not any(map(str.isalnum, text)):
        raise ValueError(f"write it in 1 to {TEXT_MAX} characters, as the card says")
    return text


def _name(text: str, on: date, area: str) -> str:
    if not any(map(str.isalpha, text)):
        raise ValueError("write the whole name in letters, as the card says")
    return _text(text, on, area)


def _sex(text: str, _: date, __: str) -> str:
    if text.upper() not in ("L", "P"):
        raise ValueError("write L or P, as the card says")
    return text.upper()


def _birth_date(text: str, on: date, _: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not BORN_FROM <= day <= on:
        raise ValueError("write the day of birth as 1980-08-21; it lies in the past")
    return day.isoformat()


def _nik(text: str, _: date, __: str) -> str:
    try:
        return Nik.parse(text).digits
    except NikUnreadable as unreadable:
        raise ValueError(unreadable.message) from None


def _unit(text: str, _: date, __: str) -> str:
    if not _UNIT.fullmatch(text):
        raise ValueError("write up to three digits")
    return text.zfill(3)


def _phone(text: str, _: date, __: str) -> str:
    digits = re.sub(r"[\s().-]", "", text)
    if not _PHONE.fullmatch(digits):
        raise ValueError("write the number with 8 to 15 digits, such as 081234567890")
    return f"+62{digits[1:]}" if digits.startswith("0") else digits


def _ward(text: str, _: date, area: str) -> str:
    """Return `ward, district` by their official names; of an area without a table as both are written."""
    ward, _comma, district = text.partition(",")
    found = [
        one
        for one in wards_of(area)
        if folded(one.name) == folded(ward) and folded(district) in ("", folded(one.district))
    ]
    if len(found) == 1:
        return f"{found[0].name}, {found[0].district}"
    if wards_of(area) or not (ward.strip() and district.strip()):
        raise ValueError(
            "write ward and district of the area with a comma between, such as Medono, Pekalongan Barat"
        )
    return f"{ward.strip()}, {district.strip()}"


_READERS: Final[Mapping[str, Callable[[str, date, str], str]]] = {
    "name": _name,
    "sex": _sex,
    "birth_date": _birth_date,
    "nik": _nik,
    "address": _text,
    "rt": _unit,
    "rw": _unit,
    "ward": _ward,
    "phone": _phone,
}

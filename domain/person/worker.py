"""A worker as a sponsor declares one: the personal part of a list row or of the enrollment form."""

from dataclasses import dataclass

from domain.command import Personal, PersonalDate


@dataclass(frozen=True, kw_only=True, repr=False)
class Worker:
    """A worker as a sponsor declares one; columns of the list, normalised."""

    nik: Personal
    name: Personal
    birth_date: PersonalDate
    sex: Personal  # L or P
    ward: str
    district: str
    occupation: str  # code of the occupation
    address: Personal | None = None
    rt: Personal | None = None
    rw: Personal | None = None
    phone: Personal | None = None
    income: int | None = None  # rupiah a month

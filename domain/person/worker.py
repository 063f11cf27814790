"""A worker as a sponsor declares one: the personal part of a list row or of the enrollment form."""

from dataclasses import dataclass

from domain.command import Personal, PersonalDate
from domain.fact import made


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

    def recognised(self, *, ward: str, district: str, occupation: str) -> "Worker":
        """Return the worker with the places by their official names and the occupation by its code."""
        return made(Worker, vars(self) | {"ward": ward, "district": district, "occupation": occupation})

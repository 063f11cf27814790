"""What has happened to a person known to the engine: one stream for each NIK."""

from dataclasses import dataclass
from datetime import date

from domain.fact import FirstFact
from domain.sealed import Sealed
from domain.stored_as import stored_as


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a sponsor declares about a worker, sealed under the worker's own key."""

    name: Sealed[str]
    birth_date: Sealed[date]
    sex: Sealed[str]  # L or P, as on the card
    address: Sealed[str] | None = None
    rt: Sealed[str] | None = None  # neighbourhood units of the address
    rw: Sealed[str] | None = None
    phone: Sealed[str] | None = None
    income: Sealed[str] | None = None  # rupiah a month as declared


@stored_as("person.registered")
class PersonRegistered(FirstFact):
    nik: Sealed[str]
    details: Details

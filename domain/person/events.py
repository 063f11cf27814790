"""What has happened to a person known to the engine: one stream for each NIK."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.fact import Fact, FirstFact
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


@stored_as("person.correction_proposed")
class CorrectionProposed(Fact):
    """A value by which age, coverage or payee may change is said to be wrong; a second person decides."""

    correction_id: UUID
    field: str
    old: Sealed[str] | None  # what stood; none where nothing did
    new: Sealed[str]
    reason: Sealed[str]
    evidence: str  # SHA-256 of a document, or the code of a paper
    warnings: tuple[str, ...] = ()  # where NIK, birth date and sex would contradict each other


@stored_as("person.corrected")
class PersonCorrected(Fact):
    """A value was wrong from the start. Decisions that used it stand; later ones use the new one."""

    correction_id: UUID
    field: str
    old: Sealed[str] | None
    new: Sealed[str]
    reason: Sealed[str]
    evidence: str
    warnings: tuple[str, ...] = ()
    proposed_by: str | None = None  # where two people were needed


@stored_as("person.correction_rejected")
class CorrectionRejected(Fact):
    """The second person did not agree; what stood stands."""

    correction_id: UUID
    field: str
    reason: Sealed[str]

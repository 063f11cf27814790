"""A person: one for each NIK, its id random, found by a keyed look-up that is never released."""

from typing import Final
from uuid import UUID

from domain.case import Case, Key
from domain.command import Command, header
from domain.fact import Fact
from domain.person.events import Details, PersonRegistered
from domain.person.worker import Worker
from domain.sealed import Sealed
from domain.step import Step
from domain.stored_as import stored_as

PERSON_KEY: Final = "person"


def details_of(worker: Worker, subject_id: UUID) -> Details:
    """Return a worker's declaration with every personal value sealed under the worker's key."""

    def sealed(value: str | None) -> Sealed[str] | None:
        return Sealed.of(subject_id, value) if value else None

    return Details(
        name=Sealed.of(subject_id, worker.name),
        birth_date=Sealed.of(subject_id, worker.birth_date),
        sex=Sealed.of(subject_id, worker.sex),
        address=sealed(worker.address),
        rt=sealed(worker.rt),
        rw=sealed(worker.rw),
        phone=sealed(worker.phone),
        income=sealed(None if worker.income is None else str(worker.income)),
    )


@stored_as("person")
class Person(Case):
    """Somebody whom the engine knows by NIK."""

    def __init__(self) -> None:
        super().__init__()
        self.nik: Sealed[str] | None = None
        self.details: Details | None = None

    @property
    def subject_id(self) -> UUID:
        return self.id

    @classmethod
    def register(cls, command: Command, person_id: UUID, worker: Worker, nik_digest: bytes) -> "Person":
        """Make a person known. `nik_digest` is the keyed look-up of the NIK, never part of an event."""
        person = cls._create(
            PersonRegistered,
            id=person_id,
            nik=Sealed.of(person_id, worker.nik),
            details=details_of(worker, person_id),
            **header(command, Step(name="register"), person_id),
        )
        person.keys.take.append(Key(PERSON_KEY, nik_digest))
        return person

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case PersonRegistered():
                self.nik, self.details = event.nik, event.details

"""What letters on a claim are made from: its events, folded, with the personal values that a reader may see."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from api.bootstrap import House
from api.letters.signers import Chairs, Signer, chairs_of, signer
from domain.claim.aggregate import Claim
from domain.claim.events import DeathReported, Payee
from domain.clocks import RUNNING
from domain.enrollment.aggregate import Enrollment
from domain.fact import ClockChange, Fact
from domain.legal_day import legal_day
from domain.nik import mask
from domain.person.aggregate import Person
from domain.programme.aggregate import Programme
from domain.rupiah import Language
from domain.sealed import Erased, Sealed
from domain.world import World
from store.records import Recorded
from store.sealing import Keyring
from workflows.lifecycle import Definition

T = TypeVar("T")
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Source:
    """The last event a letter rests on: the same source makes the same letter."""

    position: int
    recorded_at: datetime
    digest: str  # SHA-256 of the event as the log keeps it, hexadecimal

    @classmethod
    def of(cls, record: Recorded) -> "Source":
        return cls(record.position, record.recorded_at, hashlib.sha256(record.state).hexdigest())

    @property
    def day(self) -> date:
        return legal_day(self.recorded_at)

    @property
    def seal(self) -> str:
        """The beginning of the digest, in groups that people can compare."""
        return " ".join(self.digest[n : n + 4] for n in range(0, 16, 4))


@dataclass(frozen=True, kw_only=True)
class ClaimFile:
    """A claim as a letter sees it. Values of erased persons are None."""

    claim: Claim
    definition: Definition
    world: World
    events: Sequence[tuple[Recorded, Fact]]
    person: Person | None
    source: Source
    chairs: Chairs
    keyring: Keyring

    @property
    def programme(self) -> Programme:
        return self.world.the("programme", Programme)

    @property
    def enrollment(self) -> Enrollment:
        return self.world.the("enrollment", Enrollment)

    def open(self, value: Sealed[T] | None) -> T | None:
        """Return a personal value whose key is there, or None."""
        found = None if value is None else value.open(self.keyring)
        return None if isinstance(found, Erased) else found

    def masked(self, value: Sealed[str] | None) -> str | None:
        """Return a NIK or an account number as it may be printed."""
        found = self.open(value)
        return None if found is None else mask(found)

    @cached_property
    def sex(self) -> str | None:
        """The sex of the deceased as on the card, L or P."""
        return self.open(self.person.details.sex) if self.person and self.person.details else None

    @cached_property
    def name_of_deceased(self) -> str | None:
        return self.open(self.person.details.name) if self.person and self.person.details else None

    @property
    def reported(self) -> DeathReported:
        return self.claim.reported

    @property
    def payees(self) -> Sequence[Payee]:
        return self.claim.filed.payees if self.claim.filed else ()

    def payees_when(self, fact: Fact) -> Sequence[Payee]:
        """Return who was to be paid, and where, when an event of this claim came."""
        claim: Claim | None = None
        for _, event in self.events:
            claim = event.mutate(claim)
            if event is fact:
                break
        return claim.filed.payees if claim is not None and claim.filed else ()

    def last(self, *kinds: type[F]) -> tuple[Recorded, F] | None:
        """Return the last event of these kinds, with its row."""
        for record, fact in reversed(self.events):
            if isinstance(fact, kinds):
                return record, fact
        return None

    def running(self, clock: str) -> ClockChange | None:
        """Return a clock that runs now."""
        found = self.claim.clocks.get(clock)
        return found if found is not None and found.change in RUNNING else None

    def signer(self, fact: Fact, language: Language) -> Signer:
        return signer(fact, self.chairs, language)

    def label(self, language: Language) -> str:
        """Return how the lifecycle calls where the claim stands."""
        status = self.definition.statuses[self.claim.status]
        return status.label_id if language == "id" else status.label_en


async def read_claim_file(house: House, claim: Claim, definition: Definition, *, up_to: int) -> ClaimFile:
    """Return the file of a claim that the caller may see, as of a position of the log."""
    cases = house.office.cases
    person_id = claim.reported.person_id
    people = await cases.load([person_id], up_to=up_to)
    person = people.get(person_id)
    events = await cases.events(claim.id, up_to=up_to)
    of_person = await cases.events(person_id, up_to=up_to)
    await house.keyring.load(_subjects(claim, events))
    newest = max((record for record, _ in (*events, *of_person)), key=lambda record: record.position)
    return ClaimFile(
        claim=claim,
        definition=definition,
        world=await house.office.world_of(claim, up_to=up_to),
        events=events,
        person=person if isinstance(person, Person) else None,
        source=Source.of(newest),
        chairs=await chairs_of(cases, (fact for _, fact in events), up_to=up_to),
        keyring=house.keyring,
    )


def _subjects(claim: Claim, events: Sequence[tuple[Recorded, Fact]]) -> Iterator[UUID]:
    """Yield everybody of whom a letter may show something."""
    yield claim.reported.person_id
    yield claim.reported.reported_by.name.subject_id
    for payee in claim.filed.payees if claim.filed else ():
        yield payee.name.subject_id
    for _, fact in events:
        reason: Any = getattr(fact, "reason", None)  # of whatever event has one
        if isinstance(reason, Sealed):
            yield reason.subject_id

"""What the log knows of the people behind NIKs: found by the keyed look-up, never by a NIK in the clear."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from eventsourcing.utils import get_topic

from domain.claim.memory import DEATH_CLAIM_KEY
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.memory import MEMBERSHIP_KEY
from domain.enrollment.standing import DECEASED_KEY
from domain.person.aggregate import PERSON_KEY, Person
from domain.person.events import PersonCorrected
from domain.sealed import Erased
from store.sealing import Keyring
from store.store import Store
from workflows.cases import Cases
from workflows.roster.programme_rules import LiveMembership, Standing

_UNKNOWN: Final = UUID(int=0)


class Standings:
    """Looks people up for a list or a form, a whole slice in a few queries."""

    def __init__(self, store: Store, keyring: Keyring, cases: Cases) -> None:
        self._store = store
        self._keyring = keyring
        self._cases = cases

    def digest(self, nik: str) -> bytes:
        """Return the keyed look-up of a NIK."""
        return self._keyring.hmac(PERSON_KEY, nik)

    async def people(self, niks: Iterable[str]) -> dict[str, UUID]:
        """Return who is known among these NIKs."""
        return await self.people_behind({nik: self.digest(nik) for nik in niks})

    async def people_behind(self, digests: Mapping[str, bytes]) -> dict[str, UUID]:
        """Return who is known among the NIKs of these look-ups."""
        owners = await self._store.find_owners(PERSON_KEY, list(digests.values()))
        return {nik: owners[digest] for nik, digest in digests.items() if digest in owners}

    async def live_membership(self, person_id: UUID) -> UUID | None:
        """Return the enrollment by which a person is a live member or proposed."""
        return (await self._store.find_owners(MEMBERSHIP_KEY, [person_id.bytes])).get(person_id.bytes)

    async def of(self, people: Mapping[str, UUID], programme_id: UUID) -> dict[str, Standing]:
        """Return what each person's row in a list of this programme has to reckon with."""
        digests = {person.bytes: nik for nik, person in people.items()}
        members = await self._store.find_owners(MEMBERSHIP_KEY, list(digests))
        reported = await self._store.find_owners(DEATH_CLAIM_KEY, list(digests))
        dead = await self._store.find_owners(DECEASED_KEY, list(digests))
        erased = await self._keyring.erased_among(people.values())
        enrollments = await self._cases.load(members.values())
        corrected = await self._corrected_birth_dates(people.values())
        standings: dict[str, Standing] = {}
        for digest, nik in digests.items():
            held = enrollments.get(members.get(digest, _UNKNOWN))
            standings[nik] = Standing(
                live_membership=_live(held, programme_id) if isinstance(held, Enrollment) else None,
                enrollment_id=members.get(digest),
                deceased=digest in reported or digest in dead,
                erased=people[nik] in erased,
                birth_date=corrected.get(people[nik]),
            )
        return standings

    async def _corrected_birth_dates(self, people: Iterable[UUID]) -> dict[UUID, date]:
        """Return the birth dates of those whose record was put right; few are, so few are opened."""
        touched = await self._store.streams_with(get_topic(PersonCorrected), list(people))
        cases = await self._cases.load(touched)
        await self._keyring.load(touched)
        found: dict[UUID, date] = {}
        for person in cases.values():
            assert isinstance(person, Person) and person.details is not None
            if person.was_corrected("birth_date"):
                born = person.details.birth_date.open(self._keyring)
                if not isinstance(born, Erased):
                    found[person.id] = born
        return found


def _live(held: Enrollment, programme_id: UUID) -> LiveMembership:
    return "same_programme" if held.begun.programme_id == programme_id else "other_programme"

"""What the log knows of the people behind NIKs: found by the keyed look-up, never by a NIK in the clear."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from eventsourcing.utils import get_topic

from domain.claim.memory import DEATH_CLAIM_KEY
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.memory import MEMBERSHIP_KEY
from domain.enrollment.standing import DECEASED_KEY
from domain.person.aggregate import PERSON_KEY, Person
from domain.person.events import PersonCorrected
from domain.sealed import Erased, Sealed
from store.sealing import Keyring
from store.store import Store
from workflows.cases import Cases
from workflows.roster.programme_rules import LiveMembership, Standing

T = TypeVar("T")
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
        digests = {person.bytes for person in people.values()}
        members = await self._store.find_owners(MEMBERSHIP_KEY, list(digests))
        reported = await self._store.find_owners(DEATH_CLAIM_KEY, list(digests))
        dead = await self._store.find_owners(DECEASED_KEY, list(digests))
        erased = await self._keyring.erased_among(people.values())
        enrollments = await self._cases.load(members.values())
        corrected = await self._corrected(people.values())
        standings: dict[str, Standing] = {}
        for nik, person in people.items():  # one person may come under an old NIK and under the new one
            digest = person.bytes
            held = enrollments.get(members.get(digest, _UNKNOWN))
            birth_date, niks = corrected.get(person, (None, frozenset()))
            standings[nik] = Standing(
                live_membership=_live(held, programme_id) if isinstance(held, Enrollment) else None,
                enrollment_id=members.get(digest),
                deceased=digest in reported or digest in dead,
                erased=person in erased,
                birth_date=birth_date,
                niks=niks,
            )
        return standings

    async def _corrected(self, people: Iterable[UUID]) -> dict[UUID, tuple[date | None, frozenset[str]]]:
        """Return birth date and NIKs of those whose record was put right in them; few are, so few are opened."""
        touched = await self._store.streams_with(get_topic(PersonCorrected), list(people))
        cases = await self._cases.load(touched)
        await self._keyring.load(touched)
        found: dict[UUID, tuple[date | None, frozenset[str]]] = {}
        for person in cases.values():
            assert isinstance(person, Person) and person.nik is not None and person.details is not None
            born = person.details.birth_date if person.was_corrected("birth_date") else None
            niks = [person.nik, *person.earlier_niks()] if person.was_corrected("nik") else []
            found[person.id] = (
                None if born is None else self._opened(born),
                frozenset(nik for one in niks if (nik := self._opened(one)) is not None),
            )
        return found

    def _opened(self, sealed: Sealed[T]) -> T | None:
        """Return a value whose key is loaded, or None where it was erased."""
        found = sealed.open(self._keyring)
        return None if isinstance(found, Erased) else found


def _live(held: Enrollment, programme_id: UUID) -> LiveMembership:
    return "same_programme" if held.begun.programme_id == programme_id else "other_programme"

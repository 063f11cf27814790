"""The names that pages show: of those whose cases the reader may see, NIK and accounts masked elsewhere."""

from collections.abc import Collection, Iterable
from uuid import UUID

from api.bootstrap import House
from api.http.answers import masked, opened
from domain.claim.aggregate import Claim
from domain.person.aggregate import Person


async def deceased_of(house: House, claims: Iterable[Claim]) -> dict[UUID, str | None]:
    """Return the name of the deceased by claim; None where it was erased."""
    by_claim = {claim.id: claim.reported.person_id for claim in claims}
    names = await names_of(house, by_claim.values())
    return {claim_id: names.get(person_id) for claim_id, person_id in by_claim.items()}


async def names_of(house: House, person_ids: Collection[UUID]) -> dict[UUID, str | None]:
    """Return the names of people; who was erased has none."""
    people = await house.office.cases.load(person_ids)
    await house.keyring.load(person_ids)
    return {
        person.id: opened(person.details.name, house.keyring)
        for person in people.values()
        if isinstance(person, Person) and person.details is not None
    }


async def nik_of(house: House, claim: Claim) -> str | None:
    """Return the masked NIK of the deceased; None where it was erased."""
    person = (await house.office.cases.load([claim.reported.person_id])).get(claim.reported.person_id)
    if not isinstance(person, Person):
        return None
    await house.keyring.load([person.id])
    return masked(opened(person.nik, house.keyring))

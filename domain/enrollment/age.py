"""The age that the register weighs: by the birth date as it stands, also where it was put right since."""

from datetime import date
from typing import Final

from domain.eligibility import Candidate, reason_to_reject
from domain.enrollment.refusals import NotEligible
from domain.person.aggregate import Person
from domain.refusal import SubjectErased
from domain.sealed import Erased
from domain.world import World

PERSON: Final = "person"  # role of the companion


def birth_date_in(world: World) -> date:
    """Return the birth date that stands. Refused (`erased`) where nobody can know it."""
    details = world.the(PERSON, Person).details
    assert details is not None, "a person is registered with details"
    birth_date = details.birth_date.open(world.opener)
    if isinstance(birth_date, Erased):
        raise SubjectErased("the personal data of this person have been erased: nobody can check the age")
    return birth_date


def refuse_corrected_age(world: World, registered_on: date) -> None:
    """Refuse who, by a corrected birth date, is too young or too old on the day that counts for the age.

    A birth date that nobody corrected was weighed when the list was checked, by what the list declares.
    """
    person = world.cases.get(PERSON)
    if isinstance(person, Person) and person.was_corrected("birth_date"):
        code = reason_to_reject(Candidate(birth_date=birth_date_in(world), registered_on=registered_on))
        if code is not None:
            raise NotEligible(code)

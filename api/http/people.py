"""Finding people by NIK without the NIK ever standing in an address, a log or an event."""

from datetime import date
from uuid import UUID

from api.bootstrap import House
from domain.coverage import Coverage
from domain.enrollment.aggregate import Enrollment
from domain.nik import Nik, NikUnreadable
from domain.person.aggregate import PERSON_KEY
from domain.programme.aggregate import Programme
from domain.refusal import Invalid, NotFound

_RANK = {"ACTIVE": 3, "GRACE": 2, "LAPSED": 1, "NOT_STARTED": 0}


def read_nik(text: str) -> Nik:
    """Return a NIK. Refused (`invalid`) where it is none; the refusal does not repeat it."""
    try:
        return Nik.parse(text)
    except NikUnreadable as unreadable:
        raise Invalid(f"nik: {unreadable.message}", field="nik", reason=unreadable.code) from None


async def person_of_nik(house: House, nik: str) -> UUID | None:
    """Return who is known under a NIK, by the keyed look-up."""
    digest = house.keyring.hmac(PERSON_KEY, read_nik(nik).digits)
    return (await house.store.find_owners(PERSON_KEY, [digest])).get(digest)


async def enrollments_of(house: House, person_id: UUID, on: date) -> list[tuple[Enrollment, Coverage]]:
    """Return a person's memberships with the cover on a day, from the log, best cover first."""
    position = await house.store.last_position()
    await house.views.positions.wait_for("enrollment_register", position)
    page = await house.views.enrollments.by_persons([person_id], on=on)
    cases = await house.office.cases.load(member.enrollment_id for member in page.items)
    programmes = await house.office.cases.load(
        case.begun.programme_id for case in cases.values() if isinstance(case, Enrollment)
    )
    found: list[tuple[Enrollment, Coverage]] = []
    for case in cases.values():
        assert isinstance(case, Enrollment)
        programme = programmes[case.begun.programme_id]
        assert isinstance(programme, Programme)
        found.append((case, case.membership(programme.contributions).coverage(on)))
    return sorted(
        found,
        key=lambda one: (_RANK[one[1].status], one[0].registered_position, one[0].position),
        reverse=True,
    )


async def enrollment_of_nik(house: House, nik: str, on: date) -> UUID:
    """Return the membership a death is reported on. Refused (`not_found`) where the NIK is unknown."""
    person_id = await person_of_nik(house, nik)
    found = await enrollments_of(house, person_id, on) if person_id else []
    if not found:
        raise NotFound("nobody with this NIK was ever on a list: check the number", field="nik")
    return found[0][0].id

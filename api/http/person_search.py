"""Looking somebody up at the counter: by number, by NIK, or by a name as it sounds."""

from collections import defaultdict
from datetime import date
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import examples, person_shapes
from api.http.answers import coverage_view, json_answer, masked
from api.http.callers import MinPosition, TheHouse, TheStaff, body_of, now
from api.http.people import person_of_nik
from api.http.reference import ALWAYS, described
from domain.mandate import Mandate
from domain.person.spelling import LETTERS_MIN, name_key
from domain.refusal import Invalid
from projections.person_search.view import Candidate, Found
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.forms import read_form

router = APIRouter(prefix="/v1/people", tags=["people"])
WAYS: Final = ("number", "nik", "name")
OF_A_NAME: Final = ("ward", "birth_date", "birth_year")
MODELS: Final = ("person_search", "enrollment_register", "claim_register")
NUMBER_LENGTH_MAX: Final = 40
NAME_LENGTH_MAX: Final = 100


@router.post(
    "/search",
    **described(
        answer=person_shapes.PeopleFound,
        body=person_shapes.PeopleBody,
        example=examples.PEOPLE,
        refusals=(*ALWAYS, "invalid", "too_large", "unsupported_media"),
    ),
)
async def search_people(
    request: Request, house: TheHouse, caller: TheStaff, min_position: MinPosition
) -> Response:
    """Find people by membership or claim number, by NIK, or by name however it is spelled.

    The body holds what is looked for; an address never does. Only people of the caller's area are found.
    """
    form = read_form(person_shapes.PeopleBody, await body_of(request))
    return json_answer(await people_found(house, caller, form, min_position))


async def people_found(
    house: House, caller: Caller, form: dict[str, Any], min_position: int = 0
) -> person_shapes.PeopleFound:
    """Return who fits what was filled in. Refused (`invalid`) with what to give instead."""
    wanted = _wanted(form)
    position = max(min_position, await house.store.last_position())
    for model in MODELS:
        await house.views.positions.wait_for(model, position)
    found = await _found(house, form, wanted, mandate_of(caller))
    return await _answer(house, caller, found, form["birth_date"])


def mandate_of(caller: Caller) -> Mandate | None:
    return None if caller.area is None else Mandate.read(caller.area)


def _wanted(form: dict[str, Any]) -> str:
    """Return by what is looked. Refused (`invalid`) with what to give instead."""
    given = [way for way in WAYS if form[way] is not None]
    if len(given) != 1:
        raise Invalid("give one of number, nik and name", field="name")
    [way] = given
    if way != "name":
        if others := [field for field in OF_A_NAME if form[field] is not None]:
            raise Invalid(f"{others[0]} goes with a name: leave it out", field=others[0])
        if not 0 < len(form[way].strip()) <= NUMBER_LENGTH_MAX:
            raise Invalid(f"{way} has 1 to {NUMBER_LENGTH_MAX} characters", field=way)
        return way
    if len(form["name"]) > NAME_LENGTH_MAX:
        raise Invalid(f"name has at most {NAME_LENGTH_MAX} characters", field="name")
    if sum(map(len, name_key(form["name"]).split())) < LETTERS_MIN:
        raise Invalid(
            f"name is too short to look for: give at least {LETTERS_MIN} letters besides titles and initials, "
            "or the number or the NIK instead",
            field="name",
        )
    if form["birth_year"] is not None and not 1900 <= form["birth_year"] <= now().year:
        raise Invalid("birth_year is a year such as 1980", field="birth_year")
    return way


async def _found(house: House, form: dict[str, Any], way: str, mandate: Mandate | None) -> Found:
    people = house.views.people
    if way == "number":
        return await people.by_number(form["number"], mandate=mandate)
    if way == "nik":
        person_id = await person_of_nik(house, form["nik"])
        return await people.by_id(person_id or UUID(int=0), mandate=mandate)
    return await people.by_name(
        form["name"],
        ward=form["ward"],
        birth_date=form["birth_date"],
        birth_year=form["birth_year"],
        mandate=mandate,
    )


async def _answer(
    house: House, caller: Caller, found: Found, asked_for: date | None
) -> person_shapes.PeopleFound:
    """Return the candidates with their memberships and claims, of the caller's area alone."""
    people = [candidate.person_id for candidate in found.candidates]
    mandate = mandate_of(caller)
    enrollments: dict[UUID, list[person_shapes.EnrollmentOf]] = defaultdict(list)
    seen: set[UUID] = set()
    for member in (await house.views.enrollments.by_persons(people, on=legal_day(now()))).items:
        if mandate is None or mandate.covers(member.area_code, (member.district, member.ward)):
            seen.add(member.enrollment_id)
            enrollments[member.person_id].append(
                person_shapes.EnrollmentOf(
                    id=member.enrollment_id,
                    number=member.number,
                    status=member.status,
                    coverage=coverage_view(member.coverage),
                )
            )
    claims: dict[UUID, list[person_shapes.ClaimOf]] = defaultdict(list)
    for claim in await house.views.people.claims_of(people):
        if claim.enrollment_id in seen:
            claims[claim.person_id].append(
                person_shapes.ClaimOf(id=claim.claim_id, number=claim.number, status=claim.status)
            )
    return person_shapes.PeopleFound(
        items=[
            person_shapes.CandidateView(
                person_id=one.person_id,
                name=one.name,
                birth_date=birth_date_shown(one, asked_for),
                nik=masked(one.nik),
                area_code=one.area_code,
                ward=one.ward,
                district=one.district,
                enrollments=enrollments[one.person_id],
                claims=claims[one.person_id],
                score=one.score,
            )
            for one in found.candidates
        ],
        more=found.more,
        position=found.position,
    )


def birth_date_shown(one: Candidate, asked_for: date | None) -> str | None:
    """Return the year of birth; the day only to who gave it, for he knows it."""
    if one.birth_date is None:
        return None
    return one.birth_date.isoformat() if asked_for == one.birth_date else f"{one.birth_date.year}-**-**"

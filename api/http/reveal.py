"""Personal values in the clear, for a role that needs them and a reason; on record before anything is shown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import access_shapes, examples
from api.http.answers import json_answer, opened
from api.http.callers import Asked, TheCaller, TheHouse, asked, body_of, uuid_of
from api.http.cases import look_to_act
from api.http.reference import ALWAYS, described
from domain.case import Case
from domain.claim.aggregate import Claim
from domain.enrollment.aggregate import Enrollment
from domain.mandate import Mandate
from domain.person.aggregate import Person
from domain.refusal import NotYourRole, OutsideArea, SubjectErased
from domain.sealed import Sealed
from store.access import Look
from store.sealing import Keyring
from workflows.attempts import Attempt
from workflows.chairs import Caller, first_able
from workflows.forms import read_form
from workflows.reveal import reason_said, refuse_unknown_fields, refuse_wrong_role

router = APIRouter(prefix="/v1", tags=["personal data"])
STEP: Final = "reveal"
Shown: TypeAlias = Any  # sealed values in lists and tables, as they are to be answered
_REVEAL: Final = described(
    answer=access_shapes.Revealed,
    body=access_shapes.RevealBody,
    example=examples.REVEAL,
    refusals=(*ALWAYS, "invalid", "not_your_role", "too_large", "unsupported_media", "erased"),
)


@router.post("/claims/{claim_id}/reveal", **_REVEAL)
async def reveal_claim(claim_id: str, request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Show chosen values of a claim in the clear; the look is put on record first, with its reason."""
    asking = asked(request, caller)
    claim = await look_to_act(house, Claim, uuid_of(claim_id), asking, STEP)
    return await show(request, house, asking, "claim", claim, claim.area_code, claim.is_within)


@router.post("/enrollments/{enrollment_id}/reveal", **_REVEAL)
async def reveal_enrollment(
    enrollment_id: str, request: Request, house: TheHouse, caller: TheCaller
) -> Response:
    """Show chosen values of a member in the clear; the look is put on record first, with its reason."""
    asking = asked(request, caller)
    enrollment = await look_to_act(house, Enrollment, uuid_of(enrollment_id), asking, STEP)
    within = enrollment.is_within
    return await show(request, house, asking, "enrollment", enrollment, enrollment.area_code, within)


async def show(
    request: Request,
    house: House,
    asking: Asked,
    kind: str,
    case: Case,
    area_code: str,
    within: Callable[[Mandate], bool],
) -> Response:
    """Judge, put on record, and only then open and answer.

    within: whether a mandate reaches the case; it must be that of the very seat whose role needs the values.
    """
    form = read_form(access_shapes.RevealBody, await body_of(request))
    return json_answer(
        await revealed(house, asking, kind, case, area_code, within, form["fields"], form["reason"])
    )


async def revealed(
    house: House,
    asking: Asked,
    kind: str,
    case: Case,
    area_code: str,
    within: Callable[[Mandate], bool],
    fields: Sequence[str],
    reason: str,
) -> access_shapes.Revealed:
    """Return chosen values in the clear, once the look is on record. Refused as `show` says."""
    names = tuple(dict.fromkeys(fields))
    refuse_unknown_fields(kind, names)
    reason = reason_said(reason)
    seat = await _seat(house, asking, case, names, within)
    person = case if isinstance(case, Person) else await house.office.cases.get(case.subject_id)
    assert isinstance(person, Person)
    shown = {name: VALUES[name](case, person) for name in names}
    subjects = dict.fromkeys([person.id, *(value.subject_id for value in sealed_in(shown))])
    for subject in subjects:  # erased a moment ago by another process: ask the database, not the memory
        house.keyring.distrust(subject)
    await house.keyring.load(subjects)
    if house.keyring.is_erased(person.id):
        raise SubjectErased("the personal data of this person have been erased: there is nothing to show")
    noted = await house.access.note(
        Look(
            id=uuid4(),
            actor=asking.caller.name,
            issuer=asking.caller.issuer,
            roles=sorted(seat.roles),
            kind=kind,
            case_id=case.id,
            area_code=area_code,
            subjects=list(subjects),
            fields=names,
            reason=reason,
        )
    )
    return access_shapes.Revealed(
        id=case.id,
        values={name: laid_open(value, house.keyring) for name, value in shown.items()},
        access=noted.number,
        seen_at=noted.seen_at,
    )


async def _seat(
    house: House, asking: Asked, case: Case, names: tuple[str, ...], within: Callable[[Mandate], bool]
) -> Caller:
    """Return the own roles or the chair in which the caller may look. Refused, and put on record, where none may."""

    def judged(seat: Caller) -> Caller:
        if seat.area is not None and not within(Mandate.read(seat.area)):
            raise OutsideArea(f"the case lies outside your mandate {seat.area}: ask an officer of that area")
        refuse_wrong_role(seat, names)
        return seat

    try:
        return first_able(asking.caller, judged)
    except (NotYourRole, OutsideArea) as refusal:
        attempt = Attempt(
            case_id=case.id,
            step=STEP,
            actor=asking.caller.name,
            roles=asking.caller.roles,
            at=asking.at,
            command_id=asking.command_id,
        )
        await house.office.record_attempt(attempt, refusal)
        raise


def _accounts(claim: Case, _: Person) -> Shown:
    return [
        {
            "code": payee.code,
            "name": payee.name,
            "bank": payee.bank,
            "account_number": payee.account_number,
            "account_name": payee.account_name,
        }
        for payee in _payees(claim)
    ]


def _payee_phones(claim: Case, _: Person) -> Shown:
    return [{"code": payee.code, "name": payee.name, "phone": payee.phone} for payee in _payees(claim)]


def _heirs(claim: Case, _: Person) -> Shown:
    assert isinstance(claim, Claim)
    return [
        {
            "relation": heir.relation,
            "name": heir.name,
            "nik": heir.nik,
            "birth_date": heir.birth_date,
            "phone": heir.phone,
        }
        for heir in (claim.filed.heirs if claim.filed else ())
    ]


def _children(claim: Case, _: Person) -> Shown:
    assert isinstance(claim, Claim)
    children = claim.filed.children if claim.filed else ()
    return [{"name": child.name, "birth_date": child.birth_date} for child in children]


def _reporter(claim: Case, _: Person) -> Shown:
    assert isinstance(claim, Claim)
    reporter = claim.reported.reported_by
    return {"relation": reporter.relation, "name": reporter.name, "phone": reporter.phone}


def _payees(claim: Case) -> tuple[Any, ...]:
    assert isinstance(claim, Claim)
    return claim.filed.payees if claim.filed else ()


def _address(_: Case, person: Person) -> Shown:
    details = person.details
    return details and {"address": details.address, "rt": details.rt, "rw": details.rw}


def _corrections(_: Case, person: Person) -> Shown:
    return [
        {
            "id": str(one.id),
            "field": one.field,
            "old": one.old,
            "new": one.new,
            "reason": one.reason,
            "rejected": one.rejected,
        }
        for one in person.corrections.values()
    ]


VALUES: Final[Mapping[str, Callable[[Any, Person], Shown]]] = {
    "nik": lambda _, person: person.nik,
    "birth_date": lambda _, person: person.details and person.details.birth_date,
    "sex": lambda _, person: person.details and person.details.sex,
    "address": _address,
    "phone": lambda _, person: person.details and person.details.phone,
    "income": lambda _, person: person.details and person.details.income,
    "accounts": _accounts,
    "payee_phones": _payee_phones,
    "heirs": _heirs,
    "children": _children,
    "reporter": _reporter,
    "corrections": _corrections,
}


def sealed_in(shown: Shown) -> Iterator[Sealed[Any]]:
    """Yield every sealed value, however deep."""
    if isinstance(shown, Sealed):
        yield shown
    elif isinstance(shown, dict | list):
        for part in shown.values() if isinstance(shown, dict) else shown:
            yield from sealed_in(part)


def laid_open(shown: Shown, keyring: Keyring) -> Any:
    """Return the same with every sealed value open, and nothing where it was erased."""
    if isinstance(shown, Sealed):
        return opened(shown, keyring)
    if isinstance(shown, dict):
        return {name: laid_open(part, keyring) for name, part in shown.items()}
    if isinstance(shown, list):
        return [laid_open(part, keyring) for part in shown]
    return shown

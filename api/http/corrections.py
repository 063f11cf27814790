"""A person's record: what stands, what was put right, and who asked and agreed."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import access, access_shapes, examples, person_shapes, shapes
from api.http.answers import coverage_view, json_answer, masked, opened
from api.http.callers import Asked, MinPosition, TheCaller, TheHouse, TheStaff, asked, body_of, now, uuid_of
from api.http.cases import history_page
from api.http.person_search import mandate_of
from api.http.reference import ALWAYS, WRITING, described
from api.http.reveal import STEP as REVEAL
from api.http.reveal import show
from domain.command import Command
from domain.mandate import Mandate
from domain.person.aggregate import Person
from domain.person.commands import ConfirmCorrection, CorrectPerson, RejectCorrection
from domain.person.correction import Correction, is_digest
from domain.refusal import Invalid, NotFound, NotYourRole, OutsideArea
from projections.enrollment_register.view import Member
from projections.person_search.view import ClaimOf
from workflows.answer import Answer
from workflows.attempts import Attempt
from workflows.chairs import Caller
from workflows.corrections import Leaned
from workflows.days import legal_day
from workflows.forms import read_form

router = APIRouter(prefix="/v1/people", tags=["people"])
MODELS: Final = ("enrollment_register", "claim_register")
HIDDEN: Final = "****"
OPENLY_SHOWN: Final = frozenset({"name", "ward"})
_CORRECTING: Final = (*WRITING, "step_not_open", "same_person", "guard_failed", "duplicate", "erased")


@dataclass(frozen=True)
class Known:
    """A person with what the person has with the Fund, within the caller's mandate."""

    person: Person
    members: tuple[Member, ...]
    claims: tuple[ClaimOf, ...]

    def is_within(self, mandate: Mandate) -> bool:
        """Whether a mandate reaches one of the memberships."""
        return any(mandate.covers(one.area_code, (one.district, one.ward)) for one in self.members)


@router.get("/corrections", **described(answer=person_shapes.WaitingPage, refusals=(*ALWAYS, "invalid")))
async def list_waiting_corrections(
    house: TheHouse,
    caller: TheStaff,
    min_position: MinPosition,
    cursor: access.Cursor = None,
    limit: int = 50,
) -> Response:
    """Return the corrections that wait for a second person, the oldest first."""
    position = max(min_position, await house.store.last_position())
    await house.views.positions.wait_for("person_search", position)
    page = await house.views.people.corrections_waiting(
        mandate=mandate_of(caller), cursor=cursor, limit=limit
    )
    items = [
        person_shapes.WaitingItem(
            id=one.correction_id,
            person_id=one.person_id,
            name=one.name,
            field=one.field,
            asked_by=one.asked_by,
            since=one.since,
        )
        for one in page.items
    ]
    return json_answer(person_shapes.WaitingPage(items=items, next=page.next, position=page.position))


@router.get("/{person_id}", **described(answer=person_shapes.PersonView))
async def get_person(person_id: str, house: TheHouse, caller: TheStaff) -> Response:
    """Return a person's record, masked, with its corrections and the decisions that used an old value."""
    known = await _look_at(house, uuid_of(person_id), caller)
    leaned = await house.corrections.leaned_on(
        known.person,
        [member.enrollment_id for member in known.members],
        [claim.claim_id for claim in known.claims],
    )
    await house.keyring.load([known.person.id])
    digests = [one.evidence for one in known.person.corrections.values() if is_digest(one.evidence)]
    kept = await house.documents.kept(digests, known.person.id)
    view = _view(house, known, leaned, kept)
    return json_answer(view, headers={"ETag": f'"{known.person.version}"'})


@router.get("/{person_id}/history", **described(answer=shapes.HistoryPage, refusals=(*ALWAYS, "invalid")))
async def get_person_history(
    person_id: str,
    house: TheHouse,
    caller: TheStaff,
    as_of: str | None = None,
    cursor: str | None = None,
    limit: int = 200,
) -> Response:
    """Return what happened to a person's record, oldest first; values stay shut."""
    known = await _look_at(house, uuid_of(person_id), caller)
    return await history_page(house, known.person.id, caller, as_of=as_of, cursor=cursor, limit=limit)


@router.get(
    "/{person_id}/access",
    **described(answer=access_shapes.AccessPage, refusals=(*ALWAYS, "not_your_role", "invalid")),
)
async def list_access_of_person(
    person_id: str, house: TheHouse, caller: access.TheWatcher, cursor: access.Cursor = None, limit: int = 50
) -> Response:
    """Return who looked at personal values of a person, in whatever case, the newest first."""
    known = await _look_at(house, uuid_of(person_id), caller)
    return await access.page_of(house, caller, person=known.person.id, cursor=cursor, limit=limit)


@router.post(
    "/{person_id}/reveal",
    **described(
        answer=access_shapes.Revealed,
        body=access_shapes.RevealBody,
        example=examples.REVEAL,
        refusals=(*ALWAYS, "invalid", "not_your_role", "too_large", "unsupported_media", "erased"),
    ),
)
async def reveal_person(person_id: str, request: Request, house: TheHouse, caller: TheStaff) -> Response:
    """Show chosen values of a person in the clear; the look is put on record first, with its reason."""
    asking = asked(request, caller)
    known = await _look_to_act(house, uuid_of(person_id), asking, REVEAL)
    area = known.members[0].area_code
    return await show(request, house, asking, "person", known.person, area, known.is_within)


@router.post(
    "/{person_id}/corrections",
    **described(
        status=201,
        answer=person_shapes.CorrectionAnswer,
        body=person_shapes.CorrectionBody,
        example=examples.CORRECTION,
        refusals=_CORRECTING,
    ),
)
async def correct_person(person_id: str, request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Put a value right that was wrong from the start; NIK and birth date wait for a second person.

    Decisions that used the old value stand; they are listed with the correction.
    """
    asking = asked(request, caller)
    known = await _look_to_act(house, uuid_of(person_id), asking, CorrectPerson.step)
    body = await body_of(request)
    form = read_form(person_shapes.CorrectionBody, body)
    _refuse_unknown_evidence(house, form["evidence"])
    asking = asked(request, caller, body)
    held = await house.corrections.held(form["new"]) if form["field"] == "nik" else None
    command = CorrectPerson(
        case_id=known.person.id,
        enrollment_id=known.members[0].enrollment_id,
        nik_owner=held.owner if held else None,
        **asking.header(form),
        **form,
    )
    return await _decided(house, command, 201)


@router.post(
    "/{person_id}/corrections/{correction_id}/confirm",
    **described(
        answer=person_shapes.CorrectionAnswer,
        body=person_shapes.CorrectionDecisionBody,
        example=examples.CONFIRM_CORRECTION,
        refusals=_CORRECTING,
    ),
)
async def confirm_correction(
    person_id: str, correction_id: str, request: Request, house: TheHouse, caller: TheCaller
) -> Response:
    """Agree to a correction as the second person; from now on the new value counts."""
    asking = asked(request, caller)
    known = await _look_to_act(house, uuid_of(person_id), asking, ConfirmCorrection.step)
    body = await body_of(request)
    form = read_form(person_shapes.CorrectionDecisionBody, body)
    if form.pop("reason") is not None:
        raise Invalid("reason belongs to the proposal, or to a rejection: leave it out", field="reason")
    asking = asked(request, caller, body)
    held = await house.corrections.held_if_proposed(known.person, uuid_of(correction_id))
    command = ConfirmCorrection(
        case_id=known.person.id,
        enrollment_id=known.members[0].enrollment_id,
        correction_id=uuid_of(correction_id),
        nik_digest=held.digest if held else None,
        nik_owner=held.owner if held else None,
        **asking.header(form),
    )
    return await _decided(house, command)


@router.post(
    "/{person_id}/corrections/{correction_id}/reject",
    **described(
        answer=person_shapes.CorrectionAnswer,
        body=person_shapes.CorrectionDecisionBody,
        example=examples.REJECT_CORRECTION,
        refusals=_CORRECTING,
    ),
)
async def reject_correction(
    person_id: str, correction_id: str, request: Request, house: TheHouse, caller: TheCaller
) -> Response:
    """Disagree with a correction as the second person; what stands stands."""
    asking = asked(request, caller)
    known = await _look_to_act(house, uuid_of(person_id), asking, RejectCorrection.step)
    body = await body_of(request)
    form = read_form(person_shapes.CorrectionDecisionBody, body)
    asking = asked(request, caller, body)
    command = RejectCorrection(
        case_id=known.person.id,
        enrollment_id=known.members[0].enrollment_id,
        correction_id=uuid_of(correction_id),
        reason=form.pop("reason") or "",
        **asking.header(form),
    )
    return await _decided(house, command)


async def _decided(house: House, command: Command, status: int = 200) -> Response:
    answer: Answer = await house.office.do(command)
    data = answer.data
    return json_answer(
        person_shapes.CorrectionAnswer(
            id=UUID(data["correction_id"]),
            person_id=command.case_id,
            field=data["field"],
            status=data["status"],
            warnings=data["warnings"],
            version=data["version"],
            position=answer.position,
        ),
        status,
        {"ETag": f'"{data["version"]}"', "Jaminan-Position": str(answer.position)},
    )


async def _look_at(house: House, person_id: UUID, caller: Caller) -> Known:
    """Return a person. Refused (`not_found`, `outside_area`) where no membership is within the mandate."""
    if caller.is_only_participant:
        raise NotYourRole("records of people are for the staff of the office", roles=["intake", "verifier"])
    person = await house.office.cases.get(person_id)
    if not isinstance(person, Person):
        raise NotFound("there is no person with this id", id=str(person_id))
    position = await house.store.last_position()
    for model in MODELS:
        await house.views.positions.wait_for(model, position)
    members = (await house.views.enrollments.by_persons([person_id], on=legal_day(now()))).items
    mandate = mandate_of(caller)
    within = tuple(
        one for one in members if mandate is None or mandate.covers(one.area_code, (one.district, one.ward))
    )
    if not within:
        raise OutsideArea("this person has no membership in your area: ask an officer of the other area")
    seen = {one.enrollment_id for one in within}
    claims = await house.views.people.claims_of([person_id])
    return Known(person, within, tuple(claim for claim in claims if claim.enrollment_id in seen))


async def _look_to_act(house: House, person_id: UUID, asking: Asked, step: str) -> Known:
    """Return a person to act on; an attempt from outside the area is put on record."""
    try:
        return await _look_at(house, person_id, asking.caller)
    except OutsideArea as refusal:
        attempt = Attempt(
            case_id=person_id,
            step=step,
            actor=asking.caller.name,
            roles=asking.caller.roles,
            at=asking.at,
            command_id=asking.command_id,
        )
        await house.office.record_attempt(attempt, refusal)
        raise


def _refuse_unknown_evidence(house: House, text: str) -> None:
    """Refuse what looks like the code of a paper and is none; a digest is judged by the record itself."""
    known = sorted({code for definition in house.library for code in definition.documents})
    if text.isascii() and text.isupper() and text not in known:
        raise Invalid(
            f"evidence: there is no such paper; known are {', '.join(known)}, or give the SHA-256 of a document",
            field="evidence",
            known=known,
        )


def _view(
    house: House, known: Known, leaned: dict[UUID, list[Leaned]], kept: frozenset[str]
) -> person_shapes.PersonView:
    person, latest = known.person, known.members[0]

    def shown(field: str) -> str | None:
        value = opened(person.standing(field), house.keyring)
        return None if value is None else shown_masked(field, str(value))

    erased = house.keyring.is_erased(person.id)
    ward, _, district = (shown("ward") or f"{latest.ward}, {latest.district}").partition(", ")
    return person_shapes.PersonView(
        id=person.id,
        name=shown("name"),
        nik=shown("nik"),
        birth_date=shown("birth_date"),
        sex=shown("sex"),
        address=shown("address"),
        phone=shown("phone"),
        ward=None if erased else ward,
        district=None if erased else district,
        erased=erased,
        enrollments=[
            person_shapes.EnrollmentOf(
                id=member.enrollment_id,
                number=member.number,
                status=member.status,
                coverage=coverage_view(member.coverage),
            )
            for member in known.members
        ],
        claims=[
            person_shapes.ClaimOf(id=claim.claim_id, number=claim.number, status=claim.status)
            for claim in known.claims
        ],
        corrections=[
            _correction(house, one, leaned.get(one.id, []), kept) for one in person.corrections.values()
        ],
        version=person.version,
        position=person.position,
    )


def _correction(
    house: House, one: Correction, leaned: list[Leaned], kept: frozenset[str]
) -> person_shapes.CorrectionView:
    def shown(value: Any) -> str | None:
        text = opened(value, house.keyring)
        return None if text is None else shown_masked(one.field, text)

    return person_shapes.CorrectionView(
        id=one.id,
        field=one.field,
        status=one.status,
        old=shown(one.old),
        new=shown(one.new),
        evidence=one.evidence,
        evidence_in_file=one.evidence in kept if is_digest(one.evidence) else None,
        warnings=list(one.warnings),
        asked_by=one.asked_by,
        asked_at=one.asked_at,
        decided_by=one.decided_by,
        decided_at=one.decided_at,
        position=one.position or None,
        decisions=[
            person_shapes.DecisionView(
                case_id=decision.case_id,
                kind=decision.kind,
                event=decision.event,
                position=decision.position,
                effective_on=decision.effective_on,
                actor=decision.actor,
            )
            for decision in leaned
        ],
    )


def shown_masked(field: str, text: str) -> str:
    """Return a value as everybody of the office may see it."""
    if field in OPENLY_SHOWN:
        return text
    if field == "birth_date":
        return f"{text[:4]}-**-**"
    if field in ("nik", "phone"):
        return masked(text) or HIDDEN
    return HIDDEN

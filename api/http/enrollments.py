"""Enrollments: one worker at a time, steps, search in the body, the register."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid4

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import examples, shapes
from api.http.answers import (
    coverage_view,
    enrollment_view,
    json_answer,
    masked,
    moment_of,
    position_for,
    step_answer,
    texts_of,
    told_item,
)
from api.http.callers import (
    MinPosition,
    TheCaller,
    TheHouse,
    TheStaff,
    asked,
    body_of,
    now,
    uuid_of,
)
from api.http.cases import (
    add_document,
    created_id,
    definition_of,
    documents,
    look_around,
    look_at,
    look_to_act,
    steps,
    take_step,
)
from api.http.people import person_of_nik
from api.http.reference import ALWAYS, STEP, WRITING, described
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.commands import AddDocument, BeginEnrollment, Newcomer, ReplaceWorker
from domain.handling.events import handling_of
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.refusal import Invalid, NotFound, SubjectErased
from projections.enrollment_register.view import Member
from projections.page import Page
from workflows.catalogue import STEP_COMMANDS
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.forms import form_of, make, read_form
from workflows.processes.coverage_watch import FROM_LAPSED
from workflows.roster.checks import ERASED, AcceptedRow, SeenNiks, judge, niks_of, read_row
from workflows.roster.columns import COLUMNS, Row
from workflows.roster.messages import message
from workflows.roster.programme_rules import ProgrammeRules

router = APIRouter(prefix="/v1/enrollments", tags=["enrollments"])
Q_LENGTH_MIN = 3  # characters that the index of names can look for
_Person: Any = msgspec.defstruct(
    "Person",
    [(column, str | int | None, None) for column in COLUMNS],
    kw_only=True,
    frozen=True,
    forbid_unknown_fields=True,
)


class EnrollmentBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One worker; `person` has the columns of a list."""

    programme_id: UUID
    person: _Person
    effective_on: date
    note: str | None = None


class SearchBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A NIK; or in `q` three characters of a name or more, or a membership number.

    Personal data never stand in an address.
    """

    nik: str | None = None
    q: str | None = None


@router.post(
    "",
    **described(
        status=201,
        answer=shapes.StepAnswer,
        body=EnrollmentBody,
        example=examples.ENROLLMENT,
        refusals=(*WRITING, "erased"),
    ),
)
async def begin_enrollment(request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Begin one enrollment in DRAFT, by the columns of a list."""
    body = await body_of(request)
    form = read_form(EnrollmentBody, body)
    asking = asked(request, caller, body)
    person: Any = form.pop("person")
    programme = await look_at(house, Programme, form["programme_id"], caller)
    assert isinstance(programme, Programme)
    accepted = await _checked(house, person, programme, form["effective_on"], legal_day(asking.at))
    nik = accepted.worker.nik
    known = (await house.standings.people([nik])).get(nik)
    command = BeginEnrollment(
        case_id=created_id(asking, "enrollment"),
        person_id=known or uuid4(),
        worker=accepted.worker,
        known=known is not None,
        nik_digest=house.standings.digest(nik),
        warnings=tuple(warning.code for warning in accepted.warnings),
        programme_id=programme.id,
        **asking.header(form),
    )
    return step_answer(await house.office.do(command), 201)


@router.get("", **described(answer=shapes.EnrollmentPage, refusals=(*ALWAYS, "invalid")))
async def list_enrollments(
    house: TheHouse,
    caller: TheStaff,
    min_position: MinPosition,
    status: str | None = None,
    programme: UUID | None = None,
    occupation: str | None = None,
    ward: str | None = None,
    roster: UUID | None = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: int = 50,
) -> Response:
    """Return memberships with the cover of today. Names and NIK only by `POST …/search`."""
    await house.views.positions.wait_for("enrollment_register", min_position)
    page = await house.views.enrollments.page(
        on=legal_day(now()),
        status=status,
        programme_id=programme,
        occupation=occupation,
        ward=ward,
        roster_id=roster,
        area=caller.area,
        cursor=cursor,
        limit=limit,
    )
    return json_answer(_page(page, personal=False))


@router.post(
    "/search",
    **described(
        answer=shapes.EnrollmentPage, body=SearchBody, example=examples.SEARCH, refusals=(*ALWAYS, "invalid")
    ),
)
async def search(request: Request, house: TheHouse, caller: TheStaff, min_position: MinPosition) -> Response:
    """Find memberships by NIK, or by name or membership number. The NIK is answered masked."""
    form = read_form(SearchBody, await body_of(request))
    if (form["nik"] is None) == (form["q"] is None):
        raise Invalid("give either nik or q", field="nik")
    if form["q"] is not None and len(form["q"].strip()) < Q_LENGTH_MIN:
        raise Invalid(f"q has at least {Q_LENGTH_MIN} characters of a name or number", field="q")
    on = legal_day(now())
    position = max(min_position, await house.store.last_position())
    await house.views.positions.wait_for("enrollment_register", position)
    if form["nik"] is not None:
        person = await person_of_nik(house, form["nik"])
        page = await house.views.enrollments.by_persons([person] if person else [], on=on)
    else:
        page = await house.views.enrollments.search_name(form["q"], on=on, area=caller.area)
    if caller.area is not None:
        items = tuple(member for member in page.items if member.area_code.startswith(caller.area))
        page = Page(items, page.next, page.position)
    return json_answer(_page(page, personal=True))


@router.get("/{enrollment_id}", **described(answer=shapes.EnrollmentView))
async def get_enrollment(
    enrollment_id: str, house: TheHouse, caller: TheStaff, as_of: str | None = None
) -> Response:
    """Return a membership, always fresh, with the cover of today, or of the legal day of an instant."""
    moment = moment_of(as_of)
    up_to = await position_for(house.store, as_of)
    seen = await look_around(house, Enrollment, uuid_of(enrollment_id), caller, up_to=up_to)
    view = enrollment_view(
        seen.case,
        seen.world.the("programme", Programme),
        seen.definition,
        seen.world,
        caller,
        legal_day(now() if moment is None else min(moment, now())),
    )
    return json_answer(view, headers={"ETag": f'"{seen.case.version}"'})


@router.get("/{enrollment_id}/steps", **described(answer=shapes.StepsView))
async def list_steps(enrollment_id: str, house: TheHouse, caller: TheStaff) -> Response:
    """Return every step from here: open to the caller, or the reason why not."""
    return await steps(house, Enrollment, uuid_of(enrollment_id), caller)


@router.post(
    "/{enrollment_id}/steps/{step}",
    **described(
        answer=shapes.StepAnswer,
        body=dict[str, Any],
        example=examples.STEP,
        answer_example=examples.STEP_ANSWER,
        refusals=STEP,
    ),
)
async def post_step(
    enrollment_id: str, step: str, request: Request, house: TheHouse, caller: TheCaller
) -> Response:
    """Take a step with one enrollment; its form is in `GET …/steps`."""
    if step == ReplaceWorker.step:
        return await _replace(request, house, caller, uuid_of(enrollment_id))
    if step in FROM_LAPSED:
        return await _come_back(request, house, caller, uuid_of(enrollment_id), step)
    return await take_step(request, house, caller, Enrollment, uuid_of(enrollment_id), step)


@router.post(
    "/{enrollment_id}/documents",
    **described(
        status=201,
        answer=shapes.StepAnswer,
        multipart={"file": "binary", "code": ""},
        example=examples.LIST_PAPER,
        refusals=(*WRITING, "erased"),
    ),
)
async def post_document(enrollment_id: str, request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Add a paper to one enrollment; papers of its list count as well."""
    return await add_document(request, house, caller, Enrollment, uuid_of(enrollment_id), AddDocument)


@router.get("/{enrollment_id}/documents", **described(answer=shapes.PapersView))
async def list_documents(enrollment_id: str, house: TheHouse, caller: TheStaff) -> Response:
    """Return the checklist of one enrollment."""
    return await documents(house, Enrollment, uuid_of(enrollment_id), caller)


@router.get("/{enrollment_id}/history", **described(answer=shapes.HistoryPage, refusals=(*ALWAYS, "invalid")))
async def get_history(
    enrollment_id: str,
    house: TheHouse,
    caller: TheStaff,
    as_of: str | None = None,
    cursor: str | None = None,
    limit: int = 200,
) -> Response:
    """Return what happened to a membership, oldest first, and the payments that mean this member."""
    enrollment = await look_at(house, Enrollment, uuid_of(enrollment_id), caller)
    up_to = await position_for(house.store, as_of)
    head = await house.store.last_position()
    for read_model in ("case_timeline", "enrollment_register"):
        await house.views.positions.wait_for(read_model, head)
    page = await house.views.timeline.page(enrollment.id, up_to=up_to, cursor=cursor, limit=limit)
    if not page.items and cursor is None:
        raise NotFound("there is no case with this id at that moment", id=enrollment_id)
    noted = await house.office.cases.events(handling_of(enrollment.id), up_to=up_to)
    texts = await texts_of(house.keyring, noted)
    items = [told_item(entry, enrollment.id, texts.get(entry.position, {})) for entry in page.items]
    return json_answer(shapes.HistoryPage(items=items, next=page.next, position=page.position))


async def _replace(request: Request, house: House, caller: Caller, enrollment_id: UUID) -> Response:
    """Let another worker take the place, checked as a list row of the next month would be."""
    step = ReplaceWorker.step
    enrollment = await look_to_act(house, Enrollment, enrollment_id, asked(request, caller), step)
    assert isinstance(enrollment, Enrollment)
    definition_of(house, enrollment).step(step)
    body = await body_of(request)
    form = read_form(form_of(ReplaceWorker), body)
    asking = asked(request, caller, body)
    header = asking.header(form)
    programme = await look_at(house, Programme, enrollment.begun.programme_id, caller)
    assert isinstance(programme, Programme)
    begins_on = Month.of(header["effective_on"]).plus(1).first_day
    accepted = await _checked(house, form["person"], programme, begins_on, legal_day(asking.at), leaving=1)
    nik = accepted.worker.nik
    known = (await house.standings.people([nik])).get(nik)
    newcomer = Newcomer(
        person_id=known or uuid4(),
        worker=accepted.worker,
        known=known is not None,
        nik_digest=house.standings.digest(nik),
        warnings=tuple(warning.code for warning in accepted.warnings),
    )
    command = make(ReplaceWorker, form, case_id=enrollment.id, newcomer=newcomer, **header)
    return step_answer(await house.office.do(command))


async def _come_back(
    request: Request, house: House, caller: Caller, enrollment_id: UUID, step: str
) -> Response:
    """Take a step of a lapsed member; the lapse is written down first if the watch did not come by yet."""
    enrollment = await look_to_act(house, Enrollment, enrollment_id, asked(request, caller), step)
    rule = definition_of(house, enrollment).step(step)
    command = STEP_COMMANDS["enrollment", step]
    body = await body_of(request)
    form = read_form(form_of(command), body)
    asking = asked(request, caller, body)
    header = asking.header(form)
    if caller.roles & frozenset(rule.roles):
        await house.watch.before_step(step, [enrollment_id], day=header["effective_on"], at=asking.at)
    return step_answer(await house.office.do(make(command, form, case_id=enrollment_id, **header)))


async def _checked(
    house: House, person: Any, programme: Programme, effective_on: date, today: date, *, leaving: int = 0
) -> AcceptedRow:
    """Check one worker as a list row would be checked. Refused (`invalid`) with the row's code, and `erased`.

    leaving: how many make room in the quota by the same step.

    A live membership elsewhere is left to `propose`, for a DRAFT holds no natural key.
    """
    quota = programme.opened.quota
    rules = ProgrammeRules(
        area_code=programme.area_code,
        effective_on=effective_on,
        uploaded_on=today,
        wards=programme.opened.wards,
        occupations=programme.opened.occupations,
        quota=quota,
        accepted_before=await house.taken_up(programme.id) - leaving if quota is not None else 0,
    )
    cells = {column: "" if (value := getattr(person, column)) is None else str(value) for column in COLUMNS}
    reading = read_row(Row.of(cells), uploaded_on=today)
    people = await house.standings.people(niks_of([reading]))
    known = {
        nik: replace(standing, live_membership=None)
        for nik, standing in (await house.standings.of(people, programme.id)).items()
    }
    [outcome] = judge([reading], rules, known, SeenNiks())
    if isinstance(outcome, AcceptedRow):
        return outcome
    issue = outcome.issue
    said, detail_id = message(issue, "en"), message(issue, "id")
    if issue.code == ERASED:
        raise SubjectErased(said, detail_id=detail_id)
    raise Invalid(said, detail_id=detail_id, field=f"person.{issue.field}", reason=issue.code)


def _page(page: Page[Member], *, personal: bool) -> shapes.EnrollmentPage:
    return shapes.EnrollmentPage(
        items=[
            shapes.EnrollmentItem(
                id=member.enrollment_id,
                status=member.status,
                coverage=coverage_view(member.coverage),
                number=member.number,
                programme_id=member.programme_id,
                roster_id=member.roster_id,
                row=member.row,
                spell=member.spell,
                area_code=member.area_code,
                ward=member.ward,
                district=member.district,
                occupation=member.occupation,
                effective_on=member.effective_on,
                version=member.version,
                name=member.name if personal else None,
                nik=masked(member.nik) if personal else None,
            )
            for member in page.items
        ],
        next=page.next,
        position=page.position,
    )

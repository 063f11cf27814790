"""Programmes: the sponsor's agreement, its invoices, and the money that came in."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import examples, shapes, sponsor_shapes
from api.http.answers import json_answer
from api.http.callers import Asked, TheCaller, TheHouse, TheStaff, asked, body_of, now, uuid_of
from api.http.cases import created_id, history_page, look_at, look_to_act
from api.http.reference import ALWAYS, STEP, WRITING, described
from domain.benefit.contribution import SEGMENTS
from domain.benefit.rules import LAW_BEGINS
from domain.enrollment.aggregate import Enrollment
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.commands import Heads, OpenProgramme, ReceiveContribution, Rest
from domain.programme.invoice import Invoice, invoice_for
from domain.refusal import Invalid, NotFound
from domain.roster.aggregate import Roster
from workflows.answer import Answer
from workflows.days import legal_day
from workflows.forms import read_form

router = APIRouter(prefix="/v1/programmes", tags=["programmes"])
MONTHS_MAX = 24
AHEAD_MAX = 24  # months after the present one for which somebody may pay
WORKERS_MAX = 10**9  # a read model must be able to hold what is accepted
RUPIAH_MAX = 10**16
PATIENCE = 5.0  # seconds to wait for the register that counts heads


class Agreed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First and last day of the agreement."""

    from_: date = msgspec.field(name="from")
    to: date


class ProgrammeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    area_code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2,10}$(?!\n)", description="civil registry code")]
    target: Annotated[int, msgspec.Meta(ge=0, le=WORKERS_MAX, description="workers")]
    budget: Annotated[int, msgspec.Meta(ge=0, le=RUPIAH_MAX, description="rupiah")]
    period: Agreed
    segment: str
    sponsor: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    wards: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    quota: Annotated[int, msgspec.Meta(ge=1, le=WORKERS_MAX, description="workers")] | None = None


class ContributionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    months: tuple[str, ...]
    amount: Annotated[int, msgspec.Meta(ge=0, le=RUPIAH_MAX, description="rupiah that arrived")]
    paid_on: date
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    roster_id: UUID | None = None
    enrollment_ids: tuple[UUID, ...] = ()
    rest: Rest | None = None
    use_credit: Annotated[int, msgspec.Meta(ge=0, le=RUPIAH_MAX, description="rupiah of credit")] = 0
    authorisation: (
        Annotated[
            str,
            msgspec.Meta(max_length=100, description="of the Fund, for public money that came after a lapse"),
        ]
        | None
    ) = None
    effective_on: date | None = None
    note: str | None = None


@router.post(
    "",
    **described(
        status=201, answer=shapes.Created, body=ProgrammeBody, example=examples.PROGRAMME, refusals=WRITING
    ),
)
async def open_programme(request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Open a programme of a sponsor."""
    body = await body_of(request)
    fields = read_form(ProgrammeBody, body)
    if fields["segment"] not in SEGMENTS:
        raise Invalid(f"segment is one of {', '.join(SEGMENTS)}", field="segment")
    asking = asked(request, caller, body)
    period: Agreed = fields.pop("period")
    command = OpenProgramme(
        case_id=created_id(asking, "programme"),
        period_from=period.from_,
        period_to=period.to,
        **fields,
        **asking.header({}),
    )
    answer = await house.office.do(command)
    created = shapes.Created(id=UUID(answer.data["id"]), position=answer.position)
    return json_answer(created, 201, {"Jaminan-Position": str(answer.position)})


@router.get("/{programme_id}", **described(answer=sponsor_shapes.ProgrammeView))
async def get_programme(programme_id: str, house: TheHouse, caller: TheStaff) -> Response:
    """Return a programme: agreement, period, target and budget."""
    programme = await look_at(house, Programme, uuid_of(programme_id), caller)
    assert isinstance(programme, Programme)
    opened = programme.opened
    view = sponsor_shapes.ProgrammeView(
        id=programme.id,
        name=opened.name,
        sponsor=opened.sponsor,
        area_code=opened.area_code,
        segment=opened.segment,
        target=opened.target,
        budget=opened.budget,
        period_from=opened.period_from,
        period_to=opened.period_to,
        wards=list(opened.wards),
        occupations=list(opened.occupations),
        quota=opened.quota,
        credit=programme.credit,
        version=programme.version,
        position=programme.position,
    )
    return json_answer(view, headers={"ETag": f'"{programme.version}"'})


@router.get("/{programme_id}/history", **described(answer=shapes.HistoryPage, refusals=(*ALWAYS, "invalid")))
async def get_history(
    programme_id: str,
    house: TheHouse,
    caller: TheStaff,
    as_of: str | None = None,
    cursor: str | None = None,
    limit: int = 200,
) -> Response:
    """Return what happened to a programme, oldest first: who opened it, and who recorded which payment."""
    await look_at(house, Programme, uuid_of(programme_id), caller)
    return await history_page(house, uuid_of(programme_id), caller, as_of=as_of, cursor=cursor, limit=limit)


@router.get(
    "/{programme_id}/invoice", **described(answer=sponsor_shapes.InvoiceView, refusals=(*ALWAYS, "invalid"))
)
async def get_invoice(
    programme_id: str,
    house: TheHouse,
    caller: TheStaff,
    months: Annotated[str, Query(description="months, such as 2023-09,2023-10")],
    roster_id: UUID | None = None,
    enrollment_ids: Annotated[str | None, Query(description="ids, separated by commas")] = None,
    paid_on: Annotated[date | None, Query(description="the day of the payment; default: today")] = None,
    authorised: Annotated[
        bool, Query(description="of those who lapsed, to be paid by authorisation")
    ] = False,
) -> Response:
    """Return what is owed for the members of a list, or for named ones. A question: records nothing."""
    programme = await look_at(house, Programme, uuid_of(programme_id), caller)
    assert isinstance(programme, Programme)
    members = tuple(_member_id(text) for text in (enrollment_ids or "").split(",") if text)
    asked_months = read_months(months.split(","))
    await refuse_strangers(house, programme, roster_id, members)
    on = paid_on or legal_day(now())
    heads = await count_heads(house, programme, roster_id, members, asked_months, on, authorised)
    invoice = heads.invoice
    view = sponsor_shapes.InvoiceView(
        heads=max(invoice.heads.values(), default=0),
        months={str(month): count for month, count in sorted(invoice.heads.items())},
        lines=[sponsor_shapes.AmountLine(code=code, amount=amount) for code, amount in invoice.lines],
        total=invoice.total,
        credit_available=programme.credit,
        to_transfer=max(0, invoice.total - programme.credit),
        position=heads.position,
    )
    return json_answer(view)


@router.post(
    "/{programme_id}/contributions",
    **described(
        status=201,
        answer=sponsor_shapes.ContributionAnswer,
        body=ContributionBody,
        example=examples.CONTRIBUTION,
        refusals=STEP,
    ),
)
async def receive_contribution(
    programme_id: str, request: Request, house: TheHouse, caller: TheCaller
) -> Response:
    """Record one payment for the months of a list or of named members: exactly their invoice.

    `use_credit` completes the amount with credit of earlier payments; `rest: "credit"` keeps what is above the
    invoice as credit. Without either, any other amount is refused. With `authorisation`, the months of members who
    had lapsed are paid; they count once approver_2 took the step settle_sponsor_arrears by it.
    """
    asking = asked(request, caller)
    programme = await look_to_act(house, Programme, uuid_of(programme_id), asking, ReceiveContribution.step)
    assert isinstance(programme, Programme)
    body = await body_of(request)
    fields = read_form(ContributionBody, body)
    asking = asked(request, caller, body)
    payment = await contribution_of(house, programme, fields, asking)
    answer, position = await record_contribution(house, payment)
    data = {**answer.data, "position": position}
    return json_answer(data, 201, {"ETag": f'"{answer.data["version"]}"', "Jaminan-Position": str(position)})


async def contribution_of(
    house: House, programme: Programme, fields: dict[str, Any], asking: Asked
) -> ReceiveContribution:
    """Return the command behind the form of a payment, its heads counted as the log has them now."""
    months = read_months(fields["months"])
    fields["months"] = tuple(map(str, months))
    await refuse_strangers(house, programme, fields["roster_id"], fields["enrollment_ids"])
    header = asking.header(fields)
    paid_on, authorised = fields["paid_on"], fields["authorisation"] is not None
    heads = await count_heads(
        house, programme, fields["roster_id"], fields["enrollment_ids"], months, paid_on, authorised
    )
    return ReceiveContribution(case_id=programme.id, heads=heads, **fields, **header)


async def record_contribution(house: House, payment: ReceiveContribution) -> tuple[Answer, int]:
    """Record a payment; return the answer, and a position at which it reached members and waiting claims."""
    answer = await house.office.do(payment)
    await house.reached("contributions_reach_members", answer.position)
    await house.reached("arrears_release_claims", answer.position)
    return answer, await house.store.last_position()


def read_months(texts: Sequence[str]) -> list[Month]:
    """Return contribution months in order.

    Refused (`invalid`) where one does not read, comes twice, lies before the law or too far ahead.
    """
    try:
        months = sorted(Month.parse(text.strip()) for text in texts)
    except ValueError:
        raise Invalid("months are written YYYY-MM, such as 2023-09", field="months") from None
    if not 0 < len(set(months)) == len(months) <= MONTHS_MAX:
        raise Invalid(f"months names 1 to {MONTHS_MAX} different months", field="months")
    first, last = Month.of(LAW_BEGINS), Month.of(legal_day(now())).plus(AHEAD_MAX)
    if months[0] < first or months[-1] > last:
        raise Invalid(f"months lie from {first} to {last}: correct the year", field="months")
    return months


async def count_heads(
    house: House,
    programme: Programme,
    roster_id: UUID | None,
    members: Sequence[UUID],
    months: Sequence[Month],
    paid_on: date,
    authorised: bool = False,
) -> Heads:
    """Return how many members the log holds now for these months and a payment of this day, and their invoice."""
    position = await house.store.last_position()
    heads, died_on = await house.views.enrollments.heads(
        roster_id=roster_id,
        enrollment_ids=members,
        months=months,
        position=position,
        paid_on=paid_on,
        authorised=authorised,
    )
    spells_from: dict[Month, date] = {}
    if roster_id is not None:
        spells_from = await house.views.enrollments.spells_from(
            roster_id, months=months, position=position, paid_on=paid_on, authorised=authorised
        )
    invoice: Invoice = invoice_for(heads, programme.opened.segment)
    return Heads(position=position, invoice=invoice, died_on=died_on, spells_from=spells_from)


async def refuse_strangers(
    house: House, programme: Programme, roster_id: UUID | None, members: Sequence[UUID]
) -> None:
    """Refuse a list or members of another programme, and naming both or neither."""
    if (roster_id is None) == (not members):
        raise Invalid(
            "name either roster_id or enrollment_ids, so that it is clear who is meant", field="roster_id"
        )
    if len(set(members)) != len(members):
        raise Invalid("enrollment_ids names a member twice", field="enrollment_ids")
    named = [roster_id] if roster_id is not None else list(members)
    found = await house.office.cases.load(named)
    for id_ in named:
        case: Any = found.get(id_)
        owner = (
            case.received.programme_id
            if isinstance(case, Roster)
            else case.begun.programme_id
            if isinstance(case, Enrollment)
            else None
        )
        if owner != programme.id:
            field = "roster_id" if roster_id is not None else "enrollment_ids"
            raise NotFound(f"{field} names nobody of this programme", field=field, id=str(id_))


def _member_id(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise Invalid("enrollment_ids are ids separated by commas", field="enrollment_ids") from None

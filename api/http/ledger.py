"""The ledger of a programme, and months that were overpaid going back to the sponsor."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.http import examples, sponsor_shapes
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheCaller, TheHouse, TheStaff, asked, body_of, uuid_of
from api.http.cases import look_at, look_to_act
from api.http.programmes import PATIENCE, RUPIAH_MAX, read_months, refuse_strangers
from api.http.reference import STEP, described
from domain.programme.aggregate import Programme
from domain.programme.commands import MemberMonths, RefundOverpaid, RefundTo
from domain.refusal import NotFound
from workflows.forms import read_form

router = APIRouter(prefix="/v1/programmes", tags=["programmes"])
MEMBERS_MAX = 1_000  # of one refund


class MonthsOf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Months of one member."""

    enrollment_id: UUID
    months: tuple[str, ...]


class RefundBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    members: Annotated[tuple[MonthsOf, ...], msgspec.Meta(min_length=1, max_length=MEMBERS_MAX)]
    amount: Annotated[int, msgspec.Meta(ge=1, le=RUPIAH_MAX, description="rupiah")]
    agreement: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=200, description="letter or minutes by which it was agreed"),
    ]
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    refunded_on: date
    to: RefundTo = "account"
    effective_on: date | None = None
    note: str | None = None


@router.get("/{programme_id}/ledger", **described(answer=sponsor_shapes.LedgerView))
async def get_ledger(
    programme_id: str, house: TheHouse, caller: TheStaff, min_position: MinPosition
) -> Response:
    """Return the money in and out of a programme, with months that are overpaid and those that went back."""
    await look_at(house, Programme, uuid_of(programme_id), caller)
    for model in ("programme_ledger", "enrollment_register"):
        await house.views.positions.wait_for(model, min_position)
    ledger = await house.views.ledger.ledger(uuid_of(programme_id))
    if ledger is None:
        raise NotFound("the ledger does not show this programme yet: ask again in a moment", id=programme_id)
    view = sponsor_shapes.LedgerView(
        programme_id=ledger.programme_id,
        name=ledger.name,
        target=ledger.target,
        budget=ledger.budget,
        paid_in=ledger.paid_in,
        invoiced=ledger.invoiced,
        credit=ledger.credit,
        refunded=ledger.refunded,
        overpaid_amount=sum(one.amount for one in ledger.overpaid),
        approved=ledger.approved,
        paid_out=ledger.paid_out,
        budget_left=ledger.budget - ledger.paid_in,
        payments=[
            sponsor_shapes.PaymentInView(
                position=payment.position,
                reference=payment.reference,
                paid_on=payment.paid_on,
                months=list(payment.months),
                heads=list(payment.heads),
                amount=payment.amount,
                invoiced=payment.invoiced,
                credit_used=payment.credit_used,
                credit_kept=payment.credit_kept,
                roster_id=payment.roster_id,
                members=payment.members,
            )
            for payment in ledger.payments
        ],
        overpaid=[
            sponsor_shapes.OverpaidView(
                enrollment_id=one.enrollment_id,
                roster_id=one.roster_id,
                row=one.row,
                reason=one.reason,
                last_day=one.last_day,
                months=list(one.months),
                amount=one.amount,
            )
            for one in ledger.overpaid
        ],
        refunds=[
            sponsor_shapes.RefundView(
                position=refund.position,
                reference=refund.reference,
                agreement=refund.agreement,
                refunded_on=refund.refunded_on,
                amount=refund.amount,
                to=refund.sent_to,
                members=[
                    sponsor_shapes.RefundedView(
                        enrollment_id=one.enrollment_id, reason=one.reason, months=list(one.months)
                    )
                    for one in refund.members
                ],
            )
            for refund in ledger.refunds
        ],
        claims=[
            sponsor_shapes.MoneyOutView(
                claim_id=one.claim_id, number=one.number, approved=one.approved, paid=one.paid
            )
            for one in ledger.claims
        ],
        cash=[
            sponsor_shapes.CashView(
                month=str(one.month), paid_in=one.paid_in, paid_out=one.paid_out, refunded=one.refunded
            )
            for one in ledger.cash
        ],
        position=ledger.position,
    )
    return json_answer(view)


@router.post(
    "/{programme_id}/refunds",
    **described(
        status=201,
        answer=sponsor_shapes.RefundAnswer,
        body=RefundBody,
        example=examples.REFUND,
        refusals=STEP,
    ),
)
async def refund_overpaid(
    programme_id: str, request: Request, house: TheHouse, caller: TheCaller
) -> Response:
    """Give months back that were paid beyond a death or an end, as agreed with the sponsor.

    Each month of a member goes back once. Whoever recorded one of the payments cannot refund it.
    """
    asking = asked(request, caller)
    programme = await look_to_act(house, Programme, uuid_of(programme_id), asking, RefundOverpaid.step)
    assert isinstance(programme, Programme)
    body = await body_of(request)
    fields = read_form(RefundBody, body)
    named: tuple[MonthsOf, ...] = fields.pop("members")
    months = [
        MemberMonths(enrollment_id=one.enrollment_id, months=tuple(map(str, read_months(one.months))))
        for one in named
    ]
    members = [one.enrollment_id for one in named]
    await refuse_strangers(house, programme, None, members)
    asking = asked(request, caller, body)
    header = asking.header(fields)
    position = await house.store.last_position()
    for model in ("programme_ledger", "enrollment_register"):
        await house.views.positions.wait_for(model, position, PATIENCE)
    claims = await house.views.ledger.reports_of_death(members)
    command = RefundOverpaid(case_id=programme.id, members=tuple(months), claims=claims, **fields, **header)
    answer = await house.office.do(command)
    headers = {"ETag": f'"{answer.data["version"]}"', "Jaminan-Position": str(answer.position)}
    return json_answer({**answer.data, "position": answer.position}, 201, headers)

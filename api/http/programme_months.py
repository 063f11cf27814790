"""The months of a programme: what is invoiced and paid by month and list, and the four counts of heads."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.bootstrap import House
from api.http import money_shapes
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheHouse, TheStaff, now, uuid_of
from api.http.cases import look_at
from api.http.programmes import refuse_strangers
from api.http.reference import ALWAYS, described
from api.http.sponsor_shapes import AmountLine
from domain.benefit.rules import LAW_BEGINS
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.reconciliation import DIFFERENCES, OFF_THE_DECREE
from domain.refusal import Invalid
from projections.programme_ledger.months import MonthOfList, due_of
from projections.programme_ledger.standings import MemberPlace
from workflows.days import legal_day

router = APIRouter(prefix="/v1/programmes", tags=["programmes"])
MONTHS_MAX = 60
MODELS = ("programme_ledger", "enrollment_register")


@router.get(
    "/{programme_id}/invoices",
    **described(answer=money_shapes.InvoicesView, refusals=(*ALWAYS, "invalid")),
)
async def get_invoices(
    programme_id: str,
    house: TheHouse,
    caller: TheStaff,
    min_position: MinPosition,
    from_: Annotated[
        str | None, Query(alias="from", description="first month; default: of the agreement")
    ] = None,
    to: Annotated[
        str | None, Query(description="last month; default: of the agreement, or the present one")
    ] = None,
    roster_id: UUID | None = None,
) -> Response:
    """Return what is owed and paid by month and list, oldest first. A question: records nothing."""
    programme = await look_at(house, Programme, uuid_of(programme_id), caller)
    assert isinstance(programme, Programme)
    if roster_id is not None:
        await refuse_strangers(house, programme, roster_id, ())
    await caught_up(house, *MODELS, position=max(min_position, programme.position))
    months = _months_between(programme, from_, to)
    found = await house.views.months.invoices(
        programme.id, segment=programme.opened.segment, months=months, roster_id=roster_id
    )
    unpaid = sum(one.unpaid for one in found.items)
    view = money_shapes.InvoicesView(
        items=[_invoice(one) for one in found.items],
        invoiced=sum(one.owed.total for one in found.items),
        paid=sum(one.paid.total for one in found.items),
        unpaid=unpaid,
        credit_available=found.credit,
        to_transfer=max(0, unpaid - found.credit),
        next=None,
        position=found.position,
    )
    return json_answer(view)


@router.get(
    "/{programme_id}/reconciliation",
    **described(answer=money_shapes.ReconciliationView, refusals=(*ALWAYS, "invalid")),
)
async def get_reconciliation(
    programme_id: str,
    house: TheHouse,
    caller: TheStaff,
    min_position: MinPosition,
    month: Annotated[str, Query(description="such as 2023-09")],
    roster_id: UUID | None = None,
    code: Annotated[str | None, Query(description="only members with this difference")] = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Response:
    """Compare heads decreed, registered, invoiced and paid of a month, and name the members who differ."""
    programme = await look_at(house, Programme, uuid_of(programme_id), caller)
    assert isinstance(programme, Programme)
    asked = month_of(month)
    if code is not None and code not in DIFFERENCES:
        raise Invalid(f"code is one of {', '.join(DIFFERENCES)}", field="code")
    if roster_id is not None:
        await refuse_strangers(house, programme, roster_id, ())
    await caught_up(house, *MODELS, position=max(min_position, programme.position))
    found = await house.views.months.reconciliation(
        programme.id,
        asked,
        segment=programme.opened.segment,
        roster_id=roster_id,
        code=code,
        cursor=cursor,
        limit=limit,
    )
    counts = found.total.counts
    view = money_shapes.ReconciliationView(
        programme_id=programme.id,
        month=str(asked),
        roster_id=roster_id,
        heads=heads_of(found.total),
        heads_by_payments=found.heads_by_payments,
        agrees=not counts.codes and found.heads_by_payments in (None, counts.paid),
        invoiced=found.total.owed.total,
        paid=found.total.paid.total,
        lists=[
            money_shapes.ListHeads(
                roster_id=one.roster_id,
                heads=heads_of(one),
                invoiced=one.owed.total,
                paid=one.paid.total,
                codes=dict(sorted(one.counts.codes.items())),
            )
            for one in found.lists
        ],
        differences=differences_of(found.total),
        off_the_decree=sorted(OFF_THE_DECREE),
        items=[_member(one) for one in found.items],
        next=found.next,
        position=found.position,
    )
    return json_answer(view)


async def caught_up(house: House, *models: str, position: int) -> None:
    """Wait until read models show a position. Refused (`busy`) when that takes too long."""
    for model in models:
        await house.views.positions.wait_for(model, position)


def month_of(text: str, field: str = "month") -> Month:
    """Return a month of the query. Refused (`invalid`) where it does not read or lies before the law."""
    try:
        month = Month.parse(text.strip())
    except ValueError:
        raise Invalid(f"{field} is written YYYY-MM, such as 2023-09", field=field) from None
    if not Month.of(LAW_BEGINS) <= month <= Month.of(legal_day(now())).plus(MONTHS_MAX):
        raise Invalid(
            f"{field} lies before the first rules of law, {LAW_BEGINS}, or far ahead: correct the year",
            field=field,
        )
    return month


def heads_of(month: MonthOfList) -> money_shapes.Heads:
    counts = month.counts
    return money_shapes.Heads(
        decreed=counts.decreed,
        registered=counts.registered,
        invoiced=counts.invoiced,
        paid=counts.paid,
        overpaid=counts.overpaid,
    )


def differences_of(month: MonthOfList) -> list[money_shapes.DifferenceView]:
    """Return why the four counts of a month differ, and how many members each reason is about."""
    codes = month.counts.codes
    return [
        money_shapes.DifferenceView(
            code=name,
            more=difference.more,
            less=difference.less,
            members=codes[name],
            sentence_id=difference.sentence_id,
            sentence_en=difference.sentence_en,
        )
        for name, difference in DIFFERENCES.items()
        if name in codes
    ]


def _months_between(programme: Programme, from_: str | None, to: str | None) -> list[Month]:
    opened = programme.opened
    first = month_of(from_, "from") if from_ else Month.of(opened.period_from)
    ends = min(Month.of(opened.period_to), Month.of(legal_day(now())))
    last = month_of(to, "to") if to else max(first, ends)
    months = first.through(last)
    if not 0 < len(months) <= MONTHS_MAX:
        raise Invalid(f"from and to name 1 to {MONTHS_MAX} months in order", field="to")
    return list(months)


def _invoice(one: MonthOfList) -> money_shapes.MonthInvoice:
    counts = one.counts
    return money_shapes.MonthInvoice(
        month=str(one.month),
        roster_id=one.roster_id,
        state=one.state,
        due_on=due_of(one.month),
        heads=counts.invoiced,
        paid_heads=counts.paid,
        overpaid_heads=counts.overpaid,
        wage_bases=[
            money_shapes.WageBaseHeads(
                wage_base=base, heads=heads, paid_heads=counts.paid_by_base.get(base, 0)
            )
            for base, heads in sorted(counts.invoiced_by_base.items())
        ],
        lines=[AmountLine(code=code, amount=amount) for code, amount in one.owed.lines],
        total=one.owed.total,
        paid=one.paid.total,
        unpaid=one.unpaid,
    )


def _member(one: MemberPlace) -> money_shapes.MemberDifference:
    place, standing = one.place, one.standing
    assert place.code is not None
    return money_shapes.MemberDifference(
        enrollment_id=one.enrollment_id,
        roster_id=one.roster_id,
        row=one.row,
        code=place.code,
        decreed=place.decreed,
        registered=place.registered,
        invoiced=place.invoiced,
        paid=place.paid,
        last_day=standing.last_day,
        ended_for=standing.ended_for,
    )

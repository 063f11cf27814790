"""The statement of a programme for its mayor, as JSON or as a workbook."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import money_shapes as shapes
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheHouse, TheStaff, now, uuid_of
from api.http.cases import look_at
from api.http.programme_months import caught_up, heads_of, month_of
from api.http.reference import ALWAYS, described
from api.letters.words import WORDS, said
from api.statement_workbook import XLSX, statement_workbook
from domain.occupations import find_occupation
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.events import ProgrammeOpened
from domain.refusal import Invalid, NotFound
from projections.programme_ledger.months import MonthOfList
from projections.programme_ledger.statement import MODELS, DaysToPay, Stage, Statement
from workflows.days import legal_day

router = APIRouter(prefix="/v1/programmes", tags=["programmes"])


@router.get(
    "/{programme_id}/statement",
    **described(answer=shapes.StatementView, file=(XLSX,), refusals=(*ALWAYS, "invalid")),
)
async def get_statement(
    programme_id: str,
    request: Request,
    house: TheHouse,
    caller: TheStaff,
    min_position: MinPosition,
    month: Annotated[str, Query(description="contribution month, such as 2023-09")],
    format: Annotated[
        Literal["json", "xlsx"] | None, Query(description="default: what Accept asks for, else json")
    ] = None,
) -> Response:
    """Return the month of a programme in heads and money, and where its claims and its budget stand."""
    programme = await look_at(house, Programme, uuid_of(programme_id), caller)
    assert isinstance(programme, Programme)
    await caught_up(house, *(model.name for model in MODELS), position=max(min_position, programme.position))
    view = await statement_of(house, programme.id, programme.opened, month_of(month))
    if not (format == "xlsx" or (format is None and XLSX in request.headers.get("accept", ""))):
        return json_answer(view, headers={"Vary": "Accept"})
    made = await asyncio.to_thread(statement_workbook, view, now())
    name = f"laporan-{programme.opened.area_code}-{view.month}.xlsx"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Jaminan-Position": str(view.position),
        "Vary": "Accept",
    }
    return Response(made, headers=headers, media_type=XLSX)


async def statement_of(
    house: House, programme_id: UUID, opened: ProgrammeOpened, month: Month
) -> shapes.StatementView:
    """Return the statement of a month that has begun. Refused (`invalid`) for one that lies ahead."""
    today = legal_day(now())
    if month.first_day > today:
        raise Invalid("month has not begun yet: ask for it when it has", field="month")
    found = await house.views.statements.statement(
        programme_id, month, as_of=min(today, month.last_day), segment=opened.segment
    )
    if found is None:
        raise NotFound("no figures of this programme yet: ask again in a moment", id=str(programme_id))
    return _view(house, programme_id, opened, found)


def _view(house: House, id_: UUID, opened: ProgrammeOpened, found: Statement) -> shapes.StatementView:
    return shapes.StatementView(
        programme_id=id_,
        name=opened.name,
        sponsor=opened.sponsor,
        area_code=opened.area_code,
        month=str(found.month),
        as_of=found.as_of,
        heads=heads_of(found.total),
        invoiced=found.total.owed.total,
        paid=found.total.paid.total,
        unpaid=found.total.unpaid,
        wards=[
            shapes.PlaceOfStatement(district=district, ward=ward, **_money(one))
            for (district, ward), one in found.by_ward
        ],
        occupations=[_occupation(code, one) for code, one in found.by_occupation],
        claims=sum(stage.claims for stage in found.stages),
        stages=[_stage(house, stage) for stage in found.stages],
        approved=sum(stage.approved for stage in found.stages),
        paid_out=sum(stage.paid for stage in found.stages),
        days_to_payment=_days(found.days),
        unclaimed=shapes.UnclaimedOfStatement(
            ended_by_death=found.unclaimed.ended_by_death,
            not_filed=found.unclaimed.not_filed,
            given_up=found.unclaimed.given_up,
        ),
        rejected=[
            shapes.RejectedOfStatement(
                code=code,
                reason_id=said(WORDS.ground, code, "id"),
                reason_en=said(WORDS.ground, code, "en"),
                claims=claims,
            )
            for code, claims in found.rejected
        ],
        budget=shapes.BudgetOfStatement(
            budget=found.budget.budget,
            paid_in=found.budget.paid_in,
            left=found.budget.left,
            credit=found.budget.credit,
            refunded=found.budget.refunded,
            overpaid_members=len(found.overpaid),
            overpaid_months=sum(len(one.months) for one in found.overpaid),
            overpaid=sum(one.amount for one in found.overpaid),
        ),
        lapsing_members=sum(members for _, members in found.lapsing),
        lapsing=[
            shapes.LapsingOfStatement(lapses_on=lapses_on, members=members)
            for lapses_on, members in found.lapsing
        ],
        position=found.position,
    )


def _days(days: DaysToPay | None) -> shapes.DaysOfStatement | None:
    if days is None:
        return None
    return shapes.DaysOfStatement(
        claims=days.claims,
        median=days.median,
        longest=days.longest,
        median_working=days.median_working,
        longest_working=days.longest_working,
    )


def _money(one: MonthOfList) -> dict[str, int]:
    return {
        "heads": one.counts.registered,
        "paid_heads": one.counts.paid,
        "invoiced": one.owed.total,
        "paid": one.paid.total,
    }


def _occupation(code: str, one: MonthOfList) -> shapes.OccupationOfStatement:
    known = find_occupation(code)
    return shapes.OccupationOfStatement(
        code=code,
        name_id=known.name_id if known else code,
        name_en=known.name_en if known else code,
        **_money(one),
    )


def _stage(house: House, stage: Stage) -> shapes.StageOfStatement:
    """Return a stage with the words its own lifecycle has for it."""
    status = house.library.get(stage.definition).statuses[stage.status]
    return shapes.StageOfStatement(
        status=stage.status,
        label_id=status.label_id,
        label_en=status.label_en,
        claims=stage.claims,
        approved=stage.approved,
        paid=stage.paid,
    )

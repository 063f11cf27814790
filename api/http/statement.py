"""The statement of a programme for its mayor, as JSON or as a workbook."""

import asyncio
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import money_shapes as shapes
from api.http.answers import json_answer
from api.http.callers import MinPosition, TheHouse, TheStaff, now, uuid_of
from api.http.cases import look_at
from api.http.programme_months import caught_up, differences_of, heads_of, month_of
from api.http.reference import ALWAYS, described
from api.http.small_numbers import for_reader
from api.letters.words import WORDS, said
from api.statement_workbook import XLSX, statement_workbook
from domain.occupations import find_occupation
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.events import ProgrammeOpened
from domain.refusal import Invalid, NotFound
from projections.programme_ledger.board import Board
from projections.programme_ledger.cover import SOON, VERY_SOON
from projections.programme_ledger.statement import MODELS, DaysToPay, Part, Stage, Statement
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
    view = for_reader(await statement_of(house, programme.id, programme.opened, month_of(month)), caller)
    as_workbook = format == "xlsx" or (format is None and XLSX in request.headers.get("accept", ""))
    return await workbook_answer(view) if as_workbook else statement_answer(view)


def statement_answer(view: shapes.StatementView) -> Response:
    return json_answer(view, headers={"Vary": "Accept"})


async def workbook_answer(view: shapes.StatementView) -> Response:
    made = await asyncio.to_thread(statement_workbook, view, now())
    headers = {
        "Content-Disposition": f'attachment; filename="laporan-{view.area_code}-{view.month}.xlsx"',
        "Jaminan-Position": str(view.position),
        "Vary": "Accept",
    }
    return Response(made, headers=headers, media_type=XLSX)


async def statement_of(
    house: House, programme_id: UUID, opened: ProgrammeOpened, month: Month
) -> shapes.StatementView:
    """Return the statement of a month that has begun. Refused (`invalid`) for one that lies ahead."""
    found = await house.views.statements.statement(
        programme_id, month, as_of=day_of(month), segment=opened.segment
    )
    if found is None:
        raise _no_figures(programme_id)
    return view_of(house, programme_id, opened, found)


async def board_of(
    house: House, programme_id: UUID, opened: ProgrammeOpened, month: Month, months: Sequence[Month]
) -> Board:
    """Return the statement of a month with the months beside it, in one snapshot. Refused like the statement."""
    found = await house.views.boards.board(
        programme_id, month, as_of=day_of(month), segment=opened.segment, months=months
    )
    if found is None:
        raise _no_figures(programme_id)
    return found


def day_of(month: Month) -> date:
    """Return the day for which a month's cover is worked out. Refused (`invalid`) before the month has begun."""
    today = legal_day(now())
    if month.first_day > today:
        raise Invalid("month has not begun yet: ask for it when it has", field="month")
    return min(today, month.last_day)


def _no_figures(programme_id: UUID) -> NotFound:
    return NotFound("no figures of this programme yet: ask again in a moment", id=str(programme_id))


def view_of(house: House, id_: UUID, opened: ProgrammeOpened, found: Statement) -> shapes.StatementView:
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
        cover=shapes.CoverOfStatement(
            covered=found.cover.covered,
            active=found.cover.active,
            grace=found.cover.grace,
            lapsing_14_days=found.cover.lapsing_within(VERY_SOON),
            lapsing_30_days=found.cover.lapsing_within(SOON),
        ),
        differences=differences_of(found.total),
        wards=[
            shapes.PlaceOfStatement(district=one.key[0], ward=one.key[1], **_money(one))
            for one in found.by_ward
        ],
        occupations=[_occupation(one) for one in found.by_occupation],
        claims=sum(stage.claims for stage in found.stages),
        stages=[_stage(house, stage) for stage in sorted(found.stages, key=partial(_in_order, house))],
        approved=sum(stage.approved for stage in found.stages),
        paid_out=sum(stage.paid for stage in found.stages),
        days_to_payment=_days(found.days),
        paid_late=found.paid_late,
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
        lapsing_members=sum(found.cover.lapsing.values()),
        lapsing=[
            shapes.LapsingOfStatement(lapses_on=lapses_on, members=members)
            for lapses_on, members in sorted(found.cover.lapsing.items())
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


def _money(one: Part[Any]) -> dict[str, int]:  # Any: of a ward or of an occupation
    return {
        "heads": one.heads.counts.registered,
        "paid_heads": one.heads.counts.paid,
        "covered": one.cover.covered,
        "lapsing_30_days": one.cover.lapsing_within(SOON),
        "invoiced": one.heads.owed.total,
        "paid": one.heads.paid.total,
    }


def _occupation(one: Part[str]) -> shapes.OccupationOfStatement:
    known = find_occupation(one.key)
    return shapes.OccupationOfStatement(
        code=one.key,
        name_id=known.name_id if known else one.key,
        name_en=known.name_en if known else one.key,
        **_money(one),
    )


def _in_order(house: House, stage: Stage) -> tuple[str, int]:
    """Return where a stage stands in its lifecycle."""
    return stage.definition, list(house.library.get(stage.definition).statuses).index(stage.status)


def _stage(house: House, stage: Stage) -> shapes.StageOfStatement:
    """Return a stage with the words its own lifecycle has for it."""
    status = house.library.get(stage.definition).statuses[stage.status]
    return shapes.StageOfStatement(
        status=stage.status,
        label_id=status.label_id,
        label_en=status.label_en,
        waiting_on=status.waiting_on,
        claims=stage.claims,
        approved=stage.approved,
        paid=stage.paid,
    )

"""The sponsor's pages: which programmes there are, and one of them as findings, pictures and tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.bootstrap import House
from api.console import charts
from api.console import programme_charts as drawn
from api.console.pages import HEADERS, ConsoleRoute, page
from api.console.rosters import SENDERS
from api.console.session import caller_at, language_of, last_act, session_of
from api.http.callers import TheHouse, internal, now, uuid_of
from api.http.cases import look_at
from api.http.money_shapes import StatementView
from api.http.programme_list import programmes_of
from api.http.programme_months import caught_up, month_of
from api.http.small_numbers import for_reader, is_sponsor
from api.http.statement import board_of, statement_answer, statement_of, view_of, workbook_answer
from domain.benefit.rules import grace_months
from domain.period import Month
from domain.places import wards_of
from domain.programme.aggregate import Programme
from domain.programme.events import ProgrammeOpened
from domain.refusal import Busy
from domain.rupiah import Language
from projections.programme_ledger.statement import MODELS
from workflows.chairs import Caller
from workflows.days import legal_day

router = APIRouter(prefix="/programmes", route_class=ConsoleRoute, include_in_schema=False)
RENEW_AHEAD: Final = 90  # days before the end of an agreement at which its renewal is due
MONTHS_MAX: Final = 120  # of an agreement that are looked at
COUNTS: Final = ("decreed", "registered", "invoiced", "paid")
AskedMonth = Annotated[str | None, Query(max_length=7)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page of a programme is about. today: whether it shows the present day."""

    programme: Programme
    opened: ProgrammeOpened
    month: Month
    today: bool


@router.get("")
async def list_programmes(
    request: Request, house: TheHouse, cursor: Annotated[str | None, Query(max_length=400)] = None
) -> Response:
    """Show the programmes of the reader's area; who has one only goes to it."""
    caller = internal(await caller_at(house, session_of(request)))
    fresh = await _is_fresh(house, last_act(request))
    found = await programmes_of(house, caller, cursor=cursor)
    if len(found.items) == 1 and cursor is None:
        return RedirectResponse(f"/programmes/{found.items[0].programme_id}", 303, HEADERS)
    return page(
        request,
        "programmes.html",
        here="programmes",
        programmes=found.items,
        areas={one.area_code: area_name(one.area_code) for one in found.items},
        spent={
            one.programme_id: charts.length(one.paid_in, full=one.budget, longest=drawn.BAR)
            for one in found.items
        },
        more=found.next,
        position=found.position,
        fresh=fresh,
        today=legal_day(now()),
    )


@router.get("/{programme_id}")
async def show_programme(
    request: Request, house: TheHouse, programme_id: str, month: AskedMonth = None
) -> HTMLResponse:
    """Show a programme as it stands today, or as a month ended."""
    caller = internal(await caller_at(house, session_of(request)))
    shown = await _shown(house, programme_id, caller, month)
    fresh = await _is_fresh(house, max(last_act(request), shown.programme.position))
    opened, language = shown.opened, language_of(request)
    first, last = Month.of(opened.period_from), Month.of(opened.period_to)
    every = first.through(min(last, first.plus(MONTHS_MAX - 1)))
    board = await board_of(house, shown.programme.id, opened, shown.month, every)
    view = for_reader(view_of(house, shown.programme.id, opened, board.statement), caller)
    months = drawn.month_rows(board.months, view.as_of, language)
    around = set(drawn.months_around(first, every[-1], shown.month))
    rows = [row for row in months if row.month in around]
    unpaid = [row for row in months if row.unpaid]
    cash = drawn.cash_rows(board.cash, opened.budget, language)
    monthly = opened.budget // max(1, len(first.through(last)))
    facts: dict[str, Any] = {  # Any: whatever the page says
        "opened": opened,
        "area": area_name(opened.area_code),
        "view": view,
        "month": shown.month.written(language),
        "earlier": _neighbour(shown, -1),
        "later": _neighbour(shown, 1),
        "is_today": shown.today,
        "cloth": charts.cloth(
            covered=view.cover.covered, lapsing=view.cover.lapsing_30_days, target=opened.target
        ),
        "occupations": halves(occupation_bars(view, language)),
        "districts": district_bars(view),
        "months": rows,
        "months_chart": drawn.months_chart(rows, budget=monthly, shown=shown.month, language=language),
        "monthly": monthly,
        "unpaid": unpaid,
        "cash": cash,
        "cash_chart": drawn.cash_chart(cash, language) if board.cash else None,
        "spent": charts.length(view.budget.paid_in, full=opened.budget, longest=drawn.BAR),
        "months_paid": sum(row.state == "paid" for row in months),
        "steps": funnel(view),
        "waiting": waiting(view),
        "late": [row for row in unpaid if row.due_on and row.due_on < view.as_of],
        "days_left": (opened.period_to - view.as_of).days,
    }
    return page(
        request,
        "programme.html",
        here="programmes",
        fresh=fresh,
        frame=drawn.FRAME,
        bar=drawn.BAR,
        paths=drawn.cloth_paths,
        renew_ahead=RENEW_AHEAD,
        can_send=bool(caller.roles & SENDERS),
        kept_back=is_sponsor(caller),
        **facts,
    )


@router.get("/{programme_id}/statement")
async def give_statement(
    request: Request,
    house: TheHouse,
    programme_id: str,
    month: AskedMonth = None,
    format: Literal["json", "xlsx"] = "xlsx",
) -> Response:
    """Give the statement of a month, the same as the API gives."""
    caller = internal(await caller_at(house, session_of(request)))
    shown = await _shown(house, programme_id, caller, month)
    position = max(last_act(request), shown.programme.position)
    await caught_up(house, *(model.name for model in MODELS), position=position)
    view = for_reader(await statement_of(house, shown.programme.id, shown.opened, shown.month), caller)
    return await workbook_answer(view) if format == "xlsx" else statement_answer(view)


async def _shown(house: House, programme_id: str, caller: Caller, month: str | None) -> Shown:
    programme = await look_at(house, Programme, uuid_of(programme_id), caller)
    assert isinstance(programme, Programme)
    opened, today = programme.opened, legal_day(now())
    asked = month_of(month) if month else month_to_show(opened.period_to, today)
    return Shown(programme=programme, opened=opened, month=asked, today=Month.of(today) == asked)


def month_to_show(ends: date, today: date) -> Month:
    """Return the month that stands for a programme: the present one, or its last when all grace after it is over."""
    last = Month.of(ends).plus(grace_months(ends))
    return Month.of(today) if Month.of(today) <= last else Month.of(ends)


def _neighbour(shown: Shown, step: int) -> str | None:
    """Return the month before or after, as far as it has begun and the agreement has anything to say of it."""
    month = shown.month.plus(step)
    too_early = month < Month.of(shown.opened.period_from)
    too_late = month > Month.of(legal_day(now()))
    return None if too_early or too_late else str(month)


def area_name(code: str) -> str:
    """Return the name of an area, or its code where no table has it."""
    wards = wards_of(code)
    return wards[0].area if wards else code


def occupation_bars(view: StatementView, language: Language) -> list[drawn.Bar]:
    """Return the covered by occupation, the most first."""
    return drawn.bars_of(
        (one.name_id if language == "id" else one.name_en, one.covered, one.lapsing_30_days)
        for one in view.occupations
    )


def halves(bars: Sequence[drawn.Bar]) -> Sequence[Sequence[drawn.Bar]]:
    """Return a long table as two that stand beside each other."""
    if len(bars) < 8:
        return [bars]
    middle = (len(bars) + 1) // 2
    return [bars[:middle], bars[middle:]]


def district_bars(view: StatementView) -> Sequence[tuple[str, int, Sequence[drawn.Bar]]]:
    """Return districts with their wards: name, people covered, and the bars, all on one scale."""
    bars = drawn.bars_of(
        ((one.ward, one.covered, one.lapsing_30_days) for one in view.wards), most_first=False
    )
    found: dict[str, list[drawn.Bar]] = {}
    for one, bar in zip(view.wards, bars, strict=True):
        found.setdefault(one.district, []).append(bar)
    return [
        (name, sum(bar.people for bar in of), sorted(of, key=lambda bar: (-bar.people, bar.name)))
        for name, of in sorted(found.items())
    ]


def funnel(view: StatementView) -> Sequence[tuple[str, int, int]]:
    """Return the four counts of heads, each with what it has more (or less) than the one before."""
    values = [getattr(view.heads, name) for name in COUNTS]
    return [
        (name, value, value - before)
        for name, value, before in zip(COUNTS, values, [values[0], *values], strict=False)
    ]


def waiting(view: StatementView) -> dict[str, int]:
    """Return how many claims wait for whom; those that wait for nobody are at their end."""
    found: dict[str, int] = {}
    for stage in view.stages:
        found[stage.waiting_on] = found.get(stage.waiting_on, 0) + stage.claims
    return found


async def _is_fresh(house: House, position: int) -> bool:
    """Wait a moment for the figures to show the reader's own act."""
    try:
        await caught_up(house, *(model.name for model in MODELS), position=position)
    except Busy:
        return False
    return True

"""The contribution of a list: the invoice of its months, and the payment that came in for exactly these."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.bootstrap import House
from api.console.forms import DIGITS
from api.console.pages import HEADERS, ConsoleRoute, page, refused, words_for
from api.console.rosters import the_list
from api.console.rosters_ways import PAYERS
from api.console.sentences import WORDS, say
from api.console.session import check_form, language_of, note_act, session_of
from api.http.callers import Asked, TheHouse, now
from api.http.problems import STATUS_OF
from api.http.programmes import (
    MONTHS_MAX,
    ContributionBody,
    contribution_of,
    count_heads,
    read_months,
    record_contribution,
)
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.refusal import Invalid, Refusal
from domain.roster.aggregate import Roster
from domain.rupiah import Language, written_rupiah
from projections.programme_ledger.view import PaymentIn
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.forms import read_form

router = APIRouter(
    prefix="/rosters/{roster_id}/contribution", route_class=ConsoleRoute, include_in_schema=False
)
USUAL: Final = 12  # months that are paid together
OFFERED_MAX: Final = 72  # months
FIELDS: Final = ("first", "last", "amount", "paid_on", "reference", "use_credit", "rest", "note")
# Refusals that another answer mends; the others are told on a page of their own.
KEPT: Final = frozenset({"invalid", "amount_differs", "duplicate", "guard_failed"})


@router.get("")
async def ask(
    request: Request, house: TheHouse, roster_id: str, first: str = "", last: str = "", paid: str = ""
) -> Response:
    """Show the invoice of some months, and ask finance for the payment. paid: the reader has just recorded one."""
    caller, roster = await the_list(request, house, roster_id)
    told = dict.fromkeys(FIELDS, "") | {"first": first, "last": last}
    return await _form(request, house, caller, roster, told, is_paid=bool(paid))


@router.post("")
async def pay(request: Request, house: TheHouse, roster_id: str) -> Response:
    """Check what was answered, show what will happen, and on the second press record the payment, once."""
    session = session_of(request)
    caller, roster = await the_list(request, house, roster_id)
    sent = await request.form(max_fields=30, max_files=0)
    check_form(house, session, str(sent.get("form_token") or ""))
    told = {name: str(sent.get(name) or "").strip() for name in (*FIELDS, "key")}
    try:
        body = json.dumps(_body(told, roster)).encode()
        asking = Asked.of_form(caller, told["key"], request.url.path, body)
        payment = await contribution_of(
            house, await _programme(house, roster), read_form(ContributionBody, body), asking
        )
        if sent.get("sure") != "yes":
            await house.office.rehearse(payment)
            return await _form(request, house, caller, roster, told, check=True)
        _, position = await record_contribution(house, payment)
    except Refusal as refusal:
        if refusal.code not in KEPT:
            return refused(request, refusal, back=f"/rosters/{roster.id}")
        return await _form(request, house, caller, roster, told, error=refusal)
    response = RedirectResponse(f"/rosters/{roster.id}/contribution?paid=yes", 303, HEADERS)
    note_act(response, position)
    return response


async def _programme(house: House, roster: Roster) -> Programme:
    programme = await house.office.cases.get(roster.received.programme_id)
    assert isinstance(programme, Programme)
    return programme


async def _form(
    request: Request,
    house: House,
    caller: Caller,
    roster: Roster,
    told: Mapping[str, str],
    *,
    error: Refusal | None = None,
    check: bool = False,
    is_paid: bool = False,
) -> Response:
    programme, language = await _programme(house, roster), language_of(request)
    await house.views.positions.wait_for("programme_ledger", await house.store.last_position())
    ledger = await house.views.ledger.ledger(programme.id)
    earlier = [one for one in ledger.payments if one.roster_id == roster.id] if ledger else []
    offered = _offered(roster, programme)
    try:
        months = _months(told, offered, earlier)
    except Invalid as refusal:  # the months themselves; those that are usual stand in their place
        error, months = refusal, _months(dict.fromkeys(FIELDS, ""), offered, earlier)
    heads = await count_heads(house, programme, roster.id, (), months, _paid_on(told))
    field = str(error.detail.get("field", "")) if error else ""
    return page(
        request,
        "roster_money.html",
        answered=STATUS_OF[error.code] if error else 200,
        here="rosters",
        roster=roster,
        programme=programme,
        earlier=earlier,
        offered=offered,
        months=months,
        invoice=heads.invoice,
        credit=programme.credit,
        may_pay=any(seat.roles & PAYERS for seat in caller.seats),
        told={**told, "first": str(months[0]), "last": str(months[-1])},
        amount=_rupiah(told["amount"]),
        error=_said(request, error, language) if error else "",
        wrong=field if field in FIELDS else "",
        check=check,
        is_paid=is_paid,
        paid_on=_paid_on(told),
        key=told.get("key") or uuid4().hex,
        today=legal_day(now()),
    )


def _offered(roster: Roster, programme: Programme) -> Sequence[Month]:
    """Return the months to choose from: from the list's day to the end of the programme, or today."""
    first = Month.of(roster.received.effective_on)
    last = max(Month.of(programme.opened.period_to), Month.of(legal_day(now())), first)
    return first.through(last)[:OFFERED_MAX]


def _months(
    told: Mapping[str, str], offered: Sequence[Month], earlier: Sequence[PaymentIn]
) -> Sequence[Month]:
    """Return the months asked for; if none are, up to a year from the first that no payment of the list names."""
    if told["first"] or told["last"]:
        try:
            first, last = (
                Month.parse(told["first"] or told["last"]),
                Month.parse(told["last"] or told["first"]),
            )
        except ValueError:
            raise Invalid("months are written YYYY-MM, such as 2023-09", field="months") from None
        return read_months([str(month) for month in first.through(last)[: MONTHS_MAX + 1]])
    paid = {month for one in earlier for month in one.months}
    unpaid = [month for month in offered if str(month) not in paid] or [offered[-1]]
    return unpaid[0].through(unpaid[0].plus(USUAL - 1))[: len(unpaid)]


def _paid_on(told: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(told["paid_on"])
    except ValueError:
        return legal_day(now())


def _body(told: Mapping[str, str], roster: Roster) -> dict[str, Any]:
    """Return what was answered as the body of the API."""
    if not (told["first"] or told["last"]):
        raise Invalid("the months are missing: choose the first and the last that are paid", field="months")
    months = _months(told, (), ())
    found: dict[str, Any] = {
        "roster_id": str(roster.id),
        "months": [str(month) for month in months],
        "amount": _rupiah(told["amount"]),
        "paid_on": told["paid_on"],
        "reference": told["reference"],
    }
    if told["use_credit"]:
        found["use_credit"] = _rupiah(told["use_credit"])
    if told["rest"]:
        found["rest"] = told["rest"]
    if told["note"]:
        found["note"] = told["note"]
    return found


def _rupiah(text: str) -> int | None:
    """Return an amount as people write it; None for what is none."""
    digits = text.removeprefix("Rp").replace(".", "").replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= DIGITS else None


def _said(request: Request, error: Refusal, language: Language) -> str:
    """Return what is wrong with a payment, and what to do; both amounts where they differ."""
    if error.code == "amount_differs":
        asked, expected = int(error.detail["asked"]), int(error.detail["expected"])
        key = "money_error.above" if asked > expected else "money_error.below"
        return say(
            key,
            language,
            asked=written_rupiah(asked, language),
            expected=written_rupiah(expected, language),
            apart=written_rupiah(abs(asked - expected), language),
        )
    key = f"money_error.{error.detail.get('field', '')}"
    if key in WORDS:
        return say(key, language)
    return words_for(request, error) or error.message

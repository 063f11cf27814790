"""A step with the workers of a list: for whom, its form, what will happen, and what came of each row."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.bootstrap import House
from api.console import forms, rosters_rows, rosters_ways
from api.console.pages import HEADERS, ConsoleRoute, page, refused
from api.console.rosters import is_fresh, the_list
from api.console.row_numbers import read_rows, written_rows
from api.console.session import check_form, language_of, last_act, note_act, session_of
from api.http.callers import Asked, TheHouse, now
from api.http.problems import in_indonesian
from api.http.roster_steps import ask_for_step, definition_for, read_bulk_form, rule_for
from domain.refusal import Invalid, NotFound, Refusal
from domain.roster.aggregate import REGISTER, MemberStep, Roster
from domain.rupiah import Language
from projections.page import cursor_of, read_cursor
from workflows.catalogue import STEP_COMMANDS
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.desk import refuse_wrong_role
from workflows.forms import form_of
from workflows.lifecycle import Definition
from workflows.step_rules import StepRule

router = APIRouter(prefix="/rosters/{roster_id}", route_class=ConsoleRoute, include_in_schema=False)
ALL, SOME, BUT = "all", "rows", "except"
ROWS: Final = 50  # of a page
AT_ONCE: Final = 2.0  # seconds in which the step of a short list is done
ROW_BY_ROW: Final = frozenset({"return_proposal", "reject"})  # steps that are seldom for all
FIELDS_MAX: Final = 400
AROUND: Final = ("effective_on", "note")
Cursor = Annotated[str | None, Query(max_length=400)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """For whom a step is: all of a list, the rows named, or all but those."""

    who: str
    rows: tuple[int, ...]

    @classmethod
    def read(cls, sent: FormData) -> "Chosen":
        """Read what was ticked and what was written. Refused (`invalid`) where that is not clear."""
        who = str(sent.get("who") or "")
        ticked = [str(value) for value in sent.getlist("row")]
        rows = read_rows(", ".join([*ticked, str(sent.get("among") or "")]), "among")
        if who not in (ALL, SOME, BUT):
            raise _unclear("say for whom the step is", "Pilih untuk siapa langkah ini.")
        if who == ALL and rows:
            raise _unclear(
                "rows are named, but the step is for all: choose one of the two",
                "Ada baris yang dipilih, tetapi langkahnya untuk semua. Pilih salah satu.",
            )
        if who != ALL and not rows:
            raise Invalid(
                "no row is named: tick rows or write them",
                detail_id="Belum ada baris yang dipilih. Centang baris, atau tulis nomornya.",
                field="among",
            )
        return cls(who=who, rows=rows)

    @property
    def named(self) -> tuple[int, ...] | None:
        return self.rows if self.who == SOME else None

    @property
    def left_out(self) -> tuple[int, ...]:
        return self.rows if self.who == BUT else ()

    @property
    def body(self) -> dict[str, Any]:
        """The same in the body of the API."""
        return {SOME: {"rows": self.rows}, BUT: {"except_rows": self.rows}}.get(self.who, {})


@router.get("/steps/{step}")
async def ask(
    request: Request, house: TheHouse, roster_id: str, step: str, cursor: Cursor = None
) -> Response:
    """Ask for whom the step is and what it takes, or say why it is not open."""
    caller, roster = await the_list(request, house, roster_id)
    return await _Desk(request, house, caller, roster, step).form(cursor=cursor)


@router.post("/steps/{step}")
async def take(request: Request, house: TheHouse, roster_id: str, step: str) -> Response:
    """Check what was answered, show what will happen, and on the second press ask for it, once."""
    session = session_of(request)
    caller, roster = await the_list(request, house, roster_id)
    sent = await request.form(max_fields=FIELDS_MAX, max_files=0)
    check_form(house, session, str(sent.get("form_token") or ""))
    desk = _Desk(request, house, caller, roster, step)
    try:
        chosen = Chosen.read(sent)
        body = json.dumps(desk.answers(sent) | chosen.body).encode()
        read = read_bulk_form(step, body)
        desk.refuse_strangers(chosen)
        asking = Asked.of_form(
            caller,
            str(sent.get("key") or ""),
            request.url.path,
            body,
            version=str(sent.get("version") or ""),
        )
        asking.header(dict(read))  # a day that cannot be is said before the check page
    except Invalid as error:
        return await desk.form(sent=sent, error=error)
    if sent.get("sure") != "yes":
        return await desk.check(sent, chosen)
    try:
        answer = await ask_for_step(house, caller, roster, desk.rule, read, asking)
    except Refusal as refusal:
        return desk.refused(refusal)
    await house.reached("member_steps", answer.position, within=AT_ONCE)
    response = RedirectResponse(f"/rosters/{roster.id}/outcomes/{asking.command_id}", 303, HEADERS)
    note_act(response, await house.store.last_position())
    return response


@router.get("/outcomes/{request_id}")
async def outcome(
    request: Request, house: TheHouse, roster_id: str, request_id: str, code: str = "", cursor: Cursor = None
) -> HTMLResponse:
    """Show how far a step is, or what came of it, row by row."""
    caller, roster = await the_list(request, house, roster_id)
    step = _asked(roster, request_id)
    rule = rule_for(house, roster, step.request.member_step)
    facts: dict[str, Any] = {"roster": roster, "rule": rule, "step": step, "here": "rosters"}
    if not step.finished:
        facts |= await _so_far(house, roster, step, rule)
        return page(request, "roster_step_running.html", live=True, **facts)
    codes: dict[str, int] = {}
    for one in step.refused:
        codes[one.code] = codes.get(one.code, 0) + 1
    of_code = [one for one in step.refused if code in ("", one.code)]
    after = read_cursor("outcomes", cursor, int) or 0
    await is_fresh(house, max(last_act(request), step.position))
    shown = of_code[after : after + ROWS]
    people = await house.views.rosters.named(roster.id, [one.row for one in shown])
    wards = rosters_rows.wards_seen(roster, caller)
    language = language_of(request)
    rows = []
    for one in shown:
        worker = people.get(one.row)
        seen = worker is not None and (wards is None or f"{worker.district}/{worker.ward}" in wards)
        why = one.message if language == "en" else in_indonesian(one.code, {})
        rows.append((one.row, worker if seen else None, why, one.code))
    standing = await house.views.rosters.standing(roster.id, wards=wards)
    ways = await rosters_ways.ways_of(house, roster, caller, standing, wards)
    return page(
        request,
        "roster_outcome.html",
        coming=rosters_ways.first_of(ways, mine=True) or rosters_ways.first_of(ways, mine=False),
        rows=rows,
        codes=codes,
        code=code,
        more=cursor_of("outcomes", after + ROWS) if len(of_code) > after + ROWS else None,
        **facts,
    )


@router.get("/outcomes/{request_id}/progress")
async def progress(request: Request, house: TheHouse, roster_id: str, request_id: str) -> Response:
    """Return how far a step is, for the page to show in its place; at the end the page loads itself anew."""
    _, roster = await the_list(request, house, roster_id)
    step = _asked(roster, request_id)
    rule = rule_for(house, roster, step.request.member_step)
    so_far: dict[str, Any] = (
        {"total": 0, "moved": 0} if step.finished else await _so_far(house, roster, step, rule)
    )
    shown = page(
        request, "_roster_step_progress.html", roster=roster, request_id=request_id, step=step, **so_far
    )
    if step.finished:
        shown.headers["HX-Refresh"] = "true"
    return shown


def _asked(roster: Roster, request_id: str) -> MemberStep:
    for id_, step in roster.steps.items():
        if str(id_) == request_id:
            return step
    raise NotFound("no such step was asked of this list", id=request_id)


async def _so_far(house: House, roster: Roster, step: MemberStep, rule: StepRule) -> dict[str, int]:
    """Return how many of those meant do not stand before the step any more."""
    request = step.request
    asker = Caller(name=request.actor, roles=frozenset(request.acting_roles), area=request.area)
    standing = await house.views.rosters.standing(
        roster.id,
        wards=rosters_rows.wards_seen(roster, asker),
        rows=request.rows,
        except_rows=request.except_rows,
    )
    total = sum(standing.values())
    return {"total": total, "moved": total - rosters_ways.before(standing, rule)}


def _unclear(message: str, message_id: str) -> Invalid:
    return Invalid(message, detail_id=message_id, field="who")


class _Desk:
    """One step of one list, before one reader."""

    def __init__(self, request: Request, house: House, caller: Caller, roster: Roster, step: str) -> None:
        self.request, self.house, self.caller, self.roster = request, house, caller, roster
        self.rule = rule_for(house, roster, step)
        self.definition: Definition = definition_for(house, roster)
        self.language: Language = language_of(request)
        self.wards = rosters_rows.wards_seen(roster, caller)

    def fields(self, sent: FormData | None = None, error: Invalid | None = None) -> list[forms.FormField]:
        papers = {code: (one.name_id, one.name_en) for code, one in self.definition.documents.items()}
        schema = msgspec.json.schema(form_of(STEP_COMMANDS["enrollment", self.rule.name], every=False))
        question = forms.Question(lines=self.rule.form, papers=papers, language=self.language)
        return forms.fields_of(schema, question, sent, error)

    def answers(self, sent: FormData) -> dict[str, Any]:
        around = {name: text for name in AROUND if (text := str(sent.get(name) or "").strip())}
        return forms.answered(self.fields(sent), sent) | around

    def refuse_strangers(self, chosen: Chosen) -> None:
        """Refuse (`invalid`) rows that the list did not take up."""
        known = set(self.roster.rows_for(self.rule.name))
        if strangers := [row for row in chosen.rows if row not in known]:
            rows = written_rows(strangers)
            raise Invalid(
                f"not taken up by this list: rows {rows}",
                detail_id=f"Tidak diterima pada daftar ini: baris {rows}.",
                field="among",
            )

    def refused(self, refusal: Refusal) -> Response:
        back = f"/rosters/{self.roster.id}"
        return refused(self.request, refusal, back=back, definition=self.definition)

    async def form(
        self, *, sent: FormData | None = None, error: Invalid | None = None, cursor: str | None = None
    ) -> Response:
        refuse_wrong_role(self.rule, self.caller)
        await is_fresh(self.house, max(last_act(self.request), self.roster.position))
        standing = await self.house.views.rosters.standing(self.roster.id, wards=self.wards)
        ways = await rosters_ways.ways_of(
            self.house, self.roster, self.caller, standing, self.wards, only=self.rule.name
        )
        if not ways or ways[0].missing:
            return self.refused(ways[0].refusal if ways and ways[0].refusal else self._nobody())
        workers = await self.house.views.rosters.workers(
            self.roster.id,
            statuses=rosters_ways.sources_of(self.rule),
            wards=self.wards,
            cursor=cursor,
            limit=ROWS,
        )
        return self._page(
            sent,
            answered=422 if error else 200,
            fields=self.fields(sent, error),
            error=self._said(error) if error else "",
            wrong=str(error.detail.get("field", "")) if error else "",
            doubt=ways[0].refusal,
            count=ways[0].count,
            workers=workers,
            ticked={int(one) for one in map(str, sent.getlist("row")) if one.isascii() and one.isdigit()}
            if sent
            else set(),
            check=False,
        )

    async def check(self, sent: FormData, chosen: Chosen) -> Response:
        """Show how many will take the step, who does not, and what it does."""
        refuse_wrong_role(self.rule, self.caller)
        await is_fresh(self.house, max(last_act(self.request), self.roster.position))
        standing = await self.house.views.rosters.standing(
            self.roster.id, wards=self.wards, rows=chosen.named, except_rows=chosen.left_out
        )
        ready = rosters_ways.before(standing, self.rule)
        renewed = [
            row
            for row in (rosters_ways.renewals_left(self.roster) if self.rule.name == REGISTER else ())
            if row not in chosen.left_out and (chosen.named is None or row in chosen.named)
        ]
        fields = self.fields(sent)
        return self._page(
            sent,
            fields=fields,
            told=list(forms.told(fields, self.language)),
            chosen=chosen,
            rows=written_rows(chosen.rows),
            ready=ready + len(renewed),
            others=sum(standing.values()) - ready,
            carried=[
                (name, str(value))
                for name, value in sent.multi_items()
                if name not in ("form_token", "key", "version", "sure", "row", "among", "who")
            ],
            ends=[self.definition.statuses[status] for status in self._ends()],
            bars=self._bars(),
            legal_day=forms.day_as_read(str(sent.get("effective_on") or ""), self.language),
            check=True,
        )

    def _page(self, sent: FormData | None, *, answered: int = 200, **facts: Any) -> HTMLResponse:
        told = {name: str(sent.get(name) or "") for name in ("who", "among", *AROUND)} if sent else {}
        usual = SOME if self.rule.name in ROW_BY_ROW else ALL
        return page(
            self.request,
            "roster_step.html",
            answered=answered,
            here="rosters",
            roster=self.roster,
            rule=self.rule,
            definition=self.definition,
            answers={"who": usual, "among": "", "effective_on": "", "note": ""} | told,
            version=str((sent and sent.get("version")) or self.roster.version),
            key=str((sent and sent.get("key")) or uuid4().hex),
            today=legal_day(now()),
            **facts,
        )

    def _said(self, error: Invalid) -> str:
        return in_indonesian(error.code, error.detail) if self.language == "id" else error.message

    def _nobody(self) -> Refusal:
        status = ", ".join(sorted(rosters_ways.sources_of(self.rule)))
        return NotFound(
            f"nobody of this list stands at {status}: there is nothing to do", step=self.rule.name
        )

    def _ends(self) -> Sequence[str]:
        """Return where the step leads."""
        return sorted({target for way in self.rule.ways for target in (way.to,) if target})

    def _bars(self) -> list[str]:
        """Return the later steps that whoever takes this one cannot take with the same workers."""
        return sorted(
            {
                later.label_id if self.language == "id" else later.label_en
                for later in self.definition.steps.values()
                for way in later.ways
                if self.rule.name in way.separate_from
                and later.name != self.rule.name
                and set(way.roles) & self.caller.roles
            }
        )

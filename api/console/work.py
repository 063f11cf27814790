"""My work: what waits for me, the most urgent first, each with its next step, its clock and the last word on it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.bootstrap import House
from api.console import clocks
from api.console.desk import FORWARD, WAITS, list_step, next_step, reader_of, waits_for
from api.console.filters import Filter, address_with, filter_of, refuse_unknown
from api.console.fresh import is_fresh
from api.console.navigation import REPORTERS
from api.console.notes import last_words, streams_of
from api.console.pages import HEADERS, ConsoleRoute, page
from api.console.people import deceased_of
from api.console.sentences import say, say_or
from api.console.session import caller_at, language_of, session_of
from api.http.callers import TheHouse, now
from api.http.work import steps_for
from domain.claim.aggregate import Claim
from domain.clocks import RUNNING
from domain.fact import ClockChange
from domain.programme.aggregate import Programme
from domain.refusal import StepNotOpen
from domain.rupiah import Language, written_number
from projections.worklist.desk import URGENCIES, Desk, Reader, urgency_of
from projections.worklist.view import WaitingCase
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.definition_file import Clock, Status
from workflows.lifecycle import Definition
from workflows.step_rules import StepRule

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
LIMIT: Final = 50
LISTS: Final = "lists"  # the group of lists, and the benefit that they stand for in the filter
GROUPS: Final = (*URGENCIES[:-1], LISTS, URGENCIES[-1])
ICONS: Final = {"you": "person", "claimant": "family", "third_party": "institution"}
IsShown: TypeAlias = Callable[[Definition, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something to do. task: what, in the language of the page. waits: for whom.

    amount: whole rupiah. members: of a list, how many wait. name: of the deceased or of the programme; none where
    it was erased.
    """

    path: str
    group: str
    task: str
    name: str | None
    number: str
    waits: str
    since: datetime
    chip: clocks.Chip | None = None
    amount: int | None = None
    kind: str
    flags: Sequence[str] = ()
    held_by: str | None = None
    note: str | None = None
    members: int | None = None
    effective_on: date | None = None

    @property
    def icon(self) -> str:
        return ICONS[self.waits]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows of one urgency. count: all of them, on other pages too."""

    name: str
    rows: Sequence[Row]
    count: int


@router.get("/")
async def home() -> Response:
    return RedirectResponse("/work", 303, HEADERS)


@router.get("/work")
async def my_work(
    request: Request,
    house: TheHouse,
    benefit: str | None = None,
    waiting: str | None = None,
    cursor: str | None = None,
) -> HTMLResponse:
    """Show what waits. The list always shows what the reader has just done, or says that it lags."""
    caller = await caller_at(house, session_of(request))
    today, language = legal_day(now()), language_of(request)
    fresh = await is_fresh(request, "worklist", "enrollment_register")
    reader = reader_of(house, caller, today)
    refuse_unknown("waiting", waiting, WAITS)
    refuse_unknown("benefit", benefit, [LISTS, *(kind_of(definition) for definition in house.library)])

    def is_shown(definition: Definition, status: str) -> bool:
        return (benefit is None or benefit == kind_of(definition)) and (
            waiting is None or waiting == waits_for(definition, status, caller)
        )

    shown = [way for way in reader.open if is_shown(house.library.get(way.definition), way.status)]
    desk = await house.views.desk.page(reader, shown=shown, cursor=cursor, limit=LIMIT)
    rows = await _rows(house, caller, reader, desk, language)
    if cursor is None and benefit in (None, LISTS) and waiting in (None, "you"):
        rows += await _lists(house, caller, desk, language)
    counts = _counts(house, caller, desk)
    groups = _grouped(rows, _sizes(desk, house, is_shown))
    return page(
        request,
        "work.html",
        here="work",
        keys=True,
        side={"work": desk.count},
        work_is_late=any(tally.urgency == "late" for tally in desk.tallies),
        groups=groups,
        first=next((group.rows[0] for group in groups if group.name != "others"), None),
        count=desk.count,
        mine=counts["waiting"].get("you", 0),
        filters=_filters(counts, {"benefit": benefit, "waiting": waiting}, language),
        narrowed=benefit is not None or waiting is not None,
        more=address_with("/work", benefit=benefit, waiting=waiting, cursor=desk.next) if desk.next else None,
        back=address_with("/work", benefit=benefit, waiting=waiting) if cursor else None,
        position=desk.position,
        fresh=fresh,
        now=now(),
        can_report=bool(caller.roles & REPORTERS) and not caller.is_only_participant,
    )


def kind_of(definition: Definition) -> str:
    """Return what a filter calls the benefit of a definition: `jkm` of `jkm-claim`."""
    return definition.name.partition("-")[0]


def _counts(house: House, caller: Caller, desk: Desk) -> Mapping[str, Mapping[str, int]]:
    """Return how much waits of each benefit, and for whom."""
    benefits: dict[str, int] = {}
    waits: dict[str, int] = {}
    for tally in desk.tallies:
        definition = house.library.get(tally.definition)
        for of, name in (
            (benefits, kind_of(definition)),
            (waits, waits_for(definition, tally.status, caller)),
        ):
            of[name] = of.get(name, 0) + tally.cases
    if desk.rosters:
        benefits[LISTS], waits["you"] = len(desk.rosters), waits.get("you", 0) + len(desk.rosters)
    return {"benefit": benefits, "waiting": {name: waits[name] for name in WAITS if name in waits}}


def _sizes(desk: Desk, house: House, is_shown: IsShown) -> Mapping[str, int]:
    """Return how many cases each group has, on other pages too."""
    sizes: dict[str, int] = {}
    for tally in desk.tallies:
        if is_shown(house.library.get(tally.definition), tally.status):
            sizes[tally.urgency] = sizes.get(tally.urgency, 0) + tally.cases
    return sizes


def _filters(
    counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, str | None], language: Language
) -> list[Filter]:
    found = (
        filter_of(
            "/work",
            name,
            say(f"work.{name}", language),
            choices=[
                (value, say_or(f"{words}.{value}", language, value), count)
                for value, count in counts[name].items()
            ],
            total=sum(counts[name].values()),
            chosen=chosen,
            language=language,
        )
        for name, words in (("benefit", "kind"), ("waiting", "waits"))
    )
    return [one for one in found if one is not None]


async def _rows(house: House, caller: Caller, reader: Reader, desk: Desk, language: Language) -> list[Row]:
    """Return the cases of a page, as they stood where the list stands."""
    ids = [item.case_id for item in desk.cases]
    streams = await house.store.read_streams(streams_of(ids), up_to=desk.position)
    claims = {id_: claim for id_ in ids if isinstance(claim := house.office.cases.fold(streams[id_]), Claim)}
    names = await deceased_of(house, claims.values())
    notes = {} if caller.is_only_participant else await last_words(house, ids, streams)
    rows = []
    for item in desk.cases:
        claim, definition = claims[item.case_id], house.library.get(item.definition)
        running = _earliest(claim, definition)
        waits = waits_for(definition, item.status, caller)
        rows.append(
            Row(
                path=f"/claims/{item.case_id}",
                group=urgency_of(item, reader),
                task=_task(definition, item, claim, caller, waits, language),
                name=names.get(item.case_id),
                number=item.number,
                waits=waits,
                since=item.since,
                chip=clocks.chip(*running, reader.today, language) if running else None,
                amount=claim.determination.total if claim.determination else None,
                kind=kind_of(definition),
                flags=item.flags,
                held_by=None if caller.is_only_participant else item.assigned_to,
                note=notes.get(item.case_id),
            )
        )
    return rows


def _task(
    definition: Definition, item: WaitingCase, claim: Claim, caller: Caller, waits: str, language: Language
) -> str:
    """Return what is to be done: the next step, and for whom it waits where that is somebody else."""
    open_ = steps_for(definition, item, caller)
    step = next_step(_signed(open_, definition, item, claim, caller))
    if step not in FORWARD and (onwards := next_step(open_)) in FORWARD:
        step, waits = onwards, "other_desk"
    words: Status | StepRule = definition.steps[step] if step else definition.statuses[item.status]
    text = words.label_id if language == "id" else words.label_en
    return text if waits == "you" else say(f"await.{waits}", language, step=text[:1].lower() + text[1:])


def _signed(
    open_: Iterable[str], definition: Definition, item: WaitingCase, claim: Claim, caller: Caller
) -> Iterator[str]:
    """Yield the open steps of the reader, without signatures that the amount or a flag leaves to somebody else."""
    facts = claim.facts(flags=list(item.flags))
    roles = frozenset[str]().union(*(seat.roles for seat in caller.seats))
    for step in open_:
        try:
            way = definition.way(step, claim.status, facts, claim.entered_from)
        except StepNotOpen:
            continue
        able = definition.signing(way, claim.amount_to_sign, facts).roles if way.authority else way.roles
        if not roles.isdisjoint(able):
            yield step


async def _lists(house: House, caller: Caller, desk: Desk, language: Language) -> list[Row]:
    """Return the lists of workers that wait for the reader."""
    programmes = await house.office.cases.load(roster.programme_id for roster in desk.rosters)
    rows = []
    for roster in desk.rosters:
        programme = programmes.get(roster.programme_id)
        assert isinstance(programme, Programme) and roster.definition is not None
        definition = house.library.get(roster.definition)
        step = list_step(definition, roster.status, caller)
        assert step is not None, "the list was asked for because it has a step"
        rule = definition.steps[step]
        label = rule.label_id if language == "id" else rule.label_en
        rows.append(
            Row(
                path=f"/rosters/{roster.roster_id}",
                group=LISTS,
                task=say("work.with_list", language, step=label, n=written_number(roster.members, language)),
                name=programme.opened.name,
                number="",
                waits="you",
                since=roster.since,
                kind=LISTS,
                members=roster.members,
                effective_on=roster.effective_on,
            )
        )
    return rows


def _earliest(claim: Claim, definition: Definition) -> tuple[ClockChange, Clock | None] | None:
    """Return the clock that strikes first; where none runs, the one that stands still."""
    running = [one for one in claim.clocks.values() if one.change in RUNNING]
    dated = [one for one in running if one.due_on is not None]
    paused = [one for one in claim.clocks.values() if one.change == "paused"]
    first = min(dated, key=lambda one: one.due_on or date.max, default=next(iter([*running, *paused]), None))
    return (first, definition.clocks.get(first.clock)) if first else None


def _grouped(rows: Iterable[Row], sizes: Mapping[str, int]) -> list[Group]:
    """Return the rows by urgency; groups without rows are left out."""
    by_name: dict[str, list[Row]] = {name: [] for name in GROUPS}
    for row in rows:
        by_name[row.group].append(row)
    return [
        Group(name=name, rows=found, count=sizes.get(name, len(found)))
        for name, found in by_name.items()
        if found
    ]

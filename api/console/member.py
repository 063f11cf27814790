"""One member on one page: cover at a day, months paid by spell, claims, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.bootstrap import House
from api.console.members import occupation_words, staff_at
from api.console.navigation import REPORTERS
from api.console.pages import ConsoleRoute, page
from api.console.people import names_of
from api.console.sentences import WORDS, say
from api.console.session import language_of, session_of
from api.console.statuses import statuses_of
from api.http.answers import masked, opened
from api.http.callers import TheHouse, now, uuid_of
from api.http.cases import look_at, with_world
from domain.enrollment.aggregate import Enrollment
from domain.period import Month
from domain.person.aggregate import Person
from domain.programme.aggregate import Programme
from domain.programme.contribution import Membership
from domain.refusal import Invalid
from domain.rupiah import Language
from projections.case_timeline.view import TimelineEntry
from workflows.days import legal_day
from workflows.lifecycle import Definition

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
ENTRIES: Final = 200  # of the history; a member has a few a year


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """The months of a year: paid, unpaid, or None where the membership did not run."""

    number: int
    months: Sequence[bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry of the history. effective_on: where it differs from the day of recording."""

    at: datetime
    look: str
    sentence: str
    actor: str
    role: str | None
    effective_on: date | None
    months: str


@router.get("/members/{enrollment_id}")
async def show_member(request: Request, house: TheHouse, enrollment_id: str, on: str = "") -> HTMLResponse:
    """Show a member, always fresh: read from the log. on: the day whose cover is asked for, today without."""
    caller, language = await staff_at(house, session_of(request)), language_of(request)
    enrollment = await look_at(house, Enrollment, uuid_of(enrollment_id), caller)
    assert isinstance(enrollment, Enrollment)
    day = _day(on)
    definition, world = await with_world(house, enrollment)
    programme = world.the("programme", Programme)
    membership = enrollment.membership(programme.contributions)
    entries = await _entries(house, enrollment)
    claims = await house.views.claims.page(person_id=enrollment.begun.person_id, area=caller.area)
    person = await house.office.cases.get(enrollment.begun.person_id)
    assert isinstance(person, Person)
    names = await names_of(house, [person.id])
    return page(
        request,
        "member.html",
        here="members",
        member=enrollment,
        name=names.get(person.id),
        nik=masked(opened(person.nik, house.keyring)),
        programme=programme.opened.name,
        occupation=occupation_words(enrollment.occupation, language),
        status=definition.statuses[enrollment.status],
        cover=membership.coverage(day),
        day=day,
        spells=len(membership.spells),
        years=years_of(membership, max(day, legal_day(now()))),
        claims=claims.items,
        claim_statuses=statuses_of(house, "claim", language),
        told=[_told(entry, definition, language) for entry in reversed(entries)],
        can_report=bool(caller.roles & REPORTERS) and not claims.items,
        position=enrollment.position,
    )


def _day(text: str) -> date:
    """Return the day asked for. Refused (`invalid`) where it is none that the calendar reaches."""
    if not text:
        return legal_day(now())
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= now().year + 10:
        raise Invalid("on is a day such as 2024-05-10, not more than ten years ahead", field="on")
    return day


async def _entries(house: House, enrollment: Enrollment) -> Sequence[TimelineEntry]:
    head = await house.store.last_position()
    for model in ("case_timeline", "enrollment_register", "claim_register"):
        await house.views.positions.wait_for(model, head)
    return (await house.views.timeline.page(enrollment.id, limit=ENTRIES)).items


def years_of(membership: Membership, until: date) -> list[Year]:
    """Return the months from the first of the membership to a day, or to the last that is paid, by year."""
    paid = membership.months_over_life
    first = min([Month.of(spell.listed_from) for spell in membership.spells] + list(paid))
    last = max([Month.of(membership.ended_on or until), *paid])
    found = []
    for number in range(first.first_day.year, last.first_day.year + 1):
        months = [Month.of(date(number, month, 1)) for month in range(1, 13)]
        found.append(
            Year(
                number=number, months=[month in paid if first <= month <= last else None for month in months]
            )
        )
    return found


def _told(entry: TimelineEntry, definition: Definition, language: Language) -> Told:
    rule = definition.steps.get(entry.step or "")
    if f"of_member.{entry.event}" in WORDS:
        sentence = say(f"of_member.{entry.event}", language)
    elif rule is not None:
        sentence = rule.label_id if language == "id" else rule.label_en
    else:
        sentence = entry.event
    months = entry.data.get("months") or ()
    return Told(
        at=entry.recorded_at,
        look="money" if entry.event.startswith("programme.") else "step",
        sentence=sentence,
        actor=entry.actor,
        role=entry.roles[0] if entry.roles else None,
        effective_on=entry.effective_on if entry.effective_on != legal_day(entry.recorded_at) else None,
        months=", ".join(str(month) for month in months if isinstance(month, str)),
    )

"""Fills an empty demonstration with the demonstration city, and tells a stranger what to look at."""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.bootstrap import House
from api.demo.cast import FINDS
from api.demo.claim_moves import acts_of_claims
from api.demo.lists import Act, acts_of_the_sponsor, day_told_until, days_told
from api.demo.office_days import OfficeDays
from api.demo.teller import PROGRAMME, Teller, made_id
from domain.refusal import Invalid
from domain.sealed import Erased

EARLIEST: date = date(2025, 7, 1)  # before that, members who are to lapse are still insured


class OtherTelling(Exception):
    """The log holds a city that this version did not tell."""


async def seed_demo(house: House, address: str, say: Callable[[str], None], *, today: date) -> None:
    """Tell the story of the city up to yesterday, with a progress bar. Only in a simulated log.

    A story that was begun on another day is told to its end as of that day; nothing is told twice.
    today: the legal day of the seeding.
    """
    if not house.origin.simulated:
        say("This log is no demonstration, so nothing is added to it.")
        return
    try:
        begun = await _begun(house)
    except OtherTelling:
        say(
            "Another version told the city here, so nothing is added. For this one, start with an empty JAMINAN_HOME."
        )
        return
    acts = acts_until(begun or today)
    teller = Teller(house, titles=_titles(house, begun or today))
    columns = (TextColumn("{task.description:44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=len(acts))
        for act in acts:
            progress.update(task, description=act.title)
            await act.tell(teller)
            progress.advance(task)
        progress.update(task, description="The city is told")
    for line in tour(address):
        say(line)


def acts_until(today: date) -> list[Act]:
    """Return all that happens before a day, in the order of the hours. Refused (`invalid`) for days too early."""
    if today < EARLIEST:
        raise Invalid(
            f"the story of the city cannot be told before {EARLIEST}: see to the clock", field="day"
        )
    days = OfficeDays(today)
    acts = [*acts_of_the_sponsor(days), *acts_of_claims(days), *days_told(days)]
    return sorted(acts, key=lambda act: act.at)


async def _begun(house: House) -> date | None:
    """Return up to which day the story is told that the log holds already: its first fact says so.

    Raises `OtherTelling` where the city was told in another way.
    """
    events = await house.office.cases.events(PROGRAMME)
    if not events:
        return None
    await house.keyring.load([PROGRAMME])
    note = events[0][1].note
    said = note.open(house.keyring) if note else ""
    until = None if isinstance(said, Erased) else day_told_until(said)
    if until is None:
        raise OtherTelling
    return until


def _titles(house: House, day: date) -> dict[str, str]:
    """Return the names of papers by code, as the definitions have them."""
    return {
        code: document.name_id
        for name in ("enrollment", "jkm-claim")
        for code, document in house.library.latest(name, day).documents.items()
    }


def tour(address: str) -> Iterator[str]:
    """Yield what a stranger can do next: the pages, the personas with what waits for them, three requests."""
    home = os.environ.get("JAMINAN_HOME")
    jaminan = f"{f'JAMINAN_HOME={home} ' if home else ''}{sys.argv[0]}"
    yield ""
    yield f"In a browser    {address}   sign in as one of these; each finds"
    for persona, finds in FINDS.items():
        yield f"  {persona:16} {finds}"
    yield f"API reference   {address}/docs   a token: {jaminan} token --as ROLE"
    yield "Look at a paid claim, at its history, and at the money of the programme:"
    yield f'  TOKEN=$({jaminan} token --as auditor); H="Authorization: Bearer $TOKEN"'
    claim = made_id("claim/becak")
    yield f'  curl -s -H "$H" {address}/v1/claims/{claim}'
    yield f'  curl -s -H "$H" {address}/v1/claims/{claim}/history'
    yield f'  curl -s -H "$H" {address}/v1/programmes/{PROGRAMME}/ledger'
    yield ""

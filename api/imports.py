"""Taking in a list from the command line: the same commands as over HTTP, with progress."""

import asyncio
import hashlib
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.bootstrap import House, open_house
from api.http.callers import now
from api.http.rosters import roster_view, take_in
from api.http.sponsor_shapes import RosterView
from api.serve import working
from api.settings import Settings
from domain.programme.aggregate import Programme
from domain.refusal import Invalid, NotFound, TooLarge
from domain.roster.aggregate import Roster
from domain.roster.commands import ReceiveRoster
from domain.roster.ids import new_list_id
from workflows.roster.table import SIZE_MAX

LOOK_AGAIN = 0.1  # seconds
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def import_roster(
    settings: Settings,
    file: Path,
    programme: str,
    effective_on: date,
    name: str,
    *,
    replaces: str | None = None,
    quiet: bool,
) -> RosterView:
    """Take in a list and wait until every row is checked. Refused as over HTTP."""
    async with open_house(settings, demo=settings.demo) as house, working(house):
        roster_id = await receive(
            house,
            file,
            _id_in(programme, "programme"),
            effective_on,
            name,
            replaces=_id_in(replaces, "replaces") if replaces else None,
        )
        return await follow(house, roster_id, quiet=quiet)


async def receive(
    house: House,
    file: Path,
    programme_id: UUID,
    effective_on: date,
    name: str,
    *,
    replaces: UUID | None = None,
) -> UUID:
    """Record that a list arrived; return its id, or that of the same file which came before."""
    programme = await house.office.cases.get(programme_id)
    if not isinstance(programme, Programme):
        raise NotFound("there is no programme with this id", id=str(programme_id))
    content = await asyncio.to_thread(file.read_bytes)
    if len(content) > SIZE_MAX:
        raise TooLarge(f"the file is larger than {SIZE_MAX} bytes: split the list", limit=SIZE_MAX)
    command_id = uuid4()
    receive = ReceiveRoster(
        command_id=command_id,
        case_id=new_list_id(command_id),
        issued_by=name,
        roles=frozenset({"sponsor_officer"}),
        decided_at=now(),
        effective_on=effective_on,
        programme_id=programme_id,
        replaces=replaces,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        media_type=XLSX if file.suffix.lower() == ".xlsx" else "text/csv",
    )
    return await take_in(house, receive, content)


async def follow(house: House, roster_id: UUID, *, quiet: bool) -> RosterView:
    """Show how far the check of a list is, until it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("Checking rows", total=None)
        while True:
            roster = await house.office.cases.get(roster_id)
            assert isinstance(roster, Roster)
            progress.update(task, completed=roster.checked_to, total=roster.rows)
            if roster.status != "checking":
                return roster_view(roster)
            await asyncio.sleep(LOOK_AGAIN)


def _id_in(text: str, option: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        what = "programme" if option == "programme" else "list"
        raise Invalid(f"--{option} is the id of a {what}", field=option) from None

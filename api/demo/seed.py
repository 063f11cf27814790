"""Fills an empty demonstration with the demonstration city, and tells a stranger what to look at."""

import os
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.bootstrap import House
from api.demo.stories import PERSONAS, STORIES
from api.demo.teller import Teller


async def seed_demo(house: House, address: str, say: Callable[[str], None]) -> None:
    """Tell every story that was not told yet, with a progress bar. Only in a simulated log."""
    if not house.origin.simulated:
        say("This log is no demonstration, so nothing is added to it.")
        return
    columns = (TextColumn("{task.description:42}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("")

        def told(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        teller = Teller(house, told)
        for story in STORIES:
            task = progress.add_task(story.title, total=1)
            await story.tell(teller)
            progress.update(task, total=1, completed=1)
        progress.remove_task(progress.task_ids[0])
    for line in tour(teller, address):
        say(line)


def tour(teller: Teller, address: str) -> Iterator[str]:
    """Yield what a stranger can do next: the pages, the reference, the personas, three requests."""
    home = os.environ.get("JAMINAN_HOME")
    jaminan = f"{f'JAMINAN_HOME={home} ' if home else ''}{sys.argv[0]}"
    yield ""
    yield f"In a browser    {address}"
    yield f"API reference   {address}/docs"
    yield "Personas        a token for any of them: " + f"{jaminan} token --as ROLE"
    for role, does in PERSONAS.items():
        yield f"  {role:16} {does}"
    yield "Look at the paid claim, at its history, and at the money of the programme:"
    yield f'  TOKEN=$({jaminan} token --as auditor); H="Authorization: Bearer $TOKEN"'
    claim = teller.claims[0]
    yield f'  curl -s -H "$H" {address}/v1/claims/{claim}'
    yield f'  curl -s -H "$H" {address}/v1/claims/{claim}/history'
    yield f'  curl -s -H "$H" {address}/v1/programmes/{teller.programme}/ledger'
    yield ""

"""The counts of the side bar: what waits for the reader, and how much the registers hold. Never worth waiting for."""

import asyncio
from collections.abc import Mapping
from typing import Final

from fastapi import Request

from api.bootstrap import House
from api.console.desk import reader_of
from api.console.navigation import ENROLLERS
from api.console.session import NotSignedIn, caller_at, last_act, session_of
from api.http.callers import INTERNAL, now
from api.http.roster_lists import areas_of
from domain.refusal import Busy
from workflows.days import legal_day

PATIENCE: Final = 0.5  # seconds; a page comes without counts rather than late


async def side_counts(request: Request) -> Mapping[str, int]:
    """Return counts by the name of their entry: none without a session, and none that lack the reader's own act."""
    house: House = request.app.state.house
    try:
        async with asyncio.timeout(PATIENCE):
            caller = await caller_at(house, session_of(request))
            work, position = await house.views.desk.count(reader_of(house, caller, legal_day(now())))
            totals = await house.views.totals.totals(
                area=caller.area,
                reported_by=caller.name if caller.is_only_participant else None,
                with_members=bool(caller.roles & INTERNAL),
                lists_of=areas_of(caller),
                with_rosters=bool(caller.roles & ENROLLERS),
            )
    except (NotSignedIn, Busy, TimeoutError):
        return {}
    if min(position, totals.position) < last_act(request):
        return {}
    counts = {"work": work, "claims": totals.claims, "members": totals.members, "rosters": totals.rosters}
    return {name: rows for name, rows in counts.items() if rows is not None}

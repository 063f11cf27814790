"""Goal 6: all read models built anew from the first event, beside the library's own runner on one of them.

The library's `ProjectionRunner` writes a row and its position for each event; ours folds pages, in two processes where
there are two cores. A full run also verifies all read models: they are folded once more, together, and compared with
the log cell by cell.
"""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

from benchmarks.contender import contender, peers_python
from benchmarks.ground import Ground
from benchmarks.harness import Cell, alternate
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.town import filed_claims

CLAIMS: Final = 4_000  # of 15 events each with all they rest on
OURS: Final = "all read models together"
LIBRARY: Final = "the library's runner on one"
VERIFY: Final = "all read models against the log"


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure events per second of both."""
    kept = await filed_claims(ground, CLAIMS)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(ground.database(like=kept.name))
        stock = await stack.enter_async_context(ground.database())
        ours = await stack.enter_async_context(contender("workshop", database.app_url))
        peer = await stack.enter_async_context(
            contender("library_runner", stock.admin_url, python=peers_python())
        )

        async def work(name: str) -> float:
            return float((await ours.ask(work=name))["events_per_second"])

        async def run_library() -> float:
            return float((await peer.ask(seconds=plan.seconds))["events_per_second"])

        cells = [Cell(OURS, partial(work, "rebuild")), Cell(LIBRARY, run_library)]
        if not plan.quick:
            cells.append(Cell(VERIFY, partial(work, "verify")))
        found = await alternate(cells, ground.home, plan.rounds)
    return [
        *Measure.of("6", f"rebuild, {OURS}", found, OURS, unit="events/s", goal=40_000.0),
        *Measure.of(
            "6.library", f"rebuild, {OURS}", found, OURS, unit="events/s", against=LIBRARY, goal=30.0
        ),
        *Measure.of("6.verify", f"verify, {VERIFY}", found, VERIFY, unit="events/s"),
    ]

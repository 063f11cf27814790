"""Goal 5: from append to view. A step is recorded; how long until the claim register shows it?

A house as `jaminan serve` opens it: the office here, all read models in a process of their own, and what answers
facts in another. First it works as fast as it can, then at half of that pace, and then every wait counts.
"""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.contender import contender
from benchmarks.ground import Ground
from benchmarks.harness import Cell, alternate
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.town import filed_claims

CLAIMS: Final = 10_000
CALLERS: Final = 8


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure p50 and p99 of the lag at half load, and what full load is."""
    template = await filed_claims(ground, CLAIMS)
    waits: dict[str, list[float]] = {"p99": [], "full": []}
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(ground.database(like=template.name))
        house = await stack.enter_async_context(
            contender("house", database.app_url, database.admin_url, str(CLAIMS))
        )

        async def lag() -> float:
            told = await house.ask(callers=CALLERS, seconds=plan.seconds)
            waits["p99"].append(told["p99"])
            waits["full"].append(told["full"])
            return float(told["p50"])

        found = await alternate([Cell("p50", lag)], ground.home, plan.rounds)
    if not found.has("p50"):
        return []
    found.by_cell |= waits
    of = "append to view at half load"
    return [
        *Measure.of("5.p50", f"{of}: p50", found, "p50", unit="ms", goal=5.0, at_most=True),
        *Measure.of("5.p99", f"{of}: p99", found, "p99", unit="ms", goal=25.0, at_most=True),
        *Measure.of("5.full", "steps with all read models beside, full load", found, "full", unit="steps/s"),
    ]

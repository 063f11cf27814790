"""Acceptance: the gates of the store hold while the machine is loaded.

The tests of the gates run as `pytest -m gate` runs them, against servers of their own, while 32 callers of raw SQL
keep processor and disk busy beside them.
"""

import asyncio
import re
import sys
from collections.abc import Iterable
from typing import Final

from benchmarks.contender import ROOT, Contender, contender
from benchmarks.ground import Ground
from benchmarks.harness import probe
from benchmarks.plan import Plan
from benchmarks.results import Measure

CALLERS: Final = 32
AT_A_TIME: Final = 1.0  # seconds of load that are asked for


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Count the gates that do not hold."""
    async with ground.database() as database, contender("raw_cte", database.admin_url) as raw:
        load = asyncio.create_task(_load(raw))
        try:
            passed, failed = await _gates()
        finally:
            load.cancel()
            await asyncio.gather(load, return_exceptions=True)
    what = f"gates of the store that failed under load, of {passed + failed}"
    return [Measure.counted("9.gates", what, failed, unit="gates", fsync=probe(ground.home))]


async def _load(raw: Contender) -> None:
    while True:
        await raw.steps_per_second(CALLERS, AT_A_TIME)


async def _gates() -> tuple[int, int]:
    """Return how many passed and how many did not; what failed is told on the way."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", "-m", "gate", "-p", "no:cacheprovider", cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output = (await process.communicate())[0].decode()
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", output)}
    bad = counts.get("failed", 0) + counts.get("error", 0)
    if bad or "passed" not in counts:
        print(output, flush=True)
    if "passed" not in counts:
        raise RuntimeError("the gates did not run")
    return counts["passed"], bad

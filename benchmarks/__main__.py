"""Runs the benchmarks: `python -m benchmarks [--quick] [NAME ...]`. Figures are kept as they come."""

import argparse
import asyncio
import time
import traceback

from benchmarks.ground import ground
from benchmarks.page import write_page
from benchmarks.plan import FULL, QUICK
from benchmarks.programs import PROGRAMS
from benchmarks.results import Results, machine
from benchmarks.scale import write_scale


async def run(*, quick: bool, names: list[str]) -> int:
    """Run the programs of these names, all if none is named; return how many failed."""
    plan, failed = QUICK if quick else FULL, 0
    wanted = [one for one in PROGRAMS if one.name in names or (not names and (one.in_quick or not quick))]
    async with ground() as here:
        results = Results("quick" if quick else "full", here.server.version, whole=not names)
        for program in wanted:
            began = time.monotonic()
            try:
                results.add(*await program.ask(here, plan))
            except Exception:  # one that fails is told of, and keeps no other from being measured
                traceback.print_exc()
                failed += 1
            print(f"{program.name}: {time.monotonic() - began:.0f} s", flush=True)
            write_page(results)
            write_scale(results.measures)
    print(f"\n{results.markdown()}\n\nmachine   {machine()}\nversions  {results.versions}")
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="under two minutes; the rest from the last full run"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *(one.name for one in PROGRAMS)])
    chosen = parser.parse_args()
    return asyncio.run(run(quick=chosen.quick, names=chosen.names))


if __name__ == "__main__":
    raise SystemExit(main())

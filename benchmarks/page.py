"""The page of the documentation that shows the latest figures: written from them, never by hand."""

from typing import Final

from benchmarks.harness import figure, table
from benchmarks.results import PAGE, Measure, Results, machine

BEGINNING: Final = """# Benchmarks

Written by `make bench` and `make bench-quick` from `benchmarks/results/latest.json`; what each program does is
told in [its source](../../benchmarks/README.md). Everything runs against the PostgreSQL that comes with the
product, with `fsync` and `synchronous_commit` on, on one machine that also runs the load. Cells of one question
alternate in random order; a value is the median of the rounds with the lowest and highest; a ratio is the median
of the ratios of each round. Ratios are to be trusted; absolute figures move with the machine, which is why the
disk is probed beside them (fsync/s: 8 kB pages made durable by one writer that waits each time)."""


def write_page(results: Results) -> None:
    """Write the page anew."""
    here = machine()
    conditions = ", ".join(f"{name} {value}" for name, value in {**results.versions, **here}.items())
    parts = [
        BEGINNING,
        f"Latest run on: {conditions}.",
        results.markdown(),
        "## Where we lose",
        _losses(results),
    ]
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _losses(results: Results) -> str:
    """Say plainly which goals are not reached, and how far away they are."""
    lost = [one for one in results.measures if one.judged is False]
    if not lost:
        return "No goal is missed in the latest figures."
    return table([_loss(one) for one in lost])


def _loss(one: Measure) -> dict[str, object]:
    reached = one.value if one.ratio is None else one.ratio
    assert one.goal is not None
    away = reached / one.goal if one.at_most else one.goal / reached if reached else 0.0
    return {
        "measure": f"{one.id} {one.what}",
        "reached": figure(reached),
        "goal": figure(one.goal),
        "away": f"{away:.1f}×",
    }

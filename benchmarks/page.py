"""The page of the documentation that shows the latest figures: written from them, never by hand."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.harness import figure, table
from benchmarks.results import PAGE, Measure, Results, machine, row

BEGINNING: Final = """# Benchmarks

Written by `make bench` and `make bench-quick` from `benchmarks/results/latest.json`; what each program does is
told in [its source](../../benchmarks/README.md). Everything runs against the PostgreSQL that comes with the
product, with `fsync` and `synchronous_commit` on, on one machine that also runs the load. Cells of one question
alternate in random order; a value is the median of the rounds with the lowest and highest; a ratio is the median
of the ratios of each round. Ratios are to be trusted; absolute figures move with the machine, which is why the
disk is probed beside them (fsync/s: 8 kB pages made durable by one writer that waits each time)."""

STEPS: Final = "lifecycle steps: "
SECTIONS: Final = {
    "4": "HTTP",
    "5": "From append to view",
    "6": "Rebuild and verify",
    "7": "Lists",
    "8": "Reads as cases grow a hundred times",
    "9": "Kills",
    "10": "At rest",
    "law-determinations": "The law",
    "law-replay": "Replay of decisions",
}


def write_page(results: Results, page: Path = PAGE) -> None:
    """Write the page anew."""
    conditions = ", ".join(f"{name} {value}" for name, value in {**results.versions, **machine()}.items())
    parts = [BEGINNING, f"Latest run on: {conditions}.", *_goals(results.measures)]
    parts += [*_matrix(results.measures), *_sections(results.measures)]
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _goals(measures: Sequence[Measure]) -> Iterator[str]:
    """Yield what has a goal, and say plainly which are not reached, and how far away they are."""
    yield "## Goals"
    yield table([row(one) for one in measures if one.goal is not None])
    yield "## Where we lose"
    lost = [one for one in measures if one.judged is False]
    yield table([_loss(one) for one in lost]) if lost else "No goal is missed in the latest figures."


def _loss(one: Measure) -> dict[str, object]:
    reached = one.value if one.ratio is None else one.ratio
    assert one.goal is not None
    away = reached / one.goal if one.at_most and one.goal else one.goal / reached if reached else 0.0
    return {
        "measure": f"{one.id} {one.what}",
        "reached": figure(reached),
        "goal": figure(one.goal),
        "away": f"{away:.1f}×",
    }


def _matrix(measures: Sequence[Measure]) -> Iterator[str]:
    """Yield the steps of all contenders by the number of callers, and how ours compare."""
    rates: dict[str, dict[str, str]] = {}
    for one in measures:
        if one.what.startswith(STEPS):
            ours, _, callers = one.what.removeprefix(STEPS).partition(", ")
            if one.anchor is None or one.ratio is None:
                rates.setdefault(ours, {})[callers] = figure(one.value)
            else:
                other = one.against.partition(", ")[0]
                rates.setdefault(other, {})[callers] = f"{figure(one.anchor)} ({one.ratio:.2f}×)"
    if rates:
        loads = sorted(
            {load for found in rates.values() for load in found}, key=lambda load: int(load.split()[0])
        )
        yield "## Steps a second by callers"
        yield (
            "Each durable before its call returns; in brackets ours as a multiple of it. A quick run takes the loads "
            "that goals name, a full run all."
        )
        yield table(
            [
                {"": name} | {load: found.get(load, "") for load in loads}
                for name, found in sorted(rates.items(), key=lambda item: not item[0].startswith("ours"))
            ]
        )


def _sections(measures: Sequence[Measure]) -> Iterator[str]:
    """Yield all other figures, by what they are about."""
    for number, title in SECTIONS.items():
        if rows := [row(one) for one in measures if one.id.partition(".")[0] == number]:
            yield f"## {title}"
            yield table(rows)

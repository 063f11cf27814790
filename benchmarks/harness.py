"""How every program here measures: cells in random order, round after round, and the disk probed beside them.

A cell is one way of doing the work under one load. All cells of a question run in every round, in an order
drawn anew, so that a noisy minute hits all alike; what is reported is the median over the rounds, with the
lowest and highest. Ratios are taken within each round, and the median of those is the ratio.
"""

import os
import random
import statistics
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROUNDS: Final = 5
PROBE_SECONDS: Final = 0.1
BLOCK: Final = b"\0" * 8192  # a page of PostgreSQL


@dataclass(frozen=True)
class Cell:
    """One way of doing the work: a name, and what runs it once and returns its figure."""

    name: str
    run: Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Spread:
    """What a cell gave over the rounds."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{figure(self.median)} [{figure(self.lowest)} to {figure(self.highest)}]"


@dataclass
class Readings:
    """All figures of one question, by cell, and the fsync probes that were taken between them."""

    by_cell: dict[str, list[float]] = field(default_factory=dict)
    fsyncs: list[float] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    def has(self, *names: str) -> bool:
        """Whether these cells ran in every round."""
        return self.by_cell.keys() >= set(names) and not self.failed.intersection(names)

    def spread(self, name: str) -> Spread:
        return Spread.of(self.by_cell[name])

    def ratio(self, name: str, to: str) -> float:
        """Return how a cell compares with another: the median of the ratios of each round."""
        return statistics.median(
            one / other for one, other in zip(self.by_cell[name], self.by_cell[to], strict=True)
        )

    @property
    def fsync(self) -> float:
        """Durable writes of one page per second, as the disk gave them beside these figures."""
        return statistics.median(self.fsyncs)


async def alternate(cells: Sequence[Cell], beside: Path, rounds: int = ROUNDS) -> Readings:
    """Run every cell once in each round, in random order, with a probe of the disk before each round.

    beside: a folder on the disk that holds the database. A cell that fails is told of and left out from
    then on, so that its fault costs no other figure.
    """
    readings = Readings({cell.name: [] for cell in cells})
    for _ in range(rounds):
        readings.fsyncs.append(probe(beside))
        for cell in random.sample(cells, len(cells)):
            if cell.name not in readings.failed:
                try:
                    readings.by_cell[cell.name].append(await cell.run())
                except Exception:
                    traceback.print_exc()
                    print(f"{cell.name}: failed, left out", flush=True)
                    readings.failed.add(cell.name)
    return readings


def probe(folder: Path) -> float:
    """Return how often a second one page can be made durable here, by one writer that waits each time."""
    path = folder / f"probe-{os.getpid()}"
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(file, BLOCK, 0)
        os.fdatasync(file)
        writes, began = 0, time.perf_counter()
        while (taken := time.perf_counter() - began) < PROBE_SECONDS:
            os.pwrite(file, BLOCK, 0)
            os.fdatasync(file)
            writes += 1
        return writes / taken
    finally:
        os.close(file)
        path.unlink()


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value below which this part of the values lies: 0.99 for the p99."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def figure(value: float) -> str:
    """Return a figure with the digits that mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows as a Markdown table; the keys of the first row are its columns."""
    names = list(rows[0]) if rows else []
    lines = [" | ".join(names), " | ".join("---" for _ in names)]
    lines += [" | ".join(str(row.get(name, "")) for name in names) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)

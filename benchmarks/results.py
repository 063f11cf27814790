"""What was measured, kept as it comes: a run that breaks off keeps what it has, an older figure is called stale."""

import datetime
import importlib.metadata
import json
import os
import platform
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from benchmarks.contender import PEERS
from benchmarks.harness import Readings, figure, table

LATEST: Final = Path(__file__).parent / "results" / "latest.json"
PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "benchmarks.md"
PACKAGES: Final = ("asyncpg", "eventsourcing", "fastapi", "msgspec", "uvicorn", "uvloop")
PEER_PACKAGES: Final = ("dbos", "django", "django-fsm-2", "django-pghistory", "django-viewflow", "psycopg")


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One figure of the table.

    value: the median. anchor: what it is held against, measured in the same rounds, by the name `against`.
    ratio: value to anchor. goal: what the ratio, or without an anchor the value, must reach ("at least") or
    not exceed ("at most"). met: None where there is no goal.
    """

    id: str
    value: float
    unit: str
    anchor: float | None = None
    ratio: float | None = None
    goal: float | None = None
    met: bool | None = None
    what: str
    against: str = ""
    at_most: bool = False
    lowest: float | None = None
    highest: float | None = None
    rounds: int = 1
    fsync: float | None = None  # durable page writes per second, probed beside it
    on: str = ""  # the day of the run, and which kind of run
    stale: bool = False  # not from the latest run

    @classmethod
    def of(
        cls,
        id: str,
        what: str,
        readings: Readings,
        cell: str,
        *,
        unit: str,
        against: str = "",
        goal: float | None = None,
        at_most: bool = False,
    ) -> "list[Measure]":
        """Return what a cell gave, held against another cell of the same rounds where one is named.

        Nothing where one of the two failed.
        """
        if not readings.has(cell, *([against] if against else [])):
            return []
        spread = readings.spread(cell)
        measure = cls(
            id=id,
            what=what,
            value=spread.median,
            lowest=spread.lowest,
            highest=spread.highest,
            unit=unit,
            against=against,
            anchor=readings.spread(against).median if against else None,
            ratio=readings.ratio(cell, against) if against else None,
            goal=goal,
            at_most=at_most,
            fsync=readings.fsync,
            rounds=len(readings.by_cell[cell]),
        )
        return [measure]

    @classmethod
    def counted(cls, id: str, what: str, value: int, *, unit: str, fsync: float) -> "Measure":
        """Return a count of what must never happen."""
        return cls(id=id, what=what, value=value, unit=unit, goal=0.0, at_most=True, fsync=fsync)

    @property
    def judged(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        reached = self.value if self.ratio is None else self.ratio
        return reached <= self.goal if self.at_most else reached >= self.goal


class Results:
    """The latest figures, one for each id, in a file that is written after every program."""

    def __init__(self, kind: str, postgres: str, path: Path = LATEST, *, whole: bool = True) -> None:
        """Take up the latest figures.

        kind: quick or full, as the figures of this run are marked. postgres: the version of the server.
        whole: it runs all programs of its kind, so what it does not take is stale; a run of some programs leaves
        the others as they were.
        """
        self._path = path
        self._postgres = postgres
        self._run = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d} {kind}"
        kept = json.loads(path.read_text()) if path.exists() else {"measures": []}
        older = {"stale": True} if whole else {}
        self._measures = {one["id"]: Measure(**(one | older)) for one in kept["measures"]}

    def add(self, *measures: Measure) -> None:
        """Keep these figures; those of the same ids are replaced, all others stay and are stale."""
        for measure in measures:
            self._measures[measure.id] = replace(measure, met=measure.judged, on=self._run)
        self._path.parent.mkdir(exist_ok=True)
        told = {
            "machine": machine(),
            "versions": self.versions,
            "measures": [asdict(one) for one in self.measures],
        }
        self._path.write_text(json.dumps(told, indent=1) + "\n")

    @property
    def versions(self) -> dict[str, str]:
        return versions(self._postgres)

    @property
    def measures(self) -> list[Measure]:
        """In the order of the goals: 9 comes before 10."""
        return sorted(self._measures.values(), key=lambda one: (one.id.partition(".")[0].zfill(2), one.id))

    def markdown(self) -> str:
        """Return the table; a figure that this run did not take carries the day of the run that did."""
        return table([row(one) for one in self.measures])


def row(one: Measure) -> dict[str, object]:
    """Return a figure as a row of the table."""
    spread = "" if one.lowest is None else f" [{figure(one.lowest)} to {figure(one.highest or 0)}]"
    sign = "≤" if one.at_most else "≥"
    times = "" if one.ratio is None else "×"
    return {
        "": one.id,
        "measure": one.what,
        "value": f"{figure(one.value)} {one.unit}{spread}",
        "against": f"{one.against}: {figure(one.anchor)}" if one.anchor is not None else "",
        "ratio": f"{one.ratio:.2f}" if one.ratio is not None else "",
        "goal": f"{sign} {figure(one.goal)}{times}" if one.goal is not None else "",
        "met": {True: "yes", False: "**no**", None: ""}[one.judged],
        "fsync/s": figure(one.fsync) if one.fsync else "",
        "run": f"{one.on}, stale" if one.stale else one.on,
    }


def machine() -> dict[str, Any]:
    """Return what it ran on, without the name of anybody's machine."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "processor": ", ".join(sorted(models)) or platform.processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3),
        "system": f"{platform.system()} {platform.release()}",
        "load": [round(load, 1) for load in os.getloadavg()],
    }


def versions(postgres: str) -> dict[str, str]:
    """Return the versions that matter, of the peers too where they are installed."""
    found = {name: importlib.metadata.version(name) for name in PACKAGES}
    site = [str(folder) for folder in PEERS.glob("lib/python*/site-packages")]
    peers = {one.name.lower(): one.version for one in importlib.metadata.distributions(path=site)}
    found |= {name: peers[name] for name in PEER_PACKAGES if name in peers}
    return {"python": platform.python_version(), "postgresql": postgres} | found

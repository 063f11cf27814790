"""The programs of a run, one for each question."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

from benchmarks import gates, http, kills, lag, law, lifecycle, reads, rebuild, resting, roster
from benchmarks.ground import Ground
from benchmarks.plan import Plan
from benchmarks.results import Measure


@dataclass(frozen=True)
class Program:
    """A question and who answers it; one that takes minutes is left out of the quick run."""

    name: str
    ask: Callable[[Ground, Plan], Awaitable[Iterable[Measure]]]
    in_quick: bool = True


PROGRAMS: Final = (
    Program("lifecycle", lifecycle.ask),
    Program("http", http.ask),
    Program("lag", lag.ask),
    Program("rebuild", rebuild.ask),
    Program("kills", kills.ask),
    Program("law", law.ask),
    Program("resting", resting.ask, in_quick=False),
    Program("roster", roster.ask, in_quick=False),
    Program("reads", reads.ask, in_quick=False),
    Program("gates", gates.ask, in_quick=False),
)

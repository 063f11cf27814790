"""How thorough a run is."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Plan:
    """rounds of all cells, and the seconds of one cell."""

    quick: bool
    rounds: int
    seconds: float


QUICK: Final = Plan(quick=True, rounds=5, seconds=0.4)
FULL: Final = Plan(quick=False, rounds=5, seconds=2.0)

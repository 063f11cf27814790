"""How a contender is asked: a line in says how many callers for how long, a line out says how many steps that made.

Every contender is a program of its own, so that each has its own Python, its own environment and one process.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Final

SIX_STEPS: Final = ("submit", "verify", "assess", "approve", "pay", "close")

Run = Callable[[int, float], int]


def answer(run: Run) -> None:
    """Answer until nobody asks any more. `run` takes callers and seconds and returns the steps it made."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        began = time.perf_counter()
        steps = run(asked["callers"], asked["seconds"])
        print(json.dumps({"steps": steps, "seconds": time.perf_counter() - began}), flush=True)

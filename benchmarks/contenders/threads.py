"""Callers as threads, for contenders that block. Threads stay, and with them their connections."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

CALLERS_MAX: Final = 128
_POOL: Final = ThreadPoolExecutor(CALLERS_MAX)


def in_threads(lifecycle: Callable[[], int], callers: int, seconds: float) -> int:
    """Let each caller carry lifecycles through, one after the other, until time is up; return all steps."""
    assert callers <= CALLERS_MAX
    until = time.perf_counter() + seconds

    def caller(_: int) -> int:
        steps = 0
        while time.perf_counter() < until:
            steps += lifecycle()
        return steps

    return sum(_POOL.map(caller, range(callers)))

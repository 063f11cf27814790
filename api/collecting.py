"""When the garbage collector looks at what: at young objects often, so that no look is long, at all of them seldom."""

import asyncio
import gc
from typing import Final

OFTEN: Final = 0.5  # seconds between two looks at young objects
SELDOM: Final = 1_200  # looks at them for one at all objects, which takes 60 to 100 ms


async def collect(often: float = OFTEN, seldom: int = SELDOM) -> None:
    """Collect garbage until cancelled.

    The collector counts what is made against what is let go of. A process that remembers as many cases as it may
    lets one go for each it takes in, so the count stands still while young objects pile up by the hundred
    thousand, and then all that is asked meanwhile waits 90 ms for one look. Half a second's worth takes 6 ms.
    """
    while True:
        for _ in range(seldom):
            await asyncio.sleep(often)
            gc.collect(0)
        gc.collect()


def settle_memory() -> None:
    """Leave what lives as long as the process to itself: the collector looks at what came later."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 2_000, 50)

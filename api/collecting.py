"""When the garbage collector looks at what: at young objects often, so that no look is long, at all of them seldom."""

import asyncio
import contextlib
import ctypes
import gc
from typing import Final

OFTEN: Final = 0.5  # seconds between two looks at young objects
SELDOM: Final = 1_200  # looks at them for one at all objects, which takes 60 to 100 ms

LARGE: Final = 1 << 20  # bytes of a block that gets pages of its own
_MMAP_THRESHOLD: Final = -3  # M_MMAP_THRESHOLD of malloc.h


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
    """Leave what lives as long as the process to itself: the collector looks at what came later.

    What is large, such as a list that was sent, goes back to the system once it is let go of. Left to itself glibc
    raises its bound to the largest block that was ever given back, and from then on keeps up to twice as much.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):  # not glibc, whose setting this is
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, LARGE)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 2_000, 50)

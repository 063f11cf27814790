"""Rebuilds or verifies every read model, as `jaminan projection rebuild` and `verify` do.

A line that names work, "rebuild" or "verify", is answered with events a second; a verification that finds a
difference is an error. python -m benchmarks.contenders.workshop URL
"""

import asyncio
import json
import sys
import time

import uvloop

from benchmarks.keys import MASTER_KEY
from projections.rebuild import Workshop
from projections.runner import Runner
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from workflows import catalogue, publishing

KNOWN = (
    catalogue.EVENTS,
    publishing.publish_rules,
)  # the log holds published rules too: somebody must know them


async def rebuild(shop: Workshop) -> int:
    """Build all anew; return the events folded."""
    return max((await shop.rebuild()).values())


async def verify(shop: Workshop) -> int:
    """Fold the log beside all read models and compare cell by cell; return the events of the log."""
    found = await shop.verify_together()
    for one in found:
        assert one.is_clean, f"{one.name} differs from the log"
    return max(one.position for one in found)


WORK = {"rebuild": rebuild, "verify": verify}


async def main(url: str) -> None:
    async with await Store.open(url) as store:
        keyring = Keyring(MASTER_KEY, store.pool)
        mapper = SealingMapper(keyring)
        async with Runner(url, store, mapper, keyring):  # makes the tables
            pass
        shop = Workshop(url, store, mapper, keyring)
        print(json.dumps({"ready": True}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            work = WORK[json.loads(line)["work"]]
            began = time.perf_counter()
            events = await work(shop)
            seconds = time.perf_counter() - began
            print(json.dumps({"events_per_second": events / seconds, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))

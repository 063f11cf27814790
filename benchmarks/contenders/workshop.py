"""Rebuilds every read model, as `jaminan projection rebuild` does. python -m benchmarks.contenders.workshop URL"""

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


async def main(url: str) -> None:
    async with await Store.open(url) as store:
        keyring = Keyring(MASTER_KEY, store.pool)
        mapper = SealingMapper(keyring)
        async with Runner(url, store, mapper, keyring):  # makes the tables
            pass
        print(json.dumps({"ready": True}), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            began = time.perf_counter()
            positions = await Workshop(url, store, mapper, keyring).rebuild()
            events = max(positions.values())
            rate = events / (time.perf_counter() - began)
            print(json.dumps({"events_per_second": rate}), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))

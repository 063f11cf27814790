"""A process that appends as fast as it can and writes down each acknowledged command before the next.

Arguments: URL, number of callers. One line per acknowledgement: command id, position.
"""

import asyncio
import os
import sys
from uuid import uuid4

from store.store import Store
from tests.store.facts import command, event


async def work(url: str, callers: int) -> None:
    async with await Store.open(url) as store:

        async def call_without_end() -> None:
            stream, version = uuid4(), 0
            while True:
                version += 1
                one = command(event(stream, version))
                [verdict] = await store.append([one])
                assert verdict.outcome in ("recorded", "repeated")
                os.write(1, f"{one.command_id} {verdict.position}\n".encode())

        await asyncio.gather(*(call_without_end() for _ in range(callers)))


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2])))

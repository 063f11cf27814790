"""Takes steps as fast as it can and writes down each position that was acknowledged, before it goes on.

python -m benchmarks.contenders.acknowledging URL FIRST CLAIMS FILE
"""

import asyncio
import json
import os
import sys

import uvloop

from benchmarks.city import Filed
from benchmarks.keys import MASTER_KEY
from benchmarks.six_steps import commands
from domain.working_days import CALENDAR
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from workflows.library import OWN_FOLDER, Library
from workflows.office import Office


async def main(url: str, first: int, claims: int, file: str) -> None:
    noted = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    async with await Store.open(url) as store:
        office = Office(
            store, SealingMapper(Keyring(MASTER_KEY, store.pool)), Library.load(OWN_FOLDER), CALENDAR
        )

        async def lifecycle(n: int) -> None:
            for command in commands(Filed(n).claim):
                answer = await office.do(command)
                os.write(noted, f"{answer.position}\n".encode())

        print(json.dumps({"ready": True}), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await asyncio.gather(*(lifecycle(n) for n in range(first, first + claims)))
        print(json.dumps({"done": True}), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))

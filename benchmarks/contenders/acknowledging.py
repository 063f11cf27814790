"""Takes steps as fast as it can and writes down each position that was acknowledged, before it goes on.

When the database is out of reach it sends the same command again, as a client does; the command's id finds the
first answer if there was one. python -m benchmarks.contenders.acknowledging URL FILE
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Iterator

import uvloop

from benchmarks.city import Filed
from benchmarks.keys import MASTER_KEY
from benchmarks.six_steps import commands
from domain.claim.commands import ClaimCommand
from domain.refusal import Busy
from domain.working_days import CALENDAR
from store.connection import is_lost
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from workflows.library import OWN_FOLDER, Library
from workflows.office import Office

CALLERS = 16
AGAIN = 0.02  # seconds


class Desk:
    def __init__(self, office: Office, noted: int) -> None:
        self._office = office
        self._noted = noted

    async def work(self, claims: Iterator[int]) -> None:
        """Carry these claims through, several at a time."""

        async def caller() -> None:
            for n in claims:
                for command in commands(Filed(n).claim):
                    position = await self._until_acknowledged(command)
                    os.write(self._noted, f"{position}\n".encode())

        await asyncio.gather(*(caller() for _ in range(CALLERS)))

    async def _until_acknowledged(self, command: ClaimCommand) -> int:
        while True:
            try:
                return (await self._office.do(command)).position
            except Exception as error:
                if not (isinstance(error, Busy) or is_lost(error)):
                    raise
            await asyncio.sleep(AGAIN)


async def main(url: str, file: str) -> None:
    for name in ("asyncpg", "asyncio"):  # they tell of every cut, and here cuts are meant
        logging.getLogger(name).setLevel(logging.CRITICAL)
    noted = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    async with await Store.open(url) as store:
        mapper = SealingMapper(Keyring(MASTER_KEY, store.pool))
        desk = Desk(Office(store, mapper, Library.load(OWN_FOLDER), CALENDAR), noted)
        print(json.dumps({"ready": True}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            asked = json.loads(line)
            await desk.work(iter(range(asked["first"], asked["first"] + asked["claims"])))
            print(json.dumps({"done": asked["claims"]}), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2]))

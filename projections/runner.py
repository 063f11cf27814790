"""Keeps the read models of a process up to date."""

import asyncio
from collections import ChainMap
from collections.abc import Sequence
from typing import Self

from projections.catalogue import PROJECTIONS
from projections.follower import Follower, State
from projections.log import Log
from projections.positions import install
from projections.reader import Projection
from projections.rebuild import Workshop
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store


class Runner:
    """Follows the log for all read models of this process; other processes may do so too, and stand by.

    url: a session of the application role.
    """

    def __init__(
        self,
        url: str,
        store: Store,
        mapper: SealingMapper,
        keyring: Keyring,
        models: Sequence[type[Projection]] = PROJECTIONS,
    ) -> None:
        self._store = store
        self._models = models
        workshop, log = Workshop(url, store, mapper, keyring), Log(store, mapper)
        together = [[model] for model in models if model.alone]
        together.append([model for model in models if not model.alone])
        self._followers = [
            Follower(crew, url=url, store=store, log=log, keyring=keyring, workshop=workshop)
            for crew in together
        ]
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def states(self) -> dict[str, State]:
        found = dict(ChainMap(*(follower.states for follower in self._followers)))
        return {model.name: found[model.name] for model in self._models}

    async def start(self) -> None:
        """Make tables that are missing, then follow in the background."""
        async with self._store.pool.acquire() as db:
            await install(db, self._models)
        self._tasks = [
            asyncio.create_task(follower.run(), name=f"read models {', '.join(follower.states)}")
            for follower in self._followers
        ]

    async def stop(self) -> None:
        """Stop between two pages; a page under way is undone and folded again by whoever comes next."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._tasks = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

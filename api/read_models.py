"""The read models of a house, followed by a process of their own: the loop that answers people folds nothing."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import workflows.catalogue  # noqa: F401  # from here on every event is known by its stored name
from api.kept import SILENCE_MAX, Kept, States, Told, follow
from projections.catalogue import PROJECTIONS
from projections.positions import install
from projections.runner import Runner
from store.mapper import SealingMapper
from store.master_key import load_master_key
from store.sealing import Keyring
from store.store import Store

WHAT: Final = "read models"
READERS: Final = 4  # connections, besides those that follow


class ReadModels(Kept):
    """Keeps one process that folds the log into all read models."""

    def __init__(self, store: Store, told: Told, *, silence_max: float = SILENCE_MAX) -> None:
        names = [model.name for model in PROJECTIONS]
        super().__init__("api.read_models", WHAT, names, told, silence_max=silence_max)
        self._store = store

    async def start(self) -> None:
        """Make tables that are missing, then keep the process; returns once it follows, or could not."""
        async with self._store.pool.acquire() as db:
            await install(db, PROJECTIONS)
        await super().start()


@asynccontextmanager
async def _opened(told: Told) -> AsyncIterator[Callable[[], States]]:
    async with await Store.open(told.url, readers=READERS) as store:
        keyring = Keyring(load_master_key(Path(told.home), os.environ), store.pool)
        async with Runner(told.url, store, SealingMapper(keyring), keyring) as runner:
            yield lambda: runner.states


if __name__ == "__main__":
    follow(WHAT, _opened)

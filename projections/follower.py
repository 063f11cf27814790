"""One read model on its way along the log: page by page, alone among all processes, through every fault."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import asyncpg
import msgspec

from projections.log import Entry, Log
from projections.positions import move
from projections.reader import Poisoned, Projection
from projections.rebuild import FOLLOWING, SETTINGS, Workshop
from store.connection import NOTHING_WRITTEN, connect, is_lost
from store.sealing import Keyring
from store.store import Store

PAGE_MAX: Final = 1_000  # facts of a transaction; some milliseconds of the event loop
LOOK_EVERY: Final = 1.0  # seconds without a notification
STAND_BY: Final = 0.5  # seconds between attempts to take over
PATIENCE: Final = 120.0  # seconds for a page; beyond that the link counts as dead
BACK_OFF_MAX: Final = 5.0  # seconds

# The server gives up a silent link, and with it the lock of a process that vanished.
_KEEP_ALIVE: Final = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}

_logger = logging.getLogger(__name__)

Doing: TypeAlias = Literal[
    "starting", "following", "standing_by", "building", "restarting", "stopped", "superseded"
]


@dataclass(frozen=True, slots=True)
class State:
    """What this process does for a read model, and the last fault, without any personal value."""

    doing: Doing
    error: str | None = None


class Superseded(Exception):
    """A newer release has swapped in its version of this read model."""


class Follower:
    """Follows the log for one read model, while it holds the lock that only one process can hold."""

    def __init__(
        self,
        model: type[Projection],
        *,
        url: str,
        store: Store,
        log: Log,
        keyring: Keyring,
        workshop: Workshop,
    ) -> None:
        self.model = model
        self.state = State("starting")
        self._url = url
        self._store = store
        self._log = log
        self._keyring = keyring
        self._workshop = workshop
        self._pause = 0.0

    async def run(self) -> None:
        """Follow until cancelled: after a fault begin again, at a poison event stop until it is mended."""
        while True:
            try:
                try:
                    await self._follow()
                except Poisoned as poison:
                    await self._stop_at(poison)
            except Superseded:
                self.state = State("superseded")
                return
            except Exception as error:  # whatever it is, the position is kept and nothing was passed over
                self._pause = min(2 * self._pause or 0.1, BACK_OFF_MAX)
                self.state = State("restarting", type(error).__name__)
                _logger.warning("read model %s begins again after %s", self.model.name, type(error).__name__)
            await asyncio.sleep(self._pause)

    async def _follow(self) -> None:
        await self._be_current()
        connection = await connect(self._url, **SETTINGS, **_KEEP_ALIVE)
        try:
            while not await connection.fetchval(
                "select pg_try_advisory_lock($1, hashtext($2))", FOLLOWING, self.model.name
            ):
                self.state = State("standing_by")
                await asyncio.sleep(STAND_BY)
            projection = self.model(self._keyring)
            position = (await self._row())["position"]
            self.state = State("following")
            while True:
                last = await self._log.wait_beyond(position, LOOK_EVERY)
                if last > position:
                    page = await self._log.page(position, min(last, position + PAGE_MAX))
                    position = await self._fold(connection, projection, page)
                    self._pause = 0.0
        finally:
            connection.terminate()

    async def _fold(
        self, connection: "asyncpg.Connection[Any]", projection: Projection, page: Sequence[Entry]
    ) -> int:
        """Fold a page in one transaction; if that fails, one fact at a time, to find the one to blame."""
        try:
            return await self._fold_together(connection, projection, page)
        except Exception as error:
            projection.forget()
            if isinstance(error, Superseded) or _is_fault(error):
                raise
        for entry in page:
            try:
                position = await self._fold_together(connection, projection, [entry])
            except Exception as error:
                projection.forget()
                if isinstance(error, Superseded | Poisoned) or _is_fault(error):
                    raise
                raise Poisoned(entry, error) from error
            if position != entry.position:
                return position
        return page[-1].position

    async def _fold_together(
        self, connection: "asyncpg.Connection[Any]", projection: Projection, page: Sequence[Entry]
    ) -> int:
        """Write rows and position of a page in one transaction. Returns the position reached.

        If somebody moved the model meanwhile (a rebuild was swapped in), nothing is written but that
        position is returned.
        """
        async with asyncio.timeout(PATIENCE), connection.transaction():
            row = await connection.fetchrow(
                "select version, position from work.projection where name = $1 for update", self.model.name
            )
            if row is None or row["version"] != self.model.version:
                raise Superseded
            if row["position"] != page[0].position - 1:
                return int(row["position"])
            await projection.absorb(connection, page)
            await projection.save(connection)
            await move(connection, self.model, page[-1].position)
        return page[-1].position

    async def _be_current(self) -> None:
        """Build this version beside an older one that still serves. Raises `Superseded` by a newer one."""
        version = (await self._row())["version"]
        if version > self.model.version:
            raise Superseded
        if version < self.model.version:
            self.state = State("building")
            await self._workshop.replace([self.model])

    async def _stop_at(self, poison: Poisoned) -> None:
        """Put on record where the model stands still, and wait until somebody has moved it."""
        self.state = State("stopped", str(poison))
        _logger.error("read model %s stops: %s", self.model.name, poison)
        error = {
            "position": poison.position,
            "stream": poison.stream,
            "topic": poison.topic,
            "what": poison.what,
        }
        await self._store.pool.execute(
            "update work.projection set error = $2 where name = $1",
            self.model.name,
            msgspec.json.encode(error).decode(),
        )
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if (await self._row())["error"] is None:
                return

    async def _row(self) -> "asyncpg.Record":
        row: asyncpg.Record | None = await self._store.pool.fetchrow(
            "select version, position, error from work.projection where name = $1", self.model.name
        )
        if row is None:
            raise Superseded
        return row


def _is_fault(error: Exception) -> bool:
    """Whether the surroundings failed, not the fact: the same page may well be folded a moment later."""
    return is_lost(error) or isinstance(error, (*NOTHING_WRITTEN, asyncpg.SerializationError))

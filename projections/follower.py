"""Read models on their way along the log, together: page by page, alone among all processes, through every fault."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
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
REST_MAX: Final = 0.01  # seconds between pages, as long as the last took: half as many, twice as full
STAND_BY: Final = 0.5  # seconds between attempts to take over
HELD_FOR: Final = 0.05  # seconds until a read model that somebody holds still is tried again
PATIENCE: Final = 120.0  # seconds for a page; beyond that the link counts as dead
BACK_OFF_MAX: Final = 5.0  # seconds

# The server gives up a silent link, and with it the locks of a process that vanished. A table that somebody
# holds makes its own read model wait, not the others.
_LINK: Final = {
    **SETTINGS,
    "lock_timeout": "100ms",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}

_logger = logging.getLogger(__name__)

Doing: TypeAlias = Literal[
    "starting", "following", "standing_by", "building", "restarting", "stopped", "superseded"
]
Link: TypeAlias = "asyncpg.Connection[Any]"


@dataclass(frozen=True, slots=True)
class State:
    """What this process does for a read model, and the last fault, without any personal value."""

    doing: Doing
    error: str | None = None


class Member:
    """One of the read models that follow together, and how far it is while it does."""

    def __init__(self, model: type[Projection], keyring: Keyring) -> None:
        self.model = model
        self.state = State("starting")
        self.projection = model(keyring)
        self.follows = False
        self.position = 0
        self.written_by = ""  # the transaction that last wrote its position, as far as this process knows
        self.due = 0.0  # on the loop's clock: when to see whether it can follow again
        self.building: asyncio.Task[object] | None = None
        self.alone_up_to = 0  # position up to which it folds by itself, after a page of several took too long
        self._pause = 0.0

    @property
    def is_over(self) -> bool:
        """Whether a newer release has swapped in its version."""
        return self.state.doing == "superseded"

    def join(self, row: "asyncpg.Record") -> None:
        self.follows, self.state = True, State("following")
        self.position, self.written_by = row["position"], row["written_by"]

    def wait(self, seconds: float, state: State | None = None) -> None:
        """Leave the others, for a while at least."""
        self.projection.forget()
        self.follows, self.state = False, state or self.state
        self.due = asyncio.get_running_loop().time() + seconds

    def back_off(self, error: BaseException) -> None:
        self._pause = min(2 * self._pause or 0.1, BACK_OFF_MAX)
        self.wait(self._pause, State("restarting", type(error).__name__))
        _logger.warning("read model %s begins again after %s", self.model.name, type(error).__name__)

    def advance(self, position: int, written_by: str) -> None:
        self.position, self.written_by = position, written_by
        self._pause = 0.0


class Follower:
    """Follows the log on one connection for all read models whose locks it holds; only one process can hold each.

    Those that stand at the same position fold the next page in one transaction, each with its position: a page
    of few facts then costs what its rows cost, and not as many transactions. One that cannot keep up stays
    behind by itself: it is held still for a comparison, its table is locked, or a fact stops it.
    """

    def __init__(
        self,
        models: Iterable[type[Projection]],
        *,
        url: str,
        store: Store,
        log: Log,
        keyring: Keyring,
        workshop: Workshop,
    ) -> None:
        self._members = [Member(model, keyring) for model in models]
        self._url = url
        self._store = store
        self._log = log
        self._workshop = workshop
        self._locked: set[str] = set()  # whose lock this connection holds

    @property
    def states(self) -> dict[str, State]:
        return {member.model.name: member.state for member in self._members}

    async def run(self) -> None:
        """Follow until cancelled; when the connection is lost begin again."""
        pause = 0.0
        try:
            while not all(member.is_over for member in self._members):
                began = {member.model.name: member.position for member in self._members}
                try:
                    await self._follow()
                except Exception as error:  # whatever it is, positions are kept and nothing was passed over
                    moved = any(member.position != began[member.model.name] for member in self._members)
                    pause = 0.1 if moved else min(2 * pause or 0.1, BACK_OFF_MAX)
                    now = asyncio.get_running_loop().time()
                    for member in self._members:
                        if member.state.doing in {"starting", "following", "standing_by"}:
                            member.wait(0, State("restarting", type(error).__name__))
                        elif not member.is_over:
                            member.wait(max(0.0, member.due - now))
                    _logger.warning("read models begin again after %s", type(error).__name__)
                    await asyncio.sleep(pause)
        finally:
            builds = [member.building for member in self._members if member.building is not None]
            for build in builds:
                build.cancel()
            await asyncio.gather(*builds, return_exceptions=True)

    async def _follow(self) -> None:
        connection = await connect(self._url, **_LINK)
        self._locked.clear()
        try:
            while True:
                await self._release(connection)
                await self._muster(connection)
                following = [member for member in self._members if member.follows]
                if not following:
                    await asyncio.sleep(self._until_due())
                    if all(member.is_over for member in self._members):
                        return
                    continue
                last = await self._log.wait_beyond(min(one.position for one in following), self._until_due())
                clock = asyncio.get_running_loop().time
                began = clock()
                # Whoever is ahead goes first: what is new is shown before what is made up for.
                for position in sorted(
                    {one.position for one in following if one.position < last}, reverse=True
                ):
                    page = await self._log.page(position, min(last, position + PAGE_MAX))
                    here = [one for one in following if one.position == position]
                    slow = [one for one in here if position < one.alone_up_to]
                    for together in ([one for one in here if one not in slow], *([one] for one in slow)):
                        if together:
                            await self._fold(connection, together, page)
                if all(one.position >= last for one in following if one.follows):
                    await asyncio.sleep(min(clock() - began, REST_MAX))
        finally:
            connection.terminate()

    def _until_due(self) -> float:
        """Return the seconds until one of those who do not follow may have a chance to."""
        now = asyncio.get_running_loop().time()
        waiting = [one.due - now for one in self._members if not one.follows and not one.is_over]
        return max(0.0, min([LOOK_EVERY, *waiting]))

    async def _release(self, connection: Link) -> None:
        """Let another process follow for those that this one stopped at, or is too old for."""
        left = self._locked - {one.model.name for one in self._members if one.state.doing == "following"}
        if left:
            await connection.execute(
                "select pg_advisory_unlock($1, hashtext(name)) from unnest($2::text[]) as name",
                FOLLOWING,
                [*left],
            )
            self._locked -= left

    async def _muster(self, connection: Link) -> None:
        """Let those follow again who can: built for this release, mended, not followed by another process."""
        now = asyncio.get_running_loop().time()
        due = [one for one in self._members if not one.follows and not one.is_over and one.due <= now]
        if not due:
            return
        rows = await self._rows(connection, due)
        ready = [one for one in due if await self._is_current(one, rows.get(one.model.name))]
        wanted = [one.model.name for one in ready if one.model.name not in self._locked]
        self._locked |= {
            row["name"]
            for row in await connection.fetch(
                "select name, pg_try_advisory_lock($1, hashtext(name)) as is_ours from unnest($2::text[]) as name",
                FOLLOWING,
                wanted,
            )
            if row["is_ours"]
        }
        rows = await self._rows(connection, ready)  # where whoever held the lock before has left it
        if any(one.written_by not in ("", rows[one.model.name]["written_by"]) for one in ready):
            await connection.reload_schema_state()  # the tables may be new ones of the same names
        for one in ready:
            if one.model.name in self._locked:
                one.join(rows[one.model.name])
            else:
                one.wait(STAND_BY, State("standing_by"))

    async def _is_current(self, one: Member, row: "asyncpg.Record | None") -> bool:
        """Whether the tables are of this release and nothing is known to stop it; else see to it, or wait."""
        if row is None or row["version"] > one.model.version:
            one.wait(0, State("superseded"))
        elif one.state.doing == "stopped" and row["error"] is not None:
            one.wait(LOOK_EVERY)
        elif row["version"] < one.model.version:
            await self._build(one)
        else:
            return True
        return False

    async def _build(self, one: Member) -> None:
        """Build this version beside an older one that still serves, and look now and then how far that is."""
        if one.building is None:
            one.building = asyncio.create_task(
                self._workshop.replace([one.model]), name=f"building {one.model.name}"
            )
        if not one.building.done():
            one.wait(HELD_FOR, State("building"))
            return
        built, one.building = one.building, None
        error = built.exception()
        if isinstance(error, Poisoned):
            await self._stop_at(one, error)
        elif error is not None:
            one.back_off(error)

    async def _fold(self, connection: Link, together: Sequence[Member], page: Sequence[Entry]) -> None:
        """Fold a page in one transaction; if that fails each by itself, then fact by fact to find the one to blame."""
        try:
            await self._fold_together(connection, together, page)
        except Exception as error:
            for one in together:
                one.projection.forget()
            if isinstance(
                error, TimeoutError
            ):  # a dead link, or one of them is too slow: who, shows each by itself
                if len(together) == 1:
                    together[0].back_off(error)
                for one in together:
                    one.alone_up_to = page[-1].position
            if is_lost(error) or connection.is_closed():
                raise
            if len(together) > 1:
                for one in together:
                    await self._fold(connection, [one], page)
            elif _is_fault(error):
                together[0].back_off(error)
            elif len(page) > 1:
                await self._fold_one_by_one(connection, together[0], page)
            else:
                await self._stop_at(
                    together[0], error if isinstance(error, Poisoned) else Poisoned(page[0], error)
                )

    async def _fold_one_by_one(self, connection: Link, one: Member, page: Sequence[Entry]) -> None:
        for entry in page:
            await self._fold(connection, [one], [entry])
            if one.position != entry.position:  # it stopped, or somebody moved it
                return

    async def _fold_together(
        self, connection: Link, together: Sequence[Member], page: Sequence[Entry]
    ) -> None:
        """Write rows and positions of a page in one transaction.

        Nothing is written for a read model that somebody holds still or has moved (a rebuild was swapped in).
        """
        async with asyncio.timeout(PATIENCE), connection.transaction():
            found = await connection.fetch(
                "select name, version, xmin::text as written_by, pg_current_xact_id()::xid::text as by_us"
                " from work.projection where name = any ($1) for update skip locked",
                [one.model.name for one in together],
            )
            rows = {row["name"]: row for row in found}
            at_hand = [
                one
                for one in together
                if (row := rows.get(one.model.name)) is not None
                and (row["version"], row["written_by"]) == (one.model.version, one.written_by)
            ]
            for one in at_hand:
                await one.projection.absorb(connection, page)
                await one.projection.save(connection)
            if at_hand:
                await move(connection, [one.model for one in at_hand], page[-1].position)
        for one in together:
            if one in at_hand:
                one.advance(page[-1].position, found[0]["by_us"])
            else:
                one.wait(HELD_FOR if one.model.name not in rows else 0)

    async def _stop_at(self, one: Member, poison: Poisoned) -> None:
        """Put on record where a read model stands still; it waits until somebody has moved it."""
        one.wait(LOOK_EVERY, State("stopped", str(poison)))
        _logger.error("read model %s stops: %s", one.model.name, poison)
        error = {
            "position": poison.position,
            "stream": poison.stream,
            "topic": poison.topic,
            "what": poison.what,
        }
        await self._store.pool.execute(
            "update work.projection set error = $2 where name = $1",
            one.model.name,
            msgspec.json.encode(error).decode(),
        )

    async def _rows(self, connection: Link, members: Sequence[Member]) -> "dict[str, asyncpg.Record]":
        rows = await connection.fetch(
            "select name, version, position, error, xmin::text as written_by"
            " from work.projection where name = any ($1)",
            [one.model.name for one in members],
        )
        return {row["name"]: row for row in rows}


def _is_fault(error: Exception) -> bool:
    """Whether the surroundings failed, not the fact: the same page may well be folded a moment later."""
    return isinstance(error, (*NOTHING_WRITTEN, asyncpg.SerializationError))

"""How far each read model is: kept beside its rows, announced when it moves, waited for by readers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, TypeVar

import asyncpg
import msgspec

from domain.refusal import Busy
from projections.reader import Db, Projection
from store.connection import fetch, is_lost
from store.store import Store

CHANNEL: Final = "projection"
T = TypeVar("T")

_TABLE: Final = """
create table if not exists work.projection (
    name     text    primary key,
    version  integer not null,
    position bigint  not null,   -- of the last fact that its rows hold
    error    jsonb               -- where it stopped and why; empty while it follows
)"""
_OF_RELEASE: Final = "select from work.projection where name = $1 and version = $2"


async def install(db: Db, models: Iterable[type[Projection]]) -> None:
    """Make the tables of those read models that have none yet. Several processes may do so at once."""
    async with db.transaction():
        await db.execute("select pg_advisory_xact_lock(hashtext('jaminan.projection.install'))")
        await db.execute("set local client_min_messages = warning")
        await db.execute(_TABLE)
        there = {row["name"] for row in await db.fetch("select name from work.projection")}
        for model in models:
            if model.name not in there:
                for table in model.tables:
                    await table.create(db)
                    await table.create_indexes(db)
                await db.execute("insert into work.projection values ($1, $2, 0)", model.name, model.version)


async def move(db: Db, models: Sequence[type[Projection]], position: int) -> None:
    """Note that the rows of read models reach a position, and announce it once for all with the commit.

    It is the last statement of its transaction: from here on a lock is waited for. A commit with a notification
    takes the one lock of the server for them, and behind others' commits that may take longer than a table may.
    """
    await db.execute(
        "with moved as (update work.projection p set position = $3, version = new.version, error = null"
        " from unnest($1::text[], $2::int[]) as new (name, version) where p.name = new.name)"
        " select pg_notify($4, $5), set_config('lock_timeout', '0', true)",
        [model.name for model in models],
        [model.version for model in models],
        position,
        CHANNEL,
        msgspec.json.encode({model.name: position for model in models}).decode(),
    )


@asynccontextmanager
async def snapshot(pool: "asyncpg.Pool[Any]", *models: type[Projection]) -> AsyncIterator[tuple[Db, int]]:
    """Open one snapshot of the rows of read models, with the position that all of them reach in it.

    Raises `Busy` while a model is being built for this release, and while the database cannot be reached.
    """
    try:
        async with AsyncExitStack() as stack:
            db = await _locked(stack, pool, [table.name for model in models for table in model.tables])
            names = {model.name: model.version for model in models}
            found = await db.fetch(
                "select name, version, position from work.projection where name = any ($1)", [*names]
            )
            if {row["name"]: row["version"] for row in found} != names:
                raise _being_built(models)
            yield db, min(row["position"] for row in found)
    except asyncpg.UndefinedTableError:
        raise _being_built(models) from None
    except Exception as error:
        if not is_lost(error):
            raise
        raise _out_of_reach() from error


async def page_at(
    pool: "asyncpg.Pool[Any]", model: type[Projection], query: str, *values: object, order: str
) -> tuple[list[dict[str, Any]], int]:
    """Return the rows of one query in this order, and the position that their read model reaches in them.

    One statement sees one moment, and only once it holds the tables it names: so it is as good as a `snapshot`,
    at one round trip instead of five. Raises `Busy` as that does.
    """
    statement = f"""
        select model.version as model_version, model.position as model_position, found.*
        from work.projection as model
        left join (select true as is_row, page.* from ({query}) as page) as found on true
        where model.name = '{model.name}' order by {order}"""
    try:
        found = await _on_one_that_lives(pool, lambda: pool.fetch(statement, *values))
    except asyncpg.UndefinedTableError:
        raise _being_built([model]) from None
    except asyncpg.SyntaxOrAccessError:  # a query of this release need not fit the tables of the one before
        if await fetch(pool, _OF_RELEASE, model.name, model.version):
            raise
        raise _being_built([model]) from None
    except Exception as error:
        if not is_lost(error):
            raise
        raise _out_of_reach() from error
    if not found or found[0]["model_version"] != model.version:
        raise _being_built([model])
    position: int = found[0]["model_position"]
    return [_of_the_page(row) for row in found if row["is_row"]], position


def _of_the_page(row: asyncpg.Record) -> dict[str, Any]:
    values = dict(row)
    del values["model_version"], values["model_position"], values["is_row"]
    return values


async def _locked(stack: AsyncExitStack, pool: "asyncpg.Pool[Any]", tables: Sequence[str]) -> Db:
    """Return a connection that holds these tables, before it has a snapshot.

    So no rebuilt model is swapped in between.
    """

    async def lock() -> Db:
        async with AsyncExitStack() as trial:
            db = await trial.enter_async_context(pool.acquire())
            await trial.enter_async_context(db.transaction(isolation="repeatable_read", readonly=True))
            await db.execute(f"lock table {', '.join(tables)} in access share mode")
            stack.push_async_exit(trial.pop_all())
            return db

    return await _on_one_that_lives(pool, lock)


async def _on_one_that_lives(pool: "asyncpg.Pool[Any]", ask: Callable[[], Awaitable[T]]) -> T:
    """Ask on a connection. A restart of the server leaves dead ones in the pool: at most all of them are tried."""
    for attempt in range(pool.get_max_size(), -1, -1):
        try:
            return await ask()
        except Exception as error:
            if not is_lost(error) or not attempt:
                raise
    raise AssertionError("the last attempt returns or raises")


def _being_built(models: Iterable[type[Projection]]) -> Busy:
    names = ", ".join(model.name for model in models)
    return Busy(f"{names} is being built for this release; ask again in a moment", name=names)


def _out_of_reach() -> Busy:
    return Busy("The database cannot be reached; ask again in a moment")


class Positions:
    """The positions of all read models as they announce them, for those who wait. One per process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reached: dict[str, int] = {}
        self._moved = asyncio.Event()  # replaced whenever a position moves
        self._waiting = 0
        self._look: asyncio.Task[None] | None = None
        store.listen(CHANNEL, self._heard)

    async def wait_for(self, name: str, position: int, timeout: float = 2.0) -> int:  # noqa: ASYNC109
        """Wait until a read model holds all facts up to a position; return the position it reached.

        timeout: seconds; after them `Busy` is raised.
        """
        self._waiting += 1
        try:
            if name not in self._reached:
                self._look_for_yourself()
            async with asyncio.timeout(timeout):
                while self._reached.get(name, -1) < position:
                    await self._moved.wait()
        except TimeoutError:
            reached = self._reached.get(name)
            raise Busy(
                f"{name} has not reached position {position} yet; ask again in a moment",
                name=name,
                position=position,
                reached=reached,
            ) from None
        finally:
            self._waiting -= 1
        return self._reached[name]

    def _heard(self, payload: str) -> None:
        if payload:
            self._note(msgspec.json.decode(payload))
        elif self._waiting:
            self._look_for_yourself()

    def _look_for_yourself(self) -> None:
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._read(), name="read model positions")

    async def _read(self) -> None:
        """Read all positions; a fault is left to the next look, a second later."""
        try:
            found = await self._store.pool.fetch("select name, position from work.projection", timeout=1)
        except Exception as error:
            if not is_lost(error) and not isinstance(error, asyncpg.UndefinedTableError):
                raise
            return
        self._note({row["name"]: row["position"] for row in found})

    def _note(self, positions: dict[str, int]) -> None:
        self._reached |= positions
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

"""Read models built anew beside those that serve: to replace them, or to prove that they are right."""

import asyncio
import gc
from collections import ChainMap
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import asyncpg
import msgspec

from domain.refusal import Busy
from projections.apart import ProcessLost, apart, cores
from projections.case_timeline.projection import CaseTimeline
from projections.catalogue import PROJECTIONS, model_named
from projections.claim_register.projection import ClaimRegister
from projections.claim_traces.projection import ClaimTraces
from projections.comparison import Difference, compare
from projections.deadlines.projection import Deadlines
from projections.log import Log
from projections.positions import install, move
from projections.progress import Progress
from projections.reader import Db, Projection
from projections.stretch import Models, Stretch
from projections.worklist.projection import Worklist
from store.connection import connect
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store

T = TypeVar("T")


SAVE: Final = 20_000  # entries folded in memory before they are written
# Comparisons too: each holds a connection of the pool while it reads what came last through another.
SWAPS_AT_ONCE: Final = 3
SWAPS_MAX: Final = 60  # attempts at half a second each

# Where there is a second core a second process builds these: all that take in the papers of a case, which are most
# facts of a log. Few facts are so decoded in both, and what PostgreSQL does beside the others evens it out.
OF_CASES: Final = frozenset({ClaimRegister, Worklist, CaseTimeline, Deadlines, ClaimTraces})
WORTH_IT: Final = 20_000  # entries of a log that is worth a second process

# Session locks of a read model, by kind: who follows the log for it, who builds it beside.
FOLLOWING: Final = 7_401
BUILDING: Final = 7_402
# A lost write of a read model is folded again from its position, so no commit needs to reach the disk.
SETTINGS: Final = {"synchronous_commit": "off", "jit": "off", "client_min_messages": "warning"}


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison with the log found; `rows` were compared, `differences` are at most 1,000."""

    name: str
    position: int
    rows: int
    differences: tuple[Difference, ...]

    @property
    def is_clean(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class Status:
    """How a read model is doing.

    lag: facts that it has not folded yet. state: following, idle (no process follows), building (or being
    verified), stopped. error: where it stopped: position, stream, topic, what.
    """

    name: str
    version: int
    position: int
    lag: int
    state: str
    error: dict[str, Any] | None  # Any: JSON values


class Workshop:
    """Rebuilds and verifies read models while they serve. url: a session of the application role."""

    def __init__(self, url: str, store: Store, mapper: SealingMapper, keyring: Keyring) -> None:
        self.progress = Progress()
        self._process = 0  # 1 in a second one
        self._url = url
        self._store = store
        self._keyring = keyring
        self._log = Log(store, mapper)
        self._swapping = asyncio.Semaphore(SWAPS_AT_ONCE)

    async def rebuild(self, *names: str) -> dict[str, int]:
        """Build these read models (all, if none is named) from the first fact, and swap them in.

        Returns the positions reached. Raises `Busy` if one is being built already, and `Poisoned`.
        """
        return await self.replace([model_named(name) for name in names] or PROJECTIONS)

    async def replace(self, models: Models) -> dict[str, int]:
        """Build read models, each decoded fact shared by all, and swap them in, each by itself."""
        return await self._shared(Workshop._replaced, models)

    async def verify(self, name: str) -> Verification:
        """Fold the log once more beside a read model, and compare both cell by cell at the same position."""
        [found] = await self.verify_together(name)
        return found

    async def verify_together(self, *names: str) -> list[Verification]:
        """Verify these read models (all, if none is named), each fact of the log decoded once for all of them."""
        models = [model_named(name) for name in names] or PROJECTIONS
        return [*(await self._shared(Workshop._verified, models)).values()]

    async def status(self) -> list[Status]:
        """Return how all read models are doing."""
        async with self._store.pool.acquire() as db:
            await install(db, PROJECTIONS)
            rows = await db.fetch(_STATUS, FOLLOWING, BUILDING)
        order = {model.name: number for number, model in enumerate(PROJECTIONS)}
        return [
            Status(**{**row, "error": row["error"] and msgspec.json.decode(row["error"])})
            for row in sorted(rows, key=lambda row: order.get(row["name"], len(order)))
        ]

    async def _shared(
        self, work: Callable[["Workshop", Models], Coroutine[Any, Any, dict[str, T]]], models: Models
    ) -> dict[str, T]:
        """Do work for read models, for some of them in a second process where that is worth it."""
        of_cases = [model for model in models if model in OF_CASES]
        others = [model for model in models if model not in OF_CASES]
        if not of_cases or not others or cores() == 1 or await self._log.last_position() < WORTH_IT:
            return await work(self, models)

        async def by_another() -> dict[str, T]:
            async with await Store.open(self._url) as store:
                keyring = self._keyring.reading_from(store.pool)
                second = Workshop(self._url, store, SealingMapper(keyring), keyring)
                second.progress, second._process = self.progress, 1
                return await work(second, of_cases)

        self.progress.processes = 2
        try:
            found = ChainMap(*await _together([apart(by_another), work(self, others)]))
        except ProcessLost as lost:
            names = ", ".join(model.name for model in of_cases)
            raise Busy(f"{names} came to nothing, {lost}; try again", name=names) from lost
        return {model.name: found[model.name] for model in models}

    async def _replaced(self, models: Models) -> dict[str, int]:
        async with AsyncExitStack() as stack:
            stack.enter_context(_patient_collector())
            await self._install(models)
            shadows = await _all(stack.enter_async_context(self._shadow(model)) for model in models)
            end = await self._log.last_position()
            await self._fold(shadows, 0, end, finish=True)
            await self._fold(shadows, end, await self._log.last_position())
            positions = await _all(self._swap_in(shadow) for shadow in shadows)
            return {shadow.model.name: position for shadow, position in zip(shadows, positions, strict=True)}

    async def _verified(self, models: Models) -> dict[str, Verification]:
        async with AsyncExitStack() as stack:
            stack.enter_context(_patient_collector())
            await self._install(models)
            shadows = await _all(stack.enter_async_context(self._shadow(model)) for model in models)
            await self._fold(shadows, 0, min(await _all(map(self._position, models))))
            found = await _all(self._compared(shadow) for shadow in shadows)
            return {one.name: one for one in found}

    async def _install(self, models: Models) -> None:
        async with self._store.pool.acquire() as db:
            await install(db, models)

    async def _compared(self, shadow: "Shadow") -> Verification:
        """Hold a read model still, bring its shadow to the same position, and compare both."""
        model = shadow.model
        async with self._swapping:
            await self._fold([shadow], shadow.position, await self._position(model))
            async with self._held(model) as (_, position):
                await self._fold([shadow], shadow.position, position)
                async with shadow.db.transaction(isolation="repeatable_read", readonly=True):
                    rows, differences = 0, list[Difference]()
                    for table, beside in zip(model.tables, shadow.tables, strict=True):
                        counted, found = await compare(shadow.db, table, beside)
                        rows, differences = rows + counted, differences + found
        return Verification(model.name, position, rows, tuple(differences))

    @asynccontextmanager
    async def _shadow(self, model: type[Projection]) -> AsyncIterator["Shadow"]:
        """Make empty tables beside a read model, on a connection of its own; drop what is left at the end."""
        db = await connect(self._url, **SETTINGS)
        try:
            if not await db.fetchval("select pg_try_advisory_lock($1, hashtext($2))", BUILDING, model.name):
                raise Busy(f"{model.name} is being built already; wait until that is done", name=model.name)
            shadow = Shadow(model, db, self._keyring)
            await shadow.drop()
            try:
                await shadow.create()
                yield shadow
            finally:
                if not db.is_closed():
                    await db.execute("rollback")  # the driver leaves open what was cancelled while it began
                    await shadow.drop()
        finally:
            db.terminate()

    async def _fold(
        self, shadows: Sequence["Shadow"], after: int, up_to: int, *, finish: bool = False
    ) -> None:
        """Fold a stretch of the log into all shadows, each at its pace: one is folded while another is written."""
        self.progress.up_to = up_to
        passed = partial(self.progress.reach, process=self._process)
        stretch = Stretch(self._log, after, up_to, [shadow.model for shadow in shadows], passed)
        try:
            await _together(
                shadow.fold(stretch, saves_first_at=SAVE * place // len(shadows), finish=finish)
                for place, shadow in enumerate(shadows, 1)
            )
        finally:
            stretch.close()

    async def _swap_in(self, shadow: "Shadow") -> int:
        """Bring a shadow to the position of the model that serves, and put it in its place.

        Waiting for long readers would hold up all others behind the swap, so it gives way and tries again.
        """
        for _ in range(SWAPS_MAX):
            try:
                async with self._swapping, self._held(shadow.model) as (db, position):
                    await db.execute("set local lock_timeout = '2s'")
                    if position > shadow.position:
                        await self._fold([shadow], shadow.position, position)
                    for table, beside in zip(shadow.model.tables, shadow.tables, strict=True):
                        await db.execute(f"drop table if exists {table.name}")  # a release may add one
                        await db.execute(f"alter table {beside.name} rename to {table.name.split('.')[1]}")
                    await move(db, [shadow.model], shadow.position)
            except asyncpg.LockNotAvailableError:
                await asyncio.sleep(0.5)
            else:
                return shadow.position
        raise Busy(f"Somebody reads {shadow.model.name} without end; try again", name=shadow.model.name)

    async def _position(self, model: type[Projection]) -> int:
        """Return the position of a read model. Raises `Busy` if it is of another release."""
        row = await self._store.pool.fetchrow(
            "select version, position from work.projection where name = $1", model.name
        )
        if row is None or row["version"] != model.version:
            raise Busy(f"{model.name} is being built for another release", name=model.name)
        return int(row["position"])

    @asynccontextmanager
    async def _held(self, model: type[Projection]) -> AsyncIterator[tuple[Db, int]]:
        """Hold a read model still at its position, in a transaction: nobody folds into it meanwhile."""
        async with self._store.pool.acquire() as db, db.transaction():
            position = await db.fetchval(
                "select position from work.projection where name = $1 for update", model.name
            )
            yield db, position


class Shadow:
    """A read model on its way from the first fact, in tables beside those that serve."""

    def __init__(self, model: type[Projection], db: Db, keyring: Keyring) -> None:
        self.model = model
        self.db = db
        self.tables = [table.beside() for table in model.tables]
        self.position = 0
        self._projection = model(keyring, self.tables)
        self._absorbed = 0

    async def create(self) -> None:
        for table in self.tables:
            await table.create(self.db)

    async def _finish(self) -> None:
        """Make the indexes, which would only have held up the folding."""
        for table in self.tables:
            await table.create_indexes(self.db)
            await table.analyze(self.db)

    async def drop(self) -> None:
        for table in self.tables:
            await self.db.execute(f"drop table if exists {table.name}")

    async def fold(self, stretch: "Stretch", *, saves_first_at: int, finish: bool) -> None:
        """Fold a stretch of the log, many pages to a transaction; then make the indexes, if wanted.

        saves_first_at: entries; not all models are written at once, so that there is something else to do.
        """
        saved = self.position + saves_first_at - SAVE
        async for page in stretch.pages():
            await self._projection.absorb(self.db, page)
            if page[-1].position - saved >= SAVE:
                await self._save(page[-1].position)
                saved = self.position
        await self._save(stretch.up_to)
        if finish:
            await self._finish()

    async def _save(self, position: int) -> None:
        async with self.db.transaction():
            await self._projection.save(self.db)
        self.position = position


async def _all(doing: Iterable[Awaitable[T]]) -> list[T]:
    """Do things at the same time, each to its end, and return what they give, or raise the first fault."""
    outcomes = await asyncio.gather(*doing, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes  # type: ignore[return-value]  # none of them is a fault


async def _together(doing: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Do things at the same time, and return what they give; the first fault ends all, and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in doing]
    except ExceptionGroup as faults:
        raise faults.exceptions[0] from faults.exceptions[0].__cause__
    return [task.result() for task in tasks]


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Let the garbage collector look less often: of the facts of a page none is garbage before its end.

    Else it takes half of the time of a rebuild (measured). Several are built at the same time where a release
    changes several: the last one leaves the process as the first one found it.
    """
    _thresholds.append(gc.get_threshold())
    gc.set_threshold(200_000, 50, 1_000)
    try:
        yield
    finally:
        found = _thresholds.pop()
        if not _thresholds:
            gc.set_threshold(*found)


_thresholds: Final[list[tuple[int, int, int]]] = []  # as each of those under way found them

_STATUS: Final = """
    with held as (   -- the two halves of an advisory lock are unsigned there
        select classid::bigint as kind, objid::bigint as name from pg_locks
        where locktype = 'advisory' and objsubid = 2 and granted
        and database = (select oid from pg_database where datname = current_database())),
    model as (select *, hashtext(name)::bigint & 4294967295 as hashed from work.projection)
    select m.name, m.version, m.position, l.position - m.position as lag, m.error,
        case when m.error is not null then 'stopped'
            when exists (select from held where kind = $2 and held.name = m.hashed) then 'building'
            when exists (select from held where kind = $1 and held.name = m.hashed) then 'following'
            else 'idle' end as state
    from model m cross join (select coalesce(max(position), 0) as position from log.event) as l"""

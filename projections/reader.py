"""What every read model is: tables, and a table of which fact changes them how.

A read model is a function of the log and of which data keys exist: no clock, no generated ids. It folds
batches: rows that a batch touches are read in one query, changed in memory, and written back in two
statements, whatever the number of facts.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from types import ModuleType
from typing import Any, ClassVar, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from eventsourcing.utils import TopicError, resolve_topic

from domain.fact import Fact
from domain.sealed import Erased, Sealed
from projections.log import Entry
from store.mapper import UnknownEvent
from store.sealing import Keyring

Db: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"
Method: TypeAlias = Callable[[Any, Any, Entry], object]  # Any: the read model, and the fact its key names
R = TypeVar("R")
T = TypeVar("T")

BESIDE: Final = "__beside"  # ends the names of tables that are built beside those that serve
KEPT: Final = 2_000  # rows of cases that are likely to move on soon; 1 to 2 KB each
FEW: Final = 64  # rows; up to so many an INSERT is cheaper than a COPY, for us and for the server (measured)

_known: Final[set[str]] = set()  # stored names that are not read here, but belong to a class


@dataclass(frozen=True)
class Table:
    """A table of a read model; made by it and never migrated.

    name: with its schema. columns: SQL, one column a line. indexes: what follows `create index on NAME`.
    only_added: no row is looked up or changed by its key, so that a table being built needs none before its end.
    in_bulk: is being built, so that rows come by the thousand.
    """

    name: str
    columns: str
    key: tuple[str, ...]
    indexes: tuple[str, ...] = ()
    only_added: bool = False
    in_bulk: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(line.split()[0] for line in self.columns.splitlines() if line.strip())

    @cached_property
    def _arrays(self) -> frozenset[str]:
        """The columns that are empty where nothing is said of them."""
        return frozenset(line.split()[0] for line in self.columns.splitlines() if "default '{}'" in line)

    def beside(self) -> "Table":
        return replace(self, name=self.name + BESIDE, in_bulk=True)

    async def create(self, db: Db) -> None:
        columns = ", ".join(line.strip().rstrip(",") for line in self.columns.splitlines() if line.strip())
        key = "" if self._gets_its_key_late else f", {self._primary_key}"
        await db.execute(f"create table {self.name} ({columns}{key})")

    async def create_indexes(self, db: Db) -> None:
        if self._gets_its_key_late:  # sorted once, where each row would look for its place
            await db.execute(f"alter table {self.name} add {self._primary_key}")
        for index in self.indexes:
            await db.execute(f"create index on {self.name} {index}")

    async def analyze(self, db: Db) -> None:
        """Let the server look at the columns by which rows are found; at the rest it looks when it has time."""
        words = set(re.findall(r"\w+", " ".join(self.indexes)))
        found_by = [name for name in self.names if name in self.key or name in words]
        await db.execute(f"analyze {self.name} ({', '.join(found_by)})")

    async def add(self, db: Db, rows: Collection[Sequence[Any]]) -> None:
        """Write new rows, each in the order of the columns."""
        if not rows:
            return
        if len(rows) <= FEW and not self.in_bulk:
            await db.execute(self._insert, rows)
        else:
            schema, _, name = self.name.partition(".")
            names, records = self._without_empty(rows) if self._arrays else (self.names, rows)
            await db.copy_records_to_table(name, schema_name=schema, columns=names, records=records)

    async def put(self, db: Db, rows: Collection[Sequence[Any]]) -> None:
        """Write rows of which the table may hold an older form, found by their key."""
        if len(rows) <= FEW and not self.in_bulk:
            await db.execute(self._upsert, rows)
        else:
            await self.remove(db, [row[0] for row in rows])
            await self.add(db, rows)

    async def remove(self, db: Db, keys: Collection[Any]) -> None:
        """Delete the rows whose key begins so."""
        if keys:
            await db.execute(f"delete from {self.name} where {self.key[0]} = any ($1)", keys)

    def _without_empty(
        self, rows: Collection[Sequence[Any]]
    ) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """Return names and values of the columns, without arrays that are empty in all rows.

        The driver takes as long for an empty array as for three numbers; the server fills in those left out.
        """
        columns = list(zip(self.names, zip(*rows, strict=True), strict=True))
        written = [(name, values) for name, values in columns if name not in self._arrays or any(values)]
        return [name for name, _ in written], zip(*(values for _, values in written), strict=True)

    @property
    def _gets_its_key_late(self) -> bool:
        return self.only_added and self.in_bulk

    @property
    def _primary_key(self) -> str:
        return f"primary key ({', '.join(self.key)})"

    @cached_property
    def _insert(self) -> str:
        return f"insert into {self.name} select * from unnest($1::{self.name}[])"

    @cached_property
    def _upsert(self) -> str:
        changed = [name for name in self.names if name not in self.key]
        return (
            f"{self._insert} on conflict ({', '.join(self.key)}) do update"
            f" set ({', '.join(changed)}) = row ({', '.join(f'excluded.{name}' for name in changed)})"
        )


class Rows(Generic[R]):
    """The rows of a table that a batch touches, in memory until it is saved.

    The class of a row has one attribute for each column, in the same order, the key first.
    kept: so many rows stay in memory behind their batch, for those that follow; only where nothing but this
    object writes the table.
    """

    def __init__(self, table: Table, row: Callable[..., R], *, kept: int = 0) -> None:
        self._table = table
        self._row = row
        self._values = attrgetter(*table.names)
        self._rows: dict[UUID, R] = {}
        self._stored: set[UUID] = set()  # keys of rows that the table holds in an older form
        self._kept: dict[UUID, R] = {}  # as the table holds them, those touched last at the end
        self._kept_max = kept

    async def fetch(self, db: Db, keys: Iterable[UUID]) -> None:
        """Bring the rows of these keys into memory, those that exist and are not there yet."""
        wanted = {key for key in keys if key not in self._rows}
        for key in wanted & self._kept.keys():
            self._rows[key] = self._kept.pop(key)
            self._stored.add(key)
            wanted.remove(key)
        if not wanted:
            return
        found = await db.fetch(
            f"select {', '.join(self._table.names)} from {self._table.name}"
            f" where {self._table.key[0]} = any ($1)",
            wanted,
        )
        for record in found:
            self._rows[record[0]] = self._row(*record)
            self._stored.add(record[0])

    @property
    def keys(self) -> list[UUID]:
        """The keys of the rows in memory."""
        return list(self._rows)

    def __getitem__(self, key: UUID) -> R:
        return self._rows[key]

    def get(self, key: UUID) -> R | None:
        return self._rows.get(key)

    def put(self, key: UUID, row: R) -> None:
        self._rows[key] = row

    def drop(self, key: UUID) -> None:
        """Let a row that was fetched or put be no more."""
        self._rows.pop(key, None)

    async def save(self, db: Db) -> None:
        """Write everything back; of what is over, keep in memory what may be wanted again."""
        if not self._rows and not self._stored:
            return
        await self._table.remove(db, self._stored - self._rows.keys())
        changed = [self._values(self._rows[key]) for key in self._stored & self._rows.keys()]
        if changed:
            await self._table.put(db, changed)
        await self._table.add(
            db, [self._values(row) for key, row in self._rows.items() if key not in self._stored]
        )
        if self._kept_max:
            self._kept |= self._rows
            for key in list(self._kept)[: max(0, len(self._kept) - self._kept_max)]:
                del self._kept[key]
        self._rows, self._stored = {}, set()

    def forget(self) -> None:
        self._rows, self._stored, self._kept = {}, set(), {}


class Poisoned(Exception):
    """A fact that a read model cannot fold. Says where it is and what went wrong, never a value of it."""

    def __init__(self, entry: Entry, error: BaseException) -> None:
        self.position, self.stream, self.topic = entry.position, entry.stream, entry.topic
        self.what = _what(error)
        super().__init__(f"{self.what} at position {self.position}, stream {self.stream}, event {self.topic}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes as what it says; the entry and the error stay behind."""
        return Poisoned.__new__, (Poisoned, *self.args), vars(self)


class Projection(ABC):
    """A read model.

    reads: subscription and dispatch in one: which method takes which fact. alone: one fact may change very many
    rows at once, so that no other read model shall wait for it.
    """

    name: ClassVar[str]
    version: ClassVar[int]  # raise it to rebuild from the first fact
    tables: ClassVar[tuple[Table, ...]]
    reads: ClassVar[Mapping[type[Fact], Method]]
    alone: ClassVar[bool] = False

    _methods: ClassVar[Mapping[str, Method]]

    def __init_subclass__(cls) -> None:
        cls._methods = {_topic(fact): method for fact, method in cls.reads.items()}

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        """tables: those to write, if not the ones that serve."""
        self.keyring = keyring
        self.here = tuple(tables or self.tables)

    @classmethod
    def topics(cls) -> Collection[str]:
        """Return the stored names of the facts that it takes in."""
        return cls._methods.keys()

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:  # noqa: B027  # some look nothing up
        """Fetch the rows, and load the keys of the persons, that these facts touch."""

    @abstractmethod
    async def save(self, db: Db) -> None:
        """Write what the batch changed, and forget it."""

    @abstractmethod
    def forget(self) -> None:
        """Drop what is in memory: the batch came to nothing."""

    async def absorb(self, db: Db, entries: Sequence[Entry]) -> None:
        """Fold entries in memory; `save` writes them. Raises `Poisoned`."""
        methods = self._methods
        read = [entry for entry in entries if entry.topic in methods]
        if len(read) < len(entries):
            self._check_that_all_are_known(entries)
        if not read:
            return
        await self.prepare(db, _facts(read))
        entry = read[0]
        try:
            for entry in read:
                methods[entry.topic](self, entry.fact, entry)
        except Exception as error:
            raise Poisoned(entry, error) from error

    def _check_that_all_are_known(self, entries: Sequence[Entry]) -> None:
        """Let a fact that nobody knows stop the model: the log may be newer than this program."""
        for topic in {entry.topic for entry in entries} - self._methods.keys() - _known:
            try:
                resolve_topic(topic)
            except (TopicError, ValueError):
                first = next(entry for entry in entries if entry.topic == topic)
                raise Poisoned(first, UnknownEvent()) from None
            _known.add(topic)

    def opened(self, value: Sealed[T] | None) -> T | None:
        """Return a personal value, or None where it was erased: what a rebuild without the key writes."""
        found = None if value is None else value.open(self.keyring)
        return None if isinstance(found, Erased) else found


def facts_in(*modules: ModuleType) -> list[type[Fact]]:
    """Return every fact that has a stored name in these modules."""
    return [
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Fact) and "TOPIC" in vars(found)
    ]


def _topic(fact: type[Fact]) -> str:
    return str(vars(fact)["TOPIC"])


def _facts(entries: Sequence[Entry]) -> list[Fact]:
    facts = []
    for entry in entries:
        try:
            facts.append(entry.fact)
        except Exception as error:
            raise Poisoned(entry, error) from error
    return facts


def _what(error: BaseException) -> str:
    """Name an error and the place it came from. Its message is left out: it may hold personal values."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" in {place.tb_frame.f_code.co_qualname}, line {place.tb_lineno}" if place else ""
    return f"{type(error).__name__}{where}"

"""The log: one door in (`append`), and every way to read what is in it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Any, Self
from uuid import UUID

import asyncpg
import msgspec

from store.bell import Bell
from store.connection import fetch, open_pool
from store.reader import GroupReader
from store.records import Append, NaturalKey, Origin, Outcome, Recorded, RememberedCommand, Verdict
from store.writer import Writer

__all__ = [
    "Append",
    "NaturalKey",
    "Origin",
    "Outcome",
    "Recorded",
    "RememberedCommand",
    "Store",
    "Verdict",
]


class Store:
    """The facts of one database, as the application role may see and add to them.

    One per process and event loop. `pool` serves read models and documents as well; whoever takes a
    connection from it leaves no session setting and no session lock behind.
    """

    def __init__(self, pool: "asyncpg.Pool[Any]", writer: Writer, bell: Bell) -> None:
        self.pool = pool
        self._writer = writer
        self._bell = bell
        self._reader = GroupReader(self._fetch)

    @classmethod
    async def open(cls, url: str, *, readers: int = 8) -> Self:
        """Connect. url: a session of the application role. readers: connections of the pool, at most."""
        return cls(await open_pool(url, readers), Writer(url), Bell(url))

    async def close(self) -> None:
        """Answer all that waits to be written, then disconnect."""
        await self._writer.close()
        await self._bell.close()
        await self.pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def append(
        self, batch: Sequence[Append], *, bulk: bool = False, simulated_at: datetime | None = None
    ) -> list[Verdict]:
        """Record what each command wants, or say why not; verdicts in order. Raises `Busy`.

        bulk: gives way to interactive commands, and is refused first when too many wait.
        simulated_at: the instant to record, honoured only in a simulated log.
        """
        return await self._writer.append(batch, bulk=bulk, simulated_at=simulated_at)

    async def read_streams(
        self, streams: Sequence[UUID], *, up_to: int | None = None, topics: Sequence[str] | None = None
    ) -> dict[UUID, list[Recorded]]:
        """Return the events of these streams by version, an empty list for one that has none.

        up_to: the last position to look at, to stand at a past moment. `topics` leaves out all other events.
        """
        rows = await self._fetch(
            f"select {_COLUMNS} from log.event"
            " where stream = any ($1) and ($2::bigint is null or position <= $2)"
            " and ($3::text[] is null or topic = any ($3)) order by stream, version",
            list(streams),
            up_to,
            None if topics is None else sorted(set(topics)),
        )
        found: dict[UUID, list[Recorded]] = {stream: [] for stream in streams}
        for row in rows:
            found[row["stream"]].append(Recorded._make(row))
        return found

    async def read_on(
        self, known: Mapping[UUID, int], named: Mapping[UUID, Sequence[str]] = MappingProxyType({})
    ) -> dict[UUID, list[Recorded]]:
        """Return what came after these versions of streams: an empty list where nothing did, 0 for all events.

        It is as fresh as a query of one's own; those who ask at the same time share one.
        named: by stream, fields of its first event that name other streams, which are then read along with it.
        """
        return await self._reader.after(known, named)

    async def read_log(
        self,
        after: int,
        limit: int,
        *,
        topics: Sequence[str] | None = None,
        without: Sequence[str] = (),
        up_to: int | None = None,
    ) -> list[Recorded]:
        """Return at most `limit` events after this position, in order.

        topics: leaves out all others. without: leaves out these, where no `topics` are named.
        """
        page = "position > $1 and ($2::bigint is null or position <= $2) order by position limit $3"
        if topics is None and without:
            query, names = (
                f"select {_COLUMNS} from log.event where topic <> all ($4) and {page}",
                [[*without]],
            )
        elif topics is None:
            query, names = f"select {_COLUMNS} from log.event where {page}", []
        else:  # one index range per name, however rare
            query, names = (
                "select found.* from unnest($4::text[]) as name cross join lateral"
                f" (select {_COLUMNS} from log.event where topic = name and {page}) as found"
                " order by position limit $3",
                [sorted(set(topics))],
            )
        rows = await self._fetch(query, after, up_to, limit, *names)
        return [Recorded._make(row) for row in rows]

    async def streams_with(self, topic: str, streams: Sequence[UUID]) -> frozenset[UUID]:
        """Return those of these streams in which an event of this name stands."""
        rows = await self._fetch(
            "select distinct stream from log.event where stream = any ($1) and topic = $2",
            list(streams),
            topic,
        )
        return frozenset(row["stream"] for row in rows)

    async def last_position(self) -> int:
        """Return the position of the last event, 0 in an empty log."""
        return int(await self._fetchval("select coalesce(max(position), 0) from log.event"))

    async def position_at(self, instant: datetime) -> int:
        """Return the last position recorded by this instant, 0 if there is none."""
        return int(await self._fetchval("select log.position_at($1)", instant))

    async def find_command(self, command_id: UUID) -> RememberedCommand | None:
        """Return what a command was answered, if it was carried out."""
        return (await self.find_commands([command_id])).get(command_id)

    async def find_commands(self, command_ids: Sequence[UUID]) -> dict[UUID, RememberedCommand]:
        """Return what these commands were answered, those of them that were carried out."""
        rows = await self._fetch(
            "select id, request, position, answer from log.command where id = any ($1)", list(command_ids)
        )
        return {
            id_: RememberedCommand(request, position, None if answer is None else msgspec.json.decode(answer))
            for id_, request, position, answer in rows
        }

    async def find_owners(self, kind: str, digests: Sequence[bytes]) -> dict[bytes, UUID]:
        """Return who holds these natural keys, for those that are held."""
        rows = await self._fetch(
            "select digest, owner from log.natural_key where kind = $1 and digest = any ($2)",
            kind,
            list(digests),
        )
        return {row["digest"]: row["owner"] for row in rows}

    async def origin(self) -> Origin | None:
        """Return which log this is, or None before it was initialised."""
        rows = await self._fetch("select log_id, simulated, created_at from log.origin")
        return Origin._make(rows[0]) if rows else None

    async def wait_beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109
        """Wait for the log to pass `position`, at most `timeout` seconds; return its last position."""
        return await self._bell.beyond(position, timeout)

    def listen(self, channel: str, ring: Callable[[str], None]) -> None:
        """Call `ring` with the payload of each notification on a channel, on the one LISTEN connection.

        Every second and after each reconnect it is called with an empty payload: look for yourself.
        """
        self._bell.on(channel, ring)

    async def _fetch(self, query: str, *arguments: object) -> "list[asyncpg.Record]":
        return await fetch(self.pool, query, *arguments)

    async def _fetchval(self, query: str, *arguments: object) -> Any:
        return (await self._fetch(query, *arguments))[0][0]


_COLUMNS = "position, recorded_at, stream, version, topic, state"

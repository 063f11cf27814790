"""Reading streams on from where they are known, for all who ask at the same time by one query."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from store.records import Recorded
from store.sharing import Shared

# One index probe for each stream, however long it is; what is known already is not read again.
QUERY: Final = """
    select e.* from unnest($1::uuid[], $2::int[]) as known (stream, version)
    cross join lateral (
        select position, recorded_at, stream, version, topic, state from log.event
        where stream = known.stream and version > known.version order by version) as e
    order by e.stream, e.version"""

Known = Mapping[UUID, int]
News = dict[UUID, list[Recorded]]
Fetch = Callable[[str, list[UUID], list[int]], Awaitable[Sequence[Any]]]


class GroupReader:
    """Reads what came after the versions that callers know."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._shared = Shared[Known, News](self._read)

    async def after(self, known: Known) -> News:
        """Return the events of these streams beyond these versions, an empty list for one that has none."""
        return await self._shared.ask(known)

    async def _read(self, asked: Sequence[Known]) -> list[News]:
        lowest: dict[UUID, int] = {}
        for known in asked:
            for stream, version in known.items():
                lowest[stream] = min(version, lowest.get(stream, version))
        found: News = {stream: [] for stream in lowest}
        for row in await self._fetch(QUERY, list(lowest), list(lowest.values())):
            record = Recorded._make(row)
            found[record.stream].append(record)
        return [
            {
                stream: [record for record in found[stream] if record.version > version]
                for stream, version in known.items()
            }
            for known in asked
        ]

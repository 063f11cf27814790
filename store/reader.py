"""Reading streams on from where they are known, for all who ask at the same time by one query."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
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

# The same, and whole streams that the first events of some name in their fields: two rounds in one. A state may hold
# a NUL in some text; PostgreSQL reads no field of a JSON that does, so it is read as one with a space there.
QUERY_NAMED: Final = r"""
    with known as (
        select stream, version, stream as asked from unnest($1::uuid[], $2::int[]) as known (stream, version)
        union all
        select (replace(convert_from(begun.state, 'UTF8'), '\u0000', '\u0020')::json ->> naming.field)::uuid,
            0, naming.stream
        from unnest($3::uuid[], $4::text[]) as naming (stream, field)
        join log.event begun on begun.stream = naming.stream and begun.version = 1)
    select e.*, known.asked from known
    cross join lateral (
        select position, recorded_at, stream, version, topic, state from log.event
        where stream = known.stream and version > known.version order by version) as e
    order by e.stream, e.version"""

Known = Mapping[UUID, int]
Named = Mapping[UUID, Sequence[str]]
News = dict[UUID, list[Recorded]]
Fetch = Callable[..., Awaitable[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class _Question:
    """Streams beyond the versions that are known of them, and fields of first events that name more streams."""

    known: Known
    named: Named

    def __len__(self) -> int:
        return len(self.known) + sum(map(len, self.named.values()))


class GroupReader:
    """Reads what came after the versions that callers know."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._shared = Shared[_Question, News](self._read)

    async def after(self, known: Known, named: Named = MappingProxyType({})) -> News:
        """Return the events of these streams beyond these versions, an empty list for one that has none.

        named: by stream, fields of its first event. The streams that they name are read as well, from their
        beginning; those that are empty are left out.
        """
        return await self._shared.ask(_Question(known, named))

    async def _read(self, asked: Sequence[_Question]) -> list[News]:
        lowest: dict[UUID, int] = {}
        naming: dict[UUID, Sequence[str]] = {}
        for question in asked:
            naming |= question.named
            for stream, version in question.known.items():
                lowest[stream] = min(version, lowest.get(stream, version))
        found: News = {stream: [] for stream in lowest}
        named: dict[UUID, News] = {stream: {} for stream in naming}
        for row in await self._rows(lowest, naming):
            record = Recorded._make(row[:6])
            asker = row[6] if naming else record.stream
            if asker == record.stream:
                found[record.stream].append(record)
            else:
                named[asker].setdefault(record.stream, []).append(record)
        return [_answer(question, found, named) for question in asked]

    async def _rows(self, known: Known, naming: Named) -> Sequence[Any]:
        if not naming:
            return await self._fetch(QUERY, list(known), list(known.values()))
        fields = [(stream, field) for stream, of_stream in naming.items() for field in of_stream]
        return await self._fetch(
            QUERY_NAMED,
            list(known),
            list(known.values()),
            [stream for stream, _ in fields],
            [field for _, field in fields],
        )


def _answer(question: _Question, found: News, named: Mapping[UUID, News]) -> News:
    answer: News = {}
    for stream in question.named:
        answer |= named[stream]
    for stream, version in question.known.items():
        answer[stream] = [record for record in found[stream] if record.version > version]
    return answer

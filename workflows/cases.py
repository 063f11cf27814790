"""Cases as the log has them: read in one query, folded event by event. Folding needs no key.

A case that was loaded or carried on lately is remembered as it stood. `load` asks the log what came since;
`recall` does not, so whatever is decided on what it returns names the versions it leaned on, and the append
judges. Memory saves work, it never answers in the log's place.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from domain.case import Case
from domain.fact import Fact
from domain.refusal import NotFound
from store.mapper import SealingMapper
from store.records import Recorded
from store.store import Store

REMEMBERED_MAX: Final = 4_096  # streams; a claim with its papers takes 17 KB, an empty stream next to nothing
BULK: Final = 64  # who loads more cases at once works through a list: their like will not be asked for again


class Seen(NamedTuple):
    """A case to be looked at, never changed: others look at the same one. None for a stream that is empty.

    version: 0 for an empty stream. recalled: it was remembered, and not read anew.
    """

    case: Case | None
    version: int
    recalled: bool

    @classmethod
    def of(cls, case: Case | None, *, recalled: bool) -> "Seen":
        return cls(case, 0 if case is None else case.version, recalled)


NOTHING: Final = Seen(None, 0, recalled=True)
Kinds = Mapping[UUID, type[Case]]
NO_KINDS: Final[Kinds] = MappingProxyType({})
NOTHING_NAMED: Final[Mapping[UUID, Sequence[str]]] = MappingProxyType({})


class Cases:
    """Loads cases, and remembers them."""

    def __init__(self, store: Store, mapper: SealingMapper) -> None:
        self._store = store
        self._mapper = mapper
        self._remembered: dict[UUID, Seen] = {}  # the eldest first; none of them is ever changed

    async def load(self, ids: Iterable[UUID], *, up_to: int | None = None) -> dict[UUID, Case]:
        """Return the cases that exist among these, as of a position of the log or as of now.

        They may be decided on and thrown away: nothing is shared.
        """
        if up_to is not None:
            streams = await self._store.read_streams(list(dict.fromkeys(ids)), up_to=up_to)
            return {stream: self.fold(records) for stream, records in streams.items() if records}
        found = await self._read_on(ids, keeps_empty=False)  # ids may be anybody's guess
        return {stream: case.apart() for stream, case in found.items() if case is not None}

    async def around(
        self, case_id: UUID, kind: type[Case], *beside: UUID, up_to: int | None = None
    ) -> dict[UUID, Case]:
        """Return a case with its companions and streams beside it, those that exist, as of a position or as of now.

        By one query where the case is remembered, otherwise by a second one for what the case names. The case may
        be changed, the others only looked at.
        """
        if up_to is not None:
            found = await self.load((case_id, *beside), up_to=up_to)
            case = found.get(case_id)
            return found if case is None else found | await self.load(case.companions().values(), up_to=up_to)
        remembered = self._remembered.get(case_id, NOTHING).case
        streams = kind.streams_beside(case_id) if remembered is None else remembered.companions().values()
        read = await self._read_on(
            (case_id, *beside, *streams), keeps_empty=False
        )  # the id may be anybody's guess
        case = read[case_id]
        if case is not None:
            unread = (id_ for id_ in case.companions().values() if id_ not in read)
            read |= await self._read_on(unread, keeps_empty=False)
            read[case_id] = case.apart()
        return {stream: case for stream, case in read.items() if case is not None}

    def remembered(self, stream: UUID) -> Seen | None:
        """Return a stream as it is remembered, None where it is not."""
        return self._remembered.get(stream)

    async def recall(self, ids: Iterable[UUID], kinds: Kinds = NO_KINDS) -> dict[UUID, Seen]:
        """Return these streams as they are remembered; what is not remembered is read.

        kinds: of cases among them, as far as they are known. Where such a case is read, what stands around it
        is read by the same query.
        """
        seen: dict[UUID, Seen] = {}
        unknown = []
        for stream in ids:
            remembered = self._remembered.get(stream)
            if remembered is None:
                unknown.append(stream)
            else:
                seen[stream] = remembered
        if not unknown:
            return seen
        begun = {stream: kinds[stream] for stream in unknown if stream in kinds}
        beside = (id_ for stream, kind in begun.items() for id_ in kind.streams_beside(stream))
        named = {stream: kind.naming() for stream, kind in begun.items() if kind.naming()}
        read = await self._read_on((*unknown, *beside), named)
        for stream, kind in begun.items():
            if read[stream] is None:  # there is no such case: somebody made its id up
                for id_ in (stream, *kind.streams_beside(stream)):
                    self.forget(id_)
        return seen | {id_: Seen.of(case, recalled=False) for id_, case in read.items()}

    async def look(self, ids: Iterable[UUID]) -> dict[UUID, Seen]:
        """Return these streams as the log has them now."""
        return {id_: Seen.of(case, recalled=False) for id_, case in (await self._read_on(ids)).items()}

    async def _read_on(
        self,
        wanted: Iterable[UUID],
        named: Mapping[UUID, Sequence[str]] = NOTHING_NAMED,
        *,
        keeps_empty: bool = True,
    ) -> dict[UUID, Case | None]:
        """Return these streams carried on, and those that they name and that were not remembered.

        keeps_empty: remember also which ones are empty.
        """
        known = {stream: self._remembered.get(stream, NOTHING) for stream in wanted}
        if not known:
            return {}
        news = await self._store.read_on({stream: seen.version for stream, seen in known.items()}, named)
        for stream in news.keys() & self._remembered.keys() - known.keys():
            del news[stream]
        found = {
            stream: self._carried_on(known.get(stream, NOTHING).case, records)
            for stream, records in news.items()
        }
        if len(known) <= BULK:
            for stream, case in found.items():
                if case is not None or keeps_empty:
                    self._remember(stream, case)
        return found

    def carry_on(self, case: Case, events: Sequence[Fact], after: int, recorded_at: datetime) -> None:
        """Remember a case as it was decided: its events were recorded just now, after a position of the log.

        It holds nothing but what the log holds; for any other there is `read_in`.
        """
        if not events:
            return
        for position, event in enumerate(events, start=after + 1):
            case.recorded(event, position, recorded_at)
        case.keys_written()
        self._remember(case.id, case)

    def read_in(self, stream: UUID, stored: Sequence[Recorded]) -> None:
        """Carry what is remembered of a stream on by rows that were recorded of it just now."""
        if not stored:
            return
        base = self._remembered.get(stream, NOTHING)
        if stored[0].version == base.version + 1:
            self._remember(stream, self._carried_on(base.case, stored))
        else:
            self.forget(stream)

    def forget(self, stream: UUID) -> None:
        """Let go of a case that was changed in bulk: whoever asks for it next reads it."""
        self._remembered.pop(stream, None)

    def version_of(self, stream: UUID) -> int:
        """Return the version that is remembered of a stream, 0 where nothing is."""
        return self._remembered.get(stream, NOTHING).version

    def leaned_on(self, case_id: UUID, step: str) -> dict[str, UUID]:
        """Return on which streams a step of a case leaned when it was last seen: what to read along with it."""
        case = self._remembered.get(case_id, NOTHING).case
        return {} if case is None else leaning(case, step)

    async def get(self, case_id: UUID, *, up_to: int | None = None) -> Case:
        """Return one case. Refused (`not_found`) if there is none."""
        found = await self.load([case_id], up_to=up_to)
        if case_id not in found:
            raise NotFound("there is no case with this id", id=str(case_id))
        return found[case_id]

    async def events(self, *streams: UUID, up_to: int | None = None) -> list[tuple[Recorded, Fact]]:
        """Return the stored rows of streams together with their events, stream by stream in order."""
        found = await self._store.read_streams(list(streams), up_to=up_to)
        return [(record, self.event(record)) for stream in streams for record in found.get(stream, [])]

    def event(self, record: Recorded) -> Fact:
        """Return the event of a row. Personal values stay shut."""
        event = self._mapper.event_of(record)
        assert isinstance(event, Fact)
        return event

    def fold(self, records: Sequence[Recorded]) -> Case:
        """Return the case that these rows of one stream add up to."""
        case = self._carried_on(None, records)
        assert case is not None, "a stream has a first event"
        return case

    def _carried_on(self, known: Case | None, records: Sequence[Recorded]) -> Case | None:
        """Return a case with the rows that it does not know yet. What is remembered stays as it is."""
        case = known.apart() if known is not None and records else known
        for record in records:
            event = self.event(record)
            case = event.mutate(case)
            assert case is not None
            case.recorded(event, record.position, record.recorded_at)
        return case

    def _remember(self, stream: UUID, case: Case | None) -> None:
        seen = Seen.of(case, recalled=True)
        present = self._remembered.get(stream)
        if present is None or present.version < seen.version:
            self._remembered.pop(stream, None)
            self._remembered[stream] = seen
            if len(self._remembered) > REMEMBERED_MAX:
                del self._remembered[next(iter(self._remembered))]


def leaning(case: Case, step: str) -> dict[str, UUID]:
    """Return the streams that a step of a case looks at, by role."""
    return case.companions() | case.consulted(step)

"""Cases as the log has them: read in one query, folded event by event. Folding needs no key.

A case that was loaded lately is remembered as it stood, so that only what came since is read and folded.
Every load asks the log all the same: memory saves work, it never answers in the log's place.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.case import Case
from domain.fact import Fact
from domain.refusal import NotFound
from store.mapper import SealingMapper
from store.records import Recorded
from store.store import Store

REMEMBERED_MAX: Final = 1_024  # cases, of some 20 KB each
BULK: Final = 64  # who loads more cases at once works through a list: their like will not be asked for again


class Cases:
    """Loads cases. What it returns may be decided on and thrown away: nothing is shared."""

    def __init__(self, store: Store, mapper: SealingMapper) -> None:
        self._store = store
        self._mapper = mapper
        self._remembered: OrderedDict[UUID, Case] = OrderedDict()  # never handed out, only copies of them

    async def load(self, ids: Iterable[UUID], *, up_to: int | None = None) -> dict[UUID, Case]:
        """Return the cases that exist among these, as of a position of the log or as of now."""
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return {}
        if up_to is not None:
            streams = await self._store.read_streams(wanted, up_to=up_to)
            return {stream: self.fold(records) for stream, records in streams.items() if records}
        known = {stream: self._remembered.get(stream) for stream in wanted}
        news = await self._store.read_on(
            {stream: case.version if case else 0 for stream, case in known.items()}
        )
        found: dict[UUID, Case] = {}
        for stream, records in news.items():
            case = self._carried_on(known[stream], records)
            if case is not None:
                found[stream] = case
        if len(found) > BULK:
            return {stream: case if known[stream] is None else case.apart() for stream, case in found.items()}
        for stream, case in found.items():
            self._remember(stream, case)
        return {stream: case.apart() for stream, case in found.items()}

    def leaned_on(self, case_id: UUID, step: str) -> dict[str, UUID]:
        """Return on which streams a step of a case leaned when it was last loaded: what to read along with it."""
        case = self._remembered.get(case_id)
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
        stored = StoredEvent(
            originator_id=record.stream,
            originator_version=record.version,
            topic=record.topic,
            state=record.state,
        )
        event = self._mapper.to_domain_event(stored)
        assert isinstance(event, Fact)
        return event

    def fold(self, records: Sequence[Recorded]) -> Case:
        """Return the case that these rows of one stream add up to."""
        case = self._carried_on(None, records)
        assert case is not None, "a stream has a first event"
        return case

    def _carried_on(self, case: Case | None, records: Sequence[Recorded]) -> Case | None:
        """Return a case with the rows that it does not know yet; somebody else may have carried it on meanwhile."""
        for record in records:
            if case is None or record.version > case.version:
                event = self.event(record)
                case = event.mutate(case)
                assert case is not None
                case.recorded(event, record.position, record.recorded_at)
        return case

    def _remember(self, stream: UUID, case: Case) -> None:
        present = self._remembered.get(stream)
        if present is None or present.version < case.version:
            self._remembered[stream] = case
        self._remembered.move_to_end(stream)
        while len(self._remembered) > REMEMBERED_MAX:
            self._remembered.popitem(last=False)


def leaning(case: Case, step: str) -> dict[str, UUID]:
    """Return the streams that a step of a case looks at, by role."""
    return case.companions() | case.consulted(step)

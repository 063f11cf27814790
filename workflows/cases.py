"""Cases as the log has them: read in one query, folded event by event. Folding needs no key."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.case import Case
from domain.fact import Fact
from domain.refusal import NotFound
from store.mapper import SealingMapper
from store.records import Recorded
from store.store import Store


class Cases:
    """Loads cases. What it returns may be decided on and thrown away: nothing is shared."""

    def __init__(self, store: Store, mapper: SealingMapper) -> None:
        self._store = store
        self._mapper = mapper

    async def load(self, ids: Iterable[UUID], *, up_to: int | None = None) -> dict[UUID, Case]:
        """Return the cases that exist among these, as of a position of the log or as of now."""
        streams = await self._store.read_streams(list(dict.fromkeys(ids)), up_to=up_to)
        return {stream: self.fold(records) for stream, records in streams.items() if records}

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
        case: Case | None = None
        for record in records:
            event = self.event(record)
            case = event.mutate(case)
            assert case is not None
            case.recorded(event, record.position, record.recorded_at)
        assert case is not None, "a stream has a first event"
        return case

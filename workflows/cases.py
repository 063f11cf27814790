"""Cases as the log has them: read in one query, folded event by event. Folding needs no key.

A case that was loaded or carried on lately is remembered as it stood. `load` asks the log what came since;
`recall` does not, so whatever is decided on what it returns names the versions it leaned on, and the append
judges. Memory saves work, it never answers in the log's place.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.case import Case
from domain.fact import Fact
from domain.refusal import NotFound
from store.mapper import SealingMapper
from store.records import Recorded
from store.store import Store

REMEMBERED_MAX: Final = 4_096  # streams; a case takes some 20 KB, an empty stream nothing
BULK: Final = 64  # who loads more cases at once works through a list: their like will not be asked for again


class Recalled(NamedTuple):
    """Cases to be looked at, never changed: others look at the same ones.

    remembered: the versions of those that were not read anew, 0 for a stream that was empty.
    """

    cases: dict[UUID, Case]
    remembered: dict[UUID, int]


class Cases:
    """Loads cases, and remembers them."""

    def __init__(self, store: Store, mapper: SealingMapper) -> None:
        self._store = store
        self._mapper = mapper
        self._remembered: OrderedDict[UUID, Case | None] = OrderedDict()  # none of them is ever changed

    async def load(self, ids: Iterable[UUID], *, up_to: int | None = None) -> dict[UUID, Case]:
        """Return the cases that exist among these, as of a position of the log or as of now.

        They may be decided on and thrown away: nothing is shared.
        """
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return {}
        if up_to is not None:
            streams = await self._store.read_streams(wanted, up_to=up_to)
            return {stream: self.fold(records) for stream, records in streams.items() if records}
        found = await self._read_on(wanted)
        return {stream: case.apart() for stream, case in found.items()}

    async def recall(self, ids: Iterable[UUID]) -> Recalled:
        """Return the cases among these as they are remembered; what is not remembered is read."""
        remembered: dict[UUID, int] = {}
        cases: dict[UUID, Case] = {}
        unknown = []
        for stream in dict.fromkeys(ids):
            if stream not in self._remembered:
                unknown.append(stream)
                continue
            self._remembered.move_to_end(stream)
            case = self._remembered[stream]
            remembered[stream] = 0 if case is None else case.version
            if case is not None:
                cases[stream] = case
        if unknown:
            cases |= await self._read_on(unknown)
        return Recalled(cases, remembered)

    async def look(self, ids: Iterable[UUID]) -> Recalled:
        """Return the cases among these as the log has them now."""
        wanted = list(dict.fromkeys(ids))
        return Recalled(await self._read_on(wanted) if wanted else {}, {})

    async def _read_on(self, wanted: Sequence[UUID]) -> dict[UUID, Case]:
        known = {stream: self._remembered.get(stream) for stream in wanted}
        news = await self._store.read_on(
            {stream: case.version if case else 0 for stream, case in known.items()}
        )
        found = {stream: self._carried_on(known[stream], records) for stream, records in news.items()}
        if len(wanted) <= BULK:
            for stream, case in found.items():
                self._remember(stream, case)
        return {stream: case for stream, case in found.items() if case is not None}

    def carry_on(
        self, case: Case, events: Sequence[Fact], stored: Sequence[Recorded], *, is_pure: bool
    ) -> None:
        """Take note of what was recorded of a case just now, so that nobody has to read it.

        case: as it was decided. is_pure: it holds nothing but what the log holds; otherwise what is remembered
        of it is carried on by the rows themselves.
        """
        stream, before = case.id, stored[0].version - 1
        if is_pure:
            for event, record in zip(events, stored, strict=True):
                case.recorded(event, record.position, record.recorded_at)
            case.keys_written()
            self._remember(stream, case)
            return
        base = self._remembered.get(stream)
        if before == (base.version if base is not None else 0):
            self._remember(stream, self._carried_on(base, stored))
        else:
            self.forget(stream)

    def forget(self, stream: UUID) -> None:
        """Let go of a case that was changed in bulk: whoever asks for it next reads it."""
        self._remembered.pop(stream, None)

    def leaned_on(self, case_id: UUID, step: str) -> dict[str, UUID]:
        """Return on which streams a step of a case leaned when it was last seen: what to read along with it."""
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
        present = self._remembered.get(stream)
        if present is None or (case is not None and present.version < case.version):
            self._remembered[stream] = case
        self._remembered.move_to_end(stream)
        if len(self._remembered) > REMEMBERED_MAX:
            self._remembered.popitem(last=False)


def leaning(case: Case, step: str) -> dict[str, UUID]:
    """Return the streams that a step of a case looks at, by role."""
    return case.companions() | case.consulted(step)

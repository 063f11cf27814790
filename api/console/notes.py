"""The last word on a case: a note of the office, or what somebody wrote beside a step."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from api.bootstrap import House
from api.http.answers import opened
from domain.fact import Fact
from domain.handling.events import NoteWritten, handling_of
from domain.sealed import Sealed
from store.records import Recorded

LOOKED_AT: Final = 3  # of the latest facts of a case; what was said before them is no news


def streams_of(case_ids: Iterable[UUID]) -> list[UUID]:
    """Return the streams in which the last word on these cases may stand."""
    return [stream for case_id in case_ids for stream in (case_id, handling_of(case_id))]


async def last_words(
    house: House, case_ids: Iterable[UUID], streams: Mapping[UUID, Sequence[Recorded]]
) -> dict[UUID, str]:
    """Return the last word on each case that has one. For the office alone.

    streams: what was read of `streams_of` these cases.
    """
    said: dict[UUID, Sealed[str]] = {}
    for case_id in case_ids:
        latest = [
            record for stream in streams_of([case_id]) for record in streams.get(stream, ())[-LOOKED_AT:]
        ]
        for record in sorted(latest, key=lambda one: one.position, reverse=True):
            if (text := _text(house, record)) is not None:
                said[case_id] = text
                break
    await house.keyring.load(text.subject_id for text in said.values())
    words = {case_id: opened(text, house.keyring) for case_id, text in said.items()}
    return {case_id: text for case_id, text in words.items() if text}


def _text(house: House, record: Recorded) -> Sealed[str] | None:
    fact: Fact = house.office.cases.event(record)
    return fact.text if isinstance(fact, NoteWritten) else fact.note

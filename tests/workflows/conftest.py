"""An office over a real log, for tests of what happens between a command and its answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import fields, is_dataclass
from typing import Any
from uuid import uuid4

import pytest

from domain.fact import Fact
from domain.sealed import Sealed
from domain.working_days import CALENDAR
from store.mapper import SealingMapper
from store.records import Append, NaturalKey
from store.sealing import Keyring
from store.store import Store
from tests.facts import versioned
from workflows.library import OWN_FOLDER, Library
from workflows.office import Office

Tell = Callable[..., Awaitable[int]]


@pytest.fixture
def library() -> Library:
    return Library.load(OWN_FOLDER)


@pytest.fixture
async def office(store: Store, mapper: SealingMapper, library: Library) -> AsyncIterator[Office]:
    """An office. Whatever a test did, it remembers nothing at the end but what the log says."""
    office = Office(store, mapper, library, CALENDAR)
    yield office
    await refuse_false_memories(office)


@pytest.fixture
async def other_office(store: Store, master_key: bytes, library: Library) -> AsyncIterator[Office]:
    """The office of another process: it shares nothing but the log."""
    other = Office(store, SealingMapper(Keyring(master_key, store.pool)), library, CALENDAR)
    yield other
    await refuse_false_memories(other)


async def refuse_false_memories(office: Office) -> None:
    """Compare every case that an office remembers with what its events add up to at that version."""
    remembered = {stream: seen.case for stream, seen in office.cases._remembered.items() if seen.case}
    streams = await office.store.read_streams(list(remembered))
    for stream, case in remembered.items():
        records = [record for record in streams[stream] if record.version <= case.version]
        assert memory(case) == memory(office.cases.fold(records))


def memory(case: object) -> dict[str, Any]:
    """Return all that a case remembers, with everything inside opened up."""
    return {name: _opened(value) for name, value in vars(case).items()}


def _opened(value: Any) -> Any:
    if isinstance(value, Sealed):
        return ("sealed", value.subject_id, value.is_fresh)
    if isinstance(value, dict):
        return {key: _opened(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_opened(one) for one in value]
    if isinstance(value, set | frozenset):
        return {repr(one) for one in value}
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value), {field.name: _opened(getattr(value, field.name)) for field in fields(value)})
    return repr(value)


@pytest.fixture
def tell(store: Store, mapper: SealingMapper) -> Tell:
    """Write facts into the log as they are; `take` gives natural keys their holders."""

    async def told(*facts: Fact, take: tuple[NaturalKey, ...] = ()) -> int:
        sealed = await mapper.seal(versioned(facts))
        [verdict] = await store.append(
            [
                Append(
                    command_id=uuid4(),
                    request=b"told",
                    events=sealed.events,
                    new_keys=sealed.new_keys,
                    subjects=sealed.subjects,
                    take=take,
                )
            ]
        )
        assert verdict.outcome == "recorded"
        assert verdict.position is not None
        return verdict.position

    return told

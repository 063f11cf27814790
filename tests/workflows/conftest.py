"""An office over a real log, for tests of what happens between a command and its answer."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from domain.fact import Fact
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
def mapper(keyring: Keyring) -> SealingMapper:
    return SealingMapper(keyring)


@pytest.fixture
def library() -> Library:
    return Library.load(OWN_FOLDER)


@pytest.fixture
def office(store: Store, mapper: SealingMapper, library: Library) -> Office:
    return Office(store, mapper, library, CALENDAR)


@pytest.fixture
def other_office(store: Store, master_key: bytes, library: Library) -> Office:
    """The office of another process: it shares nothing but the log."""
    return Office(store, SealingMapper(Keyring(master_key, store.pool)), library, CALENDAR)


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

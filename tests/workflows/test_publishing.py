"""Definitions in the log: published once, never changed, and read from there when no file is left."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from domain.definition.events import DefinitionPublished
from domain.working_days import CALENDAR
from store.mapper import SealingMapper
from store.migrate import initialise
from store.sealing import Keyring
from store.store import Store
from tests.conftest import Database
from tests.facts import NOW, member, report_death
from tests.workflows.conftest import Tell
from tests.workflows.small_lifecycle import changed, small
from workflows.definition_file import DefinitionRefused
from workflows.library import Library
from workflows.office import Office
from workflows.publishing import publish, published

LATER = NOW + timedelta(days=400)


async def test_each_definition_is_published_once(
    library: Library, store: Store, mapper: SealingMapper
) -> None:
    await publish(library, store, mapper, NOW)
    assert await store.last_position() == len(library)
    await publish(library, store, mapper, LATER)
    assert await store.last_position() == len(library)
    found = await published(store, mapper)
    assert found.keys() == {one.key for one in library} >= {"enrollment@1", "jkm-claim@1"}
    for event in found.values():
        own = library.get(f"{event.name}@{event.version}")
        assert (event.digest, event.canonical) == (own.digest, own.canonical)
        assert (event.actor, event.acting_roles, event.decided_at) == ("SYSTEM", ("system",), NOW)


async def test_a_known_version_with_other_content_stops_the_start(
    store: Store, mapper: SealingMapper
) -> None:
    await publish(Library([small()]), store, mapper, NOW)
    other = Library([small(('label_en = "Small"', 'label_en = "Smaller"'))])
    with pytest.raises(DefinitionRefused) as caught:
        await publish(other, store, mapper, LATER)
    [finding] = caught.value.findings
    assert "known from the log with other content" in finding.problem
    assert "raise the version to 2" in finding.remedy
    assert await store.last_position() == 1


async def test_a_comment_or_another_layout_is_no_other_content(
    tmp_path: Path, store: Store, mapper: SealingMapper
) -> None:
    await publish(Library([small()]), store, mapper, NOW)
    (tmp_path / "small.v1.toml").write_text("# read anew\n\n" + changed(("version = 1", "version  =  1")))
    await publish(Library.load(tmp_path), store, mapper, LATER)
    assert await store.last_position() == 1


async def test_a_new_version_is_added_beside_the_old(store: Store, mapper: SealingMapper) -> None:
    await publish(Library([small()]), store, mapper, NOW)
    second = Library([small(("version = 1", "version = 2"), ('label_en = "Small"', 'label_en = "Smaller"'))])
    await publish(second, store, mapper, LATER)
    assert (await published(store, mapper)).keys() == {"small@1", "small@2"}
    assert second.get("small@1").label_en == "Small", "the old one came from the log"


async def test_a_definition_without_a_file_comes_from_the_log(
    library: Library, store: Store, mapper: SealingMapper, tell: Tell
) -> None:
    await publish(library, store, mapper, NOW)
    await tell(*member())
    bare = Library()
    await publish(bare, store, mapper, LATER)
    assert {one.key for one in bare} == {one.key for one in library}
    assert {one.file for one in bare} == {"the log"}
    answer = await Office(store, mapper, bare, CALENDAR).do(report_death())
    assert (answer.data["status"], answer.data["open_steps"]) == ("REPORTED", ["file", "withdraw"])


@pytest.fixture
def process(store: Store, master_key: bytes) -> Callable[[], SealingMapper]:
    """What another process knows: nothing but the log."""
    return lambda: SealingMapper(Keyring(master_key, store.pool))


async def test_two_that_start_at_once_publish_once(
    library: Library, store: Store, process: Callable[[], SealingMapper]
) -> None:
    starts = (publish(library, store, process(), NOW + timedelta(seconds=n)) for n in range(4))
    await asyncio.gather(*starts)
    assert await store.last_position() == len(library)


async def test_of_two_that_start_at_once_with_other_content_one_is_stopped(
    store: Store, process: Callable[[], SealingMapper]
) -> None:
    """Neither saw the other's when it looked: the log decides."""
    files = (Library([small()]), Library([small(('label_en = "Small"', 'label_en = "Smaller"'))]))
    outcomes = await asyncio.gather(
        *(publish(one, store, process(), NOW) for one in files), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [DefinitionRefused]
    assert await store.last_position() == 1


async def test_a_demonstration_publishes_at_its_own_hour(
    database: Database, library: Library, store: Store, mapper: SealingMapper
) -> None:
    await initialise(database.admin_url, log_id=uuid4(), simulated=True)
    await publish(library, store, mapper, NOW, simulated=True)
    assert [row.recorded_at for row in await store.read_log(0, 10)] == [NOW] * len(library)


async def test_what_was_published_is_found_among_many_facts(
    library: Library, store: Store, mapper: SealingMapper, tell: Tell
) -> None:
    await tell(*member())
    await publish(library, store, mapper, NOW)
    found = await published(store, mapper)
    assert all(isinstance(event, DefinitionPublished) for event in found.values())
    assert len(found) == len(library)

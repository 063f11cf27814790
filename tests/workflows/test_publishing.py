"""Definitions and rules in the log: published once, never changed, and there when no file is left."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from domain.benefit.rules import RULES, RuleSet
from domain.dated import Rule, RulesContradict
from domain.definition.events import DefinitionPublished
from domain.rule_set.events import RulesPublished
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
from workflows.publishing import library_of_the_log, publish, publish_rules, published

LATER = NOW + timedelta(days=400)
ADDED = """
[[rule]]
id = "EX-1"
kind = "example"
name_id = "Contoh"
name_en = "Example"
values = { rupiah = 100, words = ["a", "b"] }
unit = "rupiah"
effective_from = 2020-01-01
legal_basis = "none"
confidence = "S"
"""


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


async def test_the_log_gives_the_very_definitions_that_were_published(
    library: Library, store: Store, mapper: SealingMapper
) -> None:
    await publish(library, store, mapper, NOW)
    found = await library_of_the_log(store, mapper)
    assert {one.key: one.digest for one in found} == {one.key: one.digest for one in library}
    assert (
        found.latest("jkm-claim", date(2023, 9, 1)).key == library.latest("jkm-claim", date(2023, 9, 1)).key
    )


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


# -- the rules of the law


async def statements_in(store: Store, mapper: SealingMapper) -> list[RulesPublished]:
    return [mapper.event_of(one) for one in await store.read_log(0, 10, topics=["rules.published"])]


async def test_the_rules_are_published_once_for_each_version(store: Store, mapper: SealingMapper) -> None:
    await publish_rules(RULES, store, mapper, NOW)
    await publish_rules(RULES, store, mapper, LATER)
    [event] = await statements_in(store, mapper)
    assert event.version == RULES.version
    said = json.loads(event.statements)
    assert said["JKM-LUMP-V2"]["values"] == {"rupiah": 20_000_000} and "THUMB" in said
    await publish_rules(RULES.amended({"new.toml": ADDED}), store, mapper, LATER)
    assert len(await statements_in(store, mapper)) == 2


@pytest.mark.parametrize(
    ("mend", "says"),
    [
        (lambda rule: replace(rule, values={"rupiah": 1}), 'supersedes = "EX-1"'),
        (lambda rule: replace(rule, effective_to=date(2030, 1, 1)), 'supersedes = "EX-1"'),
        (lambda rule: None, "EX-1 is gone"),
    ],
)
async def test_a_rule_that_was_changed_or_removed_stops_the_start(
    store: Store, mapper: SealingMapper, mend: Callable[[Rule], Rule | None], says: str
) -> None:
    await publish_rules(RuleSet.parse({"a.toml": ADDED}), store, mapper, NOW)
    mended = tuple(filter(None, map(mend, RuleSet.parse({"a.toml": ADDED}).rules)))
    with pytest.raises(RulesContradict, match=says):
        await publish_rules(RuleSet(mended), store, mapper, LATER)
    assert len(await statements_in(store, mapper)) == 1


async def test_the_day_of_the_last_reading_is_no_change(store: Store, mapper: SealingMapper) -> None:
    await publish_rules(RuleSet.parse({"a.toml": ADDED}), store, mapper, NOW)
    confirmed = RuleSet.parse({"a.toml": ADDED + "confirmed_on = 2026-11-25\n"})
    await publish_rules(confirmed, store, mapper, LATER)
    assert len(await statements_in(store, mapper)) == 1

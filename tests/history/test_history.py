"""Every event version that was ever stored reads for ever, and none changes its shape unseen."""

from pathlib import Path
from typing import Final

import pytest

from domain.fact import Fact
from domain.sealed import Erased
from store.mapper import SealingMapper
from tests.history.examples import class_version, event_classes, example, stored_name
from tests.history.plain import laid_open
from tests.history.stored import FOLDER, path_of, read

CLASSES: Final = event_classes()
FILES: Final = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("cls", CLASSES, ids=stored_name)
def test_every_event_version_has_a_stored_example(cls: type[Fact]) -> None:
    assert path_of(cls).exists(), "run `python -m tests.history.record`"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_a_stored_event_reads_for_ever(path: Path) -> None:
    """Whatever its version, it becomes an event of today that can be opened and stored again."""
    stored = read(path)
    keyring = await stored.keyring()
    mapper = SealingMapper(keyring)
    event = mapper.to_domain_event(stored.event)
    assert isinstance(event, Fact)
    assert stored_name(type(event)) == path.name.rsplit(".v", 1)[0]
    again = mapper.to_domain_event(mapper.to_stored_event(event))
    assert laid_open(again, keyring) == laid_open(event, keyring)


@pytest.mark.parametrize("cls", CLASSES, ids=stored_name)
async def test_an_event_has_the_shape_it_was_stored_with(cls: type[Fact]) -> None:
    """A field that came, went or changed its type needs a new `class_version` with an upcaster."""
    stored = read(path_of(cls))
    keyring = await stored.keyring()
    event = SealingMapper(keyring).to_domain_event(stored.event)
    assert laid_open(event, keyring) == laid_open(example(cls), keyring), (
        f"{stored_name(cls)} changed. Released: raise class_version above {class_version(cls)}, write the "
        f"upcaster, run `make reference`. Not yet: `python -m tests.history.record {stored_name(cls)}`."
    )


async def test_a_sealed_value_stays_shut_without_its_key() -> None:
    """The examples hold real boxes: read without the keys, they decode and say nothing."""
    stored = read(FOLDER / "person.registered.v1.json")
    keyring = await type(stored)(stored.class_version, stored.event, {}).keyring()
    await keyring.load(stored.keys)
    event = SealingMapper(keyring).to_domain_event(stored.event)
    assert isinstance(event.nik.open(keyring), Erased)  # type: ignore[attr-defined]

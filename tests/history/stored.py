"""A stored event as a file: a row of the log, with the wrapped keys that open its boxes."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.fact import Fact
from store.mapper import SealingMapper
from store.sealing import Keyring
from tests.history.examples import class_version, example, stored_name
from tests.history.plain import sealed_subjects

FOLDER: Final = Path(__file__).parent
MASTER_KEY: Final = bytes(range(32))  # protects nothing but these examples


@dataclass(frozen=True)
class Example:
    """One stored event, and what opens it."""

    class_version: int
    event: StoredEvent
    keys: dict[UUID, bytes]  # as the log keeps them: wrapped by the master key

    async def keyring(self) -> Keyring:
        """Return a keyring that holds exactly the keys of this example."""
        keyring = Keyring(MASTER_KEY, _KeyTable(self.keys))  # type: ignore[arg-type]
        await keyring.load(self.keys)
        return keyring


def path_of(cls: type[Fact]) -> Path:
    return FOLDER / f"{stored_name(cls)}.v{class_version(cls)}.json"


def record(cls: type[Fact]) -> Path:
    """Write the example of an event class as the log would hold it."""
    keyring = Keyring(MASTER_KEY)
    event = example(cls)
    subjects = sealed_subjects(event)
    keys = {subject: keyring.mint(subject) for subject in subjects}
    stored = SealingMapper(keyring).to_stored_event(event)
    content = {
        "topic": stored.topic,
        "class_version": class_version(cls),
        "stream": str(stored.originator_id),
        "version": stored.originator_version,
        "keys": {str(subject): base64.b64encode(wrapped).decode() for subject, wrapped in keys.items()},
        "state": json.loads(stored.state),
    }
    path = path_of(cls)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> Example:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Example(
        class_version=content["class_version"],
        event=StoredEvent(
            originator_id=UUID(content["stream"]),
            originator_version=content["version"],
            topic=content["topic"],
            state=json.dumps(content["state"]).encode(),
        ),
        keys={UUID(subject): base64.b64decode(wrapped) for subject, wrapped in content["keys"].items()},
    )


class _KeyTable:
    """Answers a keyring as the table of data keys would."""

    def __init__(self, keys: dict[UUID, bytes]) -> None:
        self._keys = keys

    async def fetch(self, query: str, wanted: Sequence[UUID]) -> "list[_Row]":
        return [_Row((subject, self._keys[subject])) for subject in wanted if subject in self._keys]


class _Row(tuple[UUID, bytes]):
    __slots__ = ()

    def __getitem__(self, place: Any) -> Any:  # Any: a column by name or by number
        return super().__getitem__({"subject_id": 0, "wrapped": 1}.get(place, place))

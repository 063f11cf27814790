"""All lifecycle definitions the office knows, by name and version: from folders, and from the log."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from domain.refusal import NotFound
from workflows.definition_file import DefinitionRefused, Finding, nearest
from workflows.lifecycle import Definition

OWN_FOLDER: Final = Path(__file__).parent / "definitions"


class Library:
    """Definitions by key. A known version never changes; a higher one supersedes it for later events."""

    def __init__(self, definitions: Iterable[Definition] = ()) -> None:
        self._by_key: dict[str, Definition] = {}
        self._by_name: dict[str, list[Definition]] = {}  # highest version first
        for definition in definitions:
            self.add(definition)

    @classmethod
    def load(cls, *folders: Path) -> "Library":
        """Read every `<name>.v<N>.toml` of the folders. Raises `DefinitionRefused` with all findings."""
        library, findings = cls(), list[Finding]()
        for path in (path for folder in folders for path in _files(folder)):
            try:
                library.add(_named_as_its_file(Definition.load(path), path))
            except DefinitionRefused as refused:
                findings += refused.findings
        if findings:
            raise DefinitionRefused(findings)
        return library

    def add(self, definition: Definition) -> None:
        """Take in a definition. Refuses one whose name and version are known with other content."""
        known = self._by_key.get(definition.key)
        if known is not None:
            _same(definition, known.file, known.digest)
            return
        self._by_key[definition.key] = definition
        versions = self._by_name.setdefault(definition.name, [])
        versions.append(definition)
        versions.sort(key=lambda one: -one.version)

    def check_published(self, digests: Mapping[str, str]) -> None:
        """Refuse a file that was changed after its version was published; `digests` by key, from the log."""
        for key, digest in digests.items():
            if key in self._by_key:
                _same(self._by_key[key], "the log", digest)

    def get(self, key: str) -> Definition:
        """Return a definition by name@version. Refuses (`not_found`) one that is not known."""
        found = self._by_key.get(key)
        if found is None:
            raise NotFound(f"There is no definition {key}. {nearest(key, self._by_key)}", definition=key)
        return found

    def latest(self, name: str, on: date) -> Definition:
        """Return the highest version in force on the day of the event. Refuses (`not_found`) if none is."""
        for definition in self._by_name.get(name, ()):
            if definition.in_force_from <= on:
                return definition
        if name not in self._by_name:
            raise NotFound(f"There is no definition {name}. {nearest(name, self._by_name)}", definition=name)
        first = self._by_name[name][-1]
        raise NotFound(
            f"No {name} was in force on {on}: {first.key} is the first, from {first.in_force_from}.",
            definition=name,
        )

    def __iter__(self) -> Iterator[Definition]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        problem = "The folder of definitions does not exist."
        raise DefinitionRefused([Finding(str(folder), "", problem, "Create it, or name another.")])
    return sorted(folder.glob("*.toml"))


def _named_as_its_file(definition: Definition, path: Path) -> Definition:
    expected = f"{definition.name}.v{definition.version}.toml"
    if path.name != expected:
        problem = f"It holds {definition.name}, version {definition.version}."
        raise DefinitionRefused([Finding(definition.file, "", problem, f"Name the file {expected}.")])
    return definition


def _same(definition: Definition, where: str, digest: str) -> None:
    if definition.digest != digest:
        problem = (
            f"{definition.key} is known from {where} with other content; a released version never changes."
        )
        remedy = f"Restore it, or raise the version to {definition.version + 1}."
        raise DefinitionRefused([Finding(definition.file, "", problem, remedy)])

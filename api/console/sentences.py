"""The words of the console: its own from the files in `words`; roles, relations and lines as letters say them."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from string import Formatter
from typing import Final

from api.letters import words as letters
from domain.rupiah import Language


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            assert isinstance(value, list) and len(value) == 2, f"{prefix}{name} is said in two languages"
            found[f"{prefix}{name}"] = (str(value[0]), str(value[1]))
    return found


def _written() -> dict[str, tuple[str, str]]:
    """Return what all files say. Each group of words stands in one file, so no file can overrule another."""
    found: dict[str, tuple[str, str]] = {}
    for file in sorted(files("api.console").joinpath("words").iterdir(), key=lambda one: one.name):
        words = _flat(tomllib.loads(file.read_text(encoding="utf-8")))
        assert not words.keys() & found.keys(), f"{file.name} says again what another file says"
        found |= words
    return found


WORDS: Final = _written() | {
    f"{group}.{code}": pair
    for group, words in (
        ("role", letters.WORDS.role),
        ("relation", letters.WORDS.relation),
        ("line", letters.WORDS.line),
    )
    for code, pair in words.items()
}


class _Filling(Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        if not one:
            one, _, many = many.partition("|")
            return one if str(value) == "1" else many
        return f"{value} {one if str(value) == '1' else many}"


_FILLING: Final = _Filling()


def say(key: str, language: Language, **facts: object) -> str:
    """Return a sentence with its facts filled in. A key without words is a fault of ours.

    `{n:day|days}` says a number with the noun that fits it: 1 day, 2 days. `{n:|is|are}` says only the word.
    """
    return _FILLING.vformat(WORDS[key][0 if language == "id" else 1], (), facts)


def say_or(key: str, language: Language, otherwise: str) -> str:
    """Return the words of a key, or what stands for a code that has none."""
    return say(key, language) if key in WORDS else otherwise

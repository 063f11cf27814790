"""The words of the console: its own from `words.toml`, those of roles, relations and lines as letters say them."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
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


WORDS: Final = _flat(
    tomllib.loads(files("api.console").joinpath("words.toml").read_text(encoding="utf-8"))
) | {
    f"{group}.{code}": pair
    for group, words in (
        ("role", letters.WORDS.role),
        ("relation", letters.WORDS.relation),
        ("line", letters.WORDS.line),
    )
    for code, pair in words.items()
}


def say(key: str, language: Language, **facts: object) -> str:
    """Return a sentence with its facts filled in. A key without words is a fault of ours."""
    return WORDS[key][0 if language == "id" else 1].format(**facts)


def say_or(key: str, language: Language, otherwise: str) -> str:
    """Return the words of a key, or what stands for a code that has none."""
    return say(key, language) if key in WORDS else otherwise

"""Words that every letter shares, read once from `words.toml`: relations, lines, roles, grounds, papers."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

import msgspec

from domain.rupiah import Language

Pair = tuple[str, str]  # Indonesian, English


class PaperWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a paper is asked for, and how to come by it."""

    why: Pair
    how: Pair


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    relation: Mapping[str, Pair]
    line: Mapping[str, Pair]
    payee: Mapping[str, Pair]
    role: Mapping[str, Pair]
    ground: Mapping[str, Pair]
    rule_of_ground: Mapping[str, str]
    member_step: Mapping[str, Pair]
    row: Mapping[str, Pair]
    paper: Mapping[str, PaperWords]


WORDS: Final = msgspec.convert(
    tomllib.loads(files("api.letters").joinpath("words.toml").read_text(encoding="utf-8")), Words
)


def said(words: Mapping[str, Pair], code: str, language: Language) -> str:
    """Return the words of a code; a code without words stands for itself."""
    pair = words.get(code)
    return code if pair is None else in_language(pair, language)


def in_language(pair: Pair, language: Language) -> str:
    return pair[0 if language == "id" else 1]


def relation(code: str, language: Language, sex_of_deceased: str | None) -> str:
    """Return who somebody is to the deceased; the card of the deceased (L or P) says husband or wife."""
    if code == "spouse" and sex_of_deceased in ("L", "P"):
        code = "wife" if sex_of_deceased == "L" else "husband"
    return said(WORDS.relation, code, language)

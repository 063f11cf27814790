"""Every word of the console stands in the files of words, in both languages, and every word there is said."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Final

import pytest

from api.console.pages import TEMPLATES
from api.console.sentences import WORDS
from tests.architecture.sources import modules, tree
from tests.console.test_words_and_style import source

GROUPS: Final = {key.rpartition(".")[0] for key in WORDS} | {key.partition(".")[0] for key in WORDS}
SAID_AS_THEY_ARE: Final = {
    "Jaminan",
    "NIK",
    "Rp",
    "WIB",
    "API",
    "CSV",
    "XLSX",
    "Enter",
}  # names, in every language
OF_ONE_LIST: Final = (
    "_field",
    "_name",
    "_result",
)  # groups of a field that is a list of its own, made by the form
WORDS_OF_LETTERS: Final = {"role", "relation", "line"}  # said by letters too


@cache
def asked_for() -> tuple[frozenset[str], frozenset[str]]:
    """Return the keys that pages and their code ask for by name, and the groups that they look a code up in."""
    keys, groups = set(), set()
    for name in TEMPLATES:
        text = source(name)
        keys |= set(re.findall(r"""["']([a-z_]+(?:\.[\w-]+)+)["']""", text)) & WORDS.keys()
        groups |= set(re.findall(r"""code\(\s*["']([\w.]+)["']""", text))
        groups |= {
            group.removesuffix(".") for group in re.findall(r"""["']([a-z_]+\.)[\w.]*["']\s*~""", text)
        }
    for path in modules("api"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                keys |= {node.value} & WORDS.keys()
                groups |= {node.value} & GROUPS
            if isinstance(node, ast.JoinedStr) and isinstance(first := node.values[0], ast.Constant):
                groups.add(str(first.value).partition(".")[0])
    return frozenset(keys), frozenset(groups)


def test_every_sentence_that_code_says_has_words() -> None:
    missing = [
        f"{path.name}:{node.lineno} {key}"
        for path in modules("api")
        if path.parent.name == "console"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "say"
        for key in _keys_of(node.args[0])
        if key not in WORDS
    ]
    assert missing == []


def _keys_of(asked: ast.expr) -> Iterator[str]:
    """Yield the keys that an expression may come to, as far as they stand in it."""
    match asked:
        case ast.Constant(value=str(key)):
            yield key
        case ast.IfExp():
            yield from _keys_of(asked.body)
            yield from _keys_of(asked.orelse)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_word_that_a_template_looks_up_is_there(name: str) -> None:
    text = source(name)
    spoken = re.findall(r"\bt\(\s*([^,)]+)", text)
    keys = [key for one in spoken for key in re.findall(r"""["']([\w-]+(?:\.[\w-]+)+)["']""", one)]
    assert sorted({key for key in keys if key not in WORDS}) == []
    groups = re.findall(r"""code\(\s*["']([\w.]+)["']""", text)
    assert sorted({group for group in groups if group not in GROUPS}) == []


def test_every_word_is_said_somewhere() -> None:
    """A sentence that nobody says any more is mended by nobody."""
    keys, groups = asked_for()
    unsaid = [
        key
        for key in WORDS
        if key not in keys
        and key.rpartition(".")[0] not in groups
        and key.partition(".")[0] not in groups | WORDS_OF_LETTERS
        and not key.partition(".")[0].endswith(OF_ONE_LIST)
    ]
    assert unsaid == []


class _Texts(HTMLParser):
    """The texts of a template that are no expression, and the attributes that people read or hear."""

    READ: Final = frozenset({"alt", "aria-label", "placeholder", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value or "" for name, value in attrs if name in self.READ]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_speaks_one_language(name: str) -> None:
    parser = _Texts()
    parser.feed(re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", source(name), flags=re.DOTALL))
    # Parts of a tag that a template keeps aside are no text.
    kept_aside = r"[\w-]+=\"[^\"]*\"?|-(?:help|error)\b|\b(?:required|autofocus)\b"
    texts = [re.sub(kept_aside, "", text) for text in parser.texts]
    words = {word for text in texts for word in re.findall(r"[^\W\d_]{2,}", text)}
    assert sorted(words - SAID_AS_THEY_ARE) == []

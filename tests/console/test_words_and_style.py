"""The words of the console in both languages, and a stylesheet in which everything can be read."""

import re
from importlib.resources import files
from string import Formatter

import pytest

from api.console.navigation import ENTRIES
from api.console.pages import TEMPLATES
from api.console.sentences import WORDS, say
from api.letters import words as letters
from domain.claim import events
from domain.handling import events as handling_events
from domain.risk import events as risk_events
from projections.reader import facts_in
from workflows.catalogue import ROLES

FOLDER = files("api.console")
STYLE = FOLDER.joinpath("static", "console.css").read_text(encoding="utf-8")


def source(name: str) -> str:
    return FOLDER.joinpath("templates", name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_sentence_of_a_template_has_words(name: str) -> None:
    keys = re.findall(r"""\bt\(\s*["']([\w.-]+)["']""", source(name))
    assert [key for key in keys if key not in WORDS] == []


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_say_the_same_facts(key: str) -> None:
    indonesian, english = (
        {field for _, field, _, _ in Formatter().parse(text) if field is not None} for text in WORDS[key]
    )
    assert indonesian == english
    assert all(text.strip() for text in WORDS[key])


def test_every_event_role_and_entry_of_the_navigation_has_words() -> None:
    assert [entry.name for entry in ENTRIES if f"nav.{entry.name}" not in WORDS] == []
    topics = {cls.TOPIC for cls in facts_in(events, handling_events, risk_events)}  # type: ignore[attr-defined]
    assert sorted(topic for topic in topics if f"event.{topic}" not in WORDS) == []
    assert sorted(role for role in ROLES if f"role.{role}" not in WORDS) == []


def test_every_ground_of_a_rejection_has_words() -> None:
    assert sorted(code for code in letters.WORDS.ground if f"outcome.{code}" not in WORDS) == []


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 working days left"), (1, "1 working day left"), (2, "2 working days left")]
)
def test_a_number_takes_the_noun_that_fits_it(n: int, said: str) -> None:
    assert say("clock.left_working_day", "en", n=n) == said
    assert say("clock.left_working_day", "id", n=n) == f"Sisa {n} hari kerja"


def test_no_sentence_says_one_of_several() -> None:
    """Every number is 1 here: none may stand before a noun that some sentence knows as one and as many."""
    forms = [form for _, english in WORDS.values() for *_, form, _ in Formatter().parse(english) if form]
    nouns = [re.fullmatch(r"([a-z ]+)\|([a-z ]+)", form) for form in forms]
    many = {found[2] for found in nouns if found and (found[2].startswith(found[1]) or found[1] == "person")}
    assert {"working days", "rows", "people"} <= many
    wrong = [
        (key, plural)
        for key, (_, english) in WORDS.items()
        for plural in many
        if f" 1 {plural} " in f" {say(key, 'en', **dict.fromkeys(_fields(english), 1))} "
    ]
    assert wrong == []


def _fields(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "Not yet: 1 of 17 papers is missing."), (2, "Not yet: 2 of 17 papers are missing.")],
)
def test_a_word_further_on_fits_the_number_too(n: int, said: str) -> None:
    assert say("case.missing_lead", "en", n=n, all=17) == said


# -- contrast, by the formula of WCAG 2

TEXTS = [
    ("ink", "surface", 4.5), ("ink", "paper", 4.5), ("ink-2", "sunken", 4.5), ("ink-3", "surface", 4.5),
    ("ink-3", "paper", 4.5), ("ink-3", "sunken", 4.5), ("link", "surface", 4.5), ("link", "sunken", 4.5),
    ("nila-on", "nila", 4.5), ("nila-on", "nila-strong", 4.5), ("nila-ink", "nila-tint", 4.5),
    ("soga", "soga-tint", 4.5), ("merah-on", "merah", 4.5), ("merah", "surface", 4.5),
    ("kunyit", "kunyit-tint", 4.5), ("daun", "daun-tint", 4.5), ("daun", "surface", 4.5),
    ("abu", "surface", 4.5), ("tolak", "tolak-tint", 4.5), ("line-strong", "surface", 3),
    ("line-strong", "sunken", 3), ("focus", "paper", 3), ("focus", "sunken", 3), ("kunyit-line", "surface", 3),
]  # fmt: skip


def colours(block: str) -> dict[str, str]:
    """Return the tokens of a block, short forms written out."""
    found = re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", block)
    return {
        name: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:]) for name, value in found
    }


LIGHT = colours(STYLE[: STYLE.index("@media (prefers-color-scheme: dark)")])
DARK = LIGHT | colours(
    STYLE[STYLE.index("@media (prefers-color-scheme: dark)") : STYLE.index("* { box-sizing")]
)


def luminance(colour: str) -> float:
    def channel(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(colour[n : n + 2]) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("front", "back", "least"), TEXTS)
@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_written_can_be_read(tokens: dict[str, str], front: str, back: str, least: float) -> None:
    assert contrast(tokens[front], tokens[back]) >= least


def test_the_stylesheet_asks_for_nothing_and_every_icon_is_there() -> None:
    assert "url(" not in STYLE and "@import" not in STYLE
    icons = set(
        re.findall(r'id="([\w-]+)"', FOLDER.joinpath("static", "icons.svg").read_text(encoding="utf-8"))
    )
    used = {name for template in TEMPLATES for name in re.findall(r'icon\("([\w-]+)"', source(template))}
    used |= {entry.icon for entry in ENTRIES}
    assert used <= icons

"""The docs keep up with the code: links lead somewhere, and what is generated is current."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.reference import FOLDER, PAGES, licence, runtime_pins
from tests.architecture.sources import ROOT

PAGES_OF_MARKDOWN: Final = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES_OF_MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in _links(page) if not _leads_somewhere(page, link)]
    assert not broken


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_follows_the_code(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run `make reference`"


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(_links(folder / "README.md"))
    assert {path.name for path in folder.glob("0*.md")} <= listed


def test_every_licence_lets_us_ship() -> None:
    """Permissive licences only: nothing installed at run time may bind those who build on Jaminan."""
    allowed = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation")
    declared = {name: licence(name) for name, _, _ in runtime_pins()}
    assert not {name: text for name, text in declared.items() if text and not allowed.search(text)}


def _links(page: Path) -> Iterator[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    yield from LINK.findall(text)


def _leads_somewhere(page: Path, link: str) -> bool:
    if "://" in link or link.startswith("mailto:"):
        return True
    target, _, place = link.partition("#")
    path = page.parent / target if target else page
    return path.exists() and (not place or place in _places(path))


def _places(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

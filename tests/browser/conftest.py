"""A seeded demonstration for the pages of a file, and people with browsers of their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.acceptance.office_client import Town
from tests.acceptance.server import Serving, served_before, serving_copy, town_of
from tests.browser.chromium import FLAGS, MISSING, find_chromium
from tests.browser.visitor import Visitor, visiting

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def told_home() -> Iterator[Path]:
    """The home of the demonstration as `make run` makes it."""
    with served_before("--seed") as folder:
        yield folder


@pytest.fixture(scope="module")
def demonstration(told_home: Path) -> Iterator[Serving]:
    """The demonstration, for one file alone: what others did in it would depend on who ran first."""
    with serving_copy(told_home) as running:
        yield running


@pytest.fixture(scope="module")
def seeded(demonstration: Serving) -> Iterator[Town]:
    """The people of the demonstration, each with a token, to make ready by HTTP what a page shall show."""
    with town_of(demonstration) as people:
        yield people


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine. It ends with the file: its loop may not stand in the way of other tests."""
    program = find_chromium()
    if program is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, demonstration: Serving) -> Iterator[Visit]:
    """Give people browsers: `visit("verifier")` is signed in as that persona, `visit()` is not signed in."""
    with ExitStack() as ends:

        def begin(persona: str | None = None, **options: object) -> Visitor:
            visitor = ends.enter_context(visiting(chromium, demonstration.address, **options))
            if persona is not None:
                visitor.sign_in(persona)
            return visitor

        yield begin

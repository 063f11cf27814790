"""A seeded demonstration for all pages of a test process, and people with browsers of their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.acceptance.office_client import Town
from tests.acceptance.server import Serving, home_of_a_stranger, serving, town_of
from tests.browser.chromium import FLAGS, MISSING, find_chromium
from tests.browser.visitor import Visitor, visiting

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def demonstration() -> Iterator[Serving]:
    """The demonstration as `make run` starts it, on an empty home; pytest-xdist gives each worker its own."""
    with home_of_a_stranger() as folder, serving(folder, "--seed") as running:
        yield running


@pytest.fixture(scope="session")
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

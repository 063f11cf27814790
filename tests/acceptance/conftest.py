"""Real servers for the stories, and the whole city for the files that need it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.acceptance.browser import Browser, SignIn
from tests.acceptance.city import City, paid_city
from tests.acceptance.office_client import Town, cli_token
from tests.acceptance.reference import undocumented
from tests.acceptance.server import Serving, served_before, serving_copy, town_of


@pytest.fixture(scope="session")
def new_home() -> Iterator[Path]:
    """A home in which a server was ready, and nobody did anything."""
    with served_before() as folder:
        yield folder


@pytest.fixture(scope="session")
def serving_town(new_home: Path) -> Iterator[Serving]:
    """A server for all files that do not mind what others tell; pytest-xdist gives each worker its own."""
    with serving_copy(new_home) as running:
        yield running


@pytest.fixture(scope="module")
def serving_own_town(new_home: Path) -> Iterator[Serving]:
    """A server for one file alone."""
    with serving_copy(new_home) as running:
        yield running


@pytest.fixture(scope="session")
def token(new_home: Path) -> Callable[..., str]:
    """The command line, asked once for each person: copies of a home know each other's tokens."""
    return cache(cli_token(new_home / "home"))


@pytest.fixture(scope="session")
def town(serving_town: Serving, token: Callable[..., str]) -> Iterator[Town]:
    """The people of the office and the families, each with a token of the command line."""
    with _documented(serving_town, token) as people:
        yield people


@pytest.fixture(scope="module")
def own_town(serving_own_town: Serving, token: Callable[..., str]) -> Iterator[Town]:
    """The same people in a town where no other file tells anything: a file calls it its `town`."""
    with _documented(serving_own_town, token) as people:
        yield people


@contextmanager
def _documented(serving: Serving, token: Callable[..., str]) -> Iterator[Town]:
    with town_of(serving, token) as people:
        yield people
        answered = {one for person in people.people.values() for one in person.answered}
        assert undocumented(people, answered) == [], "the reference knows every answer that is ever given"


@pytest.fixture(scope="module")
def city(town: Town) -> City:
    """The 817 workers of the list, registered and paid for a year, and one death paid and closed."""
    return paid_city(town)


@pytest.fixture
def sign_in(town: Town) -> Iterator[SignIn]:
    """Open browsers that sign in as a persona, or as nobody."""
    opened: list[Browser] = []

    def begin(persona: str | None) -> Browser:
        opened.append(Browser(town.address, persona))
        return opened[-1]

    yield begin
    for browser in opened:
        browser.close()

"""One real server for the stories of a file, and the whole city once for those who need it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.browser import Browser, SignIn
from tests.acceptance.city import City, paid_city
from tests.acceptance.office_client import Town
from tests.acceptance.reference import undocumented
from tests.acceptance.server import Serving, served_before, serving_copy, town_of


@pytest.fixture(scope="session")
def new_home() -> Iterator[Path]:
    """A home in which a server was ready, and nobody did anything."""
    with served_before() as folder:
        yield folder


@pytest.fixture(scope="module")
def serving_town(new_home: Path) -> Iterator[Serving]:
    """A server for one file alone: with what others told before, a test would depend on who ran first."""
    with serving_copy(new_home) as running:
        yield running


@pytest.fixture(scope="module")
def town(serving_town: Serving) -> Iterator[Town]:
    """The people of the office and the families, each with a token of the command line."""
    with town_of(serving_town) as people:
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

"""One real server for all stories of a test process, and the whole city once for those who need it."""

from collections.abc import Iterator

import pytest

from tests.acceptance.browser import Browser, SignIn
from tests.acceptance.city import City, paid_city
from tests.acceptance.office_client import Town
from tests.acceptance.reference import undocumented
from tests.acceptance.server import Serving, home_of_a_stranger, serving, town_of


@pytest.fixture(scope="session")
def serving_town() -> Iterator[Serving]:
    """A server on an empty home; pytest-xdist gives each worker its own."""
    with home_of_a_stranger() as folder, serving(folder) as running:
        yield running


@pytest.fixture(scope="session")
def town(serving_town: Serving) -> Iterator[Town]:
    """The people of the office and the families, each with a token of the command line."""
    with town_of(serving_town) as people:
        yield people
        answered = {one for person in people.people.values() for one in person.answered}
        assert undocumented(people, answered) == [], "the reference knows every answer that is ever given"


@pytest.fixture(scope="session")
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

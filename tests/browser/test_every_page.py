"""Every page of the console, as a reader with a screen reader, a phone, a dark room or a printer has it."""

import pytest
from playwright.sync_api import Browser as Chromium

from api.console.sign_in import PERSONAS
from tests.acceptance import stories
from tests.acceptance.browser import Browser
from tests.acceptance.office_client import Town
from tests.acceptance.server import Serving
from tests.browser.atlas import ROUTES, Atlas, Sight, drawn
from tests.browser.visitor import DESK, NARROW, PHONE, Visitor, told, visiting

NOBODY = ""
REFERENCE = "/docs"  # of the API, drawn by its script
PART = "/progress"  # asked for by the script of a page, while a list is being worked through
WHO = (NOBODY, *(persona.name for persona in PERSONAS))


@pytest.fixture(scope="module")
def atlas(seeded: Town) -> Atlas:
    """The pages of the demonstration. The news of a death is asked for where a search has found somebody."""
    begin = {who: ["/"] for who in WHO} | {NOBODY: ["/sign-in"]}
    place = stories.enrolled_workers(seeded)
    stories.pay(seeded, place, stories.MONTHS)
    stories.file(seeded, str(stories.report(seeded, place.workers[0].nik)["id"]))
    intake = Browser(seeded.address, "intake")
    found = intake.send(intake.open("/report").form("/report"), q="slamet")
    intake.close()
    begin["intake"] += [link for link in found.links if link.startswith("/report/")][:1]
    atlas = drawn(seeded.address, begin)
    atlas.sights.append(Sight(None, REFERENCE))
    return atlas


def test_the_walk_comes_to_every_route_of_the_console(atlas: Atlas) -> None:
    """A page that no link leads to is not looked at below, and no reader finds it."""
    pages = {route.path for route in ROUTES if not route.path.endswith(PART)}
    assert sorted(pages - atlas.routes) == []


@pytest.mark.parametrize("who", WHO, ids=lambda who: who or "nobody")
def test_every_page_is_sound(who: str, atlas: Atlas, chromium: Chromium, demonstration: Serving) -> None:
    """axe finds nothing in light, dark, wide and narrow; nothing runs over; the printer gets it whole."""
    sights = [sight for sight in atlas.sights if (sight.persona or NOBODY) == who]
    faults: list[str] = []
    with visiting(chromium, demonstration.address) as visitor:
        if who:
            visitor.sign_in(who)
        for sight in sights:
            faults += _looked_at(visitor, sight)
    assert faults == [], told(faults)


def _looked_at(visitor: Visitor, sight: Sight) -> list[str]:
    """Return what is wrong with a page."""
    page = visitor.page
    visitor.size(DESK)
    visitor.open(sight.address)
    if sight.address == REFERENCE:
        page.wait_for_selector(".opblock")
    faults = visitor.axe() + visitor.sideways()
    page.emulate_media(color_scheme="dark")
    faults += visitor.axe(only_contrast=True)
    visitor.size(PHONE)
    faults += visitor.axe(only_contrast=True)
    page.emulate_media(color_scheme="light")
    faults += visitor.axe() + visitor.sideways()
    visitor.size(NARROW)
    faults += visitor.sideways()
    page.emulate_media(media="print")
    if not page.locator("h1:visible").count():
        faults.append(f"{visitor.where}: the printed page has no heading")
    page.emulate_media(media="screen")
    return faults

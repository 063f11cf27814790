"""Which pages there are: walked link by link as every persona, and the fewest that show every component.

The walk needs no browser and is quick. What it finds is judged by the shape of a page, the kinds of elements on
it; of a hundred claims in one state one is enough.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from starlette.routing import Match, Route

from api.console.app import ROUTERS
from tests.acceptance.browser import Browser, Page

ROUTES: Final = tuple(
    route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, Route) and "GET" in (route.methods or ()) and not route.path.endswith("/progress")
)  # what is shown in the place of a part of a page is no page
EACH: Final = 4  # addresses of one route that a persona opens
ENOUGH: Final = 40  # addresses of one route that are opened in all
_KINDS: Final = re.compile(r"<(\w+)(?:\s[^>]*?class=\"([^\"]*)\")?[^>]*>")


@dataclass(frozen=True, order=True)
class Sight:
    """A page to look at, and who sees it (None: nobody signed in)."""

    persona: str | None
    address: str


@dataclass
class Atlas:
    """Every route that the walk came to, and the pages worth a look. other: routes that answer no page."""

    routes: set[str] = field(default_factory=set)
    other: set[str] = field(default_factory=set)
    sights: list[Sight] = field(default_factory=list)


def route_of(address: str) -> str | None:
    """Return the path of the route that answers an address of the console."""
    scope = {"type": "http", "method": "GET", "path": urlsplit(address).path, "headers": []}
    return next((route.path for route in ROUTES if route.matches(scope)[0] is Match.FULL), None)


def drawn(server: str, personas: Mapping[str, Sequence[str]]) -> Atlas:
    """Walk as every persona. personas: name (none: nobody signed in) and where to begin."""
    atlas = Atlas()
    shapes: dict[str, dict[Sight, frozenset[str]]] = defaultdict(dict)
    opened: Counter[str] = Counter()
    for persona, begin in personas.items():
        browser = Browser(server, persona or None, is_patient=False)
        for address, page in _walked(browser, begin, opened):
            route = route_of(address)
            assert route is not None
            atlas.routes.add(route)
            if "text/html" not in page.answer.headers.get("content-type", ""):
                atlas.other.add(route)
                continue
            shapes[route][Sight(persona or None, address)] = shape(page.answer.text)
        browser.close()
    for found in shapes.values():
        atlas.sights += _fewest(found)
    return atlas


def shape(html: str) -> frozenset[str]:
    """Return the kinds of elements on a page, with their classes."""
    body = html[html.find("<main") :]
    return frozenset(f"{tag}.{classes}" for tag, classes in _KINDS.findall(body))


def _walked(browser: Browser, begin: Sequence[str], opened: Counter[str]) -> Iterator[tuple[str, Page]]:
    mine: Counter[str] = Counter()
    seen, ahead = set(begin), deque(begin)
    while ahead:
        address = ahead.popleft()
        route = route_of(address)
        if route is None or mine[route] >= EACH or (mine[route] and opened[route] >= ENOUGH):
            continue
        mine[route] += 1
        opened[route] += 1
        page = browser.open(address)
        yield address, page
        for link in (one.partition("#")[0] for one in page.links):
            if link.startswith("/") and link not in seen:
                seen.add(link)
                ahead.append(link)


def _fewest(found: Mapping[Sight, frozenset[str]]) -> Iterator[Sight]:
    """Yield pages until every kind of element has been seen; each adds the most that is new."""
    left, missing = dict(found), frozenset().union(*found.values())
    while missing:
        best = max(left, key=lambda sight: (len(left[sight] & missing), str(sight)))
        missing -= left.pop(best)
        yield best

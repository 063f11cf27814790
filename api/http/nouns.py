"""Routes by the noun and the number of parts of their address: a request is compared with few of them."""

from collections import defaultdict
from collections.abc import Iterable

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send


class ByNoun(BaseRoute):
    """Many routes as one. Of those that take an address and its method the first one answers.

    The framework compares a request with route after route, and those of an included router twice: a
    hundred routes cost more than the token check and the answer together.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._routes: dict[tuple[str, int], list[APIRoute]] = defaultdict(list)
        for route in routes:
            assert isinstance(route, APIRoute), "only routes of the API are sorted here"
            noun, parts = shape_of(route.path)
            assert "{" not in noun, f"{route.path} begins with no noun"
            assert ":path}" not in route.path, f"{route.path} takes any number of parts"
            self._routes[noun, parts].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return how well a request is met; the route that meets it is put into the scope."""
        if scope["type"] != "http":
            return Match.NONE, {}
        nearest: tuple[Match, Scope] = Match.NONE, {}
        for route in self._routes.get(shape_of(scope["path"]), ()):
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, found
            if match is Match.PARTIAL and nearest[0] is Match.NONE:  # the address, asked another way
                nearest = match, found
        return nearest

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: APIRoute = scope["route"]
        await route.handle(scope, receive, send)


def shape_of(path: str) -> tuple[str, int]:
    """Return the first part of an address, after the version that all of the API share, and how many there are."""
    return path.removeprefix("/v1/").lstrip("/").partition("/")[0], path.count("/")

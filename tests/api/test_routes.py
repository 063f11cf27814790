"""What every route has in common."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from api.console import app as console
from api.http import app as api
from api.http.nouns import ByNoun


def test_no_request_waits_for_a_thread() -> None:
    """The framework runs a plain function in a thread, which costs more than most of what a request does."""
    routes = [route for router in (*api.ROUTERS, *console.ROUTERS) for route in router.routes]
    needed = {
        needed for route in routes if isinstance(route, APIRoute) for needed in _needed_by(route.dependant)
    }
    assert needed
    assert not [function.__qualname__ for function in needed if not inspect.iscoroutinefunction(function)]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_sorted_by_noun_a_request_meets_the_same_route(method: str) -> None:
    routes = [route for router in (*api.ROUTERS, *console.ROUTERS) for route in router.routes]
    sorted_routes = ByNoun(routes)
    for route in routes:
        assert isinstance(route, APIRoute)
        for path in (route.path, route.path + "/", route.path + "/more"):
            scope: Scope = {"type": "http", "method": method, "path": path}
            matches = [(*one.matches(scope), one) for one in routes]
            best = next((met for met in matches if met[0] is Match.FULL), None)
            best = best or next((met for met in matches if met[0] is Match.PARTIAL), (Match.NONE, {}, None))
            match, found = sorted_routes.matches(scope)
            assert (match, found.get("route")) == (best[0], best[2])


def test_an_address_without_a_noun_is_refused_when_the_app_is_made() -> None:
    router = APIRouter()
    router.add_api_route("/v1/{anything}", test_no_request_waits_for_a_thread)
    with pytest.raises(AssertionError, match="begins with no noun"):
        ByNoun(router.routes)


def _needed_by(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """Yield a function and all that it depends on."""
    assert dependant.call is not None
    yield dependant.call
    for part in dependant.dependencies:
        yield from _needed_by(part)

"""What every route has in common."""

import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import msgspec
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.testclient import TestClient
from starlette.types import Scope

from api.console import app as console
from api.http import app as api
from api.http.nouns import ByNoun
from api.http.straight import straight


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


async def _who(request: Request) -> str:
    return request.headers["who"]


async def _greeting(who: Annotated[str, Depends(_who)]) -> str:
    return f"hello {who}"


async def _asks(claim: str, greeting: Annotated[str, Depends(_greeting)], request: Request) -> Response:
    return Response(msgspec.json.encode([claim, greeting, request.method]))


async def _asks_a_query(claim: str, limit: Annotated[int, Query()] = 50) -> Response:
    return Response(f"{claim} {limit}")


async def _answers_later(claim: str) -> dict[str, str]:
    return {"claim": claim}


def _route(endpoint: Callable[..., Any]) -> APIRoute:
    return APIRoute("/v1/claims/{claim}", endpoint, methods=["GET"], response_model=None)


@pytest.mark.parametrize("directly", [True, False])
def test_a_route_called_straight_is_given_all_it_asks_for(directly: bool) -> None:
    app = FastAPI()
    app.routes.append(ByNoun([_route(_asks)]) if directly else _route(_asks))
    with TestClient(app) as client:
        answer = client.get("/v1/claims/7", headers={"who": "Ina"})
        assert answer.json() == ["7", "hello Ina", "GET"]
        asked_otherwise = client.delete("/v1/claims/7", headers={"who": "Ina"})
        assert (asked_otherwise.status_code, asked_otherwise.headers["allow"]) == (405, "GET")


def test_what_only_the_framework_reads_or_answers_goes_its_way() -> None:
    assert straight(_route(_asks)) is not None
    assert straight(_route(_asks_a_query)) is None
    assert straight(_route(_answers_later)) is None
    pages = [route for router in console.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert [route.path for route in pages if straight(route) is not None] == []
    app = FastAPI()
    app.routes.append(ByNoun([_route(_asks_a_query)]))
    with TestClient(app) as client:
        assert client.get("/v1/claims/7?limit=3").text == "7 3"
        assert client.get("/v1/claims/7?limit=many").status_code == 422


def test_steps_are_called_straight() -> None:
    routes = [route for router in api.ROUTERS for route in router.routes]
    steps = [
        route for route in routes if isinstance(route, APIRoute) and route.endpoint.__name__ == "post_step"
    ]
    assert {route.path.split("/")[2] for route in steps} >= {"claims", "enrollments", "rosters"}
    assert [route.path for route in steps if straight(route) is None] == []


def _needed_by(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """Yield a function and all that it depends on."""
    assert dependant.call is not None
    yield dependant.call
    for part in dependant.dependencies:
        yield from _needed_by(part)

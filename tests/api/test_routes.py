"""What every route has in common."""

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from api.console import app as console
from api.http import app as api
from api.http.door import Door
from api.http.nouns import ByNoun
from api.http.straight import straight
from domain.refusal import NotFound, Refusal


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


async def _asks_a_query(claim: str, limit: Annotated[int, Query(le=200)] = 50) -> Response:
    return Response(f"{claim} {limit}")


async def _asks_many(claim: str, status: Annotated[list[str], Query()]) -> Response:
    return Response(f"{claim} {status}")


async def _asks_by_another_name(claim: str, from_: Annotated[str, Query(alias="from")]) -> Response:
    return Response(f"{claim} {from_}")


async def _asks_queries(
    claim: str,
    who: Annotated[str, Depends(_who)],
    month: Annotated[str, Query(description="a month")],
    status: str | None = None,
    programme: UUID | None = None,
    on: date | None = None,
    scope: Annotated[Literal["mine", "all"] | None, Query(description="whose")] = None,
    limit: Annotated[int, Query(description="items")] = 50,
) -> Response:
    return Response(f"{claim} {who} {month!r} {status!r} {programme!r} {on!r} {scope!r} {limit!r}")


async def _answers_later(claim: str) -> dict[str, str]:
    return {"claim": claim}


def _route(endpoint: Callable[..., Any]) -> APIRoute:
    return APIRoute("/v1/claims/{claim}", endpoint, methods=["GET"], response_model=None)


async def _unobserved(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


class _Framework(FastAPI):
    """Counts what goes through it."""

    went_through = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.went_through += scope["type"] == "http"
        await super().__call__(scope, receive, send)


def _framework(*routes: BaseRoute) -> _Framework:
    app = _Framework()
    app.routes.append(ByNoun(routes))
    return app


def _behind_a_door(*routes: BaseRoute) -> Door:
    return Door(_framework(*routes), routes, _unobserved)


@pytest.mark.parametrize("directly", [True, False])
def test_a_route_called_straight_is_given_all_it_asks_for(directly: bool) -> None:
    with TestClient((_behind_a_door if directly else _framework)(_route(_asks))) as client:
        answer = client.get("/v1/claims/7", headers={"who": "Ina"})
        assert answer.json() == ["7", "hello Ina", "GET"]
        asked_otherwise = client.delete("/v1/claims/7", headers={"who": "Ina"})
        assert (asked_otherwise.status_code, asked_otherwise.headers["allow"]) == (405, "GET")


def test_what_only_the_framework_reads_or_answers_goes_its_way() -> None:
    assert straight(_route(_asks)) is not None
    for asks in (_asks_a_query, _asks_many, _asks_by_another_name):
        assert straight(_route(asks)) is None
    assert straight(_route(_answers_later)) is None
    pages = [route for router in console.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert [route.path for route in pages if straight(route) is not None] == []
    with TestClient(_behind_a_door(_route(_asks_a_query))) as client:
        assert client.get("/v1/claims/7?limit=3").text == "7 3"
        assert client.get("/v1/claims/7?limit=many").status_code == 422


async def _meets_a_fault(claim: str) -> Response:
    raise {"lost": ConnectionResetError, "refused": NotFound, "ours": KeyError}[claim]("no such thing")


async def _says_which(_: Request, fault: Exception) -> Response:
    return Response(f"answered {type(fault).__name__}", 418)


@pytest.mark.parametrize("claim", ["lost", "refused", "ours"])
def test_a_fault_on_the_straight_way_is_answered_as_the_framework_does(claim: str) -> None:
    """By the handler of the nearest kind; one that has none is raised to whoever observes."""
    route = _route(_meets_a_fault)
    framework = _framework(route)
    framework.add_exception_handler(OSError, _says_which)
    framework.add_exception_handler(Refusal, _says_which)
    told = []
    for app in (Door(framework, [route], _unobserved), framework):
        with TestClient(app) as client:
            try:
                answer = client.get(f"/v1/claims/{claim}")
            except KeyError as fault:
                told.append(("raised", str(fault)))
            else:
                told.append((str(answer.status_code), answer.text))
    assert told[0] == told[1]
    assert (told[0][0] == "raised") is (claim == "ours")
    assert framework.went_through == 1


@pytest.mark.parametrize("path", ["", "/v1/claims", "/v1/claims/7/", "/v1/claims/7/x", "/v1/members/7"])
def test_what_is_at_no_address_of_ours_is_for_the_framework(path: str) -> None:
    framework = _framework(_route(_asks))
    with TestClient(Door(framework, [_route(_asks)], _unobserved)) as client:
        assert client.get(path, headers={"who": "Ina"}, follow_redirects=False).status_code in (404, 307)
        assert framework.went_through == 1


ID = "0f7f6f58-8a1c-4d59-9f0b-0d7a1f6a4c11"
QUERIES = (
    "",
    "month=",
    "month=5",
    "month=5&month=6",
    "month=%00%C3%A9+x&status=null&unknown=1",
    *(f"month=5&status={text}" for text in ("", "FILED", "a%26b", "%FF")),
    *(
        f"month=5&limit={text}"
        for text in ("", "3", "03", "-3", "+3", "%203", "3.0", "3e1", "3_0", "x", "9" * 30, "%D9%A3")
    ),
    *(
        f"month=5&programme={text}"
        for text in ("", ID, ID.upper(), ID.replace("-", ""), f"%7B{ID}%7D", ID[1:])
    ),
    *(
        f"month=5&on={text}"
        for text in ("", "2024-05-22", "2024-02-30", "2024-5-2", "20240522", "0", "2024-05-22T00:00:00")
    ),
    *(
        f"month=5&scope={text}"
        for text in ("", "mine", "all", "All", "mine%20", "mine&scope=x", "x&scope=mine")
    ),
    "limit=x&programme=y",
)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_read_straight_as_the_framework_reads_it(query: str) -> None:
    assert straight(_route(_asks_queries)) is not None
    answers = []
    for app in (_behind_a_door(_route(_asks_queries)), _framework(_route(_asks_queries))):
        with TestClient(app) as client:
            answer = client.get(f"/v1/claims/7?{query}", headers={"who": "Ina"})
            answers.append((answer.status_code, answer.text))
    assert answers[0] == answers[1]


def test_lists_and_cases_are_called_straight() -> None:
    routes = {
        (route.path, *(route.methods or ())): route
        for router in api.ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
    }
    for noun in ("claims", "enrollments"):
        for path in (f"/v1/{noun}", f"/v1/{noun}/{{{noun.removesuffix('s')}_id}}"):
            assert straight(routes[path, "GET"]) is not None, path
    for path in ("/v1/worklist", "/v1/worklist/load", "/v1/deadlines"):
        assert straight(routes[path, "GET"]) is not None, path


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

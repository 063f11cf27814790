"""Routes called straight: what one asks for is read from its signature once, not worked out at every request.

The framework goes through lists of parameters, errors and things to close for whatever asks, though most routes
ask for nothing but the house, who asks, and the parts of their address. Doing that cost half of all that a
request over HTTP costs beside the step itself.
"""

import inspect
from collections.abc import Awaitable, Callable, Collection
from typing import Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints

from fastapi import Request, Response
from fastapi.params import Depends
from fastapi.routing import APIRoute

from api.http.queries import Unusual, query_of

Answering: TypeAlias = Callable[[Request], Awaitable[Response] | None]
OfRequest: TypeAlias = Callable[[Request], Any]


def straight(route: APIRoute) -> Answering | None:
    """Return a route as a function of the request; None where it asks for what only the framework reads.

    That is a header, a body or an uncommon query in its signature. An answer that is not made yet is the
    framework's too, and so is a route of a class of its own, which does more around its call. The function
    returns what is to be awaited; None where a query is written in another way than usual.
    """
    answers = get_type_hints(route.endpoint).get("return")
    is_plain = type(route) is APIRoute and not route.dependencies
    if not (is_plain and isinstance(answers, type) and issubclass(answers, Response)):
        return None
    asked = inspect.signature(route.endpoint, eval_str=True).parameters.values()
    address = route.param_convertors.keys()
    queries = {one.name: query for one in asked if one.name not in address and (query := query_of(one))}
    call = _of_request(route.endpoint, address, queries)
    if call is None or not queries:
        return call

    def call_with_queries(request: Request) -> Awaitable[Response] | None:
        try:
            values = {name: query(request.query_params) for name, query in queries.items()}
        except Unusual:
            return None
        return call(request, **values)

    return call_with_queries


def _of_request(
    function: Callable[..., Any], address: Collection[str], queries: Collection[str] = ()
) -> Callable[..., Awaitable[Any]] | None:
    """Return a coroutine function with all that it asks for; None where that is more than can be told here.

    address: names of the parts of the address. queries: names of what is given to it besides the request.
    """
    if not inspect.iscoroutinefunction(function):
        return None
    there: dict[str, OfRequest] = {}
    awaited: dict[str, OfRequest] = {}
    for name, kind in get_type_hints(function, include_extras=True).items():
        if name == "return" or name in queries:
            continue
        if kind is Request:
            there[name] = _itself
        elif kind is str and name in address:
            there[name] = _of_address(name)
        elif part := _depended_on(kind, address):
            awaited[name] = part
        else:
            return None

    async def call(request: Request, **values: Any) -> Any:
        for name, part in there.items():
            values[name] = part(request)
        for name, part in awaited.items():
            values[name] = await part(request)
        return await function(**values)

    return call


def _depended_on(kind: Any, address: Collection[str]) -> OfRequest | None:
    """Return what finds a thing that is asked for by naming a function."""
    if get_origin(kind) is Annotated:
        for mark in get_args(kind)[1:]:
            if isinstance(mark, Depends) and mark.dependency is not None:
                return _of_request(mark.dependency, address)
    return None


def _itself(request: Request) -> Request:
    return request


def _of_address(name: str) -> OfRequest:
    def part(request: Request) -> str:
        found: str = request.path_params[name]
        return found

    return part

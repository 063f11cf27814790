"""What every route has in common."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.console import app as console
from api.http import app as api


def test_no_request_waits_for_a_thread() -> None:
    """The framework runs a plain function in a thread, which costs more than most of what a request does."""
    routes = [route for router in (*api.ROUTERS, *console.ROUTERS) for route in router.routes]
    needed = {
        needed for route in routes if isinstance(route, APIRoute) for needed in _needed_by(route.dependant)
    }
    assert needed
    assert not [function.__qualname__ for function in needed if not inspect.iscoroutinefunction(function)]


def _needed_by(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """Yield a function and all that it depends on."""
    assert dependant.call is not None
    yield dependant.call
    for part in dependant.dependencies:
        yield from _needed_by(part)

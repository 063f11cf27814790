"""The HTTP way in: routes, refusals as problems, request log and figures."""

import time
from functools import lru_cache
from secrets import token_hex
from typing import Final

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import Counter, Histogram
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.bootstrap import House
from api.console.app import add_console, nothing_here, our_fault
from api.demo import issuer
from api.http import (
    access,
    bulk_steps,
    claims,
    corrections,
    deadlines,
    delegations,
    enrollments,
    handling,
    health,
    ledger,
    letters,
    person_search,
    programme_list,
    programme_months,
    programmes,
    reveal,
    roster_lists,
    rosters,
    rules,
    statement,
    work,
    workflows,
)
from api.http.docs import add_docs
from api.http.door import Door
from api.http.figures import REQUESTS, SECONDS
from api.http.nouns import ByNoun
from api.http.problems import answered_fault
from api.http.reference import add_reference
from api.observability import places
from domain.refusal import Refusal

ROUTERS: Final = [
    module.router
    for module in (
        ledger,
        programme_list,
        programme_months,
        programmes,
        roster_lists,
        rosters,
        enrollments,
        person_search,
        corrections,
        reveal,
        access,
        bulk_steps,
        claims,
        letters,
        handling,
        work,
        deadlines,
        delegations,
        workflows,
        rules,
        statement,
        health,
    )
]
log = structlog.get_logger("http")
DATABASE_FAULTS: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_UNLESS_SAID: Final = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
VERSION = "0.1.0"
DESCRIPTION = """Claims and enrollments of social insurance, event-sourced.

Every write answers its `position` in the log; give it to a list as `min_position` to read your own write.
Send `Idempotency-Key` to be able to repeat a request, and `If-Match` to act only on what you saw.
Every refusal is a problem with a stable `code` and a sentence that says what to do."""


def create_app(house: House) -> Door:
    """Return the app of a house that is open."""
    app = FastAPI(
        title="Jaminan",
        version=VERSION,
        summary="Claims workflow engine for social insurance",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    app.state.house = house
    routes = [route for router in ROUTERS for route in router.routes]
    app.routes.append(ByNoun(routes))
    for fault in (Refusal, RequestValidationError, OSError, *DATABASE_FAULTS):
        app.add_exception_handler(fault, answered_fault)
    app.add_exception_handler(HTTPException, nothing_here)
    app.add_middleware(Observed)
    add_reference(app, routes)
    add_docs(app)
    add_console(app)
    _add_demo_keys(app, house)
    return Door(app, routes, observe)


class Observed:
    """Observes the requests that go through the framework."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await observe(self._app, scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def observe(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Log and count a request by its route template: an address may hold an id, never a person."""
    begun = time.perf_counter()
    request_id = token_hex(16)
    status = 0

    async def send_on(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            said = {name for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                (b"x-request-id", request_id.encode()),
                *(header for header in _UNLESS_SAID if header[0] not in said),
            ]
        await send(message)

    try:
        await app(scope, receive, send_on)
    except Exception as fault:  # ours to mend: say where, never with which values
        log.error(  # noqa: TRY400  # a trace would show values
            "fault", request_id=request_id, kind=type(fault).__name__, at=places(fault)
        )
        if status:  # the answer has begun: it can only be cut short
            raise
        sorry = our_fault(Request(scope), request_id)
        await sorry(scope, receive, send_on)
    _count(scope, request_id, status, time.perf_counter() - begun)


def _count(scope: Scope, request_id: str, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "none")
    counted, took = _figures(route, scope["method"], status)
    counted.inc()
    took.observe(seconds)
    log.info(
        "answered",
        request_id=request_id,
        method=scope["method"],
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
    )


@lru_cache(maxsize=1024)
def _figures(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """Return what counts the answers of a kind, and how long they take; finding it costs more than counting."""
    return REQUESTS.labels(route, method, status), SECONDS.labels(route, method)


def _add_demo_keys(app: FastAPI, house: House) -> None:
    @app.get("/.well-known/jwks.json", include_in_schema=False)
    async def jwks() -> Response:
        return JSONResponse(issuer.public_keys(house.settings.home) or {"keys": []})

"""The HTTP way in: routes, refusals as problems, request log and figures."""

import time
from typing import Final
from uuid import uuid4

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import MutableHeaders
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
    request_id = uuid4().hex
    status = 0

    async def send_on(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = request_id
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Cache-Control", "no-store")
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
    REQUESTS.labels(route, scope["method"], status).inc()
    SECONDS.labels(route, scope["method"]).observe(seconds)
    log.info(
        "answered",
        request_id=request_id,
        method=scope["method"],
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
    )


def _add_demo_keys(app: FastAPI, house: House) -> None:
    @app.get("/.well-known/jwks.json", include_in_schema=False)
    async def jwks() -> Response:
        return JSONResponse(issuer.public_keys(house.settings.home) or {"keys": []})

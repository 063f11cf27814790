"""The console: its routes and its files, for the app that serves everything."""

from pathlib import Path
from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.console import (
    case,
    claims,
    handling,
    member,
    members,
    pages,
    papers,
    programme,
    relay,
    report,
    reveal,
    rosters,
    rosters_money,
    rosters_papers,
    rosters_steps,
    rosters_upload,
    rules,
    search,
    sign_in,
    steps,
    work,
)
from api.console.pages import refused
from api.console.session import notice_end
from api.http.docs import Kept
from api.http.nouns import ByNoun
from api.http.problems import answered_fault, problem, refusal_of

log = structlog.get_logger("console")
ROUTERS: Final = tuple(
    module.router
    for module in (
        sign_in,
        work,
        programme,
        claims,
        members,
        member,
        search,
        report,
        case,
        papers,
        handling,
        reveal,
        steps,
        relay,
        rules,
        rosters_upload,
        rosters,
        rosters_money,
        rosters_papers,
        rosters_steps,
    )
)


async def nothing_here(request: Request, fault: Exception) -> Response:
    """Answer an address that leads nowhere, or that is not asked this way: people get a page, programs a problem."""
    refusal = refusal_of(fault)
    if _is_program(request) or refusal is None or not isinstance(fault, HTTPException):
        return await answered_fault(request, fault)
    try:
        await notice_end(request)
    except Exception as other:
        refusal = refusal_of(other)
        if refusal is None:
            raise
        return refused(request, refusal)
    answer = refused(request, refusal)
    answer.status_code = fault.status_code
    answer.headers.update(fault.headers or {})  # such as Allow
    return answer


def our_fault(request: Request, number: str) -> Response:
    """Answer what is ours to mend: people get a page, programs a problem. number: by which the log knows it."""
    if not _is_program(request):
        try:
            return pages.fault(request, number)
        except Exception:  # the fault may lie in what every page needs
            log.warning("no page for a fault", request_id=number)
    return problem(
        "internal",
        "this is our fault: report it with the request id",
        {"request_id": number},
        request.url.path,
    )


def _is_program(request: Request) -> bool:
    return request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", "")


def add_console(app: FastAPI) -> None:
    """Serve the pages for people beside the API for programs."""
    app.routes.append(ByNoun(route for router in ROUTERS for route in router.routes))
    app.mount("/console", Kept(directory=Path(__file__).with_name("static")), name="console-static")

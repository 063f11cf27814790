"""The console: its routes and its files, for the app that serves everything."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from api.console import (
    case,
    claims,
    handling,
    member,
    members,
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
from api.http.docs import Kept

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


def add_console(app: FastAPI) -> None:
    """Serve the pages for people beside the API for programs."""
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/console", Kept(directory=Path(__file__).with_name("static")), name="console-static")

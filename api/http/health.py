"""Is it alive, is it ready, how does it fare: for those who run it."""

import asyncio
import contextlib
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.bootstrap import House
from api.http.answers import json_answer
from api.http.callers import TheHouse, now
from api.http.figures import CLOCKS, LAG, POSITION, REGISTRY, UNWRITTEN, WATCH_STANDS, WATCH_TOLD
from domain.refusal import Busy
from store.connection import is_lost
from workflows.days import legal_day
from workflows.runner import process_states

router = APIRouter(tags=["health"])


@router.get("/healthz", openapi_extra={"security": []})
async def healthz() -> Response:
    """Say that the process lives."""
    return json_answer({"status": "ok"})


@router.get("/readyz", openapi_extra={"security": []})
async def readyz(house: TheHouse) -> Response:
    """Say whether the database answers, and every read model and process follows the log."""
    states = {name: state.doing for name, state in house.read_models.states.items()}
    try:
        async with asyncio.timeout(2):
            position = await house.store.last_position()
            processes = {state.name: state for state in await process_states(house.store)}
    except Exception as fault:
        if not is_lost(fault):
            raise
        return json_answer({"status": "database away", "read_models": states}, 503)
    stopped = sorted(name for name, doing in states.items() if doing == "stopped")
    ours = {name: processes[name] for name in house.processes.states if name in processes}
    stopped += sorted(
        name
        for name, kept in house.processes.states.items()
        if kept.doing == "stopped" or (name in ours and ours[name].stopped_at is not None)
    )
    body: dict[str, Any] = {
        "status": "stopped: " + ", ".join(stopped) if stopped else "ready",
        "position": position,
    }
    body |= {"read_models": states, "processes": {name: str(state) for name, state in ours.items()}}
    return json_answer(body, 503 if stopped else 200)


@router.get("/metrics", include_in_schema=False)
async def metrics(house: TheHouse) -> Response:
    """Return figures for Prometheus; routes are templates, never addresses with ids."""
    head = await house.store.last_position()
    POSITION.set(head)
    for name, position in await house.store.pool.fetch("select name, position from work.projection"):
        LAG.labels(name).set(max(0, head - position))
    for state in await house.watches.states():
        WATCH_TOLD.labels(state.name).set(state.told_at.timestamp())
        WATCH_STANDS.labels(state.name).set(state.fault is not None)
    with contextlib.suppress(Busy):  # while the read model is being built
        await _count_clocks(house)
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


async def _count_clocks(house: House) -> None:
    today = legal_day(now())
    counted, unwritten = (
        await house.views.deadlines.by_urgency(today),
        await house.views.deadlines.unwritten(today),
    )
    CLOCKS.clear()  # what there is none of any more is not shown with its last figure
    for (clock, urgency), clocks in counted.items():
        CLOCKS.labels(clock, urgency).set(clocks)
    UNWRITTEN.set(unwritten)

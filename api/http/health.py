"""Is it alive, is it ready, how does it fare: for those who run it."""

import asyncio
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from api.http.answers import json_answer
from api.http.callers import TheHouse
from store.connection import is_lost

router = APIRouter(tags=["health"])

REGISTRY: Final = CollectorRegistry()
REQUESTS: Final = Counter(
    "jaminan_requests",
    "Requests by route, method and status",
    ["route", "method", "status"],
    registry=REGISTRY,
)
SECONDS: Final = Histogram(
    "jaminan_request_seconds", "Time to answer", ["route", "method"], registry=REGISTRY
)
REFUSALS: Final = Counter("jaminan_refusals", "Refusals by code", ["code"], registry=REGISTRY)
POSITION: Final = Gauge("jaminan_log_position", "Last position of the log", registry=REGISTRY)
LAG: Final = Gauge(
    "jaminan_read_model_lag", "Positions a read model is behind the log", ["name"], registry=REGISTRY
)


@router.get("/healthz", openapi_extra={"security": []})
async def healthz() -> Response:
    """Say that the process lives."""
    return json_answer({"status": "ok"})


@router.get("/readyz", openapi_extra={"security": []})
async def readyz(house: TheHouse) -> Response:
    """Say whether the database answers and every read model follows the log."""
    states = {name: state.doing for name, state in house.runner.states.items()}
    try:
        async with asyncio.timeout(2):
            position = await house.store.last_position()
    except Exception as fault:
        if not is_lost(fault):
            raise
        return json_answer({"status": "database away", "read_models": states}, 503)
    stopped = sorted(name for name, doing in states.items() if doing == "stopped")
    body = {"status": "stopped: " + ", ".join(stopped) if stopped else "ready", "position": position}
    return json_answer({**body, "read_models": states}, 503 if stopped else 200)


@router.get("/metrics", include_in_schema=False)
async def metrics(house: TheHouse) -> Response:
    """Return figures for Prometheus; routes are templates, never addresses with ids."""
    head = await house.store.last_position()
    POSITION.set(head)
    for name, position in await house.store.pool.fetch("select name, position from work.projection"):
        LAG.labels(name).set(max(0, head - position))
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

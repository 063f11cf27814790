"""Lifecycle definitions, as published."""

from typing import Any

import msgspec
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from api.http import shapes
from api.http.answers import json_answer, listed
from api.http.callers import TheCaller, TheHouse
from api.http.reference import described
from workflows.diagram import diagram

router = APIRouter(prefix="/v1/workflows", tags=["workflows"])


@router.get("", **described(answer=shapes.WorkflowPage))
async def list_workflows(house: TheHouse, caller: TheCaller) -> Response:
    """Return every definition, all versions."""
    items = [
        shapes.WorkflowItem(
            name=one.name,
            version=one.version,
            digest=one.digest,
            aggregate=one.aggregate,
            label_id=one.label_id,
            label_en=one.label_en,
            in_force_from=one.in_force_from,
        )
        for one in sorted(house.library, key=lambda one: (one.name, one.version))
    ]
    return json_answer(listed(items, await house.store.last_position()))


@router.get("/{name}/{version}", **described(answer=dict[str, Any]))
async def get_workflow(name: str, version: int, house: TheHouse, caller: TheCaller) -> Response:
    """Return a definition in its canonical form; the digest is the SHA-256 of it."""
    definition = house.library.get(f"{name}@{version}")
    headers = {"ETag": f'"{definition.digest}"'}
    return json_answer(msgspec.Raw(definition.canonical.encode()), headers=headers)


@router.get("/{name}/{version}/diagram", **described(answer=str))
async def get_diagram(name: str, version: int, house: TheHouse, caller: TheCaller) -> Response:
    """Return the states and steps as Mermaid text."""
    return PlainTextResponse(diagram(house.library.get(f"{name}@{version}")))

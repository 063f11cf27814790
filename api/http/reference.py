"""What the API reference says of a route: body, answer, refusals and an example, from the same types."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.http.callers import min_position_of, the_staff
from api.http.problems import MEDIA_TYPE, STATUS_OF, TITLES, TITLES_ID
from api.http.shapes import Problem

_REF: Final = "#/components/schemas/{name}"
_components: dict[str, Any] = {"Problem": {}}

ALWAYS: Final = ("unauthenticated", "not_found", "outside_area", "busy")
WRITING: Final = (
    *ALWAYS, "invalid", "idempotency_key_reused", "stale_version", "not_your_role", "too_large",
    "unsupported_media",
)  # fmt: skip
STEP: Final = (
    *WRITING, "step_not_open", "same_person", "authority_exceeded", "documents_missing", "guard_failed",
    "amount_differs", "duplicate", "erased",
)  # fmt: skip


def schema_of(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema of a type and keep its parts for the reference."""
    (schema,), parts = msgspec.json.schema_components([kind], ref_template=_REF)
    _components.update(parts)
    return schema


def described(
    *,
    answer: Any = None,
    status: int = 200,
    later: Any = None,
    body: Any = None,
    example: Any = None,
    answer_example: Any = None,
    multipart: dict[str, str] | None = None,
    refusals: Iterable[str] = ALWAYS,
    headers: bool = False,
    file: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the keyword arguments of a route decorator.

    multipart: the fields of an upload with their formats; one that ends in `?` may be left out.
    later: what is answered with 202 while the work still goes on. file: the kinds of a download.
    """
    responses: dict[int | str, dict[str, Any]] = {}
    extra: dict[str, Any] = {"responses": {str(status): _content(answer, answer_example)}}
    if kinds := [kind.partition(";")[0] for kind in file]:
        binary = {"schema": {"type": "string", "format": "binary"}}
        extra["responses"][str(status)].setdefault("content", {}).update(dict.fromkeys(kinds, binary))
    if later is not None:
        extra["responses"]["202"] = _content(later, None)
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(refusals):
        by_status.setdefault(STATUS_OF[code], []).append(code)
    for of_status, codes in sorted(by_status.items()):
        extra["responses"][str(of_status)] = _refusal(codes)
    if body is not None:
        extra["requestBody"] = {
            "required": True,
            "content": {"application/json": _with(schema_of(body), example)},
        }
    if multipart is not None:
        extra["requestBody"] = {
            "required": True,
            "content": {"multipart/form-data": _with(_upload(multipart), example)},
        }
    if headers or body is not None or multipart is not None:
        extra["parameters"] = _HEADERS
    return {"responses": responses, "status_code": status, "openapi_extra": extra}


def add_reference(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Let the app describe itself with these schemas and with bearer tokens."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema_of(Problem)
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=routes,
                openapi_version="3.1.0",
            )
            components = made.setdefault("components", {})
            components["schemas"] = dict(sorted(_components.items()))
            components["securitySchemes"] = {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            }
            made["security"] = [{"bearer": []}]
            for route in routes:
                if isinstance(route, APIRoute) and route.include_in_schema:
                    for method in route.methods or ():
                        _complete(made["paths"][route.path_format][method.lower()], route)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _content(answer: Any, example: Any) -> dict[str, Any]:
    if answer is None:
        return {"description": "Done"}
    return {"description": "Done", "content": {"application/json": _with(schema_of(answer), example)}}


def _with(schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {"schema": schema} if example is None else {"schema": schema, "example": example}


def _refusal(codes: list[str]) -> dict[str, Any]:
    examples = {
        code: {
            "summary": TITLES[code],
            "value": {
                "type": f"/problems/{code}",
                "title": TITLES[code],
                "title_id": TITLES_ID[code],
                "status": STATUS_OF[code],
                "code": code,
                "detail": TITLES[code],
                "instance": "/v1/…",
            },
        }
        for code in codes
    }
    return {
        "description": " · ".join(f"`{code}`" for code in codes),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def _upload(fields: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name for name, kind in fields.items() if not kind.endswith("?")],
        "properties": {
            name: {"type": "string"} | ({"format": kind.rstrip("?")} if kind else {})
            for name, kind in ({"effective_on": "date", "note": ""} | fields).items()
        },
    }


def _complete(operation: dict[str, Any], route: APIRoute) -> None:
    """Say what follows from what a route depends on; the framework's own validation answers go: ours are problems."""
    answers, depends_on = operation["responses"], set(_depends_on(route.dependant))
    content = answers.get("422", {}).get("content", {})
    content.pop("application/json", None)
    if not content:
        answers.pop("422", None)
    if min_position_of in depends_on:
        operation.setdefault("parameters", []).extend(_FRESHNESS)
    if the_staff in depends_on:
        _add_refusal(answers, "not_your_role")
    if any(parameter["in"] == "query" for parameter in operation.get("parameters", ())):
        _add_refusal(answers, "invalid")


def _depends_on(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    for needed in dependant.dependencies:
        yield needed.call
        yield from _depends_on(needed)


def _add_refusal(answers: dict[str, Any], code: str) -> None:
    status = str(STATUS_OF[code])
    known = answers.get(status, {}).get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    answers[status] = _refusal(list(dict.fromkeys([*known, code])))


_FRESHNESS: Final = [
    {
        "name": name,
        "in": place,
        "required": False,
        "schema": {"type": "integer", "minimum": 0},
        "description": "The position of a write that the answer must show; 503 where that takes too long.",
    }
    for name, place in (("min_position", "query"), ("Jaminan-Min-Position", "header"))
]
_HEADERS: Final = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "maxLength": 255},
        "description": "The same key with the same request gets the first answer; with another one 422.",
    },
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "The version the caller saw (ETag); 412 if the case moved on.",
    },
]

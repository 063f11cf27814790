"""The API reference as the server gives it out, held against what the server really answers."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import httpx2

from tests.acceptance.office_client import Town

PROBLEM = "application/problem+json"


def reference_of(town: Town) -> dict[str, Any]:
    found: dict[str, Any] = httpx2.get(f"{town.address}/openapi.json").json()
    return found


def operations(reference: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every method, path and operation."""
    for path, methods in reference["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def undocumented(town: Town, answered: Iterable[tuple[str, str, int, str | None]]) -> list[str]:
    """Return the answers that their operation does not document, with the code of each refusal."""
    known = [
        (method, _pattern(path), operation) for method, path, operation in operations(reference_of(town))
    ]
    found = set()
    for method, path, status, code in answered:
        for known_method, pattern, operation in known:
            if known_method == method and pattern.fullmatch(path):
                answer = operation["responses"].get(str(status))
                if answer is None or (code and code not in answer["content"][PROBLEM]["examples"]):
                    found.add(f"{method} {pattern.pattern} {status} {code}")
                break
    return sorted(found)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[a-z_]+\}", "[^/]+", path))

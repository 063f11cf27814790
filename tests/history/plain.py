"""An event as plain values, with what is sealed laid open, so that two events can be compared."""

import dataclasses
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from domain.fact import Fact
from domain.sealed import Sealed
from store.sealing import Keyring


def laid_open(value: Any, keyring: Keyring) -> Any:
    """Return a value with every sealed part as (subject, clear value), dataclasses as dictionaries."""
    if isinstance(value, Sealed):
        return value.subject_id, value.open(keyring)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: laid_open(getattr(value, field.name), keyring) for field in dataclasses.fields(value)
        }
    if isinstance(value, tuple | list):
        return tuple(laid_open(one, keyring) for one in value)
    return value


def sealed_subjects(event: Fact) -> list[UUID]:
    """Return the persons that an event holds sealed values of."""
    return sorted(set(_subjects(event)))


def _subjects(value: Any) -> Iterator[UUID]:
    if isinstance(value, Sealed):
        yield value.subject_id
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _subjects(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _subjects(one)

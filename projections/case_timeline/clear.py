"""The clear side of a fact: everything that is not sealed and does not stand in the header, as JSON."""

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType
from typing import Any, Final, TypeAlias, get_args, get_origin, get_type_hints

import msgspec

from domain.fact import Fact, FirstFact
from domain.sealed import Sealed

Convert: TypeAlias = Callable[[Any], Any]  # Any: a value of the type that it was made for

_HEADER: Final = {field.name for field in dataclasses.fields(FirstFact)} | {"originator_topic"}


def clear_fields(fact: Fact) -> dict[str, Any]:
    """Return the clear fields of a fact; their values encode as JSON."""
    return _cleared(fact, _clear_fields(type(fact)))


def clear_json(fact: Fact) -> str:
    """Return the clear fields of a fact as a JSON object."""
    return msgspec.json.encode(clear_fields(fact)).decode()


def _cleared(value: Any, fields: Mapping[str, Convert | None]) -> dict[str, Any]:
    return {
        name: getattr(value, name) if convert is None else convert(getattr(value, name))
        for name, convert in fields.items()
    }


@cache
def _clear_fields(cls: type[Any]) -> Mapping[str, Convert | None]:
    """Return the clear fields of a class, and how each is cleared of what is sealed in it, if anything is."""
    kinds = get_type_hints(cls)
    names = [field.name for field in dataclasses.fields(cls) if field.name not in _HEADER]
    found = {name: _converter(kinds[name]) for name in names}
    return {name: convert for name, convert in found.items() if convert is not _left_out}


def _converter(kind: Any) -> Convert | None:
    """Return how a value of this type is cleared: None if it is clear as it is."""
    if not _holds_sealed(kind):
        return None
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and _clear_fields(kind):
        return lambda value: _cleared(value, _clear_fields(kind))
    parts = [part for part in get_args(kind) if part not in (NoneType, Ellipsis)]
    convert = _converter(parts[0]) if len(parts) == 1 and get_origin(kind) is not Sealed else _left_out
    if convert is None or convert is _left_out:
        return _left_out
    if get_origin(kind) is tuple:
        return lambda values: [convert(value) for value in values]
    return lambda value: None if value is None else convert(value)


def _holds_sealed(kind: Any) -> bool:
    if kind is Sealed or get_origin(kind) is Sealed:
        return True
    if dataclasses.is_dataclass(kind):
        return any(_holds_sealed(part) for part in get_type_hints(kind).values())
    return any(_holds_sealed(part) for part in get_args(kind))


def _left_out(value: Any) -> Any:
    raise AssertionError("a value that holds only sealed ones is left out")

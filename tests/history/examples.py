"""One filled-in example of every event, built from its types alone, so that no field is forgotten."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints
from uuid import NAMESPACE_URL, UUID, uuid5

import domain
from domain.fact import Fact
from domain.sealed import Sealed

NAMES: Final = uuid5(NAMESPACE_URL, "jaminan/examples")
PLAIN: Final[dict[Any, Any]] = {
    int: 42_000_000,
    bool: True,
    date: date(2024, 5, 10),
    datetime: datetime(2024, 5, 22, 3, 30, tzinfo=UTC),
    Decimal: Decimal("0.48"),
    bytes: b"example",
}


def event_classes() -> list[type[Fact]]:
    """Return every event of the domain that has a stored name, by that name."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        importlib.import_module(module.name)
    named = (
        cls for cls in _subclasses(Fact) if "TOPIC" in vars(cls) and cls.__module__.startswith("domain.")
    )
    return sorted(named, key=stored_name)


def stored_name(cls: type[Fact]) -> str:
    name: str = vars(cls)["TOPIC"]
    return name


def class_version(cls: type[Fact]) -> int:
    return getattr(cls, "class_version", 1)


def example(cls: type[Fact]) -> Fact:
    """Return an event with every field filled, optional ones too; the same one each time."""
    place = {"originator_id": uuid5(NAMES, stored_name(cls)), "originator_version": 2}
    return cls(**_filled(cls, place))


def _filled(cls: type[Any], given: dict[str, Any]) -> dict[str, Any]:
    kinds = get_type_hints(cls)
    subject = uuid5(NAMES, cls.__qualname__)
    rest = (field.name for field in dataclasses.fields(cls) if field.name not in given)
    return given | {name: _value(kinds[name], name, subject) for name in rest}


def _value(kind: Any, name: str, subject: UUID) -> Any:
    """Return a value of this type. Texts say which field they stand in; a union gives its first type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Sealed:
        return Sealed.of(subject, _value(arguments[0], name, subject))
    if origin in {Union, UnionType}:
        return _value(_choices(kind)[0], name, subject)
    if origin is Literal:
        return arguments[0]
    if origin is tuple and arguments[1:] == (...,):
        return tuple(_value(arguments[0], f"{name} {n}", subject) for n in (1, 2))
    if origin is tuple:
        return tuple(_value(one, name, subject) for one in arguments)
    if origin is dict:
        choices = _choices(arguments[1])
        return {f"{name} {n}": _value(one, name, subject) for n, one in enumerate(choices, start=1)}
    if kind is UUID:
        return uuid5(NAMES, name)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return kind(**_filled(kind, {}))
    if kind is str:
        return name
    return PLAIN[kind]


def _choices(kind: Any) -> list[Any]:
    arguments = get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)
    return [one for one in arguments if one is not NoneType]


def _subclasses(cls: type[Fact]) -> Iterator[type[Fact]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)

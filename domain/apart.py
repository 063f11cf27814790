"""Copies of what an aggregate remembers: containers anew, the facts in them shared, for facts never change."""

from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from typing import Any, Final


def attributes_apart(one: Any) -> dict[str, Any]:
    """Return the attributes of an object for a twin that can be changed without changing the object.

    Lists, sets and dictionaries are made anew, and so are dataclasses that are not frozen; everything else
    never changes and stays the same.
    """
    return {
        name: value if (copy := _COPIES[type(value)]) is None else copy(value)
        for name, value in vars(one).items()
    }


def _list(many: list[Any]) -> list[Any]:
    return many.copy() if _never_change(many) else [_apart(one) for one in many]


def _dict(many: dict[Any, Any]) -> dict[Any, Any]:
    return many.copy() if _never_change(many.values()) else {key: _apart(one) for key, one in many.items()}


def _record(one: Any) -> Any:
    twin = object.__new__(type(one))
    vars(twin).update(attributes_apart(one))
    return twin


def _apart(value: Any) -> Any:
    copy = _COPIES[type(value)]
    return value if copy is None else copy(value)


def _never_change(values: Iterable[Any]) -> bool:
    return not any(map(_COPIES.__getitem__, map(type, values)))


class _Copies(dict[type[Any], Callable[[Any], Any] | None]):
    """How values of a kind are copied, None where they never change. A new kind is looked at once."""

    def __missing__(self, kind: type[Any]) -> Callable[[Any], Any] | None:
        changes = is_dataclass(kind) and kind.__setattr__ is object.__setattr__
        self[kind] = _record if changes else None
        return self[kind]


_COPIES: Final = _Copies({list: _list, dict: _dict, set: set.copy})

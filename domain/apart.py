"""Copies of what an aggregate remembers: containers anew, the facts in them shared, for facts never change."""

from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from typing import Any, Final


def attributes_apart(one: Any) -> dict[str, Any]:
    """Return the attributes of an object for a twin that can be changed without changing the object.

    Lists, sets and dictionaries are made anew, and so are dataclasses that are not frozen; everything else
    never changes and stays the same.
    """
    return {name: value if type(value) in _UNCHANGING else _apart(value) for name, value in vars(one).items()}


def _apart(value: Any) -> Any:
    copy = _COPIES.get(type(value))
    return value if copy is None else copy(value)


def _list(many: list[Any]) -> list[Any]:
    return many.copy() if not many or _never_change(many) else [_apart(one) for one in many]


def _dict(many: dict[Any, Any]) -> dict[Any, Any]:
    return (
        many.copy()
        if not many or _never_change(many.values())
        else {key: _apart(one) for key, one in many.items()}
    )


def _record(one: Any) -> Any:
    twin = object.__new__(type(one))
    vars(twin).update(attributes_apart(one))
    return twin


def _never_change(values: Iterable[Any]) -> bool:
    """Whether all are of kinds that never change. What is not known yet is looked at once, and then known."""
    kinds = set(map(type, values))
    if kinds <= _UNCHANGING:
        return True
    for kind in kinds.difference(_UNCHANGING, _COPIES):
        if is_dataclass(kind) and kind.__setattr__ is object.__setattr__:
            _COPIES[kind] = _record
        else:
            _UNCHANGING.add(kind)
    return kinds <= _UNCHANGING


_COPIES: Final[dict[type[Any], Callable[[Any], Any]]] = {list: _list, dict: _dict, set: set.copy}
_UNCHANGING: Final[set[type[Any]]] = set()

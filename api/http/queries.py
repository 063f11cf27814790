"""Queries as nearly everybody writes them, read without the framework. It reads all others, and says what is wrong."""

import inspect
import re
from collections.abc import Callable, Mapping
from datetime import date
from types import UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin
from uuid import UUID

from fastapi.params import Query

_NUMBER: Final = re.compile("[0-9]{1,9}")
_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

Read: TypeAlias = Callable[[Mapping[str, str]], Any]


class Unusual(Exception):
    """A query is missing, or written in a way that only the framework reads or refuses."""


def query_of(asked: inspect.Parameter) -> Read | None:
    """Return what reads a parameter of a route from the queries of a request.

    None where it is no query, where its name or its values are bound to more than its type, or where its type is
    another than text, number, id, day or one of some words. `Read` raises `Unusual`.
    """
    kind, *marks = (
        get_args(asked.annotation) if get_origin(asked.annotation) is Annotated else [asked.annotation]
    )
    if any(not _is_plain(mark, asked.name) for mark in marks):
        return None
    is_either = get_origin(kind) in (Union, UnionType)
    kinds = [one for one in (get_args(kind) if is_either else [kind]) if one is not type(None)]
    value = _value_of(kinds[0]) if len(kinds) == 1 else None
    if value is None:
        return None
    name, default = asked.name, asked.default

    def read(queries: Mapping[str, str]) -> Any:
        text = queries.get(name)
        if text is not None:
            return value(text)
        if default is inspect.Parameter.empty:
            raise Unusual
        return default

    return read


def _is_plain(mark: object, name: str) -> bool:
    return isinstance(mark, Query) and mark.alias in (None, name) and not mark.metadata


def _value_of(kind: Any) -> Callable[[str], Any] | None:
    if get_origin(kind) is not Literal:
        return _VALUES.get(kind)
    words = frozenset(get_args(kind))

    def word(text: str) -> str:
        if text not in words:
            raise Unusual
        return text

    return word


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Unusual
    return int(text)


def _id(text: str) -> UUID:
    if not _ID.fullmatch(text):
        raise Unusual
    return UUID(text)


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise Unusual
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unusual from None


_VALUES: Final[Mapping[Any, Callable[[str], Any]]] = {str: str, int: _number, UUID: _id, date: _day}

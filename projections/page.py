"""Pages of a list, and the opaque cursor that leads to the next one."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec

from domain.refusal import Invalid

LIMIT_MAX: Final = 200  # rows of a page

T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of a list as they stood at one position of the log. `next` leads on, empty on the last page."""

    items: tuple[T, ...]
    next: str | None
    position: int

    @classmethod
    def of(cls, found: Sequence[T], limit: int, position: int, key: Callable[[T], Any]) -> "Page[T]":
        """Make a page of up to `limit` + 1 rows: the one too many tells that there is a next page."""
        items = tuple(found[:limit])
        return cls(items, cursor_of(key(items[-1])) if len(found) > limit else None, position)


def cursor_of(key: object) -> str:
    """Return the cursor that stands behind the row with this sort key."""
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read_cursor(cursor: str | None, kind: type[K]) -> K | None:
    """Return the sort key in a cursor. Refuses one that did not come from here."""
    if cursor is None:
        return None
    try:
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        return msgspec.json.decode(text, type=kind)
    except (binascii.Error, UnicodeError, msgspec.MsgspecError):
        raise Invalid("cursor is not one of this list: begin again without it", field="cursor") from None


def within_limit(limit: int) -> int:
    """Return the number of rows asked for. Refuses less than one, and more than a page may hold."""
    if not 1 <= limit <= LIMIT_MAX:
        raise Invalid(f"limit is a number from 1 to {LIMIT_MAX}", field="limit")
    return limit


def where(wanted: Mapping[str, object]) -> tuple[str, list[object]]:
    """Return the conditions that have a value, joined, with `?` numbered, and the values in order."""
    given = {condition: value for condition, value in wanted.items() if value is not None}
    numbered = [condition.replace("?", f"${n}") for n, condition in enumerate(given, 1)]
    return " and ".join(numbered) or "true", list(given.values())

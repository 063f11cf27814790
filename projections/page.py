"""Pages of a list, and the opaque cursor that leads to the next one."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any, Final, Generic, TypeAlias, TypeVar

import msgspec

from domain.refusal import Invalid

LIMIT_MAX: Final = 200  # rows of a page
Conditions: TypeAlias = dict[str, object]  # SQL with `?` for its value; None does not narrow

T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of a list as they stood at one position of the log. `next` leads on, empty on the last page."""

    items: tuple[T, ...]
    next: str | None
    position: int

    @classmethod
    def of(
        cls, list_: str, found: Sequence[T], limit: int, position: int, key: Callable[[T], Any]
    ) -> "Page[T]":
        """Make a page of up to `limit` + 1 rows: the one too many tells that there is a next page."""
        items = tuple(found[:limit])
        return cls(items, cursor_of(list_, key(items[-1])) if len(found) > limit else None, position)


def cursor_of(list_: str, key: object) -> str:
    """Return the cursor of a list that stands behind the row with this sort key."""
    return urlsafe_b64encode(msgspec.json.encode([list_, key])).decode().rstrip("=")


def read_cursor(list_: str, cursor: str | None, kind: type[K]) -> K | None:
    """Return the sort key in a cursor. Refuses one of another list, and one that did not come from here."""
    if cursor is None:
        return None
    try:
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        name, raw = msgspec.json.decode(text, type=tuple[str, msgspec.Raw])
        key = msgspec.json.decode(raw, type=kind) if name == list_ else None
    except (binascii.Error, UnicodeError, msgspec.MsgspecError):
        key = None
    if key is None or not all(map(_can_be_kept, key if isinstance(key, tuple) else (key,))):
        raise Invalid("cursor is not one of this list: begin again without it", field="cursor")
    return key


def _can_be_kept(part: object) -> bool:
    """Whether the database has a value for a part of a sort key."""
    if isinstance(part, datetime):
        return part.tzinfo is not None and MINYEAR < part.year < MAXYEAR
    if isinstance(part, str):
        return "\0" not in part
    return not isinstance(part, int) or 0 <= part < 2**63


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

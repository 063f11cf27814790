"""How commands are laid out for the append functions, and which of them may stand together in one call."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from store.records import Append

STATEMENT: Final = f"select * from log.append({', '.join(f'${n}' for n in range(1, 22))})"
STATEMENT_OF_ONE: Final = f"select * from log.append_one({', '.join(f'${n}' for n in range(1, 12))})"

_Row = tuple[Any, ...]


class Claims(NamedTuple):
    """What a command needs for itself within a batch, and what it only needs to stay as it is: keys, streams."""

    owned: frozenset[Any]
    needed: frozenset[Any]


def check(append: Append) -> None:
    """Raise ValueError if a command contradicts itself."""
    if not append.events:
        raise ValueError("A command records at least one event")
    owned = _owned_keys(append)
    if len(set(owned)) < len(owned):
        raise ValueError("A command names each natural key and each changed data key once")
    if len(append.events) > 1:
        _check_versions(append)


def claims_of(append: Append) -> Claims:
    """Return what a command claims."""
    streams = (event.originator_id for event in append.events)
    return Claims(
        owned=frozenset((append.command_id, *streams, *_owned_keys(append))),
        needed=frozenset(append.leaned_on) | {("data key", subject) for subject in append.subjects},
    )


class Together:
    """The claims of all commands looked at so far, of those left behind too: nobody overtakes them."""

    def __init__(self) -> None:
        self._owned: set[Any] = set()
        self._needed: set[Any] = set()

    def admits(self, claims: Claims) -> bool:
        """Whether this command may join; either way its claims count for those who come after."""
        free = (
            self._owned.isdisjoint(claims.owned)
            and self._owned.isdisjoint(claims.needed)
            and self._needed.isdisjoint(claims.owned)
        )
        self._owned |= claims.owned
        self._needed |= claims.needed
        return free


def arguments(batch: Sequence[Append], simulated_at: datetime | None) -> list[Any]:
    """Lay a batch out as the columns that the append function takes; commands are numbered from 1."""
    commands = [(a.command_id, a.request, _json(a.answer)) for a in batch]
    events: list[_Row] = []
    keys: list[_Row] = []
    subjects: list[_Row] = []
    leaned_on: list[_Row] = []
    for number, append in enumerate(batch, start=1):
        events += [(number, e.originator_id, e.originator_version, e.topic, e.state) for e in append.events]
        keys += [(number, *key, True) for key in append.take]
        keys += [(number, *key, False) for key in append.release]
        subjects += [(number, s, None, False) for s in append.subjects if s not in append.new_keys]
        subjects += [(number, s, wrapped, False) for s, wrapped in append.new_keys.items()]
        subjects += [(number, s, None, True) for s in append.erase]
        leaned_on += [(number, *known) for known in append.leaned_on.items()]
    return [
        *_columns(commands, 3),
        *_columns(events, 5),
        *_columns(keys, 5),
        *_columns(subjects, 4),
        *_columns(leaned_on, 3),
        simulated_at,
    ]


def is_plain(append: Append) -> bool:
    """Whether a command touches no natural key and neither makes nor destroys a data key, as most do."""
    return not (append.take or append.release or append.new_keys or append.erase)


def arguments_of_one(append: Append, simulated_at: datetime | None) -> list[Any]:
    """Lay out a plain command as the function for one command takes it."""
    events, leaned_on = append.events, append.leaned_on
    return [
        append.command_id,
        append.request,
        _json(append.answer),
        [event.originator_id for event in events],
        [event.originator_version for event in events],
        [event.topic for event in events],
        [event.state for event in events],
        list(append.subjects) or None,
        list(leaned_on) or None,
        list(leaned_on.values()) or None,
        simulated_at,
    ]


def _owned_keys(append: Append) -> list[tuple[str, bytes | UUID]]:
    """Return the natural keys that a command takes or releases, and the data keys that it makes or destroys."""
    if is_plain(append):
        return []
    return [
        *((key.kind, key.digest) for key in (*append.take, *append.release)),
        *(("data key", subject) for subject in (*append.new_keys, *append.erase)),
    ]


def _check_versions(append: Append) -> None:
    """Within each stream, versions rise one by one."""
    versions: dict[UUID | str, int] = {}
    for event in append.events:
        before = versions.get(event.originator_id)
        if before is not None and event.originator_version != before + 1:
            raise ValueError(f"Version {event.originator_version} of a stream follows {before}")
        versions[event.originator_id] = event.originator_version


def _columns(rows: Sequence[_Row], width: int) -> list[Any]:
    return (
        list(zip(*rows, strict=True)) if rows else [None] * width
    )  # nothing costs the driver less than an empty array


def _json(answer: Any) -> str | None:
    return None if answer is None else msgspec.json.encode(answer).decode()

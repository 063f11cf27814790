"""The shapes of answers about the people at work: who fills whose chair, who handles which case."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from api.http.shapes import Shape


class Days(Shape, kw_only=True):
    from_: date = msgspec.field(name="from")
    to: date


class DelegationAnswer(Shape, kw_only=True):
    """`revoked` tells whether it was ended; its days say when it has effect."""

    id: UUID
    revoked: bool
    version: int
    position: int


class DelegationItem(Shape, kw_only=True):
    """A delegation; names are those of tokens."""

    id: UUID
    from_: str = msgspec.field(name="from")
    to: str
    role: str
    area: str | None
    period: Days
    decree: str
    kind: str
    granted_by: str
    granted_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    version: int


class DelegationPage(Shape, kw_only=True):
    items: list[DelegationItem]
    next: str | None
    position: int


class DelegationView(Shape, kw_only=True):
    """A delegation as the log has it; `in_force`: whether it lets somebody act today."""

    id: UUID
    from_: str = msgspec.field(name="from")
    to: str
    role: str
    area: str | None
    period: Days
    decree: str
    kind: str
    granted_by: str
    revoked: bool
    in_force: bool
    version: int
    position: int


class HandlingAnswer(Shape, kw_only=True):
    """Who has the claim after this. Its version did not move."""

    id: UUID
    assigned_to: str | None
    since: datetime | None
    position: int


class NoteView(Shape, kw_only=True):
    """A note of the office; `text` is empty where the personal data were erased."""

    by: str
    at: datetime
    text: str | None
    position: int


class HandlingView(Shape, kw_only=True):
    id: UUID
    assigned_to: str | None
    since: datetime | None
    notes: list[NoteView]
    position: int


class LoadCount(Shape, kw_only=True):
    """Open cases, how many of them overdue, and since when the oldest stands where it stands."""

    open: int
    overdue: int
    oldest: datetime | None


class LoadItem(LoadCount, kw_only=True):
    """What lies on one desk."""

    name: str


class LoadView(Shape, kw_only=True):
    """What lies on each desk, the one with most overdue first; all counted in one snapshot."""

    items: list[LoadItem]
    unassigned: LoadCount
    position: int

"""The shapes of answers about the people at work: who fills whose chair, who handles which case."""

from datetime import date, datetime
from typing import Literal
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


class BulkOutcome(Shape, kw_only=True):
    """What came of one claim: its status after the step, or the refusal; `number` only if the caller may see it."""

    id: UUID
    number: str | None
    amount: int  # rupiah, as asked
    outcome: Literal["done", "refused"]
    status: str | None = None
    version: int | None = None
    code: str | None = None
    message: str | None = None
    message_id: str | None = None


class BulkSum(Shape, kw_only=True):
    count: int
    sum: int  # rupiah, as asked


class BulkAnswer(Shape, kw_only=True):
    """One outcome for each item, in the order sent; the sums are of what was (or would be) signed, and of the rest."""

    step: str
    dry_run: bool
    outcomes: list[BulkOutcome]
    approved: BulkSum  # endorsed, where that is the step
    refused: BulkSum
    position: int

"""Shapes of looks at personal values: what is asked for, what is shown, and the record of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from api.http.shapes import Shape


class RevealBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which values, and what they are needed for. The reason is put on record and may name the person."""

    fields: tuple[str, ...]
    reason: str


class Revealed(Shape, kw_only=True):
    """Values in the clear, by field; empty where there is none or its person was erased.

    `access` is the number of the look on record.
    """

    id: UUID
    values: dict[str, Any]  # of many shapes
    access: int
    seen_at: datetime


class AccessItem(Shape, kw_only=True):
    """A look: never the values. `reason` is for auditors, and empty once the person was erased."""

    number: int
    seen_at: datetime
    actor: str
    roles: list[str]
    kind: str
    case_id: UUID
    person_id: UUID
    subjects: list[UUID]
    fields: list[str]
    reason: str | None


class AccessPage(Shape, kw_only=True):
    items: list[AccessItem]
    next: str | None
    position: int

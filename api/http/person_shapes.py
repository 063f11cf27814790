"""Shapes of answers about people. What names or finds a person is shown masked; see the reveal routes."""

from datetime import date
from uuid import UUID

import msgspec

from api.http.shapes import CoverageView, Shape


class EnrollmentOf(Shape, kw_only=True):
    id: UUID
    number: str | None
    status: str
    coverage: CoverageView


class ClaimOf(Shape, kw_only=True):
    id: UUID
    number: str
    status: str


class CandidateView(Shape, kw_only=True):
    """Somebody who may be meant; `score` is 1 where the name is the one that was asked for."""

    person_id: UUID
    name: str | None
    birth_date: str | None  # the year alone, unless the very day was asked for
    nik: str | None  # masked
    area_code: str | None
    ward: str | None
    district: str | None
    enrollments: list[EnrollmentOf]
    claims: list[ClaimOf]
    score: float


class PeopleFound(Shape, kw_only=True):
    """The likeliest first. `more`: others fit as well; a longer name, ward or birth year leave them out."""

    items: list[CandidateView]
    more: bool
    position: int


class PeopleBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A membership or claim number; or a NIK; or a name, with what else is known of the person."""

    number: str | None = None
    nik: str | None = None
    name: str | None = None
    ward: str | None = None
    birth_date: date | None = None
    birth_year: int | None = None

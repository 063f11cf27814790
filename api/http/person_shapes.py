"""Shapes of answers about people. What names or finds a person is shown masked; see the reveal routes."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from api.http.shapes import CoverageView, Shape
from domain.person.commands import FieldName


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


class CorrectionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wrong and what is right. `old` is what stands now, `evidence` a SHA-256 or the code of a paper."""

    field: FieldName
    new: str
    reason: str
    evidence: str
    old: str | None = None
    effective_on: date | None = None
    note: str | None = None


class CorrectionDecisionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The word of the second person; a reason is needed to reject."""

    reason: str | None = None
    effective_on: date | None = None
    note: str | None = None


class CorrectionAnswer(Shape, kw_only=True):
    """What became of a correction: PROPOSED, EFFECTIVE or REJECTED. `warnings`: where the NIK says otherwise."""

    id: UUID
    person_id: UUID
    field: str
    status: str
    warnings: list[str]
    version: int
    position: int


class DecisionView(Shape, kw_only=True):
    """A decision that used the old value. It stands; somebody may want to look at it again."""

    case_id: UUID
    kind: str
    event: str
    position: int
    effective_on: date
    actor: str


class CorrectionView(Shape, kw_only=True):
    """A correction with both values, masked as everywhere; in the clear by `POST …/reveal`."""

    id: UUID
    field: str
    status: str
    old: str | None
    new: str | None
    evidence: str
    evidence_in_file: bool | None  # of a digest: whether the document is kept for this person
    warnings: list[str]
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    position: int | None
    decisions: list[DecisionView]


class PersonView(Shape, kw_only=True):
    """A person as the record stands, masked; `erased` once the personal data are gone."""

    id: UUID
    name: str | None
    nik: str | None
    birth_date: str | None
    sex: str | None
    address: str | None
    phone: str | None
    ward: str | None
    district: str | None
    erased: bool
    enrollments: list[EnrollmentOf]
    claims: list[ClaimOf]
    corrections: list[CorrectionView]
    version: int
    position: int


class WaitingItem(Shape, kw_only=True):
    """A correction that waits for a second person; both values are in the person's record."""

    id: UUID
    person_id: UUID
    name: str | None
    field: str
    asked_by: str
    since: datetime


class WaitingPage(Shape, kw_only=True):
    items: list[WaitingItem]
    next: str | None
    position: int

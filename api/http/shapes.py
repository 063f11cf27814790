"""The shapes of answers, as machines read them. Money is whole rupiah, days are ISO, instants UTC."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec


class Shape(msgspec.Struct, kw_only=True):
    """An answer."""


class StepAnswer(Shape, kw_only=True):
    """What a step came to. `open_steps` are those open to this caller; `position` is where the log stands."""

    id: UUID
    status: str
    version: int
    position: int
    open_steps: list[str]
    number: str | None = None
    determination: Any | None = None


class Created(Shape, kw_only=True):
    id: UUID
    position: int


class CoverageView(Shape, kw_only=True):
    status: str
    from_: date | None = msgspec.field(name="from")
    paid_through: str | None
    unpaid_months: list[str]


class EnrollmentItem(Shape, kw_only=True):
    id: UUID
    status: str
    coverage: CoverageView
    number: str | None
    programme_id: UUID
    roster_id: UUID | None
    row: int | None
    spell: int
    area_code: str
    ward: str
    district: str
    occupation: str
    effective_on: date
    version: int
    name: str | None = None
    nik: str | None = None  # masked


class EnrollmentPage(Shape, kw_only=True):
    items: list[EnrollmentItem]
    next: str | None
    position: int


class ClaimItem(Shape, kw_only=True):
    id: UUID
    number: str
    kind: str
    status: str
    outcome: str | None
    event_on: date
    cause: str
    enrollment_id: UUID
    programme_id: UUID
    area_code: str
    total: int | None
    approved_amount: int | None
    paid_amount: int
    penalty_due: int  # owed for paying late, which stands beside the benefit
    penalty_paid: int
    due_on: date | None
    version: int


class ClaimPage(Shape, kw_only=True):
    items: list[ClaimItem]
    next: str | None
    position: int


class ClockView(Shape, kw_only=True):
    """A legal clock. Without `due_on` the holiday calendar ends (`calendar_ends`) before the due day.

    state: started, paused, restarted, missed (its due day is over and it has not ended), stopped, voided.
    waiting_on: us, claimant or third_party, until it ends.
    """

    clock: str
    state: str
    on: date
    waiting_on: str | None
    due_on: date | None
    calendar: str | None
    calendar_ends: date | None
    basis: str | None


class EnrollmentView(Shape, kw_only=True):
    """A membership as the log has it, with the cover of today computed."""

    id: UUID
    number: str | None
    status: str
    version: int
    position: int
    open_steps: list[str]
    coverage: CoverageView
    programme_id: UUID
    roster_id: UUID | None
    row: int | None
    spell: int
    reenrolled_on: date | None  # first day of the present spell, where it is not the first
    area_code: str
    ward: str
    district: str
    occupation: str
    segment: str
    wage_base: int
    effective_on: date
    definition: str
    missing: list[str]
    flags: list[str]
    warnings: list[str]
    renewals: list["RenewalView"]  # renewed lists of the sponsor that carry the member on
    checks: list["CheckView"]  # all that there are; one that nobody made says so
    asked_for: list[str]  # while RETURNED: papers and columns that the ward wants from the sponsor
    rejected_for: str | None
    ended_on: date | None  # last day of the membership
    ended_for: str | None
    replaces: UUID | None
    replaced_by: UUID | None
    clocks: list["ClockView"]


class RenewalView(Shape, kw_only=True):
    """The row of a renewed list; from the month of `from` on its payments mean the member."""

    roster_id: UUID
    row: int
    from_: date = msgspec.field(name="from")
    to: date | None


class CheckView(Shape, kw_only=True):
    """A check of the register: `passed`, `failed` or `not_made`, by which body, from which source, on which day."""

    name: str
    result: str
    by: str | None = None
    source: str | None = None
    on: date | None = None


class PaperView(Shape, kw_only=True):
    code: str
    name_id: str
    name_en: str
    needed_for: str
    state: str
    sha256: str | None
    reason: str | None = None  # why it was rejected, or is to be brought


class PaperVersion(Shape, kw_only=True):
    """A paper that was brought. A rejected one stays in the file and counts no more."""

    code: str
    sha256: str
    media_type: str
    size: int
    state: Literal["present", "replaced", "rejected"]
    reason: str | None = None


class PapersView(Shape, kw_only=True):
    """The checklist; `missing` are the papers that people must bring for the case to go on."""

    required: list[PaperView]
    missing: list[str]
    documents: list[PaperVersion]
    version: int
    position: int


class StepView(Shape, kw_only=True):
    """A step from here: open to this caller, or the refusal that says why not; `form` is a JSON Schema."""

    step: str
    label_id: str
    label_en: str
    open: bool
    roles: list[str]
    code: str | None
    reason: str | None
    reason_id: str | None
    missing: list[str]
    form: Any


class StepsView(Shape, kw_only=True):
    items: list[StepView]
    next: None
    status: str
    version: int
    position: int


class Evidence(Shape, kw_only=True):
    code: str
    sha256: str


class HistoryItem(Shape, kw_only=True):
    """One event. `data` holds what the step recorded, personal values left out."""

    position: int
    version: int | None
    event: str
    step: str | None
    from_: str | None = msgspec.field(name="from")
    to: str | None
    actor: str
    role: str | None
    roles: list[str]
    recorded_at: datetime
    decided_at: datetime
    effective_on: date
    on_behalf_of: str | None
    definition: str | None
    delegation: UUID | None = None  # by which the actor sat in the chair of somebody absent
    evidence: list[Evidence]
    clocks: list[ClockView]
    flags: list[str]
    data: dict[str, Any]


class HistoryPage(Shape, kw_only=True):
    items: list[HistoryItem]
    next: str | None
    position: int


class WorkItem(Shape, kw_only=True):
    """A case that waits, most urgent first; `steps` are those whose role and four-eyes rule let this caller."""

    case_id: UUID
    kind: str
    number: str | None
    status: str
    area_code: str
    since: datetime
    due_on: date | None
    overdue: bool
    flags: list[str]
    steps: list[str]
    assigned_to: str | None  # for the office alone
    assigned_since: datetime | None
    version: int


class WorkPage(Shape, kw_only=True):
    items: list[WorkItem]
    next: str | None
    position: int


class WorkflowItem(Shape, kw_only=True):
    name: str
    version: int
    digest: str
    aggregate: str
    label_id: str
    label_en: str
    in_force_from: date


class WorkflowPage(Shape, kw_only=True):
    items: list[WorkflowItem]
    next: str | None
    position: int


class Problem(Shape, kw_only=True):
    """A refusal (RFC 9457): a stable `code`, and in `detail` a sentence with the remedy.

    `title_id` says in Indonesian what is wrong and what to do.
    """

    type: str
    title: str
    title_id: str
    status: int
    detail: str
    code: str
    instance: str

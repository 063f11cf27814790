"""The shapes of what sponsors send and owe: programmes, lists, invoices, the ledger."""

from datetime import date, datetime
from uuid import UUID

from api.http.shapes import Shape, StepAnswer


class RosterIssue(Shape, kw_only=True):
    """What is wrong (`reject`) or odd (`warn`) with a data row, counted from 1, and what to do."""

    row: int
    field: str
    code: str
    severity: str
    message: str
    message_id: str
    first_row: int | None = None
    enrollment_id: UUID | None = None  # of a renewal or a changed row: the membership that goes on


class RowOutcome(Shape, kw_only=True):
    row: int
    code: str
    message: str
    message_id: str


class RosterStep(Shape, kw_only=True):
    request_id: UUID
    step: str
    state: str  # running or done
    done: int
    refused: list[RowOutcome]


class RosterView(Shape, kw_only=True):
    """A list: `checking` while rows are looked at, then `checked`, or `failed` with a code.

    `rows` is known once the file was read, `checked` says how many of them were looked at.
    `unknown_columns` are titles of the file that nobody asked for. `unchanged` rows of a corrected list
    are equal to a row of the list it `replaces`; they stay members of that list and are counted neither
    as accepted nor as refused, so that rows = accepted + unchanged + rejected.
    """

    id: UUID
    programme_id: UUID
    effective_on: date
    replaces: UUID | None
    status: str
    rows: int | None
    checked: int
    accepted: int
    unchanged: int
    rejected: int
    warnings: int
    issues: list[RosterIssue]
    steps: list[RosterStep]
    documents: list[str]
    unknown_columns: list[str]
    version: int
    position: int
    code: str | None = None
    message: str | None = None
    message_id: str | None = None


class RosterItem(Shape, kw_only=True):
    """A list in the register of lists. `workers` counts those it took up by their status today."""

    id: UUID
    programme_id: UUID
    area_code: str
    status: str
    effective_on: date
    replaces: UUID | None
    sent_by: str
    sent_at: datetime
    rows: int | None
    checked: int
    accepted: int
    unchanged: int
    rejected: int
    warnings: int
    code: str | None
    steps_running: int
    workers: dict[str, int]
    version: int


class RosterPage(Shape, kw_only=True):
    items: list[RosterItem]
    next: str | None
    position: int


class IssuePage(Shape, kw_only=True):
    items: list[RosterIssue]
    next: str | None
    position: int


class RosterStepAnswer(Shape, kw_only=True):
    """One outcome for each row: how many took the step, and which were refused and why."""

    id: UUID
    request_id: UUID
    step: str
    state: str
    done: int
    refused: list[RowOutcome]
    position: int


class AmountLine(Shape, kw_only=True):
    code: str
    amount: int


class InvoiceView(Shape, kw_only=True):
    """What is owed for the members who stood registered when the question was asked.

    `credit_available` of the programme may be used (`use_credit`); with all of it the sponsor has
    `to_transfer`.
    """

    heads: int
    months: dict[str, int]
    lines: list[AmountLine]
    total: int
    credit_available: int
    to_transfer: int
    position: int


class ProgrammeView(Shape, kw_only=True):
    id: UUID
    name: str
    sponsor: str
    area_code: str
    segment: str
    target: int
    budget: int
    period_from: date
    period_to: date
    wards: list[str]
    occupations: list[str]
    quota: int | None
    credit: int
    version: int
    position: int


class ProgrammeItem(Shape, kw_only=True):
    """A programme of the list, with what its sponsor paid in so far (rupiah)."""

    id: UUID
    name: str
    sponsor: str
    area_code: str
    segment: str
    target: int
    budget: int
    period_from: date
    period_to: date
    paid_in: int


class ProgrammePage(Shape, kw_only=True):
    items: list[ProgrammeItem]
    next: str | None
    position: int


class ContributionAnswer(StepAnswer, kw_only=True):
    """`credit_kept` was above the invoice; `credit` is what the programme has now. Whole rupiah."""

    invoiced: int
    credit_used: int
    credit_kept: int
    credit: int


class PaymentInView(Shape, kw_only=True):
    """`amount` arrived; with `credit_used` it is what was `invoiced`, and the rest is `credit_kept`."""

    position: int
    reference: str
    paid_on: date
    months: list[str]
    heads: list[int]
    amount: int
    invoiced: int
    credit_used: int
    credit_kept: int
    roster_id: UUID | None
    members: int


class MoneyOutView(Shape, kw_only=True):
    claim_id: UUID
    number: str
    approved: int
    paid: int


class OverpaidView(Shape, kw_only=True):
    """Months paid for a member after `last_day`: of a death (`DIED`), or of the end for another reason."""

    enrollment_id: UUID
    roster_id: UUID | None
    row: int | None
    reason: str
    last_day: date
    months: list[str]
    amount: int


class RefundedView(Shape, kw_only=True):
    enrollment_id: UUID
    reason: str
    months: list[str]


class RefundView(Shape, kw_only=True):
    """Overpaid months that went back, to the sponsor's `account` or to the `credit` of the programme."""

    position: int
    reference: str
    agreement: str
    refunded_on: date
    amount: int
    to: str
    members: list[RefundedView]


class RefundAnswer(StepAnswer, kw_only=True):
    credit: int


class CashView(Shape, kw_only=True):
    """What moved in a calendar month by the day of payment, whole rupiah: contributions, benefits, refunds."""

    month: str
    paid_in: int
    paid_out: int
    refunded: int


class LedgerView(Shape, kw_only=True):
    """Money in and out of a programme, whole rupiah.

    `paid_in` = `invoiced` + `credit` + `refunded`: what the sponsor paid went into invoices of members and
    months that stand, is kept as credit, or went back. `overpaid` months are still among the invoiced ones.
    """

    programme_id: UUID
    name: str
    target: int
    budget: int
    paid_in: int
    invoiced: int
    credit: int
    refunded: int
    overpaid_amount: int
    approved: int
    paid_out: int
    budget_left: int
    payments: list[PaymentInView]
    overpaid: list[OverpaidView]
    refunds: list[RefundView]
    claims: list[MoneyOutView]
    cash: list[CashView]
    position: int

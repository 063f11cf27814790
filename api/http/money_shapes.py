"""The shapes of a programme's months and of its statement. Money is whole rupiah; nobody is named."""

from datetime import date
from uuid import UUID

from api.http.shapes import Shape
from api.http.sponsor_shapes import AmountLine


class WageBaseHeads(Shape, kw_only=True):
    """Heads with one wage base, rupiah a month."""

    wage_base: int
    heads: int
    paid_heads: int


class MonthInvoice(Shape, kw_only=True):
    """A month of a list (without `roster_id`: of members enrolled one by one).

    `heads` owe the month or paid it. `state`: paid, partly_paid, unpaid or nothing_owed; `overpaid_heads` paid
    it although they had died or left before. `due_on` is empty where the calendar of holidays ends before it.
    """

    month: str
    roster_id: UUID | None
    state: str
    due_on: date | None
    heads: int
    paid_heads: int
    overpaid_heads: int
    wage_bases: list[WageBaseHeads]
    lines: list[AmountLine]
    total: int
    paid: int
    unpaid: int


class InvoicesView(Shape, kw_only=True):
    """Invoices by month and list. With all of `credit_available` the sponsor has `to_transfer` for what is unpaid."""

    items: list[MonthInvoice]
    invoiced: int
    paid: int
    unpaid: int
    credit_available: int
    to_transfer: int
    next: str | None
    position: int


class Heads(Shape, kw_only=True):
    """The four counts that should be equal. `overpaid` are among `invoiced` and `paid`, not `registered`."""

    decreed: int
    registered: int
    invoiced: int
    paid: int
    overpaid: int


class ListHeads(Shape, kw_only=True):
    """One list (without `roster_id`: members enrolled one by one); `codes` counts its differences."""

    roster_id: UUID | None
    heads: Heads
    invoiced: int
    paid: int
    codes: dict[str, int]


class DifferenceView(Shape, kw_only=True):
    """Why `members` stand in the count `more` and not in the count `less`."""

    code: str
    more: str
    less: str
    members: int
    sentence_id: str
    sentence_en: str


class MemberDifference(Shape, kw_only=True):
    """A member, by id and row, and in which counts. `last_day` and `ended_for` where the member died or left."""

    enrollment_id: UUID
    roster_id: UUID | None
    row: int | None
    code: str
    decreed: bool
    registered: bool
    invoiced: bool
    paid: bool
    last_day: date | None
    ended_for: str | None


class ReconciliationView(Shape, kw_only=True):
    """Heads decreed = registered = invoiced = paid for a month, with every difference explained.

    `heads_by_payments` is what the payments of the month say, less what went back: it must be the heads paid
    (not given for a single list). Workers who ended for a reason in `off_the_decree` leave the decree with the
    month; after any other end the name stands on it until the sponsor changes it.
    """

    programme_id: UUID
    month: str
    roster_id: UUID | None
    heads: Heads
    heads_by_payments: int | None
    agrees: bool
    invoiced: int
    paid: int
    lists: list[ListHeads]
    differences: list[DifferenceView]
    off_the_decree: list[str]
    items: list[MemberDifference]
    next: str | None
    position: int

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
    """A member, by id, and by list and row with which the membership began; and in which counts the member stands.

    `last_day` and `ended_for` where the member died or left.
    """

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


class PlaceOfStatement(Shape, kw_only=True):
    """Heads registered and paid for in the month, those covered on `as_of`, and rupiah, of one ward."""

    district: str
    ward: str
    heads: int
    paid_heads: int
    covered: int
    lapsing_30_days: int
    invoiced: int
    paid: int


class OccupationOfStatement(Shape, kw_only=True):
    """Heads registered and paid for in the month, those covered on `as_of`, and rupiah, of one occupation."""

    code: str
    name_id: str
    name_en: str
    heads: int
    paid_heads: int
    covered: int
    lapsing_30_days: int
    invoiced: int
    paid: int


class StageOfStatement(Shape, kw_only=True):
    """Claims in one status, with what was approved and paid on them. waiting_on: whose turn it is."""

    status: str
    label_id: str
    label_en: str
    waiting_on: str
    claims: int
    approved: int
    paid: int


class RejectedOfStatement(Shape, kw_only=True):
    """Claims refused for one reason, and the reason in both languages."""

    code: str
    reason_id: str
    reason_en: str
    claims: int


class DaysOfStatement(Shape, kw_only=True):
    """Days from the complete file to the last payment of a claim.

    Half of the claims took `median` days at most. Working days are empty where the calendar of holidays ends.
    """

    claims: int
    median: int
    longest: int
    median_working: int | None
    longest_working: int | None


class UnclaimedOfStatement(Shape, kw_only=True):
    """Deaths without a claim on the way: memberships that ended by death without one, reports that were never
    filed, and claims closed because the papers never came."""

    ended_by_death: int
    not_filed: int
    given_up: int


class BudgetOfStatement(Shape, kw_only=True):
    """`left` is the budget less `paid_in`. What was `refunded` went to the sponsor's account, not back into it."""

    budget: int
    paid_in: int
    left: int
    credit: int
    refunded: int
    overpaid_members: int
    overpaid_months: int
    overpaid: int


class LapsingOfStatement(Shape, kw_only=True):
    """Members in grace who lapse on this day if nothing more is paid."""

    lapses_on: date
    members: int


class CoverOfStatement(Shape, kw_only=True):
    """Members covered on `as_of`: active ones and those in grace, and how many of these lapse soon."""

    covered: int
    active: int
    grace: int
    lapsing_14_days: int
    lapsing_30_days: int


class StatementView(Shape, kw_only=True):
    """The month of a programme in heads and money, and where the programme stands.

    `heads`, `differences`, `invoiced`, `paid`, `unpaid`, `wards` and `occupations` are of the contribution month.
    Cover (`cover`, `covered`, `lapsing`) is worked out for `as_of`: the last day of the month, or today while it
    runs. Claims, deaths and budget are those of the whole programme as the log stood at `position`. Nobody is named.
    """

    programme_id: UUID
    name: str
    sponsor: str
    area_code: str
    month: str
    as_of: date
    heads: Heads
    differences: list[DifferenceView]
    cover: CoverOfStatement
    invoiced: int
    paid: int
    unpaid: int
    wards: list[PlaceOfStatement]
    occupations: list[OccupationOfStatement]
    claims: int
    stages: list[StageOfStatement]
    approved: int
    paid_out: int
    days_to_payment: DaysOfStatement | None
    paid_late: int
    unclaimed: UnclaimedOfStatement
    rejected: list[RejectedOfStatement]
    budget: BudgetOfStatement
    lapsing_members: int
    lapsing: list[LapsingOfStatement]
    position: int

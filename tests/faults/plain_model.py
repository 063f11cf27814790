"""The office in plain Python: what a clerk with a pencil would expect. Shares no rule with the engine.

Months are counted as whole numbers, 12 a year. Days are dates. Money is whole rupiah.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

MONTHLY: Final = 16_800  # 10,000 for accidents and 6,800 for deaths, of band 1
LIST_DAY: Final = date(2023, 9, 1)
FUNERAL: Final = 10_000_000
FULL: Final = 42_000_000
BASE_PAPERS: Final = frozenset(
    {
        "JKM_FORM", "MEMBER_CARD", "KTP_DECEASED", "KTP_HEIR", "KK", "DEATH_CERT", "HEIR_CERT", "MARRIAGE",
        "BANK_HEIR",
    }
)  # fmt: skip

# Who worked at an earlier desk may not take a later one (dossier 6.1): at the least these bars hold.
COUNTER: Final = frozenset(
    {"report", "file", "complete_documents", "confirm_complete", "change_payee", "correct_payment_details"}
)
EARLIER: Final = COUNTER | {"start_verification", "report_field_check", "propose_rejection", "calculate"}
BARS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(
        ("start_verification", "order_field_check", "report_field_check", "propose_rejection", "calculate"),
        COUNTER,
    ),
    **dict.fromkeys(("return_calculation", "sign_rejection", "endorse"), EARLIER),
    "approve": EARLIER | {"endorse"},
    "order_payment": EARLIER | {"endorse", "approve"},
    "confirm_payment": EARLIER | {"endorse", "approve", "order_payment"},
    "fail_payment": EARLIER | {"endorse", "approve", "order_payment"},
}


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    return first_day(month + 1) - timedelta(days=1)


def written(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def run_of_unpaid(start: int, paid: Iterable[int], through: int) -> tuple[list[int], int | None]:
    """Return the months left unpaid from `start` to `through`, and the one that is the fourth in a row."""
    unpaid, run, paid = [], 0, set(paid)
    for month in range(start, through + 1):
        run = 0 if month in paid else run + 1
        if run:
            unpaid.append(month)
        if run == 4:
            return unpaid, month
    return unpaid, None


def lapse_day(start: int, paid: set[int]) -> date:
    """Return the first day of the fourth unpaid month in a row, if nothing more is ever paid."""
    _, fourth = run_of_unpaid(start, paid, max(paid | {start}) + 5)
    assert fourth is not None
    return first_day(fourth)


@dataclass
class Payment:
    """Money that came in for the whole list, and the rows it was for in each month."""

    months: frozenset[int]
    heads: frozenset[tuple[int, int]]  # row, month
    amount: int
    credit_used: int
    credit_kept: int


@dataclass
class Claim:
    """A claim as everybody at the counter could tell it."""

    id: str
    row: int
    event_on: date
    status: str = "REPORTED"
    came_from: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, str]] = field(default_factory=list)  # step, person
    papers: dict[str, str] = field(default_factory=dict)  # good papers: code to SHA-256
    asked: set[str] = field(default_factory=set)
    total: int | None = None
    proposed: str | None = None
    paid: int = 0

    def bars(self, step: str, person: str) -> bool:
        return any(who == person and did in BARS.get(step, ()) for did, who in self.taken)

    def knows(self, person: str) -> bool:
        return any(who == person for _, who in self.taken)

    @property
    def holds_the_death(self) -> bool:
        """Whether another claim for this death is barred: not after a withdrawal or a hand-over."""
        return all(step not in ("withdraw", "hand_over_to_jkk", "lapse_incomplete") for step, _ in self.taken)

    @property
    def missing(self) -> set[str]:
        return set(BASE_PAPERS | self.asked) - self.papers.keys()


@dataclass
class Member:
    row: int
    id: str
    status: str = "DRAFT"
    registered_at: int | None = None
    ended_on: date | None = None
    ended_at: int | None = None
    died_on: date | None = None
    lapsed_on: date | None = None  # while the watch's word of it stands
    came_from: str = ""
    taken: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Office:
    """One programme with one list."""

    members: dict[int, Member]
    decreed_on: date
    payments: list[Payment] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    credit: int = 0
    now: int = 0
    today: date = LIST_DAY

    def tick(self) -> int:
        """Return the next moment; what happened at an earlier one was known by then."""
        self.now += 1
        return self.now

    # -- cover, by brute force

    def paid_months(self, row: int) -> set[int]:
        return {month for one in self.payments for meant, month in one.heads if meant == row}

    def heads(self, months: Iterable[int], paid_on: date) -> frozenset[tuple[int, int]]:
        """Return who is paid for in which of these months, as known now: rows with months.

        Money that comes after a lapse is not for who lapsed: that takes another way.
        """
        now = self.tick()
        return frozenset(
            (row, month)
            for month in months
            for row, member in self.members.items()
            if self.is_head(member, month, now)
            and not (member.lapsed_on is not None and member.lapsed_on < paid_on)
        )

    def is_head(self, member: Member, month: int, at: int) -> bool:
        """Whether a member is owed for in a month, as known at a moment; the dead in their month and no later."""
        if member.registered_at is None or member.registered_at > at or last_day(month) < LIST_DAY:
            return False
        ended = member.ended_on is not None and member.ended_at is not None and member.ended_at <= at
        if ended and member.ended_on is not None and member.ended_on < first_day(month):
            return False
        return member.died_on is None or member.died_on >= first_day(month)

    def start(self, row: int) -> date | None:
        paid = self.paid_months(row)
        return max(LIST_DAY, first_day(min(paid))) if paid else None

    def cover(self, row: int, day: date) -> tuple[str, list[int]]:
        """Return the cover of a member on a day and the months owed up to it, looking at every month."""
        start, ended_on = self.start(row), self.members[row].ended_on
        if start is None or day < start:
            return "NOT_STARTED", []
        last = min(day, ended_on) if ended_on else day
        unpaid, fourth = run_of_unpaid(month_of(start), self.paid_months(row), month_of(last))
        if fourth is not None or (ended_on and ended_on < day):
            return "LAPSED", unpaid
        return ("GRACE" if unpaid else "ACTIVE"), unpaid

    # -- money

    def invoice(self, months: Iterable[int], paid_on: date) -> int:
        return MONTHLY * len(self.heads(months, paid_on))

    def reasons_against(self, months: frozenset[int], paid_on: date, total: int) -> set[str]:
        """Return every code for which a payment of the whole list could be refused."""
        before = {month for one in self.payments for month in one.months}
        reasons = set()
        if before & months:
            reasons.add("duplicate")
        if before and (min(months) < min(before) or paid_on > lapse_day(min(before), before)):
            reasons.add("guard_failed")
        if not total:
            reasons |= {"guard_failed", "amount_differs"}
        return reasons

    # -- claims

    def outcome(self, claim: Claim) -> tuple[str, int]:
        """Return what the law gives: the outcome and the total in rupiah."""
        status, _ = self.cover(claim.row, claim.event_on)
        match status:
            case "ACTIVE":
                return "PAY", FULL
            case "GRACE":
                return "HOLD_ARREARS", FULL
        return f"REJECT_{status}", 0

    def needs_two(self, claim: Claim) -> bool:
        """Whether the list's decree came after the death (dossier 2.8)."""
        return LIST_DAY <= claim.event_on < self.decreed_on

    def begin_day(self, day: date) -> None:
        """Do what the watch does: months unpaid, arrears settled, memberships lapsed."""
        dead = {row for row, one in self.members.items() if one.died_on is not None}  # handed over or not
        for row, member in self.members.items():
            start = self.start(row)
            if row in dead or start is None:
                continue
            before = run_of_unpaid(month_of(start), self.paid_months(row), month_of(day) - 1)[0]
            lapses_on = lapse_day(month_of(start), self.paid_months(row))
            if member.status == "ACTIVE" and before:
                member.status = "GRACE"
            if member.status in ("GRACE", "LAPSED") and not before:
                member.status, member.lapsed_on = "ACTIVE", None
            if member.status == "GRACE" and lapses_on <= day:
                member.status, member.lapsed_on = "LAPSED", lapses_on

"""The statement of a programme for its mayor: one month in heads and money, and where the programme stands."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import asyncpg

from domain.period import Month
from domain.working_days import CALENDAR
from projections.claim_register.projection import REGISTER as CLAIM_REGISTER
from projections.claim_register.projection import ClaimRegister
from projections.enrollment_register.projection import REGISTER, EnrollmentRegister
from projections.positions import snapshot
from projections.programme_ledger.cover import Cover, covers
from projections.programme_ledger.months import MonthOfList, month_of_list
from projections.programme_ledger.overpaid import DIED, Overpaid, overpaid_in
from projections.programme_ledger.projection import (
    CLAIMS,
    ENDS,
    PAYMENTS,
    PROGRAMMES,
    REFUNDS,
    ProgrammeLedger,
)
from projections.programme_ledger.standings import Alike, Counts, alike_in, places
from projections.reader import Db

MODELS: Final = (ProgrammeLedger, EnrollmentRegister, ClaimRegister)
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Claims that stand in one status of a lifecycle; what was approved and paid on them, whole rupiah."""

    definition: str  # jkm-claim@1
    status: str
    claims: int
    approved: int
    paid: int


@dataclass(frozen=True, kw_only=True)
class DaysToPay:
    """Days from the complete file to the last payment: of half the claims at most `median`, of none above `longest`.

    Working days are None where the calendar of holidays does not reach.
    """

    claims: int
    median: int
    longest: int
    median_working: int | None
    longest_working: int | None


@dataclass(frozen=True, kw_only=True)
class Unclaimed:
    """Deaths for which nobody was paid or refused, and nobody is working on it.

    ended_by_death: members whose membership ended by death, without a claim. not_filed: deaths reported, the
    claim never filed. given_up: claims closed because the papers never came.
    """

    ended_by_death: int
    not_filed: int
    given_up: int


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Whole rupiah. left: the budget less what was paid in; what went back to the sponsor is shown beside it."""

    budget: int
    paid_in: int
    credit: int
    refunded: int

    @property
    def left(self) -> int:
        return self.budget - self.paid_in


@dataclass(frozen=True, kw_only=True)
class Part(Generic[K]):
    """The members of one ward or occupation: their month, and their cover."""

    key: K
    heads: MonthOfList
    cover: Cover


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A month, and the programme as it stood at `position` of the log.

    as_of: the last day of the month, or today while it runs: the day for which cover is worked out. by_ward:
    by district and ward. paid_late: claims that were paid after the day of the law.
    """

    month: Month
    as_of: date
    total: MonthOfList
    cover: Cover
    by_ward: tuple[Part[tuple[str, str]], ...]
    by_occupation: tuple[Part[str], ...]
    stages: tuple[Stage, ...]
    rejected: tuple[tuple[str, int], ...]
    days: DaysToPay | None
    unclaimed: Unclaimed
    budget: Budget
    overpaid: tuple[Overpaid, ...]
    paid_late: int
    position: int


class ProgrammeStatementView:
    """Statements, worked out in one snapshot of what the read models hold."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def statement(
        self, programme_id: UUID, month: Month, *, as_of: date, segment: str
    ) -> Statement | None:
        """Return the statement of a month, or None for a programme that is not known."""
        async with snapshot(self._pool, *MODELS) as (db, position):
            return await statement_in(
                db, programme_id, month, as_of=as_of, segment=segment, position=position
            )


async def statement_in(
    db: Db, programme_id: UUID, month: Month, *, as_of: date, segment: str, position: int
) -> Statement | None:
    budget = await _budget(db, programme_id)
    if budget is None:
        return None
    alike = await alike_in(db, programme_id, month=month, by_home=True)
    claims = await _claims(db, programme_id)
    total, cover = Counts(), Cover(as_of)
    for (one, place), covered in zip(places(alike, month), covers(alike, as_of), strict=True):
        total.add(place, one.wage_base, one.members)
        cover.add(covered, one.members)
    return Statement(
        month=month,
        as_of=as_of,
        total=month_of_list(month, None, total, segment),
        cover=cover,
        by_ward=_split(alike, month, segment, as_of, [one.home for one in alike]),
        by_occupation=_split(alike, month, segment, as_of, [one.occupation for one in alike]),
        stages=_stages(claims),
        rejected=_rejected(claims),
        days=_days_to_pay(claims),
        unclaimed=await _unclaimed(db, programme_id, claims),
        budget=budget,
        overpaid=await overpaid_in(db, programme_id, segment),
        paid_late=sum((one["days_late"] or 0) > 0 for one in claims),
        position=position,
    )


def _split(
    alike: list[Alike], month: Month, segment: str, on: date, groups: Sequence[K]
) -> tuple["Part[K]", ...]:
    """Return the month and the cover of each group that has heads in it, in the order of the groups."""
    counted: dict[K, tuple[Counts, Cover]] = {}
    for (one, place), covered, group in zip(places(alike, month), covers(alike, on), groups, strict=True):
        counts, cover = counted.setdefault(group, (Counts(), Cover(on)))
        counts.add(place, one.wage_base, one.members)
        cover.add(covered, one.members)
    return tuple(
        Part(key=group, heads=month_of_list(month, None, counts, segment), cover=cover)
        for group, (counts, cover) in sorted(counted.items(), key=lambda item: str(item[0]))
        if counts.registered or counts.invoiced
    )


async def _budget(db: Db, programme_id: UUID) -> Budget | None:
    row = await db.fetchrow(
        f"""
        select budget, credit,
            (select coalesce(sum(amount), 0)::bigint from {PAYMENTS.name} where programme_id = $1) as paid_in,
            (select coalesce(sum(amount), 0)::bigint from {REFUNDS.name}
                where programme_id = $1 and sent_to = 'account') as refunded
        from {PROGRAMMES.name} where programme_id = $1""",
        programme_id,
    )
    return Budget(**row) if row else None


async def _claims(db: Db, programme_id: UUID) -> "list[asyncpg.Record]":
    return await db.fetch(
        "select status, definition, outcome, coalesce(approved_amount, 0) as approved, paid_amount as paid,"
        f" complete_on, paid_on, days_late from {CLAIM_REGISTER.name} where programme_id = $1",
        programme_id,
    )


async def _unclaimed(db: Db, programme_id: UUID, claims: "Iterable[asyncpg.Record]") -> Unclaimed:
    ended = await db.fetchval(
        f"""
        select count(*) from {ENDS.name} e join {REGISTER.name} r using (enrollment_id)
        where r.programme_id = $1 and e.ended_for = $2 and not exists (
            select from {CLAIMS.name} c where c.person_id = r.person_id and not c.is_withdrawn)""",
        programme_id,
        DIED,
    )
    given_up = [one for one in claims if one["status"] == "CLOSED" and not (one["paid"] or one["outcome"])]
    return Unclaimed(
        ended_by_death=ended,
        not_filed=sum(one["status"] == "REPORTED" for one in claims),
        given_up=len(given_up),
    )


def _stages(claims: "Iterable[asyncpg.Record]") -> tuple[Stage, ...]:
    found: dict[tuple[str, str], list[asyncpg.Record]] = {}
    for one in claims:
        found.setdefault((one["definition"], one["status"]), []).append(one)
    return tuple(
        Stage(
            definition=definition,
            status=status,
            claims=len(those),
            approved=sum(one["approved"] for one in those),
            paid=sum(one["paid"] for one in those),
        )
        for (definition, status), those in sorted(found.items())
    )


def _rejected(claims: "Iterable[asyncpg.Record]") -> tuple[tuple[str, int], ...]:
    """Return how many claims were refused, by code; a proposal to reject is none yet."""
    codes = Counter(
        one["outcome"]
        for one in claims
        if one["status"] in ("REJECTED", "CLOSED") and (one["outcome"] or "").startswith("REJECT_")
    )
    return tuple(sorted(codes.items()))


def _days_to_pay(claims: "Iterable[asyncpg.Record]") -> DaysToPay | None:
    paid = [(one["complete_on"], one["paid_on"]) for one in claims if one["complete_on"] and one["paid_on"]]
    if not paid:
        return None
    # Acts are recorded late and out of order: money that came before the file was complete took no day.
    spans = [(complete_on, max(complete_on, paid_on)) for complete_on, paid_on in paid]
    days = [(paid_on - complete_on).days for complete_on, paid_on in spans]
    worked = [CALENDAR.between(complete_on, paid_on) for complete_on, paid_on in spans]
    known = [one for one in worked if one is not None]
    is_known = len(known) == len(worked)
    return DaysToPay(
        claims=len(paid),
        median=median_low(days),
        longest=max(days),
        median_working=median_low(known) if is_known else None,
        longest_working=max(known) if is_known else None,
    )

"""Where the members of a programme stand, counted by all that their months follow from: few rows for many members."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from domain.period import Month
from domain.programme.reconciliation import Place, Standing, place_in
from projections.enrollment_register.alike import ALIKE, KEY
from projections.enrollment_register.projection import REGISTER
from projections.programme_ledger.overpaid import GONE, WHO_IS_GONE, last_day
from projections.programme_ledger.projection import PAYMENTS
from projections.reader import Db

# Alias r: a member. Parameters: the programme, a list or null, and the month asked about or null. Alias l: since
# which position of the log the list that a payment is for carries the member.
_AFTER_COUNT: Final = f"""exists (
    select from {PAYMENTS.name} p join (
        select r.roster_id, r.registered_position
        union all select * from unnest(r.renewed_lists, r.renewed_at)) as l (roster_id, since)
        using (roster_id)
    where $3::text = any (p.months) and p.head_position < l.since)"""
_IN_QUESTION: Final = "($2::uuid is null or r.roster_id = $2 or r.renewed_lists @> array[$2::uuid])"
_MEMBERS: Final = f"""
    select r.enrollment_id, r.begun_position, r.list_row, r.roster_id, r.wage_base, r.district, r.ward,
        r.occupation, r.status, r.registered_position is not null as is_registered, r.listed_from,
        r.paid_months, r.renewed_lists, r.renewed_from, e.ended_on, e.ended_for, d.died_on,
        {_AFTER_COUNT} as after_count
    from {REGISTER.name} r {GONE}
    where r.programme_id = $1 and {_IN_QUESTION} and (r.registered_position is not null or r.status = 'DECREED')"""

# At which position of the log the heads of each list were first counted for a payment of the month.
_COUNTED_AT: Final = f"""
    select roster_id, min(head_position) as position from {PAYMENTS.name}
    where programme_id = $1 and $3::text = any (months) and roster_id is not null group by 1"""

# Members who are not like the crowd: who died or left, and who came after the heads of the month were counted.
_APART: Final = f"""
    {WHO_IS_GONE}
    union
    select late.enrollment_id
    from ({_COUNTED_AT}) as c cross join lateral (  -- by index, list by list: few, if any
        select r.enrollment_id from {REGISTER.name} r
        where r.roster_id = c.roster_id and r.registered_position > c.position
            and not $3::text = any (r.paid_months)
        offset 0) as late
    union
    select r.enrollment_id
    from {REGISTER.name} r join ({_COUNTED_AT}) as c
        on r.renewed_lists <> '{{}}' and r.renewed_lists @> array[c.roster_id]
    where c.position < any (r.renewed_at) and not $3::text = any (r.paid_months)"""

# The crowd as it is counted, less those apart, who are looked at one by one.
_COUNTED: Final = f"""
    with apart as materialized (
        select * from ({_MEMBERS}) as m where enrollment_id in ({_APART}))
    select {", ".join(f"r.{name}" for name in KEY)}, r.members,
        null::date as ended_on, null::text as ended_for, null::date as died_on, false as after_count
    from {ALIKE.name} r
    where r.programme_id = $1 and {_IN_QUESTION} and (r.is_registered or r.status = 'DECREED')
    union all
    select $1, {", ".join(KEY[1:])}, -1, null, null, null, false from apart
    union all
    select $1, {", ".join(KEY[1:])}, 1, ended_on, ended_for, died_on, after_count from apart"""
_LIKE: Final = (
    "roster_id, renewed_lists, renewed_from, wage_base, status, is_registered, listed_from, paid_months,"
    " ended_on, ended_for, died_on, after_count"
)
SLICE: Final = 1_000  # members looked at in one go


@dataclass(frozen=True, kw_only=True)
class Alike:
    """So many members who stand in the same place. home: district and ward; empty where not asked.

    roster_id: the list they came with; renewals: the lists that carry them on, by the first day of each.
    """

    roster_id: UUID | None
    renewals: tuple[tuple[date, UUID], ...]
    wage_base: int
    standing: Standing
    members: int
    home: tuple[str, str] = ("", "")
    occupation: str = ""

    def list_in(self, month: Month) -> UUID | None:
        return list_in(month, self.roster_id, self.renewals)


@dataclass(frozen=True, kw_only=True)
class MemberPlace:
    """One member of whom not all four counts of a month agree. roster_id, row: where the membership began."""

    enrollment_id: UUID
    begun_position: int
    roster_id: UUID | None
    row: int | None
    standing: Standing
    place: Place


@dataclass
class Counts:
    """Members of a month, by what they are to it; `bases` counts those invoiced and those paid by wage base."""

    decreed: int = 0
    registered: int = 0
    invoiced: int = 0
    paid: int = 0
    overpaid: int = 0
    invoiced_by_base: dict[int, int] = field(default_factory=dict)
    paid_by_base: dict[int, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def add(self, place: Place, wage_base: int, members: int) -> None:
        self.decreed += members * place.decreed
        self.registered += members * place.registered
        self.invoiced += members * place.invoiced
        self.paid += members * place.paid
        self.overpaid += members * (place.paid and not place.registered)
        if place.invoiced:
            self.invoiced_by_base[wage_base] = self.invoiced_by_base.get(wage_base, 0) + members
        if place.paid:
            self.paid_by_base[wage_base] = self.paid_by_base.get(wage_base, 0) + members
        if place.code is not None:
            self.codes[place.code] = self.codes.get(place.code, 0) + members


async def alike_in(
    db: Db,
    programme_id: UUID,
    *,
    roster_id: UUID | None = None,
    month: Month | None = None,
    by_home: bool = False,
) -> list[Alike]:
    """Return the members of a programme who were ever decreed, list by list. month: for which `after_count` is asked.

    Those alike come as the register counts them, however many they are.
    """
    home = ", district, ward, occupation" if by_home else ""
    found = await db.fetch(
        f"select {_LIKE}{home}, sum(members)::bigint as members from ({_COUNTED}) as m group by {_LIKE}{home}"
        " having sum(members) > 0 order by listed_from, roster_id",
        programme_id,
        roster_id,
        str(month) if month else None,
    )
    standings: dict[tuple[Any, ...], Standing] = {}  # Any: what a standing follows from
    return [
        Alike(
            roster_id=row["roster_id"],
            renewals=_renewals(row),
            wage_base=row["wage_base"],
            standing=_known(standings, row),
            members=row["members"],
            home=(row["district"], row["ward"]) if by_home else ("", ""),
            occupation=row["occupation"] if by_home else "",
        )
        for row in found
    ]


def _known(standings: dict[tuple[Any, ...], Standing], row: Any) -> Standing:  # Any: see above
    """Return the standing of a row, made once for all rows that share it."""
    key = (
        row["status"],
        row["is_registered"],
        tuple(row["listed_from"]),
        tuple(row["paid_months"]),
        row["ended_on"],
        row["ended_for"],
        row["died_on"],
        row["after_count"],
    )
    if key not in standings:
        standings[key] = _standing(row)
    return standings[key]


async def differing_in(
    db: Db,
    programme_id: UUID,
    month: Month,
    *,
    roster_id: UUID | None,
    code: str | None,
    after: int,
    limit: int,
) -> list[MemberPlace]:
    """Return members of whom not all four counts of a month agree, in the order in which they were enrolled.

    after: the position with which the last one before began. Whoever is paid for and stands is passed over at once.
    """
    found: list[MemberPlace] = []
    while True:
        rows = await db.fetch(
            f"""
            select * from ({_MEMBERS}) as m
            where begun_position > $4 and not (
                is_registered and $3 = any (paid_months) and ended_on is null and died_on is null)
            order by begun_position limit $5""",
            programme_id,
            roster_id,
            str(month),
            after,
            SLICE,
        )
        found += [
            one
            for row in rows
            if roster_id in (None, list_in(month, row["roster_id"], _renewals(row)))
            and (one := _differing(row, month))
            and code in (None, one.place.code)
        ]
        if len(rows) < SLICE or len(found) >= limit:
            return found[:limit]
        after = rows[-1]["begun_position"]


def places(
    alike: Iterable[Alike], month: Month, roster_id: UUID | None = None
) -> Iterator[tuple[Alike, Place]]:
    """Yield where members stand in a month. roster_id: only those whom this list carries then."""
    known: dict[Standing, Place] = {}
    for one in alike:
        if roster_id is not None and one.list_in(month) != roster_id:
            continue
        if one.standing not in known:
            known[one.standing] = place_in(month, one.standing)
        yield one, known[one.standing]


def list_in(month: Month, roster_id: UUID | None, renewals: Iterable[tuple[date, UUID]]) -> UUID | None:
    """Return the list that carries a member in a month: the last renewed one that had begun, or else the first."""
    begun = [renewed for from_on, renewed in renewals if from_on <= month.last_day]
    return begun[-1] if begun else roster_id


def _renewals(row: Any) -> tuple[tuple[date, UUID], ...]:  # Any: a row of _MEMBERS
    """Return renewed lists by their first day, the later renewal of a day last."""
    return tuple(sorted(zip(row["renewed_from"], row["renewed_lists"], strict=True), key=itemgetter(0)))


def _differing(row: Any, month: Month) -> MemberPlace | None:  # Any: a row of _MEMBERS
    standing = _standing(row)
    place = place_in(month, standing)
    if place.code is None:
        return None
    return MemberPlace(
        enrollment_id=row["enrollment_id"],
        begun_position=row["begun_position"],
        roster_id=row["roster_id"],
        row=row["list_row"],
        standing=standing,
        place=place,
    )


def _standing(row: Any) -> Standing:  # Any: a row of _MEMBERS
    left: tuple[date, str] | None = last_day(row["ended_on"], row["ended_for"], row["died_on"])
    return Standing(
        status=row["status"],
        is_registered=row["is_registered"],
        listed_from=tuple(row["listed_from"]),
        paid_months=frozenset(map(Month.parse, row["paid_months"])),
        last_day=left[0] if left else None,
        ended_for=left[1] if left else None,
        after_count=row["after_count"],
    )

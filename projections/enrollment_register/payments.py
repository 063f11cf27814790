"""Months of members as payments and refunds change them: one statement of each kind for any number of members."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from domain.period import Month
from domain.programme.events import ContributionReceived, OverpaidRefunded
from projections.enrollment_register.meant import IS_HEAD, IS_LISTED
from projections.reader import Db

# Of the register: whoever payments and refunds may change. Parameters: what `meant_by` returns.
MEANT: Final = """enrollment_id = any ($1) or roster_id = any ($2)
    or renewed_lists <> '{}' and renewed_lists && $2"""


def meant_by(money: Sequence[Any]) -> tuple[list[UUID], list[UUID]]:  # Any: one of the two facts below
    """Return the members whom payments and refunds name, and the lists that payments are for."""
    payments = [one for one in money if isinstance(one, ContributionReceived)]
    refunds = [one for one in money if isinstance(one, OverpaidRefunded)]
    named = {id_ for one in payments for id_ in one.enrollment_ids}
    named |= {member.enrollment_id for one in refunds for member in one.members}
    return list(named), list({one.roster_id for one in payments if one.roster_id is not None})


async def mark(db: Db, table: str, money: Sequence[Any]) -> None:  # Any: one of the two facts below
    """Write what payments and refunds mean for members, in the order of the log. table: of the register."""
    for comes_in, run in groupby(money, lambda one: isinstance(one, ContributionReceived)):
        await (mark_paid if comes_in else mark_given_back)(db, table, list(run))


async def mark_given_back(db: Db, table: str, refunds: Sequence[OverpaidRefunded]) -> None:
    """Take the months that went back to the sponsor from the members they were paid for."""
    back = [
        (member.enrollment_id, month)
        for refund in refunds
        for member in refund.members
        for month in member.months
    ]
    await db.execute(
        f"""
        with back as (
            select enrollment_id, array_agg(month) as months
            from unnest($1::uuid[], $2::text[]) as p (enrollment_id, month) group by 1)
        update {table} r set paid_months = {without("r.paid_months", "back.months")},
            own_months = {without("r.own_months", "back.months")}
        from back where back.enrollment_id = r.enrollment_id""",
        *zip(*back, strict=True),
    )


async def mark_paid(db: Db, table: str, payments: Sequence[ContributionReceived]) -> None:
    """Add the months of payments to all members they mean, in one statement for each kind."""
    if lists := [
        (
            n,
            pay.roster_id,
            pay.head_position,
            pay.paid_on,
            month,
            Month.parse(month).first_day,
            Month.parse(month).last_day,
        )
        for n, pay in enumerate(payments)
        if pay.roster_id is not None
        for month in pay.months
    ]:
        left_out = [
            (n, death.enrollment_id, month)
            for n, pay in enumerate(payments)
            for death in pay.known_deaths
            for month in pay.months
            if death.died_on < Month.parse(month).first_day
        ]
        await db.execute(
            f"""
            with p as (
                select p.*, false as authorised
                from unnest(
                    $1::int[], $2::uuid[], $3::bigint[], $4::date[], $5::text[], $6::date[], $7::date[]
                ) as p (n, roster_id, head_position, paid_on, month, first_on, last_on)),
            x as (select * from unnest($8::int[], $9::uuid[], $10::text[]) as x (n, enrollment_id, month)),
            m as (  -- each half joined by equality, which a rebuild without indexes can hash
                select r.enrollment_id, p.n, p.month
                from {table} r join p on p.roster_id = r.roster_id and {IS_LISTED} and {IS_HEAD}
                union all
                select r.enrollment_id, p.n, p.month
                from (select o.*, unnest(o.renewed_lists) as renewed_list
                    from {table} o where o.renewed_lists <> '{{}}') as r
                join p on p.roster_id = r.renewed_list and {IS_LISTED} and {IS_HEAD}),
            meant as (
                select m.enrollment_id, array_agg(m.month) as months from m
                where not exists (
                    select from x where x.n = m.n and x.month = m.month
                        and x.enrollment_id = m.enrollment_id)
                group by 1)
            update {table} r set paid_months = {together("r.paid_months || meant.months")}
            from meant where meant.enrollment_id = r.enrollment_id""",
            *zip(*lists, strict=True),
            *(zip(*left_out, strict=True) if left_out else ([], [], [])),
        )
    if named := [(one, month) for pay in payments for one in pay.enrollment_ids for month in pay.months]:
        await db.execute(
            f"""
            with meant as (
                select enrollment_id, array_agg(month) as months
                from unnest($1::uuid[], $2::text[]) as p (enrollment_id, month) group by 1)
            update {table} r set paid_months = {together("r.paid_months || meant.months")},
                own_months = {together("r.own_months || meant.months")}
            from meant where meant.enrollment_id = r.enrollment_id""",
            *zip(*named, strict=True),
        )


def together(months: str) -> str:
    """Return SQL for a set of months: in order, each once."""
    return f"(select array_agg(distinct m order by m) from unnest({months}) as m)"


def without(months: str, others: str) -> str:
    """Return SQL for the months that are none of the others, in order."""
    return f"array(select m from unnest({months}) as m where m <> all ({others}) order by m)"

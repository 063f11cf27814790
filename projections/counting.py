"""How many rows a list has, and how many each choice of a filter would leave: counted by index, up to a bound."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import asyncpg

from projections.positions import page_at, snapshot
from projections.reader import Db, Projection

COUNT_MAX: Final = 5000  # nobody reads on to there; one more says that there are more
VALUES_MAX: Final = 100  # choices of one filter


async def count_rows(db: Db, table: str, conditions: str, values: Sequence[object]) -> int:
    """Return the number of rows, or `COUNT_MAX` + 1 where there are more than `COUNT_MAX`."""
    found: int = await db.fetchval(
        f"select count(*) from (select from {table} where {conditions} limit {COUNT_MAX + 1}) as found",
        *values,
    )
    return found


async def count_by(
    db: Db, table: str, column: str, conditions: str, values: Sequence[object]
) -> Mapping[str, int]:
    """Return the number of rows by the values of a column, in their order; values that have none are left out.

    Few rows are simply grouped. Of many, the values are found by hopping along an index that begins with the
    column, and each is counted as `count_rows` does: that costs what the number of values costs.
    """
    if await count_rows(db, table, conditions, values) <= COUNT_MAX:
        rows = await db.fetch(
            f"select {column} as value, count(*) as rows from {table} where {conditions}"
            f" group by 1 order by 1 limit {VALUES_MAX}",
            *values,
        )
    else:
        rows = await db.fetch(
            f"""
            select value, counted.rows
            from ({hop(table, column)} limit {VALUES_MAX}) as known
            cross join lateral (
                select count(*) as rows from (
                    select from {table} where {column} = known.value and {conditions} limit {COUNT_MAX + 1}
                ) as found) as counted
            where counted.rows > 0 order by value""",
            *values,
        )
    return {row["value"]: row["rows"] for row in rows}


def hop(table: str, column: str) -> str:
    """Return SQL for the values of a column, found by hopping along an index that begins with it."""
    return f"""
        with recursive hop as (
            (select {column} as value from {table} order by {column} limit 1)
            union all
            select (select t.{column} from {table} t where t.{column} > hop.value order by t.{column} limit 1)
            from hop where hop.value is not null)
        select value from hop where value is not null"""


async def page_within(
    pool: "asyncpg.Pool[Any]",
    model: type[Projection],
    area: str | None,
    select: Callable[[Sequence[str] | None], Sequence[Any]],
    order: str,
) -> tuple[Sequence[Mapping[str, Any]], int]:
    """Return rows in an order, and the position that their read model reaches in them.

    area: how the area code begins; None does not narrow. select: returns the query for the area codes that are
    known of the model at that moment, or for all, and its values.
    """
    if area is None:
        query, *values = select(None)
        return await page_at(pool, model, query, *values, order=order)
    async with snapshot(pool, model) as (db, position):
        query, *values = select(await within_area(db, model.tables[0].name, area))
        return await db.fetch(query, *values), position


async def within_area(db: Db, table: str, area: str | None) -> Sequence[str] | None:
    """Return the area codes of a table that begin like this; None stands for everywhere.

    An index finds rows of known codes, where it could not find codes that begin like something.
    """
    if area is None:
        return None
    codes = await db.fetch(hop(table, "area_code"))
    return [row["value"] for row in codes if row["value"].startswith(area)]

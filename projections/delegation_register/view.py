"""Which delegations there are, and which may let somebody act today."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from projections.delegation_register.projection import DELEGATIONS, Delegated, DelegationRegister
from projections.page import Page, read_cursor, where, within_limit
from projections.positions import snapshot
from store.connection import fetch

_LIST: Final = "delegations"  # in cursors


class DelegationRegisterView:
    """Delegations, the newest first."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def page(
        self,
        *,
        person: str | None = None,
        active_on: date | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Delegated]:
        """Return delegations. person: from or to whom. active_on: in force on that legal day."""
        limit, before = within_limit(limit), read_cursor(_LIST, cursor, int)
        conditions, values = where(
            {
                "? in (absent, delegate)": person,
                "? between starts_on and ends_on and revoked_at is null": active_on,
                "begun_position < ?": before,
            }
        )
        async with snapshot(self._pool, DelegationRegister) as (db, position):
            found = await db.fetch(
                f"select {', '.join(DELEGATIONS.names)} from {DELEGATIONS.name} where {conditions}"
                f" order by begun_position desc limit ${len(values) + 1}",
                *values,
                limit + 1,
            )
        rows = [Delegated(**row) for row in found]
        return Page.of(_LIST, rows, limit, position, lambda row: row.begun_position)

    async def of_delegate(self, person: str, day: date) -> list[UUID]:
        """Return the delegations by which somebody may fill a chair on a legal day; the office judges them.

        Where the model is being built nothing is known of, and nobody gets more than the own roles.
        """
        try:
            found = await fetch(
                self._pool,
                f"""
                select delegation_id from {DELEGATIONS.name}
                where delegate = $1 and revoked_at is null and $2 between starts_on and ends_on
                order by begun_position""",
                person,
                day,
            )
        except asyncpg.UndefinedTableError:
            return []
        return [row["delegation_id"] for row in found]

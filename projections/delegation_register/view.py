"""Which delegations there are, and which may let somebody act today."""

import asyncio
from datetime import date
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

import asyncpg

from projections.delegation_register.projection import CHANNEL, DELEGATIONS, Delegated, DelegationRegister
from projections.page import Page, read_cursor, where, within_limit
from projections.positions import snapshot
from store.connection import fetch
from store.store import Store

REMEMBERED_MAX: Final = 4_096  # people
Looking: TypeAlias = "asyncio.Task[list[asyncpg.Record]]"
_LIST: Final = "delegations"  # in cursors
_OF_DELEGATE: Final = f"""
    select delegation_id, starts_on, ends_on from {DELEGATIONS.name}
    where delegate = $1 and revoked_at is null order by begun_position"""


class DelegationRegisterView:
    """Delegations, the newest first. One per process."""

    def __init__(self, store: Store) -> None:
        self._pool = store.pool
        self._of_delegates: dict[str, Looking] = {}  # by person: answered, or under way
        store.listen(CHANNEL, lambda _: self.forget())

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

        Every request asks and hardly anybody fills a chair, so what was found is remembered: until the
        model announces that a delegation came or went, and for a second at most. Where the model is being
        built nothing is known of, and nobody gets more than the own roles.
        """
        looking = self._of_delegates.get(person)
        if looking is None:
            looking = self._look_up(person)
        try:
            found = looking.result() if looking.done() else await asyncio.shield(looking)
        except asyncpg.UndefinedTableError:
            return []
        return [row["delegation_id"] for row in found if row["starts_on"] <= day <= row["ends_on"]]

    def forget(self) -> None:
        """Look up everybody anew."""
        self._of_delegates.clear()

    def _look_up(self, person: str) -> "Looking":
        """Look up the delegations to somebody that were not revoked, for all who ask meanwhile."""
        looking = asyncio.create_task(fetch(self._pool, _OF_DELEGATE, person), name="look for delegations")
        if len(self._of_delegates) >= REMEMBERED_MAX:
            self._of_delegates.clear()
        self._of_delegates[person] = looking
        looking.add_done_callback(partial(self._keep_answers_only, person))
        return looking

    def _keep_answers_only(self, person: str, looked: "Looking") -> None:
        """Let go of a look that came to nothing."""
        if (looked.cancelled() or looked.exception()) and self._of_delegates.get(person) is looked:
            del self._of_delegates[person]

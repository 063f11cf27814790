"""Sessions that were ended before their time, so that a copied cookie is dead: on every process, at once."""

from datetime import datetime
from typing import Any

import asyncpg

from store.connection import fetch


class EndedSessions:
    """Remembers which sessions were ended until they would have ended by themselves."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def end(self, session: str, ends_at: datetime, now: datetime) -> None:
        """End a session. ends_at: when it would end by itself. To end it again changes nothing."""
        await self._pool.execute("delete from work.ended_session where ends_at < $1", now)
        await self._pool.execute(
            "insert into work.ended_session (id, ends_at) values ($1, $2) on conflict (id) do nothing",
            session,
            ends_at,
        )

    async def has_ended(self, session: str) -> bool:
        """Whether somebody ended a session."""
        return bool(await fetch(self._pool, "select 1 from work.ended_session where id = $1", session))

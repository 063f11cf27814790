"""What processes and the office ask of the outer rooms; the composition root fills these in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.fact import Fact
from domain.period import Month


class HeadCounts(Protocol):
    """Members by month and wage base, as the log stood at a position."""

    async def heads(
        self,
        *,
        roster_id: UUID | None,
        enrollment_ids: Sequence[UUID],
        months: Sequence[Month],
        position: int,
    ) -> Mapping[Month, Mapping[int, int]]:
        """Return heads by month and by wage base (rupiah a month). Raises `Busy` if the view lags."""
        ...


class HeldClaims(Protocol):
    """Which claims of a programme wait for arrears."""

    async def waiting_for_arrears(self, programme_id: UUID, position: int) -> Sequence[UUID]:
        """Return claims in HELD_ARREARS, as the log stood at a position."""
        ...


class Clock(Protocol):
    """The instant at which a process decides on what a fact calls for; time zone aware."""

    def __call__(self, cause: Fact) -> datetime: ...

"""What processes and the office ask of the outer rooms; the composition root fills these in."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from domain.fact import Fact


class TakenUp(Protocol):
    """How many workers a programme has taken up."""

    async def __call__(self, programme_id: UUID, *, besides: UUID | None) -> int:
        """Return the enrollments that stand, as the log has them now, leaving out those of one list."""
        ...


class Watched(Protocol):
    """Which enrollments a new day may bring something."""

    async def due_on(self, day: date, *, position: int, after: UUID | None, limit: int) -> list[UUID]:
        """Return candidates in the order of their ids, as the log stood at a position."""
        ...


class RanOut(Protocol):
    """Which clocks were due before a day and ask for something."""

    async def ran_out(
        self, day: date, *, position: int, after: tuple[date, UUID, str] | None, limit: int, acted: bool
    ) -> list[tuple[date, UUID, str]]:
        """Return due day, case and name of clocks in that order, as the log stood at a position.

        acted: also those on record as missed that a step of SYSTEM is still to follow.
        """
        ...


class HeldClaims(Protocol):
    """Which claims of a programme wait for arrears."""

    async def waiting_for_arrears(self, programme_id: UUID, position: int) -> Sequence[UUID]:
        """Return claims in HELD_ARREARS, as the log stood at a position."""
        ...


class SameAccount(Protocol):
    """Another claim whose payee is to be paid into the same account.

    is_owner: no claim named the account earlier. is_other_payee: it does not name the same heir.
    """

    @property
    def claim_id(self) -> UUID: ...
    @property
    def is_owner(self) -> bool: ...
    @property
    def is_other_payee(self) -> bool: ...


class ClaimTraces(Protocol):
    """What claims for different people have in common."""

    async def same_account(self, claim_id: UUID, *, position: int, limit: int) -> Sequence[SameAccount]:
        """Return other claims with an account of this one, the earliest first, as of a position at least."""
        ...

    async def same_paper(self, claim_id: UUID, sha256: str, *, position: int, limit: int) -> Sequence[UUID]:
        """Return other claims with this content in their file, the earliest first, as of a position at least."""
        ...


class LookFirst(Protocol):
    """Writes down what members must have come to before a step, where the watch of its day did not come by yet."""

    async def __call__(self, step: str, members: Sequence[UUID], *, day: date, at: datetime) -> None: ...


class Clock(Protocol):
    """The instant at which a process decides on what a fact calls for; time zone aware."""

    def __call__(self, cause: Fact) -> datetime: ...

"""Refused attempts of weight, put on record beside the case they were aimed at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from domain.attempt.events import AttemptRefused, attempts_of
from domain.refusal import Busy, Duplicate, Refusal
from store.mapper import SealingMapper
from store.records import Append
from store.store import Store
from workflows.cases import Cases
from workflows.days import legal_day
from workflows.turns import Turns

TRIES: Final = 5


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Who tried which step of a case, when, and by which command."""

    case_id: UUID
    step: str
    actor: str
    roles: frozenset[str]
    at: datetime
    command_id: UUID


def _in_which_roles(attempt: Attempt, refusal: Refusal) -> tuple[tuple[str, ...], UUID | None]:
    """Return the roles of an attempt, and the delegation where it was refused to somebody in a chair."""
    if refusal.chair is not None:
        role, delegation = refusal.chair
        return (role,), delegation
    return tuple(sorted(attempt.roles)), None


def weighs(refusal: Refusal) -> bool:
    """Whether a refused attempt is put on record: the codes of weight, and a second death claim."""
    return refusal.weighs or (isinstance(refusal, Duplicate) and refusal.detail.get("key") == "death-claim")


class Attempts:
    """Writes refused attempts into streams of their own, so that none moves the version of a case."""

    def __init__(self, store: Store, mapper: SealingMapper, cases: Cases) -> None:
        self._store = store
        self._mapper = mapper
        self._cases = cases
        self._turns = Turns()

    async def put_on_record(
        self, attempt: Attempt, refusal: Refusal, *, simulated_at: datetime | None = None
    ) -> None:
        """Record an attempt, once for each command. Raises `Busy` where too many come at once."""
        stream = attempts_of(attempt.case_id)
        async with self._turns.taken([stream]):
            for _ in range(TRIES):
                event = await self._event(stream, attempt, refusal)
                sealed = await self._mapper.seal([event])
                append = Append(
                    command_id=uuid5(attempt.command_id, f"attempt/{refusal.code}"),
                    request=b"attempt",
                    events=sealed.events,
                )
                [verdict] = await self._store.append([append], simulated_at=simulated_at)
                if verdict.outcome != "stale":
                    return
        raise Busy("too many attempts on this case at once: send the same again")

    async def _event(self, stream: UUID, attempt: Attempt, refusal: Refusal) -> AttemptRefused:
        earlier = await self._store.read_streams([stream, attempt.case_id])
        own = earlier.get(attempt.case_id)
        roles, delegation = _in_which_roles(attempt, refusal)
        return AttemptRefused(
            originator_id=stream,
            originator_version=len(earlier.get(stream, ())) + 1,
            timestamp=attempt.at,
            actor=attempt.actor,
            acting_roles=roles,
            delegation=delegation,
            effective_on=legal_day(attempt.at),
            command_id=attempt.command_id,
            step=attempt.step,
            from_status=self._cases.fold(own).status if own else None,
            case_id=attempt.case_id,
            code=refusal.code,
            message=refusal.message,
        )

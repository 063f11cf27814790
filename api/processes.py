"""The processes of a house, run by a process of their own: what a list takes up keeps nobody waiting who asks."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from api.kept import SILENCE_MAX, Kept, States, Told, follow
from domain.fact import Fact
from domain.working_days import CALENDAR
from projections.claim_register.view import ClaimRegisterView
from projections.claim_traces.view import ClaimTracesView
from projections.enrollment_register.view import EnrollmentRegisterView
from projections.follower import State
from projections.positions import Positions
from store.documents import Documents
from store.mapper import SealingMapper
from store.master_key import load_master_key
from store.sealing import Keyring
from store.store import Store
from workflows.office import Office
from workflows.ports import Clock
from workflows.processes.claim_comparison import ClaimComparison
from workflows.processes.contributions import ArrearsReleaseClaims, ContributionsReachMembers
from workflows.processes.coverage_watch import CoverageWatch
from workflows.processes.list_check import ListCheck
from workflows.processes.member_steps import MemberSteps
from workflows.publishing import library_of_the_log
from workflows.runner import Process, run_all, runners_of
from workflows.standings import Standings

WHAT: Final = "processes"
NAMES: Final = tuple(
    process.name
    for process in (ListCheck, MemberSteps, ContributionsReachMembers, ArrearsReleaseClaims, ClaimComparison)
)
READERS: Final = 8  # connections, besides those that follow
PATIENCE: Final = 5.0  # seconds a process waits for a read model before it tries again


class Processes(Kept):
    """Keeps one process that runs all processes."""

    def __init__(self, told: Told, *, names: Sequence[str] = NAMES, silence_max: float = SILENCE_MAX) -> None:
        super().__init__("api.processes", WHAT, names, told, silence_max=silence_max)


async def taken_up(
    store: Store,
    positions: Positions,
    enrollments: EnrollmentRegisterView,
    programme_id: UUID,
    *,
    besides: UUID | None,
) -> int:
    """Return how many workers a programme has, as the log has it now, leaving out those of one list."""
    position = await store.last_position()
    await positions.wait_for("enrollment_register", position, timeout=PATIENCE)
    return await enrollments.taken_up(programme_id, besides=besides)


@asynccontextmanager
async def _opened(told: Told) -> AsyncIterator[Callable[[], States]]:
    async with await Store.open(told.url, readers=READERS) as store:
        keyring = Keyring(load_master_key(Path(told.home), os.environ), store.pool)
        mapper = SealingMapper(keyring)
        runners = runners_of(await _processes(store, keyring, mapper), store, mapper, told.url)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(run_all(runners))
            yield lambda: {runner.name: State(runner.doing) for runner in runners}
            running.cancel()


async def _processes(store: Store, keyring: Keyring, mapper: SealingMapper) -> Sequence[Process]:
    """Return all processes, with an office that knows the definitions which the house published in the log."""
    origin = await store.origin()
    assert origin is not None, "the house began the log"
    library = await library_of_the_log(store, mapper)
    office = Office(store, mapper, library, CALENDAR, simulated=origin.simulated)
    clock, positions = _clock(simulated=origin.simulated), Positions(store)
    enrollments = EnrollmentRegisterView(store.pool, positions)
    standings = Standings(store, keyring, office.cases)
    return (
        ListCheck(
            office,
            Documents(store, keyring),
            standings,
            clock,
            partial(taken_up, store, positions, enrollments),
        ),
        MemberSteps(office, clock, CoverageWatch(office, enrollments).before_step),
        ContributionsReachMembers(office, clock),
        ArrearsReleaseClaims(office, clock, _HeldClaims(ClaimRegisterView(store.pool), positions)),
        ClaimComparison(office, clock, ClaimTracesView(store.pool, positions)),
    )


@dataclass(frozen=True)
class _HeldClaims:
    """Claims that wait for arrears, from the claim register."""

    view: ClaimRegisterView
    positions: Positions

    async def waiting_for_arrears(self, programme_id: UUID, position: int) -> Sequence[UUID]:
        await self.positions.wait_for("claim_register", position, timeout=PATIENCE)
        found: list[UUID] = []
        cursor: str | None = None
        while True:
            page = await self.view.page(
                status="HELD_ARREARS", programme_id=programme_id, cursor=cursor, limit=200
            )
            found += [claim.id for claim in page.items]
            if page.next is None:
                return found
            cursor = page.next


def _clock(*, simulated: bool) -> Clock:
    """Return when processes decide: now, or in a demonstration at the hour of the fact they answer."""

    def instant(cause: Fact) -> datetime:
        return cause.decided_at if simulated else max(datetime.now(UTC), cause.decided_at)

    return instant


if __name__ == "__main__":
    follow(WHAT, _opened)

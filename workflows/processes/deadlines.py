"""What a new day brings to clocks: that one ran out is put on record, and what follows from it is done.

The read model names the candidates; the log decides. A clock that is on record as missed is never missed
again while it runs, so a watch that was cut off, slept for days or runs twice comes to the same end.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from domain.case import Case
from domain.claim.commands import MissClock as MissClockOfClaim
from domain.clocks import TICKING
from domain.command import SYSTEM, SYSTEM_ROLE, Command
from domain.enrollment.commands import MissClock
from domain.refusal import Refusal, StepNotOpen
from workflows.catalogue import STEP_COMMANDS
from workflows.lifecycle import Definition
from workflows.office import Office
from workflows.ports import RanOut
from workflows.processes.coverage_watch import DayBegan
from workflows.processes.member_steps import carry_out_patiently

SLICE: Final = 20  # clocks in one round: between two rounds, people's work goes on
MISS: Final = {"claim": MissClockOfClaim, "enrollment": MissClock}
PASSED_OVER: Final = frozenset(  # somebody acted meanwhile, or a person has to: others do not wait for that
    {"step_not_open", "guard_failed", "not_your_role", "documents_missing"}
)


class Deadlines:
    """Writes down which clocks ran out, in due order, and takes the steps that follow."""

    name = "deadlines"

    def __init__(self, office: Office, due: RanOut) -> None:
        self._office = office
        self._due = due

    async def day_began(self, fact: DayBegan, *, acted: bool = True) -> int:
        """Write down everything that was due before a day; return how many facts there were.

        acted: try also again what should have followed earlier; without it only what is new.
        """
        position, written = await self._office.store.last_position(), 0
        after: tuple[date, UUID, str] | None = None
        while found := await self._due.ran_out(
            fact.day, position=position, after=after, limit=SLICE, acted=acted
        ):
            after = found[-1]
            written += await self._look_at([case_id for _, case_id, _ in found], fact)
        return written

    async def _look_at(self, ids: list[UUID], fact: DayBegan) -> int:
        missed = await self._carried_out(
            command for case in await self._cases(ids) for command in self._missed(case, fact)
        )
        steps = await self._carried_out(
            command for case in await self._cases(ids) for command in self._following(case, fact)
        )
        return missed + steps

    async def _cases(self, ids: Iterable[UUID]) -> list[Case]:
        found = await self._office.cases.load(ids)
        await asyncio.sleep(0)  # folding takes its time: let others have theirs
        return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]

    async def _carried_out(self, commands: Iterable[Command]) -> int:
        outcomes = await carry_out_patiently(self._office, list(commands))
        for outcome in outcomes:
            if isinstance(outcome, Refusal) and outcome.code not in PASSED_OVER:
                raise outcome
        return sum(not isinstance(outcome, Refusal) for outcome in outcomes)

    def _missed(self, case: Case, fact: DayBegan) -> Iterator[Command]:
        """Yield that clocks ran out, each on the day after it was due."""
        definition = self._office.definition_of(case)
        for clock in case.clocks.values():
            if clock.due_on is not None and clock.due_on < fact.day and clock.change in TICKING:
                assert definition is not None, "a clock runs by a definition"
                header = _header(case, f"missed/{clock.clock}", fact, clock.due_on + timedelta(days=1))
                yield MISS[definition.aggregate](
                    **header,
                    clock=clock.clock,
                    due_on=clock.due_on,
                    consequence=_consequence(definition, clock.clock),
                )

    def _following(self, case: Case, fact: DayBegan) -> Iterator[Command]:
        """Yield the step that SYSTEM takes because a clock was missed, where it may take it now."""
        definition = self._office.definition_of(case)
        for clock in case.clocks.values():
            step = _consequence(definition, clock.clock) if definition and clock.change == "missed" else None
            if definition and step and _may_take(definition, step, case):
                command = STEP_COMMANDS[definition.aggregate, step]
                yield command(**_header(case, f"follows/{clock.clock}", fact, fact.day))


def _consequence(definition: Definition, clock: str) -> str | None:
    rule = definition.clocks[clock]
    return rule.missed.step if rule.missed else None


def _may_take(definition: Definition, step: str, case: Case) -> bool:
    """Whether the way that is open now is one for SYSTEM."""
    try:
        way = definition.way(step, case.status, case.facts(), case.entered_from)
    except StepNotOpen:
        return False
    return SYSTEM_ROLE in way.roles


def _header(case: Case, label: str, fact: DayBegan, effective_on: date) -> dict[str, Any]:
    """Return a command's header; its id derives from where the case stands, so that it is carried out once."""
    return {
        "command_id": uuid5(case.id, f"deadlines/{label}/{case.version}"),
        "case_id": case.id,
        "issued_by": SYSTEM,
        "roles": frozenset({SYSTEM_ROLE}),
        "decided_at": fact.at,
        "effective_on": effective_on,
        "keyed": True,
    }

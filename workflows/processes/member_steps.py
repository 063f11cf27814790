"""Carries a step asked of a list through its members, one outcome for each row.

Each member's command id derives from the request, so a crash in the middle resumes without doubles.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar
from uuid import uuid5

from domain.command import SYSTEM, SYSTEM_ROLE, Command
from domain.enrollment.commands import RenewSponsorship
from domain.fact import Fact
from domain.mandate import Mandate
from domain.refusal import Busy, Refusal
from domain.roster.aggregate import REGISTER, Roster
from domain.roster.commands import FinishStep
from domain.roster.events import RowRefusal, StepRequested
from domain.roster.ids import part_id
from store.records import Recorded
from workflows.answer import Answer
from workflows.catalogue import STEP_COMMANDS
from workflows.forms import form_of, make, read_form
from workflows.office import Office
from workflows.ports import Clock, LookFirst

T = TypeVar("T")

SLICE: Final = 256  # members in one round
SAID_AT_MOST: Final = 10_000  # refusals kept with the outcome


class MemberSteps:
    """Takes the step for every member that is meant, then records what came of it."""

    name = "member_steps"
    reads = frozenset({"roster.step_requested"})

    def __init__(self, office: Office, clock: Clock, look_first: LookFirst | None = None) -> None:
        self._office = office
        self._clock = clock
        self._look_first = look_first

    async def react(self, fact: Fact, record: Recorded) -> None:
        assert isinstance(fact, StepRequested)
        roster = await self._office.cases.get(fact.originator_id)
        assert isinstance(roster, Roster)
        if roster.steps[fact.request_id].finished:
            return
        refused: list[RowRefusal] = []
        done = 0
        for meant in slices(roster.meant_rows(fact), SLICE):
            rows = await self._within_mandate(fact, roster, meant)
            commands = [self._member_command(fact, roster, row) for row in rows]
            if self._look_first is not None:
                members = [one.case_id for one in commands]
                await self._look_first(fact.member_step, members, day=fact.effective_on, at=self._clock(fact))
            for row, outcome in zip(rows, await carry_out_patiently(self._office, commands), strict=True):
                if isinstance(outcome, Refusal):
                    refused.append(RowRefusal(row, outcome.code, outcome.message))
                else:
                    done += 1
        await self._office.do(
            FinishStep(
                command_id=uuid5(fact.request_id, "finish"),
                case_id=fact.originator_id,
                issued_by=SYSTEM,
                roles=frozenset({SYSTEM_ROLE}),
                decided_at=self._clock(fact),
                effective_on=fact.effective_on,
                causation_id=fact.command_id,
                keyed=True,
                request_id=fact.request_id,
                member_step=fact.member_step,
                done=done,
                refused=tuple(refused[:SAID_AT_MOST]),
            )
        )

    async def _within_mandate(
        self, fact: StepRequested, roster: Roster, rows: Sequence[int]
    ) -> Sequence[int]:
        """Return the rows that whoever asked can mean: "all" are all of the own district or ward.

        Rows that were named stay, so that each gets its refusal.
        """
        if fact.area is None or fact.rows is not None:
            return rows
        mandate = Mandate.read(fact.area)
        members = await self._office.cases.load(roster.enrollment_of(row) for row in rows)
        return [row for row in rows if members[roster.enrollment_of(row)].is_within(mandate)]

    def _member_command(self, fact: StepRequested, roster: Roster, row: int) -> Command:
        """Return the step of one member, in the name of the person who asked for it.

        Who is a member already is not registered again but carried on.
        """
        command = STEP_COMMANDS["enrollment", fact.member_step]
        fields = read_form(form_of(command, every=False), fact.form.encode())
        if row in roster.standing and fact.member_step == REGISTER:
            command, fields = RenewSponsorship, {"roster_id": roster.id, "row": row}
        return make(
            command,
            fields,
            command_id=part_id(roster.id, fact.request_id, f"row/{row}"),
            case_id=roster.enrollment_of(row),
            issued_by=fact.actor,
            roles=frozenset(fact.acting_roles),
            area=fact.area,
            delegation=fact.delegation,
            decided_at=self._clock(fact),
            effective_on=fact.effective_on,
            correlation_id=fact.request_id,
            causation_id=fact.command_id,
            keyed=True,
            unattended=True,
        )


def slices(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the rows in runs of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


async def carry_out_patiently(office: Office, commands: Sequence[Command]) -> list[Answer | Refusal]:
    """Carry out bulk work; while the log is busy with people's work, wait and send the same again."""
    pause = 0.05
    while True:
        try:
            return await office.carry_out(commands, bulk=True)
        except Busy:
            await asyncio.sleep(pause)
            pause = min(2 * pause, 2.0)

"""What a new day brings to memberships: months left unpaid, lapses, arrears settled.

The register of enrollments names the candidates; the log decides. What a day brings follows from the log
and the day alone, so a watch that was cut off, missed a day or runs twice comes to the same end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from domain.claim.aggregate import Claim
from domain.claim.memory import DEATH_CLAIM_KEY
from domain.command import SYSTEM, SYSTEM_ROLE
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.commands import (
    EnrollmentCommand,
    LapseMembership,
    NoteUnpaidMonth,
    SettleArrears,
)
from domain.refusal import Refusal
from domain.roster.ids import part_id
from domain.world import World
from workflows.days import legal_day
from workflows.office import Office
from workflows.ports import Watched
from workflows.processes.member_steps import SLICE, carry_out_patiently

FROM_LAPSED: Final = frozenset(
    {"reenroll", "settle_sponsor_arrears"}
)  # steps that wait for a lapse on record
OVERTAKEN: Final = frozenset(
    {"step_not_open", "guard_failed"}
)  # somebody acted meanwhile: nothing is left to do


@dataclass(frozen=True)
class DayBegan:
    """A legal day began, by the clock of whoever says so. at: the instant of deciding, time zone aware."""

    day: date
    at: datetime


class CoverageWatch:
    """Decides what a day brings to memberships. Cover itself is always computed and waits for nobody."""

    name = "coverage_watch"

    def __init__(self, office: Office, watched: Watched) -> None:
        self._office = office
        self._watched = watched

    async def day_began(self, fact: DayBegan) -> int:
        """Write down everything that is due on a day; return how many facts there were."""
        position, written = await self._office.store.last_position(), 0
        after: UUID | None = None
        while found := await self._watched.due_on(fact.day, position=position, after=after, limit=SLICE):
            after = found[-1]
            written += await self.look_at(found, fact)
        return written

    async def before_step(self, step: str, members: Sequence[UUID], *, day: date, at: datetime) -> None:
        """Write down the lapse that some steps wait for, where the watch of their day did not come by yet."""
        if step in FROM_LAPSED and day <= legal_day(at):
            await self.look_at(members, DayBegan(day, at))

    async def look_at(self, ids: Sequence[UUID], fact: DayBegan) -> int:
        """Decide for some until nothing is due any more: a month unpaid may be followed by the lapse at once."""
        written, left = 0, list(ids)
        while left:
            commands = await self._commands(left, fact)
            outcomes = await carry_out_patiently(self._office, commands)
            for outcome in outcomes:
                if isinstance(outcome, Refusal) and outcome.code not in OVERTAKEN:
                    raise outcome
            done = [c for c, o in zip(commands, outcomes, strict=True) if not isinstance(o, Refusal)]
            written += len(done)
            left = [command.case_id for command in done]
        return written

    async def _commands(self, ids: list[UUID], fact: DayBegan) -> list[EnrollmentCommand]:
        cases = await self._office.cases.load(ids)
        members = [case for case in cases.values() if isinstance(case, Enrollment)]
        programmes = await self._office.cases.load(one.begun.programme_id for one in members)
        died_on = await self._deaths(members)
        return [
            command
            for one in members
            for command in _due(
                one,
                World(cases={"programme": programmes[one.begun.programme_id]}),
                fact,
                died_on.get(one.begun.person_id),
            )
        ]

    async def _deaths(self, members: Sequence[Enrollment]) -> dict[UUID, date]:
        """Return the days on which these people died, by the claims that report it."""
        claims = await self._office.store.find_owners(
            DEATH_CLAIM_KEY, [one.begun.person_id.bytes for one in members]
        )
        found = await self._office.cases.load(claims.values())
        return {
            UUID(bytes=person): claim.reported.event_on
            if isinstance(claim := found.get(claim_id), Claim)
            else date.min
            for person, claim_id in claims.items()
        }


def _due(
    member: Enrollment, world: World, fact: DayBegan, died_on: date | None
) -> Iterator[EnrollmentCommand]:
    """Yield the step that is due for a member on a day, if one is. The dead cannot lapse any more."""
    if died_on is not None:
        lapses_on = member.lapses_on(world, fact.day)
        if lapses_on is None or lapses_on > died_on:
            return
    match member.status:
        case "ACTIVE":
            if unpaid := member.unpaid_months(world, fact.day):
                yield _command(NoteUnpaidMonth, member, fact, unpaid[0].plus(1).first_day)
        case "GRACE" | "LAPSED":
            lapses_on = member.lapses_on(world, fact.day)
            if not member.unpaid_months(world, fact.day):
                yield _command(SettleArrears, member, fact, fact.day)
            elif member.status == "GRACE" and lapses_on is not None and lapses_on <= fact.day:
                yield _command(LapseMembership, member, fact, lapses_on)


def _command(
    step: type[EnrollmentCommand], member: Enrollment, fact: DayBegan, effective_on: date
) -> EnrollmentCommand:
    """Return the step; its id derives from where the member stands, so that it is taken once."""
    return step(
        command_id=part_id(member.id, member.id, f"watch/{step.step}/{member.version}"),
        case_id=member.id,
        issued_by=SYSTEM,
        roles=frozenset({SYSTEM_ROLE}),
        decided_at=fact.at,
        effective_on=effective_on,
        keyed=True,
    )

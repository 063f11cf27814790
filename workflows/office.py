"""One way for every command: load, ask the definition, let the aggregate decide, save.

One command is the case of length one; bulk work is the same path. What a decision looked at besides
its own case (programme, list, membership) is read from the log, never from a read model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.case import Case
from domain.command import SYSTEM, Command
from domain.enrollment.commands import BeginEnrollment, ReplaceWorker
from domain.refusal import (
    Busy,
    Duplicate,
    Refusal,
    StaleVersion,
    SubjectErased,
)
from domain.working_days import WorkingDays
from domain.world import World
from store.mapper import SealedEvents, SealingMapper
from store.records import Append, NaturalKey, Verdict
from store.store import Store
from workflows.answer import Answer
from workflows.attempts import Attempt, Attempts
from workflows.cases import Cases
from workflows.chairs import Caller, with_chairs
from workflows.decisions import Decisions
from workflows.library import Library
from workflows.lifecycle import Definition
from workflows.refusing import Refusing, key_reused, request_of
from workflows.turns import Turns
from workflows.worlds import Worlds

TRIES: Final = 5

TAKEN: Final = {
    "membership": "this person is already proposed or enrolled: end that membership first, or leave this one",
    "deceased": "another membership of this person ended by death: look at that one",
    "death-claim": "a claim for the death of this person exists: go on with that one",
    "roster-file": "this very file was sent before for this programme and day: go on with that list",
    "payment-reference": "a payment with this reference is recorded: check the reference",
    "refund-reference": "a refund with this reference is recorded: check the reference",
    "person": "this person was made known a moment ago: send the same again",
}
NUMBERS: Final = frozenset({"membership-number", "claim-number"})  # drawn again when two fall together


@dataclass
class _Decision:
    """A command that was decided and waits to be stored."""

    command: Command
    append: Append
    position: int  # of the last fact of the case, before this


class Office:
    """Carries out commands. One per process; holds no case between commands."""

    def __init__(
        self,
        store: Store,
        mapper: SealingMapper,
        library: Library,
        calendar: WorkingDays,
        *,
        simulated: bool = False,
    ) -> None:
        """simulated: in a demonstration's log, record at the instant of decision instead of now."""
        self.store = store
        self.mapper = mapper
        self.library = library
        self.cases = Cases(store, mapper)
        self._decisions = Decisions(library, calendar)
        self._worlds = Worlds(store, self.cases, mapper)
        self._refusing = Refusing(store, self.cases, Attempts(store, mapper, self.cases), simulated=simulated)
        self._turns = Turns()
        self._simulated = simulated

    async def carry_out(self, commands: Sequence[Command], *, bulk: bool = False) -> list[Answer | Refusal]:
        """Return for each command its answer, or the refusal that says why not.

        Each is stored whole or not at all, and none fails another. Commands on one case are carried out
        one after the other, in the order given. Raises `Busy` when the log takes nothing now.
        """
        outcomes: dict[int, Answer | Refusal] = {}
        waiting = list(enumerate(commands))
        while waiting:
            wave, waiting = _one_per_case(waiting)
            outcomes |= await self._carry_out_wave(wave, bulk=bulk)
        return [outcomes[n] for n in range(len(commands))]

    async def do(self, command: Command) -> Answer:
        """Carry out one command. Raises its refusal."""
        [outcome] = await self.carry_out([command])
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    async def rehearse(self, command: Command) -> None:
        """Decide a command and store nothing. Raises the refusal it would meet, and treats it as one."""
        _, refused = await self._decide({0: command}, 0)
        if refused:
            await self.refuse(command, refused[0])

    async def preview(self, commands: Sequence[Command]) -> list[dict[str, Any] | Refusal]:
        """Return for each command what it would be answered, or why not. Nothing is stored or put on record.

        The commands are for different cases: each is judged as if it stood alone.
        """
        decided, refused = await self._decide(dict(enumerate(commands)), 0)
        return [refused[n] if n in refused else decided[n].append.answer for n in range(len(commands))]

    async def refuse(self, command: Command, refusal: Refusal) -> Answer:
        """Refuse a command for a reason found outside, as if it had been found here.

        A repeat gets its first answer all the same, and a refusal of weight is put on record. Raises it.
        """
        outcome = await self._refusing.outcome(command, refusal)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    async def record_attempt(self, attempt: Attempt, refusal: Refusal) -> None:
        """Put a refused attempt of weight on record."""
        await self._refusing.record(attempt, refusal)

    async def world_of(self, case: Case, *, up_to: int | None = None) -> World:
        """Return the companions of a case as of a position of the log."""
        return await self._worlds.of(case, up_to=up_to)

    async def with_chairs(self, caller: Caller, delegations: Sequence[UUID], day: date) -> Caller:
        """Return a caller with the chairs that delegations, as the log has them, give on a legal day."""
        found = await self.cases.load(delegations)
        return with_chairs(caller, found.values(), day)

    def definition_of(self, case: Case) -> Definition | None:
        """Return the definition a case is pinned to."""
        return self._decisions.definition_of(case)

    # -- one wave: at most one command per case

    async def _carry_out_wave(
        self, wave: Sequence[tuple[int, Command]], *, bulk: bool
    ) -> dict[int, Answer | Refusal]:
        outcomes, again = await self._try(dict(wave), 0, bulk=bulk)
        async with self._turns.taken(command.case_id for command in again.values()):
            for attempt in range(1, TRIES):
                if not again:
                    break
                found, again = await self._try(again, attempt, bulk=bulk)
                outcomes |= found
        return outcomes | dict.fromkeys(again, Busy("too many act on this at once: send the same again"))

    async def _try(
        self, commands: dict[int, Command], attempt: int, *, bulk: bool
    ) -> tuple[dict[int, Answer | Refusal], dict[int, Command]]:
        """Return what came of the commands, and those to be decided again."""
        outcomes: dict[int, Answer | Refusal] = {}
        again: dict[int, Command] = {}
        decided, refused = await self._decide(commands, attempt)
        for n, refusal in refused.items():
            outcomes[n] = await self._refusing.outcome(commands[n], refusal)
        verdicts = await self._append(decided, bulk=bulk)
        for n, verdict in verdicts.items():
            outcome = await self._judge(decided[n], verdict, last=attempt == TRIES - 1)
            if isinstance(outcome, Command):
                again[n] = outcome
            else:
                outcomes[n] = outcome
        return outcomes, again

    async def _decide(
        self, commands: dict[int, Command], attempt: int
    ) -> tuple[dict[int, _Decision], dict[int, Refusal]]:
        cases, worlds = await self._worlds.gather(commands.values(), attempt)
        touched: dict[int, list[Case]] = {}
        refused: dict[int, Refusal] = {}
        for n, command in commands.items():
            try:
                touched[n] = self._decisions.decide(
                    command, cases.get(command.case_id), worlds[command.command_id]
                )
            except Refusal as refusal:
                refused[n] = refusal
        facts = [[fact for case in some for fact in case.collect_events()] for some in touched.values()]
        decided: dict[int, _Decision] = {}
        for (n, some), sealed in zip(touched.items(), await self.mapper.seal_each(facts), strict=True):
            if isinstance(sealed, SubjectErased):
                refused[n] = sealed
            else:
                decided[n] = self._decision(commands[n], some, sealed, worlds[commands[n].command_id])
        return decided, refused

    # -- storing

    def _decision(
        self, command: Command, touched: list[Case], sealed: SealedEvents, world: World
    ) -> _Decision:
        take = [NaturalKey(key.kind, key.digest, case.id) for case in touched for key in case.keys.take]
        release = [NaturalKey(key.kind, key.digest, case.id) for case in touched for key in case.keys.release]
        return _Decision(
            command,
            Append(
                command_id=command.command_id,
                request=request_of(command),
                events=sealed.events,
                answer=self._answer(command, touched[0], world),
                take=take,
                release=release,
                new_keys=sealed.new_keys,
                subjects=sealed.subjects,
            ),
            touched[0].position,
        )

    def _answer(self, command: Command, case: Case, world: World) -> dict[str, Any]:
        said = {"id": str(case.id), "status": case.status, "version": case.version}
        if not command.unattended:
            said["open_steps"] = self._decisions.open_steps(command, case, world)
        answer: dict[str, Any] = msgspec.to_builtins(said | case.answer(command.step))
        return answer

    async def _append(self, decided: dict[int, _Decision], *, bulk: bool) -> dict[int, Verdict]:
        with_events = {n: decision for n, decision in decided.items() if decision.append.events}
        verdicts = {
            n: Verdict("repeated", position=decision.position, answer=decision.append.answer)
            for n, decision in decided.items()
            if n not in with_events
        }
        if with_events:
            at = max(d.command.decided_at for d in with_events.values()) if self._simulated else None
            stored = await self.store.append(
                [decision.append for decision in with_events.values()], bulk=bulk, simulated_at=at
            )
            verdicts |= dict(zip(with_events, stored, strict=True))
        return verdicts

    async def _judge(
        self, decision: _Decision, verdict: Verdict, *, last: bool
    ) -> Answer | Refusal | Command:
        """Return the answer, the refusal, or the command to be decided again."""
        command = decision.command
        match verdict.outcome:
            case "recorded":
                assert verdict.position is not None
                return Answer(position=verdict.position, data=decision.append.answer)
            case "repeated":
                return Answer(position=verdict.position or 0, data=verdict.answer)
            case "reused":
                return key_reused()
            case "taken":
                return await self._taken(decision)
            case "stale":
                if not last and self._may_decide_again(command):
                    return command
                return await self._refusing.outcome(
                    command,
                    StaleVersion("somebody else acted on this case at the same moment: look at it again"),
                )
            case "erased":
                return SubjectErased(
                    "the personal data of this person have been erased: nothing can be added"
                )

    def _may_decide_again(self, command: Command) -> bool:
        if command.expected_version is not None:
            return False
        return command.commutes or command.issued_by == SYSTEM or isinstance(command, BeginEnrollment)

    async def _taken(self, decision: _Decision) -> Answer | Refusal | Command:
        command = decision.command
        for key in decision.append.take:
            holder = (await self.store.find_owners(key.kind, [key.digest])).get(key.digest)
            if holder is None:
                continue
            if key.kind in NUMBERS:
                return command
            if key.kind == "person" and isinstance(command, BeginEnrollment):
                return replace(command, person_id=holder, known=True)
            if key.kind == "person" and isinstance(command, ReplaceWorker):
                newcomer = replace(command.newcomer, person_id=holder, known=True)
                return replace(command, newcomer=newcomer)
            return await self._refusing.outcome(
                command, Duplicate(TAKEN[key.kind], key=key.kind, existing_id=str(holder))
            )
        return command  # released between the two looks


def _one_per_case(
    waiting: Sequence[tuple[int, Command]],
) -> tuple[list[tuple[int, Command]], list[tuple[int, Command]]]:
    wave: list[tuple[int, Command]] = []
    later: list[tuple[int, Command]] = []
    seen: set[UUID] = set()
    for n, command in waiting:
        (later if command.case_id in seen else wave).append((n, command))
        seen.add(command.case_id)
    return wave, later

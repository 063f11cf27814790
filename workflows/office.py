"""One way for every command: load, ask the definition, let the aggregate decide, save.

One command is the case of length one; bulk work is the same path. What a decision looked at besides
its own case (programme, list, membership) is of the log, never of a read model. What is remembered is decided
on first: the append refuses what leaned on something that has moved on, and nobody is told no on a memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import msgspec

from domain.case import Case
from domain.command import SYSTEM, Command
from domain.enrollment.commands import BeginEnrollment, ReplaceWorker
from domain.fact import Fact
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
from store.records import Append, NaturalKey, Recorded, Verdict
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
from workflows.worlds import Situation, Worlds

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
FINAL: Final = frozenset({"recorded", "repeated", "reused"})  # outcomes that hold whatever was decided on
NUMBERS: Final = frozenset({"membership-number", "claim-number"})  # drawn again when two fall together


@dataclass
class _Decision:
    """A command that was decided and waits to be stored."""

    command: Command
    append: Append
    touched: list[Case]  # the command's own first
    facts: list[Sequence[Fact]]  # of each of them
    position: int  # of the last fact of the case, before this
    recalled: bool  # decided on something that was not read anew
    is_pure: bool  # what is touched holds nothing but what its stored events say


class _No(NamedTuple):
    """A refusal, and whether it rests on something that was not read anew."""

    refusal: Refusal
    recalled: bool


class Office:
    """Carries out commands. One per process."""

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
            outcomes |= await self._carry_out_wave(dict(wave), bulk=bulk)
        return [outcomes[n] for n in range(len(commands))]

    async def do(self, command: Command) -> Answer:
        """Carry out one command. Raises its refusal."""
        outcome = (await self._carry_out_wave({0: command}, bulk=False))[0]
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    async def rehearse(self, command: Command) -> None:
        """Decide a command and store nothing. Raises the refusal it would meet, and treats it as one."""
        _, refused = await self._decide({0: command}, None, recalled=False)
        if refused:
            await self.refuse(command, refused[0].refusal)

    async def preview(self, commands: Sequence[Command]) -> list[dict[str, Any] | Refusal]:
        """Return for each command what it would be answered, or why not. Nothing is stored or put on record.

        The commands are for different cases: each is judged as if it stood alone.
        """
        decided, refused = await self._decide(dict(enumerate(commands)), None, recalled=False)
        return [
            refused[n].refusal if n in refused else decided[n].append.answer for n in range(len(commands))
        ]

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

    async def _carry_out_wave(self, wave: dict[int, Command], *, bulk: bool) -> dict[int, Answer | Refusal]:
        """Decide on what is remembered; where that was not up to date or led to a refusal, on what is read."""
        outcomes, again = await self._try(wave, 0, bulk=bulk, recalled=not bulk)
        if not again:
            return outcomes
        async with self._turns.taken(command.case_id for command in again.values()):
            for attempt in range(1, TRIES):
                if not again:
                    break
                found, again = await self._try(again, attempt, bulk=bulk, recalled=False)
                outcomes |= found
        return outcomes | dict.fromkeys(again, Busy("too many act on this at once: send the same again"))

    async def _try(
        self, commands: dict[int, Command], attempt: int, *, bulk: bool, recalled: bool
    ) -> tuple[dict[int, Answer | Refusal], dict[int, Command]]:
        """Return what came of the commands, and those to be decided again."""
        outcomes: dict[int, Answer | Refusal] = {}
        again: dict[int, Command] = {}
        decided, refused = await self._decide(commands, attempt, recalled=recalled, bulk=bulk)
        for n, no in refused.items():
            if no.recalled:
                again[n] = commands[n]
            else:
                outcomes[n] = await self._refusing.outcome(commands[n], no.refusal)
        verdicts = await self._append(decided, bulk=bulk)
        for n, verdict in verdicts.items():
            decision = decided[n]
            if verdict.outcome == "recorded":
                self.mapper.note_stored(decision.append.new_keys)
                self._carry_on(decision, verdict, bulk=bulk)
            elif decision.recalled and not self._counts(decision, verdict):
                again[n] = commands[n]
                continue
            outcome = await self._judge(decision, verdict, last=attempt == TRIES - 1)
            if isinstance(outcome, Command):
                again[n] = outcome
            else:
                outcomes[n] = outcome
        return outcomes, again

    def _counts(self, decision: _Decision, verdict: Verdict) -> bool:
        """Return whether an outcome counts though the decision rested on a memory.

        One that the log gives whatever was decided on, or a race that was lost in this very process: the case was
        remembered right, not taken as not there, and somebody's act came first while this one was under way.
        """
        if verdict.outcome == "stale":
            present, first = self.cases.version_of(decision.command.case_id), decision.append.events[0]
            return present >= first.originator_version and not decision.command.begins
        return bool(decision.append.events) and verdict.outcome in FINAL

    async def _decide(
        self, commands: dict[int, Command], attempt: int | None, *, recalled: bool, bulk: bool = False
    ) -> tuple[dict[int, _Decision], dict[int, _No]]:
        """Return the decisions, and the refusals. attempt: none where nothing is to be stored."""
        gathered = await self._worlds.gather(list(commands.values()), attempt, recalled=recalled)
        situations = dict(zip(commands, gathered, strict=True))
        if not bulk:
            return await self._decide_on(commands, situations, leans=True)
        async with self._turns.bulk():
            return await self._decide_on(commands, situations, leans=False)

    async def _decide_on(
        self, commands: dict[int, Command], situations: dict[int, Situation], *, leans: bool
    ) -> tuple[dict[int, _Decision], dict[int, _No]]:
        """Decide and seal. leans: have the append judge the companions too."""
        touched: dict[int, list[Case]] = {}
        facts: dict[int, list[Sequence[Fact]]] = {}
        refused: dict[int, _No] = {}
        for n, situation in situations.items():
            try:
                cases = self._decisions.decide(commands[n], situation.case, situation.world)
            except Refusal as refusal:
                refusal.with_traceback(None)  # it would hold this frame, and the frame holds the refusal
                refused[n] = _No(refusal, situation.recalled)
            else:
                touched[n] = cases
                facts[n] = [cast(Sequence[Fact], case.collect_events()) for case in cases]
        sealed = await self.mapper.seal_each(map(chain.from_iterable, facts.values()))
        decided: dict[int, _Decision] = {}
        for n, events in zip(touched, sealed, strict=True):
            if isinstance(events, SubjectErased):
                refused[n] = _No(events, situations[n].recalled)
            else:
                decided[n] = self._decision(
                    commands[n], touched[n], facts[n], events, situations[n], leans=leans
                )
        return decided, refused

    # -- storing

    def _decision(
        self,
        command: Command,
        touched: list[Case],
        facts: list[Sequence[Fact]],
        sealed: SealedEvents,
        situation: Situation,
        *,
        leans: bool,
    ) -> _Decision:
        keys = [(case.id, change) for case in touched if (change := case.key_changes)]
        take = [NaturalKey(key.kind, key.digest, id_) for id_, change in keys for key in change.take]
        release = [NaturalKey(key.kind, key.digest, id_) for id_, change in keys for key in change.release]
        leaned_on = situation.versions if leans else {}
        for case in touched:
            leaned_on.pop(case.id, None)  # of what it changes, the append judges the version anyway
        return _Decision(
            command,
            Append(
                command_id=command.command_id,
                request=request_of(command),
                events=sealed.events,
                answer=self._answer(command, touched[0], situation.world),
                take=take,
                release=release,
                new_keys=sealed.new_keys,
                subjects=sealed.subjects,
                leaned_on=leaned_on,
            ),
            touched,
            facts,
            touched[0].position,
            recalled=situation.recalled,
            is_pure=not sealed.subjects and not situation.taught,
        )

    def _carry_on(self, decision: _Decision, verdict: Verdict, *, bulk: bool) -> None:
        """Let what was recorded be remembered, so that the next decision need not read it."""
        assert verdict.position is not None and verdict.recorded_at is not None
        events, recorded_at = decision.append.events, verdict.recorded_at
        position = verdict.position - len(events)
        stored = iter(events)
        for case, facts in zip(decision.touched, decision.facts, strict=True):
            if bulk:
                self.cases.forget(case.id)
            elif decision.is_pure:
                self.cases.carry_on(case, facts, position, recorded_at)
            else:
                rows = [
                    Recorded(at, recorded_at, case.id, event.originator_version, event.topic, event.state)
                    for at, event in enumerate(islice(stored, len(facts)), start=position + 1)
                ]
                self.cases.read_in(case.id, rows)
            position += len(facts)

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
            case "moved":  # its own case stands as it was seen
                return command
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

"""What decisions look at: the cases, and the streams they lean on, a whole batch in two queries at most."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.case import Case
from domain.claim.memory import DEATH_CLAIM_KEY
from domain.command import Command
from domain.enrollment.standing import DECEASED_KEY
from domain.world import World
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from workflows.cases import Cases, leaning
from workflows.catalogue import plays
from workflows.chairs import companions_of


@dataclass(frozen=True, slots=True)
class Gathered:
    """What decisions lean on, ready to be decided on.

    cases: by their ids, to be changed. taught: those that learned from their companions what no event of their
    own says. worlds: by the ids of the commands. recalled: ids of commands for which something was not read
    anew. versions: by ids of commands, those of the companions, 0 for one that does not exist.
    """

    cases: dict[UUID, Case]
    taught: set[UUID] = field(default_factory=set)
    worlds: dict[UUID, World] = field(default_factory=dict)
    recalled: set[UUID] = field(default_factory=set)
    versions: dict[UUID, dict[UUID, int]] = field(default_factory=dict)


class Worlds:
    """Gathers what the log holds around a case; never a read model."""

    def __init__(self, store: Store, cases: Cases, mapper: SealingMapper) -> None:
        self._store = store
        self._cases = cases
        self._mapper = mapper

    async def of(self, case: Case, *, up_to: int | None = None) -> World:
        """Return the companions of a case as of a position of the log."""
        companions = case.companions()
        found = await self._cases.load(companions.values(), up_to=up_to)
        world = World(cases={role: found[id_] for role, id_ in companions.items() if id_ in found})
        case.learn(world)
        return world

    async def gather(self, commands: Sequence[Command], attempt: int, *, recalled: bool) -> Gathered:
        """Return what the decisions on these commands, each for another case, lean on.

        recalled: as it is remembered, where it is; otherwise everything as the log has it now.
        """
        see = self._cases.recall if recalled else self._cases.look
        found = await see(
            {id_ for command in commands for id_ in self._expected(command, reads=not recalled)}
        )
        companions = {}
        unexpected: set[UUID] = set()
        for command in commands:
            case = found[command.case_id].case
            companions[command.command_id] = streams = self._named(command)
            if case is not None:
                streams |= leaning(case, command.step)
            unexpected.update(id_ for id_ in streams.values() if id_ not in found)
        if unexpected:
            found |= await see(unexpected)
        gathered = Gathered(
            {id_: case.apart() for command in commands if (case := found[id_ := command.case_id].case)}
        )
        opener = await self._opener_for(commands, gathered.cases)
        dead = await self._who_died(commands, gathered.cases)
        for command in commands:
            present: dict[str, Case] = {}
            versions: dict[UUID, int] = {}
            anew = found[command.case_id].version is None
            for role, id_ in companions[command.command_id].items():
                case, version = found[id_]
                anew = anew and version is None
                versions[id_] = 0 if case is None else case.version
                if case is not None and plays(role, case):
                    present[role] = case
            gathered.versions[command.command_id] = versions
            if not anew:
                gathered.recalled.add(command.command_id)
            if missing := command.companions().keys() - present.keys():
                world = World(attempt=attempt, missing=frozenset(missing))
            else:
                world = World(
                    cases=present, attempt=attempt, opener=opener, has_died=command.command_id in dead
                )
                if command.case_id in gathered.cases and gathered.cases[command.case_id].learn(world):
                    gathered.taught.add(command.case_id)
            gathered.worlds[command.command_id] = world
        return gathered

    async def _opener_for(self, commands: Sequence[Command], cases: Mapping[UUID, Case]) -> Keyring:
        """Return what opens the values that these steps compare."""
        subjects = [
            subject
            for command in commands
            if command.case_id in cases
            for subject in cases[command.case_id].compared_subjects(command.step)
        ]
        return await self._mapper.opener_for(subjects)

    def _named(self, command: Command) -> dict[str, UUID]:
        """Return what a command names itself, by role."""
        named = command.companions()
        return named | companions_of(command.delegations) if command.delegations else named

    def _expected(self, command: Command, *, reads: bool) -> Iterator[UUID]:
        """Yield the case of a command and what it will lean on, as far as can be told before it is read.

        reads: name what the case leaned on when it was last seen too, to have it by the same query.
        """
        yield command.case_id
        yield from self._named(command).values()
        if reads:
            yield from self._cases.leaned_on(command.case_id, command.step).values()

    async def _who_died(self, commands: Iterable[Command], cases: Mapping[UUID, Case]) -> set[UUID]:
        """Return the commands that ask for it and whose person is reported or known to be dead."""
        people = {
            command.command_id: cases[command.case_id].subject_id
            for command in commands
            if command.asks_who_died and command.case_id in cases
        }
        dead = await known_dead(self._store, people.values()) if people else frozenset[UUID]()
        return {command_id for command_id, person in people.items() if person in dead}


async def known_dead(store: Store, people: Iterable[UUID]) -> frozenset[UUID]:
    """Return who of these people died, by a claim for the death or a membership that ended by it."""
    digests = [person.bytes for person in people]
    reported = await store.find_owners(DEATH_CLAIM_KEY, digests)
    ended = await store.find_owners(DECEASED_KEY, digests)
    return frozenset(UUID(bytes=digest) for digest in {*reported, *ended})

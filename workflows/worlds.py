"""What decisions look at: the cases, and the streams they lean on, a whole batch in two queries."""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from domain.case import Case
from domain.claim.memory import DEATH_CLAIM_KEY
from domain.command import Command
from domain.enrollment.standing import DECEASED_KEY
from domain.world import World
from store.mapper import SealingMapper
from store.store import Store
from workflows.cases import Cases, leaning
from workflows.catalogue import plays
from workflows.chairs import companions_of


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

    async def gather(
        self, commands: Iterable[Command], attempt: int
    ) -> tuple[dict[UUID, Case], dict[UUID, World]]:
        """Return the cases by their ids, and by the id of each command what its decision leans on."""
        commands = list(commands)
        found = await self._cases.load(id_ for command in commands for id_ in self._expected(command))
        cases = {command.case_id: found[command.case_id] for command in commands if command.case_id in found}
        leaned_on = {
            command.command_id: command.companions()
            | companions_of(command.delegations)
            | (leaning(cases[command.case_id], command.step) if command.case_id in cases else {})
            for command in commands
        }
        found |= await self._cases.load(  # what is decided on by one command is not what another looks at
            id_
            for companions in leaned_on.values()
            for id_ in companions.values()
            if id_ not in found or id_ in cases
        )
        opener = await self._mapper.opener_for(
            subject
            for command in commands
            if command.case_id in cases
            for subject in cases[command.case_id].compared_subjects(command.step)
        )
        dead = await self._who_died(commands, cases)
        worlds = {
            command_id: World(
                cases={
                    role: found[id_]
                    for role, id_ in companions.items()
                    if id_ in found and plays(role, found[id_])
                },
                attempt=attempt,
                opener=opener,
                has_died=command_id in dead,
            )
            for command_id, companions in leaned_on.items()
        }
        for command in commands:
            if missing := command.companions().keys() - worlds[command.command_id].cases.keys():
                worlds[command.command_id] = World(attempt=attempt, missing=frozenset(missing))
            elif command.case_id in cases:
                cases[command.case_id].learn(worlds[command.command_id])
        return cases, worlds

    def _expected(self, command: Command) -> Iterator[UUID]:
        """Yield the case of a command and what it will lean on, as far as can be told before it is read."""
        yield command.case_id
        yield from command.companions().values()
        yield from companions_of(command.delegations).values()
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

"""What decisions look at: the cases, and the streams they lean on, a whole batch in two queries."""

from collections.abc import Iterable
from uuid import UUID

from domain.case import Case
from domain.command import Command
from domain.world import World
from store.mapper import SealingMapper
from workflows.cases import Cases
from workflows.catalogue import plays


class Worlds:
    """Gathers what the log holds around a case; never a read model."""

    def __init__(self, cases: Cases, mapper: SealingMapper) -> None:
        self._cases = cases
        self._mapper = mapper

    async def of(self, case: Case, *, up_to: int | None = None) -> World:
        """Return the companions of a case as of a position of the log."""
        companions = case.companions()
        found = await self._cases.load(companions.values(), up_to=up_to)
        return World(cases={role: found[id_] for role, id_ in companions.items() if id_ in found})

    async def gather(
        self, commands: Iterable[Command], attempt: int
    ) -> tuple[dict[UUID, Case], dict[UUID, World]]:
        """Return the cases by their ids, and by the id of each command what its decision leans on."""
        commands = list(commands)
        cases = await self._cases.load(command.case_id for command in commands)
        leaning = {
            command.command_id: command.companions()
            | (cases[command.case_id].companions() if command.case_id in cases else {})
            for command in commands
        }
        found = await self._cases.load(id_ for companions in leaning.values() for id_ in companions.values())
        opener = await self._mapper.opener_for(
            subject
            for command in commands
            if command.case_id in cases
            for subject in cases[command.case_id].compared_subjects(command.step)
        )
        worlds = {
            command_id: World(
                cases={
                    role: found[id_]
                    for role, id_ in companions.items()
                    if id_ in found and plays(role, found[id_])
                },
                attempt=attempt,
                opener=opener,
            )
            for command_id, companions in leaning.items()
        }
        for command in commands:
            if missing := command.companions().keys() - worlds[command.command_id].cases.keys():
                worlds[command.command_id] = World(attempt=attempt, missing=frozenset(missing))
        return cases, worlds

"""What decisions look at: the cases, and the streams they lean on, a whole batch in two queries at most."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from domain.case import Case
from domain.claim.memory import DEATH_CLAIM_KEY
from domain.command import Command
from domain.enrollment.standing import DECEASED_KEY
from domain.world import World
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from workflows.cases import NOTHING, Cases, Kinds, Seen, leaning
from workflows.catalogue import AGGREGATES, plays
from workflows.chairs import companions_of


@dataclass(slots=True)
class Situation:
    """What the decision on one command leans on.

    case: to be changed; None where it does not exist. world: what stands around it. versions: of the companions,
    0 for one that does not exist. recalled: something of it was not read anew. taught: the case learned from its
    companions what no event of its own says.
    """

    case: Case | None
    world: World
    versions: dict[UUID, int]
    recalled: bool
    taught: bool = False


class Worlds:
    """Gathers what the log holds around a case; never a read model."""

    def __init__(self, store: Store, cases: Cases, mapper: SealingMapper) -> None:
        self._store = store
        self._cases = cases
        self._mapper = mapper

    async def of(self, case: Case, *, up_to: int | None = None) -> World:
        """Return the companions of a case as of a position of the log."""
        return world_of(case, await self._cases.load(case.companions().values(), up_to=up_to))

    async def gather(
        self, commands: Sequence[Command], attempt: int | None, *, recalled: bool
    ) -> list[Situation]:
        """Return what the decisions on these commands, each for another case, lean on.

        attempt: none where nothing is to be stored. At the first one what a command begins is not looked for: as a
        rule it is not there, and where it is the append tells. recalled: as it is remembered, where it is; otherwise
        everything as the log has it now.
        """
        found: dict[UUID, Seen] = {}
        while True:
            missing: list[UUID] = []
            around = []
            for command in commands:
                own = NOTHING if attempt == 0 and command.begins else None
                around.append(self._around(command, own, found, missing, recalled=recalled))
            if not missing:
                break
            for one in around:  # what was seen stays as it was seen, whatever happens while the rest is read
                found.update(one.seen())
            read = self._cases.recall(missing, _kinds(commands)) if recalled else self._cases.look(missing)
            found |= await read
        opener = await self._opener_for(around)
        dead = await self._who_died(around)
        return [
            _situation(one, attempt or 0, opener, has_died=one.command.command_id in dead) for one in around
        ]

    def _around(
        self,
        command: Command,
        own: Seen | None,
        found: Mapping[UUID, Seen],
        missing: list[UUID],
        *,
        recalled: bool,
    ) -> "_Around":
        """Return the case of a command and its companions, as far as they were found or are remembered.

        What has to be read first is added to `missing`, and this is asked again. own: the case, where it need not
        be looked for.
        """

        def look(id_: UUID) -> Seen:
            seen = (found.get(id_) if found else None) or (self._cases.remembered(id_) if recalled else None)
            if seen is None:
                missing.append(id_)
                return NOTHING
            return seen

        own = own or look(command.case_id)
        streams = command.companions()
        if command.delegations:
            streams = streams | companions_of(command.delegations)
        if own.case is not None:
            streams = streams | leaning(own.case, command.step)
        elif not (found or recalled):  # what it leaned on when it was last seen is had by the same query
            missing += self._cases.leaned_on(command.case_id, command.step).values()
        return _Around(command, own, [(role, id_, look(id_)) for role, id_ in streams.items()])

    async def _opener_for(self, around: Iterable["_Around"]) -> Keyring:
        """Return what opens the values that these steps compare."""
        return await self._mapper.opener_for(
            subject
            for command, own, _ in around
            if own.case is not None
            for subject in own.case.compared_subjects(command.step)
        )

    async def _who_died(self, around: Iterable["_Around"]) -> frozenset[UUID]:
        """Return the commands that ask for it and whose person is reported or known to be dead."""
        people = {
            command.command_id: own.case.subject_id
            for command, own, _ in around
            if command.asks_who_died and own.case is not None
        }
        if not people:
            return frozenset()
        dead = await known_dead(self._store, people.values())
        return frozenset(command_id for command_id, person in people.items() if person in dead)


def world_of(case: Case, found: Mapping[UUID, Case]) -> World:
    """Return the companions of a case among what was found; the case learns from them."""
    world = World(cases={role: found[id_] for role, id_ in case.companions().items() if id_ in found})
    case.learn(world)
    return world


class _Around(NamedTuple):
    """A command, its case, and the streams that the decision looks at: role, id and how each was seen."""

    command: Command
    own: Seen
    companions: list[tuple[str, UUID, Seen]]

    def seen(self) -> Iterator[tuple[UUID, Seen]]:
        """Yield the streams that were found, with how they were seen."""
        streams = (self.command.case_id, self.own), *((id_, seen) for _, id_, seen in self.companions)
        return ((id_, seen) for id_, seen in streams if seen is not NOTHING)


def _kinds(commands: Iterable[Command]) -> Kinds:
    """Return of which kind the cases are that exist by these commands."""
    return {
        command.case_id: AGGREGATES[command.aggregate]
        for command in commands
        if command.aggregate in AGGREGATES and not command.begins
    }


def _situation(around: _Around, attempt: int, opener: Keyring, *, has_died: bool) -> Situation:
    command, own, companions = around
    case = None if own.case is None else own.case.apart()
    recalled = own.recalled
    present: dict[str, Case] = {}
    versions: dict[UUID, int] = {}
    for role, id_, companion in companions:
        recalled = recalled or companion.recalled
        versions[id_] = companion.version
        if companion.case is not None and plays(role, companion.case):
            present[role] = companion.case
    if missing := command.companions().keys() - present.keys():
        world = World(attempt=attempt, missing=frozenset(missing))
        return Situation(case, world, versions, recalled)
    world = World(cases=present, attempt=attempt, opener=opener, has_died=has_died)
    taught = case is not None and case.learn(world)
    return Situation(case, world, versions, recalled, taught)


async def known_dead(store: Store, people: Iterable[UUID]) -> frozenset[UUID]:
    """Return who of these people died, by a claim for the death or a membership that ended by it."""
    digests = [person.bytes for person in people]
    reported = await store.find_owners(DEATH_CLAIM_KEY, digests)
    ended = await store.find_owners(DECEASED_KEY, digests)
    return frozenset(UUID(bytes=digest) for digest in {*reported, *ended})

"""What decisions look at: the cases, and the streams they lean on, a whole batch in two queries at most."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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
        see = partial(self._cases.recall, kinds=_kinds(commands)) if recalled else self._cases.look
        begun = {command.case_id: NOTHING for command in commands if attempt == 0 and command.begins}
        expected = (id_ for command in commands for id_ in self._expected(command, reads=not recalled))
        found = begun | await see(id_ for id_ in expected if id_ not in begun)
        around = []
        for command in commands:
            streams, case = self._named(command), found[command.case_id].case
            around.append(streams if case is None else streams | leaning(case, command.step))
        if unexpected := [id_ for streams in around for id_ in streams.values() if id_ not in found]:
            found |= await see(set(unexpected))
        opener = await self._opener_for(commands, found)
        dead = await self._who_died(commands, found)
        situations = []
        for command, streams in zip(commands, around, strict=True):
            person_died = command.command_id in dead
            situations.append(_situation(command, streams, found, attempt or 0, opener, has_died=person_died))
        return situations

    async def _opener_for(self, commands: Iterable[Command], found: Mapping[UUID, Seen]) -> Keyring:
        """Return what opens the values that these steps compare."""
        return await self._mapper.opener_for(
            subject
            for command in commands
            if (case := found[command.case_id].case) is not None
            for subject in case.compared_subjects(command.step)
        )

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

    async def _who_died(self, commands: Iterable[Command], found: Mapping[UUID, Seen]) -> frozenset[UUID]:
        """Return the commands that ask for it and whose person is reported or known to be dead."""
        people = {
            command.command_id: case.subject_id
            for command in commands
            if command.asks_who_died and (case := found[command.case_id].case) is not None
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


def _kinds(commands: Iterable[Command]) -> Kinds:
    """Return of which kind the cases are that exist by these commands."""
    return {
        command.case_id: AGGREGATES[command.aggregate]
        for command in commands
        if command.aggregate in AGGREGATES and not command.begins
    }


def _situation(
    command: Command,
    streams: Mapping[str, UUID],
    found: Mapping[UUID, Seen],
    attempt: int,
    opener: Keyring,
    *,
    has_died: bool,
) -> Situation:
    own = found[command.case_id]
    case = None if own.case is None else own.case.apart()
    recalled = own.recalled
    present: dict[str, Case] = {}
    versions: dict[UUID, int] = {}
    for role, id_ in streams.items():
        companion = found[id_]
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

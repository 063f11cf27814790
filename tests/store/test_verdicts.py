"""The verdicts of any sequence of commands are those of a simple model that takes them one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.records import Append, NaturalKey, Outcome
from store.store import Store
from tests.store.facts import command, event

THREE = st.integers(0, 2)


@dataclass(frozen=True)
class Wish:
    """A command in small numbers: which id, streams with versions, keys, and subjects."""

    id: int
    request: str
    events: dict[int, int]  # by stream: how far its version is off the next one, mostly not at all
    owner: int
    take: frozenset[int]
    release: frozenset[int]
    new_keys: dict[int, bytes]
    needs: frozenset[int]
    erase: frozenset[int]


WISHES = st.builds(
    Wish,
    id=st.integers(0, 19),
    request=st.sampled_from(["this", "that"]),
    events=st.dictionaries(THREE, st.sampled_from([0, 0, 0, 0, 0, 0, 1, -1]), min_size=1, max_size=2),
    owner=THREE,
    take=st.frozensets(st.integers(0, 2), max_size=1),
    release=st.frozensets(st.integers(3, 5), max_size=1).map(lambda keys: frozenset(key - 3 for key in keys)),
    new_keys=st.dictionaries(THREE, st.sampled_from([b"one", b"two"]), max_size=1),
    needs=st.frozensets(THREE, max_size=1),
    erase=st.frozensets(THREE, max_size=1),
).map(
    lambda wish: Wish(
        **{
            **vars(wish),
            "release": wish.release - wish.take,
            "erase": wish.erase - wish.new_keys.keys(),
        }
    )
)


@dataclass
class Model:
    """What the log would hold."""

    commands: dict[int, str] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)
    data_keys: dict[int, bytes | None] = field(default_factory=dict)  # None: erased

    def version(self, stream: int) -> int:
        return self.versions.get(stream, 0) + 1

    def judge(self, wish: Wish) -> tuple[Outcome, int | None]:
        if wish.id in self.commands:
            return "repeated" if self.commands[wish.id] == wish.request else "reused", None
        for key in wish.take & self.owners.keys():
            return "taken", self.owners[key]
        if any(wish.events.values()):
            return "stale", None
        if any(self.data_keys.get(s, b"") is None for s in (*wish.new_keys, *wish.needs)):
            return "erased", None
        if wish.needs - self.data_keys.keys() - wish.new_keys.keys():
            return "erased", None
        if any(self.data_keys.get(s, key) != key for s, key in wish.new_keys.items()):
            return "stale", None
        self.commands[wish.id] = wish.request
        self.versions |= {stream: self.version(stream) for stream in wish.events}
        for key in wish.release:
            if self.owners.get(key) == wish.owner:
                del self.owners[key]
        self.owners |= dict.fromkeys(wish.take, wish.owner)
        self.data_keys |= wish.new_keys
        self.data_keys |= dict.fromkeys(wish.erase & self.data_keys.keys())
        return "recorded", None


class World:
    """Real ids for the small numbers, fresh for each example: the log is never emptied."""

    def __init__(self) -> None:
        self.ids = [uuid4() for _ in range(20)]
        self.streams = [uuid4() for _ in range(3)]
        self.owners = [uuid4() for _ in range(3)]
        self.subjects = [uuid4() for _ in range(3)]
        self.kind = str(uuid4())

    def command(self, wish: Wish, model: Model) -> Append:
        owner = self.owners[wish.owner]
        return command(
            *(
                event(self.streams[s], model.version(s) + off or 9) for s, off in wish.events.items()
            ),  # never 0
            id=self.ids[wish.id],
            request=wish.request,
            take=[NaturalKey(self.kind, bytes([key]), owner) for key in wish.take],
            release=[NaturalKey(self.kind, bytes([key]), owner) for key in wish.release],
            new_keys={self.subjects[s]: key for s, key in wish.new_keys.items()},
            subjects=[self.subjects[s] for s in {*wish.needs, *wish.new_keys}],
            erase=[self.subjects[s] for s in wish.erase],
        )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(batches=st.lists(st.lists(WISHES, min_size=1, max_size=12), min_size=1, max_size=4))
async def test_a_batch_is_judged_as_if_one_by_one(store: Store, batches: Sequence[Sequence[Wish]]) -> None:
    world, model = World(), Model()
    before = await store.last_position()
    recorded = 0
    for batch in batches:
        planned = [(world.command(wish, model), model.judge(wish)) for wish in batch]
        verdicts = await store.append([append for append, _ in planned])
        expected = [judged for _, judged in planned]
        holders = [None if holder is None else world.owners[holder] for _, holder in expected]
        assert [verdict.outcome for verdict in verdicts] == [outcome for outcome, _ in expected]
        taken = [v.holder if v.outcome == "taken" else None for v in verdicts]
        assert taken == holders
        recorded += sum(
            len(wish.events)
            for wish, (outcome, _) in zip(batch, expected, strict=True)
            if outcome == "recorded"
        )
    assert await store.last_position() == before + recorded
    log = await store.read_log(before, recorded + 1)
    assert [row.position for row in log] == list(range(before + 1, before + recorded + 1))
    await _same_state(store, world, model)


async def _same_state(store: Store, world: World, model: Model) -> None:
    owners = await store.find_owners(world.kind, [bytes([key]) for key in range(3)])
    assert owners == {bytes([key]): world.owners[owner] for key, owner in model.owners.items()}
    streams = await store.read_streams(world.streams)
    assert [len(streams[stream]) for stream in world.streams] == [model.versions.get(n, 0) for n in range(3)]
    rows = await store.pool.fetch(
        "select subject_id, wrapped from log.data_key where subject_id = any ($1)", world.subjects
    )
    kept: dict[UUID, bytes | None] = {row["subject_id"]: row["wrapped"] for row in rows}
    assert kept == {world.subjects[subject]: key for subject, key in model.data_keys.items()}

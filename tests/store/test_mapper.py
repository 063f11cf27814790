"""Events as they stand in the log: readable, typed again on the way out, personal values in boxes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from domain.fact import ClockChange, Fact, FirstFact, OnBehalfOf
from domain.refusal import SubjectErased
from domain.sealed import ERASED, Sealed
from domain.stored_as import stored_as
from store.mapper import SealingMapper, UnknownEvent, fold
from store.sealing import KeyNotLoaded, Keyring, SealBroken
from store.store import Recorded, Store
from tests.store.facts import command

HEIR, CHILD = uuid4(), uuid4()


class Relation(Enum):
    CHILD = "child"
    SPOUSE = "spouse"


@dataclass(frozen=True, kw_only=True)
class Heir:
    name: Sealed[str]
    relation: Relation
    born_on: Sealed[date] | None = None


@stored_as("test_matter")
class Matter(Aggregate):
    def __init__(self) -> None:
        self.number = ""
        self.amount = 0

    def when(self, event: Fact) -> None:
        if isinstance(event, Opened):
            self.number = event.number
        if isinstance(event, AmountSet):
            self.amount = event.amount


@stored_as("test_matter.opened")
class Opened(FirstFact):
    number: str


@stored_as("test_matter.amount_set")
class AmountSet(Fact):
    class_version = 3

    amount: int  # rupiah
    share: Decimal = Decimal(1)
    heirs: tuple[Heir, ...] = ()
    by_code: dict[str, Sealed[Heir]] | None = None
    working: Any = None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        state["amount"] = state.pop("rupiah")

    @staticmethod
    def upcast_v2_v3(state: dict[str, Any]) -> None:
        state["share"] = "1"


def header(**more: Any) -> dict[str, Any]:
    return {
        "originator_id": uuid4(),
        "originator_version": 2,
        "timestamp": datetime(2024, 5, 20, 3, 4, 5, 678, tzinfo=UTC),
        "effective_on": date(2024, 5, 20),
        "actor": "sri",
        "acting_roles": ("calculator",),
        "command_id": uuid4(),
        **more,
    }


@pytest.fixture
def loose_keyring(master_key: bytes) -> Keyring:
    """A keyring without a database, with a key for each subject of these tests."""
    keyring = Keyring(master_key)
    keyring.mint(HEIR)
    keyring.mint(CHILD)
    return keyring


def clear(value: Any, keyring: Keyring) -> Any:
    """Return the value with everything sealed opened, so that two events can be compared."""
    match value:
        case Sealed():
            return clear(value.open(keyring), keyring)
        case tuple() | list():
            return [clear(one, keyring) for one in value]
        case dict():
            return {key: clear(one, keyring) for key, one in value.items()}
        case Heir() | OnBehalfOf() | Fact():
            return clear(vars(value), keyring)
        case _:
            return value


def test_the_stored_state_is_json_to_read(loose_keyring: Keyring) -> None:
    event = AmountSet(
        **header(),
        amount=42_000_000,
        heirs=(Heir(name=Sealed.of(HEIR, "Ani"), relation=Relation.CHILD),),
        note=Sealed.of(HEIR, "lahir di Pekalongan"),
    )
    state = json.loads(SealingMapper(loose_keyring).to_stored_event(event).state)
    [box] = [state["boxes"].pop(HEIR.hex)]
    assert state == {
        "timestamp": "2024-05-20T03:04:05.000678Z",
        "effective_on": "2024-05-20",
        "actor": "sri",
        "acting_roles": ["calculator"],
        "command_id": str(event.command_id),
        "note": {"sealed": HEIR.hex, "n": 0},
        "amount": 42_000_000,
        "heirs": [{"name": {"sealed": HEIR.hex, "n": 1}, "relation": "child", "born_on": None}],
        "class_version": 3,
        "boxes": {},
    }
    assert "Ani" not in box


TEXT = st.text(max_size=20)
SUBJECTS = st.sampled_from([HEIR, CHILD])


def sealed(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Sealed[Any]]:
    return st.builds(Sealed.of, SUBJECTS, values)


HEIRS = st.builds(
    Heir,
    name=sealed(TEXT),
    relation=st.sampled_from(Relation),
    born_on=st.none() | sealed(st.dates()),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | TEXT,
    lambda some: st.lists(some, max_size=3) | st.dictionaries(TEXT, some, max_size=3),
    max_leaves=6,
)
INSTANTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001  # the zone is added
    lambda naive: naive.replace(tzinfo=timezone(timedelta(hours=7)))
)
CLOCKS = st.builds(
    ClockChange, clock=TEXT, change=TEXT, on=st.dates(), due_on=st.none() | st.dates(), basis=st.none() | TEXT
)
EVENTS = st.builds(
    AmountSet,
    originator_id=st.uuids(),
    originator_version=st.integers(2, 2**31 - 1),
    timestamp=INSTANTS,
    effective_on=st.dates(),
    actor=TEXT,
    acting_roles=st.lists(TEXT, max_size=3).map(tuple),
    command_id=st.uuids(),
    causation_id=st.none() | st.uuids(),
    on_behalf_of=st.none() | st.builds(OnBehalfOf, name=sealed(TEXT), relation=TEXT),
    clocks=st.lists(CLOCKS, max_size=2).map(tuple),
    note=st.none() | sealed(TEXT),
    amount=st.integers(0, 2**62),
    share=st.decimals(0, 1, places=4),
    heirs=st.lists(HEIRS, max_size=3).map(tuple),
    by_code=st.none()
    | st.dictionaries(TEXT, sealed(st.builds(lambda n: {"n": n}, TEXT)), max_size=2).map(dict),
    working=JSON,
)


@given(event=EVENTS.filter(lambda event: not event.by_code))
def test_every_event_comes_back_as_it_was(event: AmountSet) -> None:
    keyring = Keyring(bytes(32))
    keyring.mint(HEIR)
    keyring.mint(CHILD)
    mapper = SealingMapper(keyring)
    stored = mapper.to_stored_event(event)
    back = mapper.to_domain_event(stored)
    assert type(back) is AmountSet
    assert clear(back, keyring) == clear(event, keyring)
    without_keys = SealingMapper(Keyring(bytes(32))).to_domain_event(stored)  # folding needs no key
    assert isinstance(without_keys, AmountSet)
    assert without_keys.amount == event.amount


def test_a_sealed_value_may_be_a_whole_record(loose_keyring: Keyring) -> None:
    @dataclass(frozen=True)
    class Account:
        bank: str
        opened_on: date

    @stored_as("test_matter.account_named")
    class AccountNamed(Fact):
        account: Sealed[Account]

    AccountNamed.__annotations__["account"] = Sealed[Account]
    mapper = SealingMapper(loose_keyring)
    account = Account("BRI", date(2020, 1, 31))
    back: Any = mapper.to_domain_event(
        mapper.to_stored_event(AccountNamed(**header(), account=Sealed.of(HEIR, account)))
    )
    assert back.account.open(loose_keyring) == account


def test_older_versions_are_lifted_and_newer_ones_refused(loose_keyring: Keyring) -> None:
    mapper = SealingMapper(loose_keyring)
    stored = mapper.to_stored_event(AmountSet(**header(), amount=7))
    state = json.loads(stored.state)
    state |= {"class_version": 1, "rupiah": state.pop("amount")}
    old = StoredEvent(stored.originator_id, 2, stored.topic, json.dumps(state).encode())
    lifted = mapper.to_domain_event(old)
    assert isinstance(lifted, AmountSet)
    assert (lifted.amount, lifted.share) == (7, Decimal(1))
    newer = StoredEvent(
        stored.originator_id, 2, stored.topic, json.dumps(state | {"class_version": 4}).encode()
    )
    with pytest.raises(UnknownEvent, match=r"version 4 of test_matter\.amount_set; this program knows 3"):
        mapper.to_domain_event(newer)


@pytest.mark.parametrize("topic", ["test_matter.unheard_of", "nowhere.at_all", "json", "os:system", ""])
def test_an_unknown_name_is_refused_by_name(loose_keyring: Keyring, topic: str) -> None:
    with pytest.raises(UnknownEvent, match=f"named '{topic}'"):
        SealingMapper(loose_keyring).to_domain_event(StoredEvent(uuid4(), 1, topic, b"{}"))


@pytest.mark.parametrize(
    "state", [b"", b"[]", b'{"amount":12', b'{"amount":12]', b'{"amount": "7"}', b'{"boxes": 1}']
)
def test_damaged_states_name_stream_and_version(loose_keyring: Keyring, state: bytes) -> None:
    stream = uuid4()
    with pytest.raises(MapperDeserialisationError, match=f"Version 5 of stream {stream}"):
        SealingMapper(loose_keyring).to_domain_event(StoredEvent(stream, 5, "test_matter.amount_set", state))


def test_what_has_no_stored_form_is_a_bug(loose_keyring: Keyring) -> None:
    with pytest.raises(TypeError, match="object has no place in a stored event"):
        SealingMapper(loose_keyring).to_stored_event(AmountSet(**header(), amount=1, working=object()))


def test_sealing_without_a_key_is_a_bug(master_key: bytes) -> None:
    event = AmountSet(**header(), amount=1, note=Sealed.of(HEIR, "x"))
    with pytest.raises(KeyNotLoaded):
        SealingMapper(Keyring(master_key)).to_stored_event(event)


def of_another_row(stored: StoredEvent) -> list[tuple[str, Callable[[], StoredEvent]]]:
    return [
        ("stream", lambda: StoredEvent(uuid4(), stored.originator_version, stored.topic, stored.state)),
        ("version", lambda: StoredEvent(stored.originator_id, 99, stored.topic, stored.state)),
        ("name", lambda: StoredEvent(stored.originator_id, 2, "test_matter.amount_seen", stored.state)),
        ("subject", lambda: _relabelled(stored)),
        ("bit", lambda: _altered(stored)),
    ]


def _relabelled(stored: StoredEvent) -> StoredEvent:
    state = stored.state.replace(HEIR.hex.encode(), CHILD.hex.encode())
    return StoredEvent(stored.originator_id, 2, stored.topic, state)


def _altered(stored: StoredEvent) -> StoredEvent:
    state = json.loads(stored.state)
    box = state["boxes"][HEIR.hex]
    state["boxes"][HEIR.hex] = ("B" if box[20] == "A" else "A").join([box[:20], box[21:]])
    return StoredEvent(stored.originator_id, 2, stored.topic, json.dumps(state).encode())


@stored_as("test_matter.amount_seen")
class AmountSeen(AmountSet):
    """Of the same shape as `AmountSet`, to see whether a box may change its event."""


@pytest.mark.parametrize("number", range(5), ids=["stream", "version", "name", "subject", "bit"])
def test_a_box_opens_only_where_it_was_sealed(loose_keyring: Keyring, number: int) -> None:
    mapper = SealingMapper(loose_keyring)
    stored = mapper.to_stored_event(AmountSet(**header(), amount=1, note=Sealed.of(HEIR, "x")))
    _, moved = of_another_row(stored)[number]
    event: Any = mapper.to_domain_event(moved())
    with pytest.raises(
        SealBroken, match=f"version {event.originator_version} of stream {event.originator_id}"
    ):
        event.note.open(loose_keyring)


async def test_seal_brings_new_keys_and_keeps_known_ones(store: Store, keyring: Keyring) -> None:
    mapper = SealingMapper(keyring)
    first = await mapper.seal([AmountSet(**header(), amount=1, note=Sealed.of(HEIR, "x"))])
    assert list(first.new_keys) == first.subjects == [HEIR]
    stored = command(*first.events, new_keys=first.new_keys, subjects=first.subjects)
    [verdict] = await store.append([stored])
    assert verdict.outcome == "stale"  # the event is version 2 of an empty stream
    opened = Opened(**header(originator_version=1), originator_topic="test_matter", number="1")
    note = AmountSet(**header(originator_id=opened.originator_id), amount=5, note=Sealed.of(HEIR, "rahasia"))
    again = await mapper.seal([opened, note])
    assert again.new_keys == first.new_keys  # not stored yet, so the same one travels again
    await store.append([command(*again.events, new_keys=again.new_keys, subjects=again.subjects)])
    assert (await mapper.seal([note])).new_keys == {}

    records = (await store.read_streams([opened.originator_id]))[opened.originator_id]
    matter = fold(records, mapper)
    assert isinstance(matter, Matter)
    assert (matter.id, matter.version, matter.number, matter.amount) == (opened.originator_id, 2, "1", 5)

    elsewhere = Keyring(bytes(range(32)), store.pool)
    await elsewhere.load([HEIR])
    event = mapper.event_of(records[1])
    assert event.note.open(elsewhere) == "rahasia"

    copied = AmountSet(**header(originator_version=3), amount=5, note=event.note)  # sealed anew, elsewhere
    moved = await mapper.seal([copied])
    assert mapper.to_domain_event(moved.events[0]).note.open(keyring) == "rahasia"  # type: ignore[attr-defined]

    await store.append([command(erase=[HEIR])])
    keyring.distrust(HEIR)
    await keyring.load([HEIR])
    assert event.note.open(keyring) is ERASED
    assert fold(records, mapper).amount == 5
    with pytest.raises(SubjectErased):
        await mapper.seal([copied])


def test_fold_of_nothing_is_nothing(loose_keyring: Keyring) -> None:
    records: list[Recorded] = []
    assert fold(records, SealingMapper(loose_keyring)) is None


def test_streams_of_uuid_subclasses_are_stored_alike(loose_keyring: Keyring) -> None:
    class DriverUUID(UUID):
        """As the database driver returns them."""

    event = AmountSet(**header(command_id=DriverUUID(int=7)), amount=1)
    assert json.loads(SealingMapper(loose_keyring).to_stored_event(event).state)["command_id"] == str(
        UUID(int=7)
    )

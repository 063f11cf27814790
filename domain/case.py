"""What every case remembers: where it stands, who did what, which papers and clocks it has."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple, Protocol, Self
from uuid import UUID

from eventsourcing.domain import Aggregate
from eventsourcing.utils import get_topic

from domain.fact import ClockChange, Fact, made
from domain.mandate import Mandate
from domain.sealed import Sealed


class Taken(NamedTuple):
    """A step that was taken, and by whom: segregation looks at these."""

    step: str
    actor: str
    roles: tuple[str, ...]
    effective_on: date


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document of the file. The bytes are kept apart, sealed; the event keeps their hash.

    added_in: the version of the case with which it came. rejected: why it was rejected, if it was.
    """

    code: str
    sha256: str
    media_type: str
    size: int  # bytes
    added_in: int = 0
    rejected: Sealed[str] | None = None


@dataclass(frozen=True)
class Key:
    """A natural key: of its kind and digest there is one holder at a time."""

    kind: str
    digest: bytes


@dataclass
class KeyChange:
    """The natural keys that the pending events take and release."""

    take: list[Key] = field(default_factory=list)
    release: list[Key] = field(default_factory=list)


class Facts(Protocol):
    """The facts of a case by name. They can be asked for and not counted up: a copy would hold a few of many."""

    def __getitem__(self, name: str, /) -> object: ...


class _Asked(dict[str, object]):
    """Facts that are looked up when they are asked for first: a step asks for few of many."""

    __slots__ = ("_askable", "_case")

    def __init__(self, case: "Case", askable: "Mapping[str, Ask]", known: "Mapping[str, object]") -> None:
        super().__init__(known)
        self._case = case
        self._askable = askable

    def __missing__(self, name: str) -> object:
        found = self[name] = self._askable[name](self._case)
        return found


CONTAINERS: Final = frozenset({list, dict, set})  # what they hold in a case never changes in place


class Case(Aggregate):
    """An aggregate with a lifecycle. `when` only remembers: it may never refuse.

    What a list, dictionary or set of a case holds never changes; a change puts another in its place.
    """

    def __init__(self) -> None:
        self.definition: str | None = None
        self.status = ""
        self.entered_from: str | None = None
        self.area_code = ""
        self.residence: tuple[str, str] | None = None  # district and ward of the person it is about
        self.taken: list[Taken] = []
        self.papers: dict[str, tuple[Paper, ...]] = {}  # by code, the newest last
        self.valid_papers: dict[str, Paper] = {}  # the newest of each code, unless it was rejected
        self.asked_because: dict[str, Sealed[str]] = {}  # paper to the reason for which it is to be brought
        self.clocks: dict[str, ClockChange] = {}
        self.flags: set[str] = set()
        self.position = 0  # of the last event in the log; 0 until it is recorded
        self.recorded_at: datetime | None = None
        self._keys: KeyChange | None = None

    @classmethod
    def _create(cls, event_class: type[Any], *, id: UUID | None = None, **fields: Any) -> Self:
        """Return a case that begins with this event, as the library does, without looking for what ours never have."""
        fields["originator_topic"] = get_topic(cls)
        fields["originator_id"] = cls.create_id() if id is None else id
        fields["originator_version"] = cls.INITIAL_VERSION
        begun = made(event_class, fields)
        case: Self = begun.mutate(None)
        case.pending_events.append(begun)
        return case

    def trigger_event(self, event_class: type[Any], **fields: Any) -> None:
        """Let something happen to the case: remember it, and keep it for the log."""
        fields["originator_id"] = self.id
        fields["originator_version"] = self.version + 1
        event = made(event_class, fields)
        event.mutate(self)
        self.pending_events.append(event)

    def apart(self) -> Self:
        """Return a copy to decide on: with containers of its own, made of the same facts."""
        twin = object.__new__(type(self))
        values = vars(twin)
        values.update(vars(self))
        for name, value in values.items():
            if type(value) in CONTAINERS:
                values[name] = value.copy()
        assert self._keys is None, "a case with natural keys to be written is not remembered"
        return twin

    @property
    def subject_id(self) -> UUID:
        """The person this case is about; documents and notes are sealed under this person's key."""
        raise AssertionError(f"{type(self).__name__} has no subject")

    @property
    def keys(self) -> KeyChange:
        """Natural keys to take and release together with the pending events."""
        if self._keys is None:
            self._keys = KeyChange()
        return self._keys

    @property
    def key_changes(self) -> KeyChange | None:
        """The natural keys to take and release, None as long as nobody named any."""
        return self._keys

    def keys_written(self) -> None:
        """Let go of the changes of natural keys: they were stored together with the events."""
        self._keys = None

    def compared_subjects(self, step: str) -> tuple[UUID, ...]:
        """People whose sealed values a step compares with what it is given; the office opens them."""
        return ()

    def outdated_papers(self, step: str) -> frozenset[str]:
        """Codes of papers in the file that do not count for a step, because it asks for newer ones."""
        return frozenset()

    def asked_papers(self, step: str) -> tuple[str, ...]:
        """Codes of papers that somebody asked for and that a step waits for, beside those of the definition."""
        return ()

    @property
    def counted_papers(self) -> frozenset[str]:
        """Codes of papers that something else of the case counts as."""
        return frozenset()

    @property
    def unchecked_flags(self) -> frozenset[str]:
        """Flags since which nobody has looked into the matter on the spot."""
        return frozenset(self.flags)

    @property
    def amount_to_sign(self) -> int:
        """The amount in rupiah that the limit of an approver is held against."""
        return 0

    @property
    def endorsed_by(self) -> str | None:
        """Who gave the first of two signatures under what stands now."""
        return None

    def is_within(self, mandate: Mandate) -> bool:
        """Whether an officer's mandate reaches this case."""
        return mandate.covers(self.area_code, self.residence)

    def is_known_to(self, participant: str) -> bool:
        """Whether a participant may see this case: one who took a step of it."""
        return any(taken.actor == participant for taken in self.taken)

    def answer(self, step: str) -> dict[str, Any]:
        """Return what the answer to a step says beyond status and version."""
        return {}

    def facts(self, **known: object) -> Facts:
        """Return what conditions of a definition may ask about, as it stands; not to be kept beyond a change.

        known: facts that the caller knows better than the case does.
        """
        return _Asked(self, self.askable, known)

    @property
    def askable(self) -> "Mapping[str, Ask]":
        """How each fact is found, by the name under which a definition asks for it."""
        return ASKABLE

    def companions(self) -> dict[str, UUID]:
        """Return the other streams that decisions on this case look at, by role."""
        return {}

    def consulted(self, step: str) -> dict[str, UUID]:
        """Return the streams that one step alone looks at, by role."""
        return {}

    @classmethod
    def naming(cls) -> tuple[str, ...]:
        """Return fields of the first event of a case that name streams: these are read along with it."""
        return ()

    @classmethod
    def streams_beside(cls, case_id: UUID) -> Collection[UUID]:
        """Return streams beside a case that follow from its id, whatever it holds: read along with it too."""
        return ()

    def learn(self, world: Any) -> bool:  # Any: a World, which is made of cases
        """Take over what stands beside the case in streams of their own, and tell whether there was anything."""
        return False

    def remember(self, event: Fact) -> None:
        """Take over what the header says."""
        if event.definition is not None:
            self.definition = event.definition
        if event.to_status is not None:
            if event.to_status != self.status:
                self.entered_from = event.from_status
            self.status = event.to_status
        if event.step is not None:
            self.taken.append(Taken(event.step, event.actor, event.acting_roles, event.effective_on))
        for change in event.clocks:
            self.clocks[change.clock] = change
        self.flags.update(event.flags)

    def recorded(self, event: Fact, position: int, recorded_at: datetime) -> None:
        """Note where and when the log recorded an event of this case."""
        self.position, self.recorded_at = position, recorded_at

    def add_paper(self, paper: Paper) -> None:
        self.papers[paper.code] = (*self.papers.get(paper.code, ()), paper)
        self.valid_papers[paper.code] = paper

    def reject_paper(self, code: str, sha256: str, reason: Sealed[str]) -> None:
        """Mark a paper as rejected. It stays in the file, and one that came before it never counts again."""
        self.papers[code] = papers = tuple(
            replace(paper, rejected=reason) if paper.sha256 == sha256 else paper
            for paper in self.papers.get(code, ())
        )
        if papers and papers[-1].rejected is not None:
            self.valid_papers.pop(code, None)

    def when(self, event: Fact) -> None:
        self.remember(event)


Ask = Callable[[Any], object]  # Any: the kind of case that the table of facts belongs to
ASKABLE: Final[Mapping[str, Ask]] = {
    "status": lambda case: case.status,
    "flags": lambda case: sorted(case.flags),
}

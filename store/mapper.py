"""Between typed events and rows of the log: readable JSON, with personal values in sealed boxes."""

import dataclasses
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple, NotRequired, Required, TypedDict, cast, get_args, get_type_hints
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEvent, DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent
from eventsourcing.utils import TopicError, get_topic, resolve_topic

from domain.refusal import SubjectErased
from domain.sealed import Erased, Sealed
from store.records import Recorded
from store.sealing import Keyring, SealedBox, place

_NONE: Final = dataclasses.MISSING
_COLUMNS: Final = frozenset({"originator_id", "originator_version"})  # of the log; all else is in the state


_HAS_BOXES: Final = b'"boxes":'
_HAS_VERSION: Final = b'"class_version":'


class UnknownEvent(MapperDeserialisationError):
    """The log holds an event that this program does not know, or knows only an older version of."""


@dataclass(frozen=True, slots=True)
class SealedEvents:
    """Events ready for an append, with the keys that were made for them and all persons they are about."""

    events: list[StoredEvent]
    new_keys: dict[UUID, bytes]
    subjects: list[UUID]


class SealingMapper(Mapper[UUID]):
    """Stores an event as the JSON of those fields that differ from their defaults.

    Each `Sealed` value leaves a placeholder {"sealed": subject, "n": number}; the values themselves
    stand in "boxes", one per subject, encrypted and bound to this event. Reading needs no key.
    Upcasters (`upcast_v1_v2`, static, as in the library) change the stored JSON, before typing.
    """

    def __init__(self, keyring: Keyring) -> None:
        # Not the library's own: its transcoder, compressor and cipher stay unused.
        self._keyring = keyring
        self._forms: dict[str, _Form] = {}
        self._reading = _Reading()

    async def seal(self, events: Iterable[DomainEventProtocol[UUID]]) -> SealedEvents:
        """Make events ready for one append: load the keys of their subjects, make those that are missing.

        Raises `SubjectErased` if they hold personal values of somebody who was erased.
        """
        [sealed] = await self.seal_each([events])
        if isinstance(sealed, SubjectErased):
            raise sealed
        return sealed

    async def seal_each(
        self, appends: Iterable[Iterable[DomainEventProtocol[UUID]]]
    ) -> list[SealedEvents | SubjectErased]:
        """Make the events of many appends ready, with one look for the keys of all their subjects.

        For each append its events, or the refusal where somebody in it was erased.
        """
        drafts = [[_Draft(event, self._form(get_topic(type(event)))) for event in one] for one in appends]
        subjects = {subject for one in drafts for draft in one for subject in draft.sealed}
        if subjects:
            begun = {
                draft.event.originator_id
                for one in drafts
                for draft in one
                if draft.event.originator_version == 1
            }
            await self._keyring.load(subjects, begun=begun)
        return [self._finished(one) for one in drafts]

    def _finished(self, drafts: "list[_Draft]") -> SealedEvents | SubjectErased:
        subjects = list({subject for draft in drafts for subject in draft.sealed})
        try:
            new_keys = {s: self._keyring.mint(s) for s in subjects if self._keyring.lacks_stored_key(s)}
            return SealedEvents([draft.finish(self._keyring) for draft in drafts], new_keys, subjects)
        except SubjectErased as erased:
            return erased

    def note_stored(self, new_keys: Mapping[UUID, bytes]) -> None:
        """Know that the new keys of an append are stored, so that nobody has to look."""
        self._keyring.note_stored(new_keys)

    async def opener_for(self, subjects: Iterable[UUID]) -> Keyring:
        """Return what opens the sealed values of these people, their keys loaded."""
        await self._keyring.load(subjects)
        return self._keyring

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Seal one event whose subjects' keys are loaded."""
        return _Draft(domain_event, self._form(get_topic(type(domain_event)))).finish(self._keyring)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Return the typed event. Raises `UnknownEvent`, `MapperDeserialisationError`."""
        stream = cast(UUID, stored_event.originator_id)
        return cast(
            DomainEventProtocol[UUID],
            self._read(stream, stored_event.originator_version, stored_event.topic, stored_event.state),
        )

    def event_of(self, record: Recorded) -> Any:  # Any: of whatever class its name says
        """Return the typed event of a row of the log."""
        return self._read(record.stream, record.version, record.topic, record.state)

    def _read(self, stream: UUID, version: int, topic: str, state: bytes) -> Any:
        form = self._forms.get(topic) or self._form(topic)
        try:
            if _HAS_BOXES in state:
                boxes = _BOXES.decode(state).boxes
                self._reading.boxes = {
                    s.hex: SealedBox(s, box, stream, version, topic) for s, box in boxes.items()
                }
            elif self._reading.boxes:
                self._reading.boxes = {}
            if form.version > 1 or _HAS_VERSION in state:
                state = form.upcast(state)
            fields = form.decoder.decode(state)
        except UnknownEvent:
            raise
        except Exception as error:
            raise MapperDeserialisationError(
                f"Version {version} of stream {stream} does not read as {topic}: {error}"
            ) from error
        values = form.optional | fields
        # The id as it came with the row: many look up rows by it, and the driver's hashes in no time.
        values["originator_id"], values["originator_version"] = stream, version
        event = object.__new__(form.cls)
        object.__setattr__(
            event, "__dict__", values
        )  # an event is frozen, and begins with all it will ever have
        return event

    def _shut(self, kind: Any, placeholder: Any) -> Any:
        """Return a sealed value of the event that is being read, in the place that its placeholder held."""
        return Sealed.shut(self._reading.boxes[placeholder["sealed"]], placeholder["n"], _kind_within(kind))

    def _form(self, topic: str) -> "_Form":
        form = self._forms.get(topic)
        if form is None:
            form = self._forms[topic] = _Form.of(topic, self._shut)
        return form


def fold(records: Iterable[Recorded], mapper: SealingMapper) -> Any:  # Any: as the first event says
    """Return the aggregate that these events, in order of version, add up to; None if there are none."""
    aggregate = None
    for record in records:
        aggregate = mapper.event_of(record).mutate(aggregate)
    return aggregate


class _Reading(threading.local):
    """The boxes of the event that a thread is reading; one that is named without boxes finds none."""

    boxes: dict[str, SealedBox] = {}  # noqa: RUF012  never changed, only replaced


class _Boxes(msgspec.Struct):
    """What is sealed of each subject, in the state of an event."""

    boxes: dict[UUID, bytes] = {}


_BOXES: Final = msgspec.json.Decoder(_Boxes)


@lru_cache(maxsize=256)
def _kind_within(kind: Any) -> Any:
    """Return the kind of value that a field of a kind such as `Sealed[date]` holds; text where it is not said."""
    arguments = get_args(kind)
    return arguments[0] if arguments else str


class _Form(NamedTuple):
    """How events of one stored name are written and read."""

    cls: type[Any]
    topic: str
    version: int
    defaults: dict[str, Any]  # of every field that is stored in the state; MISSING where it has none
    optional: dict[str, Any]  # the same, without those that must be there
    decoder: "msgspec.json.Decoder[dict[str, Any]]"  # of the fields alone: four times as fast as of the class

    @classmethod
    def of(cls, topic: str, shut: Callable[[Any, Any], Any]) -> "_Form":
        try:
            event = resolve_topic(topic)
        except (TopicError, ValueError):  # the library tries to import what it does not know
            event = None
        if not (isinstance(event, type) and issubclass(event, DomainEvent)):
            raise UnknownEvent(f"The log holds an event named {topic!r}, which this program does not know")
        fields = dataclasses.fields(event)
        defaults = {f.name: _default(f) for f in fields if f.name not in _COLUMNS}
        assert not {"boxes", "class_version"} & defaults.keys(), "these names are taken"
        optional = {name: default for name, default in defaults.items() if default is not _NONE}
        kinds = get_type_hints(event)
        shape = {
            name: NotRequired[kinds[name]] if name in optional else Required[kinds[name]] for name in defaults
        }
        fields_of = cast(Any, TypedDict)(
            topic, shape
        )  # made of what the class says, so no type checker knows it
        decoder: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(fields_of, dec_hook=shut)
        return cls(event, topic, getattr(event, "class_version", 1), defaults, optional, decoder)

    def upcast(self, state: bytes) -> bytes:
        """Return a stored state as this program would have stored it."""
        fields: dict[str, Any] = msgspec.json.decode(state)
        stored_version = fields.pop("class_version", 1)
        if stored_version > self.version:
            raise UnknownEvent(
                f"The log holds version {stored_version} of {self.topic}; this program knows {self.version}"
            )
        for version in range(stored_version, self.version):
            getattr(self.cls, f"upcast_v{version}_v{version + 1}")(fields)
        return msgspec.json.encode(fields)


class _Draft:
    """An event as JSON with its boxes still open: which subjects it is about must be known before sealing."""

    def __init__(self, event: DomainEventProtocol[UUID], form: _Form) -> None:
        self.event = event
        self._form = form
        self.sealed: dict[UUID, list[Sealed[Any]]] = {}
        self._run: tuple[UUID | None, list[Sealed[Any]], str] = (None, [], "")
        values = vars(event)
        fields = {
            name: value
            for name, default in form.defaults.items()
            if (value := values[name]) is not default and (default is _NONE or value != default)
        }
        if form.version > 1:
            fields["class_version"] = form.version
        self._fields = msgspec.json.encode(fields, enc_hook=self._hold_place)

    def finish(self, keyring: Keyring) -> StoredEvent:
        stream, version = self.event.originator_id, self.event.originator_version
        boxes = {}
        for subject, held in self.sealed.items():
            clear = [one.open(keyring) for one in held]
            if Erased in map(type, clear):
                raise SubjectErased(
                    "the personal data of this person have been erased: nothing can be added any more"
                )
            about = place(stream, version, self._form.topic, subject)
            boxes[subject.hex] = keyring.seal(subject, msgspec.json.encode(clear), about)
        state = self._fields
        if boxes:
            state = state[:-1] + b',"boxes":' + msgspec.json.encode(boxes) + b"}"
        return StoredEvent(stream, version, self._form.topic, state)

    def _hold_place(self, value: Any) -> Any:
        if not isinstance(value, Sealed):
            raise TypeError(f"{type(value).__qualname__} has no place in a stored event")
        subject, held, begun = self._run
        if value.subject_id is not subject:  # the values of a person mostly stand together
            subject = value.subject_id
            held = self.sealed.setdefault(subject, [])
            begun = f'{{"sealed":"{subject.hex}","n":'
            self._run = subject, held, begun
        held.append(value)
        return msgspec.Raw(f"{begun}{len(held) - 1}}}".encode())


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default

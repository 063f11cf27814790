"""The base of every event: what happened, and the header that says who, when, why and under which rule."""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, dataclass_transform
from uuid import UUID

from eventsourcing.domain import AggregateCreated, AggregateEvent, MetaDomainEvent
from eventsourcing.utils import resolve_topic

from domain.sealed import Sealed

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class OnBehalfOf:
    """For whom an officer took a step of the participant, and by what right."""

    name: Sealed[str]
    relation: str


@dataclass(frozen=True, kw_only=True)
class ClockChange:
    """One change of a legal clock, decided with the step that caused it.

    `due_on` is empty when the holiday calendar does not reach the due date: the clock says so
    in `calendar_ends` instead of guessing.
    """

    clock: str
    change: str  # started, paused, restarted, missed, stopped, voided
    on: date
    waiting_on: str | None = None  # us, claimant or third_party: who has to act now, until the clock ends
    due_on: date | None = None
    calendar: str | None = None  # version of the holiday calendar that was used
    calendar_ends: date | None = None
    basis: str | None = None  # the article of law


@dataclass_transform(frozen_default=True, kw_only_default=True)
class _FactType(MetaDomainEvent):
    """Makes every event a frozen dataclass with keyword fields, so that a header may have defaults."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        made = super(MetaDomainEvent, cls).__new__(cls, name, bases, namespace)
        return dataclasses.dataclass(frozen=True, kw_only=True)(made)


class Fact(AggregateEvent, metaclass=_FactType):
    """An event of any aggregate.

    timestamp: when the office decided, UTC (see `decided_at`). The instant of recording is a
    column of the log, set by the append function. effective_on: the legal day, Asia/Jakarta.
    from_status, to_status: decided by the office; replay only copies them.
    """

    actor: str
    acting_roles: tuple[str, ...]
    effective_on: date
    command_id: UUID
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    on_behalf_of: OnBehalfOf | None = None
    definition: str | None = None  # name@version of the lifecycle
    step: str | None = None
    from_status: str | None = None
    to_status: str | None = None
    clocks: tuple[ClockChange, ...] = ()
    flags: tuple[str, ...] = ()
    note: Sealed[str] | None = None
    delegation: UUID | None = None  # by which an actor sat in the chair of somebody absent

    @property
    def decided_at(self) -> datetime:
        return self.timestamp

    def apply(self, aggregate: Any) -> None:
        aggregate.when(self)


class FirstFact(AggregateCreated, Fact):
    """The event that begins a stream; `originator_topic` is the stored name of its aggregate."""

    def mutate(self, aggregate: Any) -> Any:
        """Return the aggregate as it begins. The library looks for arguments of `__init__`: ours have none."""
        assert aggregate is None
        begun = object.__new__(resolve_topic(self.originator_topic))
        begun.__base_init__(self.originator_id, self.originator_version, self.timestamp)
        begun.__init__()
        self.apply(begun)
        return begun


def made(kind: type[T], fields: dict[str, Any]) -> T:
    """Return a frozen record of these fields, such as an event: at a third of what its class takes to set them.

    Fields that do not fit are left to the class, which refuses them in its own words.
    """
    record = object.__new__(kind)
    values = vars(record)
    names, defaults = _shape_of(kind)  # type: ignore[arg-type]  # classes hash, whatever their instances do
    values.update(defaults)
    values.update(fields)
    return record if values.keys() == names else kind(**fields)


@cache
def _shape_of(kind: type[Any]) -> tuple[frozenset[str], dict[str, Any]]:
    """Return the names of all fields of a record, and the defaults of those that have one."""
    fields = dataclasses.fields(kind)
    defaults = {field.name: field.default for field in fields if field.default is not dataclasses.MISSING}
    return frozenset(field.name for field in fields), defaults

"""What may be asked of a programme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.benefit.contribution import Invoice
from domain.command import Command


@dataclass(frozen=True, kw_only=True, repr=False)
class OpenProgramme(Command):
    aggregate: ClassVar[str] = "programme"
    step: ClassVar[str] = "open"

    name: str
    area_code: str
    sponsor: str
    segment: str
    target: int
    budget: int
    period_from: date
    period_to: date
    wards: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    quota: int | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Heads:
    """How many members a payment is for, counted in the log up to `position`."""

    position: int
    by_month: Mapping[str, int]
    invoice: Invoice


@dataclass(frozen=True, kw_only=True, repr=False)
class ReceiveContribution(Command):
    """Record a payment of the sponsor or of named members. `heads` is counted by the office."""

    aggregate: ClassVar[str] = "programme"
    step: ClassVar[str] = "receive_contribution"
    commutes: ClassVar[bool] = True

    months: tuple[str, ...]  # YYYY-MM
    amount: int
    paid_on: date
    reference: str
    heads: Heads
    roster_id: UUID | None = None
    enrollment_ids: tuple[UUID, ...] = ()

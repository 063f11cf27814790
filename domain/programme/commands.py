"""What may be asked of a programme."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.command import Command
from domain.programme.invoice import Invoice


@dataclass(frozen=True, kw_only=True, repr=False)
class OpenProgramme(Command):
    aggregate: ClassVar[str] = "programme"
    step: ClassVar[str] = "open"
    begins: ClassVar[bool] = True

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
    """How many members a payment is for, counted in the log up to `position`, and what they owe."""

    position: int
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

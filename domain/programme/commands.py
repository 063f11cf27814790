"""What may be asked of a programme."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from domain.command import Command
from domain.period import Month
from domain.programme.invoice import Invoice

Rest: TypeAlias = Literal["credit"]
RefundTo: TypeAlias = Literal["account", "credit"]


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
    """How many members a payment is for, counted in the log up to `position`, and what they owe.

    died_on: of the members named, or of the list, those whose death is reported. spells_from: by month, the
    first day of the earliest spell that a member counted for the month is in.
    """

    position: int
    invoice: Invoice
    died_on: Mapping[UUID, date] = field(default_factory=dict)
    spells_from: Mapping[Month, date] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, repr=False)
class ReceiveContribution(Command):
    """Record a payment of the sponsor or of named members. `heads` is counted by the office.

    rest: what becomes of money above the invoice; without it there may be none. use_credit: rupiah of the
    programme's credit that complete the amount. authorisation: of the Fund, where public money came after the
    lapse of these members; the money counts once a second person settles their arrears by it.
    """

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
    rest: Rest | None = None
    use_credit: int = 0
    authorisation: str | None = None

    def companions(self) -> dict[str, UUID]:
        return {f"member/{member}": member for member in self.enrollment_ids}


@dataclass(frozen=True, kw_only=True, repr=False)
class MemberMonths:
    """Months of one member."""

    enrollment_id: UUID
    months: tuple[str, ...]  # YYYY-MM


@dataclass(frozen=True, kw_only=True, repr=False)
class RefundOverpaid(Command):
    """Give months back that were paid beyond death or end, as agreed with the sponsor.

    claims: of the members whose death is reported, the claim; the office finds it.
    """

    aggregate: ClassVar[str] = "programme"
    step: ClassVar[str] = "refund_overpaid"
    commutes: ClassVar[bool] = True

    members: tuple[MemberMonths, ...]
    amount: int
    agreement: str
    reference: str
    refunded_on: date
    to: RefundTo = "account"
    claims: Mapping[UUID, UUID] = field(default_factory=dict)

    def companions(self) -> dict[str, UUID]:
        members = {f"member/{one.enrollment_id}": one.enrollment_id for one in self.members}
        return members | {f"claim/{member}": claim for member, claim in self.claims.items()}

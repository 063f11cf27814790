"""A sponsor's programme: who is meant, and the money that came in. One event for each payment."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

from domain.benefit.rules import grace_months
from domain.case import Case, Key
from domain.command import header
from domain.coverage import belongs_to_spell, lapse_day
from domain.fact import Fact
from domain.period import Month
from domain.programme.commands import OpenProgramme, ReceiveContribution
from domain.programme.contribution import Contribution, Member
from domain.programme.credit import rest_kept
from domain.programme.events import ContributionReceived, ProgrammeOpened
from domain.programme.refusals import (
    FirstPaidAfterDeath,
    MonthAfterDeath,
    MonthAfterEnd,
    MonthBeforeStart,
    MonthPaidAlready,
    NoHeadOfMonth,
    PaidAfterLapse,
    PaidBefore,
)
from domain.refusal import Invalid
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World

REFERENCE_KEY: Final = "payment-reference"


@stored_as("programme")
class Programme(Case):
    """A sponsor's agreement with the Fund: area, segment, period, target and budget."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: ProgrammeOpened
        self.contributions: list[Contribution] = []
        self.credit = 0  # rupiah that came in above invoices and were not used yet
        self.last_payment: ContributionReceived | None = None

    @property
    def subject_id(self) -> UUID:
        return self.id

    @classmethod
    def open(cls, command: OpenProgramme, step: Step, world: World) -> list[Case]:
        """Open a programme. Refused when period or amounts make no sense."""
        if command.period_to < command.period_from:
            raise Invalid(
                "period.to lies before period.from: give the last day of the agreement", field="period"
            )
        programme = cls._create(
            ProgrammeOpened,
            id=command.case_id,
            name=command.name,
            area_code=command.area_code,
            sponsor=command.sponsor,
            segment=command.segment,
            target=command.target,
            budget=command.budget,
            period_from=command.period_from,
            period_to=command.period_to,
            wards=command.wards,
            occupations=command.occupations,
            quota=command.quota,
            **header(command, step, command.case_id),
        )
        return [programme]

    def receive_contribution(self, command: ReceiveContribution, step: Step, world: World) -> None:
        """Record one payment for the months and members it names.

        Refused when amount and credit used are not the invoice of exactly these heads and months (unless what
        is above it is to be kept as credit), when a month is paid already, or when the money came after the
        membership lapsed (PP 44/2015 Art. 39(2), 42(2)).
        """
        months = frozenset(Month.parse(month) for month in command.months)
        if command.paid_on > command.effective_on:
            raise Invalid(
                "paid_on lies after the day of recording: give the day the money arrived", field="paid_on"
            )
        if command.roster_id is not None:
            self._refuse_for_list(command, months)
        else:
            members = [cast("Member", world.the(f"member/{one}", Case)) for one in command.enrollment_ids]
            self._refuse_for_members(command, months, members)
        kept, invoice = rest_kept(command, credit=self.credit), command.heads.invoice
        self.trigger_event(
            ContributionReceived,
            reference=command.reference,
            months=tuple(str(month) for month in sorted(months)),
            heads=tuple(invoice.heads.get(month, 0) for month in sorted(months)),
            amount=command.amount,
            paid_on=command.paid_on,
            head_position=command.heads.position,
            lines=invoice.lines,
            roster_id=command.roster_id,
            enrollment_ids=command.enrollment_ids,
            credit_used=command.use_credit,
            credit_kept=kept,
            **header(command, step, self.id),
        )
        self.keys.take.append(reference_key(command.reference))

    def answer(self, step: str) -> dict[str, Any]:
        """Return what became of the money just recorded."""
        if self.last_payment is None or step != ReceiveContribution.step:
            return {}
        last = self.last_payment
        return {
            "invoiced": last.amount + last.credit_used - last.credit_kept,
            "credit_used": last.credit_used,
            "credit_kept": last.credit_kept,
            "credit": self.credit,
        }

    def payments_of(self, roster_id: UUID | None, enrollment_id: UUID | None = None) -> list[Contribution]:
        """Return the payments that may concern a list, or one member of it."""
        return [
            payment
            for payment in self.contributions
            if (roster_id is not None and payment.roster_id == roster_id)
            or (enrollment_id is not None and enrollment_id in payment.enrollment_ids)
        ]

    def _refuse_for_list(self, command: ReceiveContribution, months: frozenset[Month]) -> None:
        payments = self.payments_of(command.roster_id)
        for payment in payments:
            if twice := sorted(payment.months & months):
                raise MonthPaidAlready(str(twice[0]), payment.reference)
        paid = frozenset(month for payment in payments for month in payment.months)
        if paid:
            _refuse_before_start(months, paid)
            _refuse_after_lapse(command.paid_on, min(paid).first_day, paid, died_on=None)

    def _refuse_for_members(
        self, command: ReceiveContribution, months: frozenset[Month], members: Sequence[Member]
    ) -> None:
        """Refuse months paid before, by name or with the list, and then whatever bars a single member."""
        before = [found for member in members if (found := self._paid_before(member, months))]
        if before:
            raise MonthPaidAlready(before[0].months[0], before[0].reference, before)
        for member in members:
            self._refuse_for_member(command, months, member)

    def _paid_before(self, member: Member, months: frozenset[Month]) -> PaidBefore | None:
        payments = self.payments_of(member.roster_id, member.id)
        twice = sorted(member.membership(payments).paid_months & months)
        if not twice:
            return None
        payment = next(p for p in payments if twice[0] in member.membership([p]).paid_months)
        return PaidBefore(enrollment_id=member.id, months=tuple(map(str, twice)), reference=payment.reference)

    def _refuse_for_member(
        self, command: ReceiveContribution, months: frozenset[Month], member: Member
    ) -> None:
        """Refuse months in which the member is nobody's head, and money after the lapse.

        Heirs may settle the arrears of a member who died in grace: the dead cannot lapse any more.
        """
        membership = member.membership(self.payments_of(member.roster_id, member.id))
        died_on = command.heads.died_on.get(member.id)
        for month in sorted(months, reverse=True):
            if (ended_on := membership.ended_on) is not None and month.first_day > ended_on:
                raise MonthAfterEnd(str(month), ended_on, member.id)
            if died_on is not None and month.first_day > died_on:
                raise MonthAfterDeath(str(month), died_on, member.id)
            if not member.is_head_in(month, command.heads.position):
                raise NoHeadOfMonth(str(month), member.id)
        if membership.start is None:
            if died_on is not None and command.paid_on > died_on:
                raise FirstPaidAfterDeath(member.id)
        else:
            _refuse_before_start(months, membership.paid_months, member.id)
            _refuse_after_lapse(command.paid_on, membership.start, membership.paid_months, died_on, member.id)

    def recorded(self, event: Fact, position: int, recorded_at: datetime) -> None:
        super().recorded(event, position, recorded_at)
        if isinstance(event, ContributionReceived):
            self.contributions.append(
                Contribution(
                    months=frozenset(Month.parse(month) for month in event.months),
                    paid_on=event.paid_on,
                    head_position=event.head_position,
                    roster_id=event.roster_id,
                    enrollment_ids=frozenset(event.enrollment_ids),
                    reference=event.reference,
                )
            )

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case ProgrammeOpened():
                self.opened, self.area_code = event, event.area_code
            case ContributionReceived():
                self.last_payment = event
                self.credit += event.credit_kept - event.credit_used


def reference_key(reference: str) -> Key:
    """Return the natural key of a payment's reference: case and spaces make no other payment of it."""
    return Key(REFERENCE_KEY, " ".join(reference.split()).casefold().encode())


def _refuse_before_start(
    months: frozenset[Month], paid: frozenset[Month], member: UUID | None = None
) -> None:
    if min(months) < min(paid):
        raise MonthBeforeStart(str(min(months)), str(min(paid)), member)


def _refuse_after_lapse(
    paid_on: date,
    start: date,
    paid_months: frozenset[Month],
    died_on: date | None,
    member: UUID | None = None,
) -> None:
    grace = grace_months(paid_on)
    if not belongs_to_spell(
        paid_on, membership_start=start, paid_months=paid_months, grace_months=grace, died_on=died_on
    ):
        lapsed_on = lapse_day(membership_start=start, paid_months=paid_months, grace_months=grace)
        raise PaidAfterLapse(lapsed_on, member)

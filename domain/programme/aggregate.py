"""A sponsor's programme: who is meant, and the money that came in. One event for each payment."""

from datetime import date, datetime
from typing import Final, cast
from uuid import UUID

from domain.benefit.rules import grace_months
from domain.case import Case, Key
from domain.command import header
from domain.coverage import belongs_to_spell, lapse_day
from domain.fact import Fact
from domain.period import Month
from domain.programme.commands import OpenProgramme, ReceiveContribution
from domain.programme.contribution import Contribution, Member
from domain.programme.events import ContributionReceived, ProgrammeOpened
from domain.programme.refusals import (
    ContributionDiffers,
    FirstPaidAfterDeath,
    MonthAfterEnd,
    MonthBeforeStart,
    MonthPaidAlready,
    PaidAfterLapse,
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

        Refused when the amount is not the invoice of exactly these heads and months, when a month
        is paid already, or when the money came after the membership lapsed (PP 44/2015 Art. 39(2), 42(2)).
        """
        months = frozenset(Month.parse(month) for month in command.months)
        if command.paid_on > command.effective_on:
            raise Invalid(
                "paid_on lies after the day of recording: give the day the money arrived", field="paid_on"
            )
        if command.roster_id is not None:
            self._refuse_for_list(command, months)
        for enrollment_id in command.enrollment_ids:
            self._refuse_for_member(
                command, months, cast("Member", world.the(f"member/{enrollment_id}", Case))
            )
        invoice = command.heads.invoice
        if command.amount != invoice.total:
            raise ContributionDiffers(asked=command.amount, expected=invoice.total)
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
            **header(command, step, self.id),
        )
        self.keys.take.append(Key(REFERENCE_KEY, command.reference.encode()))

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

    def _refuse_for_member(
        self, command: ReceiveContribution, months: frozenset[Month], member: Member
    ) -> None:
        """Refuse a month paid before, for the member alone or with the list, and money after the lapse.

        Heirs may settle the arrears of a member who died in grace: the dead cannot lapse any more.
        """
        payments = self.payments_of(member.roster_id, member.id)
        membership = member.membership(payments)
        if twice := sorted(membership.paid_months & months):
            payment = next(p for p in payments if twice[0] in member.membership([p]).paid_months)
            raise MonthPaidAlready(str(twice[0]), payment.reference)
        if (ended_on := membership.ended_on) is not None and max(months).first_day > ended_on:
            raise MonthAfterEnd(str(max(months)), ended_on)
        died_on = command.heads.died_on.get(member.id)
        if membership.start is None:
            if died_on is not None and command.paid_on > died_on:
                raise FirstPaidAfterDeath
        else:
            _refuse_before_start(months, membership.paid_months)
            _refuse_after_lapse(command.paid_on, membership.start, membership.paid_months, died_on)

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


def _refuse_before_start(months: frozenset[Month], paid: frozenset[Month]) -> None:
    if min(months) < min(paid):
        raise MonthBeforeStart(str(min(months)), str(min(paid)))


def _refuse_after_lapse(
    paid_on: date, start: date, paid_months: frozenset[Month], died_on: date | None
) -> None:
    grace = grace_months(paid_on)
    if not belongs_to_spell(
        paid_on, membership_start=start, paid_months=paid_months, grace_months=grace, died_on=died_on
    ):
        raise PaidAfterLapse(lapse_day(membership_start=start, paid_months=paid_months, grace_months=grace))

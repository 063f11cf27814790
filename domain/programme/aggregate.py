"""A sponsor's programme: who is meant, and the money that came in. One event for each payment."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

from domain.benefit.contribution import SPONSORED
from domain.benefit.rules import grace_months
from domain.case import Case, Key
from domain.command import header, said
from domain.coverage import belongs_to_spell, lapse_day
from domain.fact import Fact
from domain.period import Month
from domain.programme.commands import MemberMonths, OpenProgramme, ReceiveContribution, RefundOverpaid
from domain.programme.contribution import Contribution, CountedAt, Member, Spell
from domain.programme.credit import rest_kept
from domain.programme.events import (
    ContributionReceived,
    KnownDeath,
    OverpaidRefunded,
    ProgrammeOpened,
    RefundedMonths,
)
from domain.programme.refund import Death, Insured, months_to_refund, worth_of
from domain.programme.refusals import (
    CountedTooEarly,
    FirstPaidAfterDeath,
    MonthAfterDeath,
    MonthAfterEnd,
    MonthBeforeStart,
    MonthPaidAlready,
    NoHeadOfMonth,
    NothingToAuthorise,
    NotSponsored,
    PaidAfterLapse,
    PaidBefore,
    RefundDiffers,
)
from domain.refusal import Invalid, SecondPersonRequired
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World

REFERENCE_KEY: Final = "payment-reference"
REFUND_KEY: Final = "refund-reference"


@stored_as("programme")
class Programme(Case):
    """A sponsor's agreement with the Fund: area, segment, period, target and budget."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: ProgrammeOpened
        self.contributions: list[Contribution] = []
        self.credit = 0  # rupiah that came in above invoices and were not used yet
        self.last_payment: ContributionReceived | None = None
        self.recorded_by: dict[str, str] = {}  # who recorded a payment, by its reference
        # By member, the months that went back, by which refund.
        self.refunded: dict[UUID, dict[Month, str]] = {}

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
        authorisation = self._authorised(command)
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
            known_deaths=_known_deaths(command, max(months)),
            authorisation=authorisation,
            **header(command, step, self.id),
        )
        self.keys.take.append(reference_key(command.reference))

    def _authorised(self, command: ReceiveContribution) -> str | None:
        """Return the reference under which late public money is recorded; members pay no arrears after a lapse."""
        if command.authorisation is None:
            return None
        if self.opened.segment not in SPONSORED:
            raise NotSponsored
        return said(command.authorisation, "authorisation")

    def refund_overpaid(self, command: RefundOverpaid, step: Step, world: World) -> None:
        """Give back what was paid for members beyond death or end; dossier 2.3, 2.7.

        Refused for a month that is not overpaid or went back before, for another amount than it was paid with,
        and (`same_person`) to whoever recorded one of the payments: two people let money in and out.
        """
        if command.refunded_on > command.effective_on:
            raise Invalid(
                "refunded_on lies after the day of recording: give the day the money left",
                field="refunded_on",
            )
        if len({one.enrollment_id for one in command.members}) != len(command.members):
            raise Invalid("members names a member twice: put the months together", field="members")
        if not command.members or not all(one.months for one in command.members):
            raise Invalid("members names nobody, or no month: say whose months go back", field="members")
        found: list[tuple[Insured, RefundedMonths]] = []
        for asked in command.members:
            member = cast("Insured", world.the(f"member/{asked.enrollment_id}", Case))
            death = world.cases.get(f"claim/{member.id}")
            payments = self.payments_of(member.lists, member.id)
            self._refuse_who_took_it_in(command.issued_by, asked, member, payments)
            back = months_to_refund(
                asked,
                member,
                payments,
                death=cast("Death | None", death),
                refunded=self.refunded.get(member.id, {}),
            )
            found.append((member, back))
        worth = worth_of(found, self.opened.segment)
        if command.amount != worth.total:
            raise RefundDiffers(asked=command.amount, expected=worth.total)
        self.trigger_event(
            OverpaidRefunded,
            reference=command.reference,
            agreement=said(command.agreement, "agreement"),
            refunded_on=command.refunded_on,
            members=tuple(back for _, back in found),
            amount=command.amount,
            lines=worth.lines,
            to=command.to,
            **header(command, step, self.id),
        )
        self.keys.take.append(Key(REFUND_KEY, _one_way_of_writing(command.reference)))

    def _refuse_who_took_it_in(
        self, person: str, asked: MemberMonths, member: Member, payments: Sequence[Contribution]
    ) -> None:
        months = {Month.parse(month) for month in asked.months}
        for payment in payments:
            mine = self.recorded_by.get(payment.reference) == person
            if mine and member.membership([payment]).months_over_life & months:
                raise SecondPersonRequired(
                    f"you recorded payment {payment.reference}, which paid these months: another person of finance "
                    "gives them back",
                    step=RefundOverpaid.step,
                    earlier_step=ReceiveContribution.step,
                )

    def answer(self, step: str) -> dict[str, Any]:
        """Return what became of the money just recorded."""
        if step == RefundOverpaid.step:
            return {"credit": self.credit}
        if self.last_payment is None or step != ReceiveContribution.step:
            return {}
        last = self.last_payment
        return {
            "invoiced": last.amount + last.credit_used - last.credit_kept,
            "credit_used": last.credit_used,
            "credit_kept": last.credit_kept,
            "credit": self.credit,
        }

    def payments_of(self, lists: Collection[UUID], enrollment_id: UUID | None = None) -> list[Contribution]:
        """Return the payments that may concern lists, or one member of them."""
        return [
            payment
            for payment in self.contributions
            if payment.roster_id in lists
            or (enrollment_id is not None and enrollment_id in payment.enrollment_ids)
        ]

    def _refuse_for_list(self, command: ReceiveContribution, months: frozenset[Month]) -> None:
        """Refuse a month paid before and money after the lapse, as the months of the list itself show them.

        Who lapsed is no head of later months; members who enrolled again are in a spell of their own.
        """
        assert command.roster_id is not None, "asked for a list"
        payments = self.payments_of({command.roster_id})
        for payment in payments:
            if twice := sorted(payment.months & months):
                raise MonthPaidAlready(str(twice[0]), payment.reference)
        for payment in self.contributions:
            since = payment.position > command.heads.position
            if since and payment.enrollment_ids and payment.months & months:
                raise CountedTooEarly(payment.reference)
        paid = frozenset(month for payment in payments for month in payment.months)
        for month in sorted(months):
            begun = command.heads.spells_from.get(month)
            of_spell = frozenset(m for m in paid if begun is None or m >= Month.of(begun))
            if of_spell:
                _refuse_before_start(month, of_spell)
                if command.authorisation is not None:
                    continue  # counted were only those who lapsed
                spell = Spell(listed_from=min(of_spell).first_day, paid_months=of_spell)
                _refuse_after_lapse(command.paid_on, spell, died_on=None)

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
        payments = self.payments_of(member.lists, member.id)
        twice = sorted(member.membership(payments).months_over_life & months)
        if not twice:
            return None
        payment = next(p for p in payments if twice[0] in member.membership([p]).months_over_life)
        return PaidBefore(enrollment_id=member.id, months=tuple(map(str, twice)), reference=payment.reference)

    def _refuse_for_member(
        self, command: ReceiveContribution, months: frozenset[Month], member: Member
    ) -> None:
        """Refuse months in which the member is nobody's head, and money after the lapse.

        Heirs may settle the arrears of a member who died in grace: the dead cannot lapse any more.
        """
        membership = member.membership(self.payments_of(member.lists, member.id))
        died_on = command.heads.died_on.get(member.id)
        counted = CountedAt(head_position=command.heads.position)
        for month in sorted(months, reverse=True):
            if (ended_on := membership.ended_on) is not None and month.first_day > ended_on:
                raise MonthAfterEnd(str(month), ended_on, member.id)
            if died_on is not None and month.first_day > died_on:
                raise MonthAfterDeath(str(month), died_on, member.id)
            if not member.is_head_in(month, counted):
                raise NoHeadOfMonth(str(month), member.id)
        authorised = command.authorisation is not None
        if authorised and (member.lapsed_on is None or command.paid_on <= member.lapsed_on):
            raise NothingToAuthorise(member.id)
        for month in sorted(months):
            spell = membership.spell_of(month)
            is_current = spell is membership.current
            if spell.start is None:
                if died_on is not None and command.paid_on > died_on:
                    raise FirstPaidAfterDeath(member.id)
                continue
            _refuse_before_start(month, spell.paid_months, member.id)
            if not (authorised and is_current):
                again_on = None if is_current else membership.current.listed_from
                _refuse_after_lapse(command.paid_on, spell, died_on, again_on, member.id)

    def recorded(self, event: Fact, position: int, recorded_at: datetime) -> None:
        super().recorded(event, position, recorded_at)
        if isinstance(event, OverpaidRefunded):
            back = {(one.enrollment_id, Month.parse(month)) for one in event.members for month in one.months}
            self.contributions = [replace(one, returned=one.returned | back) for one in self.contributions]
        if isinstance(event, ContributionReceived):
            self.contributions.append(
                Contribution(
                    months=frozenset(Month.parse(month) for month in event.months),
                    paid_on=event.paid_on,
                    head_position=event.head_position,
                    roster_id=event.roster_id,
                    enrollment_ids=frozenset(event.enrollment_ids),
                    reference=event.reference,
                    authorisation=event.authorisation,
                    known_deaths=event.known_deaths,
                    position=position,
                )
            )

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case ProgrammeOpened():
                self.opened, self.area_code = event, event.area_code
            case ContributionReceived():
                self.last_payment = event
                self.recorded_by[event.reference] = event.actor
                paid = frozenset(map(Month.parse, event.months))
                for one in self.refunded.keys() & event.enrollment_ids:  # what went back and was paid anew
                    self.refunded[one] = {m: by for m, by in self.refunded[one].items() if m not in paid}
                self.credit += event.credit_kept - event.credit_used
            case OverpaidRefunded():
                self.credit += event.amount if event.to == "credit" else 0
                for member in event.members:
                    back = {Month.parse(month): event.reference for month in member.months}
                    self.refunded[member.enrollment_id] = self.refunded.get(member.enrollment_id, {}) | back


def _known_deaths(command: ReceiveContribution, last: Month) -> tuple[KnownDeath, ...]:
    """Return who of a list was left out of a payment, as dead before one of its months."""
    if command.roster_id is None:
        return ()
    return tuple(
        KnownDeath(enrollment_id=member, died_on=died_on)
        for member, died_on in sorted(command.heads.died_on.items())
        if died_on < last.first_day
    )


def reference_key(reference: str) -> Key:
    """Return the natural key of a payment's reference: case and spaces make no other payment of it."""
    return Key(REFERENCE_KEY, _one_way_of_writing(reference))


def _one_way_of_writing(reference: str) -> bytes:
    return " ".join(reference.split()).casefold().encode()


def _refuse_before_start(month: Month, paid: frozenset[Month], member: UUID | None = None) -> None:
    if month < min(paid):
        raise MonthBeforeStart(str(month), str(min(paid)), member)


def _refuse_after_lapse(
    paid_on: date,
    spell: Spell,
    died_on: date | None,
    again_on: date | None = None,
    member: UUID | None = None,
) -> None:
    """Refuse money that came after the spell had lapsed. again_on: the day of the spell that followed."""
    grace, start = grace_months(paid_on), spell.start
    assert start is not None, "what was never paid for cannot lapse"
    if not belongs_to_spell(
        paid_on, membership_start=start, paid_months=spell.paid_months, grace_months=grace, died_on=died_on
    ):
        lapsed_on = lapse_day(membership_start=start, paid_months=spell.paid_months, grace_months=grace)
        raise PaidAfterLapse(lapsed_on, again_on, member)

"""Months paid for too long: which may go back to the sponsor, to what amount, by whom, and never twice."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.case import Key
from domain.claim.events import ClaimWithdrawn
from domain.fact import Fact
from domain.programme.aggregate import Programme
from domain.programme.commands import MemberMonths
from domain.programme.events import ContributionReceived, KnownDeath, OverpaidRefunded, RefundedMonths
from domain.programme.refusals import MonthNotOverpaid, MonthRefundedAlready, RefundDiffers
from domain.refusal import Invalid, SecondPersonRequired
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    PROGRAMME,
    TODAY,
    contribution_received,
    death_reported,
    enrollment_begun,
    fact,
    member,
    member_registered,
    member_terminated,
    overpaid_refunded,
    receive_contribution,
    refund_overpaid,
)
from tests.given_when_then import fold, given

DIED = date(2024, 3, 10)
PAID: list[Fact] = [*member(), contribution_received("2024-02", "2024-03", "2024-04", "2024-05", position=3)]
DEAD: list[Fact] = [*PAID, death_reported(event_on=DIED)]


def withdrawn() -> Fact:
    return fact(ClaimWithdrawn, CLAIM, step="withdraw", from_status="REPORTED", to_status="WITHDRAWN")


def test_months_after_the_month_of_death_go_back() -> None:
    told = (
        given(*DEAD)
        .when(refund_overpaid("2024-05", "2024-04"))
        .then(
            OverpaidRefunded,
            members=(RefundedMonths(enrollment_id=ENROLLMENT, months=("2024-04", "2024-05"), reason="DIED"),),
            amount=2 * 16_800,
            lines=(("CON_JKK", 20_000), ("CON_JKM", 13_600)),
            to="account",
        )
    )
    assert told.keys.take == [Key("refund-reference", b"trx-1")]
    assert isinstance(told.case, Programme)
    assert told.case.credit == 0


def test_the_month_of_death_is_owed() -> None:
    given(*DEAD).when(refund_overpaid("2024-03")).then_refused(
        MonthNotOverpaid, guard="month_overpaid", month="2024-03", enrollment_id=str(ENROLLMENT)
    )


def test_what_was_never_paid_does_not_go_back() -> None:
    refusal = given(*DEAD).when(refund_overpaid("2024-06")).then_refused(MonthNotOverpaid, month="2024-06")
    assert "is not paid" in refusal.message


def test_a_month_for_which_no_money_came_does_not_go_back() -> None:
    """The list was paid after the report, without the dead: its month is nobody's to give back."""
    known = KnownDeath(enrollment_id=ENROLLMENT, died_on=DIED)
    story = [*DEAD, contribution_received("2024-06", reference="B", position=5, known_deaths=(known,))]
    given(*story).when(refund_overpaid("2024-06")).then_refused(MonthNotOverpaid, month="2024-06")
    counted = [*DEAD, contribution_received("2024-06", reference="B", position=3)]
    given(*counted).when(refund_overpaid("2024-06")).then(OverpaidRefunded)


def test_nothing_goes_back_for_the_living() -> None:
    given(*PAID).when(refund_overpaid("2024-04", claims={})).then_refused(MonthNotOverpaid)
    given(*DEAD, withdrawn()).when(refund_overpaid("2024-04")).then_refused(MonthNotOverpaid)


def test_the_death_of_another_person_ends_nothing() -> None:
    story = [*PAID, death_reported(event_on=DIED, person_id=uuid4())]
    given(*story).when(refund_overpaid("2024-04")).then_refused(MonthNotOverpaid)


@pytest.mark.parametrize(
    ("reason", "ended_on"), [("REMOVED", date(2024, 3, 31)), ("DUPLICATE", date(2023, 8, 31))]
)
def test_months_after_another_end_go_back_with_its_reason(reason: str, ended_on: date) -> None:
    story = [*PAID, member_terminated(ended_on, reason)]
    told = given(*story).when(refund_overpaid("2024-04", claims={})).then(OverpaidRefunded)
    [back] = told.event.members
    assert back.reason == reason


def test_the_earlier_of_death_and_end_counts() -> None:
    story = [*DEAD, member_terminated(date(2024, 2, 29))]
    told = given(*story).when(refund_overpaid("2024-03")).then(OverpaidRefunded)
    assert told.event.members[0].reason == "REMOVED"


def test_a_month_goes_back_once() -> None:
    story = [*DEAD, overpaid_refunded("2024-04", reference="TRX-0")]
    given(*story).when(refund_overpaid("2024-04", "2024-05")).then_refused(
        MonthRefundedAlready, month="2024-04", reference="TRX-0"
    )
    given(*story).when(refund_overpaid("2024-05")).then(OverpaidRefunded)


def test_what_went_back_is_not_paid_any_more() -> None:
    """The report was a mistake: the month is to be paid anew, and may go back anew if the death comes true."""
    story = [*DEAD, overpaid_refunded("2024-04", reference="TRX-0"), withdrawn()]
    again = receive_contribution("2024-04", enrollment_ids=(ENROLLMENT,), paid_on=date(2024, 5, 20))
    paid = given(*story).when(again).then(ContributionReceived).event
    story += [contribution_received("2024-04", enrollment_ids=(ENROLLMENT,), reference=paid.reference)]
    later = [*story, death_reported(uuid4(), event_on=DIED)]
    given(*later).when(refund_overpaid("2024-04", claims={ENROLLMENT: later[-1].originator_id})).then(
        OverpaidRefunded
    )


@pytest.mark.parametrize("off_by", [-1, 1])
def test_exactly_what_was_paid_goes_back(off_by: int) -> None:
    given(*DEAD).when(refund_overpaid("2024-04", amount=16_800 + off_by)).then_refused(
        RefundDiffers, expected=16_800, asked=16_800 + off_by
    )


def test_what_goes_back_may_stay_as_credit() -> None:
    told = given(*DEAD).when(refund_overpaid("2024-04", to="credit")).then(OverpaidRefunded, to="credit")
    assert isinstance(told.case, Programme)
    assert told.case.credit == 16_800
    assert told.case.answer("refund_overpaid") == {"credit": 16_800}


def test_whoever_let_the_money_in_does_not_let_it_out() -> None:
    given(*DEAD).when(refund_overpaid("2024-04", issued_by="fitri")).then_refused(
        SecondPersonRequired, step="refund_overpaid", earlier_step="receive_contribution"
    )
    other = [*DEAD, contribution_received("2024-06", reference="LATER", actor="wati")]
    given(*other).when(refund_overpaid("2024-04")).then(OverpaidRefunded)


def test_several_members_go_back_together() -> None:
    other = uuid4()
    second: list[Any] = [enrollment_begun(other, row=2, person_id=uuid4()), member_registered(other)]
    story = [*member(), *second, contribution_received("2024-02", "2024-03", heads=(2, 2), position=5)]
    story += [death_reported(event_on=date(2024, 2, 3)), member_terminated(date(2024, 2, 29), stream=other)]
    members = (
        MemberMonths(enrollment_id=ENROLLMENT, months=("2024-03",)),
        MemberMonths(enrollment_id=other, months=("2024-03",)),
    )
    given(*story).when(refund_overpaid(members=members, amount=2 * 16_800)).then(
        OverpaidRefunded, amount=2 * 16_800
    )
    given(*story).when(refund_overpaid(members=members + members[:1], amount=1)).then_refused(
        Invalid, field="members"
    )


def test_money_that_goes_tomorrow_is_not_recorded_today() -> None:
    given(*DEAD).when(refund_overpaid("2024-04", refunded_on=TODAY + timedelta(days=1))).then_refused(
        Invalid, field="refunded_on"
    )
    given(*DEAD).when(refund_overpaid("2024-04", agreement="  ")).then_refused(Invalid, field="agreement")


def test_the_credit_of_a_programme_is_what_its_facts_say() -> None:
    story = [*DEAD, overpaid_refunded("2024-04", to="credit"), overpaid_refunded("2024-05", reference="B")]
    programme = fold(*story)[PROGRAMME]
    assert isinstance(programme, Programme)
    assert programme.credit == 16_800

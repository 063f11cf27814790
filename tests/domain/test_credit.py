"""Money that does not fit: what is kept as credit, what completes an invoice, and that no rupiah goes astray."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st

from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.events import ContributionReceived
from domain.programme.refusals import (
    ContributionDiffers,
    CreditExceeded,
    MonthAfterDeath,
    MonthAfterEnd,
    MonthPaidAlready,
    NobodyMeant,
    NoHeadOfMonth,
)
from domain.refusal import Invalid, Refusal
from domain.step import Step
from domain.world import World
from tests.facts import (
    ENROLLMENT,
    PROGRAMME,
    amount_of,
    contribution_received,
    enrollment_begun,
    member,
    member_registered,
    member_terminated,
    programme_opened,
    receive_contribution,
)
from tests.given_when_then import fold, given

ONE = amount_of("2023-09")  # one member for one month: Rp 16,800
OPENED = programme_opened()
WITH_CREDIT = [OPENED, contribution_received("2023-09", amount=ONE + 5_000, credit_kept=5_000)]


# -- above the invoice


def test_a_rest_is_kept_as_credit_when_somebody_says_so() -> None:
    told = (
        given(OPENED)
        .when(receive_contribution("2023-09", amount=ONE + 200, rest="credit"))
        .then(ContributionReceived, amount=ONE + 200, credit_kept=200, credit_used=0)
    )
    assert isinstance(told.case, Programme)
    assert told.case.credit == 200
    assert told.case.answer("receive_contribution") == {
        "invoiced": ONE,
        "credit_used": 0,
        "credit_kept": 200,
        "credit": 200,
    }


def test_nothing_is_kept_silently() -> None:
    refusal = (
        given(OPENED)
        .when(receive_contribution("2023-09", amount=ONE + 200))
        .then_refused(ContributionDiffers, expected=ONE, asked=ONE + 200)
    )
    assert 'rest: "credit"' in refusal.message and "Rp 200 above" in refusal.message


def test_an_exact_amount_keeps_nothing_whatever_was_said_of_a_rest() -> None:
    given(OPENED).when(receive_contribution("2023-09", rest="credit")).then(
        ContributionReceived, credit_kept=0
    )


# -- below the invoice


def test_a_transfer_short_by_200_rupiah_says_what_can_be_done() -> None:
    short = receive_contribution("2023-09", heads=817, amount=13_725_400, rest="credit")
    refusal = (
        given(OPENED)
        .when(short)
        .then_refused(ContributionDiffers, expected=13_725_600, asked=13_725_400, credit_available=0)
    )
    for way in ("Rp 200 below", "enrollment_ids", 'rest: "credit"', "wait until"):
        assert way in refusal.message
    for way in ("kurang Rp 200 dari tagihan", "enrollment_ids", 'rest: "credit"', "tunggu", "Rp 13.725.600"):
        assert way in refusal.detail["detail_id"]
    assert "use_credit" not in refusal.message, "there is no credit to use"


def test_credit_is_offered_where_there_is_some() -> None:
    short = receive_contribution("2023-10", amount=ONE - 200)
    refusal = given(*WITH_CREDIT).when(short).then_refused(ContributionDiffers, credit_available=5_000)
    assert "use_credit; Rp 5,000 are there" in refusal.message


def test_credit_completes_an_amount() -> None:
    told = (
        given(*WITH_CREDIT)
        .when(receive_contribution("2023-10", amount=ONE - 200, use_credit=200))
        .then(ContributionReceived, amount=ONE - 200, credit_used=200, credit_kept=0)
    )
    assert isinstance(told.case, Programme)
    assert told.case.credit == 4_800


def test_credit_alone_may_pay_an_invoice() -> None:
    paid = contribution_received("2023-09", amount=2 * ONE, credit_kept=ONE)
    given(OPENED, paid).when(receive_contribution("2023-10", amount=0, use_credit=ONE)).then(
        ContributionReceived, amount=0, credit_used=ONE
    )


@pytest.mark.parametrize(
    ("asked", "at_most"), [(5_001, 5_000), (ONE + 1, 5_000)], ids=["more than there is", "more than is owed"]
)
def test_no_more_credit_is_used_than_there_is(asked: int, at_most: int) -> None:
    given(*WITH_CREDIT).when(
        receive_contribution("2023-10", amount=ONE - 5_000, use_credit=asked)
    ).then_refused(CreditExceeded, guard="credit_available", at_most=at_most)


def test_no_more_credit_is_used_than_the_invoice_asks_for() -> None:
    rich = [OPENED, contribution_received("2023-09", amount=3 * ONE, credit_kept=2 * ONE)]
    given(*rich).when(receive_contribution("2023-10", amount=0, use_credit=ONE + 1)).then_refused(
        CreditExceeded, at_most=ONE, credit_available=2 * ONE
    )


def test_credit_is_not_used_and_kept_at_once() -> None:
    asked = receive_contribution("2023-10", amount=ONE, use_credit=200, rest="credit")
    given(*WITH_CREDIT).when(asked).then_refused(Invalid, field="use_credit")


def test_money_for_nobody_is_no_credit() -> None:
    given(OPENED).when(receive_contribution("2023-09", heads=0, amount=500, rest="credit")).then_refused(
        NobodyMeant, guard="somebody_meant"
    )
    given(OPENED).when(receive_contribution("2023-09", heads=0, amount=0)).then_refused(NobodyMeant)


# -- chosen members


def pair(**second: Any) -> tuple[list[Any], Any]:
    """Two members of the list, the second as told."""
    other = uuid4()
    begun = enrollment_begun(other, row=2, **second)
    return [*member(), begun, member_registered(other)], other


def test_months_paid_before_are_named_member_by_member() -> None:
    story, other = pair()
    story += [
        contribution_received("2023-09", reference="A", enrollment_ids=(ENROLLMENT,)),
        contribution_received("2023-10", reference="B", enrollment_ids=(other,)),
    ]
    both = receive_contribution("2023-09", "2023-10", heads=2, enrollment_ids=(ENROLLMENT, other))
    refusal = given(*story).when(both).then_refused(MonthPaidAlready, month="2023-09", reference="A")
    assert refusal.detail["members_total"] == 2
    assert refusal.detail["members"] == [
        {"enrollment_id": str(ENROLLMENT), "months": ["2023-09"], "reference": "A"},
        {"enrollment_id": str(other), "months": ["2023-10"], "reference": "B"},
    ]
    assert str(ENROLLMENT) in refusal.message and "1 more" in refusal.message


def test_at_most_some_of_those_who_paid_before_are_named() -> None:
    ids = tuple(uuid4() for _ in range(25))
    story: list[Any] = [OPENED]
    for row, one in enumerate(ids, start=1):
        story += [enrollment_begun(one, row=row), member_registered(one)]
    story.append(contribution_received("2023-09"))
    asked = receive_contribution("2023-09", heads=25, enrollment_ids=ids)
    refusal = given(*story).when(asked).then_refused(MonthPaidAlready)
    assert (len(refusal.detail["members"]), refusal.detail["members_total"]) == (20, 25)


def test_nobody_is_paid_for_who_is_not_a_member_in_the_month() -> None:
    story, other = pair(effective_on=date(2023, 10, 1))
    early = receive_contribution("2023-09", enrollment_ids=(ENROLLMENT, other))
    given(*story).when(early).then_refused(
        NoHeadOfMonth, guard="registered_by_month", month="2023-09", enrollment_id=str(other)
    )
    unregistered = [OPENED, enrollment_begun()]
    given(*unregistered).when(receive_contribution("2023-09", enrollment_ids=(ENROLLMENT,))).then_refused(
        NoHeadOfMonth, enrollment_id=str(ENROLLMENT)
    )


def test_nobody_is_paid_for_after_death_or_end() -> None:
    story, other = pair()
    both = (ENROLLMENT, other)
    died_on = {other: date(2023, 9, 20)}
    asked = receive_contribution("2023-09", "2023-10", heads=2, enrollment_ids=both, died_on=died_on)
    given(*story).when(asked).then_refused(
        MonthAfterDeath, month="2023-10", died_on="2023-09-20", enrollment_id=str(other)
    )
    ended = [*story, member_terminated(date(2023, 9, 30), stream=other)]
    given(*ended).when(receive_contribution("2023-09", "2023-10", heads=2, enrollment_ids=both)).then_refused(
        MonthAfterEnd, month="2023-10", enrollment_id=str(other)
    )


def test_case_and_spaces_make_no_other_reference() -> None:
    keys = [
        given(OPENED)
        .when(receive_contribution("2023-09", reference=reference))
        .then(ContributionReceived, reference=reference)
        .keys.take
        for reference in ("SP2D 1", " sp2d  1 ", "SP2D 2")
    ]
    assert keys[0] == keys[1] != keys[2]


# -- no rupiah goes astray


@dataclass
class Till:
    """What a plain cash book says."""

    arrived: int = 0
    invoiced: int = 0
    credit: int = 0
    facts: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Transfer:
    heads: int
    off_by: int
    credit: int
    keep: bool


TRANSFERS = st.lists(
    st.builds(
        Transfer,
        heads=st.integers(0, 4),
        off_by=st.sampled_from([0, 0, 0, -200, 200, 16_800, -16_800]),
        credit=st.sampled_from([0, 0, 200, 16_800, 17_000]),
        keep=st.booleans(),
    ),
    max_size=12,
)


@any_of(transfers=TRANSFERS)
@settings(max_examples=150, deadline=None)
def test_money_in_is_what_was_invoiced_and_the_credit(transfers: list[Transfer]) -> None:
    """Whatever arrives, in whatever order: money in = invoices settled + credit, and credit is never negative."""
    till = Till(facts=[OPENED])
    for n, transfer in enumerate(transfers):
        month = str(Month(2023, 9).plus(n))
        owed = amount_of(month, heads=transfer.heads)
        asked = receive_contribution(
            month,
            heads=transfer.heads,
            amount=max(0, owed - transfer.credit + transfer.off_by),
            rest="credit" if transfer.keep else None,
            use_credit=transfer.credit,
            reference=f"SP2D-{n}",
            roster_id=uuid4(),
        )
        programme = fold(*till.facts)[PROGRAMME]
        assert isinstance(programme, Programme)
        try:
            programme.receive_contribution(asked, Step(name=asked.step), World())
        except Refusal:
            pass
        else:
            [paid] = programme.collect_events()
            assert isinstance(paid, ContributionReceived)
            till.facts.append(paid)
            till.arrived += asked.amount
            till.invoiced += owed
            till.credit += asked.amount - owed
            assert sum(amount for _, amount in paid.lines) == owed, "settled in full, never in part"
            assert paid.amount + paid.credit_used == owed + paid.credit_kept
        again = fold(*till.facts)[PROGRAMME]
        assert isinstance(again, Programme)
        assert (again.credit, till.arrived) == (till.credit, till.invoiced + till.credit)
        assert again.credit >= 0

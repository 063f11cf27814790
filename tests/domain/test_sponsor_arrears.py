"""Late public money undoes a lapse, by the Fund's authorisation and a second person, for the months it paid."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.enrollment.aggregate import Enrollment
from domain.enrollment.commands import SettleSponsorArrears
from domain.enrollment.events import SponsorArrearsSettled
from domain.enrollment.refusals import LapseStands, NothingPaidUnder
from domain.fact import Fact
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.commands import ReceiveContribution
from domain.programme.events import ContributionReceived
from domain.programme.refusals import (
    MonthAfterDeath,
    MonthPaidAlready,
    NothingToAuthorise,
    NotSponsored,
    PaidAfterLapse,
)
from domain.refusal import Invalid, SecondPersonRequired
from tests.domain.test_spells import BACK, LAPSED, LAPSED_ON
from tests.facts import (
    ENROLLMENT,
    PROGRAMME,
    command,
    contribution_received,
    fact,
    programme_opened,
    receive_contribution,
    reenrolled,
)
from tests.given_when_then import fold, given

REFERENCE = "KANWIL-7/2024"
GAP = ("2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03")
PAID_ON = date(2024, 3, 20)


def settle(by: str = "kepala", authorisation: str = REFERENCE) -> SettleSponsorArrears:
    return command(SettleSponsorArrears, ENROLLMENT, by, "approver_2", authorisation=authorisation)


def late_money(*months: str, **fields: Any) -> ContributionReceived:
    """A payment counted when the lapse was the last thing known."""
    defaults: dict[str, Any] = {"paid_on": PAID_ON, "authorisation": REFERENCE, "position": len(LAPSED)}
    return contribution_received(*months, **(defaults | fields))


def settled(*months: str) -> Fact:
    moved = {"from_status": "LAPSED", "to_status": "ACTIVE", "step": "settle_sponsor_arrears"}
    return fact(SponsorArrearsSettled, ENROLLMENT, authorisation=REFERENCE, months=months, **moved)


def pay(*months: str, paid_on: date = PAID_ON, **fields: Any) -> ReceiveContribution:
    defaults = {"authorisation": REFERENCE, "enrollment_ids": (ENROLLMENT,)}
    return receive_contribution(*months, paid_on=paid_on, **(defaults | fields))


def cover(day: date, *story: Fact) -> str:
    cases = fold(*story)
    enrollment, programme = cases[ENROLLMENT], cases[PROGRAMME]
    assert isinstance(enrollment, Enrollment) and isinstance(programme, Programme)
    return enrollment.membership(programme.contributions).coverage(day).status


@pytest.mark.parametrize("whom", [{}, {"enrollment_ids": (ENROLLMENT,)}], ids=["list", "by name"])
def test_money_under_an_authorisation_counts_once_the_arrears_are_settled_by_it(whom: dict[str, Any]) -> None:
    story = [*LAPSED, late_money(*GAP, **whom)]
    assert cover(date(2024, 2, 1), *story) == "LAPSED"
    told = given(*story).when(settle()).then(SponsorArrearsSettled, authorisation=REFERENCE, months=GAP)
    assert (told.keys.take, told.keys.release) == ([], [])
    after = [*story, settled(*GAP)]
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 3, 31), date(2024, 6, 30), date(2024, 7, 1))
    assert [cover(day, *after) for day in days] == ["ACTIVE", "ACTIVE", "ACTIVE", "GRACE", "LAPSED"]


def test_nothing_is_settled_by_a_reference_under_which_nobody_paid() -> None:
    given(*LAPSED, late_money(*GAP)).when(settle(authorisation="LAIN")).then_refused(NothingPaidUnder)
    given(*LAPSED).when(settle()).then_refused(NothingPaidUnder, guard="paid_under_authorisation")
    given(*LAPSED).when(settle(authorisation=" ")).then_refused(Invalid, field="authorisation")
    other = late_money(*GAP, enrollment_ids=(PROGRAMME,))
    given(*LAPSED, other).when(settle()).then_refused(NothingPaidUnder)


def test_who_recorded_the_money_does_not_settle_by_it() -> None:
    story = [*LAPSED, late_money(*GAP, actor="fitri")]
    given(*story).when(settle(by="fitri")).then_refused(SecondPersonRequired)


def test_months_that_leave_the_lapse_standing_restore_nothing() -> None:
    story = [*LAPSED, late_money("2024-02", "2024-03")]
    given(*story).when(settle()).then_refused(LapseStands, month="2023-10")


def test_only_the_months_paid_are_restored() -> None:
    """A death in the gap: covered up to the month that the sponsor paid for, and in the grace after it."""
    months = GAP[:4]
    after = [*LAPSED, late_money(*months), settled(*months), late_money("2024-08", reference="more")]
    assert cover(date(2024, 1, 20), *after) == "ACTIVE"
    assert cover(date(2024, 4, 30), *after) == "GRACE"
    assert cover(date(2024, 5, 1), *after) == "LAPSED"
    assert cover(date(2024, 8, 5), *after) == "LAPSED", "what came later needs a settlement of its own"


def test_late_public_money_is_for_those_who_lapsed_and_are_not_back() -> None:
    given(*LAPSED).when(pay(*GAP)).then(ContributionReceived, authorisation=REFERENCE)
    given(*LAPSED).when(pay(*GAP, authorisation=None)).then_refused(PaidAfterLapse)
    given(*LAPSED).when(pay(*GAP, paid_on=LAPSED_ON)).then_refused(NothingToAuthorise)
    given(*BACK).when(pay("2024-01")).then_refused(NothingToAuthorise)
    given(*LAPSED[:-1]).when(pay(*GAP)).then_refused(NothingToAuthorise)
    given(*LAPSED).when(pay("2023-09")).then_refused(MonthPaidAlready)
    given(*LAPSED).when(pay(*GAP, authorisation=" ")).then_refused(Invalid, field="authorisation")
    asked = pay(*GAP)
    dead = replace(asked, heads=replace(asked.heads, died_on={ENROLLMENT: date(2024, 2, 9)}))
    given(*LAPSED).when(dead).then_refused(MonthAfterDeath, month="2024-03")
    self_payers = [programme_opened(segment="BPU_SELF_OTHER"), *LAPSED[1:]]
    given(*self_payers).when(pay(*GAP)).then_refused(NotSponsored, field="authorisation")


@pytest.mark.parametrize(("paid_on", "meant"), [(LAPSED_ON, False), (date(2024, 1, 2), True)])
def test_a_list_payment_under_an_authorisation_means_those_who_lapsed_before_it(
    paid_on: date, meant: bool
) -> None:
    for story, expected in ((LAPSED, meant), (BACK, False), (LAPSED[:-1], False)):
        payment = late_money("2024-01", paid_on=paid_on, position=len(story))
        enrollment = fold(*story)[ENROLLMENT]
        assert isinstance(enrollment, Enrollment)
        assert enrollment.is_head_in(Month(2024, 1), payment) is expected


def test_after_a_settlement_the_membership_lapses_and_begins_anew_like_any_other() -> None:
    after = [*LAPSED, late_money(*GAP), settled(*GAP)]
    enrollment = fold(*after)[ENROLLMENT]
    assert isinstance(enrollment, Enrollment)
    assert (enrollment.status, enrollment.lapsed_on, enrollment.spell) == ("ACTIVE", None, 1)
    again = fold(*after, reenrolled(date(2024, 8, 1), date(2024, 7, 1)))[ENROLLMENT]
    assert isinstance(again, Enrollment) and again.reenrolled_on == date(2024, 8, 1)

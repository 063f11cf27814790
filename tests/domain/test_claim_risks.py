"""Risk flags of a claim: found from the facts at hand, recorded once, each with its reason."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.claim.events import BenefitCalculated, VerificationStarted
from domain.enrollment.events import DecreeIssued
from domain.fact import Fact
from tests.facts import (
    DEATH,
    ENROLLMENT,
    LIST_DAY,
    calculate,
    claim_filed,
    contribution_received,
    death_reported,
    enrollment_begun,
    fact,
    file_complete,
    member_registered,
    programme_opened,
    start_verification,
    verification_started,
)
from tests.given_when_then import given

MONTHS = ("2023-09", "2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03", "2024-04", "2024-05")


def story(*money: Fact, decreed: date = LIST_DAY, died: date = DEATH) -> list[Fact]:
    decree = fact(DecreeIssued, ENROLLMENT, number="460/1", issued_on=decreed)
    members = [programme_opened(), enrollment_begun(), decree, member_registered()]
    claim = [death_reported(event_on=died), claim_filed(), file_complete()]
    return [*members, *(money or (contribution_received(*MONTHS),)), *claim]


def flags_of(*facts: Fact) -> set[str]:
    told = given(*facts).when(start_verification()).then(VerificationStarted)
    assert {reason.flag for reason in told.event.flag_reasons} == set(told.event.flags) == told.case.flags
    assert all(reason.reason_id and reason.reason_en for reason in told.event.flag_reasons)
    return told.case.flags


def test_a_usual_death_raises_nothing() -> None:
    assert flags_of(*story()) == set()


@pytest.mark.parametrize(("days", "raised"), [(0, True), (90, True), (91, False)])
def test_a_death_soon_after_the_start(days: int, raised: bool) -> None:
    found = flags_of(*story(died=LIST_DAY + timedelta(days=days)))
    assert ("DEATH_WITHIN_90_DAYS" in found) is raised


@pytest.mark.parametrize(
    ("decreed", "died", "raised"),
    [
        (DEATH, DEATH, False),
        (DEATH + timedelta(days=1), DEATH, True),
        (DEATH, LIST_DAY - timedelta(days=1), False),
    ],
    ids=["on the day", "the day after", "before the list began"],
)
def test_a_death_between_the_start_of_the_list_and_its_decree(
    decreed: date, died: date, raised: bool
) -> None:
    assert ("SPONSOR_LIST_LATE_ADD" in flags_of(*story(decreed=decreed, died=died))) is raised


@pytest.mark.parametrize(
    ("months", "paid_on", "raised"),
    [
        (("2024-05",), DEATH, False),
        (("2024-05",), DEATH + timedelta(days=1), True),
        (("2024-06",), DEATH + timedelta(days=1), False),
    ],
)
def test_a_payment_after_the_death_for_a_month_before_it(months: Any, paid_on: date, raised: bool) -> None:
    before, after = contribution_received(*MONTHS[:-1]), contribution_received(*months, paid_on=paid_on)
    assert ("PAID_AFTER_DEATH" in flags_of(*story(before, after))) is raised


def test_a_flag_is_recorded_once_and_a_new_one_when_it_is_found() -> None:
    early = verification_started(flags=("SPONSOR_LIST_LATE_ADD",))
    late = contribution_received("2024-05", paid_on=DEATH + timedelta(days=1))
    facts = story(contribution_received(*MONTHS[:-1]), late, decreed=DEATH + timedelta(days=1))
    told = given(*facts, early).when(calculate()).then(BenefitCalculated)
    assert told.event.flags == ("PAID_AFTER_DEATH",)
    assert told.case.flags == {"SPONSOR_LIST_LATE_ADD", "PAID_AFTER_DEATH"}

"""Risk flags of a claim: found from the facts at hand, recorded once, each with its reason."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.claim.aggregate import Claim
from domain.claim.commands import OrderFieldCheck, ReportFieldCheck
from domain.claim.events import (
    BenefitCalculated,
    DeathReported,
    FieldCheckOrdered,
    FieldCheckReported,
    FlagReason,
    VerificationStarted,
)
from domain.enrollment.events import DecreeIssued
from domain.fact import Fact
from domain.person.events import Details
from domain.sealed import Sealed
from tests.facts import (
    CLAIM,
    DEATH,
    ENROLLMENT,
    LIST_DAY,
    PERSON,
    calculate,
    claim_filed,
    command,
    contribution_received,
    death_reported,
    enrollment_begun,
    fact,
    field_check_ordered,
    file_complete,
    member_registered,
    member_suspended,
    person_registered,
    programme_opened,
    reenrolled,
    start_verification,
    verification_started,
)
from tests.given_when_then import fold, given, world_of

MONTHS = ("2023-09", "2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03", "2024-04", "2024-05")


def story(*money: Fact, decreed: date = LIST_DAY, died: date = DEATH) -> list[Fact]:
    decree = fact(DecreeIssued, ENROLLMENT, number="460/1", issued_on=decreed)
    registered = member_registered(effective_on=LIST_DAY)
    members = [programme_opened(), enrollment_begun(), decree, registered]
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


def reasons_of(*facts: Fact) -> dict[str, FlagReason]:
    told = given(*facts).when(start_verification()).then(VerificationStarted)
    return {reason.flag: reason for reason in told.event.flag_reasons}


@pytest.mark.parametrize(("on", "raised"), [(DEATH, False), (DEATH + timedelta(days=1), True)])
def test_who_died_before_being_registered(on: date, raised: bool) -> None:
    facts = story()
    facts[3] = member_registered(effective_on=on)
    assert ("DEATH_BEFORE_REGISTRATION" in flags_of(*facts)) is raised


@pytest.mark.parametrize(
    ("again", "raised"),
    [
        (DEATH - timedelta(days=91), set()),
        (DEATH - timedelta(days=90), {"REENROLLED_WITHIN_90_DAYS"}),
        (DEATH, {"REENROLLED_WITHIN_90_DAYS"}),
        (DEATH + timedelta(days=1), {"DEATH_BEFORE_REGISTRATION"}),
    ],
)
def test_who_was_enrolled_again_shortly_before_the_death(again: date, raised: set[str]) -> None:
    spell = reenrolled(again, lapsed_on=date(2024, 1, 1))
    facts = story()
    found = flags_of(*facts[:4], spell, *facts[4:])
    assert found & {"REENROLLED_WITHIN_90_DAYS", "DEATH_BEFORE_REGISTRATION"} == raised


def test_a_nik_that_contradicts_the_list_says_where() -> None:
    facts = story()
    facts[1] = enrollment_begun(warnings=("birth_date_mismatch", "renewal", "sex_mismatch"))
    reason = reasons_of(*facts)["NIK_MISMATCH"]
    assert reason.reason_id == "NIK tidak cocok dengan tanggal lahir dan jenis kelamin menurut daftar."
    assert reason.reason_en == "The NIK contradicts the birth date and the sex on the list."
    facts[1] = enrollment_begun(warnings=("renewal",))
    assert "NIK_MISMATCH" not in reasons_of(*facts)


def test_a_membership_once_suspended_for_a_nik_that_stands_twice() -> None:
    facts = story()
    assert flags_of(*facts[:4], member_suspended(), *facts[4:]) == {"NIK_DUPLICATE"}


@pytest.mark.parametrize(
    ("born_on", "raised"),
    [
        (date(1958, 9, 2), True),
        (date(1959, 9, 1), True),
        (date(1959, 9, 2), False),
        (date(1985, 7, 1), False),
    ],
    ids=["64 for a day less than a year", "64 on the day", "64 the day after", "38"],
)
def test_who_was_enrolled_less_than_a_year_below_the_age_limit(born_on: date, raised: bool) -> None:
    details = Details(
        name=Sealed.of(PERSON, "SITI"), birth_date=Sealed.of(PERSON, born_on), sex=Sealed.of(PERSON, "P")
    )
    person = person_registered(details=details)
    facts = [*story(), person]
    claim = fold(*facts)[CLAIM]
    world = world_of(fold(*facts), claim.companions(), claim.consulted("start_verification"))
    told = given(*facts).when(start_verification(), world=world).then(VerificationStarted)
    assert ("AGE_NEAR_LIMIT" in told.event.flags) is raised
    assert all(str(born_on.year) not in one.reason_id for one in told.event.flag_reasons)


@pytest.mark.parametrize(("days", "raised"), [(90, False), (91, True)])
def test_a_death_reported_late(days: int, raised: bool) -> None:
    facts = story()
    reported = next(n for n, one in enumerate(facts) if isinstance(one, DeathReported))
    facts[reported] = death_reported(effective_on=DEATH + timedelta(days=days))
    assert ("LATE_REPORT" in flags_of(*facts)) is raised


def test_a_backdated_step_says_which_and_by_how_much() -> None:
    late = file_complete(flags=("BACKDATED_ENTRY",), effective_on=date(2024, 3, 1))
    claim = fold(*story()[:-1], late)[CLAIM]
    assert isinstance(claim, Claim)
    reason = claim.flag_reasons["BACKDATED_ENTRY"]
    assert reason.reason_en == "A step of 1 March 2024 was recorded only on 22 May 2024."


def test_not_working_is_suspected_by_the_verifier_or_found_on_the_spot() -> None:
    asked = command(OrderFieldCheck, CLAIM, "vera", "verifier", not_working_suspected=True)
    told = given(*story(), verification_started()).when(asked).then(FieldCheckOrdered)
    assert told.event.flags == ("NOT_WORKING_SUSPECTED",)
    usual = command(OrderFieldCheck, CLAIM, "vera", "verifier")
    assert given(*story(), verification_started()).when(usual).then(FieldCheckOrdered).event.flags == ()
    checked = [*story(), verification_started(), field_check_ordered()]
    for found, flags in ((False, ("NOT_WORKING_SUSPECTED",)), (True, ()), (None, ())):
        report = command(ReportFieldCheck, CLAIM, "ujang", "field_checker", was_working=found)
        assert given(*checked).when(report).then(FieldCheckReported).event.flags == flags
    suspected = field_check_ordered(flags=("NOT_WORKING_SUSPECTED",))
    report = command(ReportFieldCheck, CLAIM, "ujang", "field_checker", was_working=False)
    again = given(*checked[:-1], suspected).when(report).then(FieldCheckReported)
    assert again.event.flags == (), "it is said once"


def test_a_flag_is_recorded_once_and_a_new_one_when_it_is_found() -> None:
    early = verification_started(flags=("SPONSOR_LIST_LATE_ADD",))
    late = contribution_received("2024-05", paid_on=DEATH + timedelta(days=1))
    facts = story(contribution_received(*MONTHS[:-1]), late, decreed=DEATH + timedelta(days=1))
    told = given(*facts, early).when(calculate()).then(BenefitCalculated)
    assert told.event.flags == ("PAID_AFTER_DEATH",)
    assert told.case.flags == {"SPONSOR_LIST_LATE_ADD", "PAID_AFTER_DEATH"}

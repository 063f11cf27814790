"""How a membership ends: the last day by its reason, what is covered until then, and who is free afterwards."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st

from domain.case import Key
from domain.coverage import coverage_on
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.commands import ProposeTermination, TerminateMember
from domain.enrollment.events import MemberTerminated, TerminationProposed
from domain.fact import Fact
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.refusals import MonthAfterEnd
from domain.refusal import GuardFailed, Invalid
from tests.facts import (
    ENROLLMENT,
    LIST_DAY,
    PERSON,
    PROGRAMME,
    command,
    contribution_received,
    fact,
    member,
    member_terminated,
    receive_contribution,
)
from tests.given_when_then import fold, given

DAY = date(2023, 10, 10)  # September and October are paid
PAID = [*member(), contribution_received("2023-09", "2023-10")]
FREE = [Key("membership", PERSON.bytes)]


def terminate(reason: str, on: date = DAY, happened_on: date | None = None) -> TerminateMember:
    fields: dict[str, Any] = {"reason": reason, "happened_on": happened_on, "effective_on": on}
    return command(TerminateMember, ENROLLMENT, "ina", "intake", **fields)


@pytest.mark.parametrize(
    ("reason", "on", "happened_on", "ended_on"),
    [
        ("DIED", DAY, date(2023, 10, 3), date(2023, 10, 3)),
        ("FORMAL_WORKER", DAY, date(2023, 10, 1), date(2023, 9, 30)),
        ("TOTAL_DISABILITY", DAY, date(2023, 10, 10), date(2023, 10, 10)),
        ("REMOVED", DAY, None, date(2023, 10, 31)),
        ("STOPPED_WORKING", date(2023, 9, 30), None, date(2023, 9, 30)),
        ("MOVED_OUT", date(2023, 9, 4), None, date(2023, 10, 31)),
        ("MOVED_OUT", date(2023, 12, 4), None, date(2023, 12, 31)),
        ("SPONSOR_ENDED", date(2024, 2, 1), None, date(2024, 1, 31)),
        ("ARREARS", date(2024, 3, 5), None, date(2024, 1, 31)),
    ],
)
def test_the_last_day_follows_from_the_reason(
    reason: str, on: date, happened_on: date | None, ended_on: date
) -> None:
    told = (
        given(*PAID)
        .when(terminate(reason, on, happened_on))
        .then(MemberTerminated, reason=reason, ended_on=ended_on, happened_on=happened_on)
    )
    assert told.keys.release == FREE
    assert told.keys.take == ([Key("deceased", PERSON.bytes)] if reason == "DIED" else [])


@pytest.mark.parametrize("reason", ["DIED", "FORMAL_WORKER", "TOTAL_DISABILITY"])
def test_a_reason_with_a_day_of_its_own_asks_for_it(reason: str) -> None:
    given(*PAID).when(terminate(reason)).then_refused(Invalid, field="happened_on")
    tomorrow = DAY + timedelta(days=1)
    given(*PAID).when(terminate(reason, DAY, tomorrow)).then_refused(Invalid, field="happened_on")


def test_a_reason_without_a_day_takes_none() -> None:
    given(*PAID).when(terminate("REMOVED", DAY, DAY)).then_refused(Invalid, field="happened_on")


@pytest.mark.parametrize("reason", ["SPONSOR_ENDED", "ARREARS"])
def test_the_grace_is_not_cut_short(reason: str) -> None:
    refused = given(*PAID).when(terminate(reason, date(2024, 1, 31))).then_refused(GuardFailed)
    assert refused.detail == {"guard": "grace_has_run_out", "lapses_on": "2024-02-01"}


def test_a_member_for_whom_nothing_was_paid_has_no_arrears_but_the_sponsor_may_end() -> None:
    given(*member()).when(terminate("ARREARS")).then_refused(GuardFailed, guard="grace_has_run_out")
    given(*member()).when(terminate("SPONSOR_ENDED")).then(MemberTerminated, ended_on=DAY)


@pytest.mark.parametrize("reason", ["DUPLICATE", "DATA_ERROR"])
def test_a_void_membership_is_proposed_by_one_and_ended_by_another(reason: str) -> None:
    propose = command(ProposeTermination, ENROLLMENT, "ina", "intake", reason=reason)
    proposed = given(*PAID).when(propose).then(TerminationProposed, reason=reason)
    assert (proposed.keys.take, proposed.keys.release) == ([], [])
    given(*PAID).when(terminate(reason)).then_refused(GuardFailed, guard="second_person_confirmed")
    other = fact(
        TerminationProposed, ENROLLMENT, reason="DUPLICATE" if reason != "DUPLICATE" else "DATA_ERROR"
    )
    given(*PAID, other).when(terminate(reason)).then_refused(GuardFailed, guard="second_person_confirmed")
    told = given(*PAID, proposed.event).when(terminate(reason))
    told.then(MemberTerminated, ended_on=LIST_DAY - timedelta(days=1))


# -- cover


def cover(story: list[Fact], on: date) -> tuple[str, date | None]:
    cases = fold(*story)
    enrollment, programme = cases[ENROLLMENT], cases[PROGRAMME]
    assert isinstance(enrollment, Enrollment) and isinstance(programme, Programme)
    found = enrollment.membership(programme.contributions).coverage(on)
    return found.status, found.lapse_day


def test_the_last_day_is_covered_and_the_next_is_not() -> None:
    story = [*PAID, member_terminated(date(2023, 10, 10))]
    assert cover(story, date(2023, 10, 10)) == ("ACTIVE", None)
    assert cover(story, date(2023, 10, 11)) == ("LAPSED", date(2023, 10, 11))
    assert cover(story, date(2024, 12, 1)) == ("LAPSED", date(2023, 10, 11))


def test_whoever_lapsed_before_the_end_lapsed_then() -> None:
    story = [*PAID, member_terminated(date(2024, 6, 30))]
    assert cover(story, date(2024, 1, 31)) == ("GRACE", None)
    assert cover(story, date(2024, 7, 1)) == ("LAPSED", date(2024, 2, 1))


def test_a_void_membership_never_covered_a_day() -> None:
    counted_before = contribution_received("2023-09", position=3)
    story = [*member(), counted_before, member_terminated(date(2023, 8, 31), "DUPLICATE")]
    assert cover(story, date(2023, 8, 31))[0] == "NOT_STARTED"
    assert cover(story, date(2023, 9, 1))[0] == "LAPSED"


MONTHS = Month(2023, 9).through(Month(2024, 8))


@any_of(
    paid=st.frozensets(st.sampled_from(MONTHS), min_size=1),
    ended_on=st.dates(date(2023, 8, 1), date(2024, 10, 1)),
    day=st.dates(date(2023, 8, 1), date(2024, 10, 1)),
)
@settings(max_examples=300)
def test_until_its_last_day_a_membership_covers_as_if_it_went_on_and_never_afterwards(
    paid: frozenset[Month], ended_on: date, day: date
) -> None:
    start = min(paid).first_day
    plain = coverage_on(day, membership_start=start, paid_months=paid, grace_months=3)
    ended = coverage_on(day, membership_start=start, paid_months=paid, grace_months=3, ended_on=ended_on)
    if day <= ended_on or day < start:
        assert ended == plain
    else:
        then = coverage_on(ended_on, membership_start=start, paid_months=paid, grace_months=3)
        assert (ended.status, ended.lapse_day) == ("LAPSED", then.lapse_day or ended_on + timedelta(days=1))


# -- heads and money


@pytest.mark.parametrize(
    ("month", "head_position", "meant"),
    [("2023-10", 9, True), ("2023-11", 9, False), ("2023-11", 3, True)],
    ids=["month of the end", "after the end", "counted before the end was known"],
)
def test_a_list_payment_is_not_for_members_known_to_have_left(
    month: str, head_position: int, meant: bool
) -> None:
    """The member stands registered at position 3 of the log and has left at position 4."""
    cases = fold(*member(), member_terminated(date(2023, 10, 31)))
    enrollment = cases[ENROLLMENT]
    assert isinstance(enrollment, Enrollment)
    assert (
        enrollment.is_head_in(Month.parse(month), contribution_received(month, position=head_position))
        is meant
    )


def test_nobody_pays_by_name_for_months_after_the_end() -> None:
    story = [*PAID, member_terminated(date(2023, 11, 15))]
    for month, refused in (("2023-11", False), ("2023-12", True)):
        asked = given(*story).when(receive_contribution(month, enrollment_ids=(ENROLLMENT,)))
        if refused:
            asked.then_refused(MonthAfterEnd, month=month, ended_on="2023-11-15")
        else:
            asked._decide()


def test_reasons_and_days_are_all_told_apart() -> None:
    """Every reason of dossier 2.7 has a rule; the table above would be empty if one had none."""
    reasons = ("DIED", "SPONSOR_ENDED", "REMOVED", "MOVED_OUT", "FORMAL_WORKER", "STOPPED_WORKING", "ARREARS")
    for reason, happened_on in product((*reasons, "TOTAL_DISABILITY"), (None, DAY)):
        asked = given(*PAID).when(terminate(reason, date(2024, 6, 1), happened_on))
        dated = reason in {"DIED", "FORMAL_WORKER", "TOTAL_DISABILITY"}
        if dated == (happened_on is not None):
            asked.then(MemberTerminated)
        else:
            asked.then_refused(Invalid, field="happened_on")

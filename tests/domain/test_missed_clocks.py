"""A clock that ran out is put on record once for each time it runs; what came on the due day was in time."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

import domain.enrollment.commands as enrollment
import domain.enrollment.events as enrollment_events
from domain.claim.aggregate import Claim
from domain.claim.commands import MissClock
from domain.claim.events import ClockMissed
from domain.clocks import ClockDoesNotRun, ClockStillRuns
from domain.fact import ClockChange, Fact
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    PAYMENT,
    approved_claim,
    as_system,
    claim_filed,
    death_reported,
    enrollment_begun,
    file_complete,
    payment_ordered,
    payment_succeeded,
    programme_opened,
    proposal_returned,
)
from tests.given_when_then import fold, given

DUE: Final = date(2024, 5, 27)
NEXT: Final = DUE + timedelta(days=1)
STARTED: Final = file_complete().clocks[0]


def story(change: str = "started", due_on: date | None = DUE) -> list[Fact]:
    clock = replace(STARTED, change=change, due_on=due_on)
    return [death_reported(), claim_filed(), file_complete(clocks=(clock,))]


def miss(effective_on: date = NEXT, due_on: date = DUE, **fields: Any) -> MissClock:
    return as_system(MissClock, CLAIM, clock="pay_3wd", due_on=due_on, effective_on=effective_on, **fields)


@pytest.mark.parametrize("change", ["started", "restarted"])
def test_a_clock_that_ran_out_is_on_record_with_its_due_day_and_what_follows(change: str) -> None:
    told = (
        given(*story(change))
        .when(miss(consequence="close"))
        .then(ClockMissed, clock="pay_3wd", due_on=DUE, consequence="close", to_status=None)
    )
    assert told.event.clocks == (replace(STARTED, change="missed", on=NEXT),)
    assert told.case.status == "COMPLETE", "that alone moves nothing"


def test_what_comes_on_the_due_day_is_in_time() -> None:
    given(*story()).when(miss(DUE)).then_refused(ClockStillRuns, until=DUE.isoformat())


@pytest.mark.parametrize("change", ["missed", "paused", "stopped", "voided"])
def test_only_a_clock_that_runs_is_missed_and_only_once(change: str) -> None:
    given(*story(change)).when(miss()).then_refused(ClockDoesNotRun, guard="clock_runs")


def test_a_clock_without_a_due_day_or_with_another_is_not_missed() -> None:
    given(*story(due_on=None)).when(miss()).then_refused(ClockDoesNotRun)
    given(*story()).when(miss(due_on=date(2024, 5, 20))).then_refused(ClockDoesNotRun)
    given(death_reported()).when(miss()).then_refused(ClockDoesNotRun)


def test_a_proposal_nobody_answered_is_on_record_too() -> None:
    clock = ClockChange(clock="answer_14d", change="started", on=date(2023, 9, 4), due_on=date(2023, 9, 18))
    command = as_system(
        enrollment.MissClock,
        ENROLLMENT,
        clock="answer_14d",
        due_on=clock.due_on,
        effective_on=date(2023, 9, 19),
    )
    given(programme_opened(), enrollment_begun(), proposal_returned("alamat", clocks=(clock,))).when(
        command
    ).then(enrollment_events.ClockMissed, clock="answer_14d", due_on=clock.due_on)


# -- what is owed for a late payment


def paid(*penalties: int, settled: bool = False) -> Claim:
    """A claim with payments that came late and owe this, and one that settles them."""
    late = [payment_succeeded(penalty_due=penalty, payment_id=PAYMENT) for penalty in penalties]
    facts: list[Fact] = [*approved_claim(), *payment_ordered(), *late]
    if settled:
        owed = sum(penalties)
        facts.append(payment_succeeded(amount=owed, of_penalty=True, payment_id=ENROLLMENT))
    claim = fold(*facts)[CLAIM]
    assert isinstance(claim, Claim)
    return claim


def test_compensation_is_owed_until_a_later_payment_brings_it() -> None:
    assert not paid(0).penalty_open
    assert paid(420_000).penalty_open and paid(0, 420_000).penalty_open
    assert not paid(420_000, settled=True).penalty_open
    assert paid(420_000).facts()["penalty.open"] is True

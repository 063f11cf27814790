"""A clock that ran out is put on record once for each time it runs; what came on the due day was in time."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

import domain.enrollment.commands as enrollment
import domain.enrollment.events as enrollment_events
from domain.claim.aggregate import Claim
from domain.claim.commands import LapseIncomplete, MissClock
from domain.claim.events import ClaimLapsedIncomplete, ClockMissed
from domain.clocks import AnswerCame, ClockDoesNotRun, ClockStillRuns
from domain.fact import ClockChange, Fact
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    PAYMENT,
    TODAY,
    approved_claim,
    as_system,
    claim_filed,
    claim_paper,
    death_reported,
    document_rejected,
    documents_returned,
    enrollment_begun,
    fact,
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


# -- who answered was not silent


OVER: Final = replace(STARTED, clock="incomplete_90d", due_on=TODAY - timedelta(days=1))


def test_a_family_that_brought_every_paper_is_not_told_that_it_was_silent() -> None:
    asked = [death_reported(), claim_filed(), documents_returned("KK", "KTP_HEIR", clocks=(OVER,))]
    lapse = as_system(LapseIncomplete, CLAIM)
    given(*asked, claim_paper("KK")).when(lapse).then(ClaimLapsedIncomplete)
    given(*asked, claim_paper("KK"), claim_paper("KTP_HEIR")).when(lapse).then_refused(
        AnswerCame, guard="nobody_answered", step="complete_documents"
    )
    rejected = document_rejected("KK")
    given(*asked, claim_paper("KK"), claim_paper("KTP_HEIR"), rejected).when(lapse).then(
        ClaimLapsedIncomplete
    )


def test_a_sponsor_that_brought_every_paper_is_not_told_so_either() -> None:
    abandon = as_system(enrollment.AbandonProposal, ENROLLMENT)
    paper = fact(
        enrollment_events.DocumentAdded, ENROLLMENT, code="ENR_KTP", sha256="ab", media_type="", size=1
    )
    given(enrollment_begun(), proposal_returned("ENR_KTP"), paper).when(abandon).then_refused(
        AnswerCame, step="complete_proposal"
    )
    given(enrollment_begun(), proposal_returned("ENR_KTP", "alamat"), paper).when(abandon).then(
        enrollment_events.ProposalAbandoned
    )


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

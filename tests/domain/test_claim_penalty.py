"""What is owed for a late payment: a second determination, signed and paid like the first, owing nothing in turn."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid5

import pytest

from domain.benefit.determination import Determination
from domain.benefit.heirs import SOCIAL_SECURITY_FUND
from domain.claim.aggregate import Claim
from domain.claim.commands import CorrectPaymentDetails, DeterminePenalty, EndorseClaim, ReturnCalculation
from domain.claim.events import (
    CalculationReturned,
    ClaimApproved,
    ClaimEndorsed,
    PaymentDetailsCorrected,
    PaymentOrdered,
    PaymentSucceeded,
    PenaltyDetermined,
)
from domain.claim.refusals import AmountDiffersFromDetermination, NothingToOrder
from domain.fact import Fact
from domain.payment import events as payment_events
from domain.payment.aggregate import Payment
from tests.facts import (
    CLAIM,
    PAYMENT,
    approve,
    approved_claim,
    arrears_paid,
    claim_approved,
    claim_paper,
    command,
    confirm_payment,
    held,
    order_payment,
    paid_late,
    payment_failed,
    payment_ordered,
    penalty_determined,
)
from tests.given_when_then import fold, given
from workflows.guards import penalty_is_due

AGAIN = uuid5(CLAIM, "second payment")
DETERMINE = command(DeterminePenalty, CLAIM, "karim", "calculator")


def late(**fields: Any) -> list[Fact]:
    """The benefit was paid two days late: 2 x 1 % of 42 million are owed."""
    return [*approved_claim(), *payment_ordered(), paid_late(**fields)]


def determined() -> list[Fact]:
    story = late()
    paid = story[-1]
    assert isinstance(paid, PaymentSucceeded)
    return [*story, penalty_determined(paid)]


def ordered() -> list[Fact]:
    story = [*determined(), claim_approved(840_000, of_penalty=True)]
    penalty = the(story).determination
    return [*story, *payment_ordered(found=penalty, payment_id=AGAIN)]


def the(story: list[Fact]) -> Claim:
    claim = fold(*story)[CLAIM]
    assert isinstance(claim, Claim)
    return claim


def test_a_late_payment_is_compensated_by_a_determination_of_its_own() -> None:
    told = given(*late()).when(DETERMINE).then(PenaltyDetermined, payments=(PAYMENT,))
    found: Determination = told.event.determination
    [line] = found.lines
    assert (line.code, line.amount, line.basis) == ("PENALTY_LATE", 840_000, "JKM-LATE-1PCT")
    assert line.working_id == "2 hari × 1% × Rp 42.000.000 = Rp 840.000"
    assert line.working_en == "2 days × 1% × Rp 42,000,000 = Rp 840,000"
    assert [(share.payee, share.amount) for share in found.payees] == [("HEIR", 840_000)]
    claim = told.case
    assert isinstance(claim, Claim)
    assert [one.total for one in claim.determinations] == [42_000_000, 840_000]
    assert claim.determination == found
    assert claim.benefit is not None and claim.benefit.total == 42_000_000, "the first stays as it was"
    assert (claim.outcome, claim.amount_to_sign, claim.approved_amount) == ("PAY", 840_000, None)


def test_two_late_payments_of_one_claim_are_compensated_in_one_line() -> None:
    waiting = held("2024-05")
    story = [
        *approved_claim(waiting),
        *payment_ordered("JKM_FUNERAL", found=waiting),
        paid_late(3, 10_000_000, to_status="HELD_ARREARS"),
        arrears_paid("2024-05"),
        *payment_ordered("JKM_LUMP", "JKM_BERKALA", found=waiting, payment_id=AGAIN),
        paid_late(1, 32_000_000, payment_id=AGAIN),
    ]
    told = given(*story).when(DETERMINE).then(PenaltyDetermined, payments=(PAYMENT, AGAIN))
    [line] = told.event.determination.lines
    assert line.amount == told.event.determination.total == 300_000 + 320_000
    assert (
        line.working_en == "3 days × 1% × Rp 10,000,000 = Rp 300,000; 1 day × 1% × Rp 32,000,000 = Rp 320,000"
    )


def test_what_falls_to_the_fund_earns_no_compensation() -> None:
    """The law compensates the heirs; the fund pays itself nothing for waiting."""
    claim, payment = payment_ordered()
    assert isinstance(payment, payment_events.PaymentOrdered)
    lines = tuple(
        replace(line, payee="FUNERAL_ARRANGER" if line.code == "JKM_FUNERAL" else SOCIAL_SECURITY_FUND)
        for line in payment.lines
    )
    story = [*approved_claim(), claim, replace(payment, lines=lines)]
    asked = confirm_payment(paid_on=date(2024, 5, 29), effective_on=date(2024, 5, 29))
    told = given(*story).when(asked).then(PaymentSucceeded, amount=42_000_000, days_late=2)
    assert told.event.penalty_due == 200_000


@pytest.mark.parametrize(("story", "open_"), [(late(), True), (late(days=0), False), (determined(), False)])
def test_it_is_determined_once_and_only_where_something_is_owed(story: list[Fact], open_: bool) -> None:
    reason = penalty_is_due(the(story), None)  # type: ignore[arg-type]  # it looks at nothing else
    assert (reason is None) is open_


def test_what_was_paid_is_not_ordered_again() -> None:
    story = [*determined(), claim_approved(840_000, of_penalty=True)]
    told = given(*story).when(order_payment()).then(PaymentOrdered, amount=840_000)
    assert [line.code for line in told.event.lines] == ["PENALTY_LATE"]
    given(*ordered()).when(order_payment()).then_refused(NothingToOrder)


def test_it_is_approved_to_its_own_amount() -> None:
    given(*determined()).when(approve()).then_refused(AmountDiffersFromDetermination, expected=840_000)
    told = given(*determined()).when(approve(840_000)).then(ClaimApproved, of_penalty=True)
    assert isinstance(told.case, Claim) and told.case.approved_amount == 840_000


def test_an_endorsement_of_the_benefit_does_not_count_for_it() -> None:
    seen = the(determined()).benefit
    assert seen is not None
    endorsed = command(EndorseClaim, CLAIM, "agus", "approver_1")
    told = given(*determined()).when(endorsed).then(ClaimEndorsed, amount=840_000)
    assert told.event.determination != seen.digest


def test_nothing_is_owed_for_paying_it_late() -> None:
    asked = confirm_payment(paid_on=date(2024, 8, 1), effective_on=date(2024, 8, 1))
    told = given(*ordered()).when(asked).then(PaymentSucceeded, amount=840_000, days_late=None)
    assert (told.event.penalty_due, told.event.penalty, told.event.of_penalty) == (0, None, True)
    claim = told.case
    assert isinstance(claim, Claim)
    assert (claim.penalty.due, claim.penalty.determined, claim.penalty.paid) == (840_000, 840_000, 840_000)
    assert not claim.penalty_open
    [payment] = told.others
    assert isinstance(payment, Payment) and payment.id == AGAIN


def test_returned_it_is_determined_anew_and_the_benefit_stands() -> None:
    asked = command(ReturnCalculation, CLAIM, "agus", "approver_1", reason="hari salah")
    told = given(*determined()).when(asked).then(CalculationReturned, of_penalty=True)
    claim = told.case
    assert isinstance(claim, Claim)
    assert (claim.outcome, claim.approved_amount) == ("PAY", 42_000_000)
    assert (claim.penalty.determined, claim.penalty_open) == (0, True)
    assert penalty_is_due(claim, None) is None  # type: ignore[arg-type]  # it looks at nothing else


def test_returned_by_the_bank_it_is_approved_again_alone() -> None:
    page = claim_paper("BANK_HEIR", sha256="cd" * 32)
    story = [*ordered(), payment_failed(payment_id=AGAIN, amount=840_000), page]
    form = {"bank": "BRI", "account_number": "99", "account_name": "Budi Santoso"}
    asked = command(CorrectPaymentDetails, CLAIM, "ina", "intake", **form)
    told = given(*story).when(asked).then(PaymentDetailsCorrected, of_penalty=True)
    claim = told.case
    assert isinstance(claim, Claim)
    assert (claim.benefit_approved, claim.approved_amount) == (42_000_000, None)
    assert claim.ordered_lines == {"JKM_LUMP", "JKM_BERKALA", "JKM_FUNERAL"}

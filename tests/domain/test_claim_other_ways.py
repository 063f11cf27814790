"""The other ways of a claim: money that comes back, another payee, a step or a claim taken back, the rest refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.case import Key
from domain.claim.aggregate import Claim
from domain.claim.commands import (
    ChangePayee,
    ConfirmAccount,
    CorrectPaymentDetails,
    FailPayment,
    HandOverToJkk,
    HeirForm,
    LapseIncomplete,
    RefuseRest,
    WithdrawClaim,
    WithdrawStep,
)
from domain.claim.events import (
    AccountConfirmed,
    ClaimLapsedIncomplete,
    ClaimWithdrawn,
    HandedOverToJkk,
    PayeeChanged,
    PaymentDetailsCorrected,
    PaymentFailed,
    PaymentOrdered,
    RestRefused,
    StepWithdrawn,
)
from domain.claim.memory import DEATH_CLAIM_KEY
from domain.claim.refusals import NothingToOrder
from domain.fact import ClockChange, Fact
from domain.payment.aggregate import Payment
from domain.refusal import GuardFailed, Invalid
from domain.sealed import Sealed
from domain.world import World
from tests.facts import (
    CLAIM,
    NOW,
    PAPERS,
    PAYMENT,
    PERSON,
    SHA,
    TODAY,
    approved_claim,
    as_system,
    calculated_claim,
    claim_approved,
    claim_filed,
    claim_paper,
    command,
    death_reported,
    documents_returned,
    fact,
    file_complete,
    held,
    order_payment,
    payee,
    payee_form,
    payment_failed,
    payment_ordered,
    payment_succeeded,
    verification_started,
    verified_claim,
)
from tests.given_when_then import fold, given, laid_open
from workflows.guards import account_name_differs, account_name_matches_payee

RELEASED = [Key(DEATH_CLAIM_KEY, PERSON.bytes)]


def clock(name: str, due_on: date | None = TODAY) -> ClockChange:
    return ClockChange(clock=name, change="started", on=TODAY - timedelta(days=90), due_on=due_on)


# -- money that comes back


def failed() -> list[Fact]:
    return [*approved_claim(), *payment_ordered(), payment_failed()]


def test_a_failed_payment_says_why_on_the_claim_and_on_the_payment() -> None:
    asked = command(FailPayment, CLAIM, "fajar", "finance", reason="rekening ditutup", bank_code="AC04")
    told = (
        given(*approved_claim(), *payment_ordered())
        .when(asked)
        .then(
            PaymentFailed, payment_id=PAYMENT, amount=42_000_000, bank_code="AC04", reason="rekening ditutup"
        )
    )
    [payment] = told.others
    assert isinstance(payment, Payment) and payment.status == "FAILED"
    assert payment.failed is not None and payment.failed.bank_code == "AC04"
    assert isinstance(told.case, Claim) and told.case.ordered_lines == set()


def corrected(*story: Fact, **fields: Any) -> Any:
    form = {"bank": "BRI", "account_number": "99", "account_name": "H. Budi Santoso"}
    asked = command(CorrectPaymentDetails, CLAIM, "ina", "intake", **(form | fields))
    return given(*(story or failed())).when(asked)


def test_corrected_details_change_the_account_and_nothing_else() -> None:
    told = corrected().then(PaymentDetailsCorrected, payee_code="HEIR", account_name_matches=True)
    claim = told.case
    assert isinstance(claim, Claim) and claim.filed is not None
    [payee] = claim.filed.payees
    assert (laid_open(payee.bank), laid_open(payee.account_number)) == ("BRI", "99")
    assert laid_open(payee.name) == "BUDI SANTOSO"
    assert claim.determination is not None and claim.determination.total == 42_000_000
    assert claim.approved_amount is None, "the new account is approved again"


def test_an_account_in_another_name_is_noted() -> None:
    corrected(account_name="ANI").then(PaymentDetailsCorrected, account_name_matches=False)
    corrected(account_number=" ").then_refused(Invalid, field="account_number")
    corrected(code="FUNERAL_ARRANGER").then_refused(Invalid, field="code")


def test_a_bank_page_from_before_the_failure_does_not_count() -> None:
    assert fold(*failed())[CLAIM].outdated_papers("correct_payment_details") == {"BANK_HEIR"}
    claim = fold(*failed(), claim_paper("BANK_HEIR", sha256="cd" * 32))[CLAIM]
    assert claim.outdated_papers("correct_payment_details") == frozenset()


def test_lines_of_a_failed_payment_are_ordered_again_and_never_paid_twice() -> None:
    again = [*failed(), claim_approved()]
    told = given(*again).when(order_payment()).then(PaymentOrdered, amount=42_000_000)
    assert told.event.payment_id != PAYMENT
    second = payment_ordered(payment_id=told.event.payment_id)
    done = [*again, *second, payment_succeeded(payment_id=told.event.payment_id)]
    given(*done).when(order_payment()).then_refused(NothingToOrder)


# -- the rest refused


def held_claim(due_on: date | None) -> list[Fact]:
    found = held("2024-04", "2024-05")
    money = payment_ordered("JKM_FUNERAL", found=found)
    waiting = payment_succeeded("HELD_ARREARS", clocks=(clock("arrears_90d", due_on),))
    return [*approved_claim(found), *money, waiting]


def refuse_rest() -> RefuseRest:
    return command(RefuseRest, CLAIM, "agus", "approver_1", reason="tunggakan tidak dilunasi")


def test_after_ninety_days_the_rest_is_refused_and_what_was_paid_stands() -> None:
    told = (
        given(*held_claim(TODAY - timedelta(days=1)))
        .when(refuse_rest())
        .then(RestRefused, codes=("JKM_LUMP", "JKM_BERKALA"), amount=32_000_000)
    )
    assert isinstance(told.case, Claim) and not told.case.arrears_open
    assert [paid.payment_id for paid in told.case.payments] == [PAYMENT]


@pytest.mark.parametrize("due_on", [TODAY, TODAY + timedelta(days=5), None])
def test_before_the_end_of_the_period_nothing_is_refused(due_on: date | None) -> None:
    given(*held_claim(due_on)).when(refuse_rest()).then_refused(GuardFailed, guard="arrears_period_is_over")


# -- another payee


def test_another_payee_voids_what_was_decided() -> None:
    asked = command(
        ChangePayee,
        CLAIM,
        "ina",
        "intake",
        payee=payee_form(name="Dewi", account_name="DEWI", relation="child"),
        heirs=(HeirForm(name="Dewi", relation="child"),),
        reason="istri meninggal",
    )
    told = given(*approved_claim()).when(asked).then(PayeeChanged, reason="istri meninggal")
    claim = told.case
    assert isinstance(claim, Claim)
    assert (claim.determination, claim.approved_amount, claim.outcome) == (None, None, None)
    assert claim.main_payee is not None and laid_open(claim.main_payee.name) == "Dewi"
    assert claim.facts()["payee.relation"] == "child"
    assert claim.filed is not None and claim.filed.claim_date == date(2024, 5, 15)


def test_another_payee_comes_with_a_new_certificate() -> None:
    assert fold(*calculated_claim())[CLAIM].outdated_papers("change_payee") == {"HEIR_CERT"}
    claim = fold(*calculated_claim(), claim_paper("HEIR_CERT", sha256="cd" * 32))[CLAIM]
    assert claim.outdated_papers("change_payee") == frozenset()


def test_nobody_is_paid_out_of_the_order_of_heirs_by_a_change() -> None:
    wrong = payee_form(relation="sibling", heir_tier="SIBLING")
    asked = command(
        ChangePayee, CLAIM, "ina", "intake", payee=wrong, heirs=(HeirForm(name="Dewi", relation="child"),)
    )
    given(*calculated_claim()).when(asked).then_refused(Invalid)


# -- taken back


def complete() -> list[Fact]:
    return [death_reported(), claim_filed(), file_complete()]


@pytest.mark.parametrize(
    ("by", "role", "later", "open_"),
    [
        ("ina", "intake", timedelta(), True),
        ("ina", "intake", timedelta(days=1), False),
        ("ini", "intake", timedelta(), False),
        ("agus", "approver_1", timedelta(), True),
        ("agus", "approver_1", timedelta(days=30), True),
    ],
)
def test_a_step_is_taken_back_the_same_day_or_by_an_approver(
    by: str, role: str, later: timedelta, open_: bool
) -> None:
    asked = command(WithdrawStep, CLAIM, by, role, reason="salah berkas", decided_at=NOW + later)
    story = given(*complete()).when(asked)
    if open_:
        story.then(StepWithdrawn, withdrawn="confirm_complete", reason="salah berkas")
    else:
        story.then_refused(GuardFailed, guard="own_step_of_today_or_approver")


def test_after_going_back_the_claim_stands_as_it_did_before() -> None:
    moved = {"step": "withdraw_step", "from_status": "VERIFYING", "to_status": "COMPLETE"}
    why = {"withdrawn": "start_verification", "reason": documents_returned().reason}
    back = fact(StepWithdrawn, CLAIM, **moved, **why)
    claim = fold(*complete(), verification_started(), back)[CLAIM]
    assert (claim.status, claim.entered_from) == ("COMPLETE", "FILED"), (
        "so completeness can be taken back too"
    )


@pytest.mark.parametrize("reason", [None, "keluarga tidak jadi"])
def test_a_withdrawn_claim_frees_the_death_for_another(reason: str | None) -> None:
    asked = command(WithdrawClaim, CLAIM, "budi", "participant", reason=reason)
    told = given(*verified_claim()).when(asked).then(ClaimWithdrawn, reason=reason)
    assert told.keys.release == RELEASED


def test_a_death_by_work_is_handed_over_and_frees_the_death() -> None:
    told = (
        given(*verified_claim())
        .when(command(HandOverToJkk, CLAIM, "vera", "verifier"))
        .then(HandedOverToJkk, outcome="REJECT_USE_JKK")
    )
    assert told.keys.release == RELEASED
    assert isinstance(told.case, Claim) and told.case.outcome == "REJECT_USE_JKK"


def test_papers_that_nobody_brings_end_the_claim_after_their_time() -> None:
    story = [death_reported(), claim_filed()]
    over = documents_returned("KK", clocks=(clock("incomplete_90d", TODAY - timedelta(days=1)),))
    told = given(*story, over).when(as_system(LapseIncomplete, CLAIM)).then(ClaimLapsedIncomplete)
    assert told.keys.release == RELEASED
    not_yet = documents_returned("KK", clocks=(clock("incomplete_90d"),))
    given(*story, not_yet).when(as_system(LapseIncomplete, CLAIM)).then_refused(
        GuardFailed, guard="incomplete_period_is_over", until=TODAY.isoformat()
    )


# -- an account in another name


def in_another_name(*codes: str) -> list[Fact]:
    """A claim at the verifier's desk, where the accounts of these payees are in another name."""
    payees = [payee(code=code, account_name_matches=False) for code in codes or ("HEIR",)]
    papers = [claim_paper(code) for code in PAPERS]
    return [death_reported(), claim_filed(*payees), *papers, file_complete(), verification_started()]


def confirming(*story: Fact, **fields: Any) -> Any:
    asked = command(
        ConfirmAccount, CLAIM, "vera", "verifier", **({"reason": "nama menurut buku nikah"} | fields)
    )
    return given(*(story or in_another_name())).when(asked)


def confirmed_account(code: str = "HEIR") -> Fact:
    page = (("BANK_HEIR", SHA),)
    why = Sealed.of(PERSON, "nama menurut buku nikah")
    return fact(AccountConfirmed, CLAIM, payee_code=code, papers=page, reason=why, step="confirm_account")


def the(*story: Fact) -> Claim:
    claim = fold(*story)[CLAIM]
    assert isinstance(claim, Claim)
    return claim


def test_a_second_person_vouches_for_an_account_by_its_page() -> None:
    told = confirming().then(
        AccountConfirmed, payee_code="HEIR", papers=(("BANK_HEIR", SHA),), reason="nama menurut buku nikah"
    )
    assert isinstance(told.case, Claim) and told.case.accounts_to_confirm == ()
    assert account_name_matches_payee(told.case, World()) is None
    assert account_name_differs(told.case, World()) is not None
    reason = account_name_matches_payee(the(*in_another_name()), World())
    assert reason is not None and "confirm_account" in reason and "HEIR" in reason


def test_it_is_said_whose_account_where_several_differ() -> None:
    story = in_another_name("HEIR", "FUNERAL_ARRANGER")
    confirming(*story).then_refused(Invalid, field="code")
    told = confirming(*story, code="FUNERAL_ARRANGER").then(AccountConfirmed, payee_code="FUNERAL_ARRANGER")
    assert isinstance(told.case, Claim) and told.case.accounts_to_confirm == ("HEIR",)
    confirming(*story, confirmed_account(), code="HEIR").then_refused(Invalid, field="code")
    confirming(reason=" ").then_refused(Invalid, field="reason")


def test_a_confirmation_holds_for_the_account_it_saw() -> None:
    page = claim_paper("BANK_HEIR", sha256="cd" * 32)
    changed = fact(PayeeChanged, CLAIM, payees=(payee(account_name_matches=False),), heirs=())
    claim = the(*in_another_name(), confirmed_account(), changed)
    assert claim.accounts_to_confirm == ("HEIR",)
    assert claim.outdated_papers("confirm_account") == {"BANK_HEIR"}, "the page of the old account"
    fresh = the(*in_another_name(), confirmed_account(), page, changed)
    assert fresh.outdated_papers("confirm_account") == frozenset(), "brought with the change"
    told = corrected(
        *in_another_name(),
        confirmed_account(),
        *payment_ordered(),
        payment_failed(),
        page,
        account_name="ANI",
    ).then(PaymentDetailsCorrected, account_name_matches=False)
    assert isinstance(told.case, Claim) and told.case.accounts_to_confirm == ("HEIR",)
    assert told.case.outdated_papers("confirm_account") == frozenset()

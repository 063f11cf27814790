"""Two people sign: rejections proposed and signed, endorsements and approvals."""

import pytest

from domain.claim.aggregate import Claim
from domain.claim.commands import EndorseClaim, ProposeRejection, SignRejection
from domain.claim.events import (
    BenefitCalculated,
    CalculationReturned,
    ClaimEndorsed,
    ClaimRejected,
    RejectionProposed,
)
from domain.claim.refusals import AmountDiffersFromDetermination
from domain.fact import Fact
from domain.refusal import DocumentsMissing, Invalid
from tests import facts
from tests.facts import (
    CLAIM,
    benefit_calculated,
    calculated_claim,
    claim_endorsed,
    command,
    determination,
    documents_returned,
    field_check_ordered,
    field_check_reported,
    line,
    rejection,
    rejection_proposed,
    verified_claim,
)
from tests.given_when_then import fold, given


def propose(code: str = "REJECT_RESIDENCE", reason: str = "pindah sebelum didaftarkan") -> ProposeRejection:
    return command(ProposeRejection, CLAIM, "vera", "verifier", code=code, reason=reason)


def sign(reason: str | None = None) -> SignRejection:
    return command(SignRejection, CLAIM, "agus", "approver_1", reason=reason)


def checked() -> list[Fact]:
    return [*verified_claim(), field_check_ordered(), field_check_reported()]


def test_a_rejection_is_proposed_with_its_ground_and_reason() -> None:
    told = (
        given(*verified_claim())
        .when(propose())
        .then(RejectionProposed, outcome="REJECT_RESIDENCE", reason="pindah sebelum didaftarkan")
    )
    assert told.case.facts()["rejection.code"] == "REJECT_RESIDENCE"
    given(*verified_claim()).when(propose(reason=" ")).then_refused(Invalid, field="reason")


@pytest.mark.parametrize("code", ["NOT_WORKING", "REJECT_NOT_WORKING"])
def test_that_somebody_was_not_working_is_proposed_on_a_report_from_the_spot(code: str) -> None:
    given(*verified_claim()).when(propose(code)).then_refused(DocumentsMissing, missing=["CASE_CHECK"])
    given(*checked()).when(propose(code)).then(RejectionProposed, outcome="REJECT_NOT_WORKING")


def test_a_proposed_rejection_is_signed_with_its_outcome() -> None:
    told = (
        given(*verified_claim(), rejection_proposed("REJECT_DUPLICATE"))
        .when(sign("lihat berkas"))
        .then(ClaimRejected, outcome="REJECT_DUPLICATE", reason="lihat berkas")
    )
    assert isinstance(told.case, Claim) and told.case.outcome == "REJECT_DUPLICATE"


@pytest.mark.parametrize("later", [benefit_calculated(), documents_returned("KK"), field_check_ordered()])
def test_a_proposal_is_void_when_the_claim_goes_on(later: Fact) -> None:
    claim = fold(*verified_claim(), rejection_proposed(), later)[CLAIM]
    assert claim.facts()["rejection.code"] is None


def test_after_a_proposal_the_determination_is_what_is_signed() -> None:
    story = [*verified_claim(), rejection_proposed(), benefit_calculated(rejection("REJECT_LAPSED"))]
    given(*story).when(sign()).then(ClaimRejected, outcome="REJECT_LAPSED")


@pytest.mark.parametrize("amount", [None, 42_000_000])
def test_an_endorsement_names_the_determination_it_saw(amount: int | None) -> None:
    found = determination()
    asked = command(EndorseClaim, CLAIM, "agus", "approver_1", amount=amount)
    told = given(*calculated_claim(found)).when(asked).then(ClaimEndorsed, amount=found.total)
    assert told.event.determination == found.digest
    assert told.case.endorsed_by == "agus"


def test_another_amount_is_not_endorsed() -> None:
    asked = command(EndorseClaim, CLAIM, "agus", "approver_1", amount=41_000_000)
    given(*calculated_claim()).when(asked).then_refused(AmountDiffersFromDetermination, expected=42_000_000)


def test_an_endorsement_is_void_after_a_return_and_after_a_new_calculation() -> None:
    story = [*calculated_claim(), claim_endorsed()]
    returned = facts.fact(CalculationReturned, CLAIM, reason=facts.document_rejected().reason)
    assert fold(*story)[CLAIM].endorsed_by == "agus"
    assert fold(*story, returned)[CLAIM].endorsed_by is None
    assert fold(*story, returned, benefit_calculated())[CLAIM].endorsed_by is None


def test_two_determinations_have_one_digest_only_if_they_say_the_same() -> None:
    one, same = determination(), determination()
    assert one.digest == same.digest
    assert one.digest != determination(line("JKM_LUMP", 20_000_000)).digest
    stored = given(*facts.member(), facts.contribution_received("2024-05"), *verified_claim())
    told = stored.when(facts.calculate()).then(BenefitCalculated)
    assert len(told.event.determination.digest) == 64

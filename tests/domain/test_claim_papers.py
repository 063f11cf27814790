"""The papers of a claim: rejected and replaced one by one, returned as a file, and the report of a field check."""

from typing import Any

import pytest

from domain.claim.aggregate import Claim
from domain.claim.commands import OrderFieldCheck, ReportFieldCheck
from domain.claim.events import (
    DocumentRejected,
    DocumentsReturned,
    FieldCheckOrdered,
    FieldCheckReported,
    FileComplete,
)
from domain.fact import Fact
from domain.refusal import Invalid, NotFound, StepNotOpen
from tests.facts import (
    CLAIM,
    SHA,
    calculated_claim,
    claim_filed,
    claim_paper,
    command,
    confirm_complete,
    death_reported,
    document_rejected,
    documents_returned,
    field_check_ordered,
    reject_paper,
    return_documents,
    verified_claim,
)
from tests.given_when_then import fold, given

OTHER = "cd" * 32


def filed(*more: Fact) -> list[Fact]:
    return [death_reported(), claim_filed(), claim_paper("KK"), *more]


def test_a_rejected_paper_stays_in_the_file_and_counts_no_more() -> None:
    told = given(*filed()).when(reject_paper()).then(DocumentRejected, code="KK", reason="tidak terbaca")
    assert "KK" not in told.case.valid_papers
    assert [paper.sha256 for paper in told.case.papers["KK"]] == [SHA]


def test_an_older_paper_never_counts_again() -> None:
    story = filed(claim_paper("KK", sha256=OTHER), document_rejected("KK", OTHER))
    assert "KK" not in fold(*story)[CLAIM].valid_papers
    replaced = fold(*story, claim_paper("KK", sha256="ef" * 32))[CLAIM]
    assert replaced.valid_papers["KK"].sha256 == "ef" * 32
    assert [paper.rejected is not None for paper in replaced.papers["KK"]] == [False, True, False]


def test_a_paper_that_was_replaced_may_be_rejected_too_and_the_new_one_counts() -> None:
    told = given(*filed(claim_paper("KK", sha256=OTHER))).when(reject_paper()).then(DocumentRejected)
    assert told.case.valid_papers["KK"].sha256 == OTHER


@pytest.mark.parametrize(
    ("more", "fields", "refusal"),
    [
        ([], {"sha256": OTHER}, NotFound),
        ([], {"code": "KTP_HEIR"}, NotFound),
        ([], {"reason": " "}, Invalid),
        ([document_rejected()], {}, Invalid),
        ([claim_paper("KTP_HEIR")], {}, Invalid),
    ],
    ids=["unknown", "under another code", "no reason", "rejected before", "under two codes"],
)
def test_what_cannot_be_rejected(more: list[Fact], fields: dict[str, Any], refusal: Any) -> None:
    given(*filed(*more)).when(reject_paper(**fields)).then_refused(refusal)


def test_one_content_under_two_codes_is_rejected_by_its_code() -> None:
    told = given(*filed(claim_paper("KTP_HEIR"))).when(reject_paper(code="KTP_HEIR")).then(DocumentRejected)
    assert told.case.valid_papers.keys() == {"KK"}


def test_a_paper_that_a_determination_rests_on_is_not_rejected_before_it_is_returned() -> None:
    given(*calculated_claim()).when(reject_paper(code="KK")).then_refused(StepNotOpen, status="CALCULATED")


def test_a_returned_file_names_its_papers_and_those_brought_before_count_no_more() -> None:
    told = (
        given(*filed(claim_paper("KTP_HEIR")))
        .when(return_documents("KK", "DEATH_CERT", "KK"))
        .then(DocumentsReturned, codes=("KK", "DEATH_CERT"), reason="tidak terbaca")
    )
    assert told.case.valid_papers.keys() == {"KTP_HEIR"}


def test_a_paper_beyond_the_usual_list_is_asked_for_by_returning_the_file() -> None:
    claim = fold(*filed(), documents_returned("WORK_REF", "COURT_HEIR"))[CLAIM]
    assert claim.facts()["papers.asked"] == ["COURT_HEIR", "WORK_REF"]


@pytest.mark.parametrize(("codes", "reason"), [((), "tidak terbaca"), (("KK",), "  ")])
def test_a_file_is_returned_for_named_papers_and_with_a_reason(codes: Any, reason: str) -> None:
    given(*filed()).when(return_documents(*codes, reason=reason)).then_refused(Invalid)


def test_completeness_counts_only_what_was_not_rejected() -> None:
    story = filed(claim_paper("KTP_HEIR", sha256=OTHER), document_rejected("KTP_HEIR", OTHER))
    given(*story).when(confirm_complete()).then(FileComplete, papers=(("KK", SHA),))


# -- the field check


def test_a_field_check_is_ordered_and_asks_for_its_report() -> None:
    asked = command(OrderFieldCheck, CLAIM, "vera", "verifier", reason="masih berdagang?")
    told = given(*verified_claim()).when(asked).then(FieldCheckOrdered, reason="masih berdagang?")
    assert told.case.facts()["papers.asked"] == ["CASE_CHECK"]


def report_check(**fields: Any) -> ReportFieldCheck:
    return command(ReportFieldCheck, CLAIM, "ujang", "field_checker", **fields)


def test_the_report_rests_on_the_paper_of_this_check() -> None:
    told = (
        given(*verified_claim(), field_check_ordered(), claim_paper("CASE_CHECK", sha256=OTHER))
        .when(report_check(was_working=True, findings="ditemui di pasar"))
        .then(
            FieldCheckReported, papers=(("CASE_CHECK", OTHER),), was_working=True, findings="ditemui di pasar"
        )
    )
    assert isinstance(told.case, Claim) and told.case.field_check == told.event


def test_a_second_check_asks_for_a_new_report() -> None:
    story = [*verified_claim(), field_check_ordered(), claim_paper("CASE_CHECK")]
    assert fold(*story)[CLAIM].outdated_papers("report_field_check") == frozenset()
    again = [*story, field_check_ordered()]
    assert fold(*again)[CLAIM].outdated_papers("report_field_check") == {"CASE_CHECK"}
    assert fold(*again)[CLAIM].outdated_papers("approve") == frozenset()

"""A family at the counter: papers missing, one unreadable, one asked for later, and a look at the place."""

from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import CLAIM_PAPERS, Person, Town


@pytest.fixture
def claim(town: Town) -> str:
    """A death reported and filed, of a member whose months are all paid; no paper is in the file."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    body = {"claim_date": "2024-05-15", "payee": stories.PAYEE, "effective_on": "2024-05-15"}
    town.person("Siti", "participant").post(f"/v1/claims/{claim}/steps/file", body)
    return claim


def bring(person: Person, claim: str, *codes: str) -> list[str]:
    return [str(person.upload(f"/v1/claims/{claim}/documents", code)["sha256"]) for code in codes]


def line(person: Person, claim: str, code: str) -> dict[str, Any]:
    listed = person.get(f"/v1/claims/{claim}/documents")["required"]
    [found] = [paper for paper in listed if paper["code"] == code]
    return dict(found)


def clock(view: dict[str, Any], name: str) -> str | None:
    return next((one["state"] for one in view["clocks"] if one["clock"] == name), None)


def test_a_file_returned_for_two_papers_is_completed(town: Town, claim: str) -> None:
    siti, budi = town.person("Siti", "participant"), town.person("Budi", "intake")
    brought = [code for code in (*CLAIM_PAPERS, "MARRIAGE") if code not in ("KK", "HEIR_CERT")]
    bring(siti, claim, *brought)
    budi.refused(f"/v1/claims/{claim}/steps/confirm_complete", status=409, code="documents_missing")
    reason = "Kartu keluarga dan surat ahli waris belum ada"
    returned = stories.take(budi, claim, "return_documents", codes=["KK", "HEIR_CERT"], reason=reason)
    assert returned["status"] == "INCOMPLETE"
    view = siti.get(f"/v1/claims/{claim}")
    assert view["open_steps"] == ["withdraw"], "nothing of what was asked for was brought"
    problem = siti.refused(f"/v1/claims/{claim}/steps/complete_documents", status=409, code="guard_failed")
    assert problem["guard"] == "something_was_brought" and "HEIR_CERT, KK" in problem["detail"]
    for code in ("KK", "HEIR_CERT"):
        assert (line(siti, claim, code)["state"], line(siti, claim, code)["reason"]) == ("missing", reason)
    assert line(siti, claim, "DEATH_CERT")["reason"] is None
    assert clock(view, "incomplete_90d") == "started" and clock(view, "pay_3wd") is None
    waiting = next(one for one in siti.get(f"/v1/claims/{claim}/steps")["items"] if not one["open"])
    assert waiting["step"] == "complete_documents" and waiting["reason_id"].startswith("Syarat langkah ini")
    assert view["missing"] == siti.get(f"/v1/claims/{claim}/documents")["missing"] == ["KK", "HEIR_CERT"]
    bring(siti, claim, "KK")
    assert siti.get(f"/v1/claims/{claim}")["missing"] == ["HEIR_CERT"]
    assert siti.get(f"/v1/claims/{claim}")["open_steps"] == ["complete_documents", "withdraw"]
    bring(siti, claim, "HEIR_CERT")
    assert (line(siti, claim, "KK")["state"], line(siti, claim, "KK")["reason"]) == ("present", None)
    assert stories.take(siti, claim, "complete_documents")["status"] == "FILED"
    assert clock(siti.get(f"/v1/claims/{claim}"), "incomplete_90d") == "stopped"
    assert stories.take(budi, claim, "confirm_complete")["status"] == "COMPLETE"
    stories.take(town.person("Rina", "verifier"), claim, "start_verification")
    assert budi.get(f"/v1/claims/{claim}")["missing"] == [], (
        "a new certificate is for a change of payee alone"
    )
    told = stories.history(budi, f"claims/{claim}")
    [event] = [item for item in told if item["event"] == "claim.documents_returned"]
    assert event["data"] == {"codes": ["KK", "HEIR_CERT"]}, "the reason is personal and stays sealed"


def test_a_rejected_paper_is_replaced_and_stays_in_the_history(town: Town, claim: str) -> None:
    siti, budi = town.person("Siti", "participant"), town.person("Budi", "intake")
    [sha, *_] = bring(siti, claim, "KK", *(code for code in (*CLAIM_PAPERS, "MARRIAGE") if code != "KK"))
    path = f"/v1/claims/{claim}/documents/{sha}/reject"
    siti.refused(path, {"reason": "salah"}, status=403, code="not_your_role")
    budi.refused(path, {}, status=422, code="invalid")
    budi.refused(
        f"/v1/claims/{claim}/documents/{'0' * 64}/reject", {"reason": "x"}, status=404, code="not_found"
    )
    budi.post(path, {"reason": "Halaman kedua tidak terbaca"})
    found = line(siti, claim, "KK")
    assert (found["state"], found["reason"]) == ("rejected", "Halaman kedua tidak terbaca")
    problem = budi.refused(f"/v1/claims/{claim}/steps/confirm_complete", status=409, code="documents_missing")
    assert problem["missing"] == ["KK"]
    [new] = bring(siti, claim, "KK")
    assert (line(siti, claim, "KK")["state"], line(siti, claim, "KK")["sha256"]) == ("present", new)
    versions = siti.get(f"/v1/claims/{claim}/documents")["documents"]
    assert [(one["sha256"], one["state"]) for one in versions if one["code"] == "KK"] == [
        (sha, "rejected"),
        (new, "present"),
    ]
    stories.take(budi, claim, "confirm_complete")
    events = [item["event"] for item in stories.history(budi, f"claims/{claim}")]
    assert "claim.document_rejected" in events


def test_a_defect_found_later_starts_the_legal_clock_anew(town: Town, claim: str) -> None:
    siti, budi, rina = (
        town.person("Siti", "participant"),
        town.person("Budi", "intake"),
        town.person("Rina", "verifier"),
    )
    bring(siti, claim, *CLAIM_PAPERS, "MARRIAGE")
    stories.verify(town, claim, "2024-05-20")
    answer = stories.take(
        rina,
        claim,
        "return_documents",
        "2024-05-21",
        codes=["DEATH_CERT", "WORK_REF"],
        reason="Nama salah tulis",
    )
    assert answer["status"] == "INCOMPLETE"
    view = rina.get(f"/v1/claims/{claim}")
    assert (clock(view, "pay_3wd"), clock(view, "incomplete_90d")) == ("stopped", "started")
    bring(siti, claim, "WORK_REF")
    stories.take(siti, claim, "complete_documents", "2024-05-22")
    problem = budi.refused(f"/v1/claims/{claim}/steps/confirm_complete", status=409, code="documents_missing")
    assert problem["missing"] == ["DEATH_CERT"], "a defective paper is to be replaced"
    bring(siti, claim, "DEATH_CERT")
    stories.take(budi, claim, "confirm_complete", "2024-06-03")
    [pay] = [one for one in rina.get(f"/v1/claims/{claim}")["clocks"] if one["clock"] == "pay_3wd"]
    assert (pay["state"], pay["on"], pay["due_on"]) == ("started", "2024-06-03", "2024-06-06")


def test_a_field_check_is_reported_with_its_paper(town: Town, claim: str) -> None:
    siti, rina, ujang = (
        town.person("Siti", "participant"),
        town.person("Rina", "verifier"),
        town.person("Ujang", "field_checker"),
    )
    bring(siti, claim, *CLAIM_PAPERS, "MARRIAGE")
    assert "CASE_CHECK" not in {p["code"] for p in siti.get(f"/v1/claims/{claim}/documents")["required"]}
    stories.verify(town, claim)
    ordered = stories.take(rina, claim, "order_field_check", reason="Apakah masih berdagang?")
    assert ordered["status"] == "FIELD_CHECK"
    problem = ujang.refused(
        f"/v1/claims/{claim}/steps/report_field_check", status=409, code="documents_missing"
    )
    assert problem["missing"] == ["CASE_CHECK"]
    bring(ujang, claim, "CASE_CHECK")
    reported = stories.take(ujang, claim, "report_field_check", was_working=True, findings="Ditemui di pasar")
    assert reported["status"] == "VERIFYING"
    assert stories.take(town.person("Agus", "calculator"), claim, "calculate")["status"] == "CALCULATED"
    view = rina.get(f"/v1/claims/{claim}")
    assert clock(view, "pay_3wd") == "started", "the clock keeps running during a field check"

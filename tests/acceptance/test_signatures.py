"""Rejections that a verifier proposes, and who may sign them."""

from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town


@pytest.fixture
def claim(town: Town) -> str:
    """A claim at the verifier's desk, its member insured."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    stories.file(town, claim)
    stories.verify(town, claim)
    return claim


def test_a_proposed_rejection_is_signed_by_the_first_approver(town: Town, claim: str) -> None:
    rina, dewi = town.person("Rina", "verifier"), town.person("Dewi", "approver_1")
    path = f"/v1/claims/{claim}/steps"
    dewi.refused(f"{path}/sign_rejection", status=409, code="guard_failed")
    rina.refused(f"{path}/propose_rejection", {"code": "REJECT_X", "reason": "?"}, status=422, code="invalid")
    proposed = stories.take(
        rina, claim, "propose_rejection", code="REJECT_DUPLICATE", reason="Terdaftar dua kali"
    )
    assert proposed["status"] == "VERIFYING"
    rina.refused(f"{path}/sign_rejection", status=403, code="not_your_role")
    said = {"outcome": "REJECT_DUPLICATE", "reason": "Terdaftar dua kali", "by": "Rina"}
    assert dewi.get(f"/v1/claims/{claim}")["proposal"] == said
    family = town.person("Siti", "participant")
    assert family.get(f"/v1/claims/{claim}")["proposal"] is None, "nothing is decided yet"
    signed = stories.take(dewi, claim, "sign_rejection", reason="Lihat surat")
    assert signed["status"] == "REJECTED"
    view = family.get(f"/v1/claims/{claim}")
    assert view["rejection"] == {"outcome": "REJECT_DUPLICATE", "reason": "Lihat surat", "by": None}
    view = dewi.get(f"/v1/claims/{claim}")
    assert view["proposal"] is None
    assert (view["outcome"], [clock["state"] for clock in view["clocks"]]) == (
        "REJECT_DUPLICATE",
        ["stopped"],
    )
    [item] = [one for one in stories.history(dewi, f"claims/{claim}") if one["step"] == "propose_rejection"]
    assert item["data"] == {"outcome": "REJECT_DUPLICATE"}


def test_an_approver_sees_a_claim_under_verification_only_where_a_rejection_is_proposed(
    town: Town, claim: str
) -> None:
    rina, dewi = town.person("Rina", "verifier"), town.person("Dewi", "approver_1")

    def waits(position: int) -> bool:
        return claim in {one["case_id"] for one in dewi.all("/v1/worklist", min_position=position)}

    assert not waits(rina.get(f"/v1/claims/{claim}")["position"])
    proposed = stories.take(
        rina, claim, "propose_rejection", code="REJECT_DUPLICATE", reason="Terdaftar dua kali"
    )
    assert waits(proposed["position"])
    assert not waits(stories.take(rina, claim, "order_field_check")["position"]), "the verifier thought again"


def test_that_somebody_was_not_working_is_signed_by_the_head_of_the_branch(town: Town, claim: str) -> None:
    rina, ujang = town.person("Rina", "verifier"), town.person("Ujang", "field_checker")
    dewi, kepala = town.person("Dewi", "approver_1"), town.person("Kepala", "approver_2")
    ground = {"code": "NOT_WORKING", "reason": "Berhenti berdagang sejak 2022"}
    path = f"/v1/claims/{claim}/steps"
    problem = rina.refused(f"{path}/propose_rejection", ground, status=409, code="documents_missing")
    assert problem["missing"] == ["CASE_CHECK"]
    stories.take(rina, claim, "order_field_check")
    ujang.upload(f"/v1/claims/{claim}/documents", "CASE_CHECK")
    stories.take(ujang, claim, "report_field_check", was_working=False, findings="Tidak berdagang lagi")
    stories.take(rina, claim, "propose_rejection", **ground)
    assert "sign_rejection" in kepala.get(f"/v1/claims/{claim}")["open_steps"]
    problem = dewi.refused(f"{path}/sign_rejection", status=403, code="not_your_role")
    assert problem["roles"] == ["approver_2"]
    assert stories.take(kepala, claim, "sign_rejection")["status"] == "REJECTED"
    view = kepala.get(f"/v1/claims/{claim}")
    assert (view["outcome"], view["rejection"]["reason"]) == ("REJECT_NOT_WORKING", ground["reason"])


def test_nobody_endorses_what_one_person_may_approve(town: Town, claim: str) -> None:
    stories.take(town.person("Agus", "calculator"), claim, "calculate")
    dewi = town.person("Dewi", "approver_1")
    problem = dewi.refused(f"/v1/claims/{claim}/steps/endorse", status=409, code="guard_failed")
    assert problem["guard"] == "endorsement_asked_for"
    assert set(dewi.get(f"/v1/claims/{claim}")["open_steps"]) == {"approve", "return_calculation"}


def test_a_death_between_decree_and_agreement_is_signed_by_two(town: Town) -> None:
    """The list takes effect in September 2023; its decree comes only after the death of one of its workers."""
    place = stories.enrolled_workers(town, issued_on="2024-05-15")
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.calculated(town, place.workers[0].nik)["id"])
    dewi, kepala = town.person("Dewi", "approver_1"), town.person("Kepala", "approver_2")
    view = dewi.get(f"/v1/claims/{claim}")
    assert "SPONSOR_LIST_LATE_ADD" in view["flags"]
    [reason] = [one for one in view["flag_reasons"] if one["flag"] == "SPONSOR_LIST_LATE_ADD"]
    assert reason["demands"] == "second_approver" and "decree" in reason["reason_en"]
    assert town.person("Siti", "participant").get(f"/v1/claims/{claim}")["flag_reasons"] == []
    path: str = f"/v1/claims/{claim}/steps/approve"
    amount: dict[str, Any] = {"amount": 42_000_000}
    problem = dewi.refused(path, amount, status=403, code="authority_exceeded")
    assert problem["roles"] == ["approver_2"] and "SPONSOR_LIST_LATE_ADD" in problem["detail"]
    problem = kepala.refused(path, amount, status=409, code="guard_failed")
    assert (problem["guard"], problem["step"]) == ("endorsed", "endorse")
    hadi = town.person("Hadi", "approver_1")
    assert "endorse" in _steps_waiting(hadi, claim)
    assert stories.take(dewi, claim, "endorse")["status"] == "CALCULATED"
    problem = hadi.refused(path.replace("approve", "endorse"), status=409, code="guard_failed")
    assert problem["guard"] == "endorsed_once"
    assert "endorse" not in _steps_waiting(hadi, claim), "one first signature is enough"
    assert "approve" in _steps_waiting(kepala, claim)
    other = town.person("Dian", "approver_1")
    stories.take(other, claim, "return_calculation", reason="Periksa tanggal keputusan")
    stories.take(town.person("Agus", "calculator"), claim, "calculate")
    kepala.refused(path, amount, status=409, code="guard_failed")
    stories.take(dewi, claim, "endorse", amount=42_000_000)
    assert stories.take(kepala, claim, "approve", **amount)["status"] == "APPROVED"
    stories.order_and_confirm(town, claim)


def _steps_waiting(person: Person, claim: str) -> list[str]:
    """Return what the worklist offers somebody to do about a claim."""
    position = person.get(f"/v1/claims/{claim}")["position"]
    [case] = [one for one in person.all("/v1/worklist", min_position=position) if one["case_id"] == claim]
    return list(case["steps"])

"""Risk flags as the office sees them: why each was raised, what it demands, and that families do not see them."""

import time
from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town


@pytest.fixture
def claim(town: Town) -> str:
    """A claim at the verifier's desk."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    stories.file(town, claim)
    stories.verify(town, claim)
    return claim


def flags(town: Town, claim: str) -> dict[str, dict[str, Any]]:
    view = town.person("pemeriksa", "auditor").get(f"/v1/claims/{claim}")
    found = {one["flag"]: one for one in view["flag_reasons"]}
    assert set(found) == set(view["flags"]), "every flag has its reason"
    assert all(one["reason_id"] and one["reason_en"] for one in found.values())
    return found


def test_a_suspicion_is_answered_on_the_spot(town: Town, claim: str) -> None:
    rina, checker = town.person("Rina", "verifier"), town.person("Ujang", "field_checker")
    stories.take(rina, claim, "order_field_check", not_working_suspected=True, reason="Sakit sejak lama?")
    found = flags(town, claim)["NOT_WORKING_SUSPECTED"]
    assert (found["demands"], found["field_check_due"]) == ("field_check", True)
    checker.upload(f"/v1/claims/{claim}/documents", "CASE_CHECK")
    stories.take(checker, claim, "report_field_check", was_working=True)
    assert flags(town, claim)["NOT_WORKING_SUSPECTED"]["field_check_due"] is False
    assert stories.take(town.person("Agus", "calculator"), claim, "calculate")["status"] == "CALCULATED"
    assert stories.approve(town, claim)["status"] == "APPROVED"


def test_what_was_found_on_the_spot_is_a_flag(town: Town, claim: str) -> None:
    rina, checker = town.person("Rina", "verifier"), town.person("Ujang", "field_checker")
    stories.take(rina, claim, "order_field_check")
    checker.upload(f"/v1/claims/{claim}/documents", "CASE_CHECK")
    stories.take(checker, claim, "report_field_check", was_working=False)
    found = flags(town, claim)["NOT_WORKING_SUSPECTED"]
    assert found["field_check_due"] is False and "Field check" in found["reason_en"]


def test_a_family_sees_no_flag(town: Town, claim: str) -> None:
    """Told what is looked into, whoever has something to hide would hide it."""
    view = town.person("Siti", "participant").get(f"/v1/claims/{claim}")
    assert (view["flags"], view["flag_reasons"]) == ([], [])
    assert "BACKDATED_ENTRY" in flags(town, claim)
    told = town.person("Siti", "participant").get(f"/v1/claims/{claim}/history")
    assert all("flag_reasons" not in item["data"] and not item["flags"] for item in told["items"])


def wait_for_flag(town: Town, claim: str, flag: str, within: float = 10) -> dict[str, Any]:
    until = time.monotonic() + within
    while flag not in (found := flags(town, claim)):
        assert time.monotonic() < until, f"{flag} is not found"
        time.sleep(0.02)
    return found[flag]


def filed(town: Town, **payee: str) -> str:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    stories.file(town, claim, payee=stories.PAYEE | payee)
    return claim


def test_one_account_under_two_names_is_signed_by_two(town: Town) -> None:
    account = {"account_number": "7700-1122-33"}
    first = filed(town, name="Sri Wahyuni", account_name="SRI WAHYUNI", **account)
    second = filed(town, name="Rudi Hartono", account_name="RUDI HARTONO", **account)
    number = town.person("pemeriksa", "auditor").get(f"/v1/claims/{first}")["number"]
    found = wait_for_flag(town, second, "ACCOUNT_OF_ANOTHER_PAYEE")
    assert found["demands"] == "second_approver" and number in found["reason_id"]
    assert wait_for_flag(town, first, "HEIR_ACCOUNT_SHARED")["demands"] == "nothing"
    assert "ACCOUNT_OF_ANOTHER_PAYEE" not in flags(town, first)

    dewi, kepala = town.person("Dewi", "approver_1"), town.person("Kepala", "approver_2")
    stories.calculate(town, first)
    assert stories.approve(town, first)["status"] == "APPROVED", "whose account it was first is not held up"
    stories.calculate(town, second)
    path = f"/v1/claims/{second}/steps/approve"
    amount: dict[str, Any] = {"amount": 42_000_000}
    problem = dewi.refused(path, amount, status=403, code="authority_exceeded")
    assert "ACCOUNT_OF_ANOTHER_PAYEE" in problem["detail"]
    stories.take(dewi, second, "endorse")
    assert stories.take(kepala, second, "approve", **amount)["status"] == "APPROVED"

    told = stories.history(kepala, f"claims/{second}")
    [item] = [one for one in told if one["flags"] == ["ACCOUNT_OF_ANOTHER_PAYEE"]]
    assert (item["event"], item["actor"], item["version"]) == ("risk.found", "SYSTEM", None)
    family = stories.history(town.person("Siti", "participant"), f"claims/{second}")
    assert all(one["event"] != "risk.found" for one in family)
    work = {one["case_id"]: one for one in town.person("Wati", "finance").all("/v1/worklist")}
    assert "ACCOUNT_OF_ANOTHER_PAYEE" in work[second]["flags"]


def test_papers_used_again_and_a_second_report_only_inform(town: Town, claim: str) -> None:
    """The same bytes in two files bar nothing, nor does a family that reports twice."""
    other = filed(town)
    content = b"%PDF-1.4 one and the same"
    budi = town.person("Budi", "intake")
    version = budi.get(f"/v1/claims/{claim}")["version"]
    for one in (claim, other):
        budi.upload(f"/v1/claims/{one}/documents", "KK", content)
    for one in (claim, other):
        assert wait_for_flag(town, one, "DOCUMENT_REUSED")["demands"] == "nothing"
    view = budi.get(f"/v1/claims/{claim}")
    assert view["version"] == version + 1, "what is found moves no version"
    body = {
        "kind": "jkm",
        "enrollment_id": view["enrollment_id"],
        "event_on": "2024-05-10",
        "cause": "illness",
        "reported_by": {"name": "Rudi", "relation": "sibling"},
    }
    budi.refused("/v1/claims", body, status=409, code="duplicate")
    assert wait_for_flag(town, claim, "DOUBLE_CLAIM")["demands"] == "nothing"
    stories.take(town.person("Agus", "calculator"), claim, "calculate")
    assert stories.approve(town, claim)["status"] == "APPROVED"

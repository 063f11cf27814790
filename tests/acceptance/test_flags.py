"""Risk flags as the office sees them: why each was raised, what it demands, and that families do not see them."""

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

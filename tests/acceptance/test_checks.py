"""Who checked what from which source, stated for a whole list or one worker, and read by whoever asks later."""

from tests.acceptance.office_client import Town
from tests.acceptance.stories import member
from tests.acceptance.test_returned_proposals import at_the_ward

REGISTRY = {
    "name": "civil_registry",
    "by": "Dukcapil",
    "source": "SIAK",
    "on": "2023-09-01",
    "result": "passed",
}


def test_checks_are_stated_for_a_list_and_shown_with_what_was_not_made(town: Town) -> None:
    _, roster, people = at_the_ward(town, 3)
    ward = town.person("kelurahan", "ward_verifier")
    ward.upload(f"/v1/rosters/{roster}/documents", "ENR_VERVAL")
    steps = f"/v1/rosters/{roster}/steps/verify"
    poor = {"name": "poverty_register", "result": "not_made"}
    vague = ward.refused(
        steps, {"checks": [{"name": "mood", "result": "passed"}]}, status=422, code="invalid"
    )
    assert vague["field"].startswith("checks")
    outcome = ward.post(steps, {"checks": [REGISTRY | {"by": ""}], "rows": [1]})
    assert [(row["code"], row["row"]) for row in outcome["refused"]] == [("invalid", 1)]
    assert "civil_registry" in outcome["refused"][0]["message"]

    outcome = ward.post(steps, {"checks": [REGISTRY, poor], "rows": [1, 2]})
    assert (outcome["done"], outcome["refused"]) == (2, [])
    first, third = member(town, people[0].nik), member(town, people[2].nik)
    checks = {check["name"]: check for check in ward.get(f"/v1/enrollments/{first}")["checks"]}
    assert len(checks) == 7 and checks["civil_registry"] == REGISTRY
    assert {check["result"] for check in checks.values() if check["name"] != "civil_registry"} == {"not_made"}
    verified = ward.get(f"/v1/enrollments/{first}/history")["items"][-1]
    assert verified["event"] == "enrollment.worker_verified"
    assert verified["data"]["checks"][0] == REGISTRY and "duplicate" in verified["data"]["not_made"]

    alone = f"/v1/enrollments/{third}/steps/verify"
    worker = REGISTRY | {"name": "formal_worker", "result": "failed", "by": "BPJS Ketenagakerjaan"}
    problem = ward.refused(alone, {"checks": [worker]}, status=409, code="guard_failed")
    assert problem["failed"] == ["formal_worker"]
    assert ward.post(alone, {"checks": [REGISTRY]})["status"] == "VERIFIED"

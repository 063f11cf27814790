"""Proposals that the ward sends back or rejects, row by row, as wards do on a list of a few streets."""

from datetime import datetime, timedelta
from typing import Any

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from workflows.days import legal_day


def at_the_ward(town: Town, how_many: int) -> tuple[str, str, tuple[stories.Worker, ...]]:
    """Carry a list to the ward's desk; return programme, list and people."""
    people = stories.workers(how_many)
    programme = stories.open_programme(town)
    roster = stories.send_list(town, programme, stories.list_with(people))["id"]
    dinas, ward = town.person("dinas", "sponsor_officer"), town.person("kelurahan", "ward_verifier")
    dinas.upload(f"/v1/rosters/{roster}/documents", "ENR_PKS")
    dinas.post(f"/v1/rosters/{roster}/steps/propose", {"effective_on": "2023-09-01"})
    ward.post(f"/v1/rosters/{roster}/steps/start_verification", {"effective_on": "2023-09-04"})
    ward.upload(f"/v1/rosters/{roster}/documents", "ENR_VERVAL")
    return programme, roster, people


def look(person: Person, enrollment: str) -> dict[str, Any]:
    return person.get(f"/v1/enrollments/{enrollment}")


def test_a_ward_returns_rejects_and_verifies_row_by_row(town: Town) -> None:
    _, roster, people = at_the_ward(town, 4)
    dinas, ward = town.person("dinas", "sponsor_officer"), town.person("kelurahan", "ward_verifier")
    steps = f"/v1/rosters/{roster}/steps"
    returned = ward.post(f"{steps}/return_proposal", {"items": ["ENR_KTP", "alamat"], "rows": [1, 2]})
    assert (returned["done"], returned["refused"]) == (2, [])
    rejected = ward.post(f"{steps}/reject", {"code": "REJECT_RESIDENCE", "rows": [3]})
    assert (rejected["done"], rejected["refused"]) == (1, [])
    verified = ward.post(f"{steps}/verify")
    assert verified["done"] == 1
    assert [(row["row"], row["code"]) for row in verified["refused"]] == [
        (1, "step_not_open"), (2, "step_not_open"), (3, "step_not_open"),
    ]  # fmt: skip

    member = stories.member(town, people[0].nik)
    view = look(ward, member)
    assert (view["status"], view["asked_for"], view["rejected_for"]) == (
        "RETURNED",
        ["ENR_KTP", "alamat"],
        None,
    )
    [clock] = view["clocks"]
    started = legal_day(_recorded(ward, member, "return_proposal"))
    assert (clock["clock"], clock["due_on"]) == ("answer_14d", str(started + timedelta(days=14)))

    seen = dinas.get(f"/v1/enrollments/{member}")
    assert (seen["missing"], seen["open_steps"]) == (["ENR_KTP"], []), "what the ward asked for is missing"
    complete = f"/v1/enrollments/{member}/steps/complete_proposal"
    refusal = dinas.refused(complete, status=409, code="documents_missing")
    assert refusal["missing"] == ["ENR_KTP"]
    dinas.upload(f"/v1/enrollments/{member}/documents", "ENR_KTP")
    assert dinas.get(f"/v1/enrollments/{member}")["missing"] == []
    assert dinas.post(complete)["status"] == "VERIFYING"
    assert look(ward, member)["clocks"][0]["state"] == "stopped"
    assert ward.post(f"/v1/enrollments/{member}/steps/verify")["status"] == "VERIFIED"
    dinas.refused(f"/v1/enrollments/{member}/steps/abandon_proposal", status=403, code="not_your_role")
    dinas.refused(f"{steps}/abandon_proposal", status=404, code="not_found")


def test_who_completed_a_proposal_does_not_verify_it(town: Town) -> None:
    _, _, people = at_the_ward(town, 1)
    ward, both = (
        town.person("kelurahan", "ward_verifier"),
        town.person("Rini", "sponsor_officer", "ward_verifier"),
    )
    steps = f"/v1/enrollments/{stories.member(town, people[0].nik)}/steps"
    ward.post(f"{steps}/return_proposal", {"items": ["no_hp"]})
    both.post(f"{steps}/complete_proposal")
    for step, form in (
        ("verify", {}),
        ("reject", {"code": "REJECT_QUOTA"}),
        ("return_proposal", {"items": ["rt"]}),
    ):
        both.refused(f"{steps}/{step}", form, status=403, code="same_person")


def test_who_was_rejected_may_stand_on_the_next_list(town: Town) -> None:
    programme, _, people = at_the_ward(town, 1)
    ward, dinas = town.person("kelurahan", "ward_verifier"), town.person("dinas", "sponsor_officer")
    member = stories.member(town, people[0].nik)
    steps = f"/v1/enrollments/{member}/steps"
    ward.refused(f"{steps}/reject", {"code": "REJECT_LAPSED"}, status=422, code="invalid")
    ward.refused(f"{steps}/return_proposal", {"items": []}, status=422, code="invalid")
    ward.refused(f"{steps}/return_proposal", {"items": ["shoe_size"]}, status=422, code="invalid")
    assert ward.post(f"{steps}/reject", {"code": "REJECT_OCCUPATION"})["status"] == "REJECTED"
    assert look(ward, member)["rejected_for"] == "REJECT_OCCUPATION"

    again = stories.send_list(town, programme, stories.list_with(people), "2023-10-01")
    assert (again["accepted"], again["warnings"]) == (1, 0)
    dinas.upload(f"/v1/rosters/{again['id']}/documents", "ENR_PKS")
    assert dinas.post(f"/v1/rosters/{again['id']}/steps/propose")["done"] == 1


def _recorded(person: Person, enrollment: str, step: str) -> datetime:
    items = person.all(f"/v1/enrollments/{enrollment}/history")
    return datetime.fromisoformat(next(item["recorded_at"] for item in items if item["step"] == step))

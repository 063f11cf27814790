"""A worker leaves and another takes the place: at the sponsor's desk, at the ward, and with the next payment."""

from typing import Any

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.test_suspensions import active


def test_a_worker_is_replaced_and_the_newcomer_walks_the_desks_alone(town: Town) -> None:
    place = stories.enrolled_workers(town, 2)
    leaving, _ = place.workers
    [comer] = stories.workers(1)
    stories.pay(town, place, ["2023-09", "2023-10"])
    dinas, ward = town.person("dinas", "sponsor_officer"), town.person("kelurahan", "ward_verifier")
    desk, kas = town.person("pendaftaran", "intake"), town.person("kas daerah", "finance")
    old = stories.member(town, leaving.nik)
    active(dinas, old)
    replace = f"/v1/enrollments/{old}/steps/replace"
    body = {"person": comer.columns, "effective_on": "2023-10-09"}
    assert dinas.refused(replace, body, status=409, code="documents_missing")["missing"] == ["ENR_REPLACE"]
    dinas.upload(f"/v1/enrollments/{old}/documents", "ENR_REPLACE")
    too_old = body | {"person": comer.columns | {"nik": "3375022108400001", "tanggal_lahir": "1940-08-21"}}
    assert dinas.refused(replace, too_old, status=422, code="invalid")["reason"] == "REJECT_MAX_AGE"
    same = body | {"person": leaving.columns}
    assert dinas.refused(replace, same, status=422, code="invalid")["field"] == "person.nik"
    desk.refused(replace, body, status=403, code="not_your_role")

    key: dict[str, Any] = {"headers": {"Idempotency-Key": f"ganti-{old}"}}
    answer = dinas.post(replace, body, **key)
    assert answer["status"] == "TERMINATED"
    assert dinas.post(replace, body, **key) == answer
    new = answer["replaced_by"]
    gone, come = dinas.get(f"/v1/enrollments/{old}"), dinas.get(f"/v1/enrollments/{new}")
    assert (gone["ended_on"], gone["ended_for"], gone["replaced_by"]) == ("2023-10-31", "REPLACED", new)
    assert (come["status"], come["replaces"], come["effective_on"]) == ("DRAFT", old, "2023-11-01")

    steps, papers = f"/v1/enrollments/{new}/steps", f"/v1/enrollments/{new}/documents"
    on = {"effective_on": "2023-10-12"}
    dinas.refused(f"{steps}/propose", on, status=409, code="documents_missing")
    dinas.upload(papers, "ENR_PKS")
    dinas.post(f"{steps}/propose", on)
    ward.post(f"{steps}/start_verification", on)
    ward.upload(papers, "ENR_VERVAL")
    ward.post(f"{steps}/verify", on)
    dinas.upload(papers, "ENR_SK")
    dinas.post(f"{steps}/issue_decree", on | {"number": "460/9/2023", "issued_on": "2023-10-12"})
    desk.post(f"{steps}/register", on)

    invoice = kas.get(f"/v1/programmes/{place.programme}/invoice", roster_id=place.roster, months="2023-11")
    assert invoice["total"] == 2 * 16_800, "one left, one came"
    stories.pay(town, place, ["2023-11"], paid_on="2023-11-06")
    view = active(dinas, new)
    assert view["coverage"]["from"] == "2023-11-01"


def test_a_replacement_names_one_worker_and_is_no_step_of_a_list(town: Town) -> None:
    place = stories.enrolled_workers(town)
    dinas = town.person("dinas", "sponsor_officer")
    dinas.refused(f"/v1/rosters/{place.roster}/steps/replace", {}, status=404, code="not_found")
    stories.pay(town, place, ["2023-09"])
    member = stories.member(town, place.workers[0].nik)
    active(dinas, member)
    [form] = [
        step["form"]
        for step in dinas.get(f"/v1/enrollments/{member}/steps")["items"]
        if step["step"] == "replace"
    ]
    assert "newcomer" not in str(form)

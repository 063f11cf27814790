"""A record is put right: decisions stand, what comes later uses the new value, and both values can be seen."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

REASON = "Mencocokkan KTP"
SHA = "ab" * 32


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 6)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture(scope="module")
def desk(town: Town) -> Person:
    return town.person("Budi", "intake")


@pytest.fixture(scope="module")
def rina(town: Town) -> Person:
    return town.person("Rina", "verifier")


@pytest.fixture(scope="module")
def auditor(town: Town) -> Person:
    return town.person("pemeriksa", "auditor")


def found(person: Person, **who: str) -> dict[str, Any]:
    [one] = person.post("/v1/people/search", who)["items"]
    return dict(one)


def correction(field: str, old: str | None, new: str, **more: str) -> dict[str, Any]:
    return {"field": field, "old": old, "new": new, "reason": "Salah ketik di daftar", "evidence": SHA} | more


def correct(who: Person, person: str, field: str, old: str | None, new: str) -> dict[str, Any]:
    return who.post(f"/v1/people/{person}/corrections", correction(field, old, new), status=201)


def test_a_name_counts_at_once_and_is_found_under_the_new_spelling(
    place: stories.Enrolled, desk: Person, auditor: Person
) -> None:
    worker = place.workers[0]
    person = found(desk, nik=worker.nik)["person_id"]
    answer = correct(desk, person, "name", worker.name.lower(), "Raden Mas Soegijapranoto Wirjosapoetro")
    assert (answer["status"], answer["person_id"], answer["field"], answer["warnings"]) == (
        "EFFECTIVE",
        person,
        "name",
        [],
    )
    candidates = desk.post("/v1/people/search", {"name": "Sugiyopranoto Wiryosaputro"})["items"]
    [by_name] = [one for one in candidates if one["person_id"] == person]  # other stories have namesakes
    assert by_name["name"] == "Raden Mas Soegijapranoto Wirjosapoetro"
    register = desk.post("/v1/enrollments/search", {"nik": worker.nik})["items"]
    assert [one["name"] for one in register] == ["Raden Mas Soegijapranoto Wirjosapoetro"]
    view = auditor.get(f"/v1/people/{person}")
    assert view["name"] == "Raden Mas Soegijapranoto Wirjosapoetro"
    assert view["nik"] == "*" * 12 + worker.nik[-4:] and view["birth_date"] == "1980-**-**"
    assert view["address"] == "****" and view["sex"] == "****" and view["ward"] == "Kali Baros"
    [one] = view["corrections"]
    assert (one["old"], one["new"], one["asked_by"], one["decided_by"], one["evidence"]) == (
        worker.name,
        "Raden Mas Soegijapranoto Wirjosapoetro",
        "Budi",
        "Budi",
        SHA,
    )
    events = stories.history(auditor, f"people/{person}")
    assert [item["event"] for item in events] == ["person.registered", "person.corrected"]
    told = json.dumps(events)
    assert worker.name not in told and "Soegijapranoto" not in told and "Salah ketik" not in told


def test_a_nik_waits_for_a_second_person_and_then_finds_the_person_under_both(
    town: Town, place: stories.Enrolled, desk: Person, rina: Person, auditor: Person
) -> None:
    worker, new = place.workers[1], "3375022108809777"
    person = found(desk, nik=worker.nik)["person_id"]
    proposed = correct(desk, person, "nik", worker.nik, f" {new[:6]} {new[6:]} ")
    assert proposed["status"] == "PROPOSED"
    assert desk.post("/v1/people/search", {"nik": new})["items"] == []
    path = f"/v1/people/{person}/corrections/{proposed['id']}"
    waiting = {one["id"]: one for one in rina.all("/v1/people/corrections", limit=1)}
    assert (waiting[proposed["id"]]["person_id"], waiting[proposed["id"]]["field"]) == (person, "nik")
    elsewhere = town.person("Lukas", "approver_1", "finance", "intake", "sponsor_officer", area="9171")
    assert elsewhere.get("/v1/people/corrections")["items"] == []
    desk.refused(f"{path}/confirm", status=403, code="not_your_role")
    both = town.person("Budi Rina", "intake", "verifier")
    second = f"/v1/people/{found(desk, nik=place.workers[2].nik)['person_id']}/corrections"
    own = both.post(second, correction("birth_date", "1980-08-21", "1980-08-22"), status=201)
    both.refused(f"{second}/{own['id']}/confirm", status=403, code="same_person")
    rina.post(f"{second}/{own['id']}/reject", {"reason": "KTP asli berkata lain"})
    done = rina.post(f"{path}/confirm")
    assert (done["status"], done["id"]) == ("EFFECTIVE", proposed["id"])
    rina.refused(f"{path}/confirm", status=409, code="step_not_open")
    assert proposed["id"] not in {one["id"] for one in rina.all("/v1/people/corrections")}
    for nik in (worker.nik, new):
        one = found(desk, nik=nik)
        assert one["person_id"] == person and one["nik"] == "*" * 12 + new[-4:]
    view = auditor.get(f"/v1/people/{person}")
    [one] = view["corrections"]
    assert (one["old"], one["new"]) == ("*" * 12 + worker.nik[-4:], "*" * 12 + new[-4:])
    assert (one["asked_by"], one["decided_by"]) == ("Budi", "Rina")
    shown = desk.post(f"/v1/people/{person}/reveal", {"fields": ["nik", "corrections"], "reason": REASON})
    assert shown["values"]["nik"] == new
    [both_values] = shown["values"]["corrections"]
    assert (both_values["old"], both_values["new"]) == (worker.nik, new)
    assert both_values["reason"] == "Salah ketik di daftar"
    assert auditor.get(f"/v1/people/{person}/access")["items"][0]["fields"] == ["nik", "corrections"]
    enrollment = stories.member(town, new)
    of_member = desk.post(f"/v1/enrollments/{enrollment}/reveal", {"fields": ["nik"], "reason": REASON})
    assert of_member["values"]["nik"] == new


def test_a_list_with_the_corrected_nik_means_the_same_person(
    town: Town, place: stories.Enrolled, desk: Person, rina: Person
) -> None:
    worker, new = place.workers[3], "3375022108809778"
    person = found(desk, nik=worker.nik)["person_id"]
    proposed = correct(desk, person, "nik", worker.nik, new)
    rina.post(f"/v1/people/{person}/corrections/{proposed['id']}/confirm")
    renewed = stories.Worker(new, worker.name, worker.address, worker.phone)
    view = stories.send_list(town, place.programme, stories.list_with((renewed,)), "2024-01-01")
    assert (view["accepted"], [one["code"] for one in view["issues"]]) == (1, ["renewal"])


def test_a_nik_of_somebody_else_is_refused(
    town: Town, place: stories.Enrolled, desk: Person, rina: Person
) -> None:
    first, second = (found(desk, nik=place.workers[n].nik)["person_id"] for n in (4, 5))
    body = correction("nik", place.workers[4].nik, place.workers[5].nik)
    problem = desk.refused(f"/v1/people/{first}/corrections", body, status=409, code="duplicate")
    assert problem["existing_id"] == second
    assert place.workers[5].nik not in json.dumps(problem)
    proposed = correct(desk, first, "nik", place.workers[4].nik, "3375022108809779")
    [taken] = stories.workers(1)
    newcomer = stories.Worker("3375022108809779", taken.name, taken.address, taken.phone)
    programme = stories.open_programme(town)
    town.person("dinas", "sponsor_officer").post(
        "/v1/enrollments",
        {"programme_id": programme, "effective_on": "2023-09-01", "person": newcomer.columns},
        status=201,
    )
    path = f"/v1/people/{first}/corrections/{proposed['id']}"
    rina.refused(f"{path}/confirm", status=409, code="duplicate")
    assert rina.post(f"{path}/reject", {"reason": "NIK milik orang lain"})["status"] == "REJECTED"


def test_a_decision_that_used_the_old_value_stands_and_is_named(
    town: Town, place: stories.Enrolled, desk: Person, rina: Person, auditor: Person
) -> None:
    worker = place.workers[2]
    person = found(desk, nik=worker.nik)["person_id"]
    claim = str(stories.report(town, worker.nik)["id"])
    stories.file(town, claim)
    before = stories.calculate(town, claim)["determination"]
    version = auditor.get(f"/v1/claims/{claim}")["version"]
    proposed = correct(desk, person, "birth_date", "1980-08-21", "1979-08-21")
    assert proposed["warnings"] == ["birth_date_mismatch"]
    rina.post(f"/v1/people/{person}/corrections/{proposed['id']}/confirm")
    after = auditor.get(f"/v1/claims/{claim}")
    assert (after["determination"], after["version"]) == (before, version)
    stories.approve(town, claim)
    view = auditor.get(f"/v1/people/{person}")
    one = next(one for one in view["corrections"] if one["id"] == proposed["id"])
    assert (one["old"], one["new"]) == ("1980-**-**", "1979-**-**")
    leaned = [(decision["kind"], decision["event"]) for decision in one["decisions"]]
    assert leaned == [
        ("enrollment", "enrollment.worker_verified"),
        ("enrollment", "enrollment.member_registered"),
        ("claim", "claim.benefit_calculated"),
    ], "and not the approval that came later"
    [found_now] = desk.post("/v1/people/search", {"nik": worker.nik})["items"]
    assert found_now["birth_date"] == "1979-**-**"
    [by_day] = desk.post("/v1/people/search", {"name": found_now["name"], "birth_date": "1979-08-21"})[
        "items"
    ]
    assert by_day["person_id"] == person


def test_the_register_goes_by_the_corrected_birth_date(town: Town, desk: Person, rina: Person) -> None:
    [worker] = stories.workers(1)
    programme = stories.open_programme(town)
    view = stories.send_list(town, programme, stories.list_with((worker,)))
    steps = f"/v1/rosters/{view['id']}/steps"
    dinas, ward = town.person("dinas", "sponsor_officer"), town.person("kelurahan", "ward_verifier")
    dinas.upload(f"/v1/rosters/{view['id']}/documents", "ENR_PKS")
    dinas.post(f"{steps}/propose", {"effective_on": "2023-09-01"})
    ward.post(f"{steps}/start_verification", {"effective_on": "2023-09-01"})
    ward.upload(f"/v1/rosters/{view['id']}/documents", "ENR_VERVAL")
    person = found(desk, nik=worker.nik)["person_id"]
    proposed = correct(desk, person, "birth_date", "1980-08-21", "2008-08-21")
    rina.post(f"/v1/people/{person}/corrections/{proposed['id']}/confirm")
    outcome = ward.post(f"{steps}/verify", {"effective_on": "2023-09-01"})
    [refused] = outcome["refused"]
    assert refused["code"] == "guard_failed" and "REJECT_MIN_AGE" in refused["message"]
    assert worker.name not in json.dumps(outcome) and "2008" not in json.dumps(outcome)
    other = stories.open_programme(town)
    again = stories.send_list(town, other, stories.list_with((worker,)))
    assert (again["accepted"], [one["code"] for one in again["issues"]]) == (0, ["REJECT_MIN_AGE"])
    body = {"programme_id": other, "effective_on": "2023-09-01", "person": worker.columns}
    problem = dinas.refused("/v1/enrollments", body, status=422, code="invalid")
    assert problem["reason"] == "REJECT_MIN_AGE"


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (correction("name", "Somebody Else", "Right"), 409, "guard_failed", "old"),
        (correction("name", None, "Right"), 409, "guard_failed", "old"),
        (correction("birth_date", "1980-08-22", "1981-01-01"), 409, "guard_failed", "old"),
        (correction("nik", "3375022108809111", "3375022108809112"), 409, "guard_failed", "old"),
        (correction("nik", "3375022108809111", "12"), 422, "invalid", "new"),
        (correction("ward", "Kali Baros", "Atlantis"), 422, "invalid", "new"),
        (correction("mother", None, "Sri"), 422, "invalid", "field"),
        (correction("phone", None, "0811111111", evidence="KARTU_ISTRI"), 422, "invalid", "evidence"),
        (correction("phone", None, "0811111111", evidence="Ibu Sri"), 422, "invalid", "evidence"),
        (correction("phone", None, "0811111111", reason=" "), 422, "invalid", "reason"),
    ],
)
def test_what_cannot_be_corrected_is_refused_without_repeating_it(
    place: stories.Enrolled, desk: Person, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    person = found(desk, nik=place.workers[5].nik)["person_id"]
    if body["field"] == "phone":
        body["old"] = place.workers[5].phone
    problem = desk.refused(f"/v1/people/{person}/corrections", body, status=status, code=code)
    assert problem["field"] == field
    for said in (body["old"], body["new"], place.workers[5].name, place.workers[5].nik):
        assert not said or len(said) < 4 or said not in json.dumps(problem), said


def test_who_may_see_and_correct(
    town: Town, place: stories.Enrolled, desk: Person, rina: Person, auditor: Person
) -> None:
    person = found(desk, nik=place.workers[5].nik)["person_id"]
    path = f"/v1/people/{person}"
    body = correction("name", place.workers[5].name, "Right")
    rina.refused(f"{path}/corrections", body, status=403, code="not_your_role")
    last = stories.history(auditor, f"people/{person}")[-1]
    assert (last["event"], last["step"], last["actor"]) == ("attempt.refused", "correct", "Rina")
    town.person("Siti", "participant").refused(f"{path}/corrections", body, status=403, code="not_your_role")
    lukas = town.person("Lukas", "approver_1", "finance", "intake", "sponsor_officer", area="9171")
    lukas.refused(f"{path}/corrections", body, status=403, code="outside_area")
    reveal = {"fields": ["nik"], "reason": REASON}
    lukas.refused(f"{path}/reveal", reveal, status=403, code="outside_area")
    assert lukas.call("GET", path).json()["code"] == "outside_area"
    assert town.person("Siti", "participant").call("GET", path).json()["code"] == "not_your_role"
    here = town.person("Ani timur", "intake", area="337502/Kali Baros")
    assert here.get(path)["id"] == person
    assert correct(here, person, "rt", "001", "2")["status"] == "EFFECTIVE"
    assert desk.call("GET", f"/v1/people/{uuid4()}").json()["code"] == "not_found"
    claim = stories.member(town, place.workers[5].nik)
    assert desk.call("GET", f"/v1/people/{claim}").json()["code"] == "not_found"
    town.person("Wati", "finance").refused(f"{path}/reveal", reveal, status=403, code="not_your_role")


def test_a_correction_sent_twice_is_one(place: stories.Enrolled, desk: Person) -> None:
    person = found(desk, nik=place.workers[5].nik)["person_id"]
    path, key = f"/v1/people/{person}/corrections", {"Idempotency-Key": f"key-{uuid4()}"}
    body = correction("address", place.workers[5].address, "Gang Mawar 7")
    once = desk.post(path, body, status=201, headers=key)
    assert desk.post(path, body, status=201, headers=key) == once
    other = body | {"new": "Gang Mawar 8"}
    desk.refused(path, other, status=422, code="idempotency_key_reused", headers=key)
    stale = correction("address", "Gang Mawar 7", "Gang Mawar 8")
    desk.refused(path, stale, status=412, code="stale_version", headers={"If-Match": '"1"'})


def test_it_is_told_whether_the_document_is_kept(
    town: Town, place: stories.Enrolled, desk: Person, auditor: Person
) -> None:
    worker = place.workers[5]
    person = found(desk, nik=worker.nik)["person_id"]
    paper = desk.upload(f"/v1/enrollments/{stories.member(town, worker.nik)}/documents", "ENR_KTP")
    for old, new, evidence in (("L", "P", paper["sha256"]), ("P", "L", "cd" * 32), ("L", "P", "KK")):
        body = correction("sex", old, new, evidence=evidence)
        desk.post(f"/v1/people/{person}/corrections", body, status=201)
    told = {
        one["evidence"]: one["evidence_in_file"] for one in auditor.get(f"/v1/people/{person}")["corrections"]
    }
    assert told[paper["sha256"]] is True and told["cd" * 32] is False and told["KK"] is None


def test_a_corrected_ward_moves_the_person_in_every_list(place: stories.Enrolled, desk: Person) -> None:
    worker = place.workers[4]
    person = found(desk, nik=worker.nik)["person_id"]
    correct(desk, person, "ward", "kali baros", "Medono")
    one = found(desk, nik=worker.nik)
    assert (one["ward"], one["district"]) == ("Medono", "Pekalongan Barat")
    [member] = desk.post("/v1/enrollments/search", {"nik": worker.nik})["items"]
    assert (member["ward"], member["district"]) == ("Medono", "Pekalongan Barat")

"""Masked until somebody who needs it says why; and whoever looked stands on record, without what was seen."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.acceptance.server import Serving

REASON = "Mencocokkan KTP yang dibawa Ibu Sulastri"
HEIR = {"name": "Endang Suryani", "relation": "child", "nik": "3375024507990001", "birth_date": "1999-07-05"}
CHILD = {"name": "Bagas Prakoso", "birth_date": "2012-03-01"}
TODAY = (datetime.now(UTC) + timedelta(hours=7)).date().isoformat()
INSURED = {"nik", "birth_date", "sex", "address", "phone"}


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 2)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture(scope="module")
def claim(town: Town, place: stories.Enrolled) -> str:
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    stories.file(town, claim, heirs=[HEIR], children=[CHILD])
    return claim


@pytest.fixture(scope="module")
def member(town: Town, place: stories.Enrolled) -> str:
    return stories.member(town, place.workers[1].nik)


@pytest.fixture(scope="module")
def desk(town: Town) -> Person:
    return town.person("Budi", "intake")


@pytest.fixture(scope="module")
def auditor(town: Town) -> Person:
    return town.person("pemeriksa", "auditor")


def reveal(person: Person, case: str, *fields: str, reason: str = REASON) -> dict[str, Any]:
    return person.post(f"/v1/{case}/reveal", {"fields": fields, "reason": reason})


def test_what_a_desk_needs_is_shown_in_the_clear(
    place: stories.Enrolled, claim: str, member: str, desk: Person
) -> None:
    worker = place.workers[0]
    shown = reveal(
        desk, f"claims/{claim}", *INSURED, "accounts", "heirs", "children", "reporter", "payee_phones"
    )
    values = shown["values"]
    assert shown["id"] == claim
    assert {name: values[name] for name in INSURED} == {
        "nik": worker.nik,
        "birth_date": "1980-08-21",
        "sex": "L",
        "address": {"address": worker.address, "rt": "001", "rw": "009"},
        "phone": values["phone"],
    }
    assert values["phone"].endswith(worker.phone.lstrip("0"))
    [account] = values["accounts"]
    assert account == {
        "code": "HEIR",
        "name": stories.PAYEE["name"],
        "bank": stories.PAYEE["bank"],
        "account_number": stories.PAYEE["account_number"],
        "account_name": stories.PAYEE["account_name"],
    }
    assert values["heirs"] == [HEIR | {"phone": None}] and values["children"] == [CHILD]
    assert values["reporter"]["phone"] == "085800000001"
    of_member = reveal(desk, f"enrollments/{member}", "nik", "income")
    assert of_member["values"] == {"nik": place.workers[1].nik, "income": "900000"}
    assert of_member["access"] == shown["access"] + 1


def test_each_look_is_on_record_before_it_is_answered_and_never_with_a_value(
    place: stories.Enrolled, claim: str, desk: Person, auditor: Person, serving_town: Serving
) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    shown = reveal(desk, f"claims/{claim}", "nik", "heirs", "nik")
    [entry, *_] = auditor.get("/v1/access", case=claim)["items"]
    assert entry["number"] == shown["access"] and entry["seen_at"] == shown["seen_at"]
    assert (entry["actor"], entry["roles"], entry["kind"], entry["case_id"]) == (
        "Budi",
        ["intake"],
        "claim",
        claim,
    )
    assert (entry["fields"], entry["reason"]) == (["nik", "heirs"], REASON)
    assert entry["subjects"][0] == entry["person_id"] and len(entry["subjects"]) == 2, "the heir is one too"
    assert before <= datetime.fromisoformat(entry["seen_at"]) <= datetime.now(UTC) + timedelta(seconds=1)
    [row] = serving_town.query("select * from log.access where number = $1", shown["access"])
    kept = str(dict(row))
    for hidden in (place.workers[0].nik, HEIR["nik"], HEIR["name"], "Sulastri"):
        assert hidden not in kept


def test_many_who_look_at_one_person_at_once_are_all_answered(claim: str, desk: Person) -> None:
    with ThreadPoolExecutor(16) as many:
        shown = list(many.map(lambda _: reveal(desk, f"claims/{claim}", "nik", "heirs"), range(200)))
    assert len({one["access"] for one in shown}) == 200
    assert len({str(one["values"]) for one in shown}) == 1


def test_the_record_is_read_by_case_person_actor_and_time_page_by_page(
    claim: str, member: str, desk: Person, auditor: Person
) -> None:
    for _ in range(3):
        reveal(desk, f"enrollments/{member}", "nik")
    whole = auditor.all("/v1/access", limit=2)
    assert [entry["number"] for entry in whole] == list(range(len(whole), 0, -1)), "none is missing"
    of_member = auditor.all(f"/v1/enrollments/{member}/access", limit=2)
    assert {entry["case_id"] for entry in of_member} == {member} and len(of_member) >= 3
    assert auditor.all("/v1/access", case=member) == of_member
    assert auditor.all("/v1/access", person=of_member[0]["person_id"]) == of_member
    assert auditor.all(f"/v1/claims/{claim}/access") == auditor.all("/v1/access", case=claim)
    assert auditor.get("/v1/access", actor="nobody")["items"] == []
    assert auditor.all("/v1/access", actor="Budi") == [one for one in whole if one["actor"] == "Budi"]
    today = datetime.now(UTC) + timedelta(hours=7)
    day = today.date().isoformat()
    assert auditor.all("/v1/access", **{"from": day, "to": day})[: len(whole)]
    assert auditor.get("/v1/access", to="2020-01-01")["items"] == []
    newest = whole[0]["seen_at"]
    assert auditor.get("/v1/access", **{"from": newest})["items"] == whole[:1]
    for query in ({"from": "yesterday"}, {"to": "2024-05-22T10:00:00"}, {"case": "7"}, {"cursor": "x"}):
        answer = auditor.call("GET", "/v1/access", params=query)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), query


@pytest.mark.parametrize(
    ("name", "role", "fields"),
    [
        ("Wati", "finance", ["accounts", "nik"]),
        ("Agus", "calculator", ["accounts"]),
        ("dinas", "sponsor_officer", ["nik"]),
        ("kepala TI", "admin", ["nik"]),
        ("Siti", "participant", ["accounts"]),
    ],
)
def test_who_does_not_need_it_is_refused_and_the_attempt_is_on_record(
    town: Town, claim: str, auditor: Person, name: str, role: str, fields: list[str]
) -> None:
    looks = auditor.all(f"/v1/claims/{claim}/access")
    version = auditor.get(f"/v1/claims/{claim}")["version"]
    problem = town.person(name, role).refused(
        f"/v1/claims/{claim}/reveal", {"fields": fields, "reason": REASON}, status=403, code="not_your_role"
    )
    assert problem["field"] in fields and "intake" in problem["detail"]
    last = stories.history(auditor, f"claims/{claim}")[-1]
    assert (last["event"], last["step"], last["actor"]) == ("attempt.refused", "reveal", name)
    assert REASON not in json.dumps(last)
    assert auditor.all(f"/v1/claims/{claim}/access") == looks, "nothing was seen"
    assert auditor.get(f"/v1/claims/{claim}")["version"] == version, "looking changes no case"


def test_an_auditor_sees_everything_and_stands_on_record_as_well(claim: str, auditor: Person) -> None:
    shown = reveal(auditor, f"claims/{claim}", "nik", "accounts", "children")
    assert shown["values"]["children"] == [CHILD]
    assert auditor.get("/v1/access")["items"][0]["actor"] == "pemeriksa"


def test_an_officer_of_another_area_sees_nothing(town: Town, claim: str, auditor: Person) -> None:
    lukas = town.person("Lukas", "approver_1", "finance", "intake", "sponsor_officer", area="9171")
    body = {"fields": ["nik"], "reason": REASON}
    lukas.refused(f"/v1/claims/{claim}/reveal", body, status=403, code="outside_area")
    last = stories.history(auditor, f"claims/{claim}")[-1]
    assert (last["event"], last["step"], last["actor"]) == ("attempt.refused", "reveal", "Lukas")
    elsewhere = town.person("pengawas timur", "auditor", area="9171")
    assert elsewhere.get("/v1/access")["items"] == []
    answer = elsewhere.call("GET", f"/v1/claims/{claim}/access")
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_area")


def test_a_delegate_looks_in_the_chair_of_who_is_absent_and_in_its_area_alone(
    town: Town, claim: str, member: str, auditor: Person
) -> None:
    wati = town.person("Wati Sekar", "finance")
    assert reveal(wati, f"claims/{claim}", "accounts")["values"]["accounts"]
    admin, agus = town.person("kepala TI", "admin"), town.person("Agus Sekar", "calculator")
    body = {"fields": ["accounts"], "reason": REASON}
    agus.refused(f"/v1/claims/{claim}/reveal", body, status=403, code="not_your_role")
    grant = {
        "from": "Wati Sekar",
        "to": "Agus Sekar",
        "role": "finance",
        "period": {"from": TODAY, "to": TODAY},
        "decree": "SK-12/2024",
        "kind": "plh",
    }
    admin.post("/v1/delegations", grant | {"area": "9171"}, status=201)
    agus.refused(f"/v1/claims/{claim}/reveal", body, status=403, code="not_your_role")
    admin.post("/v1/delegations", grant | {"area": "3375"}, status=201)
    assert reveal(agus, f"claims/{claim}", "accounts")["values"]["accounts"]
    [entry, *_] = auditor.get("/v1/access", actor="Agus Sekar")["items"]
    assert entry["roles"] == ["finance"]


def test_a_stranger_learns_of_no_case(town: Town, claim: str) -> None:
    tono = town.person("Tono", "participant")
    body = {"fields": ["nik"], "reason": REASON}
    tono.refused(f"/v1/claims/{claim}/reveal", body, status=404, code="not_found")
    tono.refused(f"/v1/claims/{uuid4()}/reveal", body, status=404, code="not_found")


@pytest.mark.parametrize("path", ["/v1/access", "/v1/claims/{claim}/access"])
@pytest.mark.parametrize(
    ("name", "role"), [("Budi", "intake"), ("Dewi", "approver_1"), ("Siti", "participant")]
)
def test_the_record_is_for_those_who_watch_over_it(
    town: Town, claim: str, path: str, name: str, role: str
) -> None:
    answer = town.person(name, role).call("GET", path.format(claim=claim))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_role")
    of_admin = town.person("kepala TI", "admin").get("/v1/access")["items"]
    assert of_admin and {one["reason"] for one in of_admin} == {None}, "reasons may name people"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"fields": [], "reason": REASON}, "fields"),
        ({"fields": ["3375021203999901"], "reason": REASON}, "fields"),
        ({"fields": ["nik", "income"], "reason": REASON}, "fields"),
        ({"fields": "nik", "reason": REASON}, "fields"),
        ({"fields": ["nik"], "reason": "  "}, "reason"),
        ({"fields": ["nik"], "reason": "cek"}, "reason"),
        ({"fields": ["nik"], "reason": "x" * 501}, "reason"),
        ({"fields": ["nik"]}, "reason"),
        ({"fields": ["nik"], "reason": REASON, "nik": "3375021203999901"}, "nik"),
    ],
)
def test_a_look_names_fields_and_a_reason(
    claim: str, desk: Person, auditor: Person, body: dict[str, Any], field: str
) -> None:
    looks = auditor.get("/v1/access")["items"][0]["number"]
    problem = desk.refused(f"/v1/claims/{claim}/reveal", body, status=422, code="invalid")
    assert problem["field"] == field and "3375021203999901" not in json.dumps(problem)
    assert auditor.get("/v1/access")["items"][0]["number"] == looks


def test_before_filing_there_is_nothing_to_see_of_others(
    town: Town, place: stories.Enrolled, desk: Person
) -> None:
    claim = str(stories.report(town, place.workers[1].nik)["id"])
    shown = reveal(desk, f"claims/{claim}", "accounts", "heirs", "children", "payee_phones")
    assert shown["values"] == {"accounts": [], "heirs": [], "children": [], "payee_phones": []}

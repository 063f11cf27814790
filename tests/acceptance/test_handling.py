"""People at their desks: a claim is taken, handed on, noted upon and laid down, and a family learns nothing of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.acceptance.server import Serving

AREA = "3375"
Claims = Callable[[], str]


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 16)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture(scope="module")
def another(town: Town, place: stories.Enrolled) -> Claims:
    """Return a maker of claims that wait for a verifier."""
    waiting = iter(place.workers)

    def made() -> str:
        claim = str(stories.report(town, next(waiting).nik)["id"])
        stories.file(town, claim)
        stories.take(town.person("Budi", "intake"), claim, "confirm_complete")
        return claim

    return made


@pytest.fixture
def claim(another: Claims) -> str:
    return another()


@pytest.fixture
def tika(town: Town) -> Person:
    return town.person("Tika", "verifier")


@pytest.fixture
def yusuf(town: Town) -> Person:
    return town.person("Yusuf", "verifier")


@pytest.fixture
def dewi(town: Town) -> Person:
    return town.person("Dewi", "approver_1")


def held_by(person: Person, name: str, **query: Any) -> set[str]:
    return {item["case_id"] for item in person.all("/v1/worklist", assigned=name, limit=200, **query)}


def test_a_claim_is_taken_and_its_version_stays(claim: str, tika: Person, yusuf: Person) -> None:
    before = tika.get(f"/v1/claims/{claim}")
    taken = tika.post(f"/v1/claims/{claim}/take")
    assert (taken["id"], taken["assigned_to"]) == (claim, "Tika")
    problem = yusuf.refused(f"/v1/claims/{claim}/take", status=409, code="duplicate")
    assert problem["assigned_to"] == "Tika" and "hand it on" in problem["detail"]
    assert tika.post(f"/v1/claims/{claim}/take") == taken
    after = tika.get(f"/v1/claims/{claim}")
    assert (after["version"], after["open_steps"]) == (before["version"], before["open_steps"])
    stories.take(yusuf, claim, "start_verification")  # having it is no permission, not having it no bar
    assert tika.get(f"/v1/claims/{claim}/handling")["assigned_to"] == "Tika"
    assert (before["assigned_to"], yusuf.get(f"/v1/claims/{claim}")["assigned_to"]) == (None, "Tika")


def test_of_many_who_take_at_once_one_has_it(town: Town, claim: str) -> None:
    officers = [town.person(f"Verifikator {n}", "verifier") for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: one.call("POST", f"/v1/claims/{claim}/take", json={}), officers))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    [won] = [answer.json()["assigned_to"] for answer in answers if answer.status_code == 200]
    assert {answer.json()["assigned_to"] for answer in answers} == {won}


def test_it_is_handed_on_given_and_laid_down(
    town: Town, claim: str, tika: Person, yusuf: Person, dewi: Person
) -> None:
    path = f"/v1/claims/{claim}"
    tika.refused(f"{path}/assign", {"to": "Tika"}, status=403, code="not_your_role")
    tika.post(f"{path}/take")
    assert tika.post(f"{path}/assign", {"to": "Yusuf", "reason": "Cuti"})["assigned_to"] == "Yusuf"
    tika.refused(f"{path}/release", status=403, code="not_your_role")
    tika.refused(f"{path}/assign", {"to": "Tika"}, status=403, code="not_your_role")
    assert dewi.post(f"{path}/assign", {"to": "Tika"})["assigned_to"] == "Tika"
    assert tika.post(f"{path}/release", {"reason": "Sakit"})["assigned_to"] is None
    assert yusuf.post(f"{path}/take")["assigned_to"] == "Yusuf"
    for body, field in (({"to": " "}, "to"), ({}, "to"), ({"to": "Tika", "who": "x"}, "who")):
        assert dewi.refused(f"{path}/assign", body, status=422, code="invalid")["field"] == field
    told = [
        item for item in stories.history(dewi, f"claims/{claim}") if item["event"].startswith("handling.")
    ]
    assert [(item["event"], item["actor"], item["data"].get("to")) for item in told] == [
        ("handling.taken", "Tika", None),
        ("handling.assigned", "Tika", "Yusuf"),
        ("handling.assigned", "Dewi", "Tika"),
        ("handling.released", "Tika", None),
        ("handling.taken", "Yusuf", None),
    ]
    assert [item["data"].get("reason") for item in told] == [None, "Cuti", None, "Sakit", None]
    assert all(item["version"] is None for item in told)
    with_key = {"Idempotency-Key": str(uuid4())}
    first = yusuf.post(f"{path}/release", headers=with_key)
    tika.post(f"{path}/take")
    assert yusuf.post(f"{path}/release", headers=with_key) == first
    yusuf.refused(
        f"{path}/release", {"reason": "lain"}, headers=with_key, status=422, code="idempotency_key_reused"
    )
    assert tika.get(f"{path}/handling")["assigned_to"] == "Tika"


def test_notes_are_read_by_the_office(
    town: Town, serving_town: Serving, claim: str, tika: Person, dewi: Person
) -> None:
    path = f"/v1/claims/{claim}"
    text = "Keluarga menelepon: akta menyusul hari Senin"
    noted = tika.post(f"{path}/notes", {"text": text}, status=201)
    assert noted["assigned_to"] is None
    tika.refused(f"{path}/notes", {"text": "  "}, status=422, code="invalid")
    tika.refused(f"{path}/notes", {"text": "x" * 2_001}, status=422, code="invalid")
    for reader in (dewi, town.person("pemeriksa", "auditor")):
        told = stories.history(reader, f"claims/{claim}")
        [item] = [one for one in told if one["event"] == "handling.note_written"]
        assert (item["actor"], item["data"]["text"]) == ("Tika", text)
        [note] = reader.get(f"{path}/handling")["notes"]
        assert (note["by"], note["text"], note["position"]) == ("Tika", text, noted["position"])
    auditor = town.person("pemeriksa", "auditor")
    auditor.refused(f"{path}/notes", {"text": text}, status=403, code="not_your_role")
    earlier = stories.history(tika, f"claims/{claim}")[0]["recorded_at"]
    page = tika.get(f"{path}/history", as_of=earlier)
    assert not [item for item in page["items"] if item["event"].startswith("handling.")]
    assert text not in serving_town.log.read_text(errors="replace")
    [row] = serving_town.query("select state from log.event where position = $1", noted["position"])
    assert b"menelepon" not in bytes(row["state"])


def test_a_family_learns_nothing_of_who_handles_its_claim(town: Town, claim: str, tika: Person) -> None:
    siti = town.person("Siti", "participant")
    path = f"/v1/claims/{claim}"
    before = siti.get(path)
    tika.post(f"{path}/take")
    position = tika.post(f"{path}/notes", {"text": "periksa alamat"})["position"]
    assert siti.get(path) == before
    assert not [item for item in stories.history(siti, f"claims/{claim}") if "handling" in item["event"]]
    assert siti.call("GET", f"{path}/handling").json()["code"] == "not_your_role"
    for act, body in (("take", {}), ("assign", {"to": "x"}), ("release", {}), ("notes", {"text": "x"})):
        problem = siti.refused(f"{path}/{act}", body, status=403, code="not_your_role")
        assert "Tika" not in str(problem)
    for query in ({"assigned": "Tika"}, {"assigned": "nobody"}, {"assigned": "me"}, {"scope": "all"}):
        answer = siti.call("GET", "/v1/worklist", params=query)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_role")
    items = siti.all("/v1/worklist", limit=200, min_position=position)
    assert all(item["assigned_to"] is None and item["assigned_since"] is None for item in items)
    assert siti.call("GET", "/v1/worklist/load").json()["code"] == "not_your_role"
    stranger = town.person("Tetangga", "participant")
    for act, body in (("take", {}), ("notes", {"text": "x"})):
        stranger.refused(f"{path}/{act}", body, status=404, code="not_found")


def test_who_has_no_work_there_does_not_take_it(town: Town, claim: str, dewi: Person) -> None:
    for name, role in (("pemeriksa", "auditor"), ("Tata Usaha", "admin"), ("Joko", "finance")):
        town.person(name, role).refused(f"/v1/claims/{claim}/take", status=403, code="not_your_role")
    elsewhere = town.person("Verifikator Tegal", "verifier", area="3376")
    elsewhere.refused(f"/v1/claims/{claim}/take", status=403, code="outside_area")
    attempts = [
        item["actor"]
        for item in stories.history(dewi, f"claims/{claim}")
        if item["event"] == "attempt.refused"
    ]
    assert attempts == ["pemeriksa", "Tata Usaha", "Joko", "Verifikator Tegal"]


def test_the_worklist_says_who_has_it(another: Claims, town: Town, yusuf: Person) -> None:
    mine, free = another(), another()
    nina = town.person("Nina", "verifier")
    position = nina.post(f"/v1/claims/{mine}/take")["position"]
    assert held_by(nina, "me", min_position=position) == held_by(yusuf, "Nina") == {mine}
    nobodys = held_by(yusuf, "nobody", min_position=position)
    assert free in nobodys and mine not in nobodys
    [item] = [one for one in yusuf.all("/v1/worklist", limit=200) if one["case_id"] == mine]
    assert (item["assigned_to"], item["overdue"]) == ("Nina", True)
    assert "start_verification" in item["steps"]
    stories.take(yusuf, mine, "start_verification")
    answer = stories.take(town.person("Agus", "calculator"), mine, "calculate")
    [item] = nina.all("/v1/worklist", assigned="me", min_position=answer["position"])
    assert (item["case_id"], item["status"], item["steps"]) == (mine, "CALCULATED", item["steps"])
    finance = town.person("Joko", "finance")
    assert mine not in {one["case_id"] for one in finance.all("/v1/worklist", limit=200)}
    assert held_by(finance, "Nina") == {mine}


def test_the_load_of_the_desks_counts_what_their_lists_show(
    another: Claims, town: Town, dewi: Person
) -> None:
    rudi, lala = (town.person(name, "verifier") for name in ("Rudi", "Lala"))
    claims = [another() for _ in range(3)]
    for claim in claims[:2]:
        rudi.post(f"/v1/claims/{claim}/take")
    position = lala.post(f"/v1/claims/{claims[2]}/take")["position"]
    for supervisor in (dewi, town.person("Kepala", "approver_2"), town.person("Tata Usaha", "admin")):
        load = supervisor.get("/v1/worklist/load", min_position=position)
        counts = {item["name"]: item for item in load["items"]}
        assert (counts["Rudi"]["open"], counts["Lala"]["open"]) == (2, 1)
        for name, count in counts.items():
            listed = supervisor.all("/v1/worklist", assigned=name, limit=200)
            assert len(listed) == count["open"]
            assert sum(item["overdue"] for item in listed) == count["overdue"]
            assert min(item["since"] for item in listed) == count["oldest"]
        nobodys = held_by(supervisor, "nobody", scope="all")
        assert len(nobodys) == load["unassigned"]["open"]
    assert datetime.fromisoformat(counts["Rudi"]["oldest"]) < datetime.now(UTC)
    elsewhere = town.person("Kepala Tegal", "approver_2", area="3376")
    empty = elsewhere.get("/v1/worklist/load")
    assert (empty["items"], empty["unassigned"]["open"]) == ([], 0)
    assert rudi.call("GET", "/v1/worklist/load").json()["code"] == "not_your_role"


def test_a_claim_at_its_end_lies_on_no_desk(town: Town, claim: str, tika: Person, dewi: Person) -> None:
    tika.post(f"/v1/claims/{claim}/take")
    siti = town.person("Siti", "participant")
    position = stories.take(siti, claim, "withdraw", on="2024-05-21")["position"]
    assert claim not in held_by(tika, "me", min_position=position)
    for path in (f"/v1/claims/{claim}/handling", f"/v1/claims/{claim}"):
        assert tika.get(path)["assigned_to"] is None
    tika.refused(f"/v1/claims/{claim}/release", status=409, code="step_not_open")
    dewi.refused(f"/v1/claims/{claim}/assign", {"to": "Yusuf"}, status=409, code="step_not_open")
    assert tika.post(f"/v1/claims/{claim}/notes", {"text": "Dicabut keluarga"}, status=201)


def test_notes_are_written_on_memberships_too(town: Town, place: stories.Enrolled) -> None:
    member = stories.member(town, place.workers[0].nik)
    desk = town.person("pendaftaran", "intake")
    path = f"/v1/enrollments/{member}"
    before = desk.get(path)["version"]
    noted = desk.post(f"{path}/notes", {"text": "Alamat sudah dicek lewat telepon"}, status=201)
    assert noted["id"] == member and desk.get(path)["version"] == before
    item = stories.history(desk, f"enrollments/{member}")[-1]
    assert (item["event"], item["version"], item["data"]["text"]) == (
        "handling.note_written",
        None,
        "Alamat sudah dicek lewat telepon",
    )
    siti = town.person("Siti", "participant")
    siti.refused(f"{path}/notes", {"text": "x"}, status=404, code="not_found")
    auditor = town.person("pemeriksa", "auditor")
    auditor.refused(f"{path}/notes", {"text": "x"}, status=403, code="not_your_role")
    desk.refused(f"/v1/enrollments/{place.roster}/notes", {"text": "x"}, status=404, code="not_found")

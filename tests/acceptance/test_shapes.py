"""What answers look like: the keys that scripts rely on, and what stands in them."""

from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

PAGE = {"items", "next", "position"}
STEP_ANSWER = {"id", "status", "version", "position", "open_steps", "number"}
HISTORY_ITEM = {
    "position", "version", "event", "step", "from", "to", "actor", "role", "recorded_at", "effective_on",
    "evidence", "data",
}  # fmt: skip


@pytest.fixture(scope="module")
def auditor(town: Town) -> Person:
    return town.person("pemeriksa", "auditor")


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 4)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture(scope="module")
def claim(town: Town, place: stories.Enrolled) -> str:
    return str(stories.calculated(town, place.workers[0].nik)["id"])


def test_a_programme(town: Town, auditor: Person) -> None:
    made = town.person("dinas", "sponsor_officer").post("/v1/programmes", stories.PROGRAMME, status=201)
    assert set(made) == {"id", "position"}
    view = auditor.get(f"/v1/programmes/{made['id']}")
    assert {"name", "sponsor", "area_code", "target", "budget", "segment", "version", "position"} <= set(view)
    assert (view["period_from"], view["period_to"]) == ("2023-09-01", "2024-08-31")


def test_a_list_that_is_being_checked(town: Town) -> None:
    people = stories.workers(3)
    content = stories.list_with(people).replace(people[1].nik.encode(), b"123")
    view = stories.send_list(town, stories.open_programme(town), content)
    assert {"id", "status", "rows", "accepted", "rejected", "warnings", "issues", "steps", "position"} <= set(
        view
    )
    assert (view["status"], view["rows"], view["accepted"], view["rejected"]) == ("checked", 3, 2, 1)
    [issue] = view["issues"]
    assert {"row", "field", "code", "severity", "message"} <= set(issue)
    assert (issue["row"], issue["field"], issue["code"], issue["severity"]) == (
        2,
        "nik",
        "nik_length",
        "reject",
    )
    assert issue["message"] and issue["message_id"] and "123" not in issue["message"]
    dinas = town.person("dinas", "sponsor_officer")
    roster = f"/v1/rosters/{view['id']}"
    done = dinas.post(f"{roster}/steps/propose", {"effective_on": "2023-09-01"})
    assert {"done", "refused", "position"} <= set(done)
    assert (done["done"], {row["code"] for row in done["refused"]}) == (0, {"documents_missing"})
    assert {row["message_id"] for row in done["refused"]} == {
        "Berkas belum lengkap. Unggah dokumen yang disebut, lalu ulangi."
    }
    assert [row["row"] for row in done["refused"]] == [1, 3] and all(
        row["message"] for row in done["refused"]
    )
    [step] = dinas.get(roster)["steps"]
    assert (step["step"], step["state"], step["done"]) == ("propose", "done", 0)
    assert step["refused"] == done["refused"]


def test_a_list_that_is_none_has_failed_with_a_code(town: Town) -> None:
    view = stories.send_list(town, stories.open_programme(town), b"nama,alamat\nSutarjo,Gang Cempaka\n")
    assert (view["status"], view["code"], view["accepted"]) == ("failed", "columns_missing", 0)
    assert "nik" in view["message"]


def test_the_same_list_step_with_some_rows(town: Town) -> None:
    people = stories.workers(4)
    programme = stories.open_programme(town)
    roster = stories.send_list(town, programme, stories.list_with(people))["id"]
    dinas = town.person("dinas", "sponsor_officer")
    dinas.upload(f"/v1/rosters/{roster}/documents", "ENR_PKS")
    path = f"/v1/rosters/{roster}/steps/propose"
    assert dinas.post(path, {"rows": [1, 3]})["done"] == 2
    rest = dinas.post(path, {"except_rows": [3]})
    assert (rest["done"], [row["row"] for row in rest["refused"]]) == (2, [1])
    members = dinas.all("/v1/enrollments", roster=roster, min_position=rest["position"])
    assert {member["status"] for member in members} == {"PROPOSED"} and len(members) == 4


def test_a_search(town: Town, place: stories.Enrolled) -> None:
    worker = place.workers[1]
    desk = town.person("Budi", "intake")
    page = desk.post("/v1/enrollments/search", {"nik": worker.nik})
    assert set(page) == PAGE
    [item] = page["items"]
    assert (item["status"], item["name"]) == ("ACTIVE", worker.name)
    assert {"status", "from", "paid_through"} <= set(item["coverage"])
    by_number = desk.post("/v1/enrollments/search", {"q": item["number"]})
    by_name = desk.post("/v1/enrollments/search", {"q": worker.name})
    assert (
        [one["id"] for one in by_number["items"]] == [one["id"] for one in by_name["items"]] == [item["id"]]
    )
    unknown = desk.post("/v1/enrollments/search", {"nik": "3375022108808888"})
    assert unknown["items"] == []


def test_a_step(town: Town, place: stories.Enrolled) -> None:
    siti = town.person("Siti", "participant")
    answer = siti.call(
        "POST",
        "/v1/claims",
        json={
            "kind": "jkm",
            "enrollment_id": stories.member(town, place.workers[2].nik),
            "event_on": "2024-05-10",
            "cause": "illness",
            "reported_by": {"name": "Siti Aminah", "relation": "spouse", "phone": "085800000001"},
        },
    )
    assert answer.status_code == 201 and set(answer.json()) == STEP_ANSWER
    assert answer.headers["etag"] == '"1"' and answer.headers["content-type"] == "application/json"
    view = siti.call("GET", f"/v1/claims/{answer.json()['id']}")
    assert view.headers["etag"] == '"1"'
    assert {"id", "status", "version", "position", "open_steps", "clocks", "determination"} <= set(
        view.json()
    )


def test_calculating_answers_the_determination_too(
    town: Town, auditor: Person, place: stories.Enrolled
) -> None:
    answer = stories.calculated(town, place.workers[3].nik)
    assert set(answer) == STEP_ANSWER | {"determination"}
    assert {"outcome", "lines", "total"} <= set(answer["determination"])
    assert {"code", "amount", "basis", "working", "working_id", "working_en"} <= set(
        answer["determination"]["lines"][0]
    )
    assert auditor.get(f"/v1/claims/{answer['id']}/benefit") == answer["determination"]


def test_lists_and_histories_are_pages(auditor: Person, place: stories.Enrolled, claim: str) -> None:
    for path in (
        "/v1/claims", "/v1/enrollments", "/v1/worklist", "/v1/workflows", f"/v1/claims/{claim}/history",
        f"/v1/rosters/{place.roster}/history", f"/v1/programmes/{place.programme}/history",
    ):  # fmt: skip
        assert set(auditor.get(path)) == PAGE, path


def test_pages_lead_through_a_list_without_gaps_or_doubles(auditor: Person, place: stories.Enrolled) -> None:
    whole = auditor.get("/v1/enrollments", programme=place.programme)["items"]
    assert len(whole) == 4
    for limit in (1, 2, 3, 4, 5):
        pieces = auditor.all("/v1/enrollments", programme=place.programme, limit=limit)
        assert [item["id"] for item in pieces] == [item["id"] for item in whole]


def test_an_item_of_a_history(auditor: Person, claim: str) -> None:
    for item in stories.history(auditor, f"claims/{claim}"):
        assert set(item) >= HISTORY_ITEM
        assert all(set(paper) == {"code", "sha256"} for paper in item["evidence"])
        assert item["recorded_at"].endswith("Z")


def test_the_checklist(town: Town, auditor: Person) -> None:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    siti = town.person("Siti", "participant")
    form = {"claim_date": "2024-05-15", "payee": stories.PAYEE, "effective_on": "2024-05-15"}
    siti.post(f"/v1/claims/{claim}/steps/file", form)
    siti.upload(f"/v1/claims/{claim}/documents", "KK")
    siti.upload(f"/v1/claims/{claim}/documents", "KK", b"%PDF a better copy")
    papers = siti.get(f"/v1/claims/{claim}/documents")
    assert {"required", "missing", "position"} <= set(papers)
    lines = {line["code"]: line for line in papers["required"]}
    assert {"code", "name_id", "name_en", "state", "needed_for"} <= set(lines["KK"])
    assert (lines["KK"]["state"], lines["DEATH_CERT"]["state"]) == ("present", "missing")
    assert lines["MARRIAGE"]["needed_for"] == "confirm_complete", "asked because the payee is the spouse"
    assert "GUARDIAN" not in lines and "WILL" not in lines and "FUNERAL_PROOF" not in lines
    assert "KK" not in papers["missing"] and "DEATH_CERT" in papers["missing"]
    assert "DETERMINATION" not in papers["missing"], "what the office makes, nobody must bring"
    assert sum(paper["code"] == "KK" for paper in papers["documents"]) == 2, "the old copy stays on record"
    desk = town.person("Budi", "intake")
    problem = desk.refused(f"/v1/claims/{claim}/steps/confirm_complete", status=409, code="documents_missing")
    assert problem["missing"] == papers["missing"]
    assert all(code in problem["detail"] for code in papers["missing"])


def test_the_steps_from_here_with_reason_and_form(town: Town, claim: str) -> None:
    steps = town.person("Dewi", "approver_1").get(f"/v1/claims/{claim}/steps")
    by_name = {step["step"]: step for step in steps["items"]}
    assert {"approve", "sign_rejection", "return_calculation", "endorse", "withdraw"} <= set(by_name)
    approve = by_name["approve"]
    assert approve["open"] and approve["roles"] == ["approver_1", "approver_2"]
    assert "amount" in _properties(approve["form"])
    assert by_name["sign_rejection"]["code"] == "guard_failed" and by_name["sign_rejection"]["reason"]
    agus = town.person("Agus", "calculator").get(f"/v1/claims/{claim}/steps")["items"]
    assert {step["code"] for step in agus} == {"not_your_role"}


def test_my_work(town: Town, claim: str, auditor: Person) -> None:
    position = auditor.get(f"/v1/claims/{claim}")["position"]
    work = town.person("Dewi", "approver_1").all("/v1/worklist", min_position=position)
    [mine] = [item for item in work if item["case_id"] == claim]
    assert (mine["status"], mine["due_on"], mine["kind"]) == ("CALCULATED", "2024-05-27", "jkm")
    assert set(mine["steps"]) >= {"approve", "endorse", "return_calculation"}
    assert "sign_rejection" not in mine["steps"], "nobody proposed one, and the determination pays"
    dues = [item["due_on"] or "9999" for item in work]
    assert dues == sorted(dues), "most urgent first"
    agus = town.person("Agus", "calculator").all("/v1/worklist", min_position=position)
    assert claim not in {item["case_id"] for item in agus}, "his part is done"
    assert auditor.get("/v1/worklist")["items"] == []


def test_lifecycles(auditor: Person) -> None:
    items = auditor.get("/v1/workflows")["items"]
    assert {(item["name"], item["version"]) for item in items} == {("enrollment", 1), ("jkm-claim", 1)}
    for item in items:
        one = auditor.get(f"/v1/workflows/{item['name']}/{item['version']}")
        assert one["name"] == item["name"] and one["step"]
        diagram = auditor.call("GET", f"/v1/workflows/{item['name']}/{item['version']}/diagram")
        assert diagram.text.startswith("stateDiagram")
        assert diagram.headers["content-type"].startswith("text/plain")


def test_signs_of_life(auditor: Person) -> None:
    assert auditor.get("/healthz")["status"] == "ok"
    ready = auditor.get("/readyz")
    assert ready["status"] == "ready" and ready["position"] > 0
    assert set(ready["read_models"].values()) == {"following"}
    figures = auditor.call("GET", "/metrics")
    assert figures.headers["content-type"].startswith("text/plain")
    for figure in (
        "jaminan_requests_total",
        "jaminan_log_position",
        "jaminan_read_model_lag",
        "jaminan_request_seconds",
        "jaminan_clocks_unwritten",
    ):
        assert figure in figures.text
    assert auditor.call("GET", "/healthz").headers["x-request-id"]


def _properties(schema: dict[str, Any]) -> set[str]:
    """Return the fields of a JSON Schema whose root refers to one of its parts."""
    root = schema["$ref"].rpartition("/")[2] if "$ref" in schema else None
    return set((schema["$defs"][root] if root else schema)["properties"])

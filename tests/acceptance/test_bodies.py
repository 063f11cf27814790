"""Requests that do not read: refused with the field, before anything is decided, and nothing is written."""

import json
from typing import Any, Final

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

AMOUNT: Final = 42_000_000
REPORT: Final[dict[str, Any]] = {
    "event_on": "2024-05-10",
    "cause": "illness",
    "reported_by": {"name": "Siti Aminah", "relation": "spouse"},
}

# What is sent instead, and the field the refusal names.
WRONG_REPORTS: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("unknown field", {"colour": "red"}, "colour"),
    (
        "unknown nested field",
        {"reported_by": {"name": "x", "relation": "spouse", "age": 40}},
        "reported_by.age",
    ),
    ("missing nested field", {"reported_by": {"relation": "spouse"}}, "reported_by.name"),
    ("missing field", {"cause": ...}, "cause"),
    ("no such choice", {"cause": "boredom"}, "cause"),
    ("no such kind", {"kind": "jkk"}, "kind"),
    ("a day that does not exist", {"event_on": "2024-02-30"}, "event_on"),
    ("a day in another notation", {"event_on": "10-05-2024"}, "event_on"),
    ("a number for a day", {"event_on": 20240510}, "event_on"),
    ("nothing for a day", {"event_on": None}, "event_on"),
    ("death after the report", {"event_on": "2024-05-14"}, "event_on"),
    ("a legal day to come", {"effective_on": "2999-01-01"}, "effective_on"),
    ("no id", {"nik": ..., "enrollment_id": "not-an-id"}, "enrollment_id"),
    ("neither nik nor enrollment", {"nik": ...}, "nik"),
    ("a short nik", {"nik": "33750221"}, "nik"),
    ("a nik with letters", {"nik": "33750221O8809118"}, "nik"),
    ("a nik as a number", {"nik": 3375022108809118}, "nik"),
    ("U+0000", {"note": "a\0b"}, "body"),
    ("U+0000 further down", {"reported_by": {"name": "a\0b", "relation": "spouse"}}, "body"),
]
NOT_JSON: Final = [
    b"{",
    b"\xff\xfe",
    b"nothing",
    b'{"amount": 42000000,}',
    b'{"amount": NaN}',
    b'{"note": "\\ud800"}',
]
PDF: Final = ("KK.pdf", b"%PDF", "application/pdf")
NOT_AN_OBJECT: Final = [b"null", b"[]", b'"text"', b"42000000", b"true"]
WRONG_AMOUNTS: Final[list[Any]] = ["42000000", 42000000.5, True, None, [42000000], {"amount": 1}, "4e7"]


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 2)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture(scope="module")
def claim(town: Town, place: stories.Enrolled) -> str:
    return str(stories.calculated(town, place.workers[0].nik)["id"])


@pytest.fixture(scope="module")
def dewi(town: Town) -> Person:
    return town.person("Dewi", "approver_1")


@pytest.mark.parametrize(
    ("changed", "field"), [case[1:] for case in WRONG_REPORTS], ids=[c[0] for c in WRONG_REPORTS]
)
def test_a_report_that_does_not_read_names_the_field(
    town: Town, place: stories.Enrolled, changed: dict[str, Any], field: str
) -> None:
    nik = place.workers[1].nik
    body = {"nik": nik, "effective_on": "2024-05-13", **REPORT} | changed
    siti = town.person("Siti", "participant")
    before = siti.get("/v1/claims")["position"]
    sent = {name: value for name, value in body.items() if value is not ...}
    problem = siti.refused("/v1/claims", sent, status=422, code="invalid")
    assert problem["field"] == field
    assert nik not in json.dumps(problem) and "Siti" not in json.dumps(problem), (
        "a refusal repeats nobody's data"
    )
    assert siti.get("/v1/claims", min_position=before)["position"] == before, "nothing was written"


@pytest.mark.parametrize("amount", WRONG_AMOUNTS, ids=repr)
def test_a_number_is_a_number(dewi: Person, claim: str, amount: Any) -> None:
    problem = dewi.refused(
        f"/v1/claims/{claim}/steps/approve", {"amount": amount}, status=422, code="invalid"
    )
    assert problem["field"] == "amount"


def test_an_unknown_field_of_a_step_is_refused(dewi: Person, claim: str) -> None:
    body = {"amount": AMOUNT, "amuont": AMOUNT}
    problem = dewi.refused(f"/v1/claims/{claim}/steps/approve", body, status=422, code="invalid")
    assert problem["field"] == "amuont"


@pytest.mark.parametrize("content", [*NOT_JSON, *NOT_AN_OBJECT], ids=repr)
def test_a_body_is_a_json_object(dewi: Person, claim: str, content: bytes) -> None:
    for path in (
        f"/v1/claims/{claim}/steps/approve",
        "/v1/claims",
        "/v1/programmes",
        "/v1/enrollments/search",
    ):
        answer = dewi.call("POST", path, content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), path


def test_another_kind_of_body_is_refused(dewi: Person, claim: str) -> None:
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
    ):
        answer = dewi.call(
            "POST", f"/v1/claims/{claim}/steps/approve", content=b"{}", headers={"Content-Type": kind}
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media"), kind
    answer = dewi.call("POST", f"/v1/claims/{claim}/documents", json={"code": "KK"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media")


def test_json_may_name_its_charset(dewi: Person, claim: str) -> None:
    kind = {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = dewi.call("POST", f"/v1/claims/{claim}/steps/approve", content=b"{}", headers=kind)
    assert answer.json()["field"] == "amount"


def test_too_much_is_refused(town: Town, dewi: Person, claim: str) -> None:
    body = {"amount": AMOUNT, "note": "x" * (1 << 20)}
    dewi.refused(f"/v1/claims/{claim}/steps/approve", body, status=413, code="too_large")
    siti = town.person("Siti", "participant")
    big = {"file": ("KK.pdf", bytes(20 * 1024 * 1024 + 1), "application/pdf")}
    answer = siti.call("POST", f"/v1/claims/{claim}/documents", files=big, data={"code": "KK"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "20971520" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("file", "data", "code", "field"),
    [
        (("KK.pdf", b"", "application/pdf"), {"code": "KK"}, "invalid", "file"),
        (("KK.exe", b"MZ", "application/x-msdownload"), {"code": "KK"}, "unsupported_media", None),
        (PDF, {}, "invalid", "code"),
        (PDF, {"code": "PASSPORT"}, "invalid", "code"),
        (PDF, {"code": "KK", "colour": "red"}, "invalid", "colour"),
        (PDF, {"code": "KK", "effective_on": "today"}, "invalid", "effective_on"),
        (PDF, {"code": "KK", "effective_on": "2999-01-01"}, "invalid", "effective_on"),
        (PDF, {"code": "KK", "note": "a\0b"}, "invalid", "body"),
        (None, {"code": "KK"}, "invalid", "file"),
    ],
)  # fmt: skip
def test_an_upload_is_one_file_of_a_known_kind_and_code(
    town: Town, claim: str, file: Any, data: dict[str, str], code: str, field: str | None
) -> None:
    siti = town.person("Siti", "participant")
    files = {"file": file} if file else {"other": ("x", b"x", "application/pdf")}
    answer = siti.call("POST", f"/v1/claims/{claim}/documents", files=files, data=data)
    assert (answer.status_code, answer.json()["code"]) == ({"invalid": 422}.get(code, 415), code)
    assert answer.json().get("field") == field


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("as_of=yesterday", "as_of"),
        ("as_of=2024-05-20", "as_of"),
        ("as_of=2024-05-20T09:00:00", "as_of"),
        ("effective=20-05-2024", "effective"),
    ],
)
def test_a_moment_is_an_instant_with_its_zone(dewi: Person, claim: str, query: str, field: str) -> None:
    answer = dewi.call("GET", f"/v1/claims/{claim}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("cursor=%00", "cursor"),
        ("cursor=bm90IG91cnM", "cursor"),
        ("cursor=%C3%A9", "cursor"),
        ("min_position=-1", "min_position"),
        ("min_position=soon", "min_position"),
        ("min_position=99999999999999999999", "min_position"),
        ("programme=7", "programme"),
    ],
)
def test_a_list_is_asked_for_in_words_it_knows(dewi: Person, query: str, field: str) -> None:
    for path in ("/v1/claims", "/v1/enrollments", "/v1/worklist", "/v1/deadlines"):
        if field == "programme" and path in ("/v1/worklist", "/v1/deadlines"):
            continue
        answer = dewi.call("GET", f"{path}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), (path, answer.text)
        assert answer.json()["field"] == field


def test_a_filter_holds_no_character_that_cannot_be_kept(dewi: Person) -> None:
    for path in ("/v1/claims?status=%00", "/v1/enrollments?ward=a%00b", "/v1/enrollments?occupation=%00"):
        answer = dewi.call("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), path


def test_headers_that_do_not_read_are_refused(dewi: Person, claim: str) -> None:
    path = f"/v1/claims/{claim}/steps/approve"
    for name, value in (("If-Match", "yesterday"), ("If-Match", '"-1"'), ("Idempotency-Key", "x" * 256)):
        problem = dewi.refused(path, {"amount": AMOUNT}, status=422, code="invalid", headers={name: value})
        assert problem["field"] == name


def test_nothing_at_all_is_at_other_addresses(dewi: Person, claim: str) -> None:
    for method, path in (
        ("GET", "/v1/nothing"),
        ("GET", "/v1/claims/not-an-id"),
        ("GET", f"/v1/claims/{claim}/nothing"),
        ("GET", "/v1/workflows/nothing/1"),
        ("GET", "/v1/workflows/jkm-claim/99"),
        ("GET", "/v1/workflows/jkm-claim/first"),
        ("POST", f"/v1/claims/{claim}/steps/no_such_step"),
        ("GET", "/v1/claims/00000000-0000-0000-0000-000000000000"),
    ):
        answer = dewi.call(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        assert answer.headers["content-type"] == "application/problem+json"
    answer = dewi.call("DELETE", f"/v1/claims/{claim}")
    assert (answer.status_code, answer.json()["code"]) == (405, "not_found")


def test_an_id_of_another_kind_is_not_found(
    town: Town, dewi: Person, place: stories.Enrolled, claim: str
) -> None:
    member = stories.member(town, place.workers[0].nik)
    for path in (
        f"/v1/claims/{member}",
        f"/v1/enrollments/{claim}",
        f"/v1/rosters/{claim}",
        f"/v1/programmes/{claim}",
    ):
        answer = dewi.call("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


class TestNumbersAndTextsThatNoTableHolds:
    """What is accepted must fit into every read model: one bad event would stop all that follow."""

    @pytest.mark.parametrize("field", ["target", "budget", "quota"])
    @pytest.mark.parametrize("number", [2**31, 2**63, 2**64, 10**30])
    def test_numbers_of_a_programme(self, town: Town, field: str, number: int) -> None:
        dinas = town.person("dinas", "sponsor_officer")
        answer = dinas.call("POST", "/v1/programmes", json=stories.PROGRAMME | {field: number})
        if answer.status_code == 201:
            ledger = dinas.get(
                f"/v1/programmes/{answer.json()['id']}/ledger", min_position=answer.json()["position"]
            )
            assert ledger.get(field, number) == number
        else:
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
            assert answer.json()["field"] == field

    @pytest.mark.parametrize(
        "text",
        [10**30, -1, "a\0b", "\ud800", "😀" * 10, "=cmd|' /C calc'!A0", "\u202edrawkcab", "x" * 10_000],
    )
    @pytest.mark.parametrize("column", ["nama", "alamat", "no_hp", "penghasilan_bulanan", "kelurahan", "nik"])
    def test_columns_of_a_worker(
        self, town: Town, place: stories.Enrolled, column: str, text: str | int
    ) -> None:
        [worker] = stories.workers(1)
        dinas = town.person("dinas", "sponsor_officer")
        body = {
            "programme_id": place.programme,
            "effective_on": "2023-09-01",
            "person": worker.columns | {column: text},
        }
        content = json.dumps(body).encode()
        answer = dinas.call(
            "POST", "/v1/enrollments", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in (201, 422), answer.text
        if answer.status_code == 201:
            seen = dinas.get(
                "/v1/enrollments", programme=place.programme, min_position=answer.json()["position"]
            )
            assert answer.json()["id"] in {item["id"] for item in seen["items"]}

    def test_a_list_with_the_character_that_cannot_be_kept(self, town: Town) -> None:
        people = stories.workers(2)
        content = stories.list_with(people).replace(b"Gang Cempaka", b"Gang\0Cempaka", 1)
        view = stories.send_list(town, stories.open_programme(town), content)
        assert view["status"] in ("checked", "failed")
        auditor = town.person("pemeriksa", "auditor")
        auditor.get("/v1/enrollments", min_position=view["position"])

    @pytest.mark.parametrize("day", ["0001-01-01", "1500-01-01", "1899-12-31", "9999-12-31"])
    def test_days_far_away(self, town: Town, place: stories.Enrolled, day: str) -> None:
        dinas = town.person("dinas", "sponsor_officer")
        [worker] = stories.workers(1)
        for path, body in (
            ("/v1/programmes", stories.PROGRAMME | {"period": {"from": day, "to": day}}),
            (
                "/v1/enrollments",
                {"programme_id": place.programme, "effective_on": day, "person": worker.columns},
            ),
            (
                "/v1/enrollments",
                {
                    "programme_id": place.programme,
                    "effective_on": "2023-09-01",
                    "person": worker.columns | {"tanggal_lahir": day},
                },
            ),
            (
                "/v1/claims",
                {"nik": place.workers[1].nik, **REPORT, "event_on": day},
            ),
        ):
            person = town.person("Siti", "participant") if path == "/v1/claims" else dinas
            answer = person.call("POST", path, json=body)
            assert answer.status_code < 500, (path, answer.text)
            if answer.status_code == 201:
                dinas.get("/v1/enrollments", min_position=answer.json()["position"])
                dinas.get("/v1/claims", min_position=answer.json()["position"])

    def test_the_read_models_still_follow(self, town: Town) -> None:
        answer = town.person("dinas", "sponsor_officer").call("GET", "/readyz")
        assert answer.status_code == 200, answer.text

"""Values beyond their range: refused with the field, never a fault of ours, and never kept."""

import csv
import json
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.http import examples
from domain.period import Month
from projections.page import cursor_of
from tests.acceptance import stories
from tests.acceptance.office_client import LIST, Person, Town


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 3)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture(scope="module")
def auditor(town: Town) -> Person:
    return town.person("pemeriksa", "auditor")


def refused(person: Person, path: str, field: str | None = None, **more: Any) -> None:
    answer = person.call(more.pop("method", "GET"), path, **more)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), (path, answer.text)
    if field is not None:
        assert answer.json()["field"] == field, answer.text


@pytest.mark.parametrize("month", ["0001-01", "2015-06", "9999-12", "9998-01", "far"])
def test_months_outside_the_law_are_not_paid(town: Town, place: stories.Enrolled, month: str) -> None:
    month = str(Month.of(datetime.now(UTC).date()).plus(26)) if month == "far" else month
    kas = town.person("kas daerah", "finance")
    body = {"months": [month], "amount": 16_800, "paid_on": "2023-09-11", "reference": "SP2D-1"}
    path = f"/v1/programmes/{place.programme}"
    refused(kas, f"{path}/invoice", "months", params={"months": month, "roster_id": place.roster})
    refused(kas, f"{path}/contributions", "months", method="POST", json=body | {"roster_id": place.roster})


def test_months_at_the_edges_may_be_asked_for(town: Town, place: stories.Enrolled) -> None:
    kas = town.person("kas daerah", "finance")
    for month in ("2015-07", str(Month.of(datetime.now(UTC).date()).plus(24))):
        kas.get(f"/v1/programmes/{place.programme}/invoice", months=month, roster_id=place.roster)


@pytest.mark.parametrize("event_on", ["2015-06-30", "1999-01-01", "0001-01-01"])
def test_a_death_before_the_law_names_its_field(town: Town, place: stories.Enrolled, event_on: str) -> None:
    siti = town.person("Siti", "participant")
    member = stories.member(town, place.workers[0].nik)
    for who in ({"nik": place.workers[0].nik}, {"enrollment_id": member}, {"nik": "3375022108809999"}):
        body = {
            **who,
            "event_on": event_on,
            "cause": "illness",
            "reported_by": {"name": "Siti", "relation": "spouse"},
        }
        refused(siti, "/v1/claims", "event_on", method="POST", json=body)


FAR = "9999-12-31T23:59:59.999999"


@pytest.mark.parametrize(
    "cursor",
    [
        cursor_of("claims", -1),
        cursor_of("claims", 2**63),
        cursor_of("claims", 10**30),
        cursor_of("enrollments", 10**30),
        cursor_of("worklist", ("2024-05-20", "0001-01-01T00:00:00+14:00", uuid4())),
        cursor_of("worklist", (date.max, f"{FAR}-14:00", uuid4())),
        cursor_of("worklist", (date.max, f"{FAR}Z", uuid4())),
        cursor_of("worklist", (date.max, "2024-05-20T00:00:00", uuid4())),
        cursor_of("deadlines", ("2024-05-20", uuid4(), "pay\0")),
        cursor_of("history", 2**63),
        urlsafe_b64encode(b"7").decode(),
        urlsafe_b64encode(b'["claims"]').decode(),
        urlsafe_b64encode(b'["claims", true]').decode(),
        urlsafe_b64encode(b"[" * 10_000).decode(),
    ],
)
def test_cursors_out_of_range_are_refused(
    auditor: Person, town: Town, place: stories.Enrolled, cursor: str
) -> None:
    member = stories.member(town, place.workers[0].nik)
    for path in (
        "/v1/claims",
        "/v1/enrollments",
        "/v1/worklist",
        "/v1/deadlines",
        f"/v1/enrollments/{member}/history",
        f"/v1/programmes/{place.programme}/history",
    ):
        refused(auditor, path, "cursor", params={"cursor": cursor})


def test_a_cursor_leads_on_in_its_own_list_alone(auditor: Person, place: stories.Enrolled) -> None:
    history = f"/v1/programmes/{place.programme}/history"
    enrollments = f"/v1/enrollments?programme={place.programme}"
    cursor = auditor.get("/v1/enrollments", programme=place.programme, limit=1)["next"]
    other = auditor.get(history, limit=1)["next"]
    assert cursor and other
    assert auditor.call("GET", f"{enrollments}&cursor={cursor}").status_code == 200
    assert auditor.call("GET", f"{history}?cursor={other}").status_code == 200
    refused(auditor, f"/v1/claims?cursor={cursor}", "cursor")
    refused(auditor, f"{history}?cursor={cursor}", "cursor")
    refused(auditor, f"{enrollments}&cursor={other}", "cursor")


@pytest.mark.parametrize(
    "instant",
    [
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        f"{FAR}-14:00",
        f"{FAR}Z",
        "10000-01-01T00:00:00Z",
    ],
)
def test_an_instant_beyond_the_calendar_is_refused(
    auditor: Person, town: Town, place: stories.Enrolled, instant: str
) -> None:
    member = stories.member(town, place.workers[0].nik)
    for path in (
        f"/v1/enrollments/{member}",
        f"/v1/enrollments/{member}/history",
        f"/v1/programmes/{place.programme}/history",
        f"/v1/claims/{member}",
    ):
        refused(auditor, path, "as_of", params={"as_of": instant})


@pytest.mark.parametrize("q", ["", "  ", "su", " su ", "%_"])
def test_a_search_needs_three_characters(town: Town, q: str) -> None:
    refused(town.person("pendaftaran", "intake"), "/v1/enrollments/search", "q", method="POST", json={"q": q})


def test_an_id_has_one_spelling(auditor: Person, place: stories.Enrolled) -> None:
    id_ = UUID(place.programme)
    for spelling in (str(id_).upper(), id_.hex, f"{{{id_}}}", f"urn:uuid:{id_}"):
        for path in ("programmes/{}", "programmes/{}/history", "rosters/{}", "enrollments/{}", "claims/{}"):
            answer = auditor.call("GET", "/v1/" + path.format(spelling))
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), spelling
    assert auditor.get(f"/v1/programmes/{id_}")["id"] == place.programme


def test_a_broken_multipart_body_does_not_read(town: Town, place: stories.Enrolled) -> None:
    dinas = town.person("dinas", "sponsor_officer")
    for kind, body in (
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nRAHASIA\r\n--x--"),
        ("multipart/form-data; boundary=x", b"RAHASIA"),
    ):
        for path in ("/v1/rosters", f"/v1/rosters/{place.roster}/documents"):
            answer = dinas.call("POST", path, content=body, headers={"Content-Type": kind})
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
            assert "RAHASIA" not in answer.text


def test_an_unknown_paper_is_not_repeated(town: Town, place: stories.Enrolled) -> None:
    dinas = town.person("dinas", "sponsor_officer")
    answer = dinas.call(
        "POST",
        f"/v1/rosters/{place.roster}/documents",
        files={"file": ("a.pdf", b"%PDF", "application/pdf")},
        data={"code": "RAHASIA" * 1_000},
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "code")
    assert "RAHASIA" not in answer.text and "ENR_PKS" in answer.json()["known"]


def test_examples_name_nobody_of_the_demonstration() -> None:
    with LIST.open() as rows:
        known = {row["nik"] for row in csv.DictReader(rows)}
    shown = json.dumps({name: value for name, value in vars(examples).items() if name.isupper()})
    assert len(known) == 817 and not [nik for nik in known if nik in shown]


def test_refusals_are_counted(town: Town, auditor: Person) -> None:
    def counted() -> float:
        lines = auditor.call("GET", "/metrics").text.splitlines()
        found = [line for line in lines if line.startswith('jaminan_refusals_total{code="not_found"}')]
        return float(found[0].rpartition(" ")[2]) if found else 0

    before = counted()
    assert auditor.call("GET", f"/v1/claims/{uuid4()}").status_code == 404
    assert counted() == before + 1

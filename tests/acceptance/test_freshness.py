"""A list shows one's own write at once to whoever says which position must be in it."""

import time

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

FAR_AHEAD = 10**9


@pytest.fixture(scope="module")
def auditor(town: Town) -> Person:
    return town.person("pemeriksa", "auditor")


@pytest.mark.parametrize("way", ["header", "query"])
def test_a_list_asked_with_the_position_of_a_write_shows_it(town: Town, auditor: Person, way: str) -> None:
    place = stories.enrolled_workers(town, 5)
    stories.pay(town, place, stories.MONTHS)
    for worker in place.workers:
        reported = stories.report(town, worker.nik)
        position = reported["position"]
        asked = {"headers": {"Jaminan-Min-Position": str(position)}} if way == "header" else {}
        query = {"programme": place.programme} | ({"min_position": position} if way == "query" else {})
        answer = auditor.call("GET", "/v1/claims", params=query, **asked)
        page = answer.json()
        assert page["position"] >= position
        assert page["items"][0]["id"] == reported["id"], "newest first"
    assert {item["status"] for item in page["items"]} == {"REPORTED"} and len(page["items"]) == 5


def test_every_write_says_its_position_in_body_and_header(town: Town) -> None:
    siti = town.person("Siti", "participant")
    [worker] = stories.enrolled_workers(town).workers
    claim = stories.report(town, worker.nik)["id"]
    form = {"claim_date": "2024-05-15", "payee": stories.PAYEE, "effective_on": "2024-05-15"}
    answer = siti.call("POST", f"/v1/claims/{claim}/steps/file", json=form)
    assert answer.headers["jaminan-position"] == str(answer.json()["position"])
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    programme = town.person("dinas", "sponsor_officer").call("POST", "/v1/programmes", json=stories.PROGRAMME)
    assert programme.headers["jaminan-position"] == str(programme.json()["position"])


def test_each_list_moves_with_the_log(town: Town, auditor: Person) -> None:
    """Also for events that it does not read: otherwise whoever waits for them would wait in vain."""
    place = stories.enrolled_workers(town)
    position = stories.pay(town, place, ["2023-09"])["position"]
    for path in ("/v1/claims", "/v1/enrollments", "/v1/worklist", f"/v1/programmes/{place.programme}/ledger"):
        assert auditor.get(path, min_position=position)["position"] >= position, path
    member = auditor.get("/v1/enrollments", roster=place.roster, min_position=position)["items"][0]
    assert member["status"] == "ACTIVE"


def test_a_case_is_always_fresh(town: Town, auditor: Person) -> None:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    stories.file(town, claim)
    for desk in (
        stories.verify,
        lambda *of: stories.take(town.person("Agus", "calculator"), of[1], "calculate"),
    ):
        answer = desk(town, claim)
        view = auditor.get(f"/v1/claims/{claim}")
        assert (view["version"], view["status"]) == (answer["version"], answer["status"])


@pytest.mark.parametrize("path", ["/v1/claims", "/v1/enrollments", "/v1/worklist", "/v1/deadlines"])
def test_a_position_far_ahead_is_busy_and_says_when_to_ask_again(auditor: Person, path: str) -> None:
    begun = time.monotonic()
    answer = auditor.call("GET", path, headers={"Jaminan-Min-Position": str(FAR_AHEAD)})
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["position"] == FAR_AHEAD and answer.json()["reached"] < FAR_AHEAD
    assert time.monotonic() - begun < 5, "the wait is bounded"

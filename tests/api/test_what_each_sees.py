"""Histories, flags and the worklist: what each person sees of the same facts."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from projections.page import read_cursor
from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 8)
    stories.pay(town, place, stories.MONTHS[:2])
    return place


@pytest.fixture(scope="module")
def member(town: Town, place: stories.Enrolled) -> str:
    return stories.member(town, place.workers[0].nik)


@pytest.fixture(scope="module")
def auditor(town: Town) -> Person:
    return town.person("pemeriksa", "auditor")


@pytest.fixture(scope="module")
def siti(town: Town) -> Person:
    return town.person("Siti", "participant")


class TestTheHistoryOfAMember:
    """It shows the payments of the programme that mean this member, beside what happened to the membership."""

    def test_it_shows_the_payments_that_mean_the_member(
        self, town: Town, place: stories.Enrolled, member: str, auditor: Person
    ) -> None:
        other = stories.member(town, place.workers[1].nik)
        months = stories.MONTHS[2:3]
        stories.pay(town, place, months, paid_on="2023-11-10", enrollment_ids=[other])
        paid = "programme.contribution_received"
        of_other = [
            item for item in stories.history(auditor, f"enrollments/{other}") if item["event"] == paid
        ]
        of_member = [
            item for item in stories.history(auditor, f"enrollments/{member}") if item["event"] == paid
        ]
        assert [item["data"]["months"] for item in of_other] == [stories.MONTHS[:2], months]
        assert [item["data"]["months"] for item in of_member] == [stories.MONTHS[:2]]
        [payment] = of_member
        assert payment["version"] is None and payment["actor"] == "kas daerah"
        assert (payment["step"], payment["role"], payment["effective_on"]) == (
            "receive_contribution",
            "finance",
            "2023-09-11",
        )

    def test_its_items_have_the_shape_of_every_history(
        self, place: stories.Enrolled, member: str, auditor: Person
    ) -> None:
        told = stories.history(auditor, f"enrollments/{member}")
        [programme, *_] = stories.history(auditor, f"programmes/{place.programme}")
        assert all(item.keys() == programme.keys() for item in told)
        assert [item["position"] for item in told] == sorted({item["position"] for item in told})
        versions = [item["version"] for item in told if item["version"] is not None]
        assert versions == list(range(1, len(versions) + 1))
        registered = next(item for item in told if item["event"] == "enrollment.member_registered")
        assert (registered["from"], registered["to"], registered["role"]) == (
            "DECREED",
            "REGISTERED",
            "intake",
        )

    def test_evidence_is_named_by_code_and_hash(
        self, town: Town, place: stories.Enrolled, auditor: Person
    ) -> None:
        member = stories.member(town, place.workers[6].nik)
        paper = town.person("dinas", "sponsor_officer").upload(
            f"/v1/enrollments/{member}/documents", "ENR_PKS"
        )
        added = stories.history(auditor, f"enrollments/{member}")[-1]
        assert added["evidence"] == [{"code": "ENR_PKS", "sha256": paper["sha256"]}]
        received = stories.history(auditor, f"rosters/{place.roster}")[0]
        assert [one["code"] for one in received["evidence"]] == ["ENR_LIST"]

    def test_as_of_an_instant_it_is_the_beginning(self, member: str, auditor: Person) -> None:
        told = stories.history(auditor, f"enrollments/{member}")
        for instant in {item["recorded_at"] for item in told}:
            page = auditor.get(f"/v1/enrollments/{member}/history", as_of=instant)
            assert page["items"] == [item for item in told if item["recorded_at"] <= instant]
        answer = auditor.call(
            "GET", f"/v1/enrollments/{member}/history", params={"as_of": "2016-01-01T00:00:00Z"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


class TestWhatAFamilyReads:
    """Who did it by role, no flags, no attempts of others."""

    def test_the_history_of_a_family_names_no_staff(
        self, town: Town, place: stories.Enrolled, siti: Person, auditor: Person
    ) -> None:
        claim = str(stories.report(town, place.workers[3].nik, "2023-10-10")["id"])
        stories.file(town, claim)
        stories.verify(town, claim)
        for who in (siti, town.person("Budi", "intake")):
            who.refused(f"/v1/claims/{claim}/steps/close", status=403, code="not_your_role")
        whole, reduced = (stories.history(one, f"claims/{claim}") for one in (auditor, siti))
        attempts = [item["actor"] for item in whole if item["event"] == "attempt.refused"]
        assert attempts == ["Siti", "Budi"]
        expected = [item for item in whole if item["event"] != "attempt.refused" or item["actor"] == "Siti"]
        assert [item["position"] for item in reduced] == [item["position"] for item in expected]
        assert {item["actor"] for item in whole} == {"Siti", "Budi", "Rina"}
        assert {item["actor"] for item in reduced} == {"Siti", "intake", "verifier"}
        assert not any(item["flags"] for item in reduced)
        for seen, known in zip(reduced, expected, strict=True):
            office_only = {"actor": "", "flags": []}
            data = {name: value for name, value in known["data"].items() if name != "flag_reasons"}
            assert seen | office_only == known | office_only | {"data": data}

    def test_flags_are_for_the_office(self, town: Town, place: stories.Enrolled, siti: Person) -> None:
        """An account in another name is a flag."""
        claim = str(stories.report(town, place.workers[4].nik, "2023-10-10")["id"])
        stories.file(town, claim, payee=stories.PAYEE | {"account_name": "ORANG LAIN"})
        office = town.person("Budi", "intake")
        flags = office.get(f"/v1/claims/{claim}")["flags"]
        flagged = [item for item in stories.history(office, f"claims/{claim}") if item["flags"]]
        assert flags and flagged
        assert siti.get(f"/v1/claims/{claim}")["flags"] == []
        assert not [item for item in stories.history(siti, f"claims/{claim}") if item["flags"]]
        assert not [item for item in siti.all("/v1/worklist", limit=200) if item["flags"]]


def test_a_short_account_number_is_hidden_whole(town: Town, place: stories.Enrolled) -> None:
    claim = str(stories.report(town, place.workers[5].nik, "2023-10-10")["id"])
    stories.file(town, claim, payee=stories.PAYEE | {"account_number": "1234"})
    [payee] = town.person("Budi", "intake").get(f"/v1/claims/{claim}")["payees"]
    assert payee["account_number"] == "****"


def test_a_familys_worklist_has_full_pages_and_no_strangers_case(town: Town, place: stories.Enrolled) -> None:
    """Between the cases of one family lie those of another; no page has a gap and no cursor names them."""
    own: dict[str, list[str]] = {"Tuti": [], "Maman": []}
    position = 0
    for n, worker in enumerate(stories.enrolled_workers(town, 6).workers):
        name = "Tuti" if n % 2 else "Maman"
        body: dict[str, Any] = {
            "nik": worker.nik,
            "event_on": "2024-05-10",
            "cause": "illness",
            "reported_by": {"name": name, "relation": "sibling"},
        }
        answer = town.person(name, "participant").post("/v1/claims", body, status=201)
        own[name].append(answer["id"])
        position = answer["position"]
    for name, ids in own.items():
        pages, cursor = [], None
        while True:
            query = {"limit": 1, "min_position": position} | ({"cursor": cursor} if cursor else {})
            page = town.person(name, "participant").get("/v1/worklist", **query)
            pages.append([item["case_id"] for item in page["items"]])
            if (cursor := page["next"]) is None:
                break
            named = read_cursor("worklist", cursor, tuple[str, str, UUID])
            assert named is not None and [str(named[2])] == pages[-1]
        assert pages == [[id_] for id_ in ids], msgspec.json.encode(pages)

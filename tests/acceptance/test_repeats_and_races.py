"""What is sent twice happens once, and of many who want the same at once exactly one gets it."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

AMOUNT = 42_000_000


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 6)
    stories.pay(town, place, stories.MONTHS)
    return place


def at_once(calls: Sequence[Callable[[], httpx2.Response]]) -> list[httpx2.Response]:
    """Make all calls in the same moment, each in a thread of its own."""
    start = Barrier(len(calls))

    def call(one: Callable[[], httpx2.Response]) -> httpx2.Response:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(call, calls))


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


class TestTheSameRequestAgain:
    def test_a_report_sent_twice_is_one_claim(self, town: Town, place: stories.Enrolled) -> None:
        siti, headers = town.person("Siti", "participant"), key()
        body = _report(place.workers[0].nik)
        first = siti.call("POST", "/v1/claims", json=body, headers=headers)
        stories.file(town, first.json()["id"])
        again = siti.call("POST", "/v1/claims", json=body, headers=headers)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json(), "the first answer, though the claim has moved on"
        assert (again.headers["etag"], first.headers["etag"]) == ('"1"', '"1"')
        other = body | {"cause": "suicide"}
        siti.refused("/v1/claims", other, status=422, code="idempotency_key_reused", headers=headers)

    def test_a_step_sent_twice_is_one_event(self, town: Town, place: stories.Enrolled) -> None:
        claim = str(stories.calculated(town, place.workers[1].nik)["id"])
        dewi, headers = town.person("Dewi", "approver_1"), key()
        path = f"/v1/claims/{claim}/steps/approve"
        first = dewi.call("POST", path, json={"amount": AMOUNT}, headers=headers)
        stories.order(town, claim)
        again = dewi.call("POST", path, json={"amount": AMOUNT}, headers=headers)
        assert first.status_code == again.status_code == 200
        assert first.json() == again.json()
        assert _count(dewi, claim, "claim.approved") == 1
        dewi.refused(path, {"amount": 1}, status=422, code="idempotency_key_reused", headers=headers)
        other = f"/v1/claims/{claim}/steps/return_calculation"
        dewi.refused(other, {"reason": "x"}, status=422, code="idempotency_key_reused", headers=headers)
        assert not [i for i in stories.history(dewi, f"claims/{claim}") if i["event"] == "attempt.refused"]

    def test_the_key_of_another_person_is_another_key(self, town: Town, place: stories.Enrolled) -> None:
        claim = str(stories.report(town, place.workers[2].nik)["id"])
        headers = key()
        for name, role in (("Siti", "participant"), ("Budi", "intake")):
            upload = town.person(name, role).call(
                "POST", f"/v1/claims/{claim}/documents", files=_paper(), data={"code": "KK"}, headers=headers
            )
            assert upload.status_code == 201
        assert _count(town.person("Budi", "intake"), claim, "claim.document_added") == 2

    def test_a_refusal_is_not_remembered(self, town: Town, place: stories.Enrolled) -> None:
        claim = str(stories.report(town, place.workers[3].nik)["id"])
        budi, headers = town.person("Budi", "intake"), key()
        path = f"/v1/claims/{claim}/steps/confirm_complete"
        budi.refused(path, status=409, code="step_not_open", headers=headers)
        stories.file(town, claim)
        assert budi.post(path, headers=headers)["status"] == "COMPLETE"

    def test_a_paper_sent_twice_is_one_event(self, town: Town, place: stories.Enrolled) -> None:
        claim = str(stories.report(town, place.workers[4].nik)["id"])
        siti, headers = town.person("Siti", "participant"), key()
        path = f"/v1/claims/{claim}/documents"
        first, again = (
            siti.call("POST", path, files=_paper(), data={"code": "KK"}, headers=headers) for _ in range(2)
        )
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        other = {"file": ("KK.pdf", b"%PDF another", "application/pdf")}
        answer = siti.call("POST", path, files=other, data={"code": "KK"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        assert _count(siti, claim, "claim.document_added") == 1

    def test_a_payment_and_a_step_of_a_list_sent_twice_are_one(self, town: Town) -> None:
        programme = stories.open_programme(town)
        people = stories.workers(3)
        roster = stories.send_list(town, programme, stories.list_with(people))["id"]
        dinas, headers = town.person("dinas", "sponsor_officer"), key()
        dinas.upload(f"/v1/rosters/{roster}/documents", "ENR_PKS")
        path = f"/v1/rosters/{roster}/steps/propose"
        first = dinas.post(path, {"effective_on": "2023-09-01"}, headers=headers)
        again = dinas.post(path, {"effective_on": "2023-09-01"}, headers=headers)
        assert (first["done"], again["done"]) == (3, 3) and first["request_id"] == again["request_id"]
        assert len(dinas.get(f"/v1/rosters/{roster}")["steps"]) == 1
        dinas.refused(path, {"rows": [1]}, status=422, code="idempotency_key_reused", headers=headers)
        once_more = dinas.post(path)
        assert once_more["done"] == 0 and {row["code"] for row in once_more["refused"]} == {"step_not_open"}


class TestRaces:
    def test_of_64_proposals_of_one_person_exactly_one_stands(self, town: Town) -> None:
        programme = stories.open_programme(town)
        [worker] = stories.workers(1)
        dinas = town.person("dinas", "sponsor_officer")
        body = {"programme_id": programme, "effective_on": "2023-09-01", "person": worker.columns}
        begun = at_once([lambda: dinas.call("POST", "/v1/enrollments", json=body)] * 64)
        assert {answer.status_code for answer in begun} == {201}
        drafts = [answer.json()["id"] for answer in begun]
        assert len(set(drafts)) == 64
        for draft in drafts:
            dinas.upload(f"/v1/enrollments/{draft}/documents", "ENR_PKS")

        def propose(draft: str) -> Callable[[], httpx2.Response]:
            return lambda: dinas.call("POST", f"/v1/enrollments/{draft}/steps/propose", json={})

        answers = at_once([propose(draft) for draft in drafts])
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 63}
        [won] = [answer.json() for answer in answers if answer.status_code == 200]
        assert won["status"] == "PROPOSED"
        lost = [answer.json() for answer in answers if answer.status_code == 409]
        assert {problem["code"] for problem in lost} == {"duplicate"}
        assert {problem["existing_id"] for problem in lost} == {won["id"]}
        found = dinas.post("/v1/enrollments/search", {"nik": worker.nik})["items"]
        assert Counter(item["status"] for item in found) == {"PROPOSED": 1, "DRAFT": 63}

    def test_a_living_membership_bars_another_programme(self, town: Town, place: stories.Enrolled) -> None:
        programme = stories.open_programme(town, name="Batik lain")
        worker = place.workers[5]
        view = stories.send_list(town, programme, stories.list_with((worker,)))
        assert (view["accepted"], view["issues"][0]["code"]) == (0, "REJECT_DUPLICATE")
        dinas = town.person("dinas", "sponsor_officer")
        body = {"programme_id": programme, "effective_on": "2023-09-01", "person": worker.columns}
        draft = dinas.post("/v1/enrollments", body)["id"]
        dinas.upload(f"/v1/enrollments/{draft}/documents", "ENR_PKS")
        problem = dinas.refused(f"/v1/enrollments/{draft}/steps/propose", status=409, code="duplicate")
        found = dinas.post("/v1/enrollments/search", {"nik": worker.nik})["items"]
        assert {item["id"]: item["status"] for item in found} == {
            draft: "DRAFT",
            problem["existing_id"]: "ACTIVE",
        }

    def test_of_32_approvals_at_once_exactly_one_stands(self, town: Town) -> None:
        claim = self._calculated(town)
        dewi = town.person("Dewi", "approver_1")
        path = f"/v1/claims/{claim}/steps/approve"
        answers = at_once([lambda: dewi.call("POST", path, json={"amount": AMOUNT})] * 32)
        assert sum(answer.status_code == 200 for answer in answers) == 1
        lost = Counter(answer.json()["code"] for answer in answers if answer.status_code != 200)
        assert set(lost) <= {"step_not_open", "stale_version"} and lost.total() == 31
        assert _count(dewi, claim, "claim.approved") == 1

    def test_of_32_who_saw_the_same_version_31_are_told_that_it_is_stale(self, town: Town) -> None:
        claim = self._calculated(town)
        dewi = town.person("Dewi", "approver_1")
        seen = dewi.call("GET", f"/v1/claims/{claim}").headers["etag"]
        path = f"/v1/claims/{claim}/steps/approve"
        body = {"amount": AMOUNT}
        answers = at_once([lambda: dewi.call("POST", path, json=body, headers={"If-Match": seen})] * 32)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 31}

    def test_the_same_key_sixteen_times_at_once_is_one_event(self, town: Town) -> None:
        claim = self._calculated(town)
        dewi, headers = town.person("Dewi", "approver_1"), key()
        path = f"/v1/claims/{claim}/steps/approve"
        body = {"amount": AMOUNT}
        answers = at_once([lambda: dewi.call("POST", path, json=body, headers=headers)] * 16)
        assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
        assert len({answer.content for answer in answers}) == 1, "every one gets the same answer"
        assert _count(dewi, claim, "claim.approved") == 1

    def test_one_death_is_reported_once_however_many_report_it(self, town: Town) -> None:
        place = stories.enrolled_workers(town)
        body = _report(place.workers[0].nik)
        desk = town.person("Budi", "intake")
        answers = at_once([lambda: desk.call("POST", "/v1/claims", json=body)] * 16)
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 15}
        [won] = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        assert {a.json()["existing_id"] for a in answers if a.status_code == 409} == {won}
        assert _count(desk, won, "attempt.refused") == 15, "each second report is on record"

    def test_32_wrong_attempts_at_once_are_all_on_record(self, town: Town) -> None:
        claim = self._calculated(town)
        wati = town.person("Wati", "finance")
        path, body = f"/v1/claims/{claim}/steps/approve", {"amount": AMOUNT}
        answers = at_once([lambda: wati.call("POST", path, json=body)] * 32)
        assert Counter(answer.json()["code"] for answer in answers) == {"not_your_role": 32}
        assert _count(wati, claim, "attempt.refused") == 32

    def test_papers_added_at_once_are_all_kept(self, town: Town) -> None:
        claim = self._calculated(town)
        siti = town.person("Siti", "participant")
        before = siti.get(f"/v1/claims/{claim}")["version"]

        def add(number: int) -> Callable[[], httpx2.Response]:
            files = {"file": ("KK.pdf", b"%%PDF %d" % number, "application/pdf")}
            return lambda: siti.call(
                "POST", f"/v1/claims/{claim}/documents", files=files, data={"code": "KK"}
            )

        answers = at_once([add(number) for number in range(12)])
        assert Counter(answer.status_code for answer in answers) == {201: 12}, [a.text for a in answers]
        assert siti.get(f"/v1/claims/{claim}")["version"] == before + 12

    def _calculated(self, town: Town) -> str:
        place = stories.enrolled_workers(town)
        stories.pay(town, place, stories.MONTHS)
        return str(stories.calculated(town, place.workers[0].nik)["id"])


def _report(nik: str) -> dict[str, Any]:
    return {
        "nik": nik,
        "event_on": "2024-05-10",
        "cause": "illness",
        "reported_by": {"name": "Siti Aminah", "relation": "spouse"},
    }


def _paper() -> dict[str, Any]:
    return {"file": ("KK.pdf", b"%PDF-1.4 kartu keluarga", "application/pdf")}


def _count(person: Person, claim: str, event: str) -> int:
    return sum(item["event"] == event for item in stories.history(person, f"claims/{claim}"))

"""Standing at any past moment: a claim as of an instant, and as its facts stood on a legal day."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import CLAIM_PAPERS, Person, Town

MICROSECOND = timedelta(microseconds=1)


@dataclass
class Life:
    """A claim as people saw it after each of its events, and its history at the end."""

    id: str
    seen: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture(scope="module")
def auditor(town: Town) -> Person:
    return town.person("pemeriksa", "auditor")


@pytest.fixture(scope="module")
def life(town: Town, auditor: Person) -> Life:
    """A claim in grace: every status on the main path, a returned calculation, SYSTEM's release."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS[:6])
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    life = Life(claim)

    def look(_: object = None) -> None:
        life.seen.append(auditor.get(f"/v1/claims/{claim}"))

    look()
    siti, dewi = town.person("Siti", "participant"), town.person("Dewi", "approver_1")
    payee = stories.PAYEE | {"account_number": "1023000007777"}  # no other story moves this claim
    form = {"claim_date": "2024-05-15", "payee": payee, "effective_on": "2024-05-15"}
    look(siti.post(f"/v1/claims/{claim}/steps/file", form))
    for code in (*CLAIM_PAPERS, "MARRIAGE"):
        look(siti.upload(f"/v1/claims/{claim}/documents", code))
    look(stories.take(town.person("Budi", "intake"), claim, "confirm_complete"))
    look(stories.take(town.person("Rina", "verifier"), claim, "start_verification"))
    agus = town.person("Agus", "calculator")
    look(stories.take(agus, claim, "calculate", "2024-05-21"))
    look(stories.take(dewi, claim, "return_calculation", "2024-05-21", reason="hitung lagi"))
    look(stories.take(agus, claim, "calculate", "2024-05-21"))
    look(stories.approve(town, claim))
    look(stories.order(town, claim))
    look(stories.confirm(town, claim))
    stories.pay(town, place, stories.MONTHS[6:9], paid_on="2024-05-31")
    look(stories.wait_for_status(auditor, claim, "APPROVED"))
    look(stories.order(town, claim, "2024-06-03"))
    dewi.refused(f"/v1/claims/{claim}/steps/close", status=403, code="not_your_role")
    look(stories.confirm(town, claim, "2024-06-04"))
    look(stories.close(town, claim, "2024-06-05"))
    life.told = stories.history(auditor, f"claims/{claim}")
    return life


def _events(life: Life) -> list[dict[str, Any]]:
    return [item for item in life.told if item["version"] is not None]


def test_every_event_of_the_life_was_seen_when_it_happened(life: Life) -> None:
    assert [view["version"] for view in life.seen] == [item["version"] for item in _events(life)]
    assert [view["status"] for view in life.seen if view["status"] != life.seen[1]["status"]][-1] == "CLOSED"
    instants = [item["recorded_at"] for item in _events(life)]
    assert instants == sorted(instants) and len(set(instants)) == len(instants)


def test_as_of_each_instant_the_claim_is_what_people_saw_then(life: Life, auditor: Person) -> None:
    views = dict(zip((item["recorded_at"] for item in _events(life)), life.seen, strict=True))
    for instant, view in views.items():
        assert auditor.get(f"/v1/claims/{life.id}", as_of=instant) == view


def test_just_before_each_instant_it_is_what_they_saw_before(life: Life, auditor: Person) -> None:
    for n, item in enumerate(_events(life)):
        before = (datetime.fromisoformat(item["recorded_at"]) - MICROSECOND).isoformat()
        answer = auditor.call("GET", f"/v1/claims/{life.id}", params={"as_of": before})
        if n == 0:
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        else:
            assert answer.json() == life.seen[n - 1]
            assert answer.headers["etag"] == f'"{life.seen[n - 1]["version"]}"'


def test_the_history_as_of_an_instant_is_the_beginning_of_the_whole(life: Life, auditor: Person) -> None:
    for n, item in enumerate(life.told, 1):
        page = auditor.get(f"/v1/claims/{life.id}/history", as_of=item["recorded_at"])
        assert page["items"] == life.told[:n]
        assert page["position"] == item["position"] and page["next"] is None


def test_an_instant_may_be_told_in_any_zone(life: Life, auditor: Person) -> None:
    moment = datetime.fromisoformat(_events(life)[12]["recorded_at"])
    for hours in (7, 9, -3):
        there = moment.astimezone(timezone(timedelta(hours=hours))).isoformat()
        assert auditor.get(f"/v1/claims/{life.id}", as_of=there) == life.seen[12]
    later = auditor.get(f"/v1/claims/{life.id}", as_of="2999-01-01T00:00:00Z")
    assert later == life.seen[-1] == auditor.get(f"/v1/claims/{life.id}")


def test_on_a_legal_day_the_claim_is_what_its_facts_up_to_that_day_make_it(
    life: Life, auditor: Person
) -> None:
    """Papers were recorded with the day of upload, today; the desks with their days of May and June 2024."""
    by_day = {
        "2024-05-13": "REPORTED",
        "2024-05-14": "REPORTED",
        "2024-05-15": "FILED",
        "2024-05-19": "FILED",
        "2024-05-20": "VERIFYING",
        "2024-05-21": "PAYMENT_ORDERED",
        "2024-05-22": "HELD_ARREARS",
        "2024-06-02": "APPROVED",
        "2024-06-03": "PAYMENT_ORDERED",
        "2024-06-04": "PAID",
        "2024-06-05": "CLOSED",
        "2026-01-01": "CLOSED",
    }
    for day, status in by_day.items():
        versions = [item["version"] for item in _events(life) if item["effective_on"] <= day]
        view = auditor.get(f"/v1/claims/{life.id}", effective=day)
        assert (view["status"], view["version"]) == (status, max(versions)), day
        assert view == life.seen[max(versions) - 1]
    answer = auditor.call("GET", f"/v1/claims/{life.id}", params={"effective": "2024-05-12"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_both_clocks_together(life: Life, auditor: Person) -> None:
    """What was known at one moment about the state on a legal day."""
    complete = next(item for item in _events(life) if item["step"] == "confirm_complete")
    view = auditor.get(f"/v1/claims/{life.id}", as_of=complete["recorded_at"], effective="2024-05-21")
    assert view == life.seen[complete["version"] - 1]


def test_a_membership_has_its_past_too(life: Life, auditor: Person) -> None:
    member = life.seen[0]["enrollment_id"]
    told = stories.history(auditor, f"enrollments/{member}")
    states = [
        auditor.get(f"/v1/enrollments/{member}", as_of=item["recorded_at"])["status"]
        for item in told
        if item["to"]
    ]
    assert states == [item["to"] for item in told if item["to"]]
    begun = auditor.get(f"/v1/enrollments/{member}", as_of=told[0]["recorded_at"])
    assert begun["number"] is None and begun["coverage"]["status"] == "NOT_STARTED"

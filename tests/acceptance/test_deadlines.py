"""Deadlines over HTTP: what runs out next, whose turn it is, and what silence comes to, day by day."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from domain.working_days import CALENDAR
from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.acceptance.server import command_line, home_of_a_stranger, serving, town_of
from tests.acceptance.silent import (
    ANSWER_DUE,
    ENROLLMENT,
    PAID_IN_TIME,
    PAID_LATE,
    PAPERS_DUE,
    claim_of,
    due_of,
    silence,
)


@pytest.fixture(scope="module")
def claim(town: Town) -> str:
    """A claim whose file is complete today."""
    place = stories.enrolled_workers(town, 1)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    stories.file(town, claim)
    town.person("Budi", "intake").post(f"/v1/claims/{claim}/steps/confirm_complete")
    return claim


@pytest.fixture
def rina(town: Town) -> Person:
    return town.person("Rina", "verifier")


def of(page: dict[str, Any], case: str) -> dict[str, Any]:
    item: dict[str, Any]
    [item] = [item for item in page["items"] if item["case_id"] == case]
    return item


def test_a_clock_says_whose_turn_it_is_and_how_many_working_days_are_left(rina: Person, claim: str) -> None:
    view = rina.get(f"/v1/claims/{claim}")
    page = rina.get("/v1/deadlines", min_position=view["position"], kind="claim", clock="pay_3wd", limit=200)
    item, [clock] = of(page, claim), view["clocks"]
    assert (item["kind"], item["number"], item["status"], item["area_code"]) == (
        "claim",
        view["number"],
        "COMPLETE",
        "3375",
    )
    assert (item["label_id"], item["label_en"]) == ("Bayar dalam 3 hari kerja", "Pay within 3 working days")
    assert (item["article"], item["waiting_on"], item["state"]) == ("PP 44/2015 Art. 40(3)", "us", "running")
    assert (item["started_on"], item["due_on"]) == (clock["on"], clock["due_on"])
    if CALENDAR.covers(date.fromisoformat(page["today"])) and clock["due_on"] is not None:
        assert (item["days_left"], item["unit"]) == (3, "working_days")
    assert item["missed_en"].startswith("Compensation") and item["consequence"] is None
    assert item["version"] == view["version"]


def test_filters_and_counts(rina: Person, claim: str) -> None:
    position = rina.get(f"/v1/claims/{claim}")["position"]
    everything = rina.get("/v1/deadlines", min_position=position, limit=1)
    assert sum(everything["counts"].values()) >= 1
    for due, count in everything["counts"].items():
        assert len(rina.all("/v1/deadlines", due=due, limit=200)) == count
    days = [item["due_on"] for item in rina.all("/v1/deadlines", limit=3) if item["state"] != "paused"]
    assert days == sorted(days, key=lambda day: day or "9999-12-31")
    assert all(item["waiting_on"] == "us" for item in rina.all("/v1/deadlines", waiting_on="us"))
    assert rina.get("/v1/deadlines", area="9171")["items"] == []
    for query in ({"clock": "pay_4wd"}, {"due": "whenever"}, {"kind": "roster"}, {"waiting_on": "nobody"}):
        refusal = rina.call("GET", "/v1/deadlines", params=query)
        assert (refusal.status_code, refusal.json()["code"]) == (422, "invalid"), query
        assert refusal.json()["field"] == next(iter(query))


def test_deadlines_are_for_the_staff_within_their_mandate(town: Town, claim: str) -> None:
    siti = town.person("Siti", "participant").call("GET", "/v1/deadlines")
    assert (siti.status_code, siti.json()["code"]) == (403, "not_your_role")
    ward = town.person("lurah Medono", "ward_verifier", area="337501/Medono")
    assert {item["kind"] for item in ward.get("/v1/deadlines")["items"]} <= {"enrollment"}


# -- what silence comes to, in a log of long ago


@pytest.fixture
def silent_town() -> Iterator[Town]:
    with home_of_a_stranger() as folder:
        asyncio.run(silence(folder / "home", claims=30))
        with serving(folder) as running, town_of(running) as people:
            yield people


def day_begins(town: Town, day: date) -> int:
    done = command_line(town.home, "watch", "--day", day.isoformat())
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[0])


def test_silence_has_its_end_each_on_its_day_and_a_server_that_slept_makes_up_for_it(
    silent_town: Town,
) -> None:
    town = silent_town
    auditor = town.person("pemeriksa", "auditor")
    page = auditor.get("/v1/deadlines", limit=200)
    assert len(page["items"]) == 31 and page["counts"]["overdue"] == 31
    assert page["items"][0]["clock"] == "answer_14d"
    assert page["items"][0]["days_left"] == (ANSWER_DUE - date.fromisoformat(page["today"])).days < 0

    assert day_begins(town, ANSWER_DUE) == 0, "what comes on the due day is in time"
    assert day_begins(town, ANSWER_DUE + timedelta(days=1)) == 2
    assert auditor.get(f"/v1/enrollments/{ENROLLMENT}")["status"] == "REJECTED"

    assert day_begins(town, PAPERS_DUE) == 0
    assert day_begins(town, PAPERS_DUE + timedelta(days=1)) == 20, "ten claims: each a fact and a step"
    assert auditor.get(f"/v1/claims/{claim_of(0)}")["status"] == "CLOSED"
    assert auditor.get(f"/v1/claims/{claim_of(10)}")["status"] == "INCOMPLETE"
    assert day_begins(town, PAPERS_DUE + timedelta(days=11)) == 40, "ten days asleep"
    assert day_begins(town, PAPERS_DUE + timedelta(days=11)) == 0

    missed = []
    for n in range(30):
        history = stories.history(auditor, f"claims/{claim_of(n)}")
        [fact], [step] = (
            [item for item in history if item["step"] == name] for name in ("miss_clock", "lapse_incomplete")
        )
        assert fact["data"]["due_on"] == due_of(n).isoformat()
        assert fact["effective_on"] == (due_of(n) + timedelta(days=1)).isoformat()
        assert fact["position"] < step["position"]
        missed.append((fact["position"], fact["data"]["due_on"]))
    assert [due for _, due in sorted(missed)] == [due_of(n).isoformat() for n in range(30)], "in due order"
    position = max(position for position, _ in missed)
    assert auditor.get("/v1/deadlines", min_position=position)["items"] == []


def test_paid_claims_are_closed_unless_compensation_is_owed_and_a_person_may_close_those() -> None:
    with home_of_a_stranger() as folder:
        asyncio.run(silence(folder / "home", claims=0, paid=True))
        with serving(folder) as running, town_of(running) as town:
            finance = town.person("Joko", "finance")
            assert day_begins(town, PAPERS_DUE) == 2, "the proposal of long ago"
            assert day_begins(town, PAPERS_DUE + timedelta(days=1)) == 3, "both are missed, one is closed"
            assert finance.get(f"/v1/claims/{PAID_IN_TIME}")["status"] == "CLOSED"
            owed = finance.get(f"/v1/claims/{PAID_LATE}")
            assert (owed["status"], owed["penalty"]["due"] > 0) == ("PAID", True)
            [item] = finance.get("/v1/deadlines", min_position=owed["position"])["items"]
            assert (item["clock"], item["state"], item["consequence"]) == ("close_30d", "missed", "close")
            assert day_begins(town, PAPERS_DUE + timedelta(days=40)) == 0
            answer = finance.post(f"/v1/claims/{PAID_LATE}/steps/close")
            assert answer["status"] == "CLOSED"
            assert finance.get("/v1/deadlines", min_position=answer["position"])["items"] == []


def test_two_that_tell_the_same_day_at_once_do_it_once(silent_town: Town) -> None:
    with ThreadPoolExecutor() as both:
        told = list(both.map(lambda _: day_begins(silent_town, PAPERS_DUE + timedelta(days=30)), range(2)))
    assert sorted(told) == [0, 62]

"""Many claims signed with one request: each judged singly, the sum shown before and after, and nothing twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

PATH = "/v1/claims/steps/approve"
BENEFIT = 42_000_000


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 14)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture(scope="module")
def another(town: Town, place: stories.Enrolled) -> Callable[[], str]:
    """Return a maker of claims that wait for their approval."""
    waiting = iter(place.workers)
    return lambda: str(stories.calculated(town, next(waiting).nik)["id"])


@pytest.fixture
def dewi(town: Town) -> Person:
    return town.person("Dewi", "approver_1")


def item(claim: str, amount: int = BENEFIT, **more: Any) -> dict[str, Any]:
    return {"id": claim, "amount": amount, **more}


def status_of(person: Person, claim: str) -> str:
    return str(person.get(f"/v1/claims/{claim}")["status"])


def told(answer: dict[str, Any]) -> list[str]:
    return [one["status"] or one["code"] for one in answer["outcomes"]]


def test_each_is_judged_singly_and_the_sum_is_shown_before_and_after(
    town: Town, place: stories.Enrolled, another: Callable[[], str], dewi: Person
) -> None:
    good, other, wrong_amount, moved_on = (another() for _ in range(4))
    unready = str(stories.report(town, place.workers[-1].nik)["id"])
    version = dewi.get(f"/v1/claims/{other}")["version"]
    nobodys = str(uuid4())
    items = [
        item(good),
        item(wrong_amount, BENEFIT - 1),
        item(other, expected_version=version),
        item(moved_on, expected_version=version - 1),
        item(unready),
        item(nobodys),
        item(place.programme),
    ]
    expected = ["APPROVED", "amount_differs", "APPROVED", "stale_version", "step_not_open"] + [
        "not_found"
    ] * 2
    before = {claim: stories.history(dewi, f"claims/{claim}") for claim in (good, wrong_amount)}
    rehearsed = dewi.post(f"{PATH}?dry_run=true", {"items": items})
    assert (rehearsed["dry_run"], told(rehearsed)) == (True, expected)
    assert {claim: stories.history(dewi, f"claims/{claim}") for claim in before} == before
    done = dewi.post(PATH, {"items": items, "note": "Daftar 21 Mei", "effective_on": "2024-05-21"})
    assert (done["dry_run"], told(done)) == (False, expected)
    for answer in (rehearsed, done):
        assert answer["approved"] == {"count": 2, "sum": 2 * BENEFIT}
        assert answer["refused"] == {"count": 5, "sum": 5 * BENEFIT - 1}
    numbers = [one["number"] for one in done["outcomes"]]
    assert all(number.startswith("JKM-3375-") for number in numbers[:5]) and numbers[5:] == [None, None]
    assert all(one["message"] for one in done["outcomes"] if one["outcome"] == "refused")
    approved = stories.history(dewi, f"claims/{good}")[-1]
    assert (approved["event"], approved["actor"], approved["data"]["amount"]) == (
        "claim.approved",
        "Dewi",
        BENEFIT,
    )
    assert approved["effective_on"] == "2024-05-21"
    attempt = stories.history(dewi, f"claims/{wrong_amount}")[-1]
    assert (attempt["event"], attempt["data"]["code"]) == ("attempt.refused", "amount_differs")


def test_a_keyed_repeat_signs_nothing_twice_and_another_list_is_refused(
    another: Callable[[], str], dewi: Person
) -> None:
    first, second = another(), another()
    key = {"Idempotency-Key": str(uuid4())}
    body = {"items": [item(first), item(second, 1)]}
    answer = dewi.post(PATH, body, headers=key)
    assert told(answer) == ["APPROVED", "amount_differs"]
    stories_before = stories.history(dewi, f"claims/{first}")
    assert dewi.post(PATH, body, headers=key) == answer
    assert stories.history(dewi, f"claims/{first}") == stories_before
    for other in ({"items": [item(second)]}, {"items": [item(second, 1), item(first)]}):
        dewi.refused(PATH, other, headers=key, status=422, code="idempotency_key_reused")
    assert status_of(dewi, second) == "CALCULATED"
    assert told(dewi.post(PATH, body)) == ["step_not_open", "amount_differs"]  # without the key: judged anew


def test_two_approvers_with_one_list_sign_each_claim_once(
    town: Town, another: Callable[[], str], dewi: Person
) -> None:
    claims = [another() for _ in range(3)]
    dian = town.person("Dian", "approver_1")
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda who: who.post(PATH, {"items": [item(claim) for claim in claims]}), (dewi, dian))
        )
    assert sum(answer["approved"]["count"] for answer in answers) == 3
    assert sum(answer["approved"]["sum"] for answer in answers) == 3 * BENEFIT
    for claim in claims:
        events = [one["event"] for one in stories.history(dewi, f"claims/{claim}")]
        assert events.count("claim.approved") == 1


def test_own_work_role_and_area_are_judged_for_each(town: Town, another: Callable[[], str]) -> None:
    claim = another()
    both = town.person("Agus", "calculator")  # who calculated it
    assert told(both.post(PATH, {"items": [item(claim)]})) == ["not_your_role"]
    today = (datetime.now(UTC) + timedelta(hours=7)).date()
    chair = {
        "from": "Dewi",
        "to": "Agus",
        "role": "approver_1",
        "period": {"from": str(today), "to": str(today + timedelta(days=1))},
        "decree": "SPT-1",
        "kind": "plh",
    }
    admin = town.person("Tata Usaha", "admin")
    delegation = admin.post("/v1/delegations", chair)["id"]
    assert told(both.post(PATH, {"items": [item(claim)]})) == ["same_person"]
    admin.post(f"/v1/delegations/{delegation}/revoke", {"reason": "selesai"})
    elsewhere = town.person("Kabid Tegal", "approver_1", area="3376")
    [outcome] = elsewhere.post(PATH, {"items": [item(claim)]})["outcomes"]
    assert (outcome["code"], outcome["number"]) == ("outside_area", None)
    family = town.person("Siti", "participant")
    family.refused(PATH, {"items": [item(claim)]}, status=403, code="not_your_role")


def test_endorsements_may_be_given_together(town: Town, dewi: Person) -> None:
    """The list's decree came after the deaths, so two people sign each."""
    place = stories.enrolled_workers(town, 2, issued_on="2024-05-15")
    stories.pay(town, place, stories.MONTHS)
    claims = [str(stories.calculated(town, worker.nik)["id"]) for worker in place.workers]
    items = {"items": [item(claim) for claim in claims]}
    kepala = town.person("Kepala", "approver_2")
    assert told(kepala.post(PATH, items)) == ["guard_failed"] * 2
    assert told(dewi.post("/v1/claims/steps/endorse", items)) == ["CALCULATED"] * 2
    assert told(dewi.post(PATH, items)) == ["same_person"] * 2
    answer = kepala.post(PATH, items)
    assert (told(answer), answer["approved"]["sum"]) == (["APPROVED"] * 2, 2 * BENEFIT)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "items"),
        ({"items": []}, "items"),
        ({"items": [{"id": str(uuid4())}]}, "items[0].amount"),
        ({"items": [{"id": "x", "amount": 1}]}, "items[0].id"),
        ({"items": [{"id": str(uuid4()), "amount": "1"}]}, "items[0].amount"),
        ({"items": [{"id": str(uuid4()), "amount": 1}] * 2}, "items"),
        ({"items": [{"id": str(uuid4()), "amount": 1} for _ in range(201)]}, "items"),
        ({"items": [{"id": str(uuid4()), "amount": 1}], "reason": "x"}, "reason"),
    ],
)
def test_a_list_that_does_not_read_is_refused_whole(dewi: Person, body: dict[str, Any], field: str) -> None:
    assert dewi.refused(PATH, body, status=422, code="invalid")["field"] == field


def test_no_other_step_is_taken_so(dewi: Person) -> None:
    body = {"items": [item(str(uuid4()))]}
    dewi.refused("/v1/claims/steps/order_payment", body, status=404, code="not_found")

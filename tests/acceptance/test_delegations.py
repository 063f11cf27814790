"""An approver on leave: somebody fills the chair for a week, and everything the law says of persons still holds."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

TODAY = (datetime.now(UTC) + timedelta(hours=7)).date()
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 6)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture
def admin(town: Town) -> Person:
    return town.person("Tata Usaha", "admin")


def claim_of(town: Town, place: stories.Enrolled, row: int) -> str:
    return str(stories.calculated(town, place.workers[row].nik)["id"])


def delegation(to: str, role: str = "approver_1", days: int = 5, **more: Any) -> dict[str, Any]:
    return {
        "from": "Dewi",
        "to": to,
        "role": role,
        "area": "3375",
        "period": {"from": str(TODAY - DAY), "to": str(TODAY + days * DAY)},
        "decree": "SPT-800/117/2024",
        "kind": "plh",
    } | more


def test_a_delegate_approves_in_the_chair_and_the_history_says_so(
    town: Town, place: stories.Enrolled, admin: Person
) -> None:
    claim = claim_of(town, place, 0)
    surya = town.person("Surya", "verifier")
    path, amount = f"/v1/claims/{claim}/steps/approve", {"amount": 42_000_000}
    surya.refused(path, amount, status=403, code="not_your_role")
    assert surya.get(f"/v1/claims/{claim}")["open_steps"] == []
    granted = admin.post("/v1/delegations", delegation("Surya"), status=201)
    assert (granted["version"], granted["revoked"]) == (1, False)
    assert "approve" in surya.get(f"/v1/claims/{claim}")["open_steps"]
    [step] = [one for one in surya.get(f"/v1/claims/{claim}/steps")["items"] if one["step"] == "approve"]
    assert step["open"] and step["code"] is None
    [item] = [one for one in surya.all("/v1/worklist", limit=200) if one["case_id"] == claim]
    assert set(item["steps"]) >= {"approve", "return_calculation"}
    assert surya.post(path, amount)["status"] == "APPROVED"
    told = stories.history(admin, f"claims/{claim}")[-1]
    assert (told["actor"], told["role"], told["delegation"]) == ("Surya", "approver_1", granted["id"])
    siti = town.person("Siti", "participant")
    told = stories.history(siti, f"claims/{claim}")[-1]
    assert (told["actor"], told["role"], told["delegation"]) == ("approver_1", "approver_1", None)


def test_a_revoked_delegation_opens_nothing_from_its_answer_on(
    town: Town, place: stories.Enrolled, admin: Person
) -> None:
    claim = claim_of(town, place, 1)
    tegar = town.person("Tegar", "verifier")
    granted = admin.post("/v1/delegations", delegation("Tegar"), status=201)["id"]
    path = f"/v1/delegations/{granted}"
    assert tegar.get(path)["in_force"]
    tegar.refused(f"{path}/revoke", {"reason": "?"}, status=403, code="not_your_role")
    admin.refused(f"{path}/revoke", {"reason": " "}, status=422, code="invalid")
    assert admin.post(f"{path}/revoke", {"reason": "Kembali lebih awal"})["revoked"]
    amount = {"amount": 42_000_000}
    tegar.refused(f"/v1/claims/{claim}/steps/approve", amount, status=403, code="not_your_role")
    assert tegar.get(f"/v1/claims/{claim}")["open_steps"] == []
    admin.refused(f"{path}/revoke", {"reason": "lagi"}, status=409, code="guard_failed")
    view = admin.get(path)
    assert (view["revoked"], view["in_force"], view["version"]) == (True, False, 2)
    told = stories.history(tegar, f"delegations/{granted}")
    assert [item["event"] for item in told] == [
        "delegation.granted",
        "attempt.refused",
        "delegation.revoked",
    ]
    assert told[-1]["data"] == {"reason": "Kembali lebih awal"}


def test_a_delegation_of_other_days_opens_nothing(town: Town, place: stories.Enrolled, admin: Person) -> None:
    claim = claim_of(town, place, 2)
    umi = town.person("Umi", "verifier")
    for first, last in ((TODAY - 9 * DAY, TODAY - DAY), (TODAY + 2 * DAY, TODAY + 9 * DAY)):
        admin.post("/v1/delegations", delegation("Umi", period={"from": str(first), "to": str(last)}))
    amount = {"amount": 42_000_000, "effective_on": str(TODAY - 3 * DAY)}
    umi.refused(f"/v1/claims/{claim}/steps/approve", amount, status=403, code="not_your_role")
    listed = umi.get("/v1/delegations", person="Umi", active_on=str(TODAY - 3 * DAY))["items"]
    assert [one["to"] for one in listed] == ["Umi"]
    assert umi.get("/v1/delegations", person="Umi", active_on=str(TODAY))["items"] == []
    assert len(umi.all("/v1/delegations", person="Umi", limit=1)) == 2


def test_own_work_is_not_approved_from_a_chair(town: Town, place: stories.Enrolled, admin: Person) -> None:
    claim = claim_of(town, place, 3)
    agus = town.person("Agus", "calculator")  # who calculated it
    granted = admin.post("/v1/delegations", delegation("Agus"))["id"]
    problem = agus.refused(
        f"/v1/claims/{claim}/steps/approve", {"amount": 42_000_000}, status=403, code="same_person"
    )
    assert problem["earlier_step"] == "calculate"
    attempt = stories.history(admin, f"claims/{claim}")[-1]
    assert (attempt["event"], attempt["actor"], attempt["role"], attempt["delegation"]) == (
        "attempt.refused",
        "Agus",
        "approver_1",
        granted,
    )
    listed = [one["steps"] for one in agus.all("/v1/worklist", limit=200) if one["case_id"] == claim]
    assert not [steps for steps in listed if {"approve", "endorse", "return_calculation"} & set(steps)]
    admin.post(f"/v1/delegations/{granted}/revoke", {"reason": "selesai"})


def test_a_chair_in_another_area_is_seen_there_and_only_there(
    town: Town, place: stories.Enrolled, admin: Person
) -> None:
    claim = claim_of(town, place, 4)
    wira = town.person("Wira", "verifier", area="3374")
    assert wira.call("GET", f"/v1/claims/{claim}").status_code == 403
    admin.post("/v1/delegations", delegation("Wira"))
    assert wira.get(f"/v1/claims/{claim}")["open_steps"]
    assert claim in [one["case_id"] for one in wira.all("/v1/worklist", limit=200)]
    path = f"/v1/claims/{claim}/steps"
    wira.refused(f"{path}/withdraw_step", {"reason": "x"}, status=409, code="step_not_open")
    assert stories.take(wira, claim, "return_calculation", reason="Periksa lagi")["status"] == "VERIFYING"
    wira.refused(f"{path}/order_field_check", status=403, code="outside_area")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"to": "Dewi"}, "to"),
        ({"to": "Tata Usaha"}, "to"),
        ({"decree": "  "}, "decree"),
        ({"role": "admin"}, "role"),
        ({"role": "auditor"}, "role"),
        ({"role": "system"}, "role"),
        ({"role": "participant"}, "role"),
        ({"kind": "acting"}, "kind"),
        ({"period": {"from": "2024-06-07", "to": "2024-06-03"}}, "period.to"),
        ({"area": "Kota"}, "area"),
        ({"since": "2024-06-07"}, "since"),
    ],
)
def test_what_is_not_delegated(admin: Person, more: dict[str, Any], field: str) -> None:
    problem = admin.refused("/v1/delegations", delegation("Xena") | more, status=422, code="invalid")
    assert problem["field"] == field


def test_only_admin_delegates_and_only_in_the_own_area(town: Town) -> None:
    for role in ("approver_2", "auditor", "participant"):
        person = town.person(f"Bukan admin {role}", role)
        person.refused("/v1/delegations", delegation("Yani"), status=403, code="not_your_role")
    of_area = town.person("Tata Usaha 3375", "admin", area="3375")
    for area in (None, "3374", "33"):
        of_area.refused("/v1/delegations", delegation("Yani", area=area), status=403, code="outside_area")
    key = {"Idempotency-Key": str(uuid4())}
    first = of_area.post("/v1/delegations", delegation("Yani"), headers=key, status=201)
    assert of_area.post("/v1/delegations", delegation("Yani"), headers=key, status=201) == first
    other = delegation("Zaki")
    of_area.refused("/v1/delegations", other, headers=key, status=422, code="idempotency_key_reused")
    family = town.person("Siti", "participant")
    assert family.call("GET", "/v1/delegations").json()["code"] == "not_your_role"
    assert family.call("GET", f"/v1/delegations/{first['id']}").json()["code"] == "not_your_role"
    assert of_area.call("GET", f"/v1/delegations/{uuid4()}").json()["code"] == "not_found"
    of_area.post(f"/v1/delegations/{first['id']}/revoke", {"reason": "selesai"})


def test_a_list_is_carried_on_from_a_chair(town: Town, admin: Person) -> None:
    """Own roles do not fit the step of the members, the chair does; each member's event names the delegation."""
    programme = stories.open_programme(town)
    workers = stories.workers(1)
    roster = stories.send_list(town, programme, stories.list_with(workers))["id"]
    nanang = town.person("Nanang", "intake")
    path = f"/v1/rosters/{roster}/steps/propose"
    nanang.refused(path, status=403, code="not_your_role")
    granted = admin.post("/v1/delegations", delegation("Nanang", "sponsor_officer"))["id"]
    nanang.upload(f"/v1/rosters/{roster}/documents", "ENR_PKS")
    done = nanang.post(path)
    assert (done["done"], done["refused"]) == (1, [])
    requested = [
        one for one in stories.history(nanang, f"rosters/{roster}") if "step_requested" in one["event"]
    ]
    assert [(one["role"], one["delegation"]) for one in requested] == [("sponsor_officer", granted)]
    member = stories.member(town, workers[0].nik)
    proposed = stories.history(nanang, f"enrollments/{member}")[-1]
    assert (proposed["event"], proposed["actor"], proposed["role"], proposed["delegation"]) == (
        "enrollment.worker_proposed",
        "Nanang",
        "sponsor_officer",
        granted,
    )
    opened = nanang.post("/v1/programmes", stories.PROGRAMME, status=201)["id"]
    [told] = stories.history(nanang, f"programmes/{opened}")
    assert (told["role"], told["delegation"]) == ("sponsor_officer", granted)

"""A list whose money came too late: lapsed by the day, enrolled again, covered from then on, on a server of its own."""

from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.acceptance.test_days import day_begins
from tests.acceptance.test_suspensions import active


@pytest.fixture(scope="module")
def town(own_town: Town) -> Town:
    """A town of its own: days begin for every member whom a story knows."""
    return own_town


@pytest.fixture(scope="module")
def lapsed(town: Town) -> tuple[stories.Enrolled, list[str]]:
    """Six workers, paid for September 2023 alone; the watch wrote down their lapse on the first of January."""
    place = stories.enrolled_workers(town, 6)
    stories.pay(town, place, ["2023-09"])
    desk = town.person("pendaftaran", "intake")
    members = [stories.member(town, one.nik) for one in place.workers]
    for one in members:
        active(desk, one)
    assert day_begins(town, "2024-01-02") == "12 facts written"
    return place, members


def reenroll(desk: Person, member: str, on: str = "2024-02-10", **fields: Any) -> dict[str, Any]:
    return desk.post(f"/v1/enrollments/{member}/steps/reenroll", {"effective_on": on, **fields})


def test_money_after_the_lapse_is_for_who_enrolled_again(
    town: Town, lapsed: tuple[stories.Enrolled, list[str]]
) -> None:
    place, members = lapsed
    first, left, dead = members[0], members[3], members[4]
    desk, kas = town.person("pendaftaran", "intake"), town.person("kas daerah", "finance")
    pay = f"/v1/programmes/{place.programme}/contributions"
    body = {"roster_id": place.roster, "months": ["2024-02"], "amount": 6 * 16_800, "reference": "LATE"}
    late = kas.refused(pay, body | {"paid_on": "2024-02-20"}, status=409, code="guard_failed")
    assert "reenroll" in late["detail"] and late["guard"] == "paid_before_lapse"

    path = f"/v1/enrollments/{first}/steps/reenroll"
    early = desk.refused(path, {"effective_on": "2023-12-31"}, status=422, code="invalid")
    assert early["field"] == "effective_on"
    ill = desk.refused(path, {"working": False}, status=409, code="guard_failed")
    assert ill["reason"] == "REJECT_NOT_WORKING"
    kas.refused(path, {}, status=403, code="not_your_role")
    [form] = [
        step for step in desk.get(f"/v1/enrollments/{first}/steps")["items"] if step["step"] == "reenroll"
    ]
    assert form["open"] and set(form["form"]["$defs"]["ReenrollMember"]["properties"]) >= {
        "working",
        "occupation",
    }

    stories.report(town, place.workers[4].nik, event_on="2024-01-20")
    gone = desk.refused(f"/v1/enrollments/{dead}/steps/reenroll", {}, status=409, code="guard_failed")
    assert gone["reason"] == "REJECT_DECEASED"

    number = desk.get(f"/v1/enrollments/{first}")["number"]
    again = reenroll(desk, first)
    assert again["status"] == "REGISTERED"
    desk.refused(path, {"effective_on": "2024-02-10"}, status=409, code="step_not_open")
    rows = {"rows": [2, 3, 5], "effective_on": "2024-02-10"}
    outcome = desk.post(f"/v1/rosters/{place.roster}/steps/reenroll", rows)
    assert (outcome["done"], [row["row"] for row in outcome["refused"]]) == (2, [5])

    invoice = f"/v1/programmes/{place.programme}/invoice"
    asked = {"roster_id": place.roster, "months": "2024-01,2024-02,2024-03"}
    owed = kas.get(invoice, paid_on="2024-02-20", **asked)
    assert owed["months"] == {"2024-01": 0, "2024-02": 3, "2024-03": 3}
    in_time = kas.get(invoice, paid_on="2023-12-30", **asked)
    assert in_time["months"]["2024-01"] == 6, "money in time is for the old spell of all"

    stories.pay(town, place, ["2024-02", "2024-03"], paid_on="2024-02-20")
    stories.pay(town, place, ["2024-04", "2024-05"], paid_on="2024-04-02")
    view = active(desk, first)
    assert (view["spell"], view["reenrolled_on"], view["number"]) == (2, "2024-02-10", number)
    # Whoever looks years later finds the spell ended by arrears again.
    assert (view["coverage"]["from"], view["coverage"]["paid_through"]) == ("2024-02-10", "2024-05")
    kept = desk.get(f"/v1/enrollments/{left}")
    assert (kept["status"], kept["coverage"]["paid_through"]) == ("LAPSED", "2023-09")
    found = desk.post("/v1/enrollments/search", {"nik": place.workers[0].nik})["items"][0]
    assert (found["spell"], found["coverage"]) == (2, view["coverage"])
    history = desk.get(f"/v1/enrollments/{left}/history")["items"]
    assert [item["event"] for item in history].count("programme.contribution_received") == 1
    history = desk.get(f"/v1/enrollments/{first}/history")["items"]
    assert [item["event"] for item in history].count("programme.contribution_received") == 3


def test_a_death_between_the_spells_is_not_covered(
    town: Town, lapsed: tuple[stories.Enrolled, list[str]]
) -> None:
    place, _ = lapsed
    claim = stories.calculated(town, place.workers[1].nik, event_on="2024-02-05")
    assert claim["determination"]["outcome"] == "REJECT_LAPSED"


def test_a_death_soon_after_enrolling_again_is_looked_into_on_the_spot(
    town: Town, lapsed: tuple[stories.Enrolled, list[str]]
) -> None:
    """Whoever comes back and dies within 90 days: somebody sees whether the person was still working."""
    place, members = lapsed
    desk = town.person("pendaftaran", "intake")
    assert desk.get(f"/v1/enrollments/{members[2]}")["reenrolled_on"] == "2024-02-10"
    claim = str(stories.report(town, place.workers[2].nik, "2024-02-10")["id"])
    stories.file(town, claim)
    stories.verify(town, claim)
    rina, agus = town.person("Rina", "verifier"), town.person("Agus", "calculator")
    path = f"/v1/claims/{claim}/steps/calculate"
    problem = agus.refused(path, status=409, code="guard_failed")
    assert (problem["guard"], problem["flags"]) == ("field_check_reported", ["REENROLLED_WITHIN_90_DAYS"])
    assert "order_field_check" in problem["detail"]
    flags = {one["flag"]: one for one in rina.get(f"/v1/claims/{claim}")["flag_reasons"]}
    again = flags["REENROLLED_WITHIN_90_DAYS"]
    assert (again["demands"], again["field_check_due"]) == ("field_check", True)
    assert again["reason_id"] == "Meninggal 0 hari setelah didaftarkan lagi pada 10 Februari 2024."
    stories.look_on_the_spot(town, claim)
    assert stories.take(agus, claim, "calculate")["determination"]["outcome"] == "PAY", "the first day counts"
    assert stories.approve(town, claim)["status"] == "APPROVED", "one approver is enough"


def test_a_new_spell_may_lapse_again(town: Town, lapsed: tuple[stories.Enrolled, list[str]]) -> None:
    _, (first, *_) = lapsed
    desk = town.person("pendaftaran", "intake")
    assert day_begins(town, "2024-08-31").endswith(" facts written")
    assert desk.get(f"/v1/enrollments/{first}")["status"] == "GRACE"
    assert day_begins(town, "2024-09-01").endswith(" facts written")
    assert desk.get(f"/v1/enrollments/{first}")["status"] == "LAPSED"
    assert reenroll(desk, first, "2024-09-30")["status"] == "REGISTERED"
    assert desk.get(f"/v1/enrollments/{first}")["spell"] == 3


def test_the_minimum_period_starts_anew(town: Town) -> None:
    """Two years paid do not help who lapsed and died in the third month of a new spell (dossier 2.5)."""
    place = stories.enrolled_workers(town, 1)
    stories.pay(town, place, stories.MONTHS)
    desk = town.person("pendaftaran", "intake")
    member = stories.member(town, place.workers[0].nik)
    active(desk, member)
    day_begins(town, "2024-12-01")
    reenroll(desk, member, "2025-03-31")
    stories.pay(town, place, ["2025-03", "2025-04", "2025-05", "2025-06"], paid_on="2025-04-02")
    claim = stories.report(town, place.workers[0].nik, event_on="2025-06-29", effective_on="2025-07-02")["id"]
    stories.file(town, claim, claim_date="2025-07-03", effective_on="2025-07-03")
    stories.verify(town, claim, "2025-07-04")
    stories.look_on_the_spot(town, claim, "2025-07-04")
    found = stories.take(town.person("Agus", "calculator"), claim, "calculate", "2025-07-04")["determination"]
    assert [(line["code"], line["amount"]) for line in found["lines"]] == [("JKM_FUNERAL", 10_000_000)]


def test_late_public_money_restores_cover_by_authorisation_and_a_second_person(town: Town) -> None:
    """The city's budget came in March: a worker who died in February is covered after all, another's family is not."""
    place = stories.enrolled_workers(town, 3)
    stories.pay(town, place, ["2023-09"])
    desk, kas = town.person("pendaftaran", "intake"), town.person("kas daerah", "finance")
    chief = town.person("Kepala", "approver_2")
    living, dead, weary = (stories.member(town, one.nik) for one in place.workers)
    for one in (living, dead, weary):
        active(desk, one)
    day_begins(town, "2024-01-02")
    stories.report(town, place.workers[1].nik, event_on="2024-02-15", effective_on="2024-02-20")

    months = ["2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03"]
    pay = f"/v1/programmes/{place.programme}/contributions"
    body = {"roster_id": place.roster, "months": months, "paid_on": "2024-03-20", "amount": 1}
    refused = kas.refused(pay, body | {"reference": "TELAT-1"}, status=409, code="guard_failed")
    assert "settle_sponsor_arrears" in refused["detail"]
    path = f"/v1/enrollments/{living}/steps/settle_sponsor_arrears"
    early = chief.refused(path, {"authorisation": "KANWIL-7/2024"}, status=409, code="guard_failed")
    assert early["guard"] == "paid_under_authorisation" and "finance" in early["detail"]

    reenroll(desk, weary, "2024-03-01")  # too tired to wait: a new spell, so the old months are lost
    query = {"roster_id": place.roster, "months": ",".join(months), "paid_on": "2024-03-20"}
    invoice = f"/v1/programmes/{place.programme}/invoice"
    owed = kas.get(invoice, authorised=True, **query)
    assert owed["months"] == dict(zip(months, [2, 2, 2, 2, 2, 1], strict=True))
    assert kas.get(invoice, **query)["months"]["2024-03"] == 1
    body |= {"amount": owed["total"], "reference": "TELAT-1", "authorisation": "KANWIL-7/2024"}
    kas.post(pay, body, status=201)
    assert desk.get(f"/v1/enrollments/{living}")["coverage"]["paid_through"] == "2023-09", "not settled yet"

    kas.refused(path, {"authorisation": "KANWIL-7/2024"}, status=403, code="not_your_role")
    outcome = chief.post(
        f"/v1/rosters/{place.roster}/steps/settle_sponsor_arrears", {"authorisation": "KANWIL-7/2024"}
    )
    assert (outcome["done"], [row["row"] for row in outcome["refused"]]) == (2, [3])
    assert desk.get(f"/v1/enrollments/{dead}")["status"] == "ACTIVE"
    view = desk.get(f"/v1/enrollments/{living}")
    assert (view["coverage"]["paid_through"], view["spell"]) == ("2024-03", 1)
    again = {"authorisation": "KANWIL-7/2024", "effective_on": "2024-03-21"}
    chief.refused(path, again, status=409, code="step_not_open")
    found = desk.post("/v1/enrollments/search", {"nik": place.workers[0].nik})["items"][0]
    assert found["coverage"] == view["coverage"]
    events = desk.get(f"/v1/enrollments/{living}/history")["items"]
    [settled] = [item for item in events if item["event"] == "enrollment.sponsor_arrears_settled"]
    assert settled["data"] == {"authorisation": "KANWIL-7/2024", "months": months}
    assert [item["event"] for item in events].count("programme.contribution_received") == 2


def test_nobody_waits_for_the_watch_to_come_back(town: Town) -> None:
    """The day of the step may be that of the lapse: what the watch would write is written first, for these alone."""
    place = stories.enrolled_workers(town, 4)
    stories.pay(town, place, ["2023-09"])
    desk, kas = town.person("pendaftaran", "intake"), town.person("kas daerah", "finance")
    first, second, third, _ = (stories.member(town, one.nik) for one in place.workers)
    for one in (first, second, third):
        active(desk, one)
    path = f"/v1/enrollments/{first}/steps/reenroll"
    kas.refused(path, {"effective_on": "2024-02-01"}, status=403, code="not_your_role")
    desk.refused(path, {"effective_on": "2023-12-31"}, status=409, code="step_not_open")
    assert desk.get(f"/v1/enrollments/{first}")["status"] == "GRACE", "as of that day"
    assert reenroll(desk, first, "2024-01-01")["status"] == "REGISTERED"
    events = [item["event"] for item in desk.get(f"/v1/enrollments/{first}/history")["items"]]
    assert events[-3:] == ["enrollment.month_unpaid", "enrollment.membership_lapsed", "enrollment.reenrolled"]
    assert desk.get(f"/v1/enrollments/{second}")["status"] == "ACTIVE", "nobody looked at this one"
    rows = {"rows": [2, 3], "effective_on": "2024-01-10"}
    assert desk.post(f"/v1/rosters/{place.roster}/steps/reenroll", rows)["done"] == 2

"""Memberships that end: by death, by removal from the decree, and void by the word of two persons."""

from typing import Any

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town


def look(person: Person, enrollment: str) -> dict[str, Any]:
    return person.get(f"/v1/enrollments/{enrollment}")


def test_a_member_who_died_is_ended_and_the_family_still_claims(town: Town) -> None:
    place = stories.enrolled_workers(town, 2)
    dead, _ = place.workers
    stories.pay(town, place, ["2023-09", "2023-10"])
    desk, kas = town.person("pendaftaran", "intake"), town.person("kas daerah", "finance")
    member = stories.member(town, dead.nik)
    terminate = f"/v1/enrollments/{member}/steps/terminate"
    died = {"reason": "DIED", "happened_on": "2023-10-10", "effective_on": "2023-10-16"}
    assert desk.refused(terminate, died, status=409, code="documents_missing")["missing"] == ["ENR_TERM"]
    desk.upload(f"/v1/enrollments/{member}/documents", "ENR_TERM")
    refusal = desk.refused(terminate, {"reason": "DIED"}, status=422, code="invalid")
    assert refusal["field"] == "happened_on"
    assert desk.post(terminate, died)["status"] == "TERMINATED"

    view = look(desk, member)
    assert (view["ended_on"], view["ended_for"]) == ("2023-10-10", "DIED")
    assert (view["coverage"]["status"], view["open_steps"]) == ("LAPSED", [])
    months = "2023-10,2023-11"
    invoice = kas.get(f"/v1/programmes/{place.programme}/invoice", roster_id=place.roster, months=months)
    assert invoice["total"] == 3 * 16_800, "two heads in the month of death, one after it"
    kas.refused(
        f"/v1/programmes/{place.programme}/contributions",
        {
            "enrollment_ids": [member], "months": ["2023-11"], "amount": 16_800, "paid_on": "2023-11-06",
            "reference": f"SP2D-{member}", "effective_on": "2023-11-06",
        },
        status=409,
        code="guard_failed",
    )  # fmt: skip

    again = stories.send_list(town, place.programme, stories.list_with((dead,)), "2023-11-01")
    assert [issue["code"] for issue in again["issues"]] == ["REJECT_DECEASED"]

    answer = stories.calculated(town, dead.nik, event_on="2023-10-10", effective_on="2024-05-13")
    assert (answer["determination"]["outcome"], answer["determination"]["total"]) == ("PAY", 42_000_000)


def test_whoever_is_removed_is_covered_to_the_end_of_the_month(town: Town) -> None:
    place = stories.enrolled_workers(town, 2)
    stories.pay(town, place, ["2023-09", "2023-10", "2023-11"])
    desk = town.person("pendaftaran", "intake")
    desk.upload(f"/v1/rosters/{place.roster}/documents", "ENR_TERM")
    removed = {"reason": "REMOVED", "rows": [2], "effective_on": "2023-10-05"}
    outcome = desk.post(f"/v1/rosters/{place.roster}/steps/terminate", removed)
    assert (outcome["done"], outcome["refused"]) == (1, [])
    gone = place.workers[1]
    view = look(desk, stories.member(town, gone.nik))
    assert (view["status"], view["ended_on"]) == ("TERMINATED", "2023-10-31")

    late = stories.calculated(town, gone.nik, event_on="2023-11-01", effective_on="2024-05-13")
    assert late["determination"]["outcome"] == "REJECT_LAPSED"


def test_the_key_of_an_ended_membership_is_free_for_the_next(town: Town) -> None:
    place = stories.enrolled_workers(town)
    [worker] = place.workers
    desk, dinas = town.person("pendaftaran", "intake"), town.person("dinas", "sponsor_officer")
    desk.upload(f"/v1/rosters/{place.roster}/documents", "ENR_TERM")
    member = stories.member(town, worker.nik)
    desk.post(f"/v1/enrollments/{member}/steps/terminate", {"reason": "STOPPED_WORKING"})
    again = stories.send_list(town, place.programme, stories.list_with((worker,)), "2024-01-01")
    assert (again["accepted"], again["warnings"]) == (1, 0)
    dinas.upload(f"/v1/rosters/{again['id']}/documents", "ENR_PKS")
    assert dinas.post(f"/v1/rosters/{again['id']}/steps/propose")["done"] == 1


def test_a_double_membership_is_made_void_by_two_persons(town: Town) -> None:
    place = stories.enrolled_workers(town)
    [worker] = place.workers
    stories.pay(town, place, ["2023-09"])
    first, second = town.person("pendaftaran", "intake"), town.person("Tuti", "intake")
    member = stories.member(town, worker.nik)
    steps = f"/v1/enrollments/{member}/steps"
    first.upload(f"/v1/enrollments/{member}/documents", "ENR_TERM")
    void = {"reason": "DUPLICATE"}
    refusal = first.refused(f"{steps}/terminate", void, status=409, code="guard_failed")
    assert refusal["guard"] == "second_person_confirmed"
    first.refused(f"{steps}/propose_termination", {"reason": "REMOVED"}, status=422, code="invalid")
    assert first.post(f"{steps}/propose_termination", void)["status"] == "ACTIVE"
    first.refused(f"{steps}/terminate", void, status=403, code="same_person")
    assert second.post(f"{steps}/terminate", void)["status"] == "TERMINATED"
    view = look(first, member)
    assert (view["ended_on"], view["coverage"]["status"]) == ("2023-08-31", "LAPSED")

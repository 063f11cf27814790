"""A membership that somebody looks into: suspended by one, lifted by another, covered all the while."""

import time
from typing import Any

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town


def active(person: Person, enrollment: str, within: float = 10) -> dict[str, Any]:
    until = time.monotonic() + within
    while (view := person.get(f"/v1/enrollments/{enrollment}"))["status"] != "ACTIVE":
        assert time.monotonic() < until, f"the membership stays {view['status']}"
        time.sleep(0.02)
    return view


def test_a_suspended_member_is_covered_paid_for_and_comes_back_to_where_it_stood(town: Town) -> None:
    place = stories.enrolled_workers(town)
    [worker] = place.workers
    stories.pay(town, place, ["2023-09"])
    member = stories.member(town, worker.nik)
    head, chief = town.person("Dewi", "approver_1"), town.person("Hasan", "approver_2")
    both = town.person("Laras", "approver_1", "approver_2")
    active(head, member)
    steps = f"/v1/enrollments/{member}/steps"
    head.refused(f"{steps}/suspend", {"flag": "BAD_WEATHER"}, status=422, code="invalid")
    assert both.post(f"{steps}/suspend", {"flag": "NIK_DUPLICATE"})["status"] == "SUSPENDED"
    both.refused(f"{steps}/lift_suspension", status=403, code="same_person")

    stories.pay(town, place, ["2023-10"])
    view = head.get(f"/v1/enrollments/{member}")
    assert "NIK_DUPLICATE" in view["flags"] and view["coverage"]["paid_through"] == "2023-10"
    claim = stories.calculated(town, worker.nik, event_on="2023-10-20", effective_on="2024-05-13")
    assert claim["determination"]["outcome"] == "PAY"
    assert chief.post(f"{steps}/lift_suspension")["status"] == "ACTIVE"


def test_a_suspended_membership_may_end(town: Town) -> None:
    place = stories.enrolled_workers(town)
    [worker] = place.workers
    stories.pay(town, place, ["2023-09"])
    member = stories.member(town, worker.nik)
    desk = town.person("pendaftaran", "intake")
    active(desk, member)
    steps = f"/v1/enrollments/{member}/steps"
    town.person("Dewi", "approver_1").post(f"{steps}/suspend", {"flag": "NOT_WORKING_SUSPECTED"})
    desk.upload(f"/v1/enrollments/{member}/documents", "ENR_TERM")
    assert desk.post(f"{steps}/terminate", {"reason": "STOPPED_WORKING"})["status"] == "TERMINATED"

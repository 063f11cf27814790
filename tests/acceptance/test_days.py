"""Days begin when somebody says so: the demonstration's watch, told by the command line, on a server of its own."""

import os
import subprocess

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import JAMINAN, Town
from tests.acceptance.test_returned_proposals import at_the_ward
from tests.acceptance.test_suspensions import active


@pytest.fixture(scope="module")
def town(own_town: Town) -> Town:
    """A town of its own: days begin for every member whom a story knows."""
    return own_town


def day_begins(town: Town, day: str) -> str:
    environment = {"JAMINAN_HOME": str(town.home), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [str(JAMINAN), "watch", "--day", day], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_months_pass_unpaid_and_late_money_that_came_in_time_is_still_in_time(town: Town) -> None:
    place = stories.enrolled_workers(town, 2)
    stories.pay(town, place, ["2023-09"])
    desk = town.person("pendaftaran", "intake")
    first, second = (stories.member(town, one.nik) for one in place.workers)
    for one in (first, second):
        active(desk, one)
    assert day_begins(town, "2023-10-31") == "0 facts written"
    assert day_begins(town, "2023-11-01") == "2 facts written"
    assert day_begins(town, "2023-11-02") == "0 facts written"
    assert desk.get(f"/v1/enrollments/{first}")["status"] == "GRACE"

    stories.pay(town, place, ["2023-10"], paid_on="2023-11-06", enrollment_ids=[first])
    assert day_begins(town, "2023-11-07") == "1 facts written"
    view = active(desk, first)
    assert view["coverage"]["paid_through"] == "2023-10"

    assert day_begins(town, "2024-01-01") == "2 facts written", "one in arrears again, one lapsed"
    lapsed = desk.get(f"/v1/enrollments/{second}")
    assert (lapsed["status"], lapsed["coverage"]["status"]) == ("LAPSED", "LAPSED")
    claim = stories.calculated(town, place.workers[1].nik, event_on="2023-09-20", effective_on="2024-05-13")
    assert claim["determination"]["outcome"] == "PAY", "cover at a day is computed, whatever the status is"


def test_a_proposal_has_its_fourteen_days(town: Town) -> None:
    _, roster, people = at_the_ward(town, 1)
    ward = town.person("kelurahan", "ward_verifier")
    ward.post(f"/v1/rosters/{roster}/steps/return_proposal", {"items": ["alamat"]})
    member = stories.member(town, people[0].nik)
    [clock] = ward.get(f"/v1/enrollments/{member}")["clocks"]
    assert clock["state"] == "started"
    assert day_begins(town, clock["on"]).endswith("facts written")
    assert ward.get(f"/v1/enrollments/{member}")["status"] == "RETURNED"


def test_a_day_that_has_not_come_does_not_begin(town: Town) -> None:
    command = [str(JAMINAN), "watch", "--day", "2999-01-01"]
    environment = {"JAMINAN_HOME": str(town.home), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "lies ahead" in done.stderr


def test_a_legal_clock_that_ran_out_is_on_record_once(town: Town) -> None:
    """Twice told, the day brings it once; the claim goes on and keeps the day it was due."""
    place = stories.enrolled_workers(town, 1)
    stories.pay(town, place, ["2023-09", "2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03"])
    claim = stories.report(town, place.workers[0].nik, event_on="2024-03-10")["id"]
    stories.file(town, claim)
    stories.verify(town, claim, "2024-05-20")
    day_begins(town, "2024-05-27")
    rina = town.person("Rina", "verifier")
    assert rina.get(f"/v1/claims/{claim}")["clocks"][0]["state"] == "started", "the due day is in time"
    for _ in range(2):
        day_begins(town, "2024-05-28")
    [clock] = rina.get(f"/v1/claims/{claim}")["clocks"]
    assert (clock["state"], clock["due_on"], clock["on"], clock["waiting_on"]) == (
        "missed",
        "2024-05-27",
        "2024-05-28",
        "us",
    )
    [missed] = [item for item in stories.history(rina, f"claims/{claim}") if item["step"] == "miss_clock"]
    assert (missed["event"], missed["actor"], missed["effective_on"]) == (
        "claim.clock_missed",
        "SYSTEM",
        "2024-05-28",
    )
    assert missed["data"] == {"clock": "pay_3wd", "due_on": "2024-05-27", "consequence": None}
    stories.take(town.person("Agus", "calculator"), claim, "calculate", "2024-05-28")

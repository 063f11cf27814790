"""Days begin when somebody says so: the demonstration's watch, told by the command line, on a server of its own."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import JAMINAN, Town
from tests.acceptance.server import home_of_a_stranger, serving, town_of
from tests.acceptance.test_returned_proposals import at_the_ward
from tests.acceptance.test_suspensions import active


@pytest.fixture(scope="module")
def quiet_town() -> Iterator[Town]:
    """A server whose members nobody else's story knows."""
    with home_of_a_stranger() as folder, serving(folder) as running, town_of(running) as people:
        yield people


def day_begins(town: Town, day: str) -> str:
    environment = {"JAMINAN_HOME": str(town.home), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [str(JAMINAN), "watch", "--day", day], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_months_pass_unpaid_and_late_money_that_came_in_time_is_still_in_time(quiet_town: Town) -> None:
    town = quiet_town
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


def test_a_proposal_has_its_fourteen_days(quiet_town: Town) -> None:
    town = quiet_town
    _, roster, people = at_the_ward(town, 1)
    ward = town.person("kelurahan", "ward_verifier")
    ward.post(f"/v1/rosters/{roster}/steps/return_proposal", {"items": ["alamat"]})
    member = stories.member(town, people[0].nik)
    [clock] = ward.get(f"/v1/enrollments/{member}")["clocks"]
    assert clock["state"] == "started"
    assert day_begins(town, clock["on"]).endswith("facts written")
    assert ward.get(f"/v1/enrollments/{member}")["status"] == "RETURNED"


def test_a_day_that_has_not_come_does_not_begin(quiet_town: Town) -> None:
    command = [str(JAMINAN), "watch", "--day", "2999-01-01"]
    environment = {"JAMINAN_HOME": str(quiet_town.home), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "lies ahead" in done.stderr

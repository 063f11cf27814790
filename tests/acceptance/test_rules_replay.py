"""Past decisions worked out again: under the rules of today nothing differs, under a reform it says by how much."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.server import command_line

REFORM = """
[[rule]]
id = "JKM-FUNERAL-V2-ENDED"
kind = "jkm.funeral"
name_id = "Biaya pemakaman"
name_en = "Funeral benefit"
values = { rupiah = 10_000_000 }
unit = "rupiah"
effective_from = 2019-12-02
effective_to = 2024-05-09
legal_basis = "PP 82/2019"
confidence = "C"
supersedes = "JKM-FUNERAL-V2"

[[rule]]
id = "JKM-FUNERAL-PROPOSED"
kind = "jkm.funeral"
name_id = "Biaya pemakaman (usulan)"
name_en = "Funeral benefit (proposal)"
values = { rupiah = 9_000_000 }
unit = "rupiah"
effective_from = 2024-05-10
legal_basis = "proposal"
confidence = "C"
"""


@pytest.fixture
def reform(tmp_path: Path) -> Path:
    file = tmp_path / "reform.toml"
    file.write_text(REFORM)
    return file


@pytest.fixture
def decided(town: Town) -> dict[str, Any]:
    """A claim that was calculated, returned and calculated again, and one of a death on the day before."""
    place = stories.enrolled_workers(town, how_many=2)
    stories.pay(town, place, stories.MONTHS)
    numbers = {}
    for worker, event_on in zip(place.workers, ("2024-05-10", "2024-05-09"), strict=True):
        claim = str(stories.calculated(town, worker.nik, event_on)["id"])
        numbers[event_on] = town.person("auditor", "auditor").get(f"/v1/claims/{claim}")["number"]
        if event_on == "2024-05-10":
            dewi = town.person("Dewi", "approver_1")
            stories.take(dewi, claim, "return_calculation", reason="Periksa lagi")
            stories.take(town.person("Agus", "calculator"), claim, "calculate", "2024-05-21")
    return numbers


def test_under_the_rules_of_today_nothing_differs(town: Town, decided: dict[str, Any]) -> None:
    done = command_line(town.home, "rules", "replay")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("decisions, 0 would differ; those that stand by Rp 0\n")


def test_a_reform_costs_what_the_decisions_that_stand_would_differ_by(
    town: Town, decided: dict[str, Any], reform: Path
) -> None:
    done = command_line(town.home, "rules", "replay", "--rules", str(reform), "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    own = [one for one in found["items"] if one["number"] == decided["2024-05-10"]]
    assert [(one["stands"], one["amount"], one["total_would_be"]) for one in own] == [
        (False, -1_000_000, 41_000_000),
        (True, -1_000_000, 41_000_000),
    ]
    assert own[0]["changes"] == [{"code": "JKM_FUNERAL", "was": 10_000_000, "would_be": 9_000_000}]
    assert decided["2024-05-09"] not in {one["number"] for one in found["items"]}
    assert found["amount"] == sum(one["amount"] for one in found["items"] if one["stands"])

    table = command_line(town.home, "rules", "replay", "--rules", str(reform)).stdout
    assert (
        f"{decided['2024-05-10']}  2024-05-21  PAY  -Rp 1,000,000  JKM_FUNERAL 10,000,000 -> 9,000,000"
        in table
    )
    assert "(calculated again later)" in table


def test_days_bound_the_replay_and_csv_says_the_same(
    town: Town, decided: dict[str, Any], reform: Path
) -> None:
    options = ("--rules", str(reform), "--csv", "--from", "2024-05-21", "--to", "2024-05-21")
    rows = list(csv.DictReader(io.StringIO(command_line(town.home, "rules", "replay", *options).stdout)))
    own = [row for row in rows if row["number"] == decided["2024-05-10"]]
    assert [(row["decided_on"], row["amount"], row["changes"]) for row in own] == [
        ("2024-05-21", "-1000000", "JKM_FUNERAL 10000000 9000000")
    ]


def test_a_calculation_stands_only_if_none_came_later_also_after_the_last_day_asked_for(
    town: Town, decided: dict[str, Any], reform: Path
) -> None:
    options = ("--rules", str(reform), "--json", "--to", "2024-05-20")
    found = json.loads(command_line(town.home, "rules", "replay", *options).stdout)
    own = [one for one in found["items"] if one["number"] == decided["2024-05-10"]]
    assert [(one["decided_on"], one["stands"]) for one in own] == [("2024-05-20", False)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (REFORM.replace("JKM-FUNERAL-PROPOSED", "JKM-FUNERAL-V2"), "JKM-FUNERAL-V2 stands twice"),
        (REFORM.replace('supersedes = "JKM-FUNERAL-V2"', ""), "end the earlier one the day before"),
        (REFORM.replace("9_000_000", "9_000_000.5"), "money and shares are exact"),
        ("[[rule", "holds no rules to try"),
        ("", "it has no [[rule]]"),
        (
            REFORM.replace('supersedes = "JKM-FUNERAL-V2"', "").replace("jkm.funeral", "jkm.funerals"),
            "is a rule on `jkm.funerals`, which no calculator asks for",
        ),
    ],
)
def test_a_file_that_holds_no_rules_is_refused(town: Town, tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(text)
    done = command_line(town.home, "rules", "replay", "--rules", str(file))
    assert done.returncode == 1 and says in done.stderr and "Traceback" not in done.stderr

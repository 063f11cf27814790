"""What scholarships of past decisions may still cost: counted from the log, children never named."""

import json
from typing import Any

from domain.period import Month
from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.server import command_line

THREE_YEARS = [str(month) for month in Month(2021, 5).through(Month(2024, 5))]
CHILDREN = [
    {
        "name": "Dewi Rahasia",
        "birth_date": "2012-03-01",
    },  # nine yearly claims left: 2 + 3 x 3 + 5 x 12 million
    {"name": "Bagus Rahasia", "birth_date": "2000-01-01"},  # too old by then
    {"name": "Citra Rahasia", "birth_date": "2004-08-01"},  # 21: two years of university
    {"name": "Eka Rahasia", "birth_date": "2004-06-01"},  # 22: one; the third child does not count
]


def own(town: Town, number: str, on: str) -> dict[str, Any] | None:
    done = command_line(town.home, "rules", "commitments", "--on", on, "--json")
    assert done.returncode == 0, done.stderr
    assert "Rahasia" not in done.stdout
    found = json.loads(done.stdout)
    assert found["at_most"] == sum(one["at_most"] for one in found["items"]) == sum(found["by_year"].values())
    return next((one for one in found["items"] if one["number"] == number), None)


def test_the_dearest_two_children_are_counted_until_each_is_too_old(town: Town) -> None:
    place = stories.enrolled_workers(town, effective_on="2021-05-01")
    for months in (THREE_YEARS[:24], THREE_YEARS[24:]):
        stories.pay(town, place, months, paid_on="2021-05-11")
    claim = stories.report(town, place.workers[0].nik)["id"]
    stories.file(town, claim, children=CHILDREN)
    number = town.person("auditor", "auditor").get(f"/v1/claims/{claim}")["number"]
    assert own(town, number, "2026-07-01") is None, "nobody has decided yet"
    found = stories.calculate(town, claim)["determination"]
    assert found["scholarship_right"] is True
    assert own(town, number, "2026-07-01") == {
        "number": number,
        "claim_id": claim,
        "children": 3,
        "at_most": 71_000_000 + 24_000_000,
    }
    assert own(town, number, "2040-07-01") is None, "all are too old by then"
    table = command_line(town.home, "rules", "commitments", "--on", "2026-07-01").stdout
    assert f"{number}  3 children  Rp 95,000,000\n" in table and "a forecast and no debt" in table
    stories.take(town.person("Siti", "participant"), claim, "withdraw", reason="Keluarga menarik klaim")
    assert own(town, number, "2026-07-01") is None, "a claim that was withdrawn brings no scholarship"

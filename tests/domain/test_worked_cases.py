"""The cases worked out by hand are answered to the rupiah, field by field, basis and payees too."""

from pathlib import Path
from typing import Any

import pytest

from domain.benefit.worked_cases import answer, first_difference, read_cases

CASES = read_cases((Path(__file__).parents[1] / "worked_cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['title']}")
def test_worked_case(case: dict[str, Any]) -> None:
    said = answer(case)
    assert {name: said.get(name) for name in case["expected"]} == case["expected"]


def test_the_first_difference_is_named() -> None:
    case = next(case for case in CASES if case["id"] == "W08")
    wrong = {**case, "expected": {"outcome": "PAY", "total": 172_000_000}}
    assert first_difference(case) is None
    assert first_difference(wrong) == "W08 total: expected 172000000, the engine says 42000000"


def test_a_rejected_claim_has_no_lines() -> None:
    lapsed = next(case for case in CASES if case["id"] == "W17")
    assert answer(lapsed)["lines"] == []

"""The cases worked out by hand are answered to the rupiah, field by field, basis and payees too."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.benefit.worked_cases import Stated, answer, first_difference, read_cases

FOLDER = Path(__file__).parents[1]
CASES, OWN = (
    read_cases((FOLDER / name).read_text(encoding="utf-8"))
    for name in ("worked_cases.yaml", "more_worked_cases.yaml")
)


def case(case_id: str, **expected: Any) -> dict[str, Any]:
    """Return a case with other expectations."""
    return {**next(one for one in CASES if one["id"] == case_id), "expected": expected}


@pytest.mark.parametrize("case", [*CASES, *OWN], ids=lambda case: f"{case['id']} {case['title']}")
def test_worked_case(case: dict[str, Any]) -> None:
    said = answer(case)
    assert {name: said.get(name) for name in case["expected"]} == case["expected"]
    assert first_difference(case) is None


def test_all_44_cases_of_the_dossier_are_there_and_every_case_has_an_id_of_its_own() -> None:
    assert [one["id"] for one in CASES] == [f"W{n:02}" for n in range(1, 45)]
    ids = [one["id"] for one in (*CASES, *OWN)]
    assert len(set(ids)) == len(ids)


LUMP, BERKALA = (
    {"code": code, "amount": amount, "basis": basis}
    for code, amount, basis in (
        ("JKM_LUMP", 20_000_000, "JKM-LUMP-V2"),
        ("JKM_BERKALA", 12_000_000, "JKM-BERKALA-V2"),
    )
)
FUNERAL = {"code": "JKM_FUNERAL", "amount": 10_000_000, "basis": "JKM-FUNERAL-V2"}


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"outcome": "PAY", "total": 172_000_000}, "total: expected 172000000, the engine says 42000000"),
        ({"outcome": "HOLD", "total": 1}, "outcome: expected HOLD, the engine says PAY"),
        (
            {"lines": [LUMP, {**BERKALA, "amount": 1}, FUNERAL]},
            "lines[1].amount: expected 1, the engine says 12000000",
        ),
        (
            {"lines": [LUMP, BERKALA, {**FUNERAL, "basis": "JKM-MIN3; JKM-FUNERAL-V2"}]},
            "lines[2].basis: expected JKM-MIN3; JKM-FUNERAL-V2, the engine says JKM-FUNERAL-V2",
        ),
        (
            {"lines": [LUMP, BERKALA]},
            f"lines[2]: expected nothing, the engine says {json.dumps(FUNERAL)}",
        ),
        (
            {"lines": [BERKALA, LUMP, FUNERAL]},
            "lines[0].code: expected JKM_BERKALA, the engine says JKM_LUMP",
        ),
        (
            {"lines": [{"code": "JKM_LUMP", "amount": 20_000_000}]},
            "lines[0].basis: expected nothing, the engine says JKM-LUMP-V2",
        ),
        ({"payees": {"JKM_LUMP": "HEIR"}}, "payees.JKM_BERKALA: expected nothing, the engine says HEIR"),
        ({"scholarship_right": 0}, "scholarship_right: expected 0, the engine says false"),
        ({"percent": 35}, "percent: expected 35, the engine says nothing"),
    ],
)
def test_the_first_part_that_differs_is_named(expected: dict[str, Any], said: str) -> None:
    assert first_difference(case("W08", **expected)) == f"W08 {said}"


def test_a_percentage_is_compared_as_a_number() -> None:
    assert first_difference(case("W28", percent=35)) is None
    assert first_difference(case("W28", percent=36)) == "W28 percent: expected 36, the engine says 35"


def test_a_rejected_claim_has_no_lines() -> None:
    lapsed = next(case for case in CASES if case["id"] == "W17")
    assert answer(lapsed)["lines"] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "an object with a list of `cases`"),
        ('{"cases": {}}', "an object with a list of `cases`"),
        ("{}", "`cases` is missing"),
        ('{"format": 2, "cases": []}', "its format is 2; this version reads format 1"),
        ('{"cases": [1]}', "case 1 has no id, kind, facts and expected"),
        ('{"cases": [{"expected": {"total": NaN}}]}', "NaN is no number"),
    ],
)
def test_what_is_no_file_of_cases_says_why(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_cases(text)


def test_comments_are_dropped_and_numbers_are_exact() -> None:
    [read] = read_cases('# a remark\n  # another\n{"cases": [{"percent": 4.5, "wage": 1000000.0}]}')
    assert read["percent"] * 2 == 9 and type(read["wage"]) is int


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "weather"}, "there is no kind weather; known are contribution, jkm, jkk"),
        ({"facts": []}, "`facts` is an object"),
        ({"expected": {}}, "`expected` is an object with at least one field"),
        ({"expected": 3}, "`expected` is an object with at least one field"),
        ({"facts": Stated(segment="BPU_APBD")}, "`date_of_death` is missing"),
        (
            {"kind": "deadline", "facts": {"type": "RAIN"}},
            "there is no type RAIN; known are JKM_PAY, JKK_PAY",
        ),
    ],
)
def test_a_case_that_does_not_read_says_what_it_lacks(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        first_difference({**case("W08", total=1), **changes})

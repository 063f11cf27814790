"""The cases worked out by hand are answered to the rupiah, field by field, basis and payees too."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.benefit.accident_facts import AccidentFacts
from domain.benefit.case_file import Stated, read_cases
from domain.benefit.death import DeathFacts
from domain.benefit.rules import RULES
from domain.benefit.scholarship import Pupil, SchoolYear
from domain.benefit.worked_cases import accident_facts, answer, death_facts, first_difference, pupils
from domain.dated import Rule
from domain.period import Month

FOLDER = Path(__file__).parents[1]
CASES, OWN, SECOND = (
    read_cases((FOLDER / name).read_text(encoding="utf-8"))
    for name in ("worked_cases.yaml", "more_worked_cases.yaml", "second_reader_cases.yaml")
)


def case(case_id: str, **expected: Any) -> dict[str, Any]:
    """Return a case with other expectations."""
    return {**next(one for one in (*CASES, *OWN) if one["id"] == case_id), "expected": expected}


@pytest.mark.parametrize("case", [*CASES, *OWN, *SECOND], ids=lambda case: f"{case['id']} {case['title']}")
def test_worked_case(case: dict[str, Any]) -> None:
    said = answer(case)
    assert {name: said.get(name) for name in case["expected"]} == case["expected"]
    assert first_difference(case) is None


def test_all_44_cases_of_the_dossier_are_there_and_every_case_has_an_id_of_its_own() -> None:
    assert [one["id"] for one in CASES] == [f"W{n:02}" for n in range(1, 45)]
    ids = [one["id"] for one in (*CASES, *OWN, *SECOND)]
    assert len(set(ids)) == len(ids)


LUMP, BERKALA = (
    {"code": code, "amount": amount, "basis": basis}
    for code, amount, basis in (
        ("JKM_LUMP", 20_000_000, "JKM-LUMP-V2"),
        ("JKM_BERKALA", 12_000_000, "JKM-BERKALA-V2"),
    )
)
FUNERAL = {"code": "JKM_FUNERAL", "amount": 10_000_000, "basis": "JKM-FUNERAL-V2"}
ALL = json.dumps([LUMP, BERKALA, FUNERAL])
CHEAPER = """
[[rule]]
id = "JKM-FUNERAL-TRIED"
kind = "jkm.funeral"
name_id = "Biaya pemakaman"
name_en = "Funeral benefit"
values = { rupiah = 9_000_000 }
unit = "rupiah"
effective_from = 2019-12-02
legal_basis = "proposal"
confidence = "C"
supersedes = "JKM-FUNERAL-V2"
"""


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
        ({"payees": {"JKM_LUMP": "HEIR", "X": 1}}, "payees.X: expected 1, the engine says nothing"),
        ({"lines": {"JKM_LUMP": 1}}, f"lines: expected {json.dumps({'JKM_LUMP': 1})}, the engine says {ALL}"),
        ({"outcome": ["PAY"]}, 'outcome: expected ["PAY"], the engine says PAY'),
        ({"outcome": "Jum’at"}, "outcome: expected Jum’at, the engine says PAY"),
        ({"lines": [{"code": "Jum’at"}]}, "lines[0].code: expected Jum’at, the engine says JKM_LUMP"),
        ({"outcome": {"Jum’at": 1}}, 'outcome: expected {"Jum’at": 1}, the engine says PAY'),
        ({"total": Decimal("0.5")}, "total: expected 0.5, the engine says 42000000"),
        ({"total": [Decimal("0.5")]}, 'total: expected ["0.5"], the engine says 42000000'),
        ({"payees": {"JKM_LUMP": "HEIR"}}, "payees.JKM_BERKALA: expected nothing, the engine says HEIR"),
        ({"scholarship_right": 0}, "scholarship_right: expected 0, the engine says false"),
        ({"percent": 35}, "percent: expected 35, the engine says nothing"),
    ],
)
def test_the_first_part_that_differs_is_named(expected: dict[str, Any], said: str) -> None:
    assert first_difference(case("W08", **expected)) == f"W08 {said}"


def test_cases_may_be_held_against_other_rules() -> None:
    tried = RULES.amended({"cheaper.toml": CHEAPER})
    said = first_difference(case("W08", total=42_000_000), tried)
    assert said == "W08 total: expected 42000000, the engine says 41000000"


def test_a_percentage_is_compared_as_a_number() -> None:
    finger = {
        **case("A23", percent=Decimal("9.5")),
        "facts": next(c for c in OWN if c["id"] == "A23")["facts"],
    }
    assert first_difference(finger) == "A23 percent: expected 9.5, the engine says 9"
    tip = {**finger, "facts": {**finger["facts"], "disabilities": [{"code": "INDEX_TIP", "side": "left"}]}}
    assert first_difference(tip) == "A23 percent: expected 9.5, the engine says 4.5"
    assert first_difference(case("W28", percent=35)) is None
    assert first_difference(case("W28", percent=36)) == "W28 percent: expected 36, the engine says 35"


def test_a_rejected_claim_has_no_lines() -> None:
    lapsed = next(case for case in CASES if case["id"] == "W17")
    assert answer(lapsed)["lines"] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "it is an object with a list of `cases`"),
        ('{"cases": {}}', "it is an object with a list of `cases`"),
        ("{}", "`cases` is missing"),
        ('{"format": 2, "cases": []}', "its format is 2; this version reads format 1"),
        ('{"cases": [1]}', "case 1 has no id, kind, facts and expected"),
        ('{"cases": [{"expected": {"total": NaN}}]}', "NaN is no number"),
        ('{"cases": [{"facts": {"wage_base": 1e999999999}}]}', "1e999999999 has too many digits"),
        ('{"cases": [{"facts": {"wage_base": 1e-999999999}}]}', "1e-999999999 has too many digits"),
    ],
)
def test_what_is_no_file_of_cases_says_why(text: str, says: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the sentence is compared
        read_cases(text)
    assert str(refused.value) == says


def test_comments_are_dropped_and_numbers_are_exact() -> None:
    [read] = read_cases('# a remark\n  # another\n{"cases": [{"percent": 4.5, "wage": 1000000.0}]}')
    assert read["percent"] * 2 == 9 and type(read["wage"]) is int


def test_a_mark_of_byte_order_windows_lines_and_lines_inside_of_a_text_do_no_harm() -> None:
    [read] = read_cases('\ufeff# a remark\r\n{"cases":\r\n[{"title": "one\u2028two", "wage": 1e6}]}\r\n')
    assert read == {"title": "one\u2028two", "wage": 1_000_000} and type(read["wage"]) is int


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"kind": "weather"},
            "there is no kind weather; known are contribution, jkm, jkk, scholarship, scholarship_projection, "
            "deadline, membership",
        ),
        ({"facts": []}, "`facts` is an object"),
        ({"expected": {}}, "`expected` is an object with at least one field"),
        ({"expected": 3}, "`expected` is an object with at least one field"),
        ({"facts": Stated(segment="BPU_APBD")}, "`date_of_death` is missing"),
        ({"facts": Stated(date_of_death=None)}, "`date_of_death` is missing"),
        ({"facts": Stated(date_of_death=20240514)}, "`date_of_death` is a text, not 20240514"),
        ({"facts": Stated(wage_base="1000000")}, "`wage_base` is a whole number, not '1000000'"),
        ({"facts": Stated(wage_base=True)}, "`wage_base` is a whole number, not True"),
        ({"facts": Stated(stmb_days=Decimal("1.5"))}, "`stmb_days` is a whole number, not Decimal('1.5')"),
        ({"facts": Stated(left_handed="no")}, "`left_handed` is true or false, not 'no'"),
        ({"facts": Stated(transport={"land": "5"})}, "`transport.land` is a whole number, not '5'"),
        ({"facts": Stated(transport=5)}, "`transport` is an object, not 5"),
        ({"facts": Stated(aids={"X": {"actual": "5"}})}, "`aids.X.actual` is a whole number, not '5'"),
        ({"facts": Stated(disabilities=["EYE_ONE"])}, "`disabilities` is a list of objects, not 'EYE_ONE'"),
        (
            {"facts": Stated(disabilities=[Stated(function_loss_pct="50")])},
            "`function_loss_pct` is a number, not '50'",
        ),
        (
            {"kind": "contribution", "facts": Stated(months=[202401])},
            "`months` is a list of texts, not 202401",
        ),
        (
            {"kind": "scholarship_projection", "facts": Stated(children=2)},
            "`children` is a list of objects, not 2",
        ),
        (
            {"kind": "deadline", "facts": {"type": "RAIN"}},
            "there is no type RAIN; known are JKM_PAY, JKK_PAY, STAGE_REPORT, CONCLUDE_ACCIDENT, CLAIM_EXPIRY",
        ),
    ],
)
def test_a_case_that_does_not_read_says_what_it_lacks(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the sentence is compared
        first_difference({**case("W08", total=1), **changes})
    assert str(refused.value) == says


def test_what_a_case_of_a_benefit_leaves_out_has_the_plainest_value() -> None:
    plainest: dict[str, Any] = {
        "membership_start": None,
        "paid_months": frozenset(),
        "segment": "BPU_APBD",
        "wage_base": 1_000_000,
        "children": 0,
        "heir_tier": "SPOUSE_CHILD",
        "claim_date": None,
        "ended_on": None,
    }
    assert death_facts({"date_of_death": "2024-05-14"}) == DeathFacts(
        date_of_death=date(2024, 5, 14), death_by_work_accident=False, paid_months_total=0, **plainest
    )
    assert accident_facts({"accident_date": "2024-05-14", "result": "RECOVERED"}) == AccidentFacts(
        accident_on=date(2024, 5, 14), result="RECOVERED", stmb_days=0, left_handed=False, **plainest
    )
    born, claimed = "2014-01-01", "2024-07-15"
    child = {"id": "A", "birth_date": born, "years": [{"claim_date": claimed, "level": "SD"}]}
    year = SchoolYear(claim_date=date(2024, 7, 15), level="SD", work=None)
    without = {"id": "B", "birth_date": born}
    assert pupils({"children": [child, without]}) == [
        Pupil(id="A", birth_date=date(2014, 1, 1), married_on=None, used={}, years=(year,)),
        Pupil(id="B", birth_date=date(2014, 1, 1), married_on=None, used={}, years=()),
    ]


def test_what_a_case_states_arrives() -> None:
    stated = {
        "membership_start": "2024-03-10",
        "paid_through": "2024-04",
        "segment": "BPU_SELF_OTHER",
        "wage_base": 1_200_000,
        "children": 2,
        "heir_tier": "SIBLING",
        "claim_date": "2024-06-01",
    }
    read: dict[str, Any] = {
        **stated,
        "membership_start": date(2024, 3, 10),
        "paid_months": frozenset({Month(2024, 3), Month(2024, 4)}),
        "claim_date": date(2024, 6, 1),
    }
    del read["paid_through"]
    death = {"date_of_death": "2024-05-14", "death_by_work_accident": True, "paid_months_total": 40}
    assert death_facts({**stated, **death}) == DeathFacts(
        date_of_death=date(2024, 5, 14), death_by_work_accident=True, paid_months_total=40, **read
    )
    accident = {"accident_date": "2024-05-14", "result": "RECOVERED", "stmb_days": 3, "left_handed": True}
    assert accident_facts({**stated, **accident, "transport": {"sea": 5}}) == AccidentFacts(
        accident_on=date(2024, 5, 14),
        result="RECOVERED",
        stmb_days=3,
        left_handed=True,
        transport={"sea": 5},
        **read,
    )


def test_a_contribution_is_asked_by_wage_base_or_income_and_else_for_the_lowest_band() -> None:
    def due(**facts: Any) -> tuple[int, int]:
        said = answer({"kind": "contribution", "facts": {"months": ["2024-05"], **facts}})
        return said["wage_base"], said["total"]

    assert due() == due(segment="BPU_APBD", workers=1) == (1_000_000, 16_800)
    assert due(segment="BPU_SELF_OTHER", wage_base=2_950_000)[0] == 2_950_000
    assert due(segment="BPU_SELF_OTHER", income=2_750_000)[0] == 2_950_000
    assert due(workers=2) == (1_000_000, 33_600)


def test_only_a_disability_that_is_paid_has_a_percentage() -> None:
    facts = next(one for one in CASES if one["id"] == "W28")["facts"]
    assert answer({"kind": "jkk", "facts": facts})["percent"] == 35
    assert "percent" not in answer({"kind": "jkk", "facts": {**facts, "result": "RECOVERED"}})
    assert "percent" not in answer({"kind": "jkk", "facts": {**facts, "membership_start": None}})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "ACTIVE"),
        ({"paid_through": None}, "GRACE"),
        ({"on": "2024-09-30"}, "GRACE"),
        ({"on": "2024-10-01"}, "LAPSED"),
        ({"on": "2024-04-30"}, "NOT_STARTED"),
        ({"active_as_wage_earner": True}, "REJECT_FORMAL_WORKER"),
        ({"nik_already_active_bpu": True}, "REJECT_DUPLICATE"),
        ({"deceased": True}, "REJECT_DECEASED"),
        ({"working": False}, "REJECT_NOT_WORKING"),
        ({"occupation_listed": False}, "REJECT_OCCUPATION"),
        ({"resident": False}, "REJECT_RESIDENCE"),
        ({"quota_left": False}, "REJECT_QUOTA"),
        ({"birth_date": "2010-01-01"}, "REJECT_MIN_AGE"),
    ],
)
def test_what_a_case_of_a_membership_states_decides(changes: dict[str, Any], status: str) -> None:
    facts = {"birth_date": "1980-01-01", "registration_date": "2024-05-14", "paid_through": "2024-06"}
    assert answer({"kind": "membership", "facts": {**facts, **changes}}) == {"status": status}


def rule(kind: str, values: str, instead_of: Rule) -> str:
    """Return a rule that is tried in the place of another."""
    return f"""
[[rule]]
id = "{instead_of.rule_id}-TRIED"
kind = "{kind}"
name_id = "Usulan"
name_en = "Proposal"
values = {{ {values} }}
unit = "as tried"
effective_from = {instead_of.effective_from}
legal_basis = "proposal"
confidence = "C"
supersedes = "{instead_of.rule_id}"
"""


@pytest.mark.parametrize(
    ("kind", "values", "case_kind", "facts", "field", "said"),
    [
        ("jkm.payment_term", "working_days = 1", "deadline", {"type": "JKM_PAY"}, "due", "2025-07-15"),
        ("jkk.payment_term", "working_days = 1", "deadline", {"type": "JKK_PAY"}, "due", "2025-07-15"),
        ("jkk.report_term", "hours = 1", "deadline", {"type": "STAGE_REPORT"}, "due", "2025-07-14T01:00"),
        (
            "jkk.conclusion_term",
            "calendar_days = 1",
            "deadline",
            {"type": "CONCLUDE_ACCIDENT"},
            "due",
            "2025-07-15",
        ),
        ("jkk.filing_limit", "years = 1", "deadline", {"type": "CLAIM_EXPIRY"}, "due", "2026-07-14"),
        (
            "jkm.late_payment",
            'share_per_day = "1/50"',
            "deadline",
            {"type": "JKM_PAY", "nominal": 1_000, "paid_on": "2025-07-18"},
            "total",
            20,
        ),
        (
            "coverage.grace",
            "months = 1",
            "membership",
            {"registration_date": "2025-05-01", "birth_date": "1980-01-01", "on": "2025-06-30"},
            "status",
            "LAPSED",
        ),
        (
            "enrollment.age",
            "years_min = 60, years_below = 99",
            "membership",
            {"registration_date": "2025-05-01", "birth_date": "1980-01-01"},
            "status",
            "REJECT_MIN_AGE",
        ),
        (
            "jkk.partial_cap",
            'share_max = "1/100"',
            "jkk",
            next(one for one in CASES if one["id"] == "W28")["facts"],
            "percent",
            1,
        ),
    ],
)
def test_every_kind_of_case_is_answered_by_the_rules_it_is_given(
    kind: str, values: str, case_kind: str, facts: dict[str, Any], field: str, said: Any
) -> None:
    day = date(2025, 7, 14)
    tried = RULES.amended({"tried.toml": rule(kind, values, RULES.in_force(kind, day))})
    asked = {"kind": case_kind, "facts": {"start": day.isoformat(), **facts}}
    assert answer(asked, tried)[field] == said != answer(asked)[field]

"""The law over HTTP: every rule with its article, and quotes that save nothing."""

import json
from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.server import command_line
from tests.domain.test_amount_sheets import DETERMINED
from tests.domain.test_worked_cases import CASES

QUOTED = CASES


def test_the_rules_of_a_day_say_their_article_and_how_sure_they_are(town: Town) -> None:
    page = town.person("auditor", "auditor").get("/v1/rules", on="2019-12-01")
    rules = {rule["id"]: rule for rule in page["items"]}
    assert rules["JKM-LUMP-V1"]["legal_basis"] == "PP 44/2015 Art. 34(1)a"
    assert rules["JKM-LUMP-V1"]["values"] == {"rupiah": 16_200_000}
    assert "JKM-LUMP-V2" not in rules and "JKM-MIN3" not in rules
    assert {rule["confidence"] for rule in page["items"]} <= {"V", "S", "M", "C"}
    assert page["rule_set"] and page["position"]


def test_every_rule_on_every_sheet_of_the_worked_cases_leads_to_its_article_and_dates(town: Town) -> None:
    named = {
        name
        for _, found in DETERMINED
        for basis in (*(line.basis for line in found.lines), *(notice.basis for notice in found.notices))
        for name in basis.split("; ")
    }
    assert len(named) > 40
    anybody = town.person("siti", "participant")
    for name in sorted(named):
        told = anybody.get(f"/v1/rules/{name}")
        assert (told["id"], bool(told["legal_basis"]), bool(told["effective_from"])) == (name, True, True)
        assert told["confidence"] in {"V", "S", "M", "C"}
    for name in ("JKK-STMB-V2", "THUMB", "CON-LAPSE"):
        shown = json.loads(command_line(town.home, "rules", "show", name, "--json").stdout)
        assert shown == anybody.get(f"/v1/rules/{name}")


def test_what_an_amount_sheet_names_can_be_looked_up(town: Town) -> None:
    anybody = town.person("siti", "participant")
    assert anybody.get("/v1/rules/JKM-LATE-1PCT")["values"] == {"share_per_day": "1/100"}
    assert anybody.get("/v1/rules/THUMB")["values"]["right"] == "15%"
    assert anybody.call("GET", "/v1/rules/JKM-LUMP-V9").status_code == 404
    assert anybody.call("GET", "/v1/rules", params={"on": "soon"}).json()["field"] == "on"


@pytest.mark.parametrize("case", QUOTED, ids=lambda case: case["id"])
def test_a_quote_gives_what_the_worked_case_expects(town: Town, case: dict[str, Any]) -> None:
    said = town.person("intake", "intake").post(
        "/v1/benefits/quote", {"kind": case["kind"], "facts": case["facts"]}, status=200
    )
    for name, expected in case["expected"].items():
        match name:
            case "lines":
                plain = [{part: line[part] for part in ("code", "amount", "basis")} for line in said["lines"]]
                assert plain == expected
                assert all(line["working_id"] and line["working_en"] for line in said["lines"])
            case "payees":
                assert {one["code"]: one["payee"] for one in said["payees"]} == expected
            case "percent":
                assert said["percent"] == str(int(expected))
            case _:
                assert said[name] == expected


def test_a_projection_is_quoted_for_a_day(town: Town) -> None:
    children = [{"id": "A", "level": "SD", "year": 4}, {"id": "B", "level": "PT", "year": 3}]
    body = {"kind": "scholarship_projection", "facts": {"children": children, "on": "2024-07-01"}}
    said = town.person("intake", "intake").post("/v1/benefits/quote", body)
    assert [line["amount"] for line in said["lines"]] == [79_500_000, 36_000_000]
    assert said["total"] == 115_500_000 == sum(said["by_year"].values())
    assert list(said["by_year"].items())[:3] == [
        ("2024", 13_500_000),
        ("2025", 13_500_000),
        ("2026", 13_500_000),
    ]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"type": "JKM_PAY"}, "facts.start"),
        ({"type": "RAIN", "start": "2025-06-03"}, "facts.type"),
        ({"type": "JKM_PAY", "start": "2025-02-30"}, "facts"),
        ({"type": "JKM_PAY", "start": "0001-01-01"}, "facts.start"),
        ({"type": "JKM_PAY", "start": "2025-06-03", "holidays": ["0001-01-01"]}, "facts.holidays[0]"),
        ({"type": "JKM_PAY", "start": "2025-06-03", "nominal": -1}, "facts.nominal"),
        ({"type": "STAGE_REPORT", "start": "2025-05-14T25:00"}, "facts"),
        ({"type": "CONCLUDE_ACCIDENT", "start": "2023-10-05"}, "body"),
    ],
)
def test_a_term_that_cannot_be_is_refused_by_field(town: Town, facts: dict[str, Any], field: str) -> None:
    body = {"kind": "deadline", "facts": facts}
    refusal = town.person("intake", "intake").refused("/v1/benefits/quote", body, status=422, code="invalid")
    assert refusal.get("field", "body") == field


def test_a_projection_without_a_day_is_one_of_today(town: Town) -> None:
    body = {"kind": "scholarship_projection", "facts": {"children": [{"id": "A", "level": "PT"}]}}
    said = town.person("intake", "intake").post("/v1/benefits/quote", body)
    assert said["total"] == 60_000_000 == sum(said["by_year"].values())


def test_a_quote_saves_nothing(town: Town) -> None:
    intake = town.person("intake", "intake")
    before = intake.get("/v1/rules")["position"]
    intake.post("/v1/benefits/quote", {"kind": "jkm", "facts": QUOTED[7]["facts"]})
    assert intake.get("/v1/rules")["position"] == before


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("jkk", {"result": "HURT"}, "facts.result"),
        ("jkk", {"wage_base": "1000000"}, "facts.wage_base"),
        ("jkk", {"wage_base": 0}, "body"),
        ("jkk", {"colour": "red"}, "facts.colour"),
        ("jkk", {"accident_date": "2015-06-30"}, "body"),
        ("jkk", {"result": "PARTIAL"}, "disabilities"),
        ("jkk", {"transport": {"rocket": 1}}, "facts.transport"),
        (
            "jkk",
            {"result": "PARTIAL", "disabilities": [{"code": "SCALP", "assessed_pct": 1e-9}]},
            "facts.disabilities.assessed_pct",
        ),
        ("weather", {}, "kind"),
        ("deadline", {}, "facts.accident_date"),
    ],
)
def test_facts_that_cannot_be_are_refused_by_field(
    town: Town, kind: str, changes: dict[str, Any], field: str
) -> None:
    facts = {
        "accident_date": "2024-05-14",
        "membership_start": "2023-01-01",
        "paid_through": "2024-05",
        "result": "DEATH",
    }
    body = {"kind": kind, "facts": facts | changes}
    refusal = town.person("intake", "intake").refused("/v1/benefits/quote", body, status=422, code="invalid")
    assert refusal.get("field", "body") == field


@pytest.fixture(scope="module")
def member(town: Town) -> str:
    """A sponsored worker whose months September 2023 to August 2024 are paid."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    return stories.member(town, place.workers[0].nik)


def test_a_quote_for_a_member_takes_the_cover_from_the_log_and_saves_nothing(town: Town, member: str) -> None:
    intake = town.person("intake", "intake")
    facts: dict[str, Any] = {"date_of_death": "2024-05-14"}
    said = intake.post(
        "/v1/benefits/quote", {"kind": "jkm", "enrollment_id": member, "facts": facts}, status=200
    )
    assert (said["outcome"], said["total"], said["enrollment_id"]) == ("PAY", 42_000_000, member)
    stated = {
        name: said["inputs"][name] for name in ("membership_start", "paid_months", "segment", "wage_base")
    }
    assert stated == {
        "membership_start": "2023-09-01",
        "paid_months": ["2023-09/2024-08"],
        "segment": "BPU_APBD",
        "wage_base": 1_000_000,
    }
    assert said["inputs"]["paid_months_total"] == 9
    held = intake.post(
        "/v1/benefits/quote",
        {
            "kind": "jkm",
            "enrollment_id": member,
            "facts": {"date_of_death": "2024-10-31", "heir_tier": "NONE"},
        },
    )
    assert (held["outcome"], held["arrears"]) == ("HOLD_ARREARS", 2 * 16_800)
    hurt = {"accident_date": "2024-05-14", "result": "TOTAL", "stmb_days": 90, "transport": {"land": 350_000}}
    accident = intake.post(
        "/v1/benefits/quote", {"kind": "jkk", "enrollment_id": member, "facts": hurt}, status=200
    )
    assert accident["total"] == 71_350_000
    child = {"id": "A", "birth_date": "2015-01-01", "years": [{"claim_date": "2024-07-15", "level": "SD"}]}
    school = {"event_date": "2024-05-14", "cause": "JKM", "children": [child]}
    scholarship = intake.post(
        "/v1/benefits/quote", {"kind": "scholarship", "enrollment_id": member, "facts": school}, status=200
    )
    assert (scholarship["paid_months_total"], scholarship["reasons"]) == (9, {"ALL": "MIN_36_MONTHS"})
    assert scholarship["position"] == said["position"] == intake.get("/v1/rules")["position"]


def test_a_quote_for_a_member_is_refused_what_the_log_knows_and_who_may_not_look(
    town: Town, member: str
) -> None:
    body = {"kind": "jkm", "enrollment_id": member, "facts": {"date_of_death": "2024-05-14", "segment": "PU"}}
    refusal = town.person("intake", "intake").refused("/v1/benefits/quote", body, status=422, code="invalid")
    assert refusal["field"] == "facts.segment"
    body["facts"] = {"date_of_death": "2024-05-14"}
    siti = town.person("a stranger", "participant")
    siti.refused("/v1/benefits/quote", body, status=404, code="not_found")
    body["enrollment_id"] = "00000000-0000-4000-8000-000000000000"
    town.person("intake", "intake").refused("/v1/benefits/quote", body, status=404, code="not_found")
    del body["enrollment_id"]
    alone = town.person("intake", "intake").refused("/v1/benefits/quote", body, status=422, code="invalid")
    assert alone["field"] == "facts.membership_start"

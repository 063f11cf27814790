"""Nothing looks past the rules it is given: under a copy of the law with other ids, every line names the copy."""

from dataclasses import replace
from typing import Any

import pytest

from domain.benefit.accident import determine_accident
from domain.benefit.contribution import contribution
from domain.benefit.death import determine_death
from domain.benefit.rules import RULES, RuleSet
from domain.benefit.scholarship import Place, projection, scholarships
from domain.benefit.worked_cases import accident_facts, answer, death_facts, first_difference, pupils
from domain.period import Month
from tests.domain.test_amount_sheets import CASES, DETERMINED

COPY = RuleSet(
    tuple(
        one
        for rule in RULES.rules
        for one in (rule, replace(rule, rule_id=f"{rule.rule_id}/copy", supersedes=rule.rule_id))
    ),
    RULES.bands,
    RULES.injuries,
)
ROWS = {injury.code for injury in RULES.injuries}


def renamed(basis: str) -> str:
    return "; ".join(f"{rule_id}/copy" for rule_id in basis.split("; "))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_line_names_the_rules_it_was_given(case: dict[str, Any]) -> None:
    ours, copied = answer(case), answer(case, COPY)
    for line in ours.get("lines", []):
        line["basis"] = renamed(line["basis"])
    assert copied == ours
    if "lines" in case["expected"] and case["expected"]["lines"]:
        assert "lines[0].basis" in str(
            first_difference({**case, "expected": {"lines": case["expected"]["lines"]}}, COPY)
        )


@pytest.mark.parametrize(
    "case", [one for one in CASES if one["kind"] in {"jkm", "jkk"}], ids=lambda case: case["id"]
)
def test_decisions_and_notices_name_the_version_they_were_given(case: dict[str, Any]) -> None:
    ours = dict(DETERMINED)[case["id"]]
    copied = (
        determine_death(death_facts(case["facts"]), COPY)
        if case["kind"] == "jkm"
        else determine_accident(accident_facts(case["facts"]), COPY)
    )
    assert copied.rule_set == COPY.version != RULES.version
    assert copied.inputs == ours.inputs and copied.inputs
    for notice, other in zip(ours.notices, copied.notices, strict=True):
        if notice.code == "RULE_NOT_VERIFIED" and notice.basis not in ROWS:
            assert other.basis == renamed(notice.basis)


def test_other_rules_reach_contributions_scholarships_and_forecasts() -> None:
    due = contribution(months=[Month(2026, 5)], segment="BPU_SELF_OTHER", income=1, rules=COPY)
    assert {line.basis for line in due.lines} == {
        "CON-JKK-BPU/copy; CON-RELIEF-2026-N/copy",
        "CON-JKM-BPU/copy; CON-RELIEF-2026-N/copy",
    }
    [child] = pupils(
        {
            "children": [
                {
                    "id": "A",
                    "birth_date": "2006-01-01",
                    "years": [{"claim_date": "2025-02-24", "level": "PT", "work": "BPU"}],
                }
            ]
        }
    )
    found = scholarships(
        event_on=child.years[0].claim_date, cause="JKM", paid_months_total=36, pupils=[child], rules=COPY
    )
    assert [line.basis for line in found.lines] == ["SCH-PT/copy; SCH-WORK-EXC/copy"]
    full = projection([Place(id="A", level="TK", year=1)], child.years[0].claim_date, COPY)
    assert [line.basis for line in full] == ["SCH-CAP174/copy"]

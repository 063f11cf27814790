"""What amount sheets say, to the word: each line's working and each notice, as the reference page shows them."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from domain.benefit.accident import determine_accident
from domain.benefit.case_file import read_cases
from domain.benefit.death import determine_death
from domain.benefit.determination import Determination
from domain.benefit.rules import RULES
from domain.benefit.worked_cases import accident_facts, answer, death_facts
from domain.rupiah import written_rupiah
from tests.architecture import cases_page

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "worked-cases.md"
CASES = [case for name in cases_page.FILES for case in read_cases((TESTS / name).read_text(encoding="utf-8"))]


def determined(case: dict[str, Any]) -> Determination | None:
    match case["kind"]:
        case "jkm":
            return determine_death(death_facts(case["facts"]))
        case "jkk":
            return determine_accident(accident_facts(case["facts"]))
        case _:
            return None


DETERMINED = [(case["id"], found) for case in CASES if (found := determined(case)) is not None]


def test_the_sheets_of_all_cases_read_as_the_page_shows_them() -> None:
    """A changed word is a changed sheet: look at the page before `make reference` writes it anew."""
    page = PAGE.read_text(encoding="utf-8").splitlines()
    said = list(cases_page.lines(page[2]))
    assert [line for line in said if line not in page] == []
    assert said == page


@pytest.mark.parametrize(("case_id", "found"), DETERMINED, ids=[case_id for case_id, _ in DETERMINED])
def test_a_sheet_adds_up_and_each_line_ends_in_its_amount(case_id: str, found: Determination) -> None:
    assert found.total == sum(line.amount for line in found.lines)
    assert found.amount_payable("at_once") + found.amount_payable("after_arrears") == found.total
    for line in found.lines:
        assert written_rupiah(line.amount, "id") in line.working_id
        assert written_rupiah(line.amount, "en") in line.working_en
    if found.payees:
        assert [(share.code, share.amount) for share in found.payees] == [
            (line.code, line.amount) for line in found.lines
        ]


def test_every_number_can_be_traced_to_its_article_and_dates() -> None:
    """Every rule or row that a line or a notice names can be found, has an article, and held on the day."""
    named = {
        (name, str(found.inputs.get("date_of_death") or found.inputs.get("accident_date")))
        for _, found in DETERMINED
        for name in [
            *(rule_id for line in found.lines for rule_id in line.rule_ids),
            *(notice.basis for notice in found.notices),
        ]
    }
    rows = {injury.code for injury in RULES.injuries}
    assert len({name for name, _ in named}) > 40
    for name, day in named:
        if name in rows:
            continue
        rule = RULES.find(name)
        assert rule.citation.legal_basis
        if not rule.kind.startswith("contribution."):  # arrears: their months came before the day
            assert (
                rule.effective_from.isoformat()
                <= day
                <= (rule.effective_to or rule.effective_from.max).isoformat()
            )


def test_no_floating_point_is_alive_between_the_facts_and_the_rupiah() -> None:
    """Every variable of every function of the law is looked at, line by line, while all cases are answered."""
    seen: set[str] = set()
    floats: list[str] = []

    def look(frame: FrameType, event: str, value: Any) -> Any:
        module = str(frame.f_globals.get("__name__", ""))
        if not module.startswith("domain."):
            return None
        seen.add(module)
        for name, one in [*frame.f_locals.items(), (event, value)]:
            parts = one if isinstance(one, list | tuple | set | frozenset) else [one]
            if any(isinstance(part, float) for part in parts):
                floats.append(f"{module}.{frame.f_code.co_name}: {name}")
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        for case in CASES:
            answer(case)
    finally:
        sys.settrace(before)
    assert floats == []
    assert {"domain.benefit.death", "domain.benefit.accident_lines", "domain.rupiah"} <= seen

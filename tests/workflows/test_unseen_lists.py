"""Lists nobody has seen, 5,000 rows each, in every way a file is saved: exactly the outcome they were made with."""

from random import Random

import pytest

from tests.workflows.dirty_lists import EFFECTIVE, UPLOADED, DirtyList, dirty_list
from workflows.roster.checks import AcceptedRow, RefusedRow, SeenNiks, check_slice
from workflows.roster.messages import explain
from workflows.roster.programme_rules import ProgrammeRules
from workflows.roster.sheet import open_sheet

ROWS = 5_000
RULES = ProgrammeRules(area_code="3375", effective_on=EFFECTIVE, uploaded_on=UPLOADED)
FORMATS = [
    (",", "utf-8"),
    (";", "utf-8-sig"),
    (";", "cp1252"),
    (",", "utf-8-sig"),
    ("xlsx", ""),
]


def saved(made: DirtyList, kind: str, encoding: str, seed: int) -> bytes:
    rnd = Random(seed)
    return made.as_workbook(rnd) if kind == "xlsx" else made.as_csv(kind, encoding, rnd)


@pytest.mark.parametrize(("kind", "encoding"), FORMATS)
@pytest.mark.parametrize("seed", [1, 20_231_124, 77])
def test_an_unseen_list_comes_out_as_it_was_made(
    kind: str, encoding: str, seed: int, long_gates: bool
) -> None:
    for turn in range(20 if long_gates else 1):
        made = dirty_list(ROWS, seed + 1_000 * turn, is_text=kind != "xlsx")
        sheet = open_sheet(saved(made, kind, encoding, seed))
        assert sheet.rows_total == ROWS
        rows, seen = list(sheet.rows()), SeenNiks()
        outcomes = [
            outcome
            for start in range(0, ROWS, 512)
            for outcome in check_slice(rows[start : start + 512], RULES, {}, seen)
        ]
        reject = {one.row: one.issue for one in outcomes if isinstance(one, RefusedRow)}
        warn = {one.row: one.warnings for one in outcomes if isinstance(one, AcceptedRow) and one.warnings}
        found = {row: (issue.field, issue.code) for row, issue in reject.items()}
        differ = {row: (found.get(row), made.reject.get(row)) for row in found.keys() | made.reject.keys()}
        assert not {row: (pair, made.rows[row - 1]) for row, pair in differ.items() if pair[0] != pair[1]}
        assert {row: one.first_row for row, one in reject.items() if one.first_row} == made.first_row
        assert {row: {(one.field, one.code) for one in ones} for row, ones in warn.items()} == made.warn
        assert sum(isinstance(one, AcceptedRow) for one in outcomes) == made.accepted
        for code, column in {(issue.code, issue.field) for issue in reject.values()}:
            for language in ("id", "en"):
                explain(code, language, field=column, first_row=1)


def test_the_lists_are_as_dirty_as_they_should_be() -> None:
    """The test above would say little if every row were clean."""
    made = dirty_list(ROWS, 1, is_text=True)
    codes = {code for _, code in made.reject.values()}
    assert len(codes) == 14, sorted(codes)
    assert 0.3 * ROWS < len(made.reject) < 0.5 * ROWS
    assert len(made.warn) > 100

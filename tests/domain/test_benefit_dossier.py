"""The rules say what the tables of the dossier say: row by row, dates, figures, articles, sources and marks."""

import csv
import re
from pathlib import Path

import pytest

from domain.benefit.rules import RULES
from domain.dated import Rule

DATA = Path(__file__).parents[1] / "data"
MARKS = {"verified text": "V", "secondary": "S", "memory": "M", "engine convention": "C"}  # surest first
OWN = {"ENR-AGE-BEFORE-2021", "JKK-COVERED", "JKM-ACTIVE"}  # each says in its note why it is there
WITHOUT_FIRST_DAY = {
    "ENR-WORK",
    "JKK-CAP70",
}  # the table gives none: they hold as long as the law they belong to

# The value itself is verified text; what the second mark is about changes no amount, as the rule's note says.
MARKED_BY_ITS_VALUE = {
    "CON-GRACE-3M", "CON-LAPSE", "JKM-BERKALA-V2", "JKM-SCHRIGHT-V2", "JKM-NOLIMIT", "JKK-STMB-V1", "JKK-STMB-V2",
}  # fmt: skip


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = table("benefit_rules.csv")


def figures(rule: Rule) -> set[int]:
    """Return every figure above a thousand that a rule holds, and so many months of so many rupiah as one."""
    found: set[int] = set()
    for value in rule.values.values():
        texts = value if isinstance(value, tuple) else (str(value),)
        found |= {int(number) for text in texts for number in re.findall(r"\d{4,}", text)}
    if {"months", "rupiah_per_month"} <= rule.values.keys():
        found.add(rule.integer("months") * rule.integer("rupiah_per_month"))
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule_id"])
def test_a_rule_says_what_its_row_says(row: dict[str, str]) -> None:
    rule = RULES.find(row["rule_id"])
    until = rule.effective_to.isoformat() if rule.effective_to else ""
    assert until == row["effective_to"]
    if row["rule_id"] not in WITHOUT_FIRST_DAY:
        assert rule.effective_from.isoformat() == row["effective_from"]
    assert " ".join(rule.citation.legal_basis.split()) == row["legal_basis"]
    assert set(rule.citation.sources) == set(filter(None, row["sources"].split(";")))
    stated = {int(number) for number in re.findall(r"\d{4,}", row["amount_or_formula"])}
    assert stated <= figures(rule)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule_id"])
def test_a_rule_keeps_its_mark(row: dict[str, str]) -> None:
    marks = [mark for words, mark in MARKS.items() if words in row["confidence"]]
    expected = marks[0] if row["rule_id"] in MARKED_BY_ITS_VALUE else marks[-1]
    rule = RULES.find(row["rule_id"])
    assert rule.citation.confidence.value == expected
    assert len(marks) == 1 or rule.citation.confidence_note, "which part is how sure"


def test_no_rule_is_our_own_but_those_that_say_why() -> None:
    assert {rule.rule_id for rule in RULES.rules} - {row["rule_id"] for row in ROWS} == OWN
    for rule_id in OWN:
        assert RULES.find(rule_id).note


def test_every_band_is_that_of_the_dossier() -> None:
    assert [list(band.row) for band in RULES.bands] == [
        list(row.values()) for row in table("bpu_contributions.csv")
    ]


def test_every_row_of_the_table_of_disabilities_is_that_of_the_dossier() -> None:
    """Ours has three columns more: which whole a part belongs to, whether it is both sides, how many a side has."""
    with (DATA.parents[1] / "domain/benefit/parameters/disability_table.csv").open(encoding="utf-8") as file:
        ours = list(csv.DictReader(file))
    theirs = table("disability_table.csv")
    assert [{name: row[name] for name in theirs[0]} for row in ours] == theirs
    assert [injury.code for injury in RULES.injuries] == [row["code"] for row in theirs]

"""`jaminan rules`, as a person runs it: cases checked, rules listed and shown."""

import json
import subprocess
import sys
from pathlib import Path

CASES = Path(__file__).parents[1] / "worked_cases.yaml"
MORE_CASES = Path(__file__).parents[1] / "more_worked_cases.yaml"
PROGRAM = Path(sys.executable).with_name("jaminan")


def rules(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, "rules", *words], capture_output=True, text=True, timeout=60, check=False)


def check(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return rules("check", file, *options)


def test_all_worked_cases_pass() -> None:
    done = check(CASES)
    assert (done.returncode, done.stdout) == (0, "44 passed, 0 failed\n")
    more = check(MORE_CASES)
    assert (more.returncode, more.stdout) == (0, "92 passed, 0 failed\n")


def test_a_case_that_differs_is_named_with_its_first_field(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(CASES.read_text(encoding="utf-8").replace('"percent": 35.0', '"percent": 35.5'))
    done = check(wrong)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "W28 percent: expected 35.5, the engine says 35",
        "W29 percent: expected 35.5, the engine says 35",
        "42 passed, 2 failed",
    ]
    report = json.loads(check(wrong, "--json").stdout)
    assert (report["passed"], report["failed"], len(report["cases"])) == (42, 2, 44)


def test_facts_that_do_not_read_fail_their_case_alone(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    cases = [
        {"id": "B1", "kind": "jkk", "facts": {"accident_date": "yesterday"}, "expected": {"total": 0}},
        {"id": "B2", "kind": "weather", "facts": {}, "expected": {}},
        {"id": "B3", "kind": "scholarship", "facts": {"children": 3}, "expected": {"total": 0}},
        {"id": "B4", "kind": "jkm", "facts": "none", "expected": {"total": 0}},
        {"id": "B5", "kind": "jkm", "facts": {"segment": "PU"}},
        {"id": "B6", "kind": "contribution", "facts": {"wage_base": 1}, "expected": {"total": 0}},
        {
            "kind": "deadline",
            "facts": {"type": "CONCLUDE_ACCIDENT", "start": "9999-12-31"},
            "expected": {"due": 1},
        },
    ]
    broken.write_text(json.dumps({"format": 1, "cases": cases}))
    done = check(broken)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "B1: the case does not read: Invalid isoformat string: 'yesterday'",
        "B2: the case does not read: `expected` is an object with at least one field",
        "B3: the case does not read: `event_date` is missing",
        "B4: the case does not read: `facts` is an object",
        "B5: the case does not read: `expected` is missing",
        "B6: the case does not read: `months` is missing",
        "case without id: the case does not read: date value out of range",
        "0 passed, 7 failed",
    ]
    assert "Traceback" not in done.stderr


def test_a_file_that_holds_no_cases_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    for text in (
        '{"cases": ["no case"]}',
        "{}",
        "[]",
        '{"format": 2, "cases": []}',
        "# nothing",
        "[" * 100_000,
    ):
        broken.write_text(text)
        done = check(broken)
        assert (done.returncode, done.stdout) == (1, "")
        assert "broken.yaml is no file of worked cases" in done.stderr and "Traceback" not in done.stderr


def test_the_rules_of_a_day_are_listed_and_those_of_another_are_not() -> None:
    listed = rules("list", "--on", "2019-12-01").stdout
    assert "JKM-LUMP-V1" in listed and "rupiah = 16,200,000" in listed and "JKM-LUMP-V2" not in listed
    assert "JKM-LUMP-V2" in rules("list").stdout
    every = json.loads(rules("list", "--all", "--json").stdout)
    assert {"JKM-LUMP-V1", "JKM-LUMP-V2"} <= {rule["id"] for rule in every}
    wrong = rules("list", "--on", "yesterday")
    assert wrong.returncode == 1 and "2023-09-01" in wrong.stderr
    before = rules("list", "--on", "1990-01-01")
    assert before.returncode == 0 and before.stdout.startswith("No rule is in force on that day")


def test_a_rule_is_shown_with_article_dates_and_confidence() -> None:
    shown = rules("show", "JKK-STMB-V1").stdout
    for words in (
        "PP 44/2015 Annex III",
        "2015-07-01 – 2019-12-01",
        "S (secondary sources)",
        "180 3/4",
        "S33",
    ):
        assert words in shown
    assert "never: no source says it" in rules("show", "HAND_WRIST").stdout
    unknown = rules("show", "JKM-LUMP-V9")
    assert unknown.returncode == 1 and "There is no rule JKM-LUMP-V9" in unknown.stderr

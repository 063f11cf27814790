"""Running worked cases against the rules, for people and for machines."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from domain.benefit.case_file import read_cases
from domain.benefit.worked_cases import first_difference
from domain.refusal import Invalid, Refusal


class CaseResult(msgspec.Struct, kw_only=True):
    """One case; `difference` says what differs first, empty where all agree."""

    id: str
    kind: str
    difference: str


class Report(msgspec.Struct, kw_only=True):
    """What came of a file of cases."""

    passed: int
    failed: int
    cases: list[CaseResult]

    def lines(self) -> Iterator[str]:
        yield from (case.difference for case in self.cases if case.difference)
        yield f"{self.passed} passed, {self.failed} failed"


def check_cases(file: Path) -> Report:
    """Run every case of a file. Refused (`invalid`) where the file does not read."""
    try:
        cases = read_cases(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as fault:
        raise Invalid(f"{file.name} is no file of worked cases: {fault}", field="file") from None
    results = [_run(case) for case in cases]
    failed = sum(1 for one in results if one.difference)
    return Report(passed=len(results) - failed, failed=failed, cases=results)


def _run(case: Mapping[str, Any]) -> CaseResult:  # Any: JSON values of many shapes
    name, kind = str(case.get("id", "case without id")), str(case.get("kind", ""))
    try:
        difference = first_difference(case) or ""
    except Refusal as refusal:
        difference = f"{name}: {refusal.message}"
    except (AttributeError, TypeError, KeyError, ValueError, ArithmeticError) as fault:
        difference = f"{name}: the case does not read: {fault}"
    return CaseResult(id=name, kind=kind, difference=difference)

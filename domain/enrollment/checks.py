"""Which body looked into what, at which source, on which day, with which result (dossier 2.6, 2.8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias, get_args

from domain.refusal import Invalid

# Ward: residence, occupation, work. Labour office and Fund: civil registry, poverty register, the rest.
CheckName: TypeAlias = Literal[
    "residence", "occupation", "working", "civil_registry", "poverty_register", "formal_worker", "duplicate"
]
CheckResult: TypeAlias = Literal["passed", "failed", "not_made"]
CHECKS: Final[tuple[str, ...]] = get_args(CheckName)
NOT_MADE: Final = "not_made"
FAILED: Final = "failed"


@dataclass(frozen=True, kw_only=True)
class CheckForm:
    """One check as somebody states it. by: the body that made it, such as the civil registry; not a person."""

    name: CheckName
    result: CheckResult
    by: str | None = None
    source: str | None = None
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check as it was made, or stated as not made; `by` is a body, never a person."""

    name: str
    result: str
    by: str | None = None
    source: str | None = None
    on: date | None = None


def stated(checks: Iterable[CheckForm], day: date) -> tuple[Check, ...]:
    """Return the checks that were stated on a legal day.

    Refused (`invalid`): a check named twice, one made without its body, source or day, or made after the day.
    """
    found: dict[str, Check] = {}
    for n, check in enumerate(checks):
        field = f"checks[{n}]"
        if check.name in found:
            raise Invalid(f"check {check.name} is stated twice: leave one out", field=f"{field}.name")
        by, source = (text.strip() if text else None for text in (check.by, check.source))
        if check.result != NOT_MADE:
            for name, value in (("by", by), ("source", source), ("on", check.on)):
                if not value:
                    raise Invalid(
                        f"{name} is missing for check {check.name}: say which body made it, from which source and on "
                        "which day, or state it as not_made",
                        field=f"{field}.{name}",
                    )
        if check.on is not None and check.on > day:
            raise Invalid(
                f"on lies after the day of the step for check {check.name}: give the day it was made",
                field=f"{field}.on",
            )
        found[check.name] = Check(name=check.name, result=check.result, by=by, source=source, on=check.on)
    return tuple(found.values())


def not_made(known: Mapping[str, Check]) -> tuple[str, ...]:
    """Return the names of the checks that nobody made, in their order."""
    return tuple(name for name in CHECKS if name not in known or known[name].result == NOT_MADE)

"""What the work accident benefit depends on, and the same as plain values that an event can keep.

Source: dossier 4 and 11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, cast, get_args

from domain.benefit.contribution import SEGMENTS
from domain.benefit.determination import Plain
from domain.benefit.disability import Disability, Side
from domain.period import Month, month_runs, parse_month_runs
from domain.refusal import Invalid

Result: TypeAlias = Literal["RECOVERED", "PARTIAL", "TOTAL", "DEATH"]
NOTHING: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Aid:
    """A device or care that was paid for. actual, hospital_price: rupiah; the second for prostheses only."""

    code: str  # the line, such as JKK_GLASSES
    actual: int
    hospital_price: int | None = None


@dataclass(frozen=True, kw_only=True)
class AccidentFacts:
    """What the amounts depend on.

    accident_on: the day of the accident, or of the diagnosis. membership_start, paid_months, ended_on: as for
    a death. wage_base: rupiah per month, the last one at the time of the accident. stmb_days: days without
    ability to work, until recovery, disability or death is certified. transport: rupiah paid by mode.
    children: how many could receive a scholarship. claim_date: of the report of stage I; the filing limit is
    held against it, and against nothing where it is not known yet.
    """

    accident_on: date
    membership_start: date | None
    paid_months: frozenset[Month]
    segment: str
    wage_base: int
    result: Result
    stmb_days: int = 0
    transport: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    aids: tuple[Aid, ...] = ()
    disabilities: tuple[Disability, ...] = ()
    left_handed: bool = False
    children: int = 0
    heir_tier: str = "SPOUSE_CHILD"
    claim_date: date | None = None
    ended_on: date | None = None

    def __post_init__(self) -> None:
        if self.segment not in SEGMENTS:
            raise Invalid(f"There is no segment {self.segment}.", field="segment", segment=self.segment)
        if self.result not in get_args(Result):
            known = ", ".join(get_args(Result))
            raise Invalid(f"There is no result {self.result}; known are {known}.", field="result")
        if self.wage_base <= 0 or self.stmb_days < 0 or self.children < 0:
            raise Invalid("A wage base is above zero, and days and children are not negative.")
        costs = [*self.transport.values(), *(aid.actual for aid in self.aids)]
        if any(cost < 0 for cost in costs):
            raise Invalid("What was paid for transport and aids is not negative.")
        if self.result == "PARTIAL" and not self.disabilities:
            raise Invalid("A partial disability needs at least one row of the table.", field="disabilities")


def inputs_of(facts: AccidentFacts) -> dict[str, Plain]:
    """Return the facts as plain values under their names in the dossier; months as unbroken runs."""
    ended = {"ended_on": facts.ended_on.isoformat()} if facts.ended_on else {}
    return ended | {
        "accident_date": facts.accident_on.isoformat(),
        "membership_start": facts.membership_start.isoformat() if facts.membership_start else None,
        "paid_months": month_runs(facts.paid_months),
        "segment": facts.segment,
        "wage_base": facts.wage_base,
        "result": facts.result,
        "stmb_days": facts.stmb_days,
        "transport": tuple(f"{mode} {paid}" for mode, paid in facts.transport.items()),
        "aids": tuple(_aid_text(aid) for aid in facts.aids),
        "disabilities": tuple(_disability_text(one) for one in facts.disabilities),
        "left_handed": facts.left_handed,
        "children": facts.children,
        "heir_tier": facts.heir_tier,
        "claim_date": facts.claim_date.isoformat() if facts.claim_date else None,
    }


def facts_of(inputs: Mapping[str, Any]) -> AccidentFacts:  # Any: JSON values, as `inputs_of` wrote them
    """Return the facts of a recorded determination, to work it out again under other rules."""
    start, claimed, ended = inputs["membership_start"], inputs["claim_date"], inputs.get("ended_on")
    return AccidentFacts(
        accident_on=date.fromisoformat(inputs["accident_date"]),
        membership_start=date.fromisoformat(start) if start else None,
        paid_months=parse_month_runs(inputs["paid_months"]),
        segment=inputs["segment"],
        wage_base=inputs["wage_base"],
        result=inputs["result"],
        stmb_days=inputs["stmb_days"],
        transport={mode: int(paid) for mode, paid in (one.split() for one in inputs["transport"])},
        aids=tuple(map(_aid, inputs["aids"])),
        disabilities=tuple(map(_disability, inputs["disabilities"])),
        left_handed=inputs["left_handed"],
        children=inputs["children"],
        heir_tier=inputs["heir_tier"],
        claim_date=date.fromisoformat(claimed) if claimed else None,
        ended_on=date.fromisoformat(ended) if ended else None,
    )


def _aid_text(aid: Aid) -> str:
    priced = "" if aid.hospital_price is None else f" hospital_price={aid.hospital_price}"
    return f"{aid.code} actual={aid.actual}{priced}"


def _aid(text: str) -> Aid:
    code, values = _named(text)
    price = values.get("hospital_price")
    return Aid(code=code, actual=int(values["actual"]), hospital_price=int(price) if price else None)


def _disability_text(one: Disability) -> str:
    stated = {
        "side": one.side,
        "count": one.count if one.count != 1 else None,
        "function_loss": one.function_loss,
        "assessed": one.assessed,
    }
    return " ".join([one.code, *(f"{name}={value}" for name, value in stated.items() if value is not None)])


def _disability(text: str) -> Disability:
    code, values = _named(text)
    loss, assessed = values.get("function_loss"), values.get("assessed")
    return Disability(
        code=code,
        side=cast(Side | None, values.get("side")),
        count=int(values.get("count", "1")),
        function_loss=Fraction(loss) if loss else None,
        assessed=Fraction(assessed) if assessed else None,
    )


def _named(text: str) -> tuple[str, dict[str, str]]:
    code, *pairs = text.split(" ")
    return code, dict(pair.split("=", 1) for pair in pairs)

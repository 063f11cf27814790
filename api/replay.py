"""`jaminan rules replay`: every past decision worked out again, and what would have been different."""

import csv
import io
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from eventsourcing.utils import get_topic

from domain.benefit.determination import Determination
from domain.benefit.replay import Change, can_be_replayed, difference, replayed
from domain.benefit.rules import RULES, RuleSet
from domain.claim.events import BenefitCalculated, DeathReported
from domain.dated import RulesContradict
from domain.refusal import Invalid, Refusal
from domain.rupiah import written_rupiah
from store.mapper import SealingMapper
from store.store import Store

SLICE: Final = 5_000  # events read at once
REPORTED: Final = get_topic(DeathReported)
CALCULATED: Final = get_topic(BenefitCalculated)
COLUMNS: Final = (
    "number", "claim_id", "decided_on", "event_on", "stands", "outcome_was", "outcome_would_be", "total_was",
    "total_would_be", "amount", "changes", "fault",
)  # fmt: skip


class Differing(msgspec.Struct, kw_only=True):
    """A decision that would be another. Amounts in rupiah.

    stands: no later calculation took its place. fault: why it cannot be worked out again, if it cannot.
    """

    number: str
    claim_id: UUID
    decided_on: date
    event_on: str
    stands: bool
    outcome_was: str
    outcome_would_be: str
    total_was: int
    total_would_be: int
    amount: int
    changes: tuple[Change, ...]
    fault: str | None = None


class Replay(msgspec.Struct, kw_only=True):
    """What came of it. amount: what all differing decisions that stand would cost more, in rupiah."""

    decisions: int
    differing: int
    amount: int
    faults: int
    rule_set: str
    position: int
    items: list[Differing]


@dataclass(frozen=True, slots=True)
class _Found:
    """A differing decision: the claim, and the version of the calculation."""

    claim_id: UUID
    version: int
    what: Differing


def proposed_rules(file: Path | None) -> RuleSet:
    """Return the rules in force, with those of a file added. Refused (`invalid`) where the file does not read."""
    if file is None:
        return RULES
    try:
        tried = RULES.amended({file.name: file.read_text(encoding="utf-8")})
    except (RulesContradict, ValueError, TypeError, KeyError) as fault:
        raise Invalid(f"{file.name} holds no rules to try: {fault}", field="rules") from None
    if len(tried.rules) == len(RULES.rules):
        raise Invalid(f"{file.name} holds no rules to try: it has no [[rule]]", field="rules")
    for rule in tried.rules[len(RULES.rules) :]:
        if not RULES.versions(rule.kind):
            raise Invalid(
                f"{file.name}: {rule.rule_id} is a rule on `{rule.kind}`, which no calculator asks for",
                field="rules",
            )
    return tried


async def replay(
    store: Store,
    mapper: SealingMapper,
    rules: RuleSet,
    *,
    first: date | None = None,
    last: date | None = None,
) -> Replay:
    """Work every decision out again whose legal day lies between two days; nothing is written.

    The log is read page by page and only what differs is kept, however many decisions there are.
    """
    position, count, found = await store.last_position(), 0, list[_Found]()
    async for record, event in calculations(store, mapper, position):
        if (first and event.effective_on < first) or (last and event.effective_on > last):
            continue
        if not can_be_replayed(event.determination):
            continue
        count += 1
        if (one := _compared(record.stream, event, rules)) is not None:
            found.append(_Found(record.stream, record.version, one))
    items = await _named(found, store, mapper, position)
    standing = [one for one in items if one.stands and one.fault is None]
    return Replay(
        decisions=count,
        differing=sum(1 for one in items if one.fault is None),
        amount=sum(one.amount for one in standing),
        faults=sum(1 for one in items if one.fault is not None),
        rule_set=rules.version,
        position=position,
        items=items,
    )


def as_table(done: Replay) -> Iterator[str]:
    """Yield what a person reads: a line for each differing decision, and the sum."""
    for one in done.items:
        if one.fault is not None:
            yield f"{one.number}  {one.decided_on}  cannot be worked out again: {one.fault}"
            continue
        outcome = (
            one.outcome_was
            if one.outcome_was == one.outcome_would_be
            else f"{one.outcome_was} -> {one.outcome_would_be}"
        )
        lines = ", ".join(f"{line.code} {line.was:,} -> {line.would_be:,}" for line in one.changes)
        note = "" if one.stands else "  (calculated again later)"
        yield f"{one.number}  {one.decided_on}  {outcome}  {written_rupiah(one.amount, 'en')}  {lines}{note}"
    yield (
        f"{done.decisions} decisions, {done.differing} would differ; those that stand by "
        f"{written_rupiah(done.amount, 'en')}"
        + (f"; {done.faults} could not be worked out again" if done.faults else "")
    )


def as_csv(done: Replay) -> str:
    """Return the differing decisions as CSV."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in done.items:
        lines = "; ".join(f"{line.code} {line.was} {line.would_be}" for line in one.changes)
        values = {name: getattr(one, name) for name in COLUMNS} | {"changes": lines, "fault": one.fault or ""}
        rows.writerow(values[name] for name in COLUMNS)
    return text.getvalue()


async def calculations(
    store: Store, mapper: SealingMapper, up_to: int
) -> AsyncIterator[tuple[Any, BenefitCalculated]]:
    after = 0
    while records := await store.read_log(after, SLICE, topics=[CALCULATED], up_to=up_to):
        for record in records:
            yield record, mapper.event_of(record)
        after = records[-1].position


def _compared(claim_id: UUID, event: BenefitCalculated, rules: RuleSet) -> Differing | None:
    was: Determination = event.determination
    inputs = was.inputs
    named: dict[str, Any] = {
        "number": "",
        "claim_id": claim_id,
        "decided_on": event.effective_on,
        "event_on": str(inputs.get("date_of_death") or inputs.get("accident_date")),
        "stands": True,
        "outcome_was": was.outcome,
        "total_was": was.total,
    }
    try:
        found = difference(was, replayed(was, rules))
    except (Refusal, RulesContradict) as fault:
        said = fault.message if isinstance(fault, Refusal) else str(fault)
        return Differing(**named, outcome_would_be="", total_would_be=0, amount=0, changes=(), fault=said)
    if found is None:
        return None
    return Differing(
        **named,
        outcome_would_be=found.outcome_would_be,
        total_would_be=found.total_would_be,
        amount=found.amount,
        changes=found.changes,
    )


async def _named(found: Sequence[_Found], store: Store, mapper: SealingMapper, up_to: int) -> list[Differing]:
    """Give each differing decision the number of its claim, and say whether it stands."""
    for start in range(0, len(found), SLICE):
        part = found[start : start + SLICE]
        claims = await store.read_streams(
            [one.claim_id for one in part], up_to=up_to, topics=[REPORTED, CALCULATED]
        )
        for one in part:
            reported, *calculations = claims[one.claim_id]
            one.what.number = mapper.event_of(reported).number
            one.what.stands = calculations[-1].version == one.version
    return [one.what for one in found]

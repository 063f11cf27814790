"""The rules as people and machines read them: what each says, from when, on which article, and how sure it is."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from domain.benefit.disability import Injury
from domain.benefit.rules import RULES, RuleSet
from domain.citation import Confidence
from domain.dated import NotInForce, Rule, Value
from domain.refusal import NotFound
from domain.rupiah import written_percent

CONFIRM_EVERY: Final = timedelta(
    days=365
)  # what was confirmed longer ago is named, so that somebody looks again
MARKS: Final = {
    Confidence.VERIFIED: "the wording of the law was read",
    Confidence.SECONDARY: "secondary sources",
    Confidence.MEMORY: "memory, nothing seen: a hypothesis",
    Confidence.CONVENTION: "a convention of the engine",
}


class RuleView(msgspec.Struct, kw_only=True):
    """One rule. confidence: V read in the law, S secondary, M memory, C convention of the engine.

    values: figures by name, the unit in the name; shares are exact fractions. superseded_by: the rule that
    corrects this one.
    """

    id: str
    kind: str
    name_id: str
    name_en: str
    values: dict[str, Value]
    unit: str
    effective_from: date | None
    effective_to: date | None
    legal_basis: str
    confidence: str
    confidence_note: str
    sources: tuple[str, ...]
    note: str
    confirmed_on: date | None
    supersedes: str | None
    superseded_by: str | None


def rules_on(day: date | None, rules: RuleSet = RULES) -> list[RuleView]:
    """Return the rules in force on a day, by kind; without a day every rule there is."""
    found = [rule for rule in rules.rules if day is None or _is_in_force(rule, day, rules)]
    return [_view(rule, rules) for rule in sorted(found, key=lambda rule: (rule.kind, rule.effective_from))]


def rule_named(rule_id: str, rules: RuleSet = RULES) -> RuleView:
    """Return a rule, or a row of the table of disabilities. Refused (`not_found`) for an unknown id."""
    for rule in rules.rules:
        if rule.rule_id == rule_id:
            return _view(rule, rules)
    for injury in rules.injuries:
        if injury.code == rule_id:
            return _row(injury, rules)
    raise NotFound(f"There is no rule {rule_id}: `jaminan rules list --all` names them.", id=rule_id)


def is_stale(confirmed_on: date | None, today: date) -> bool:
    """Whether somebody should compare a rule with its sources again: long since the last time, or never yet."""
    return confirmed_on is None or today - confirmed_on > CONFIRM_EVERY


def followed_by(rule_id: str, rules: RuleSet = RULES) -> tuple[Rule | None, Rule | None]:
    """Return the versions of a kind before and after a rule, in the order of their dates."""
    try:
        rule = rules.find(rule_id)
    except NotInForce:  # a row of a table has no versions of its own
        return None, None
    versions = rules.versions(rule.kind)
    if rule not in versions:  # superseded by a correction
        return None, None
    n = versions.index(rule)
    return (versions[n - 1] if n else None), (versions[n + 1] if n + 1 < len(versions) else None)


def listed_rules(found: Sequence[RuleView]) -> Iterator[str]:
    """Yield a line for each rule, or say that there is none."""
    if not found:
        yield "No rule is in force on that day: `jaminan rules list --all` names every rule."
    width = max((len(rule.id) for rule in found), default=0)
    for rule in found:
        until = rule.effective_to.isoformat() if rule.effective_to else ""
        said = ", ".join(_values(rule))
        yield f"{rule.id:<{width}}  {rule.confidence}  {rule.effective_from} – {until:<10}  {said or rule.unit}"


def told_rule(rule: RuleView) -> Iterator[str]:
    """Yield a rule in full."""
    yield f"{rule.id}: {rule.name_id} ({rule.name_en})"
    yield from (f"  {value}" for value in _values(rule))
    yield f"  unit         {rule.unit}"
    if rule.effective_from:
        yield f"  in force     {rule.effective_from} – {rule.effective_to or ''}".rstrip(" ")
    yield f"  law          {' '.join(rule.legal_basis.split())}"
    mark = f"{rule.confidence} ({MARKS[Confidence(rule.confidence)]})"
    yield f"  sure         {mark}{': ' + ' '.join(rule.confidence_note.split()) if rule.confidence_note else ''}"
    if rule.sources:
        yield f"  sources      {', '.join(rule.sources)} (docs/reference/dossier.md, chapter 13)"
    yield f"  confirmed    {rule.confirmed_on or 'never: no source says it'}"
    if rule.note:
        yield f"  note         {' '.join(rule.note.split())}"
    if rule.supersedes:
        yield f"  supersedes   {rule.supersedes}"
    if rule.superseded_by:
        yield f"  superseded by {rule.superseded_by}"


def _values(rule: RuleView) -> Iterable[str]:
    for name, value in rule.values.items():
        said = (
            ", ".join(value)
            if isinstance(value, tuple)
            else f"{value:,}"
            if isinstance(value, int)
            else value
        )
        yield f"{name} = {said}"


def _is_in_force(rule: Rule, day: date, rules: RuleSet) -> bool:
    return rule == rules.in_force_or_none(rule.kind, day)


def _view(rule: Rule, rules: RuleSet) -> RuleView:
    return RuleView(
        id=rule.rule_id,
        kind=rule.kind,
        name_id=rule.name_id,
        name_en=rule.name_en,
        values=dict(rule.values),
        unit=rule.unit,
        effective_from=rule.effective_from,
        effective_to=rule.effective_to,
        legal_basis=rule.citation.legal_basis,
        confidence=rule.citation.confidence.value,
        confidence_note=rule.citation.confidence_note,
        sources=rule.citation.sources,
        note=rule.note,
        confirmed_on=rule.citation.confirmed_on,
        supersedes=rule.supersedes,
        superseded_by=next((one.rule_id for one in rules.rules if one.supersedes == rule.rule_id), None),
    )


def _row(injury: Injury, rules: RuleSet) -> RuleView:
    """Return a row of the table of disabilities, which holds as long as the benefit that uses it."""
    benefit = next(rule for rule in rules.rules if rule.kind == "jkk.partial_anatomical")
    shares = {
        "right": injury.right,
        "left": injury.left,
        "share": injury.share,
        "lowest": injury.lowest,
        "highest": injury.highest,
    }
    values: dict[str, Value] = {
        name: written_percent(share, "en") for name, share in shares.items() if share is not None
    }
    if injury.inside_of:
        values["inside_of"] = tuple(sorted(injury.inside_of))
    return RuleView(
        id=injury.code,
        kind="disability_table",
        name_id=injury.name_id,
        name_en=injury.name_en,
        values=values,
        unit={
            "fixed": "percentage of the table",
            "range": "percentage the doctor states within the range",
            "per_step": "percentage for each whole step",
        }[injury.unit],
        effective_from=benefit.effective_from,
        effective_to=benefit.effective_to,
        legal_basis=f"{benefit.citation.legal_basis}, table of disabilities",
        confidence=injury.confidence.value,
        confidence_note="",
        sources=benefit.citation.sources if injury.confidence is Confidence.SECONDARY else (),
        note="right is the dominant side; for a left-handed person the sides are swapped"
        if injury.right is not None
        else "",
        confirmed_on=None,
        supersedes=None,
        superseded_by=None,
    )

"""The rule set: every rule of the package, read once, with a version that decisions record.

The rules live in `parameters/*.toml`, one file per subject, and the contribution bands and disabilities in
tables beside them. Calculators take a rule set as an argument, so an old decision can be worked out again
under the rules it used, or under rules that are only proposed.
"""

import csv
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Any, NoReturn

from domain.benefit.bands import Band, read_bands
from domain.benefit.disability import Injury, read_injuries
from domain.citation import Citation, Confidence
from domain.dated import Dated, NotInForce, Rule, RulesContradict, Value

_REQUIRED = {
    "id",
    "kind",
    "name_id",
    "name_en",
    "values",
    "unit",
    "effective_from",
    "legal_basis",
    "confidence",
}
_TEXTS = ("id", "kind", "name_id", "name_en", "unit", "legal_basis", "confidence_note", "note", "supersedes")
_OPTIONAL = {"effective_to", "confidence_note", "sources", "note", "supersedes", "confirmed_on"}


@dataclass(frozen=True)
class RuleSet:
    """All rules that hold together. Two rule sets with the same version give the same decisions."""

    rules: tuple[Rule, ...]
    bands: tuple[Band, ...] = ()
    injuries: tuple[Injury, ...] = ()
    _by_id: Mapping[str, Rule] = field(init=False, repr=False, compare=False)
    _by_kind: Mapping[str, Dated] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {rule.rule_id: rule for rule in self.rules}
        if len(by_id) < len(self.rules):
            ids = [rule.rule_id for rule in self.rules]
            twice = next(rule_id for rule_id in ids if ids.count(rule_id) > 1)
            raise RulesContradict(f"{twice} stands twice: a correction is a new rule with its own id")
        for rule in self.rules:
            if rule.supersedes is not None and rule.supersedes not in by_id:
                raise RulesContradict(f"{rule.rule_id} supersedes {rule.supersedes}, which does not exist")
            if rule.supersedes == rule.rule_id:
                raise RulesContradict(f"{rule.rule_id} supersedes itself: name the rule that it replaces")
            if rule.supersedes is not None and by_id[rule.supersedes].kind != rule.kind:
                raise RulesContradict(
                    f"{rule.rule_id} is a rule on `{rule.kind}` and supersedes {rule.supersedes}, which is one on "
                    f"`{by_id[rule.supersedes].kind}`"
                )
        kinds = {rule.kind for rule in self.rules}
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_by_kind", {kind: Dated.of(kind, self.rules) for kind in kinds})

    @classmethod
    def parse(cls, texts: Mapping[str, str], bands: str = "", injuries: str = "") -> "RuleSet":
        """Read rule files (name to TOML text), and the tables of bands and disabilities (CSV text)."""
        return cls(
            _rules_in(texts),
            read_bands(csv.DictReader(bands.splitlines())),
            read_injuries(csv.DictReader(injuries.splitlines())),
        )

    def amended(self, texts: Mapping[str, str]) -> "RuleSet":
        """Return these rules with others added (name to TOML text), which may supersede them.

        A rule that is there stays as it is: a proposal brings rules with ids of their own.
        """
        return RuleSet((*self.rules, *_rules_in(texts)), self.bands, self.injuries)

    def find(self, rule_id: str) -> Rule:
        """Return the rule with this id, whether or not it is in force or superseded."""
        try:
            return self._by_id[rule_id]
        except KeyError:
            raise NotInForce(f"There is no rule {rule_id}.", rule_id=rule_id) from None

    def in_force(self, kind: str, day: date) -> Rule:
        """Return the rule of a kind in force on a day; refuses a day on which there is none."""
        return self._of_kind(kind).on(day)

    def in_force_or_none(self, kind: str, day: date) -> Rule | None:
        return self._of_kind(kind).on_or_none(day)

    def versions(self, kind: str) -> tuple[Rule, ...]:
        """Return the rules of a kind in the order of their dates, without those that were superseded."""
        return self._of_kind(kind).versions

    def _of_kind(self, kind: str) -> Dated:
        return self._by_kind.get(kind) or Dated(kind, ())

    @cached_property
    def statements(self) -> dict[str, Any]:  # Any: JSON values
        """Return what each rule and each row of a table says, by an id that never means anything else.

        As JSON gives it back: lists, no tuples.
        """
        said: dict[str, Any] = {rule.rule_id: canonical(rule) for rule in self.rules}
        said |= {
            f"band {row.number} from {row.effective_from}": list(map(str, row.row)) for row in self.bands
        }
        said |= {row.code: list(map(str, row.row)) for row in self.injuries}
        statements: dict[str, Any] = json.loads(json.dumps(said))
        return statements

    def check_published(self, published: Mapping[str, Any]) -> None:  # Any: JSON values
        """Refuse rules that say something else than they said when a decision may have used them."""
        for name, said in published.items():
            if name not in self.statements:
                raise RulesContradict(
                    f"The rule {name} is gone, but decisions in the log may have used it. Put it back, or run "
                    "the newer release that brought it; what ended gets an effective_to in a rule that supersedes it."
                )
            if self.statements[name] != said:
                is_rule = name in self._by_id
                remedy = (
                    f"Put it back, and add the correction as a rule with an id of its own and supersedes = "
                    f'"{name}".'
                    if is_rule
                    else "Put it back; a new table begins with rows of its own day."
                )
                raise RulesContradict(
                    f"The {f'rule {name}' if is_rule else f'row `{name}`'} was changed, but decisions in the log may "
                    f"have used it as it was. {remedy}"
                )

    @cached_property
    def version(self) -> str:
        """The digest of what the rules say. Layout, order and the day of the last reading do not count."""
        rows = sorted((canonical(rule) for rule in self.rules), key=lambda row: str(row["id"]))
        tables = [[list(map(str, row.row)) for row in table] for table in (self.bands, self.injuries)]
        content = json.dumps([rows, *tables], sort_keys=True)
        return sha256(content.encode()).hexdigest()[:16]


def _rules_in(texts: Mapping[str, str]) -> tuple[Rule, ...]:
    return tuple(
        rule_of(row, file)
        for file, text in sorted(texts.items())
        for row in _tables(tomllib.loads(text, parse_float=_no_float).get("rule", []), file)
    )


def _tables(rows: object, file: str) -> list[dict[str, Any]]:  # Any: what a TOML file may hold
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RulesContradict(f"{file}: write each rule as a table of its own, under [[rule]]")
    return rows


def rule_of(row: Mapping[str, Any], file: str) -> Rule:  # Any: what a TOML file may hold
    """Return the rule of one `[[rule]]` table; a faulty one is refused by file, id and remedy."""
    place = f"{file}: {row.get('id', 'a rule without id')}"
    if missing := _REQUIRED - row.keys():
        raise RulesContradict(f"{place}: add {', '.join(sorted(missing))}")
    if unknown := row.keys() - _REQUIRED - _OPTIONAL:
        raise RulesContradict(f"{place}: remove or correct {', '.join(sorted(unknown))}, which no rule has")
    if row["confidence"] not in [mark.value for mark in Confidence]:
        raise RulesContradict(f"{place}: confidence is one of V, S, M, C, not {row['confidence']!r}")
    for name in _TEXTS:
        if not isinstance(row.get(name, ""), str):
            raise RulesContradict(f"{place}: {name} is a text in quotes")
    if not isinstance(row["values"], dict):
        raise RulesContradict(f"{place}: values is a table, such as {{ rupiah = 10_000_000 }}")
    for name in ("effective_from", "effective_to"):
        if name in row and type(row[name]) is not date:
            raise RulesContradict(f"{place}: {name} is a day without quotes, such as 2019-12-02")
    if "effective_to" in row and row["effective_to"] < row["effective_from"]:
        raise RulesContradict(f"{place}: it ends before it begins")
    return Rule(
        rule_id=row["id"],
        kind=row["kind"],
        name_id=row["name_id"],
        name_en=row["name_en"],
        values={name: _value(value, f"{place}: {name}") for name, value in row["values"].items()},
        unit=row["unit"],
        effective_from=row["effective_from"],
        effective_to=row.get("effective_to"),
        citation=Citation(
            legal_basis=row["legal_basis"],
            confidence=Confidence(row["confidence"]),
            confidence_note=row.get("confidence_note", ""),
            sources=tuple(row.get("sources", ())),
            confirmed_on=row.get("confirmed_on"),
        ),
        note=row.get("note", ""),
        supersedes=row.get("supersedes"),
    )


def canonical(rule: Rule) -> dict[str, Any]:  # Any: JSON values
    """Return what a rule says as JSON values, for its digest and for people who list the rules."""
    return {
        "id": rule.rule_id,
        "kind": rule.kind,
        "name_id": rule.name_id,
        "name_en": rule.name_en,
        "values": dict(rule.values),
        "unit": rule.unit,
        "effective_from": rule.effective_from.isoformat(),
        "effective_to": rule.effective_to.isoformat() if rule.effective_to else None,
        "legal_basis": rule.citation.legal_basis,
        "confidence": rule.citation.confidence.value,
        "confidence_note": rule.citation.confidence_note,
        "sources": list(rule.citation.sources),
        "note": rule.note,
        "supersedes": rule.supersedes,
    }


def _value(value: object, place: str) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | str | list):
        raise RulesContradict(f'{place} must be a whole number, a text, a list of texts or a share "1/100"')
    if isinstance(value, list):
        return tuple(str(word) for word in value)
    return value


def _no_float(text: str) -> NoReturn:
    raise RulesContradict(f'{text}: money and shares are exact; write a whole number or a fraction "1/100"')


def rules_of_the_package() -> RuleSet:
    """Read the files that come with the product; at run time `RULES` is what they said at the start."""
    folder = files("domain.benefit").joinpath("parameters")
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    bands, injuries = (
        folder.joinpath(name).read_text(encoding="utf-8")
        for name in ("contribution_bands.csv", "disability_table.csv")
    )
    return RuleSet.parse(texts, bands, injuries)


RULES = rules_of_the_package()

LAW_BEGINS = date(2015, 7, 1)  # PP 44/2015 and the Fund; what lies before is outside of the engine


def grace_months(day: date, rules: RuleSet = RULES) -> int:
    """Return how many consecutive unpaid months keep the right on a day (PP 44/2015 Art. 39 and 42)."""
    return rules.in_force("coverage.grace", day).integer("months")

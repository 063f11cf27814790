"""docs/reference/law.md: the rules benefit by benefit, as the data say them, each with an example worked out."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from domain.benefit.accident import determine_accident
from domain.benefit.case_file import read_cases
from domain.benefit.contribution import contribution
from domain.benefit.death import determine_death
from domain.benefit.determination import Line
from domain.benefit.disability import Injury
from domain.benefit.rules import RULES
from domain.benefit.scholarship import scholarships
from domain.benefit.worked_cases import accident_facts, death_facts, pupils
from domain.dated import Rule, Value
from domain.period import Month
from domain.rupiah import written_number, written_percent, written_rupiah
from tests.architecture.sources import ROOT

# The first word of the kinds of rules, the heading in both languages, and a worked case that shows them.
SUBJECTS: Final = (
    ("contribution", "Iuran", "Contributions", "W05"),
    ("coverage", "Tunggakan dan masa tenggang", "Arrears and grace", "W16"),
    ("enrollment", "Syarat kepesertaan", "Who may enroll", None),
    ("jkm", "Jaminan Kematian (JKM)", "Death benefit", "W08"),
    ("jkk", "Jaminan Kecelakaan Kerja (JKK)", "Work accident benefit", "W25"),
    ("scholarship", "Beasiswa", "Scholarships", "W34"),
    ("heirs", "Ahli waris", "Heirs", None),
)
MARKS: Final = """\
`V` the wording of the law was read; `S` secondary sources; `M` memory, a hypothesis; `C` a convention of the engine.
Sources `S…` are those of the [dossier](dossier.md), chapter 13."""

WORKED: Final = """\
Each benefit has an example here; the amount sheets of all [worked cases](worked-cases.md) show each cap, each version \
and each reason for a refusal."""
INDONESIAN: Final = """\
Halaman ini memuat bunyi setiap aturan, masa berlakunya, pasalnya, dan seberapa pasti sumbernya (`V` bunyi peraturan \
sudah dibaca; `S` sumber sekunder; `M` ingatan, masih dugaan; `C` kesepakatan mesin). Contoh perhitungan ditulis dalam \
dua bahasa. Aturan yang sudah terbit tidak pernah diubah: koreksi adalah aturan baru yang menggantikannya."""


def lines(note: str) -> Iterator[str]:
    yield from ("# The law as data", "", note, "")
    yield (
        "What each rule says, from when to when, on which article, and how sure that is. `jaminan rules show ID` says "
        "the same of one rule; a lawyer reads and corrects the files in `domain/benefit/parameters/`. A rule is never "
        "edited: a correction is a rule of its own that supersedes it."
    )
    yield from ("", WORKED)
    yield from ("", INDONESIAN)
    yield from ("", MARKS, "", f"Version of these rules: `{RULES.version}`.")
    for subject, name_id, name_en, case in SUBJECTS:
        yield from ("", f"## {name_id} / {name_en}", "")
        yield from _table(rule for rule in RULES.rules if rule.kind.split(".")[0] == subject)
        if case is not None:
            yield from _example(case)
        if subject == "jkk":
            yield from _injuries()
        if subject == "contribution":
            yield from _bands()


def _table(rules: Iterable[Rule]) -> Iterator[str]:
    yield "| rule | name | says | in force | article | sure |"
    yield "|---|---|---|---|---|---|"
    for rule in sorted(rules, key=lambda rule: (rule.kind, rule.effective_from)):
        says = "<br>".join(f"{name} = {_value(value)}" for name, value in rule.values.items())
        until = rule.effective_to.isoformat() if rule.effective_to else ""
        sources = ", ".join(rule.citation.sources)
        cells = (
            f"`{rule.rule_id}`",
            f"{rule.name_id} / {rule.name_en}",
            f"{says}<br>{rule.unit}" if says else rule.unit,
            f"{rule.effective_from} – {until}".rstrip(),
            " ".join(rule.citation.legal_basis.split()),
            f"{rule.citation.confidence.value}{f' ({sources})' if sources else ''}",
        )
        yield f"| {' | '.join(cells)} |"


def _example(case_id: str) -> Iterator[str]:
    case = next(one for one in _cases() if one["id"] == case_id)
    found, total = _lines_of(case)
    yield from ("", f"**{case['title']}** (worked case {case_id}): {written_rupiah(total, 'en')}", "")
    yield from ("| line | rupiah | rules | perhitungan | working |", "|---|---|---|---|---|")
    for line in found:
        amount = written_number(line.amount, "en")
        rules = ", ".join(f"`{rule_id}`" for rule_id in line.rule_ids)
        yield f"| `{line.code}` | {amount} | {rules} | {line.working_id} | {line.working_en} |"


def _lines_of(case: dict[str, Any]) -> tuple[Iterable[Line], int]:
    facts = case["facts"]
    match case["kind"]:
        case "jkm":
            death = determine_death(death_facts(facts))
            return death.lines, death.total
        case "jkk":
            accident = determine_accident(accident_facts(facts))
            return accident.lines, accident.total
        case "contribution":
            due = contribution(
                months=map(Month.parse, facts["months"]),
                segment=facts["segment"],
                income=facts.get("income"),
                wage_base=facts.get("wage_base"),
            )
            return due.lines, due.total
        case kind:
            assert kind == "scholarship"
            found = scholarships(
                event_on=date.fromisoformat(facts["event_date"]),
                cause=facts["cause"],
                paid_months_total=facts["paid_months_total"],
                pupils=pupils(facts),
            )
            return found.lines, found.total


def _injuries() -> Iterator[str]:
    yield from ("", "### Tabel cacat / Table of disabilities", "")
    yield (
        "Shares of 80 wages. Right is the dominant side; for a left-handed person the sides are swapped. What lies "
        "inside a lost whole does not count beside it. Percentages add up to at most the cap."
    )
    yield from ("", "| code | cacat / loss | percent | inside of | sure |", "|---|---|---|---|---|")
    for injury in RULES.injuries:
        inside = ", ".join(f"`{code}`" for code in sorted(injury.inside_of))
        name = f"{injury.name_id} / {injury.name_en}"
        yield f"| `{injury.code}` | {name} | {_share(injury)} | {inside} | {injury.confidence.value} |"


def _share(injury: Injury) -> str:
    if injury.right is not None and injury.left is not None:
        return f"{written_percent(injury.right, 'en')} right, {written_percent(injury.left, 'en')} left"
    if injury.lowest is not None and injury.highest is not None:
        bounds = f"{written_percent(injury.lowest, 'en')} to {written_percent(injury.highest, 'en')}"
        return f"{bounds}, stated by the doctor"
    assert injury.share is not None
    return written_percent(injury.share, "en") + (" for each step" if injury.unit == "per_step" else "")


def _bands() -> Iterator[str]:
    yield from ("", "### Kelompok penghasilan / Contribution bands", "")
    yield from ("| band | income from | wage base | JKK a month | JKM a month |", "|---|---|---|---|---|")
    for band in RULES.bands:
        figures = (band.income_from, band.wage_base, band.jkk_monthly, band.jkm_monthly)
        yield f"| {band.number} | {' | '.join(written_number(figure, 'en') for figure in figures)} |"


def _value(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return written_number(value, "en") if isinstance(value, int) else value


def _cases() -> list[dict[str, Any]]:
    return read_cases((ROOT / "tests" / "worked_cases.yaml").read_text(encoding="utf-8"))

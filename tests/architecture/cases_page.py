"""docs/reference/worked-cases.md: what the sheets of all worked cases say, to the word, in both languages."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from domain.benefit.accident import determine_accident
from domain.benefit.case_file import read_cases
from domain.benefit.contribution import contribution
from domain.benefit.death import determine_death
from domain.benefit.determination import Determination, Line
from domain.benefit.scholarship import Place, projection, scholarships
from domain.benefit.worked_cases import accident_facts, answer, death_facts, pupils
from domain.period import Month
from domain.rupiah import written_rupiah
from tests.architecture.sources import ROOT

FILES: Final = ("worked_cases.yaml", "more_worked_cases.yaml")
PROJECTED_ON: Final = date(2026, 7, 1)
HEADINGS: Final = {
    "contribution": "Iuran / Contributions",
    "jkm": "Jaminan Kematian / Death benefit",
    "jkk": "Jaminan Kecelakaan Kerja / Work accident benefit",
    "scholarship": "Beasiswa / Scholarships",
    "scholarship_projection": "Prakiraan beasiswa / Projection of scholarships",
    "deadline": "Tenggat / Terms",
    "membership": "Kepesertaan / Membership",
}


def lines(note: str) -> Iterator[str]:
    """Yield the page. Each line of an amount can be recomputed by hand from its working."""
    yield from ("# Worked cases", "", note, "")
    yield (
        "The facts are in `tests/worked_cases.yaml`, which comes from the [dossier](dossier.md), and in "
        "`tests/more_worked_cases.yaml`; both are run by `jaminan rules check FILE`. What the engine answers was "
        "worked out by hand first. Here it stands as an amount sheet says it; the rules are told in [the law as data]"
        "(law.md)."
    )
    cases = [case for name in FILES for case in _cases(name)]
    for kind, heading in HEADINGS.items():
        yield from ("", f"## {heading}")
        for case in cases:
            if case["kind"] == kind:
                yield from ("", f"### {case['id']} {case['title']}", "")
                yield from _sheet(kind, case)


def _sheet(kind: str, case: Mapping[str, Any]) -> Iterator[str]:
    facts = case["facts"]
    match kind:
        case "jkm":
            yield from _determined(determine_death(death_facts(facts)))
        case "jkk":
            yield from _determined(determine_accident(accident_facts(facts)))
        case "contribution":
            due = contribution(
                months=map(Month.parse, facts["months"]),
                segment=facts["segment"],
                income=facts.get("income"),
                wage_base=facts.get("wage_base"),
                heads=facts.get("workers", 1),
            )
            yield from _amounts(due.lines, due.total)
        case "scholarship":
            found = scholarships(
                event_on=date.fromisoformat(facts["event_date"]),
                cause=facts["cause"],
                paid_months_total=facts.get("paid_months_total", 0),
                pupils=pupils(facts),
            )
            yield from _amounts(found.lines, found.total)
            yield from (f"- `{code}`: `{reason}`" for code, reason in found.reasons.items())
        case "scholarship_projection":
            places = [
                Place(id=one["id"], level=one["level"], year=one.get("year", 1)) for one in facts["children"]
            ]
            projected = projection(places, PROJECTED_ON)
            yield from _amounts(projected, sum(line.amount for line in projected))
        case _:
            said = answer(case)
            told = said.keys() - ({"lines"} if said.get("lines") else {"lines", "total"})
            yield ", ".join(f"{name} {value}" for name, value in said.items() if name in told)


def _determined(decided: Determination) -> Iterator[str]:
    yield f"`{decided.outcome}`" + (", beasiswa / scholarship" if decided.scholarship_right else "")
    if decided.lines:
        yield ""
        yield from _amounts(decided.lines, decided.total)
    if decided.arrears:
        months = ", ".join(decided.arrears_months)
        yield f"- Tunggakan / arrears: {written_rupiah(decided.arrears)} ({months})"
    if payees := {share.payee for share in decided.payees} - {"HEIR"}:
        assert payees <= {"FUNERAL_ARRANGER", "SOCIAL_SECURITY_FUND"}
        shares = (f"`{one.code}` {one.payee} {written_rupiah(one.amount)}" for one in decided.payees)
        yield f"- {', '.join(shares)}"
    for notice in decided.notices:
        yield f"- `{notice.code}` (`{notice.basis}`): {notice.text_id} / {notice.text_en}"


def _amounts(found: Iterable[Line], total: int) -> Iterator[str]:
    found = tuple(found)
    if found:
        yield from ("| line | rules | perhitungan | working |", "|---|---|---|---|")
    for line in found:
        waits = " (setelah tunggakan / after arrears)" if line.payable == "after_arrears" else ""
        yield f"| `{line.code}`{waits} | `{line.basis}` | {line.working_id} | {line.working_en} |"
    yield from ("", f"Jumlah / total: {written_rupiah(total)}", "")


def _cases(name: str) -> list[dict[str, Any]]:
    return read_cases((ROOT / "tests" / name).read_text(encoding="utf-8"))

"""Why the office says no, in the words of a page: the rule, the earlier act, and what or who helps.

The words stand in `words/refusals.toml`. A sentence is taken only where the refusal carries every fact that it
names; the plainer one of its code stands behind it. So a new fact in a refusal makes its sentence say more, and a
refusal that carries a sentence of its own in Indonesian (`detail_id`) is simply quoted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

from api.console.sentences import WORDS, say, say_or
from domain.case import Case
from domain.period import written_day
from domain.refusal import Refusal
from domain.rupiah import Language, written_rupiah
from workflows.lifecycle import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a sentence may refer to. case: on which the refusal was met; definition: of its lifecycle."""

    language: Language
    definition: Definition | None = None
    case: Case | None = None
    reader: str = ""


def sentence(refusal: Refusal, told: Told) -> str:
    """Return why, in the language of the reader; empty where there are no words for it."""
    if told.language == "id" and (own := refusal.detail.get("detail_id")):
        return str(own)
    facts = {name: text for name, find in FACTS.items() if (text := find(refusal, told))}
    for key in _keys(refusal):
        if key in WORDS and _names(WORDS[key][0]) <= facts.keys():
            return say(key, told.language, **facts)
    return ""


def _keys(refusal: Refusal) -> Iterator[str]:
    """Yield where to look for words, what says most first."""
    detail = refusal.detail
    if "guard" in detail:
        yield f"guard.{detail['guard']}"
    if "field" in detail:
        yield f"wrong.{str(detail['field']).rpartition('.')[2].partition('[')[0]}"
        yield "wrong.any"
    yield f"told.{refusal.code}"
    yield f"why.{refusal.code}"


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _who(refusal: Refusal, told: Told) -> str:
    roles = (str(role) for role in refusal.detail.get("roles", ()) if role != "system")
    return ", ".join(say_or(f"role.{role}", told.language, role) for role in roles)


def _papers(refusal: Refusal, told: Told) -> str:
    papers = told.definition.documents if told.definition else {}
    codes = (str(code) for code in refusal.detail.get("missing", ()))
    return ", ".join(_label(papers.get(code), told.language, "name") or code for code in codes)


def _step(name: str) -> Callable[[Refusal, Told], str]:
    def found(refusal: Refusal, told: Told) -> str:
        step = str(refusal.detail.get(name, ""))
        return _label(told.definition.steps.get(step), told.language) if told.definition else ""

    return found


def _taken_on(refusal: Refusal, told: Told) -> str:
    """Return the day on which the reader took the earlier step that bars this one."""
    step = refusal.detail.get("earlier_step")
    days = [
        taken.effective_on
        for taken in (told.case.taken if told.case else ())
        if taken.step == step and taken.actor == told.reader
    ]
    return written_day(days[-1], told.language) if days else ""


def _flags(refusal: Refusal, told: Told) -> str:
    flags = told.definition.flags if told.definition else {}
    return ", ".join(
        _label(flags.get(flag), told.language) or flag for flag in map(str, refusal.detail.get("flags", ()))
    )


def _amount(name: str) -> Callable[[Refusal, Told], str]:
    def found(refusal: Refusal, told: Told) -> str:
        amount = refusal.detail.get(name)
        return written_rupiah(amount, told.language) if isinstance(amount, int) else ""

    return found


def _field(refusal: Refusal, told: Told) -> str:
    name = str(refusal.detail.get("field", "")).rpartition(".")[2].partition("[")[0]
    return say_or(f"field.{name}", told.language, "")


def _text(name: str) -> Callable[[Refusal, Told], str]:
    return lambda refusal, _: str(refusal.detail.get(name) or "")


def _label(thing: Any, language: Language, name: str = "label") -> str:  # Any: step, flag or paper
    return "" if thing is None else str(getattr(thing, f"{name}_{language}"))


FACTS: Final[Mapping[str, Callable[[Refusal, Told], str]]] = {
    "who": _who,
    "missing": _papers,
    "step": _step("step"),
    "earlier": _step("earlier_step"),
    "taken_on": _taken_on,
    "flags": _flags,
    "amount": _amount("amount"),
    "asked": _amount("asked"),
    "expected": _amount("expected"),
    "limit": _amount("limit"),
    "field": _field,
    "holder": _text("assigned_to"),
    "until": _text("until"),
}

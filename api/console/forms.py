"""The form of a step, made from its schema: fields to show, and the JSON that a filled form stands for.

The schema is that of the API: the command class gives names and types, the definition order, labels and help.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from starlette.datastructures import FormData

from api.console.sentences import WORDS, say, say_or
from domain.nik import mask
from domain.period import written_day
from domain.refusal import Invalid
from domain.rupiah import Language, written_number, written_rupiah
from workflows.definition_file import Field
from workflows.roster.columns import COLUMNS

Kind = Literal["text", "long", "day", "number", "choice", "yes_no", "codes", "group", "many"]
ROWS: Final = 3  # how many rows a list of people offers; the API takes more
DIGITS: Final = 18  # of a number; a longer one is no amount
LONG: Final = frozenset({"reason", "note", "findings"})
MONEY: Final = frozenset({"amount"})  # numbers that are rupiah
MASKED: Final = frozenset({"account_number", "nik"})  # shown by their last digits
AROUND: Final = frozenset({"effective_on", "note", "on_behalf_of"})  # what every form may carry
LATER: Final = frozenset({"payees"})  # the API's longer form of what another field says


@dataclass(frozen=True, kw_only=True)
class FormField:
    """A question. name: where its answer belongs, such as `payee.name`. choices: value and words."""

    name: str
    kind: Kind
    label: str
    help: str = ""
    required: bool = False
    choices: Sequence[tuple[str, str]] = ()
    fields: Sequence["FormField"] = ()
    answers: Sequence[str] = field(default_factory=tuple)
    error: str = ""

    @property
    def answer(self) -> str:
        return self.answers[0] if self.answers else ""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a form is made of, besides its schema: the lines of the definition, and the papers there are."""

    lines: Sequence[Field]
    papers: Mapping[str, tuple[str, str]]
    language: Language


def fields_of(
    schema: Mapping[str, Any],
    question: Question,
    sent: FormData | None = None,
    error: Invalid | None = None,
    *,
    said: Mapping[str, str] | None = None,
) -> list[FormField]:
    """Return the questions of a form, with what was answered before and what is wrong with it.

    said: what is wrong by field, in the reader's words; without it the refusal speaks for itself.
    """
    parts = schema.get("$defs", {})
    top = _resolved(schema, parts)
    by_name = {line.field: line for line in question.lines}
    names = [line.field for line in question.lines if line.field in top["properties"]]
    names += [name for name in top["properties"] if name not in by_name and name not in AROUND]
    made = _Maker(parts, question, sent, _wrong(error) if said is None else said)
    return [
        made.field(name, name, top["properties"][name], name in top.get("required", ()), by_name.get(name))
        for name in names
        if name not in LATER
    ]


def unanswered(fields: Iterable[FormField]) -> Iterator[FormField]:
    """Yield the questions that must be answered and are not, in the order of the form."""
    for one in fields:
        if one.kind == "group":
            yield from unanswered(one.fields)
        elif one.required and one.kind != "many" and not any(answer.strip() for answer in one.answers):
            yield one


def _wrong(error: Invalid | None) -> Mapping[str, str]:
    return {str(error.detail.get("field")): error.message} if error else {}


def answered(fields: Iterable[FormField], sent: FormData) -> dict[str, Any]:
    """Return what a filled form stands for, as JSON values; what was left empty is left out."""
    found: dict[str, Any] = {}
    for one in fields:
        value = _value(one, sent)
        if value is not None:
            found[one.name.rpartition(".")[2]] = value
    return found


def told(fields: Iterable[FormField], language: Language, of: str = "") -> Iterator["Answer"]:
    """Yield each answer that was given, as a person reads it. of: the group it belongs to."""
    for one in fields:
        if one.kind == "many":
            yield from told(one.fields, language)
        elif one.kind == "group":
            yield from told(one.fields, language, f"{one.label}: ")
        elif any(one.answers):
            label = f"{of}{one.label.lower()}" if of and not one.label.isupper() else f"{of}{one.label}"
            said = ", ".join(_read(one, answer, language) for answer in one.answers)
            yield Answer(field=one.name, label=label, said=said)


def _read(one: FormField, answer: str, language: Language) -> str:
    """Return an answer as people write it: days with their month, sums with their points, choices in words."""
    name = one.name.rpartition(".")[2]
    match one.kind:
        case "day":
            return day_as_read(answer, language)
        case "number" if isinstance(number := _digits(answer), int):
            return written_rupiah(number, language) if name in MONEY else written_number(number, language)
        case "yes_no":
            return say_or(f"step.{answer}", language, answer)
    return mask(answer) if name in MASKED else dict(one.choices).get(answer, answer)


def day_as_read(answer: str, language: Language) -> str:
    """Return the day that a form sends, as people write it; what is no day stands as it was sent."""
    with contextlib.suppress(ValueError):
        return written_day(date.fromisoformat(answer), language)
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer on the check page. field: where it was asked."""

    field: str
    label: str
    said: str


class _Maker:
    def __init__(
        self, parts: Mapping[str, Any], question: Question, sent: FormData | None, wrong: Mapping[str, str]
    ) -> None:
        self._parts = parts
        self._question = question
        self._sent = sent
        self._wrong = wrong

    def field(
        self, path: str, name: str, schema: Mapping[str, Any], required: bool, line: Field | None
    ) -> FormField:
        plain, language = _resolved(schema, self._parts), self._question.language
        kind = self._kind(name, plain)
        label = line.label_id if line and language == "id" else line.label_en if line else ""
        helps = line.help_id if line and language == "id" else line.help_en if line else ""
        return FormField(
            name=path,
            kind=kind,
            label=label or self._say(path, name, "field"),
            help=helps or (say(f"help.{name}", language) if f"help.{name}" in WORDS else ""),
            required=required and kind != "yes_no",
            choices=tuple(self._choices(path, name, kind, plain)),
            fields=tuple(self._below(path, kind, plain)),
            answers=tuple(str(one) for one in self._sent.getlist(path)) if self._sent else (),
            error=self._wrong.get(path, ""),
        )

    def _kind(self, name: str, plain: Mapping[str, Any]) -> Kind:
        if "enum" in plain:
            return "choice"
        match plain.get("type"):
            case "object":
                return "group"
            case "array":
                return "codes" if name == "codes" or self._allowed(plain) else "many"
            case "integer":
                return "number"
            case "boolean":
                return "yes_no"
        if plain.get("format") == "date":
            return "day"
        return "long" if name in LONG else "text"

    def _choices(
        self, path: str, name: str, kind: Kind, plain: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        language = self._question.language
        if kind == "choice":
            for value in plain["enum"]:
                if value is not None:
                    yield str(value), self._say(path, str(value), name)
        elif kind == "codes":
            allowed = self._allowed(plain)
            papers = self._question.papers
            for code, pair in papers.items():  # in the order of the lifecycle
                if allowed is None or code in allowed:
                    yield code, pair[0 if language == "id" else 1]
            for column in COLUMNS:  # of a sponsor's list
                if allowed and column in allowed:
                    yield column, say_or(f"column.{column}", language, column)

    def _allowed(self, plain: Mapping[str, Any]) -> Sequence[str] | None:
        """Return the values from which a list is chosen; None where it is no list of choices."""
        found: Sequence[str] | None = _resolved(plain["items"], self._parts).get("enum")
        return found

    def _say(self, path: str, word: str, group: str) -> str:
        """Return a word of a group; in a list of things first as it is said of these."""
        language = self._question.language
        return say_or(
            f"{path.split('.', maxsplit=1)[0]}_{group}.{word}",
            language,
            say_or(f"{group}.{word}", language, word),
        )

    def _below(self, path: str, kind: Kind, plain: Mapping[str, Any]) -> Iterator[FormField]:
        if kind == "group":
            yield from self._members(path, plain)
        elif kind == "many":
            item = _resolved(plain["items"], self._parts)
            for n in range(ROWS):
                label = f"{say_or(f'row.{path}', self._question.language, path)} {n + 1}"
                yield FormField(
                    name=f"{path}.{n}",
                    kind="group",
                    label=label,
                    fields=tuple(self._members(f"{path}.{n}", item, asked=False)),
                )

    def _members(self, path: str, plain: Mapping[str, Any], *, asked: bool = True) -> Iterator[FormField]:
        """Yield the fields of a group; in a row that may stay empty none is required."""
        needed = plain.get("required", ()) if asked else ()
        for name, schema in plain["properties"].items():
            if f"{path.split('.', maxsplit=1)[0]}.{name}" not in SKIPPED:
                yield self.field(f"{path}.{name}", name, schema, name in needed, None)


SKIPPED: Final = frozenset({"payee.code", "payee.for", "heirs.heir_tier", "heirs.phone", "reported_by.kind"})


def _resolved(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema behind references, and the one choice beside null."""
    if "$ref" in schema:
        return _resolved(parts[schema["$ref"].rpartition("/")[2]], parts)
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return _resolved(one, parts)
    return schema


def _value(one: FormField, sent: FormData) -> Any:
    match one.kind:
        case "group":
            return answered(one.fields, sent) or None
        case "many":
            return [row for row in (answered(each.fields, sent) for each in one.fields) if row] or None
        case "codes":
            return [str(value) for value in sent.getlist(one.name)] or None
    text = str(sent.get(one.name) or "").strip()
    if not text:
        return None
    if one.kind == "number":
        return _digits(text)
    if one.kind == "yes_no":
        return text == "yes"
    return text


def _digits(text: str) -> int | str:
    """Return a number as people write it, with dots and a currency; what is none stays as it is."""
    digits = text.removeprefix("Rp").replace(".", "").replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= DIGITS else text

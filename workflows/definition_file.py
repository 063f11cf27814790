"""What a lifecycle file may say: every table and key of the format, and findings where a file departs.

The classes below are the format. A file is TOML; the same data as canonical JSON (sorted keys, no spaces) is
what is published into the log, so a pinned case never needs the file. A default never changes, or the meaning
of released files would.
"""

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType, field, inspect

PREVIOUS: Final = "previous"
UNLIMITED: Final = "unlimited"
FREE_STEP: Final = "case.step_taken"  # the event of a step that exists by file alone

StatusName = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]*$")]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
Code = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]*$")]
FileName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]
EventName = Annotated[str, Meta(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")]
Names = tuple[str, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file. Unknown keys are refused."""


class Status(Table, frozen=True, kw_only=True):
    """A status a case may stand in; `waiting_on` says whose turn it is while it stands there."""

    name: StatusName
    label_id: str = ""
    label_en: str = ""
    waiting_on: Literal["us", "claimant", "third_party", "nobody"]
    final: bool = False


class Document(Table, frozen=True, kw_only=True):
    """A kind of paper, by its code; `basis` is the article or practice that asks for it."""

    code: Code
    name_id: str = ""
    name_en: str = ""
    basis: str = ""


class Missed(Table, frozen=True, kw_only=True):
    """What follows when a clock runs out, for people to read; `step` is what SYSTEM does then, if anything.

    That it ran out is put on record for every clock, once for each time it runs.
    """

    label_id: str = ""
    label_en: str = ""
    step: Name | None = None


class Clock(Table, frozen=True, kw_only=True):
    """A period set by law or by the desk. The day of the starting event is day 0.

    owner: who has to act before it runs out. A clock that is paused waits on whom its status waits on.
    """

    name: Name
    label_id: str = ""
    label_en: str = ""
    article: str
    rule: str = ""  # id of the rule in the benefit rules, such as JKM-PAY-3WD
    owner: Literal["us", "claimant", "third_party"] = "us"
    length: Annotated[int, Meta(ge=1)]
    unit: Literal["working_days", "calendar_days", "hours"]
    measured_from: Literal["effective_on", "recorded_at"] = "effective_on"
    missed: Missed | None = None


class Flag(Table, frozen=True, kw_only=True):
    """A risk flag and what it demands before money moves."""

    name: Code
    label_id: str = ""
    label_en: str = ""
    demands: Literal["field_check", "second_approver", "nothing"] = "nothing"


class Choice(Table, frozen=True, kw_only=True):
    """One of the answers a field of type `choice` allows."""

    value: str
    label_id: str = ""
    label_en: str = ""


class Field(Table, frozen=True, kw_only=True):
    """A line of the form of a step.

    For a typed step the command class is the schema and only order, labels and help stand here; a step
    with event `case.step_taken` has no class, so `type` and what follows it are the schema.
    """

    field: Name
    label_id: str = ""
    label_en: str = ""
    help_id: str = ""
    help_en: str = ""
    choices: tuple[Choice, ...] = ()
    type: Literal["text", "date", "month", "integer", "rupiah", "choice", "yes_no"] | None = None
    required: bool = True
    personal: bool | None = None

    @property
    def is_personal(self) -> bool:
        """Whether the value is sealed. Free text is, unless the file says that it is not."""
        return self.type == "text" if self.personal is None else self.personal


class PaperText(Table, frozen=True, kw_only=True):
    """A paper the step needs; `by` says whether people bring it or the system makes it."""

    code: str
    when: str = ""
    by: Literal["people", "system"] = "people"


class ClockEffects(Table, frozen=True, kw_only=True):
    """What a step does to clocks, by name. Only `start` touches a clock that has not been started."""

    start: Names = ()
    pause: Names = ()
    restart: Names = ()  # a paused clock runs again
    stop: Names = ()
    void: Names = ()  # the step that started it was a mistake


class EscalationText(Table, frozen=True, kw_only=True):
    """Who signs above the money limit, under a flag that demands it, or `when`: first one, then another."""

    first: Name | None = None  # the step by which a first person endorses
    then: Names  # the roles of the second person
    when: str = ""


class WayText(Table, frozen=True, kw_only=True):
    """From where to where a step leads, for whom and under which conditions.

    Most steps have one way and say it on the step itself. A step with several says `[[step.way]]`;
    each takes from the step what it does not say itself, and the first whose `when` holds is taken.
    """

    from_: Names | UnsetType = field(name="from", default=UNSET)  # statuses or lists; [] begins a case
    to: str | UnsetType = UNSET  # a status; "" or left out stays; "previous" goes back
    previous: Names | UnsetType = UNSET
    when: str = ""
    roles: Names | UnsetType = UNSET
    separate_from: Names | UnsetType = UNSET  # earlier steps or lists: none of these by the same person
    authority: dict[str, Annotated[int, Meta(ge=0)] | Literal["unlimited"]] | UnsetType = UNSET  # rupiah
    escalation: EscalationText | UnsetType = UNSET
    documents: tuple[str | PaperText, ...] | UnsetType = UNSET
    guards: Names | UnsetType = UNSET
    clocks: ClockEffects | UnsetType = UNSET


class StepText(WayText, frozen=True, kw_only=True):
    """A step: one act of one person, recorded as one event."""

    name: Name
    label_id: str = ""
    label_en: str = ""
    event: EventName
    form: tuple[Field, ...] = ()
    way: tuple[WayText, ...] = ()


class DefinitionText(Table, frozen=True, kw_only=True):
    """A whole file."""

    name: FileName
    version: Annotated[int, Meta(ge=1)]
    aggregate: Name
    label_id: str = ""
    label_en: str = ""
    in_force_from: date  # the version applies to cases whose event lies on or after this day
    backdating_days: Annotated[int, Meta(ge=0)]
    status_lists: dict[str, Names] = {}
    step_lists: dict[str, Names] = {}
    status: tuple[Status, ...]
    step: tuple[StepText, ...]
    document: tuple[Document, ...] = ()
    clock: tuple[Clock, ...] = ()
    flag: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong with a definition: in which file and step (or none), what, and the remedy."""

    file: str
    step: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}, step {self.step}" if self.step else self.file
        return f"{place}: {self.problem} {self.remedy}"


class DefinitionRefused(Exception):
    """A definition cannot be used; `findings` say why."""

    def __init__(self, findings: Collection[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


def read_toml(path: Path) -> dict[str, Any]:
    """Return the data of a file. Raises `DefinitionRefused` where it is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        problem, remedy = f"The file cannot be read: {fault}.", "Give a TOML file in UTF-8."
    except tomllib.TOMLDecodeError as fault:
        problem, remedy = f"This is not TOML: {fault}.", "Mend the line that is named."
    raise DefinitionRefused([Finding(str(path), "", problem, remedy)])


def read(raw: Mapping[str, Any], file: str) -> DefinitionText:
    """Check data against the format and return it typed. Raises `DefinitionRefused` with every departure."""
    findings = [
        Finding(file, _step_at(raw, path), f"{_said(path)}{problem}", remedy)
        for path, problem, remedy in _departures(raw, inspect.type_info(DefinitionText), ())
    ]
    if findings:
        raise DefinitionRefused(findings)
    return msgspec.convert(raw, DefinitionText)


def canonical(raw: Mapping[str, Any]) -> str:
    """Return the one JSON text of this data, whatever the order of keys, the comments and the spacing."""
    return json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=date.isoformat)


def digest(canonical_text: str) -> str:
    """Return the SHA-256 of a canonical form, in hexadecimal."""
    return hashlib.sha256(canonical_text.encode()).hexdigest()


def nearest(name: str, known: Collection[str]) -> str:
    """Return the remedy for a name that does not exist: what was probably meant, or what there is."""
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f'Did you mean "{near[0]}"?'
    return f"There are: {', '.join(sorted(known))}." if known else "There are none yet."


Path_ = tuple[str | int, ...]
PATTERNS: Final[Mapping[str, str]] = {
    r"^[A-Z][A-Z0-9_]*$": "Write it in capitals with underscores: PAYMENT_ORDERED.",
    r"^[a-z][a-z0-9_]*$": "Write it in small letters with underscores: order_payment.",
    r"^[a-z][a-z0-9-]*$": "Write it in small letters with hyphens: jkm-claim.",
    r"^[a-z]+\.[a-z][a-z0-9_]*$": "Write the stored name of an event: claim.approved.",
}


def _departures(raw: Any, kind: inspect.Type, path: Path_) -> Iterator[tuple[Path_, str, str]]:
    """Walk data and declared type side by side; yield where, what is wrong, and the remedy."""
    match kind:
        case inspect.StructType(fields=fields) if isinstance(raw, dict):
            known = {one.encode_name: one for one in fields}
            for key in raw.keys() - known.keys():
                yield path, f'The key "{key}" is unknown.', nearest(key, known)
            for key, one in known.items():
                if key in raw:
                    yield from _departures(raw[key], one.type, (*path, key))
                elif one.required:
                    yield path, f'The key "{key}" is missing.', f"Add {key} = … ({_words(one.type)})."
        case inspect.VarTupleType(item_type=item) if isinstance(raw, list):
            for number, element in enumerate(raw):
                yield from _departures(element, item, (*path, number))
        case inspect.DictType(value_type=value) if isinstance(raw, dict):
            for key, element in raw.items():
                yield from _departures(element, value, (*path, key))
        case inspect.UnionType(types=types):
            fitting = [one for one in types if _fits(raw, one)]
            if fitting:
                yield from _departures(raw, fitting[0], path)
            else:
                yield path, f"{raw!r} does not belong here.", f"Write {_words(kind)}."
        case inspect.StrType(pattern=str(pattern)) if isinstance(raw, str):
            if not re.search(pattern, raw):
                yield path, f"{raw!r} is not a name.", PATTERNS[pattern]
        case inspect.IntType(ge=int(least)) if _fits(raw, kind):
            if raw < least:
                yield path, f"{raw} is too small.", f"Write {least} or more."
        case _ if not _fits(raw, kind):
            yield path, f"{raw!r} does not belong here.", f"Write {_words(kind)}."


def _fits(raw: Any, kind: inspect.Type) -> bool:
    """Return whether the outermost shape of a value is that of a type."""
    match kind:
        case inspect.StructType() | inspect.DictType():
            return isinstance(raw, dict)
        case inspect.VarTupleType():
            return isinstance(raw, list)
        case inspect.LiteralType(values=values):
            return isinstance(raw, str) and raw in values
        case inspect.BoolType():
            return isinstance(raw, bool)
        case inspect.IntType():
            return isinstance(raw, int) and not isinstance(raw, bool)
        case inspect.DateType():
            return type(raw) is date or (isinstance(raw, str) and _is_day(raw))
        case inspect.StrType():
            return isinstance(raw, str)
    return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _words(kind: inspect.Type) -> str:
    match kind:
        case inspect.UnionType(types=types):
            return " or ".join(_words(one) for one in types if not isinstance(one, inspect.NoneType))
        case inspect.LiteralType(values=values):
            return " or ".join(f'"{value}"' for value in values)
        case inspect.StructType(fields=fields):
            return "a table with " + ", ".join(one.encode_name for one in fields)
        case inspect.VarTupleType(item_type=item):
            return f"a list, each {_words(item)}"
        case inspect.DictType():
            return "a table"
        case inspect.DateType():
            return "a day such as 2024-05-20"
        case inspect.IntType():
            return "a whole number"
        case inspect.BoolType():
            return "true or false"
    return "a text in quotes"


def _said(path: Path_) -> str:
    """Return a path as it reads in the file, without the step, which stands in front already."""
    rest = path[2:] if path[:1] == ("step",) and len(path) > 1 else path
    said = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest).lstrip(".")
    return f"{said}: " if said else ""


def _step_at(raw: Mapping[str, Any], path: Path_) -> str:
    match path:
        case ("step", int(number), *_):
            step = raw["step"][number]
            name = step.get("name") if isinstance(step, dict) else None
            return str(name) if name else f"number {number + 1}"
    return ""

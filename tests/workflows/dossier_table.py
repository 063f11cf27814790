"""The tables of dossier 6.2 and 6.3 as they are written, read from the copies kept beside the tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "dossier"
BEFORE: Final = "-"  # the state before the case exists
ROLES: Final = frozenset(
    {
        "PARTICIPANT", "SPONSOR_OFFICER", "WARD_VERIFIER", "INTAKE", "VERIFIER", "FIELD_CHECKER",
        "MEDICAL_ADVISER", "CALCULATOR", "APPROVER_1", "APPROVER_2", "FINANCE", "INSPECTOR", "AUDITOR", "SYSTEM",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of a table: what may happen, from where, to where, and by whom.

    roles: whoever the actor column names. instead: the roles of another case that it puts in brackets,
    "(NOT_WORKING: APPROVER_2)", by the name of that case.
    """

    sources: tuple[str, ...]
    event: str
    target: str
    roles: frozenset[str]
    instead: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Table:
    """A table with the states that stand above it and the sentences around it."""

    states: frozenset[str]  # of the first version
    rows: tuple[Row, ...]
    text: str


def table(name: str) -> Table:
    """Read a copy: `enrollment` is dossier 6.2, `jkm-claim` is 6.3."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    states = re.search(r"^States: (.+?)(?:;|\.$)", text, flags=re.MULTILINE | re.DOTALL)
    assert states, "the copy names no states"
    return Table(
        states=frozenset(re.findall(r"\b[A-Z][A-Z_]+\b", states[1])), rows=tuple(_rows(text)), text=text
    )


def _rows(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or cells[0] == "from" or (set(cells[0]) == {"-"} and len(cells[0]) > 1):
            continue
        sources, events, target, actors = cells[:4]
        instead = {case: _roles(who) for case, who in re.findall(r"\((\w+): ([^)]+)\)", actors)}
        for event in events.split(", "):
            yield Row(
                sources=tuple(sources.split(", ")),
                event=event,
                target=target.split(",")[0],
                roles=_roles(re.sub(r"\(\w+: [^)]+\)", "", actors)),
                instead=instead,
            )


def _roles(text: str) -> frozenset[str]:
    return frozenset(
        word.lower() for word in re.findall(r"\b[A-Z][A-Z_]+(?:_[12])?\b", text) if word in ROLES
    )

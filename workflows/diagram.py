"""A lifecycle as a Mermaid state diagram, for people and for the documentation."""

from collections.abc import Iterator
from typing import Literal

from workflows.lifecycle import Definition
from workflows.step_rules import BEGINNING


def diagram(definition: Definition, language: Literal["id", "en"] = "en") -> str:
    """Return the Mermaid text of a definition: statuses by their labels, steps by their names."""
    return "\n".join(_lines(definition, language)) + "\n"


def _lines(definition: Definition, language: Literal["id", "en"]) -> Iterator[str]:
    yield "stateDiagram-v2"
    for status in definition.statuses.values():
        label = status.label_id if language == "id" else status.label_en
        yield f"    {status.name}: {_plain(label or status.name)}"
    moves: dict[tuple[str, str], list[str]] = {}
    for source, steps in definition.table.items():
        for step, targets in steps.items():
            for target in targets:
                moves.setdefault((source, target), []).append(step)
    for (source, target), names in moves.items():
        yield f"    {_place(source)} --> {target}: {', '.join(names)}"
    for status in definition.statuses.values():
        if status.final:
            yield f"    {status.name} --> [*]"


def _place(status: str) -> str:
    return "[*]" if status == BEGINNING else status


def _plain(label: str) -> str:
    """Leave out what Mermaid would read as its own."""
    return "".join(" " if letter in ":;#\n" else letter for letter in label)

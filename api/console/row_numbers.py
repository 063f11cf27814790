"""Rows as people write them, such as `1-20, 35`, and as a form sends them."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from domain.refusal import Invalid
from workflows.roster.table import ROWS_MAX

TEXT_MAX: Final = 20_000  # characters
_PART: Final = re.compile(r"(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?", re.ASCII)
_BETWEEN: Final = re.compile(r"[,;]|(?<=\d)\s+(?=\d)")


def read_rows(text: str, field: str) -> tuple[int, ...]:
    """Return the rows that a text names, in order. Refused (`invalid`) where it names none, or none there can be."""
    found: set[int] = set()
    if len(text) > TEXT_MAX:
        raise _unread(field)
    for part in filter(None, map(str.strip, _BETWEEN.split(text))):
        read = _PART.fullmatch(part)
        first, last = (int(read[1]), int(read[2] or read[1])) if read else (0, 0)
        if not 1 <= first <= last <= ROWS_MAX:
            raise _unread(field)
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def written_rows(rows: Iterable[int]) -> str:
    """Return rows as a text that names them, runs written as such."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return ", ".join(_run(run) for run in runs)


def _run(run: Sequence[int]) -> str:
    first, last = run
    return str(first) if first == last else f"{first}-{last}"


def _unread(field: str) -> Invalid:
    return Invalid(
        f"rows are numbers from 1 to {ROWS_MAX} and runs of them, such as 1-20, 35: write them so",
        detail_id=f"Baris ditulis sebagai angka 1 sampai {ROWS_MAX} dan rentangnya, misalnya 1-20, 35.",
        field=field,
    )

"""What a file format gives the list reader: rows of cells that remember what the file said they are."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

# A text cell is a `str`, a numeric one a `Decimal`, a cell formatted as a date a `date` (never a `datetime`).
# The difference matters: a NIK kept as a number has lost its last digit. A CSV file knows texts alone.
Cell: TypeAlias = str | Decimal | date

# One way to read a file as a table; each call starts again at the first row and reads as it goes.
# A format may offer several: one for each delimiter, one for each sheet of a workbook.
Table: TypeAlias = Callable[[], Iterator[Sequence[Cell]]]

SIZE_MAX: Final = 32 * 1024 * 1024  # bytes
ROWS_MAX: Final = 200_000


class SheetRefused(Exception):
    """The file is no list that can be checked; no row of it counts.

    code: `unreadable`, `columns_missing` or `too_large`. reason: which sentence explains it
    (`workflows.roster.messages`). columns: the ones that are missing. line: where reading stopped.
    """

    def __init__(
        self, code: str, reason: str, *, columns: tuple[str, ...] = (), line: int | None = None
    ) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.columns = columns
        self.line = line

"""The list that a corrected one replaces: which of its rows come again as they were."""

from collections.abc import Collection, Iterable
from datetime import date

from workflows.roster.checks import Declared, read_row
from workflows.roster.columns import Row


class ReplacedList:
    """The workers who stand on the replaced list: by NIK the row and a print of what it says.

    Some 150 bytes a row; the prints hold within one process, which reads both lists.
    """

    def __init__(self) -> None:
        self._rows: dict[int, tuple[int, int]] = {}

    @classmethod
    def read(cls, rows: Iterable[Row], *, refused: Collection[int], uploaded_on: date) -> "ReplacedList":
        """Return the rows that were not refused. uploaded_on: the day the replaced list came in."""
        found = cls()
        for row in rows:
            if row.number not in refused:
                reading = read_row(row, uploaded_on=uploaded_on)
                if isinstance(reading, Declared):
                    found._rows[int(reading.nik.digits)] = row.number, hash(reading.worker)
        return found

    def row_of(self, declared: Declared) -> int | None:
        """Return the row of the replaced list that holds this person."""
        row, _ = self._rows.get(int(declared.nik.digits), (None, 0))
        return row

    def holds(self, declared: Declared) -> bool:
        """Tell whether the replaced list has this very row, however its cells were spaced or dated."""
        _, written = self._rows.get(int(declared.nik.digits), (None, None))
        return written == hash(declared.worker)

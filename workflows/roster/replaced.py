"""The list that a corrected one replaces: which of its rows come again as they were."""

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable
from datetime import date

from workflows.roster.checks import Declared, read_row
from workflows.roster.columns import Row


class ReplacedList:
    """The workers who stand on the replaced list: by NIK the row and a print of what it says.

    Some 20 bytes a row; the prints hold within one process, which reads both lists.
    """

    def __init__(self) -> None:
        self._niks = array("Q")  # rising
        self._rows = array("I")
        self._prints = array("q")

    @classmethod
    def read(cls, rows: Iterable[Row], *, refused: Collection[int], uploaded_on: date) -> "ReplacedList":
        """Return the rows that were not refused. uploaded_on: the day the replaced list came in."""
        niks, numbers, prints = array("Q"), array("I"), array("q")
        for row in rows:
            if row.number not in refused:
                reading = read_row(row, uploaded_on=uploaded_on)
                if isinstance(reading, Declared):
                    niks.append(int(reading.nik.digits))
                    numbers.append(row.number)
                    prints.append(hash(reading.worker))
        found = cls()
        for place in sorted(range(len(niks)), key=niks.__getitem__):
            found._niks.append(niks[place])
            found._rows.append(numbers[place])
            found._prints.append(prints[place])
        return found

    def row_of(self, declared: Declared) -> int | None:
        """Return the row of the replaced list that holds this person."""
        place = self._place(declared)
        return None if place is None else self._rows[place]

    def holds(self, declared: Declared) -> bool:
        """Tell whether the replaced list has this very row, however its cells were spaced or dated."""
        place = self._place(declared)
        return place is not None and self._prints[place] == hash(declared.worker)

    def _place(self, declared: Declared) -> int | None:
        nik = int(declared.nik.digits)
        place = bisect_right(self._niks, nik) - 1
        return place if place >= 0 and self._niks[place] == nik else None

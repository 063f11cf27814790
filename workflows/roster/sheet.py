"""From bytes to data rows: finds the table and its titles, and hands out the rows one by one."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from workflows.roster.columns import Header, Row, column_of, is_empty
from workflows.roster.csv_table import CsvTable, csv_tables
from workflows.roster.table import ROWS_MAX, SIZE_MAX, Cell, SheetRefused, Table
from workflows.roster.workbook import old_workbook, unpacked_size, workbook_tables

_ROW_OF_WORKBOOK_MIN: Final = 40  # bytes of a row with one cell, as programs write it
_TITLES_WITHIN: Final = 20  # rows in which the titles must stand; above them may be a heading

_ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06")
_BEFORE_2007: Final = b"\xd0\xcf\x11\xe0"

# Formats that sponsors send by mistake, by their first bytes.
_OTHER_FORMATS: Final = (
    (b"%pdf", "document"),
    (b"{\\rtf", "document"),
    (b"<", "web_page"),  # what some web programs save under the name of a workbook
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list that was read through once without fault. Its rows may be asked for again and again."""

    header: Header
    rows_total: int
    _table: Table
    _title_row: int  # from 0

    @property
    def delimiter(self) -> str:
        """The delimiter of a CSV file; for a workbook the one that spreadsheets here write."""
        return self._table.delimiter if isinstance(self._table, CsvTable) else ";"

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Yield the data rows behind the one with this number, reading as it goes."""
        for number, cells in enumerate(_data_rows(self._table, self._title_row, self.header), start=1):
            if number > after:
                yield Row(number, tuple(cells), self.header)


def open_sheet(content: bytes) -> Sheet:
    """Find the list in a file and read it through once, so that no row counts of a file with a fault.

    Empty rows and a repeated title row are no data rows. Raises `SheetRefused`: `too_large` above
    32 MB or 200,000 rows, `columns_missing` without the required columns, else `unreadable`.
    """
    if len(content) > SIZE_MAX:
        raise SheetRefused("too_large", "too_many_bytes")
    header, table, title_row = _find_titles(_tables(content))
    if header.missing:
        raise SheetRefused("columns_missing", "columns_missing", columns=header.missing)
    total = sum(1 for _ in _data_rows(table, title_row, header))
    if total == 0:
        raise SheetRefused("unreadable", "no_rows")
    return Sheet(header, total, table, title_row)


def read_rows(content: bytes, numbers: Collection[int]) -> dict[int, Row]:
    """Return some rows of a file that was read through before, reading no further than the last of them."""
    found: dict[int, Row] = {}
    if numbers:
        header, table, title_row = _find_titles(_tables(content))
        wanted, last = frozenset(numbers), max(numbers)
        for number, cells in enumerate(_data_rows(table, title_row, header), start=1):
            if number in wanted:
                found[number] = Row(number, tuple(cells), header)
            if number >= last:
                break
    return found


def refuse_too_large(content: bytes) -> None:
    """Refuse a file above the bounds before it is taken in. Only a file that looks long is read through.

    Whatever else is wrong with a file is left to the check, which puts it on record.
    """
    is_workbook = content.startswith(_ARCHIVES)
    try:
        rows_at_most = unpacked_size(content) // _ROW_OF_WORKBOOK_MIN if is_workbook else content.count(b"\n")
        if rows_at_most > ROWS_MAX or len(content) > SIZE_MAX:
            open_sheet(content)
    except SheetRefused as refused:
        if refused.code == "too_large":
            raise


def _tables(content: bytes) -> list[Table]:
    """Return every way to read the file; the one with the most known titles is taken."""
    if content.startswith(_ARCHIVES):
        return workbook_tables(content)
    if content.startswith(_BEFORE_2007):
        raise old_workbook(content)
    start = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not start:
        raise SheetRefused("unreadable", "empty")
    for signature, reason in _OTHER_FORMATS:
        if start.startswith(signature.lower()):
            raise SheetRefused("unreadable", reason)
    return csv_tables(content)


def _find_titles(tables: list[Table]) -> tuple[Header, Table, int]:
    """Return the row with the most known columns among the first ones of all tables; the first of equals.

    Titles may stand in two rows, one that groups and one that names; then the two are read as one.
    """
    best: tuple[Header, Table, int] | None = None
    fault: SheetRefused | None = None
    for table in tables:
        above: Sequence[Cell] = ()
        try:
            for place, cells in zip(range(_TITLES_WITHIN), table(), strict=False):
                for titles in (cells, _in_two_rows(above, cells)):
                    header = Header.read(titles)
                    if best is None or len(header.places) > len(best[0].places):
                        best = header, table, place
                above = cells
        except SheetRefused as refused:  # with the wrong delimiter quotes look broken
            fault = fault or refused
    if best is None or (fault is not None and best[0].missing):
        raise fault or SheetRefused("unreadable", "empty")
    return best


def _in_two_rows(above: Sequence[Cell], below: Sequence[Cell]) -> list[Cell]:
    """Return two rows as one: what stands below, and where nothing does, what stands above."""
    return [low if low != "" else high for high, low in zip_longest(above, below, fillvalue="")]


def _data_rows(table: Table, title_row: int, header: Header) -> Iterator[Sequence[Cell]]:
    found = 0
    for place, cells in enumerate(table()):
        if place > 2 * ROWS_MAX:  # a file of empty rows
            raise SheetRefused("too_large", "too_many_rows")
        if place <= title_row or is_empty(cells) or _is_heading(cells, header):
            continue
        found += 1
        if found > ROWS_MAX:
            raise SheetRefused("too_large", "too_many_rows")
        yield cells


def _is_heading(cells: Sequence[Cell], header: Header) -> bool:
    """Tell whether the titles come again, or the numbers 1, 2, 3 that offices write beneath them."""
    place = header.places["nik"]
    nik = _written(cells, place)
    if len(nik) > 40 or (len(nik) > 3 and nik.isdigit()):  # a NIK, as in nearly every row
        return False
    if nik.strip(" ()") == str(place + 1):
        return all(_written(cells, at).strip(" ()") == str(at + 1) for at in header.places.values())
    return column_of(nik) == "nik"


def _written(cells: Sequence[Cell], place: int) -> str:
    return str(cells[place]) if place < len(cells) else ""

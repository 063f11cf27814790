"""The rows that came back, as a sheet in the sponsor's own columns: mend them there and send it as a list.

Two columns are added, `alasan` and `perbaikan`; the list reader passes over both. What a spreadsheet
would take for a formula gets an apostrophe, which the list reader takes off again.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import xlsxwriter

from domain.tables.read import folded
from workflows.roster.columns import REMARKS
from workflows.roster.messages import Explanation
from workflows.roster.sheet import Sheet
from workflows.roster.table import Cell

FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r")
_COLUMN_WIDTH: Final = 18  # characters
_REMARK_WIDTH: Final = 60


def result_rows(sheet: Sheet, remarks: Mapping[int, Explanation]) -> Iterator[list[str]]:
    """Yield the titles, then each row that has a remark, in the order of the list."""
    kept = [
        place for place, title in enumerate(sheet.header.titles) if folded(title) not in map(folded, REMARKS)
    ]
    yield [_safe(sheet.header.titles[place]) for place in kept] + list(REMARKS)
    if remarks:
        last = max(remarks)
        for row in sheet.rows():
            if remark := remarks.get(row.number):
                cells = (row.cells[place] if place < len(row.cells) else "" for place in kept)
                yield [_safe(_written(cell)) for cell in cells] + [remark.reason, remark.remedy]
            if row.number == last:
                return


def as_csv(rows: Iterator[list[str]], delimiter: str) -> bytes:
    """Return the sheet in UTF-8 with the mark by which spreadsheets know it."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(rows: Iterator[list[str]], made_at: datetime) -> bytes:
    """Return the sheet as XLSX. Every cell is text, also what is typed over it, so that no NIK is damaged."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": made_at.replace(tzinfo=None)})
        text, title = workbook.add_format({"num_format": "@"}), workbook.add_format({"bold": True})
        sheet = workbook.add_worksheet("Perbaikan")
        sheet.freeze_panes(1, 0)
        titles = next(rows)
        remarks_from = len(titles) - len(REMARKS)
        sheet.set_column(0, remarks_from - 1, _COLUMN_WIDTH, text)
        sheet.set_column(remarks_from, len(titles) - 1, _REMARK_WIDTH, text)
        _write(sheet, 0, titles, title)
        for place, cells in enumerate(rows, start=1):
            _write(sheet, place, cells, text)
    return content.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, place: int, cells: Sequence[str], kind: object) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(place, column, cell, kind)


def _written(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else cell


def _safe(text: str) -> str:
    return "'" + text if text.startswith(FORMULA_BEGINS) else text

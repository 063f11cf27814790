"""Workbooks as people make them, for tests that read one."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import xlsxwriter

from workflows.roster.table import Cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(*sheets: Iterable[Sequence[Cell]], hidden: int | None = None) -> bytes:
    """Return a workbook of these sheets; texts stay texts, numbers numbers, and days get a date format."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        day = made.add_format({"num_format": "dd/mm/yyyy"})
        for number, rows in enumerate(sheets):
            sheet = made.add_worksheet()
            if number == hidden:
                sheet.hide()
            else:
                sheet.activate()
                sheet.set_first_sheet()
            for place, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(place, column, cell, day)
                    elif isinstance(cell, Decimal):
                        sheet.write_number(place, column, float(cell))
                    elif cell:
                        sheet.write_string(place, column, cell)
    return content.getvalue()


def rows_of(csv_content: bytes) -> list[list[str]]:
    """Return the rows of a CSV file with either delimiter."""
    text = csv_content.decode("utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))

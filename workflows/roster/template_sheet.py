"""An empty list in the columns that the list reader knows, to be filled in and sent."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import xlsxwriter

from workflows.roster.columns import COLUMNS

_DELIMITER: Final = ";"  # the one that spreadsheets write where decimals have a comma
_WIDTH: Final = 20  # characters
_WIDE: Final = 90


def template_csv() -> bytes:
    """Return the titles in UTF-8 with the mark by which spreadsheets know it."""
    return (_DELIMITER.join(COLUMNS) + "\r\n").encode("utf-8-sig")


def template_workbook(explained: Mapping[str, str], titles: Sequence[str], made_at: datetime) -> bytes:
    """Return the titles as XLSX, and on a second sheet what belongs into each column.

    Every cell is text, so that a spreadsheet damages no NIK. titles: of the two sheets and of the
    two columns of the second.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": made_at.replace(tzinfo=None)})
        text, bold = workbook.add_format({"num_format": "@"}), workbook.add_format({"bold": True})
        sheet = workbook.add_worksheet(titles[0])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS) - 1, _WIDTH, text)
        for place, column in enumerate(COLUMNS):
            sheet.write_string(0, place, column, bold)
        guide = workbook.add_worksheet(titles[1])
        guide.set_column(0, 0, _WIDTH)
        guide.set_column(1, 1, _WIDE)
        guide.write_row(0, 0, titles[2:], bold)
        for place, (column, help_) in enumerate(explained.items(), start=1):
            guide.write_row(place, 0, (column, help_))
    return content.getvalue()

"""A list as a file for a spreadsheet: rows as they come, one page of the list after the other."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, datetime
from typing import Final

from fastapi.responses import StreamingResponse

from api.console.pages import HEADERS
from domain.legal_day import WIB
from workflows.roster.result_sheet import FORMULA_BEGINS

BYTE_ORDER_MARK: Final = "\ufeff"  # without it a spreadsheet takes the text for another encoding
Cell = str | int | date | datetime | None


def as_file(
    name: str, title: Sequence[str], pages: AsyncIterator[Iterable[Sequence[Cell]]]
) -> StreamingResponse:
    """Return a CSV file that is written while it is read; no list is ever held as a whole."""
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(_written(title, pages), media_type="text/csv; charset=utf-8", headers=headers)


async def _written(
    title: Sequence[str], pages: AsyncIterator[Iterable[Sequence[Cell]]]
) -> AsyncIterator[bytes]:
    yield (BYTE_ORDER_MARK + _lines([title])).encode()
    async for rows in pages:
        yield _lines(rows).encode()


def _lines(rows: Iterable[Sequence[Cell]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(cell: Cell) -> str:
    """Return a cell; what a spreadsheet would take for a formula gets an apostrophe."""
    if isinstance(cell, datetime):
        return cell.astimezone(WIB).isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text

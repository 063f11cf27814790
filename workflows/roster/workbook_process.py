"""The process that parses one workbook: bytes in, packed rows out; bounded, and expendable.

It writes runs of rows, each with its length before it; a run of length nothing begins a sheet.
"""

import io
import sys
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO, Final

import msgspec
from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from workflows.roster.table import ROWS_MAX
from workflows.roster.workbook import LOCKED, SECONDS_MAX, TOO_MUCH, Packed

MEMORY_MAX: Final = 1536 * 1024 * 1024  # bytes of address space; 200,000 rows take a third of it
ROWS_READ_MAX: Final = 2 * ROWS_MAX + 2  # of all sheets: one more than the list reader looks at
COLUMNS_MAX: Final = 200
TEXT_MAX: Final = 1000  # characters of a cell, beyond what any column takes
PACKED_MAX: Final = 128 * 1024 * 1024  # bytes written
RUN: Final = 500  # rows


class TooMuch(Exception):
    """The workbook holds more than a list can."""


def main() -> int:
    """Read a workbook from standard input and write its visible sheets to standard output."""
    _bound()
    try:
        _pack(sys.stdin.buffer.read(), sys.stdout.buffer)
    except PasswordError:
        return LOCKED
    except (TooMuch, MemoryError):
        return TOO_MUCH
    sys.stdout.buffer.flush()
    return 0


def _pack(content: bytes, out: BinaryIO) -> None:
    left, written = ROWS_READ_MAX, 0
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        for number, metadata in enumerate(workbook.sheets_metadata):
            if metadata.visible != SheetVisibleEnum.Visible:
                continue
            out.write(bytes(4))
            sheet = workbook.get_sheet_by_index(number)
            for run in _runs(sheet, left):
                left -= len(run)
                packed = zlib.compress(msgspec.msgpack.encode(run), 1)
                written += len(packed)
                if written > PACKED_MAX:
                    raise TooMuch
                out.write(len(packed).to_bytes(4) + packed)


def _runs(sheet: CalamineSheet, rows_max: int) -> Iterator[list[list[Packed]]]:
    rows = islice(sheet.iter_rows(), rows_max)
    while run := [[_packed(cell) for cell in row[:COLUMNS_MAX]] for row in islice(rows, RUN)]:
        yield run


def _packed(cell: object) -> Packed:
    """Return a cell as it travels. A whole number is kept whole, so that nothing looks like a fraction."""
    match cell:
        case str():
            return cell[:TEXT_MAX]
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer() and abs(cell) < 1e18:
            return int(cell)
        case int() | float():
            return cell
        case datetime() | date():
            return [cell.year, cell.month, cell.day]
        case _:
            return str(cell)


def _bound() -> None:
    """Bound memory and time, where the system knows such bounds."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())

"""Reading a workbook (XLSX) as people save it: texts, numbers and days told apart, one table for each sheet.

A workbook is an archive that can hold far more than it weighs, and the parser is native code. So it is
parsed in a process of its own with bounded memory and time: whatever a file does to that process, the
office refuses one list and goes on. What comes back is kept packed, a run of rows at a time.
"""

import io
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

import msgspec

from workflows.roster.table import Cell, SheetRefused, Table

INSIDE_MAX: Final = 400 * 1024 * 1024  # bytes unpacked; 200,000 rows of 13 columns are 120 MB
RATIO_MAX: Final = 200  # times the size of the file; lists come to 10 or 20
RATIO_COUNTS_FROM: Final = 32 * 1024 * 1024  # bytes unpacked
SECONDS_MAX: Final = 120

LOCKED, TOO_MUCH = 3, 5  # exit codes of the reading process

_READER: Final = [sys.executable, "-I", "-m", "workflows.roster.workbook_process"]
_WORKBOOK: Final = "xl/workbook.xml"

# A cell between the two processes: text as text, a number as number, a day as its three parts.
Packed = str | int | float | list[int]
_UNPACK: Final = msgspec.msgpack.Decoder(list[list[Packed]])


def workbook_tables(content: bytes) -> list[Table]:
    """Return one table for each visible sheet. Refuses what is no workbook or unpacks beyond all measure."""
    unpacked_size(content)
    try:
        read = subprocess.run(  # noqa: S603  (the command is fixed; the file goes in by the pipe)
            _READER, input=content, capture_output=True, timeout=SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        raise SheetRefused("too_large", "too_much_inside") from None
    if read.returncode == TOO_MUCH or read.returncode < 0:  # the system ended it: memory or time ran out
        raise SheetRefused("too_large", "too_much_inside")
    if read.returncode == LOCKED:
        raise SheetRefused("unreadable", "locked")
    if read.returncode != 0:
        raise SheetRefused("unreadable", "broken_workbook")
    return [partial(_rows, runs) for runs in _sheets(read.stdout)]


def old_workbook(content: bytes) -> SheetRefused:
    """Return why a file in the container of before 2007 is refused: an old workbook, or one with a password."""
    locked = "EncryptedPackage".encode("utf-16-le") in content
    return SheetRefused("unreadable", "locked" if locked else "old_workbook")


def unpacked_size(content: bytes) -> int:
    """Return how many bytes an archive says it holds. Refuses what is no workbook or beyond all measure."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        raise SheetRefused("unreadable", "broken_workbook") from None
    inside = sum(entry.file_size for entry in entries)
    if inside > INSIDE_MAX or inside > max(RATIO_COUNTS_FROM, RATIO_MAX * len(content)):
        raise SheetRefused("too_large", "too_much_inside")
    if _WORKBOOK not in {entry.filename for entry in entries}:
        raise SheetRefused("unreadable", "other_archive")
    return inside


def _sheets(packed: bytes) -> list[list[bytes]]:
    """Return the packed runs of rows, sheet by sheet; an empty run begins a sheet."""
    sheets: list[list[bytes]] = []
    place = 0
    while place < len(packed):
        length = int.from_bytes(packed[place : place + 4])
        place += 4
        if length == 0:
            sheets.append([])
        else:
            sheets[-1].append(packed[place : place + length])
        place += length
    return sheets


def _rows(runs: Sequence[bytes]) -> Iterator[list[Cell]]:
    for run in runs:
        for row in _UNPACK.decode(zlib.decompress(run)):
            yield [_cell(cell) for cell in row]


def _cell(packed: Packed) -> Cell:
    if isinstance(packed, str):
        return packed
    if isinstance(packed, list):
        return date(*packed)
    return Decimal(packed) if isinstance(packed, int) else Decimal(repr(packed))

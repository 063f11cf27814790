"""Reading a CSV file as sponsors save it: comma or semicolon, UTF-8 with or without BOM, or Windows-1252."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workflows.roster.table import SheetRefused, Table

DELIMITERS: Final = (",", ";")
LINE_MAX: Final = 65_536  # characters
LINES_OF_A_ROW_MAX: Final = 200  # an address may span lines; a quote nobody closed must not swallow the list
_CHUNK: Final = 1 << 16  # bytes


@dataclass(frozen=True, slots=True, repr=False)
class CsvTable:
    """A file read with one delimiter."""

    content: bytes
    encoding: str
    delimiter: str

    def __call__(self) -> Iterator[list[str]]:
        return _read(self.content, self.encoding, self.delimiter)


def csv_tables(content: bytes) -> list[Table]:
    """Return the file read with each delimiter. Refuses bytes that are no text."""
    encoding = _encoding(content)
    return [CsvTable(content, encoding, delimiter) for delimiter in DELIMITERS]


def _read(content: bytes, encoding: str, delimiter: str) -> Iterator[list[str]]:
    lines = _Lines(content, encoding)
    # Strict: a quote that is never closed is an error here; otherwise it would quietly join rows.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            lines.begin_row()
            yield row
    except csv.Error as broken:
        raise SheetRefused("unreadable", "broken_quotes", line=reader.line_num) from broken


class _Lines:
    """The lines of a file, never more than one in memory, each and each row's number of them bounded."""

    def __init__(self, content: bytes, encoding: str) -> None:
        self._text = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
        self._number = 0
        self._first_of_row = 0

    def begin_row(self) -> None:
        self._first_of_row = self._number

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(LINE_MAX)
        if not line:
            raise StopIteration
        self._number += 1
        if len(line) == LINE_MAX and line[-1] not in "\r\n":
            raise SheetRefused("unreadable", "line_too_long", line=self._number)
        if self._number - self._first_of_row > LINES_OF_A_ROW_MAX:
            raise SheetRefused("unreadable", "broken_quotes", line=self._first_of_row + 1)
        return line


def _encoding(content: bytes) -> str:
    """Return the encoding: UTF-8 if every byte fits it, else Windows-1252, as older spreadsheets save."""
    if b"\0" in content:
        raise SheetRefused("unreadable", "binary")
    for encoding in ("utf-8-sig", "cp1252"):
        if _decodes(content, encoding):
            return encoding
    raise SheetRefused("unreadable", "binary")


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True

"""The columns of a list: their names, the other names sponsors give them, and where they stand in a file."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Final, NamedTuple

from domain.tables.read import folded
from workflows.roster.table import Cell

REQUIRED: Final = ("nik", "nama", "tanggal_lahir", "jenis_kelamin", "kelurahan", "kecamatan", "pekerjaan")

# Every column the engine reads, in the order in which a row is checked, with the names it is known by.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "nik": ("nik ktp", "no nik", "nomor nik", "no ktp", "nomor ktp", "nomor induk kependudukan"),
    "nama": ("nama lengkap", "nama pekerja", "nama peserta", "nama tenaga kerja", "name", "full name"),
    "tanggal_lahir": ("tgl lahir", "tanggallahir", "date of birth", "birth date"),
    "jenis_kelamin": ("jk", "j kelamin", "kelamin", "l/p", "sex", "gender"),
    "alamat": ("alamat lengkap", "alamat ktp", "alamat rumah", "address"),
    "rt": (),
    "rw": (),
    "kelurahan": ("kel", "kelurahan/desa", "desa/kelurahan", "kel/desa", "desa/kel", "ward"),
    "kecamatan": ("kec", "district"),
    "pekerjaan": ("jenis pekerjaan", "profesi", "occupation"),
    "penghasilan_bulanan": (
        "penghasilan", "penghasilan per bulan", "penghasilan sebulan", "pendapatan", "pendapatan bulanan",
        "pendapatan per bulan", "monthly income", "income",
    ),
    "no_hp": (
        "hp", "nomor hp", "no handphone", "nomor handphone", "no telp", "no telepon", "nomor telepon",
        "telepon", "no wa", "nomor wa", "phone", "phone number", "mobile number",
    ),
}  # fmt: skip
COLUMNS: Final = tuple(_NAMES)

TITLE_MAX: Final = 100  # characters of an unknown title that are reported

# Columns that say nothing about the worker: the sponsor's numbering, and our own remarks on a list sent back.
REMARKS: Final = ("alasan", "perbaikan")
_PASSED_OVER: Final = frozenset({"no", "nomor", "nourut", "nomorurut", *REMARKS})

_BY_NAME: Final = {folded(name): column for column in _NAMES for name in (column, *_NAMES[column])}
_REMARK = re.compile(r"\([^()]*\)")  # as in "Jenis Kelamin (L/P)"


def column_of(title: Cell) -> str | None:
    """Return the column a title means; case, spaces, punctuation and a remark in brackets do not count."""
    if not isinstance(title, str):
        return None
    return _BY_NAME.get(folded(title)) or _BY_NAME.get(folded(_REMARK.sub("", title)))


@dataclass(frozen=True)
class Header:
    """The title row of a file: which column stands where, and which titles nobody knows."""

    titles: tuple[str, ...]  # as the sponsor wrote them
    places: Mapping[str, int]  # of the columns found, from 0
    unknown: tuple[str, ...]  # titles kept aside

    @classmethod
    def read(cls, cells: Sequence[Cell]) -> "Header":
        """Read a row as titles. Of two titles for one column its own name counts, else the first."""
        titles = tuple(cell.strip() if isinstance(cell, str) else str(cell) for cell in cells)
        places: dict[str, int] = {}
        for own_name in (True, False):
            for place, title in enumerate(titles):
                column = column_of(title)
                if column is not None and (folded(title) == folded(column)) is own_name:
                    places.setdefault(column, place)
        used = set(places.values())
        unknown = tuple(
            title[:TITLE_MAX]
            for place, title in enumerate(titles)
            if title and place not in used and folded(title) not in _PASSED_OVER
        )
        return cls(titles, places, unknown)

    @cached_property
    def end(self) -> int:
        """The place behind the last known column."""
        return max(self.places.values(), default=-1) + 1

    @cached_property
    def pick(self) -> Callable[[tuple[Cell, ...]], tuple[Cell, ...]]:
        """What takes the cells of all `COLUMNS` out of a row up to `end`, where an empty cell follows."""
        return itemgetter(*(self.places.get(column, self.end) for column in COLUMNS))

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns that are not there."""
        return tuple(column for column in REQUIRED if column not in self.places)


class Row(NamedTuple):
    """One data row as the file has it: personal, so its representation shows the number alone."""

    number: int  # data rows from 1
    cells: tuple[Cell, ...]  # in the sponsor's order
    header: Header

    @classmethod
    def of(cls, declared: Mapping[str, Cell], number: int = 1) -> "Row":
        """Return the row of one worker declared by column name, as the enrollment form does."""
        return cls(number, tuple(declared.values()), Header.read(tuple(declared)))

    def cell(self, column: str) -> Cell:
        """Return the cell of a column; an absent column and a row that ends early have empty cells."""
        place = self.header.places.get(column)
        return self.cells[place] if place is not None and place < len(self.cells) else ""

    def known_cells(self) -> tuple[Cell, ...]:
        """Return the cells of all `COLUMNS` in their order, as `cell` does one by one."""
        cells = self.cells[: self.header.end]
        return self.header.pick(cells + ("",) * (self.header.end + 1 - len(cells)))

    def __repr__(self) -> str:
        return f"Row({self.number})"


def is_empty(cells: Iterable[Cell]) -> bool:
    return not any(cell.strip() if isinstance(cell, str) else True for cell in cells)

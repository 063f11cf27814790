"""Dirty lists by the rules that sponsors are told, each with the outcome that follows from how it was made.

A row is made clean, then written in one of the ways people write, or spoiled in one way or two. What must come
out is known from the spoiling, never from reading. All persons are synthetic: serial numbers from 9000.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

from tests.workflows.workbooks import workbook
from workflows.roster.table import Cell

EFFECTIVE: Final = date(2023, 9, 1)
UPLOADED: Final = date(2023, 9, 4)
TITLES: Final = (
    "no", "nik", "nama", "tanggal_lahir", "jenis_kelamin", "alamat", "rt", "rw", "kelurahan", "kecamatan",
    "pekerjaan", "penghasilan_bulanan", "no_hp",
)  # fmt: skip
TABLES: Final = Path(__file__).parents[2] / "domain" / "tables"
NAMES: Final = (
    "Suparman",
    "Nur Aini",
    "André",
    "D'Arcy",
    "Siti",
    "Faturrohman",
    "Wahyu",
    "Kasmuri",
    "Ratna",
    "Müller",
)
ORDER: Final = (
    "nik",
    "nama",
    "tanggal_lahir",
    "jenis_kelamin",
    "kelurahan",
    "pekerjaan",
    "penghasilan_bulanan",
)


def _read(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


WARDS: Final = [(row["ward"], row["district"]) for row in _read("wards_3375.csv")]
OCCUPATIONS: Final = [
    (row["code"], row["name_id"]) for row in _read("professions.csv") if row["in_batik_berlian"] == "reported"
]


@dataclass
class DirtyList:
    """Rows as a sponsor wrote them, and what must come of each; rows are counted from 1."""

    rows: list[dict[str, Cell]] = field(default_factory=list)
    reject: dict[int, tuple[str, str]] = field(default_factory=dict)  # field and code
    first_row: dict[int, int] = field(default_factory=dict)  # of a duplicate: the row that stands
    warn: dict[int, set[tuple[str, str]]] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        return len(self.rows) - len(self.reject)

    def as_csv(self, delimiter: str, encoding: str, rnd: Random) -> bytes:
        """Return the list as text; kinds of cells are lost, as every spreadsheet loses them."""
        text = io.StringIO()
        lines = csv.writer(text, delimiter=delimiter, lineterminator=rnd.choice(["\n", "\r\n"]))
        lines.writerow([_title(title, rnd) for title in TITLES])
        lines.writerows([row[title] for title in TITLES] for row in self.rows)
        return text.getvalue().encode(encoding, errors="replace")

    def as_workbook(self, rnd: Random) -> bytes:
        heading = ["", "DAFTAR CALON PESERTA"] if rnd.random() < 0.5 else []
        titles = [_title(title, rnd) for title in TITLES]
        return workbook([heading, titles, *([row[title] for title in TITLES] for row in self.rows)])


def _title(title: str, rnd: Random) -> str:
    return rnd.choice([title, title.upper(), f" {title.replace('_', ' ')} ", title.title()])


@dataclass
class _Row:
    """One worker: what the card says, and the cells as they will be written."""

    rnd: Random
    number: int
    is_text: bool  # of a CSV file: every cell is text
    woman: bool = False
    born: date = EFFECTIVE
    cells: dict[str, Cell] = field(default_factory=dict)

    @classmethod
    def clean(cls, rnd: Random, number: int, *, is_text: bool) -> "_Row":
        row = cls(rnd, number, is_text, woman=rnd.random() < 0.4)
        row.born = date(1960, 1, 1) + timedelta(days=rnd.randint(0, 45 * 365 - 120))
        (ward, district), (_, occupation) = rnd.choice(WARDS), rnd.choice(OCCUPATIONS)
        row.cells = {
            "no": str(number),
            "nik": row.nik(),
            "nama": f"{rnd.choice(NAMES)} Contoh {number}",
            "tanggal_lahir": row.born.isoformat(),
            "jenis_kelamin": "P" if row.woman else "L",
            "alamat": f"Jl. Contoh No. {number}",
            "rt": "001",
            "rw": "002",
            "kelurahan": ward,
            "kecamatan": district,
            "pekerjaan": occupation,
            "penghasilan_bulanan": "900000",
            "no_hp": f"08580{number:07d}",
        }
        return row

    def nik(self) -> str:
        """Return a NIK of the birth date and sex: region of first issue by the number, so none comes twice."""
        day = self.born.day + (40 if self.woman else 0)
        region = 330_101 + self.number // 1000 % 900 * 100
        return f"{region}{day:02d}{self.born:%m%y}{9000 + self.number % 1000}"

    def set(self, column: str, value: Cell) -> None:
        self.cells[column] = value

    def born_on(self, day: date) -> None:
        """Another birthday, with a NIK that agrees."""
        self.born = day
        self.cells |= {"nik": self.nik(), "tanggal_lahir": day.isoformat()}


# -- ways to write the same


def _written_otherwise(row: _Row) -> None:
    rnd, nik, born = row.rnd, str(row.cells["nik"]), row.born
    income = rnd.choice(
        ["750000", "950.000", "Rp 950.000", "Rp. 950.000,00", "950,000.00", "", "-", " 800 000 "]
    )
    row.set(
        "nik",
        rnd.choice(
            [
                f"  {nik} ",
                f"'{nik}",
                f"{nik[:2]}.{nik[2:4]}.{nik[4:6]}.{nik[6:12]}.{nik[12:]}",
                f"\u00a0{nik}\u00a0",
            ]
        ),
    )
    row.set(
        "nama",
        rnd.choice(["  {} ", "'{}", "{}\u00a0", '=HYPERLINK("{}")', "{}, S.E."]).format(row.cells["nama"]),
    )
    days: list[Cell] = [
        f"{born:%d/%m/%Y}",
        f"{born:%d-%m-%Y}",
        f" {born.isoformat()} ",
        f"{born.day}/{born.month}/{born.year}",
    ]
    days.append(str((born - date(1899, 12, 30)).days))
    row.set("tanggal_lahir", rnd.choice(days) if row.is_text or rnd.random() < 0.6 else born)
    words = (
        ["P", "p", "Perempuan", "PEREMPUAN", "Wanita"]
        if row.woman
        else ["L", "l", "Laki-laki", "LAKI-LAKI", " laki laki ", "Pria"]
    )
    row.set("jenis_kelamin", rnd.choice(words))
    code, name = next(one for one in OCCUPATIONS if one[1] == row.cells["pekerjaan"])
    row.set("pekerjaan", rnd.choice([code, code.lower(), name.upper(), f"  {name}  "]))
    ward = str(row.cells["kelurahan"])
    row.set("kelurahan", rnd.choice([ward.upper(), f" {ward}", ward.lower()]))
    row.set(
        "penghasilan_bulanan",
        income if row.is_text or rnd.random() < 0.7 else Decimal(rnd.randint(0, 3_000_000)),
    )


# -- ways to spoil a row: each says which field is refused and with which code


Spoil = Callable[[_Row], tuple[str, str]]


def _put(column: str, code: str, *values: Cell) -> Spoil:
    def spoil(row: _Row) -> tuple[str, str]:
        row.set(column, row.rnd.choice(values))
        return column, code

    return spoil


def _nik(code: str, change: Callable[[str], Cell]) -> Spoil:
    def spoil(row: _Row) -> tuple[str, str]:
        row.set("nik", change(str(row.cells["nik"])))
        return "nik", code

    return spoil


def _as_number(row: _Row) -> tuple[str, str]:
    nik = str(row.cells["nik"])
    kept = Decimal(nik[:15] + "0")
    row.set("nik", f"{kept:.5E}" if row.is_text else kept)
    return "nik", "nik_damaged_by_spreadsheet"


def _age(code: str, youngest: date, oldest: date) -> Spoil:
    def spoil(row: _Row) -> tuple[str, str]:
        row.born_on(oldest + timedelta(days=row.rnd.randint(0, (youngest - oldest).days)))
        return "tanggal_lahir", code

    return spoil


FORMAT_FAULTS: Final[tuple[tuple[str, Spoil], ...]] = (
    ("nik", _put("nik", "missing", "", "  ", "-")),
    ("nik", _nik("nik_length", lambda nik: nik[:-1])),
    ("nik", _nik("nik_length", lambda nik: nik + "7")),
    ("nik", _nik("nik_not_digits", lambda nik: nik[:8] + "O" + nik[9:])),
    ("nik", _nik("nik_impossible_date", lambda nik: nik[:6] + "39" + nik[8:])),
    ("nik", _nik("nik_impossible_date", lambda nik: nik[:8] + "13" + nik[10:])),
    ("nik", _as_number),
    ("nama", _put("nama", "missing", "", " ", "-")),
    ("tanggal_lahir", _put("tanggal_lahir", "missing", "", "-")),
    (
        "tanggal_lahir",
        _put("tanggal_lahir", "not_a_date", "31/02/1980", "1980", "Agustus 1980", "1980-13-01", "tidak tahu"),
    ),
    ("tanggal_lahir", _put("tanggal_lahir", "in_future", "2091-01-01", "05/09/2090")),
    ("jenis_kelamin", _put("jenis_kelamin", "missing", "", "-")),
    ("kelurahan", _put("kelurahan", "missing", "", " ")),
    ("pekerjaan", _put("pekerjaan", "missing", "", "-")),
    ("penghasilan_bulanan", _put("penghasilan_bulanan", "not_a_number", "sekitar satu juta", "1jt", "900rb")),
    ("penghasilan_bulanan", _put("penghasilan_bulanan", "negative", "-500000", "(500.000)", "Rp -500.000")),
)
RULE_FAULTS: Final[tuple[Spoil, ...]] = (
    _age("REJECT_MIN_AGE", date(2023, 9, 1), date(2005, 9, 2)),
    _age("REJECT_MAX_AGE", date(1958, 9, 1), date(1930, 1, 1)),
    _put("pekerjaan", "REJECT_OCCUPATION", "Astronaut", "PNS", "Direktur bank"),
    _put("kelurahan", "REJECT_RESIDENCE", "Menteng", "Kelurahan Antah Berantah"),
)


def dirty_list(rows: int, seed: int, *, is_text: bool) -> DirtyList:
    """Make a list of this length. is_text: every cell is text, as in CSV."""
    rnd, made = Random(seed), DirtyList()
    standing: list[tuple[int, _Row]] = []
    for number in range(1, rows + 1):
        row = _Row.clean(rnd, number, is_text=is_text)
        dice = rnd.random()
        if dice < 0.35:
            _written_otherwise(row)
        elif dice < 0.55:
            made.reject[number] = rnd.choice(FORMAT_FAULTS)[1](row)
        elif dice < 0.60:
            made.reject[number] = _twice_spoiled(row)
        elif dice < 0.68:
            made.reject[number] = rnd.choice(RULE_FAULTS)(row)
        elif dice < 0.73 and standing:
            first, other = rnd.choice(standing)
            row.cells = dict(other.cells) | {"no": str(number), "nama": row.cells["nama"]}
            made.reject[number], made.first_row[number] = ("nik", "REJECT_DUPLICATE"), first
        elif dice < 0.77:
            row.set("tanggal_lahir", (row.born + timedelta(days=1)).isoformat())
            made.warn[number] = {("tanggal_lahir", "birth_date_mismatch")}
        elif dice < 0.81:
            row.set("jenis_kelamin", "L" if row.woman else "P")
            made.warn[number] = {("jenis_kelamin", "sex_mismatch")}
        if number not in made.reject:
            standing.append((number, row))
        made.rows.append(row.cells)
    return made


def _twice_spoiled(row: _Row) -> tuple[str, str]:
    """Spoil a row in two columns by format: the first column in the order of checks decides."""
    first, later = sorted(row.rnd.sample(ORDER, 2), key=ORDER.index)
    row.rnd.choice(_faults_of(later))(row)
    return row.rnd.choice(_faults_of(first))(row)


def _faults_of(column: str) -> list[Spoil]:
    return [spoil for at, spoil in FORMAT_FAULTS if at == column]

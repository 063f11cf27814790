"""Workbooks are read as the same list in CSV would be; a file that is none is refused, whatever it does."""

import contextlib
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.test_roster_checks import LISTS, in_slices, issues_of, the_programme
from tests.workflows.test_roster_sheet import TITLES, WORKER, refusal_of
from tests.workflows.workbooks import rows_of, workbook
from workflows.roster.checks import AcceptedRow
from workflows.roster.sheet import open_sheet, refuse_too_large
from workflows.roster.sheet_messages import sheet_message
from workflows.roster.table import ROWS_MAX, Cell, SheetRefused

HEAD: Final[list[Cell]] = [*TITLES.split(",")]
SUPARMAN: Final[list[Cell]] = [*WORKER.split(",")]


def with_cell(column: str, cell: Cell) -> list[Cell]:
    row = list(SUPARMAN)
    row[HEAD.index(column)] = cell
    return row


def cells_of(content: bytes, column: str) -> list[Cell]:
    return [row.cell(column) for row in open_sheet(content).rows()]


def faults(rows: Iterable[list[Cell]]) -> dict[str, object]:
    found = issues_of(in_slices(open_sheet(workbook([HEAD, *rows])).rows(), 50, the_programme()), "reject")
    return {row: told["code"] for row, told in found.items()}


@pytest.mark.parametrize("name", ["pekalongan_dirty_60.csv", "pekalongan_817.csv"])
def test_a_list_as_workbook_comes_out_as_in_csv(name: str) -> None:
    content = (LISTS / name).read_bytes()
    as_csv = in_slices(open_sheet(content).rows(), 60, the_programme())
    as_workbook = in_slices(open_sheet(workbook(rows_of(content))).rows(), 60, the_programme())
    assert as_workbook == as_csv


def test_the_dirty_list_with_real_numbers_and_days_comes_out_as_expected() -> None:
    """Incomes as numbers, birth dates as days: what a spreadsheet makes of the same list."""
    expected = json.loads((LISTS / "pekalongan_dirty_60.expected.json").read_text(encoding="utf-8"))
    titles, *rows = rows_of((LISTS / "pekalongan_dirty_60.csv").read_bytes())
    typed: list[list[Cell]] = [[*titles]]
    for row in rows:
        cells: list[Cell] = [*row]
        for place, title in enumerate(titles):
            if title in ("no", "penghasilan_bulanan") and row[place].isdigit():
                cells[place] = Decimal(row[place])
            if title == "tanggal_lahir" and row[place][:4].isdigit() and row[place] < "2020":
                cells[place] = date.fromisoformat(row[place])
        typed.append(cells)
    outcomes = in_slices(open_sheet(workbook(typed)).rows(), 60, the_programme())
    assert issues_of(outcomes, "reject") == expected["reject"]
    assert issues_of(outcomes, "warn") == expected["warn"]
    assert sum(isinstance(outcome, AcceptedRow) for outcome in outcomes) == expected["accepted"]


def test_a_nik_kept_as_a_number_is_damaged_however_whole_it_looks() -> None:
    rows = [
        with_cell("nik", Decimal("3375022108809118")),
        with_cell("nik", Decimal("3.37502E15")),
        with_cell("nik", "3.37502E+15"),
        with_cell("nik", "3375022108809118"),
    ]
    assert faults(rows) == {
        "1": "nik_damaged_by_spreadsheet",
        "2": "nik_damaged_by_spreadsheet",
        "3": "nik_damaged_by_spreadsheet",
    }


def test_cells_keep_their_kind() -> None:
    content = workbook(
        [
            [*HEAD, "penghasilan_bulanan"],
            [*with_cell("tanggal_lahir", date(1980, 8, 21)), Decimal("950000.50")],
            [*with_cell("tanggal_lahir", Decimal(29454)), Decimal(950000)],
        ]
    )
    assert cells_of(content, "tanggal_lahir") == [date(1980, 8, 21), Decimal(29454)]
    assert cells_of(content, "penghasilan_bulanan") == [Decimal("950000.5"), Decimal(950000)]


def test_text_that_looks_like_a_formula_is_data() -> None:
    content = workbook([HEAD, with_cell("nama", "=1+1"), with_cell("nama", "@Suparman")])
    assert cells_of(content, "nama") == ["=1+1", "@Suparman"]


def test_a_heading_two_title_rows_numbers_and_empty_rows_are_no_data() -> None:
    groups: list[Cell] = ["NIK", "Nama", "Tanggal Lahir", "L/P", "Alamat tinggal", "", "Pekerjaan"]
    names: list[Cell] = ["", "", "", "", "Kelurahan", "Kecamatan", ""]
    numbers: list[Cell] = [Decimal(number) for number in range(1, 8)]
    content = workbook([["DAFTAR PEKERJA"], [], groups, names, numbers, SUPARMAN, [], SUPARMAN])
    sheet = open_sheet(content)
    assert (sheet.rows_total, sheet.header.missing) == (2, ())
    assert [row.cell("kelurahan") for row in sheet.rows()] == ["Kali Baros", "Kali Baros"]
    as_csv = "NIK,Nama,Tgl Lahir,L/P,Alamat tinggal,,Pekerjaan\n,,,,Kelurahan,Kecamatan,\n" + WORKER
    assert open_sheet(as_csv.encode()).rows_total == 1


def test_the_visible_sheet_with_the_titles_is_the_list() -> None:
    other: list[list[Cell]] = [["Petunjuk pengisian"], ["Isi semua kolom"]]
    assert cells_of(workbook(other, [HEAD, with_cell("nama", "Rini")]), "nama") == ["Rini"]
    two = workbook([HEAD, with_cell("nama", "old")], [HEAD, with_cell("nama", "Rini")], hidden=0)
    assert cells_of(two, "nama") == ["Rini"]


def test_rows_may_be_asked_for_again_from_any_place() -> None:
    sheet = open_sheet(workbook([HEAD, *[SUPARMAN] * 1_234]))
    assert [row.number for row in sheet.rows(after=1_230)] == [1231, 1232, 1233, 1234]
    assert [row.number for row in sheet.rows(after=1_233)] == [1234]


def packed(**entries: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return content.getvalue()


def altered(content: bytes, name: str, old: str, new: str) -> bytes:
    """Return a workbook in which one file within reads otherwise."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {entry: archive.read(entry).decode() for entry in archive.namelist()}
    assert old in entries[name]
    return packed(**{**entries, name: entries[name].replace(old, new)})


LIST: Final = workbook([HEAD, SUPARMAN])
SHEET: Final = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("content", "code", "reason"),
    [
        (b"PK\x03\x04 and so on", "unreadable", "broken_workbook"),
        (LIST[: len(LIST) // 2], "unreadable", "broken_workbook"),
        (altered(LIST, SHEET, "<sheetData>", "<sheetData"), "unreadable", "broken_workbook"),
        (packed(readme="hello"), "unreadable", "other_archive"),
        (packed(**{"xl/workbook.xml": "<workbook/>"}), "unreadable", "broken_workbook"),
        (workbook([[]]), "unreadable", "empty"),
        (workbook([HEAD]), "unreadable", "no_rows"),
        (workbook([HEAD[:3], SUPARMAN[:3]]), "columns_missing", "columns_missing"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unreadable", "old_workbook"),
        (
            b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "unreadable",
            "locked",
        ),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(content: bytes, code: str, reason: str) -> None:
    refused = refusal_of(content)
    assert (refused.code, refused.reason) == (code, reason)
    assert sheet_message(refused, "id") != sheet_message(refused, "en")


def test_a_workbook_that_unpacks_beyond_measure_is_never_unpacked() -> None:
    bomb = packed(**{"xl/workbook.xml": "<workbook/>", SHEET: " " * (64 << 20)})
    assert len(bomb) < 100_000
    refused = refusal_of(bomb)
    assert (refused.code, refused.reason) == ("too_large", "too_much_inside")


def test_a_workbook_that_lies_about_its_size_harms_nobody() -> None:
    bomb = packed(**{"xl/workbook.xml": "<workbook/>", SHEET: " " * (64 << 20)})
    lying = bomb.replace((64 << 20).to_bytes(4, "little"), (1 << 10).to_bytes(4, "little"))
    assert refusal_of(lying).code in ("unreadable", "too_large")


def test_a_cell_at_the_far_end_of_the_sheet_harms_nobody() -> None:
    """A reader that makes room for every cell up to it would need 17 billion."""
    refused = refusal_of(altered(LIST, SHEET, 'r="G2"', 'r="XFD1048576"'))
    assert (refused.code, refused.reason) == ("too_large", "too_much_inside")


def test_entities_within_a_workbook_are_not_multiplied() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = altered(
        LIST,
        "xl/sharedStrings.xml",
        "<sst",
        f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><sst',
    )
    bomb = altered(bomb, "xl/sharedStrings.xml", "Suparman Raharjo", "&l9;")
    with contextlib.suppress(SheetRefused):
        [name] = cells_of(bomb, "nama")
        assert len(str(name)) <= 1_000


def test_rows_above_the_bound_are_refused() -> None:
    short: list[Cell] = ["1"]
    refused = refusal_of(workbook([HEAD, *[short] * (ROWS_MAX + 1)]))
    assert (refused.code, refused.reason) == ("too_large", "too_many_rows")


@settings(deadline=None, max_examples=20)
@given(st.integers(0, len(LIST) - 1), st.integers(0, 255))
def test_a_workbook_with_a_flipped_byte_is_read_or_refused(place: int, byte: int) -> None:
    with contextlib.suppress(SheetRefused):
        sheet = open_sheet(LIST[:place] + bytes([byte]) + LIST[place + 1 :])
        assert sum(1 for _ in sheet.rows()) == sheet.rows_total


def test_what_is_too_large_is_told_before_it_is_taken_in() -> None:
    short: list[Cell] = ["1"]
    for content in (
        workbook([HEAD, *[short] * (ROWS_MAX + 1)]),
        (TITLES + "\n" + "1\n" * (ROWS_MAX + 1)).encode(),
        bytes(33 << 20),
    ):
        with pytest.raises(SheetRefused) as caught:
            refuse_too_large(content)
        assert caught.value.code == "too_large"
    for content in (LIST, b"PK\x03\x04", b"\n" * 300_000, (TITLES + "\n" * 250_000 + WORKER).encode(), b""):
        refuse_too_large(content)

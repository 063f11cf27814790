"""From bytes to rows: what is read, what is refused, and that memory stays flat."""

import contextlib
import tracemalloc
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from workflows.roster.columns import REQUIRED, Header, Row, column_of
from workflows.roster.csv_table import LINE_MAX
from workflows.roster.sheet import Sheet, open_sheet
from workflows.roster.sheet_messages import sheet_message
from workflows.roster.table import ROWS_MAX, SIZE_MAX, SheetRefused

LISTS = Path(__file__).parent.parent / "data"
TITLES = ",".join(REQUIRED)
WORKER = "3375022108809118,Suparman Raharjo,1980-08-21,L,Kali Baros,Pekalongan Timur,Tukang ojek pengkolan"


def a_list(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def refusal_of(content: bytes) -> SheetRefused:
    with pytest.raises(SheetRefused) as caught:
        open_sheet(content)
    return caught.value


def names(sheet: Sheet) -> list[object]:
    return [row.cell("nama") for row in sheet.rows()]


def test_clean_list_is_read_whole() -> None:
    sheet = open_sheet((LISTS / "pekalongan_817.csv").read_bytes())
    rows = list(sheet.rows())
    assert sheet.rows_total == len(rows) == 817
    assert [row.number for row in rows] == list(range(1, 818))
    assert sheet.header.unknown == ()
    assert rows[0].cell("nik") == "3375022108809118"


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_usual_way_to_save_a_csv(delimiter: str, encoding: str, ending: str) -> None:
    lines = [TITLES.replace(",", delimiter), WORKER.replace("Suparman", "José").replace(",", delimiter)]
    sheet = open_sheet(ending.join(lines).encode(encoding))
    assert names(sheet) == ["José Raharjo"]


def test_rows_may_be_asked_for_again_from_any_place() -> None:
    sheet = open_sheet(a_list(TITLES, *[WORKER] * 5))
    assert [row.number for row in sheet.rows()] == [1, 2, 3, 4, 5]
    assert [row.number for row in sheet.rows(after=3)] == [4, 5]


def test_titles_in_any_case_with_remarks_and_other_names() -> None:
    titles = " No. ;N I K;NAMA LENGKAP;Tgl. Lahir (dd/mm/yyyy);L/P;Kelurahan/Desa;Kec.;Profesi;Hobi;No. HP"
    sheet = open_sheet(
        a_list(titles, "1;3375022108809118;Suparman;21/08/1980;L;Gamer;Pekalongan Timur;BECAK;Catur;0")
    )
    assert set(sheet.header.places) == {*REQUIRED, "no_hp"}
    assert sheet.header.unknown == ("Hobi",)
    assert sheet.header.titles[1] == "N I K"
    assert next(sheet.rows()).cells[8] == "Catur"


def test_own_name_of_a_column_counts_before_another_name() -> None:
    header = Header.read(("No KTP", "NIK", "nik"))
    assert header.places == {"nik": 1}
    assert header.unknown == ("No KTP", "nik")


def test_remarks_of_a_list_sent_back_are_passed_over() -> None:
    sheet = open_sheet(a_list(TITLES + ",alasan,perbaikan", WORKER + ",NIK kosong.,Isi NIK."))
    assert sheet.header.unknown == ()


def test_headings_repeated_titles_and_empty_rows_are_no_data_rows() -> None:
    numbers = ",".join(str(number) for number in range(1, len(REQUIRED) + 1))
    empty = "," * (len(REQUIRED) - 1)
    heading = "DAFTAR PEKERJA RENTAN" + empty
    sheet = open_sheet(
        a_list(heading, "", TITLES, numbers, WORKER, empty, " ,\u00a0,", TITLES.upper(), WORKER, "")
    )
    assert [row.number for row in sheet.rows()] == [1, 2]
    assert sheet.rows_total == 2


def test_row_that_ends_early_has_empty_cells() -> None:
    [row] = open_sheet(a_list(TITLES, "3375022108809118,Suparman")).rows()
    assert row.cell("nama") == "Suparman"
    assert row.cell("kelurahan") == ""
    assert row.cell("no_hp") == ""


def test_delimiters_and_line_ends_within_quotes_belong_to_the_value() -> None:
    sheet = open_sheet(
        a_list(TITLES + ",alamat", WORKER + ',"Jl. Melati 2, Gang ""3""\nbelakang"', WORKER + ",")
    )
    assert [row.cell("alamat") for row in sheet.rows()] == ['Jl. Melati 2, Gang "3"\nbelakang', ""]


def test_required_columns_that_are_missing_are_named() -> None:
    refused = refusal_of(a_list("nik,nama,jenis_kelamin,kelurahan,kecamatan", "1,2,3,4,5"))
    assert refused.code == "columns_missing"
    assert refused.columns == ("tanggal_lahir", "pekerjaan")
    assert "tanggal_lahir, pekerjaan" in sheet_message(refused, "id")
    assert "tanggal_lahir, pekerjaan" in sheet_message(refused, "en")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"%PDF-1.7", "document"),
        (b"\n <HTML><table><tr><td>nik", "web_page"),
        (b"nik,nama\0", "binary"),
        ("nik,nama".encode("utf-16"), "binary"),
        (b"\x81\x8d\x8f,\xff", "binary"),  # neither UTF-8 nor Windows-1252
        (a_list(TITLES), "no_rows"),
        (a_list(TITLES, ",,,", ""), "no_rows"),
        (a_list(TITLES, WORKER, '"' + WORKER, WORKER), "broken_quotes"),
        (a_list(TITLES, WORKER, WORKER.replace("Suparman", '"Suparman" ')), "broken_quotes"),
        (a_list(TITLES, WORKER, "x" * LINE_MAX), "line_too_long"),
        (a_list(TITLES, '"', *["x"] * 500), "broken_quotes"),
    ],
)
def test_unreadable_files_are_refused_with_what_to_do(content: bytes, reason: str) -> None:
    refused = refusal_of(content)
    assert (refused.code, refused.reason) == ("unreadable", reason)
    assert sheet_message(refused, "id") != sheet_message(refused, "en")


def test_quote_without_partner_names_its_line() -> None:
    refused = refusal_of(a_list(TITLES, *[WORKER] * 30, '"' + WORKER, *[WORKER] * 300))
    assert refused.line == 32
    assert "32" in sheet_message(refused, "id")


def test_files_above_the_bounds_are_refused() -> None:
    assert refusal_of(bytes(SIZE_MAX + 1)).code == "too_large"
    titles = TITLES.encode() + b"\n"
    assert open_sheet(titles + b"1\n" * ROWS_MAX).rows_total == ROWS_MAX
    assert refusal_of(titles + b"1\n" * (ROWS_MAX + 1)).reason == "too_many_rows"
    assert refusal_of(titles + b"\n" * (3 * ROWS_MAX)).reason == "too_many_rows"


def test_cells_remember_what_they_are() -> None:
    def table() -> Iterator[tuple[str | Decimal | date, ...]]:
        yield ("nik", "nama", "tanggal_lahir")
        yield (Decimal("3375022108809118"), "Suparman", date(1980, 8, 21))

    header = Header.read(next(table()))
    [row] = Sheet(header, 1, partial(table), 0).rows()
    assert row.cells == (Decimal("3375022108809118"), "Suparman", date(1980, 8, 21))
    assert "3375" not in repr(row)


def test_worker_of_a_form_is_a_row_too() -> None:
    row = Row.of({"nik": "3375022108809118", "nama": "Suparman"})
    assert (row.number, row.cell("nama"), row.cell("pekerjaan")) == (1, "Suparman", "")


def test_memory_does_not_grow_with_the_list() -> None:
    few, many = peak_of_reading(4_000), peak_of_reading(40_000)
    assert many < few + 100_000, f"{few} bytes for 4,000 rows, {many} for 40,000"


def peak_of_reading(rows: int) -> int:
    """Return the most bytes in use while a list is opened and read, besides the file itself."""
    content = (TITLES + "\n" + (WORKER + "\n") * rows).encode()
    tracemalloc.start()
    try:
        assert sum(1 for _ in open_sheet(content).rows()) == rows
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_read_or_refused(content: bytes) -> None:
    for tried in (content, TITLES.encode() + b"\n" + content):
        with contextlib.suppress(SheetRefused):
            sheet = open_sheet(tried)
            assert sum(1 for _ in sheet.rows()) == sheet.rows_total


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), max_size=12))
def test_any_row_can_be_asked_whether_it_is_the_titles(cells: list[str]) -> None:
    header = Header.read(cells)
    assert all(column_of(cells[place]) == column for column, place in header.places.items())

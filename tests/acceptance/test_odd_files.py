"""Whatever is sent as a list: it is read exactly or refused clearly, never half, and never with a fault of ours."""

import io
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any, Final

import pytest
import xlsxwriter

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.workflows.dirty_lists import DirtyList, dirty_list
from tests.workflows.workbooks import workbook

WORKER: Final = stories.workers(1)[0]
COLUMNS: Final = list(WORKER.columns)
CSV: Final = stories.list_with((WORKER,))


def row(n: int = 1) -> list[str]:
    """Return the cells of a worker nobody else has."""
    worker = stories.workers(n)[-1]
    return list(worker.columns.values())


def made(fill: Callable[[xlsxwriter.Workbook, Any], None]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        fill(book, book.add_worksheet("Daftar"))
    return content.getvalue()


def with_formulas(book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.write_row(0, 0, COLUMNS)
    sheet.write_row(1, 0, row())
    sheet.write_formula(1, COLUMNS.index("alamat"), '="Jl. "&"Contoh"', None, "Jl. Contoh")


def with_merged_cells(book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, "DAFTAR CALON PESERTA KOTA PEKALONGAN")
    sheet.write_row(1, 0, COLUMNS)
    sheet.write_row(2, 0, row())
    sheet.merge_range(3, 0, 3, len(COLUMNS) - 1, "")


def behind_a_hidden_sheet(book: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.write_row(0, 0, COLUMNS)
    sheet.write_row(1, 0, row())
    hidden = book.add_worksheet("Lama")
    hidden.write_row(0, 0, COLUMNS)
    for place in range(1, 4):
        hidden.write_row(place, 0, row())
    hidden.hide()


def archive(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as into:
        for name, text in files.items():
            into.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return content.getvalue()


def wide(more: int) -> bytes:
    """Return a list with so many columns nobody asked for, each with a value."""
    cells = [f"kolom {n}" for n in range(more)]
    return "\n".join([",".join([*COLUMNS, *cells]), ",".join([*row(), *cells])]).encode()


def quoted() -> bytes:
    [worker] = stories.workers(1)
    told = stories.Worker(worker.nik, 'Suparman "Parto" Raharjo', worker.address, worker.phone)
    return stories.list_with((told,))


OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)

READ: Final[dict[str, tuple[Callable[[], bytes], int]]] = {
    "one row": (lambda: stories.list_with(stories.workers(1)), 1),
    "two rows of titles": (lambda: workbook([["DATA", "PEKERJA"], COLUMNS, row()]), 1),
    "titles twice": (lambda: workbook([COLUMNS, COLUMNS, row()]), 1),
    "the same title twice": (lambda: workbook([[*COLUMNS, "alamat"], [*row(), "Jl. Lain"]]), 1),
    "a thousand columns more": (lambda: wide(1_000), 1),
    "formulas": (lambda: made(with_formulas), 1),
    "merged cells": (lambda: made(with_merged_cells), 1),
    "a hidden sheet": (lambda: made(behind_a_hidden_sheet), 1),
    "old Windows text": (lambda: stories.list_with(stories.workers(1)).decode().encode("cp1252"), 1),
    "a quote within a name": (quoted, 1),
}

REFUSED: Final[dict[str, tuple[Callable[[], bytes], str, str]]] = {
    "empty": (lambda: b"", "unreadable", "empty"),
    "titles alone": (lambda: CSV.splitlines(keepends=True)[0], "unreadable", "no workers"),
    "titles alone in a workbook": (lambda: workbook([COLUMNS]), "unreadable", "no workers"),
    "an empty workbook": (lambda: workbook([]), "unreadable", "empty"),
    "bytes": (lambda: Random(3).randbytes(4_096), "unreadable", ".xlsx or CSV"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(64), "unreadable", ".xlsx or CSV"),
    "NUL bytes": (lambda: CSV.replace(b"Gang", b"Ga\0ng"), "unreadable", "CSV UTF-8"),
    "NUL bytes in the rows": (lambda: CSV + b"\0\0\0", "unreadable", "CSV UTF-8"),
    "UTF-16": (lambda: CSV.decode().encode("utf-16"), "unreadable", "CSV UTF-8"),
    "HTML as a workbook": (
        lambda: b"<html><table><tr><td>nik</td></tr></table></html>",
        "unreadable",
        "web page",
    ),
    "an old workbook": (lambda: OLD, "unreadable", ".xls"),
    "a locked workbook": (lambda: OLD + "EncryptedPackage".encode("utf-16-le"), "unreadable", "password"),
    "OpenDocument": (
        lambda: archive(mimetype="application/vnd.oasis.opendocument.spreadsheet", content_xml="<x/>"),
        "unreadable",
        "no Excel workbook",
    ),
    "half a workbook": (lambda: workbook([COLUMNS, row()])[:900], "unreadable", "damaged"),
    "missing columns": (lambda: b"nik,nama\n1,2\n", "columns_missing", "tanggal_lahir"),
    "missing columns in a workbook": (
        lambda: workbook([["nik", "nama"], ["1", "2"]]),
        "columns_missing",
        "pekerjaan",
    ),
    "no titles": (lambda: CSV.splitlines(keepends=True)[1], "columns_missing", "nik"),
    "a quote never closed": (lambda: CSV + b'1,"' + b"a,b\n" * 2_000, "unreadable", "quotation mark"),
    "a row of 10,000 columns": (lambda: wide(10_000), "unreadable", "too long"),
    "a PDF": (lambda: b"%PDF-1.7 list", "unreadable", "printing"),
}


@pytest.mark.parametrize("name", READ)
def test_an_odd_file_is_read_exactly(town: Town, name: str) -> None:
    content, rows = READ[name]
    view = stories.send_list(town, stories.open_programme(town), content())
    assert (view["status"], view["rows"], view["accepted"]) == ("checked", rows, rows), view


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_list_is_refused_with_what_to_do_and_no_row_counts(town: Town, name: str) -> None:
    content, code, says = REFUSED[name]
    programme = stories.open_programme(town)
    dinas = town.person("dinas", "sponsor_officer")
    answer = stories.upload_list(dinas, programme, content())
    if answer.status_code == 202:
        view = stories.wait_for_check(dinas, answer.json()["id"])
        assert (view["status"], view["code"], view["accepted"], view["issues"]) == ("failed", code, 0, [])
        message = view["message"]
        assert view["message_id"]
        steps = f"/v1/rosters/{view['id']}/steps/propose"
        assert dinas.call("POST", steps, json={}).status_code in (404, 409), "nobody is proposed from it"
    else:
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
        message = answer.json()["detail"]
    assert says.lower() in message.lower(), message
    assert dinas.get("/v1/enrollments", programme=programme)["items"] == [], "never half a list"


def told(view: dict[str, Any], severity: str) -> dict[int, tuple[str, str]]:
    return {
        issue["row"]: (issue["field"], issue["code"])
        for issue in view["issues"]
        if issue["severity"] == severity
    }


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_five_thousand_unseen_rows_come_out_as_they_were_made(town: Town, kind: str) -> None:
    seed = {"csv": 4_711, "xlsx": 815}[kind]
    made: DirtyList = dirty_list(5_000, seed, is_text=kind == "csv")
    rnd = Random(seed)
    content = made.as_csv(";", "cp1252", rnd) if kind == "csv" else made.as_workbook(rnd)
    view = stories.send_list(town, stories.open_programme(town), content)
    assert (view["status"], view["rows"]) == ("checked", 5_000)
    assert told(view, "reject") == made.reject
    assert (view["accepted"], view["rejected"]) == (made.accepted, len(made.reject))
    assert told(view, "warn").keys() == made.warn.keys()
    assert all(issue["message"] and issue["message_id"] for issue in view["issues"])

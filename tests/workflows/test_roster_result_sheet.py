"""The rows that came back: in the sponsor's own columns, safe to open, readable when mended."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

import pytest

from tests.workflows.test_roster_checks import UPLOADED_ON
from tests.workflows.test_roster_sheet import TITLES, WORKER, a_list
from tests.workflows.workbooks import workbook
from workflows.roster.checks import Declared, read_row
from workflows.roster.messages import Explanation
from workflows.roster.result_sheet import as_csv, as_workbook, result_rows
from workflows.roster.sheet import Sheet, open_sheet

REMARK: Final = Explanation("NIK kosong.", "Isi NIK.")
MADE_AT: Final = datetime(2023, 9, 4, 3, 0, tzinfo=UTC)


def as_read_again(sheet: Sheet, *rows: int, kind: str) -> Sheet:
    made = result_rows(sheet, dict.fromkeys(rows, REMARK))
    return open_sheet(as_csv(made, sheet.delimiter) if kind == "csv" else as_workbook(made, MADE_AT))


def test_only_these_rows_in_the_sponsors_order_with_two_columns_more() -> None:
    sheet = open_sheet(a_list("Hobi;" + TITLES.replace(",", ";"), *["Catur;" + WORKER.replace(",", ";")] * 3))
    text = as_csv(result_rows(sheet, {2: REMARK}), sheet.delimiter).decode("utf-8-sig")
    titles, row = csv.reader(io.StringIO(text), delimiter=";")
    assert titles == ["Hobi", *TITLES.split(","), "alasan", "perbaikan"]
    assert row == ["Catur", *WORKER.split(","), "NIK kosong.", "Isi NIK."]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_comes_out_is_read_again_as_it_was(kind: str) -> None:
    titles, worker = TITLES.split(","), WORKER.split(",")
    typed = [*worker]
    source = workbook([titles, [*typed[:2], date(1980, 8, 21), *typed[3:]]])
    for content in (source, a_list(TITLES, WORKER)):
        sheet = open_sheet(content)
        again = as_read_again(sheet, 1, kind=kind)
        assert again.header.unknown == ()
        was, now = (read_row(next(one.rows()), uploaded_on=UPLOADED_ON) for one in (sheet, again))
        assert isinstance(was, Declared) and was == now


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_comes_out_as_a_formula(kind: str) -> None:
    cells = ["=1+1", "+62858", "-5", "@cmd", "\tx"]
    sheet = open_sheet(a_list(TITLES, ",".join([WORKER.split(",")[0], *cells, "y"])))
    [row] = as_read_again(sheet, 1, kind=kind).rows()
    assert [str(cell)[0] for cell in row.cells[1:6]] == ["'"] * 5


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_numbers_come_out_as_text_with_every_digit(kind: str) -> None:
    sheet = open_sheet(workbook([TITLES.split(","), [Decimal("3375022108809118"), *WORKER.split(",")[1:]]]))
    [row] = as_read_again(sheet, 1, kind=kind).rows()
    assert row.cell("nik") == "3375022108809118"


def test_remarks_of_the_time_before_make_room() -> None:
    sheet = open_sheet(a_list(TITLES + ",Alasan,perbaikan", WORKER + ",alt,alt"))
    titles, row = result_rows(sheet, {1: REMARK})
    assert titles == [*TITLES.split(","), "alasan", "perbaikan"]
    assert row[-2:] == ["NIK kosong.", "Isi NIK."]


def test_without_remarks_there_are_titles_alone() -> None:
    assert len(list(result_rows(open_sheet(a_list(TITLES, WORKER)), {}))) == 1

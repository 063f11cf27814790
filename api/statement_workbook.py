"""The statement of a programme as a workbook for the mayor's desk: Indonesian first, counts and rupiah, no names."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from api.http.money_shapes import StatementView
from domain.period import Month, written_day

Cell: TypeAlias = str | int | date | None
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RUPIAH: Final = '"Rp"\\ #,##0;[Red]-"Rp"\\ #,##0;"Rp"\\ 0'
_COUNT: Final = "#,##0"
_INK: Final = "#1F3A5F"
_SHADE: Final = "#E8EEF5"
_TABLE_AT: Final = 4  # row of a table's titles on its sheet, counted from 0


@dataclass(frozen=True)
class Column:
    """A column of a table: title in both languages, width in characters, and what stands in it."""

    title_id: str
    title_en: str
    width: int
    kind: str = "text"  # text, count, rupiah or day


class Styles:
    """The formats of one workbook."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        def made(**more: Any) -> Format:  # Any: properties of a format
            return workbook.add_format({"font_name": "Calibri", "font_size": 11, "valign": "vcenter"} | more)

        line = {"bottom": 1, "bottom_color": "#C8D2DE"}
        self.title = made(bold=True, font_size=16, font_color=_INK)
        self.under = made(italic=True, font_color="#555555")
        self.section = made(bold=True, font_size=12, font_color=_INK, bottom=2, bottom_color=_INK)
        self.head = made(
            bold=True, bg_color=_INK, font_color="#FFFFFF", text_wrap=True, align="center", border=1
        )
        self.label = made(text_wrap=True, **line)
        self.note = made(italic=True, font_color="#555555", text_wrap=True, valign="top")
        self._of_kind = {
            "text": (made(text_wrap=True, **line), made(bold=True, bg_color=_SHADE, top=1)),
            "count": self._numbers(made, line, _COUNT),
            "rupiah": self._numbers(made, line, _RUPIAH),
            "day": self._numbers(made, line, "yyyy-mm-dd"),
        }

    @staticmethod
    def _numbers(made: Any, line: dict[str, Any], number: str) -> tuple[Format, Format]:
        plain = made(num_format=number, align="right", **line)
        return plain, made(num_format=number, align="right", bold=True, bg_color=_SHADE, top=1)

    def of(self, kind: str, *, total: bool = False) -> Format:
        return self._of_kind[kind][total]


def statement_workbook(view: StatementView, made_at: datetime) -> bytes:
    """Return the statement as XLSX; every figure is one of the JSON statement."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        title = f"Laporan program {view.name}, {Month.parse(view.month).written()}"
        workbook.set_properties(
            {"title": title, "subject": view.sponsor, "created": made_at.replace(tzinfo=None)}
        )
        styles = Styles(workbook)
        _summary(workbook.add_worksheet("Ringkasan"), styles, view)
        _table(
            workbook.add_worksheet("Kelurahan"),
            styles,
            view,
            ("Peserta dan iuran menurut kelurahan", "Members and money by ward"),
            (Column("Kecamatan", "District", 24), Column("Kelurahan", "Ward", 26), *_MONEY_COLUMNS),
            [
                (
                    one.district,
                    one.ward,
                    one.heads,
                    one.paid_heads,
                    one.covered,
                    one.lapsing_30_days,
                    one.invoiced,
                    one.paid,
                )
                for one in view.wards
            ],
        )
        _table(
            workbook.add_worksheet("Pekerjaan"),
            styles,
            view,
            ("Peserta dan iuran menurut pekerjaan", "Members and money by occupation"),
            (Column("Pekerjaan", "Occupation", 34), Column("(Inggris)", "In English", 34), *_MONEY_COLUMNS),
            [
                (
                    one.name_id,
                    one.name_en,
                    one.heads,
                    one.paid_heads,
                    one.covered,
                    one.lapsing_30_days,
                    one.invoiced,
                    one.paid,
                )
                for one in view.occupations
            ],
        )
        _table(
            workbook.add_worksheet("Klaim"),
            styles,
            view,
            ("Klaim kematian menurut tahap", "Death claims by stage"),
            (
                Column("Tahap", "Stage", 34),
                Column("(Inggris)", "In English", 34),
                Column("Klaim", "Claims", 12, "count"),
                Column("Disetujui", "Approved", 20, "rupiah"),
                Column("Dibayar", "Paid", 20, "rupiah"),
            ),
            [(one.label_id, one.label_en, one.claims, one.approved, one.paid) for one in view.stages],
        )
        _table(
            workbook.add_worksheet("Penolakan"),
            styles,
            view,
            ("Klaim yang ditolak menurut alasan", "Claims refused, by reason"),
            (
                Column("Alasan", "Reason", 60),
                Column("(Inggris)", "In English", 60),
                Column("Klaim", "Claims", 12, "count"),
            ),
            [(one.reason_id, one.reason_en, one.claims) for one in view.rejected],
        )
        _table(
            workbook.add_worksheet("Segera gugur"),
            styles,
            view,
            (
                "Peserta dalam masa tenggang menurut hari gugur",
                "Members in grace by the day on which they lapse",
            ),
            (Column("Gugur pada", "Lapse on", 18, "day"), Column("Peserta", "Members", 14, "count")),
            [(one.lapses_on, one.members) for one in view.lapsing],
        )
    return content.getvalue()


_MONEY_COLUMNS: Final = (
    Column("Peserta", "Members", 12, "count"),
    Column("Sudah dibayar", "Members paid for", 16, "count"),
    Column("Terlindungi", "Covered", 14, "count"),
    Column("Gugur dalam 30 hari", "Lapse within 30 days", 20, "count"),
    Column("Tagihan", "Invoiced", 20, "rupiah"),
    Column("Dibayar", "Paid", 20, "rupiah"),
)


def _figures(view: StatementView) -> list[tuple[str, str, list[tuple[str, str, str, Cell]]]]:
    """Return the sections of the summary: titles, then each figure with its labels and kind."""
    days, unclaimed, budget = view.days_to_payment, view.unclaimed, view.budget
    month = Month.parse(view.month)
    return [
        (
            f"Iuran {month.written()}",
            f"Contributions of {month.written('en')}",
            [
                ("Peserta dalam keputusan", "Members on the decree", "count", view.heads.decreed),
                ("Peserta terdaftar", "Members registered", "count", view.heads.registered),
                ("Peserta ditagih", "Members invoiced", "count", view.heads.invoiced),
                ("Peserta sudah dibayar", "Members paid for", "count", view.heads.paid),
                ("Tagihan", "Invoiced", "rupiah", view.invoiced),
                ("Dibayar", "Paid", "rupiah", view.paid),
                ("Belum dibayar", "Unpaid", "rupiah", view.unpaid),
            ],
        ),
        (
            "Anggaran program sampai saat ini",
            "Budget of the programme to date",
            [
                ("Anggaran", "Budget", "rupiah", budget.budget),
                ("Iuran yang disetor", "Contributions paid in", "rupiah", budget.paid_in),
                ("Sisa anggaran", "Budget left", "rupiah", budget.left),
                ("Saldo kredit program", "Credit of the programme", "rupiah", budget.credit),
                ("Dikembalikan ke pemberi bantuan", "Refunded to the sponsor", "rupiah", budget.refunded),
                ("Kelebihan bayar: peserta", "Overpaid: members", "count", budget.overpaid_members),
                ("Kelebihan bayar: bulan", "Overpaid: months", "count", budget.overpaid_months),
                ("Kelebihan bayar", "Overpaid", "rupiah", budget.overpaid),
            ],
        ),
        (
            "Klaim kematian sampai saat ini",
            "Death claims to date",
            [
                ("Klaim", "Claims", "count", view.claims),
                ("Disetujui", "Approved", "rupiah", view.approved),
                ("Dibayarkan kepada ahli waris", "Paid to the heirs", "rupiah", view.paid_out),
                ("Klaim yang dibayar", "Claims paid", "count", days.claims if days else 0),
                (
                    "Hari sampai dibayar: median",
                    "Days to payment: median",
                    "count",
                    days.median if days else None,
                ),
                (
                    "Hari sampai dibayar: terlama",
                    "Days to payment: longest",
                    "count",
                    days.longest if days else None,
                ),
                (
                    "Hari kerja sampai dibayar: median",
                    "Working days to payment: median",
                    "count",
                    days.median_working if days else None,
                ),
                (
                    "Hari kerja sampai dibayar: terlama",
                    "Working days to payment: longest",
                    "count",
                    days.longest_working if days else None,
                ),
                ("Dibayar melewati batas hukum", "Paid after the day of the law", "count", view.paid_late),
                (
                    "Meninggal, belum ada klaim",
                    "Died, no claim made",
                    "count",
                    unclaimed.ended_by_death,
                ),
                ("Dilaporkan, belum diajukan", "Reported, never filed", "count", unclaimed.not_filed),
                (
                    "Ditutup karena berkas tidak datang",
                    "Closed, papers never came",
                    "count",
                    unclaimed.given_up,
                ),
            ],
        ),
        (
            f"Perlindungan per {written_day(view.as_of)}",
            f"Cover on {written_day(view.as_of, 'en')}",
            [
                ("Peserta terlindungi", "Members covered", "count", view.cover.covered),
                ("Di antaranya masa tenggang", "Of them in grace", "count", view.cover.grace),
                ("Peserta dalam masa tenggang", "Members in grace", "count", view.lapsing_members),
                ("Gugur dalam 14 hari", "Lapse within 14 days", "count", view.cover.lapsing_14_days),
                ("Gugur dalam 30 hari", "Lapse within 30 days", "count", view.cover.lapsing_30_days),
            ],
        ),
    ]


def _summary(sheet: Worksheet, styles: Styles, view: StatementView) -> None:
    _begin(sheet, styles, view, ("Laporan program", "Statement of the programme"))
    for place, width in enumerate((44, 40, 24)):
        sheet.set_column(place, place, width)
    row = _TABLE_AT
    for place, text in enumerate(("Uraian\nItem (id)", "Keterangan (Inggris)\nItem (en)", "Nilai\nValue")):
        sheet.write_string(row, place, text, styles.head)
    sheet.set_row(row, 32)
    row += 1
    for title_id, title_en, figures in _figures(view):
        sheet.write_string(row, 0, title_id, styles.section)
        sheet.write_string(row, 1, title_en, styles.section)
        sheet.write_blank(row, 2, None, styles.section)
        row += 1
        for label_id, label_en, kind, value in figures:
            sheet.write_string(row, 0, label_id, styles.label)
            sheet.write_string(row, 1, label_en, styles.label)
            _write(sheet, row, 2, value, styles.of(kind))
            row += 1
        row += 1
    sheet.merge_range(row, 0, row + 2, 2, _NOTE, styles.note)


_NOTE: Final = (
    "Hari sampai dibayar dihitung dari berkas lengkap; separuh klaim dibayar paling lama dalam median. "
    "Uang yang dikembalikan tidak menambah sisa anggaran. / Days to payment count from the complete file; half of "
    "the claims took the median at most. Money given back does not return to the budget."
)


def _table(
    sheet: Worksheet,
    styles: Styles,
    view: StatementView,
    title: tuple[str, str],
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """Write a table with its totals; without rows it says that there is nothing."""
    _begin(sheet, styles, view, title)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(_TABLE_AT, place, f"{column.title_id}\n{column.title_en}", styles.head)
    sheet.set_row(_TABLE_AT, 32)
    first = _TABLE_AT + 1
    if not rows:
        sheet.write_string(first, 0, "Belum ada / None yet", styles.note)
        return
    for row, cells in enumerate(rows, start=first):
        for place, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            _write(sheet, row, place, cell, styles.of(column.kind))
    last = first + len(rows) - 1
    sheet.autofilter(_TABLE_AT, 0, last, len(columns) - 1)
    sheet.write_string(last + 1, 0, "Jumlah / Total", styles.of("text", total=True))
    for place, column in enumerate(columns[1:], start=1):
        style = styles.of(column.kind, total=True)
        if column.kind not in ("count", "rupiah"):
            sheet.write_blank(last + 1, place, None, style)
            continue
        name = xl_col_to_name(place)
        total = sum(int(str(cells[place] or 0)) for cells in rows)
        sheet.write_formula(last + 1, place, f"=SUM({name}{first + 1}:{name}{last + 1})", style, total)


def _begin(sheet: Worksheet, styles: Styles, view: StatementView, title: tuple[str, str]) -> None:
    """Write what stands on every sheet, and how it is shown and printed."""
    month = Month.parse(view.month)
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, f"{title[0]}: {view.name}", styles.title)
    sheet.write_string(1, 0, f"{title[1]} · {view.sponsor} · {view.area_code}", styles.under)
    when = (
        f"Bulan iuran {month.written()} · per {written_day(view.as_of)} · posisi {view.position} / "
        f"Month {month.written('en')} · as of {written_day(view.as_of, 'en')} · position {view.position}"
    )
    sheet.write_string(2, 0, when, styles.under)
    sheet.freeze_panes(_TABLE_AT + 1, 0)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, _TABLE_AT)
    sheet.set_footer("&L&A&RHalaman &P dari &N")


def _write(sheet: Worksheet, row: int, place: int, cell: Cell, style: Format) -> None:
    if cell is None:
        sheet.write_string(row, place, "–", style)
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), style)  # noqa: DTZ001
    elif isinstance(cell, int):
        sheet.write_number(row, place, cell, style)
    else:
        sheet.write_string(row, place, cell, style)

"""What the list reader says to a clerk about a file that is no list; in Indonesian and English."""

from collections.abc import Mapping
from typing import Final

from domain.rupiah import Language
from workflows.roster.messages import Sentences, fill
from workflows.roster.table import SheetRefused


def sheet_message(refused: SheetRefused, language: Language = "id") -> str:
    """Return what to tell about a file that is no list."""
    return str(
        fill(
            _SHEETS[refused.reason][language],
            columns=", ".join(refused.columns),
            line="" if refused.line is None else str(refused.line),
        )
    )


_SHEETS: Final[Mapping[str, Sentences]] = {
    "empty": {
        "id": ("Berkas kosong.", "Kirim kembali daftar yang berisi baris judul dan data pekerja."),
        "en": ("The file is empty.", "Send the list again, with its row of titles and the workers."),
    },
    "no_rows": {
        "id": ("Daftar hanya berisi baris judul.", "Isi data pekerja di bawahnya, lalu kirim kembali."),
        "en": ("The list has titles but no workers.", "Fill in the workers beneath, then send it again."),
    },
    "old_workbook": {
        "id": (
            "Berkas ini buku kerja Excel format lama (.xls).",
            "Buka di Excel, simpan sebagai Buku Kerja Excel (.xlsx), lalu kirim berkas itu.",
        ),
        "en": (
            "This file is an Excel workbook in the old format (.xls).",
            "Open it in Excel, save it as Excel Workbook (.xlsx), then send that file.",
        ),
    },
    "locked": {
        "id": ("Buku kerja ini terkunci kata sandi.", "Simpan tanpa kata sandi, lalu kirim kembali."),
        "en": (
            "This workbook is locked with a password.",
            "Save it without the password, then send it again.",
        ),
    },
    "broken_workbook": {
        "id": (
            "Buku kerja ini rusak atau tidak utuh.",
            "Buka di Excel, simpan kembali sebagai .xlsx, lalu kirim berkas itu.",
        ),
        "en": (
            "This workbook is damaged or incomplete.",
            "Open it in Excel, save it as .xlsx again, then send that file.",
        ),
    },
    "other_archive": {
        "id": (
            "Berkas ini bukan buku kerja Excel (.xlsx), walaupun namanya mungkin demikian.",
            "Buka di lembar kerja, simpan sebagai .xlsx atau CSV UTF-8, lalu kirim berkas itu.",
        ),
        "en": (
            "This file is no Excel workbook (.xlsx), even if its name says so.",
            "Open it in a spreadsheet, save it as .xlsx or CSV UTF-8, then send that file.",
        ),
    },
    "too_much_inside": {
        "id": (
            "Isi buku kerja ini jauh lebih besar daripada sebuah daftar.",
            "Salin hanya daftar pekerja ke buku kerja baru, lalu kirim berkas itu.",
        ),
        "en": (
            "This workbook holds far more than a list can.",
            "Copy the list of workers alone into a new workbook, then send that file.",
        ),
    },
    "document": {
        "id": (
            "Berkas ini dokumen untuk dicetak, bukan daftar.",
            "Kirim daftar aslinya dari lembar kerja, disimpan sebagai .xlsx atau CSV UTF-8.",
        ),
        "en": (
            "This file is a document for printing, not a list.",
            "Send the list itself from the spreadsheet, saved as .xlsx or CSV UTF-8.",
        ),
    },
    "web_page": {
        "id": (
            "Berkas ini halaman web, walaupun namanya mungkin seperti berkas Excel.",
            "Buka di lembar kerja, simpan sebagai .xlsx atau CSV UTF-8, lalu kirim berkas itu.",
        ),
        "en": (
            "This file is a web page, even if its name looks like a spreadsheet's.",
            "Open it in a spreadsheet, save it as .xlsx or CSV UTF-8, then send that file.",
        ),
    },
    "binary": {
        "id": ("Berkas ini bukan daftar.", "Simpan daftarnya sebagai .xlsx atau CSV UTF-8, lalu kirim kembali."),
        "en": ("This file is no list.", "Save the list as .xlsx or CSV UTF-8, then send it again."),
    },
    "broken_quotes": {
        "id": (
            "Tanda kutip (\") di sekitar baris {line} berkas tidak berpasangan, sehingga baris tercampur.",
            "Hapus tanda kutip itu, atau simpan kembali dari lembar kerja sebagai CSV UTF-8.",
        ),
        "en": (
            "A quotation mark (\") near line {line} of the file has no partner, so rows run together.",
            "Remove the mark, or save the list from the spreadsheet as CSV UTF-8 again.",
        ),
    },
    "line_too_long": {
        "id": (
            "Baris {line} berkas terlalu panjang untuk sebuah daftar.",
            "Simpan kembali dari lembar kerja sebagai CSV UTF-8, satu pekerja satu baris.",
        ),
        "en": (
            "Line {line} of the file is too long for a list.",
            "Save it from the spreadsheet as CSV UTF-8 again, one worker on each line.",
        ),
    },
    "columns_missing": {
        "id": (
            "Kolom wajib tidak ada: {columns}.",
            "Tambahkan kolom itu dengan judul persis seperti tertulis, lalu kirim kembali.",
        ),
        "en": (
            "Required columns are missing: {columns}.",
            "Add them with exactly these titles, then send the list again.",
        ),
    },
    "too_many_bytes": {
        "id": ("Berkas lebih besar dari 32 MB.", "Bagi daftar menjadi beberapa berkas."),
        "en": ("The file is larger than 32 MB.", "Divide the list into several files."),
    },
    "too_many_rows": {
        "id": ("Daftar lebih panjang dari 200.000 baris.", "Bagi daftar menjadi beberapa berkas."),
        "en": ("The list is longer than 200,000 rows.", "Divide the list into several files."),
    },
}  # fmt: skip

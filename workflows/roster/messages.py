"""What the list reader says to a clerk about a row: what is wrong, and what to do; in both languages.

No sentence repeats a value of a row, for those are personal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from domain.roster.events import RowIssue
from domain.rupiah import Language


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reason and its remedy, each a full sentence."""

    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.reason} {self.remedy}"


def message(issue: RowIssue, language: Language = "id") -> str:
    """Return what to tell about a row: the reason, then the remedy."""
    return str(remark(issue, language))


def explain(
    code: str, language: Language = "id", *, field: str = "", first_row: int | None = None
) -> Explanation:
    """Return the sentences of a row's code. field: the column; first_row: the row a duplicate repeats."""
    if code == "REJECT_DUPLICATE" and first_row is not None:
        code = "REJECT_DUPLICATE.in_list"
    label = _LABELS.get(field, (field, field))[0 if language == "id" else 1]
    return fill(_ROWS[code][language], column=label, first_row=str(first_row))


def remark(issue: RowIssue, language: Language = "id") -> Explanation:
    """Return what to tell about a row, reason and remedy apart."""
    return explain(issue.code, language, field=issue.field, first_row=issue.first_row)


def returned(items: Iterable[str]) -> Explanation:
    """Return what to tell, in Indonesian, about a worker whose proposal the ward sent back."""
    asked = ", ".join(items)
    return Explanation(
        f"Usulan dikembalikan kelurahan; yang kurang atau keliru: {asked}.",
        "Lengkapi yang diminta, lalu teruskan usulan baris ini pada daftar semula.",
    )


def rejected(code: str | None) -> Explanation:
    """Return what to tell, in Indonesian, about a worker who was rejected after the list was accepted."""
    if code is None:
        return Explanation(
            "Usulan yang dikembalikan tidak dilengkapi dalam 14 hari.",
            "Lengkapi data dan berkas pekerja, lalu usulkan kembali.",
        )
    if code in _ROWS:
        return explain(code, "id", field="nik")
    return Explanation(
        f"Usulan ditolak: {code}.", "Tanyakan alasannya kepada kelurahan sebelum mengusulkan lagi."
    )


def fill(sentences: tuple[str, str], **values: str) -> Explanation:
    """Return reason and remedy with these values in their places."""
    reason, remedy = (sentence.format_map(values) for sentence in sentences)
    return Explanation(reason, remedy)


_LABELS: Final = {
    "nik": ("NIK", "NIK"),
    "nama": ("Nama", "Name (nama)"),
    "tanggal_lahir": ("Tanggal lahir", "Birth date (tanggal_lahir)"),
    "jenis_kelamin": ("Jenis kelamin", "Sex (jenis_kelamin)"),
    "alamat": ("Alamat", "Address (alamat)"),
    "rt": ("RT", "RT"),
    "rw": ("RW", "RW"),
    "kelurahan": ("Kelurahan", "Ward (kelurahan)"),
    "kecamatan": ("Kecamatan", "District (kecamatan)"),
    "pekerjaan": ("Pekerjaan", "Occupation (pekerjaan)"),
    "penghasilan_bulanan": ("Penghasilan bulanan", "Monthly income (penghasilan_bulanan)"),
    "no_hp": ("No. HP", "Phone number (no_hp)"),
}

Sentences: TypeAlias = Mapping[Language, tuple[str, str]]

_ROWS: Final[Mapping[str, Sentences]] = {
    "missing": {
        "id": ("{column} kosong.", "Isi kolom ini sesuai KTP atau keterangan pekerja."),
        "en": ("{column} is empty.", "Fill it in from the identity card or ask the worker."),
    },
    "too_long": {
        "id": ("{column} terlalu panjang, lebih dari 300 huruf.", "Tulis seperlunya saja di kolom ini."),
        "en": ("{column} is too long, more than 300 characters.", "Write only what belongs in this column."),
    },
    "nik_length": {
        "id": ("NIK harus 16 angka; yang tertulis kurang atau lebih.", "Salin kembali NIK dari KTP."),
        "en": ("A NIK has 16 digits; this one has fewer or more.", "Copy it again from the identity card."),
    },
    "nik_not_digits": {
        "id": (
            "NIK berisi tanda yang bukan angka, misalnya huruf O pada tempat angka 0.",
            "Salin kembali 16 angka dari KTP.",
        ),
        "en": (
            "The NIK contains something other than digits, such as the letter O for a zero.",
            "Copy the 16 digits again from the identity card.",
        ),
    },
    "nik_damaged_by_spreadsheet": {
        "id": (
            "NIK tersimpan sebagai bilangan. Lembar kerja hanya menyimpan 15 angka, jadi angka terakhir "
            "hilang walaupun NIK tampak utuh.",
            "Ubah format kolom NIK menjadi teks, lalu ketik ulang 16 angka dari KTP.",
        ),
        "en": (
            "The NIK was kept as a number. Spreadsheets keep 15 digits, so the last one is lost even where "
            "the NIK looks whole.",
            "Format the column as text, then type the 16 digits again from the identity card.",
        ),
    },
    "nik_impossible_date": {
        "id": (
            "Angka ke-7 sampai ke-12 pada NIK bukan tanggal lahir (untuk perempuan tanggal ditambah 40).",
            "Periksa kembali NIK pada KTP.",
        ),
        "en": (
            "Digits 7 to 12 of the NIK are no possible birth date (for women 40 is added to the day).",
            "Compare the NIK with the identity card.",
        ),
    },
    "not_a_date": {
        "id": (
            "{column} bukan tanggal yang ada di kalender.",
            "Tulis hari/bulan/tahun, misalnya 21/08/1980, sesuai KTP.",
        ),
        "en": (
            "{column} is no date of the calendar.",
            "Write day/month/year as on the identity card, for example 21/08/1980.",
        ),
    },
    "in_future": {
        "id": ("{column} berada setelah hari daftar dikirim.", "Periksa tahunnya pada KTP."),
        "en": ("{column} lies after the day the list was sent.", "Check the year on the identity card."),
    },
    "not_l_or_p": {
        "id": ("{column} tidak terbaca.", "Tulis L untuk laki-laki atau P untuk perempuan."),
        "en": ("{column} cannot be read.", "Write L for a man (laki-laki) or P for a woman (perempuan)."),
    },
    "not_a_number": {
        "id": (
            "{column} bukan jumlah rupiah.",
            "Tulis dengan angka, misalnya 950000, atau kosongkan bila tidak diketahui.",
        ),
        "en": (
            "{column} is no amount in rupiah.",
            "Write it in digits, for example 950000, or leave it empty if it is not known.",
        ),
    },
    "negative": {
        "id": (
            "{column} kurang dari nol.",
            "Tulis jumlah tanpa tanda minus, atau kosongkan bila tidak diketahui.",
        ),
        "en": (
            "{column} is below zero.",
            "Write the amount without a minus sign, or leave it empty if it is not known.",
        ),
    },
    "REJECT_MIN_AGE": {
        "id": (
            "Pekerja belum berumur 18 tahun pada hari berlakunya daftar.",
            "Periksa tanggal lahir; bila benar, daftarkan setelah pekerja berumur 18 tahun.",
        ),
        "en": (
            "The worker is not yet 18 on the day the list takes effect.",
            "Check the birth date; if it is right, register the worker after the 18th birthday.",
        ),
    },
    "REJECT_MAX_AGE": {
        "id": (
            "Pekerja sudah melewati batas umur pendaftaran (65 tahun; 60 tahun sebelum 1 April 2021).",
            "Periksa tanggal lahir; bila benar, keluarkan pekerja dari daftar.",
        ),
        "en": (
            "The worker has reached the age limit for registration (65; before 1 April 2021 it was 60).",
            "Check the birth date; if it is right, take the worker off the list.",
        ),
    },
    "REJECT_FORMAL_WORKER": {
        "id": (
            "Pekerja tercatat sebagai penerima upah (pekerja formal).",
            "Keluarkan dari daftar, atau lampirkan bukti bahwa hubungan kerjanya sudah berakhir.",
        ),
        "en": (
            "The worker is on record as a wage earner (formal worker).",
            "Take the worker off the list, or bring proof that the employment has ended.",
        ),
    },
    "erased": {
        "id": (
            "Data pribadi pemilik NIK ini sudah dihapus untuk selamanya; dengan NIK ini tidak ada yang dapat "
            "didaftarkan lagi.",
            "Keluarkan dari daftar; bila pekerja bertanya, kantor dapat menjelaskannya.",
        ),
        "en": (
            "The personal data of the holder of this NIK have been erased for good; nobody can be registered "
            "under it again.",
            "Take the worker off the list; if the worker asks why, the office can explain it.",
        ),
    },
    "REJECT_DUPLICATE": {
        "id": (
            "Pemilik NIK ini masih menjadi peserta pada program lain.",
            "Keluarkan dari daftar, atau akhiri dahulu kepesertaan yang lain.",
        ),
        "en": (
            "The holder of this NIK is still a member of another programme.",
            "Take the worker off the list, or have the other membership ended first.",
        ),
    },
    "REJECT_DUPLICATE.in_list": {
        "id": (
            "Pemilik NIK ini sudah ada pada baris {first_row} daftar yang sama; baris itu yang berlaku.",
            "Hapus baris ini, atau perbaiki NIK bila keduanya orang yang berbeda.",
        ),
        "en": (
            "The holder of this NIK already stands in row {first_row} of the same list; that row counts.",
            "Delete this row, or correct the NIK if they are two persons.",
        ),
    },
    "REJECT_DECEASED": {
        "id": (
            "Pemilik NIK ini tercatat sudah meninggal.",
            "Keluarkan dari daftar; bila keliru, bawa KTP dan kartu keluarga ke kantor untuk dikoreksi.",
        ),
        "en": (
            "The holder of this NIK is on record as deceased.",
            "Take the worker off the list; if that is wrong, bring identity and family card to the office.",
        ),
    },
    "REJECT_NOT_WORKING": {
        "id": (
            "Pekerja tercatat tidak sedang bekerja.",
            "Daftarkan setelah pekerja bekerja kembali, dengan keterangan kelurahan.",
        ),
        "en": (
            "The worker is on record as not working.",
            "Register the worker when work has been taken up again, with a statement of the ward.",
        ),
    },
    "REJECT_OCCUPATION": {
        "id": (
            "Pekerjaan ini tidak termasuk pekerjaan yang ditanggung program.",
            "Pilih nama atau kode pekerjaan dari daftar pekerjaan program.",
        ),
        "en": (
            "This occupation is not among those the programme covers.",
            "Choose a name or code from the programme's list of occupations.",
        ),
    },
    "REJECT_RESIDENCE": {
        "id": (
            "Kelurahan dan kecamatan ini tidak termasuk wilayah program.",
            "Periksa keduanya pada KTP; penduduk wilayah lain didaftarkan di wilayahnya.",
        ),
        "en": (
            "This ward and district do not belong to the programme's area.",
            "Check both on the identity card; residents of other places are registered there.",
        ),
    },
    "REJECT_QUOTA": {
        "id": (
            "Kuota program sudah penuh.",
            "Minta tambahan kuota, atau ajukan lagi pekerja ini bila ada peserta yang berhenti.",
        ),
        "en": (
            "The programme's quota is used up.",
            "Ask for a larger quota, or propose the worker again when a member leaves.",
        ),
    },
    "birth_date_mismatch": {
        "id": (
            "Tanggal lahir berbeda dari yang tersirat pada NIK; baris tetap diterima.",
            "Cocokkan dengan KTP, dan perbaiki bila salah tulis.",
        ),
        "en": (
            "The birth date is not the one the NIK speaks of; the row is accepted all the same.",
            "Compare it with the identity card, and correct it if it was miswritten.",
        ),
    },
    "sex_mismatch": {
        "id": (
            "Jenis kelamin berbeda dari yang tersirat pada NIK; baris tetap diterima.",
            "Cocokkan dengan KTP, dan perbaiki bila salah tulis.",
        ),
        "en": (
            "The sex is not the one the NIK speaks of; the row is accepted all the same.",
            "Compare it with the identity card, and correct it if it was miswritten.",
        ),
    },
    "changed": {
        "id": (
            "Pekerja ini sudah diterima dari daftar yang diganti, dengan data yang berbeda; data itu yang berlaku.",
            "Bila data semula keliru, minta kantor pendaftaran mengoreksi data peserta.",
        ),
        "en": (
            "This worker was accepted from the list that is replaced, with other data; those stand.",
            "If they were wrong, have the office correct the data of the member.",
        ),
    },
    "renewal": {
        "id": (
            "Pekerja sudah menjadi peserta program ini; masa tanggungannya diperpanjang.",
            "Tidak perlu tindakan; bila kepesertaannya sudah gugur karena tunggakan, minta kantor mendaftarkan ulang.",
        ),
        "en": (
            "The worker is a member of this programme already; the sponsored period is extended.",
            "There is nothing to do; if the membership lapsed for arrears, have the office re-enroll the worker.",
        ),
    },
}

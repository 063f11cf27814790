"""The claims of the demonstration, as a table: who died, who claims, and the path the case takes.

Past ones have the day of their report; open ones are counted back from today, so that their legal clocks
run now. Those whose path ends with `due today` wait for one desk each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from domain.claim.commands import Cause, Relation


@dataclass(frozen=True, slots=True)
class Family:
    """Who is paid. children: name and birth date of each."""

    name: str
    relation: Relation = "spouse"
    children: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One claim. row: of which list. died: calendar days before the report. begins: as for `dated`.

    says: what people write, by move. at_counter: the family has no account, and the counter acts for it.
    """

    key: str
    row: int
    begins: date | int
    path: str
    family: Family
    died: int = 3
    roster: str = "kota"
    cause: Cause = "illness"
    team: int = 0
    at_counter: bool = True
    shares_account_with: str = ""  # another story
    says: Mapping[str, str] = field(default_factory=dict)


FILED: Final = "report file+1 papers+1"
COMPLETED: Final = f"{FILED} complete+1"
TO_BANK: Final = f"{COMPLETED} verify+1 calculate approve+1 order"
PAID: Final = f"{TO_BANK} confirm+1"

CLAIMS: Final = (
    Story(
        key="berkas-kurang", row=9, begins=date(2023, 11, 6), team=1,
        family=Family("Sutarno Contoh"),
        path="report file+2 papers:-KK return:KK+1 bring:KK+4 answer complete+1 verify calculate+1 approve order "
        "confirm+1 close+4",
        says={"return": "Kartu keluarga belum ada. Mohon bawa yang terbaru dari Dukcapil."},
    ),
    Story(
        key="cek-kasus", row=4, begins=date(2024, 1, 15),
        family=Family("Sri Rejeki Contoh"),
        path=f"{COMPLETED} verify check visit+1 calculate approve+1 order confirm+1 close+6",
        says={
            "check": "Alamat pada KTP dan kartu keluarga berbeda; pastikan tempat tinggal dan pekerjaan.",
            "visit": "Tetangga dan ketua RT membenarkan almarhum bekerja sampai sehari sebelum sakit.",
        },
    ),
    Story(
        key="terlambat", row=10, begins=date(2024, 3, 18), died=12, team=1,
        family=Family("Sumiati Contoh", children=(("Bayu Contoh", date(2011, 5, 2)),)),
        path=f"{COMPLETED} verify+2 calculate+1 approve+1 order+4 confirm+1 penalty+2 approve+1 order confirm+1 "
        "close+3",
    ),
    Story(
        key="becak", row=2, begins=date(2024, 5, 13), at_counter=False,
        family=Family("Siti Aminah", children=(("Dewi Contoh", date(2012, 3, 1)),)),
        path="report file+2 papers complete+3 verify calculate approve+1 order confirm+1 close+1",
    ),
    Story(
        key="retur", row=13, begins=date(2024, 7, 22), died=5,
        family=Family("Mustofa Contoh"),
        path=f"{TO_BANK} fail+1 bring:BANK_HEIR+2 correct approve+1 order confirm+1 close+5",
        says={"fail": "Rekening tujuan sudah ditutup."},
    ),
    Story(
        key="kecelakaan-kerja", row=14, begins=date(2024, 9, 9), died=1, cause="work_accident", team=1,
        family=Family("Kholifah Contoh"),
        path=f"{COMPLETED} verify note hand_over+1",
        says={
            "note": "Laporan polisi: tertabrak saat berjualan keliling.",
            "hand_over": "Meninggal karena kecelakaan saat bekerja; diteruskan sebagai klaim JKK.",
        },
    ),
    Story(
        key="tidak-bekerja", row=16, begins=date(2024, 11, 11), died=20,
        family=Family("Partini Contoh"),
        path=f"{COMPLETED} verify check visit:idle+2 propose:REJECT_NOT_WORKING+1 sign+1",
        says={
            "check": "Beberapa sumber menyebut sudah lama tidak bekerja.",
            "visit": "Sudah dua tahun tidak bekerja dan dirawat anaknya, menurut ketua RT dan dua tetangga.",
            "propose": "Berita acara cek kasus: tidak ada kegiatan ekonomi sejak dua tahun sebelum meninggal.",
            "sign": "Tidak dalam masa aktif menurut berita acara cek kasus. Keberatan dapat diajukan dalam 60 hari.",
        },
    ),
    Story(
        key="dicabut", row=19, begins=date(2025, 2, 3), team=1,
        family=Family("Tarsinah Contoh"),
        path=f"{FILED} withdraw+2",
        says={"withdraw": "Keluarga menunggu keputusan pengadilan tentang ahli waris dan akan mengajukan lagi."},
    ),
    Story(
        key="gugur", row=25, begins=date(2025, 4, 14),
        family=Family("Rokhayah Contoh"),
        path="report file+3 papers:-DEATH_CERT,-HEIR_CERT return:DEATH_CERT,HEIR_CERT+1",
        says={"return": "Akta kematian dan surat keterangan ahli waris belum ada."},
    ),
    Story(
        key="lapsed", row=5, roster="insidental", begins=date(2025, 6, 20), died=6, team=1,
        family=Family("Yatini Contoh"),
        path=f"{COMPLETED} verify+1 calculate sign+1",
        says={
            "sign": "Iuran terakhir Januari 2025; pada hari meninggal lebih dari tiga bulan tidak dibayar "
            "(PP 44/2015 Pasal 42). Keberatan dapat diajukan dalam 60 hari."
        },
    ),
    Story(
        key="anak", row=32, begins=date(2025, 7, 21), at_counter=False,
        family=Family("Imam Contoh", "child"),
        path=PAID,
    ),
    Story(
        key="hitung-ulang", row=37, begins=date(2025, 10, 6), died=9, team=1,
        family=Family("Kasturi Contoh"),
        path=f"{COMPLETED} verify calculate+1 send_back calculate approve+1 order confirm+1 close+4",
        says={"send_back": "Tanggal lahir anak pada kartu keluarga perlu dicocokkan dahulu."},
    ),
    Story(
        key="tanpa-ahli-waris", row=41, begins=date(2026, 1, 19), died=2,
        family=Family("Takmir Musala Contoh", "funeral_arranger"),
        path=f"{PAID} close+3",
    ),
    Story(
        key="saudara", row=49, begins=date(2026, 4, 13), cause="other_accident", team=1,
        family=Family("Suparti Contoh", "sibling"),
        path=f"{PAID} close+6",
    ),
    Story(
        key="istri-dan-anak", row=58, begins=date(2026, 6, 15), died=4, at_counter=False,
        family=Family("Laila Contoh", children=(("Raka", date(2022, 8, 9)), ("Sekar", date(2024, 1, 30)))),
        path=f"{PAID} close+2",
    ),
    # Open ones. A file complete three working days before today is due today.
    Story(key="lapor", row=35, begins=1, path="report", at_counter=False, died=2, family=Family("Painah Contoh")),
    Story(key="berkas-siap", row=46, begins=1, path=f"{FILED}", died=6, family=Family("Nurjanah Contoh")),
    Story(
        key="menunggu-berkas", row=56, begins=6, path="report file+2 papers:-BANK_HEIR return:BANK_HEIR+1", team=1,
        family=Family("Kaswari Contoh"),
        says={"return": "Buku tabungan masih atas nama tetangga. Mohon buka rekening atas nama sendiri."},
    ),
    Story(
        key="berkas-dibawa", row=52, begins=1,
        path="report file+1 papers:-MARRIAGE return:MARRIAGE+1 bring:MARRIAGE+5 note:intake",
        family=Family("Wasriah Contoh"),
        says={
            "return": "Buku nikah belum ada; salinan berlegalisir dari KUA juga diterima.",
            "note": "Keluarga membawa buku nikah; tinggal dicatat.",
        },
    ),
    Story(
        key="lengkap", row=27, begins=3, path=f"{COMPLETED} note:intake", died=5, family=Family("Muryati Contoh"),
        says={"note": "Tidak ada yang kurang; istri almarhum dapat dihubungi setiap pagi."},
    ),
    Story(
        key="lengkap-besok", row=70, begins=2, path=COMPLETED, died=7, team=1, family=Family("Jumiati Contoh")
    ),
    Story(
        key="verifikasi", row=31, begins=2, path=f"{COMPLETED} verify+1 note", died=8, family=Family("Rodiyah Contoh"),
        says={"note": "Identitas dan masa perlindungan cocok; tinggal penetapan."},
    ),
    Story(
        key="cek-lapangan", row=38, begins=2, path=f"{COMPLETED} verify+1 check note", died=11, team=1,
        family=Family("Sujono Contoh"),
        says={
            "check": "Pekerjaan pada formulir berbeda dari daftar; tanyakan di tempat.",
            "note": "Ketua RT bersedia menemani kunjungan.",
        },
    ),
    Story(
        key="ditetapkan", row=47, begins=1, path=f"{COMPLETED} verify+1 calculate+1 note:calculator", died=6,
        family=Family("Wahid Contoh"),
        says={"note": "Masa iur sudah dicocokkan dengan buku program."},
    ),
    Story(
        key="dua-tanda-tangan", row=3, roster="susulan", begins=1, died=20, team=1,
        path="report file+1 papers+1 complete+2 verify calculate+1 try_alone endorse+1 note:approver",
        family=Family("Tasmi Contoh", children=(("Arif Contoh", date(2015, 9, 12)),)),
        says={"note": "Keputusan terbit setelah kematian, tetapi nama sudah ada pada usulan kelurahan."},
    ),
    Story(
        key="disetujui", row=51, begins=1, died=4,
        path=f"{COMPLETED} verify+1 calculate try_amount+1 approve note:approver",
        family=Family("Harjo Contoh"),
        says={"note": "Mohon dibayar hari ini; keluarga sudah diberi tahu."},
    ),
    Story(
        key="perintah-bayar", row=54, begins=1, died=5, team=1,
        path=f"{COMPLETED} verify calculate+1 approve order+1 note:payer",
        family=Family("Maemunah Contoh"),
        says={"note": "Menurut bank, dana masuk pagi ini."},
    ),
    Story(
        key="retur-baru", row=57, begins=1, died=9,
        path=f"{COMPLETED} verify calculate+1 approve order fail+1 bring:BANK_HEIR note:intake",
        family=Family("Ratmini Contoh"),
        says={
            "fail": "Nomor rekening tidak dikenal.",
            "note": "Buku tabungan yang benar sudah dibawa keluarga.",
        },
    ),
    Story(
        key="menunggu-iuran", row=4, roster="tunggak", begins=2, died=6, team=1,
        path=f"{COMPLETED} verify calculate+1 approve order+1 confirm note:payer",
        family=Family("Sunarti Contoh"),
        says={"note": "Dinas sudah diberi tahu bahwa iuran dua bulan belum masuk."},
    ),
    Story(
        key="lewat-waktu", row=65, begins=3, died=14, path=f"{COMPLETED} verify+1 try_own note+1 assign:calculator",
        family=Family("Supardi Contoh"), shares_account_with="cek-kasus",
        says={"note": "Nomor rekening sama dengan klaim lain; keluarga diminta menjelaskan."},
    ),
    Story(
        key="usul-tolak", row=9, roster="insidental", begins=1, died=5, team=1,
        path=f"{COMPLETED} verify+1 propose:REJECT_LAPSED+1",
        family=Family("Darsono Contoh"),
        says={"propose": "Iuran terakhir Januari 2025, kepesertaan berakhir karena tunggakan pada 1 Mei 2025."},
    ),
    Story(
        key="usul-tolak-kepala", row=63, begins=1, died=16,
        path=f"{COMPLETED} verify check visit:idle+1 propose:REJECT_NOT_WORKING+1",
        family=Family("Sulasih Contoh"),
        says={
            "check": "Menurut tetangga sudah lama berhenti bekerja.",
            "visit": "Berhenti bekerja sejak setahun lalu, menurut pengurus masjid dan keluarga sendiri.",
            "propose": "Cek kasus menemukan tidak ada pekerjaan pada hari meninggal.",
        },
    ),
    Story(
        key="denda", row=40, begins=4, died=10,
        path=f"{COMPLETED} verify+2 calculate+1 approve+1 order+1 confirm+1 note:cashier", team=1,
        family=Family("Juminah Contoh"),
        says={"note": "Terlambat karena bank meminta nomor rekening dua kali."},
    ),
    Story(
        key="dibayar", row=55, begins=5, died=6, path=PAID, family=Family("Wiryo Contoh"),
    ),
    Story(
        key="dicabut-baru", row=69, begins=6, died=3, path=f"{COMPLETED} try_twice withdraw+1", team=1,
        family=Family("Mardiyah Contoh"),
        says={"withdraw": "Keluarga memilih mengajukan bersama setelah akta ahli waris diperbaiki."},
    ),
)  # fmt: skip

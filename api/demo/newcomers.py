"""Lists of made-up workers, and the damaged list with some of its rows mended. NIKs have serials 9000-9999."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from random import Random
from typing import Final

from domain.places import wards_of

CITY: Final = "3375"
HEADER: Final = (
    "no", "nik", "nama", "tanggal_lahir", "jenis_kelamin", "alamat", "rt", "rw", "kelurahan", "kecamatan",
    "pekerjaan", "penghasilan_bulanan", "no_hp",
)  # fmt: skip
_MEN: Final = (
    "Wahyu",
    "Rizal",
    "Taufik",
    "Heru",
    "Junaedi",
    "Karyono",
    "Slamet",
    "Untung",
    "Basuki",
    "Paimin",
)
_WOMEN: Final = (
    "Rukmini",
    "Sulastri",
    "Wagiyem",
    "Ningsih",
    "Aminah",
    "Lasmi",
    "Endah",
    "Murni",
    "Tini",
    "Sarinah",
)
_SURNAMES: Final = (
    "Pratama",
    "Subagyo",
    "Permadi",
    "Wicaksono",
    "Haryanto",
    "Sasongko",
    "Mulyadi",
    "Suryana",
)
_STREETS: Final = ("Jl. Kurinci", "Jl. Veteran", "Jl. Progo", "Jl. Bahagia", "Jl. Agus Salim", "Jl. Tondano")
_WORK: Final = (
    "Buruh batik",
    "Tukang becak",
    "Pedagang keliling",
    "Kuli bangunan",
    "Pemulung",
    "Buruh harian lepas",
)

# Rows of the damaged list as the wards mended them: what was unreadable or missing, looked up on the card.
MENDED: Final[Mapping[int, Mapping[str, str]]] = {
    8: {"nik": "3375044512919626"},
    13: {"nik": "3375040808979174"},
    26: {"nama": "Endang Sulistyo"},
    31: {"pekerjaan": "Buruh batik"},
    33: {"nama": "Kusnadi Hartono"},
    34: {"nik": "3375036911929090"},
    46: {"tanggal_lahir": "07/11/2002"},
}


def city_list() -> bytes:
    """Return the list of the 817 workers, as the city sent it."""
    return _file("pekalongan_817.csv")


def damaged_list() -> bytes:
    """Return a list as sponsors really send it: 17 of its 60 rows cannot be taken up."""
    return _file("pekalongan_dirty_60.csv")


def sent_back(refused: frozenset[int]) -> bytes:
    """Return the refused rows of the damaged list, some of them mended, as a list of its own."""
    rows = _read(damaged_list())
    return _written([{**rows[row - 1], **MENDED.get(row, {})} for row in sorted(refused)])


def newcomers(count: int, *, serials: int, district: str | None, listed_on: date) -> bytes:
    """Return a list of workers who stand on no other list; the same for the same serials and day.

    serials: of their NIKs, counted up from here, so that no two lists name one person. district: the only one
    they live in; all of the city's without it. They are between 22 and 57 years old when listed.
    """
    chance = Random(f"newcomers/{serials}")  # noqa: S311  # nothing here is a secret
    wards = [ward for ward in wards_of(CITY) if district in (None, ward.district)]
    taken, rows = _known_niks(), []
    for n in range(1, count + 1):
        ward, is_woman = chance.choice(wards), chance.random() < 0.4
        nik = ""
        while not nik or nik in taken:
            born = date(listed_on.year - chance.randint(23, 57), chance.randint(1, 12), chance.randint(1, 28))
            nik = f"{ward.district_code}{born.day + 40 * is_woman:02d}{born:%m%y}{serials + n}"
        rows.append(
            {
                "no": str(n),
                "nik": nik,
                "nama": f"{chance.choice(_WOMEN if is_woman else _MEN)} {chance.choice(_SURNAMES)}",
                "tanggal_lahir": born.isoformat(),
                "jenis_kelamin": "P" if is_woman else "L",
                "alamat": f"{chance.choice(_STREETS)} No. {chance.randint(1, 180)}",
                "rt": f"{chance.randint(1, 9):03d}",
                "rw": f"{chance.randint(1, 14):03d}",
                "kelurahan": ward.name,
                "kecamatan": ward.district,
                "pekerjaan": chance.choice(_WORK),
                "penghasilan_bulanan": str(chance.randrange(600_000, 1_050_000, 50_000)),
                "no_hp": f"0858000{chance.randint(10_000, 99_999)}",
            }
        )
    return _written(rows)


def names_on(content: bytes) -> list[str]:
    """Return the names on a list, by row from the first."""
    return [row["nama"].strip() for row in _read(content)]


def _known_niks() -> frozenset[str]:
    return frozenset(row["nik"] for content in (city_list(), damaged_list()) for row in _read(content))


def _read(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def _written(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@cache
def _file(name: str) -> bytes:
    return (files("api.demo") / "data" / name).read_bytes()

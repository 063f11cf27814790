"""Lists of made-up workers, as a sponsor sends them, and the way of one list through the open house."""

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from api.bootstrap import House
from api.http.rosters import take_in
from domain.programme.commands import OpenProgramme
from domain.roster.aggregate import Roster
from domain.roster.commands import ReceiveRoster
from domain.roster.ids import new_list_id

LIST_DAY: Final = date(2023, 9, 1)
TITLES: Final = (
    "nik,nama,tanggal_lahir,jenis_kelamin,alamat,rt,rw,kelurahan,kecamatan,pekerjaan,"
    "penghasilan_bulanan,no_hp"
)
YOUNGEST: Final = date(1990, 1, 1)
DAYS: Final = 7_000  # birth dates that are used; more people share one with another serial number
LOOK_AGAIN: Final = 0.02  # seconds


def workers(how_many: int, first: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield rows of people that no other numbers name."""
    for n in range(first, first + how_many):
        born = YOUNGEST - timedelta(days=n % DAYS)
        serial = n // DAYS + 1
        yield (
            f"337502{born:%d%m%y}{serial:04d}",
            f"Sutarjo Percobaan {n}",
            f"{born:%Y-%m-%d}",
            "L",
            f"Gang Cempaka Uji No. {n}",
            "001",
            "009",
            "Kali Baros",
            "Pekalongan Timur",
            "Tukang ojek pengkolan",
            "900000",
            f"0858{n:08d}",
        )


def csv_of(how_many: int, first: int = 0) -> bytes:
    return "\n".join([TITLES, *(",".join(row) for row in workers(how_many, first))]).encode()


async def open_programme(house: House) -> UUID:
    """Open a programme for lists of any length."""
    id_ = uuid4()
    await house.office.do(
        OpenProgramme(
            command_id=id_,
            case_id=id_,
            issued_by="sari",
            roles=frozenset({"sponsor_officer"}),
            decided_at=datetime.now(UTC),
            effective_on=LIST_DAY,
            name="Perlindungan pekerja rentan",
            area_code="3375",
            sponsor="Pemerintah Kota",
            segment="BPU_APBD",
            target=1_000_000,
            budget=201_600_000_000,
            period_from=LIST_DAY,
            period_to=date(2024, 8, 31),
        )
    )
    return id_


async def take_up(house: House, programme: UUID, content: bytes) -> Roster:
    """Send a list and wait until every row is checked and its workers can be looked up."""
    id_ = uuid4()
    receive = ReceiveRoster(
        command_id=id_,
        case_id=new_list_id(id_),
        issued_by="sari",
        roles=frozenset({"sponsor_officer"}),
        decided_at=datetime.now(UTC),
        effective_on=LIST_DAY,
        programme_id=programme,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        media_type="text/csv",
    )
    roster_id = await take_in(house, receive, content)
    while True:
        roster = await house.office.cases.get(roster_id)
        assert isinstance(roster, Roster)
        if roster.status != "checking":
            break
        await asyncio.sleep(LOOK_AGAIN)
    assert roster.status == "checked", roster.failure
    await house.views.positions.wait_for("enrollment_register", roster.position, timeout=600)
    return roster

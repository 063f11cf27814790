"""The demonstration city, as a list of stories. All persons are made up; NIKs have serials 9000-9999.

Every story is told through the same commands as people's work, at the hour it would have happened.
Ids derive from the story, so telling it again adds nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Final

from api.demo.teller import Persona, Teller
from domain.claim.commands import (
    AddDocument,
    ApproveClaim,
    CalculateBenefit,
    ChildForm,
    CloseCase,
    ConfirmComplete,
    ConfirmPayment,
    FileClaim,
    HeirForm,
    OrderPayment,
    PayeeForm,
    ReportDeath,
    ReporterForm,
    StartVerification,
)
from domain.period import Month

CITY_OFFICER: Final = Persona("Retno Wulandari", "sponsor_officer")
WARD_OFFICER: Final = Persona("Bambang Sutejo", "ward_verifier")
REGISTRAR: Final = Persona("Dian Puspita", "intake")
TREASURER: Final = Persona("Eko Prasetyo", "finance")
WIDOW: Final = Persona("warga-3375-0001", "participant")  # an account: a participant's name is personal
COUNTER: Final = Persona("Budi Hartono", "intake")
VERIFIER: Final = Persona("Rina Kusuma", "verifier")
CALCULATOR: Final = Persona("Agus Salim", "calculator")
APPROVER: Final = Persona("Sri Mulyani", "approver_1")
PAYER: Final = Persona("Wati Lestari", "finance")
CONFIRMER: Final = Persona("Joko Susilo", "finance")

ROW_OF_THE_DRIVER: Final = 2  # of the list: a becak driver
PAPERS: Final = (
    "JKM_FORM", "MEMBER_CARD", "KTP_DECEASED", "KTP_HEIR", "KK", "DEATH_CERT", "HEIR_CERT", "MARRIAGE", "BANK_HEIR",
)  # fmt: skip


@dataclass(frozen=True)
class Story:
    """A title for the progress bar, and how it is told."""

    title: str
    tell: Callable[[Teller], Awaitable[None]]


def city_list() -> bytes:
    """Return the list of the 817 workers, as the city sent it."""
    return (files("api.demo") / "data" / "pekalongan_817.csv").read_bytes()


async def the_city_enrolls_its_workers(teller: Teller) -> None:
    """Batik Berlian: 817 workers of 21 occupations, insured from 1 September 2023, paid by the city."""
    programme = await teller.open_programme(
        CITY_OFFICER,
        "2023-08-01 09:00",
        name="Batik Berlian",
        area_code="3375",
        sponsor="Pemerintah Kota Pekalongan",
        segment="BPU_APBD",
        target=1000,
        budget=201_600_000,
        period_from=date(2023, 9, 1),
        period_to=date(2024, 8, 31),
    )
    roster = await teller.send_list(
        CITY_OFFICER, "2023-08-14 10:15", programme, city_list(), effective_on=date(2023, 9, 1)
    )
    await teller.add_list_paper(CITY_OFFICER, "2023-08-14 10:40", roster, "ENR_PKS")
    await teller.list_step(CITY_OFFICER, "2023-08-14 11:00", roster, "propose")
    await teller.list_step(WARD_OFFICER, "2023-08-15 08:30", roster, "start_verification")
    await teller.add_list_paper(WARD_OFFICER, "2023-08-22 14:00", roster, "ENR_VERVAL")
    await teller.list_step(WARD_OFFICER, "2023-08-22 14:20", roster, "verify")
    await teller.add_list_paper(CITY_OFFICER, "2023-08-28 09:10", roster, "ENR_SK")
    decree = {"number": "460/0812/2023", "issued_on": "2023-08-28"}
    await teller.list_step(CITY_OFFICER, "2023-08-28 09:30", roster, "issue_decree", decree)
    await teller.list_step(REGISTRAR, "2023-08-31 13:00", roster, "register")


async def the_city_pays_for_a_year(teller: Teller) -> None:
    """One payment a month, on the eleventh; each is one event on the programme."""
    for month in Month(2023, 9).through(Month(2024, 4)):
        await teller.pay_month(TREASURER, f"{month}-11 10:00", month)


async def a_becak_driver_dies(teller: Teller) -> None:
    """A natural death on 10 May 2024: the widow receives Rp42,000,000 within three working days."""
    await teller.pay_month(TREASURER, "2024-05-08 10:00", Month(2024, 5))
    claim = await teller.report_death(
        ReportDeath,
        WIDOW,
        "2024-05-13 09:20",
        row=ROW_OF_THE_DRIVER,
        event_on=date(2024, 5, 10),
        cause="illness",
        reported_by=ReporterForm(name="Siti Aminah", relation="spouse", phone="+6285800000001"),
    )
    await teller.claim_step(
        FileClaim,
        WIDOW,
        "2024-05-15 10:05",
        claim,
        claim_date=date(2024, 5, 15),
        payee=PayeeForm(
            name="Siti Aminah",
            relation="spouse",
            heir_tier="SPOUSE_CHILD",
            bank="Bank Contoh",
            account_number="0099000012345",
            account_name="SITI AMINAH",
        ),
        heirs=(
            HeirForm(name="Siti Aminah", relation="spouse"),
            HeirForm(name="Dewi Contoh", relation="child"),
        ),
        children=(ChildForm(name="Dewi Contoh", birth_date=date(2012, 3, 1)),),
    )
    for minute, code in enumerate(PAPERS):
        await teller.add_claim_paper(AddDocument, WIDOW, f"2024-05-15 10:{10 + minute}", claim, code)
    await teller.claim_step(ConfirmComplete, COUNTER, "2024-05-20 08:45", claim)
    await teller.claim_step(StartVerification, VERIFIER, "2024-05-20 09:30", claim)
    await teller.claim_step(CalculateBenefit, CALCULATOR, "2024-05-20 13:15", claim)
    await teller.claim_step(ApproveClaim, APPROVER, "2024-05-21 08:20", claim, amount=42_000_000)
    await teller.claim_step(OrderPayment, PAYER, "2024-05-21 09:00", claim)
    await teller.claim_step(
        ConfirmPayment,
        CONFIRMER,
        "2024-05-22 10:10",
        claim,
        bank_reference="TRX-20240522-0001",
        paid_on=date(2024, 5, 22),
    )
    await teller.claim_step(CloseCase, PAYER, "2024-05-24 09:00", claim)
    for month in Month(2024, 6).through(Month(2024, 8)):
        await teller.pay_month(TREASURER, f"{month}-11 10:00", month)


STORIES: Final = (
    Story("817 workers are enrolled", the_city_enrolls_its_workers),
    Story("The city pays month by month", the_city_pays_for_a_year),
    Story("A becak driver dies, his widow is paid", a_becak_driver_dies),
)

PERSONAS: Final[Mapping[str, str]] = {
    "sponsor_officer": "files lists, issues the decree",
    "ward_verifier": "verifies workers in the wards",
    "intake": "registers members, checks that files are complete",
    "verifier": "verifies claims",
    "calculator": "lets the law decide the amount",
    "approver_1": "approves up to Rp100,000,000",
    "approver_2": "approves above",
    "finance": "records contributions, orders and confirms payments",
    "participant": "a family that claims",
    "auditor": "reads and replays everything, changes nothing",
}

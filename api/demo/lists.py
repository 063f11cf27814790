"""The sponsor's side of the story: the programme, its lists, and the money that comes for them."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from api.demo.cast import ADMIN, CITY_OFFICER, REGISTRAR, TREASURER, WARD_OFFICER
from api.demo.moves import Move, dated, moves_of
from api.demo.newcomers import city_list, damaged_list, newcomers, sent_back
from api.demo.office_days import OfficeDays, at_hour
from api.demo.teller import Teller, list_id, made_id
from domain.delegation.commands import GrantDelegation
from domain.period import Month

BEGINS: Final = Month(2023, 9)
PRICE: Final = 16_800  # rupiah a worker and month
TARGET: Final = 1_000  # workers
REGISTERED: Final = "send agree propose start+1 certify+5 verify decree_paper+4 decree register+2"
MEMBER_STEPS: Final = {
    "propose": ("propose", CITY_OFFICER),
    "start": ("start_verification", WARD_OFFICER),
    "verify": ("verify", WARD_OFFICER),
    "decree": ("issue_decree", CITY_OFFICER),
    "register": ("register", REGISTRAR),
}
LIST_PAPERS: Final = {
    "agree": ("ENR_PKS", CITY_OFFICER),
    "certify": ("ENR_VERVAL", WARD_OFFICER),
    "decree_paper": ("ENR_SK", CITY_OFFICER),
}


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens at its hour. title: for the progress bar."""

    at: datetime
    title: str
    tell: Callable[[Teller], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorList:
    """A list and how far it comes. begins: as for `dated`. replaces: the list whose refused rows it mends."""

    key: str
    effective_on: date
    begins: date | int
    path: str = REGISTERED
    workers: int = 0  # made-up newcomers; without any the key says which file it is
    serials: int = 0
    district: str | None = None
    replaces: str | None = None


def lists(days: OfficeDays) -> tuple[SponsorList, ...]:
    """Return the lists: members of years, some who lapsed, some in arrears, and one for every desk."""
    this = Month.of(days.today)
    arrears_from, late_from, ahead = this.plus(-10).first_day, this.plus(-2).first_day, this.plus(1).first_day
    return (
        SponsorList(key="kota", effective_on=BEGINS.first_day, begins=date(2023, 8, 14)),
        SponsorList(  # insured for three months, and then nobody paid any more
            key="insidental", effective_on=date(2024, 11, 1), begins=date(2024, 10, 14), workers=60, serials=9100
        ),
        SponsorList(  # the city is behind with its payments
            key="tunggak", effective_on=arrears_from, begins=arrears_from.replace(day=3), workers=36, serials=9200
        ),
        SponsorList(  # the decree came long after the day from which they are insured
            key="susulan",
            effective_on=late_from,
            begins=11,
            workers=18,
            serials=9300,
            path="send agree propose start+1 certify+4 verify decree_paper+8 decree register+1",
        ),
        SponsorList(key="rusak", effective_on=ahead, begins=9, path="send agree"),
        SponsorList(key="perbaikan", effective_on=ahead, begins=4, path="send agree", replaces="rusak"),
        SponsorList(
            key="barat", effective_on=this.plus(2).first_day, begins=3, path="send agree propose", workers=14,
            serials=9400, district="Pekalongan Barat",
        ),
        SponsorList(
            key="utara", effective_on=ahead.replace(day=7), begins=1, workers=16,
            path="send agree propose start+1 certify+4", serials=9500, district="Pekalongan Utara",
        ),
        SponsorList(
            key="timur", effective_on=ahead.replace(day=14), begins=2, workers=12, serials=9600,
            district="Pekalongan Timur", path="send agree propose start+1 certify+5 verify decree_paper+3",
        ),
        SponsorList(
            key="selatan", effective_on=ahead.replace(day=21), begins=1, workers=15, serials=9700,
            district="Pekalongan Selatan",
            path="send agree propose start+1 certify+5 verify decree_paper+3 decree",
        ),
    )  # fmt: skip


def acts_of_the_sponsor(days: OfficeDays) -> Iterator[Act]:
    """Yield everything the city does, in no order."""
    yield _opening(days)
    for one in lists(days):
        for at, move in dated(moves_of(one.path), days, one.begins, minutes=15):
            yield _list_act(one, at, move)
    for key, paid_on, months in payments(days):
        yield _payment(key, at_hour(paid_on, 120), months)
    for year in range(BEGINS.year + 1, days.today.year + 1):
        yield _renewed_agreement(days.on_or_after(date(year - 1, 12, 15)), year)
    yield _absence(days)


def payments(days: OfficeDays) -> Iterator[tuple[str, date, list[Month]]]:
    """Yield who is paid for, on which day, for which months.

    The city pays by the month at first, then by half-years, of late by quarters, and always on the 20th of the
    month before, so that nobody is without cover on any day. What follows is left for the desk of finance.
    """
    this = Month.of(days.today)
    yield "kota", date(2023, 9, 11), [BEGINS]
    for first, count in _blocks(this):
        yield "kota", days.on_or_after(first.plus(-1).first_day.replace(day=20)), _months(first, count)
    yield "insidental", date(2024, 11, 8), _months(Month(2024, 11), 3)
    for quarter in (-10, -7, -4):  # and nothing for the last month and this one
        first = this.plus(quarter)
        yield "tunggak", days.on_or_after(first.first_day.replace(day=25)), _months(first, 3)
    yield "susulan", days.before_today(10), _months(this.plus(-2), 3)


def _blocks(this: Month) -> Iterator[tuple[Month, int]]:
    """Yield the first month of each payment of the city after the first one, and for how many months it is."""
    first = BEGINS.plus(1)
    while first <= this:
        count = 1 if first.year == BEGINS.year else 6 if first.year < this.year else 3
        yield first, count
        first = first.plus(count)


def _months(first: Month, count: int) -> list[Month]:
    return list(first.through(first.plus(count - 1)))


def days_told(days: OfficeDays) -> Iterator[Act]:
    """Yield the days that the watches are told: the first of each month that can bring something, the last ten."""
    firsts = {month.first_day for month in Month(2025, 1).through(Month.of(days.today))}
    lately = {date.fromordinal(days.today.toordinal() - n) for n in range(10)}
    for day in sorted(firsts | lately):
        yield _day(day)


def _opening(days: OfficeDays) -> Act:
    ends = date(days.today.year, 12, 31)
    months = len(list(BEGINS.through(Month.of(ends))))

    async def tell(teller: Teller) -> None:
        await teller.open_programme(
            CITY_OFFICER,
            at_hour(date(2023, 8, 1), 60),
            name="Batik Berlian",
            area_code="3375",
            sponsor="Pemerintah Kota Pekalongan",
            segment="BPU_APBD",
            target=TARGET,
            budget=TARGET * PRICE * months,
            period_from=BEGINS.first_day,
            period_to=ends,
            note=told_until(days.today),
        )

    return Act(at_hour(date(2023, 8, 1), 60), "The city agrees with the Fund", tell)


def told_until(day: date) -> str:
    """Return the remark that keeps in the log up to which day the story is told."""
    return f"Data contoh (sintetis), diceritakan sampai {day.isoformat()}"


def day_told_until(remark: str) -> date | None:
    """Return the day that such a remark keeps, None where it is another remark."""
    try:
        day = date.fromisoformat(remark[-len("2026-11-25") :])
    except ValueError:
        return None
    return day if remark == told_until(day) else None


def _list_act(one: SponsorList, at: datetime, move: Move) -> Act:
    async def tell(teller: Teller) -> None:
        if move.name == "send":
            await _send(teller, one, at)
        elif move.name in LIST_PAPERS:
            code, who = LIST_PAPERS[move.name]
            await teller.add_list_paper(who, at, one.key, code, f"Daftar {one.key}", f"{at:%d-%m-%Y}")
        else:
            step, who = MEMBER_STEPS[move.name]
            decree = {"number": f"460/{at:%m%d}/{at.year}", "issued_on": f"{at:%Y-%m-%d}"}
            await teller.list_step(who, at, one.key, step, decree if move.name == "decree" else None)

    return Act(at, f"List {one.key}: {move.name.replace('_', ' ')}", tell)


async def _send(teller: Teller, one: SponsorList, at: datetime) -> None:
    replaced: UUID | None = None
    if one.replaces is not None:
        replaced = list_id(one.replaces)
        content = sent_back((await teller.list(one.replaces)).refused_rows)
    elif one.workers:
        content = newcomers(
            one.workers, serials=one.serials, district=one.district, listed_on=one.effective_on
        )
    else:
        content = city_list() if one.key == "kota" else damaged_list()
    await teller.send_list(CITY_OFFICER, at, one.key, content, on=one.effective_on, replaces=replaced)


def _payment(key: str, at: datetime, months: list[Month]) -> Act:
    async def tell(teller: Teller) -> None:
        await teller.pay(TREASURER, at, key, months)

    return Act(at, f"The city pays {months[0]}", tell)


def _renewed_agreement(day: date, year: int) -> Act:
    """The decree of every year names the same workers again."""
    at = at_hour(day, 30)

    async def tell(teller: Teller) -> None:
        for code, what in (("ENR_PKS", "Adendum kerja sama"), ("ENR_SK", "Keputusan Wali Kota")):
            await teller.add_list_paper(CITY_OFFICER, at, "kota", code, f"{what} tahun {year}")

    return Act(at, f"The agreement of {year}", tell)


def _absence(days: OfficeDays) -> Act:
    """A field checker is on leave, and a verifier fills the chair."""
    at = at_hour(days.before_today(3), 5)

    async def tell(teller: Teller) -> None:
        await teller.do(
            GrantDelegation,
            ADMIN,
            at,
            made_id("delegation"),
            "grant",
            absent="Tri Wahyuni",
            delegate="Rina Kusuma",
            role="field_checker",
            starts_on=at.date(),
            ends_on=days.after(days.today, 10),
            decree=f"ST/41/{at:%m/%Y}",
            kind="plh",
        )

    return Act(at, "A verifier stands in for a field checker", tell)


def _day(day: date) -> Act:
    at = at_hour(day, -480)  # midnight

    async def tell(teller: Teller) -> None:
        await teller.begin_day(day, at)

    return Act(at, f"{day.isoformat()} begins", tell)

"""Risk flags that follow from the facts at hand (dossier 6.7), each with its reason in both languages.

A flag says that somebody should look, never that anybody did wrong. What it demands stands in the definition.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.benefit.rules import RULES
from domain.claim.events import FlagReason
from domain.enrollment.aggregate import Enrollment
from domain.period import Month, age_on, written_day
from domain.programme.aggregate import Programme

SOON_DAYS: Final = 90  # a convention of the desk
LATE_DAYS: Final = 90  # a convention of the desk: no article limits the report of a death
NOT_WORKING: Final = "NOT_WORKING_SUSPECTED"
NIK_WARNINGS: Final = {
    "birth_date_mismatch": ("tanggal lahir", "the birth date"),
    "sex_mismatch": ("jenis kelamin", "the sex"),
}


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What is looked at. born_on: of the insured; None where it was erased."""

    event_on: date
    reported_on: date
    enrollment: Enrollment
    programme: Programme
    born_on: date | None = None


def risks_found(looked: Looked, known: Collection[str]) -> tuple[FlagReason, ...]:
    """Return the flags that stand now and were not recorded before."""
    found = (*_membership(looked), *_money(looked), *_list(looked), *_report(looked))
    return tuple(reason for reason in found if reason.flag not in known)


def _membership(looked: Looked) -> Iterator[FlagReason]:
    died, enrollment = looked.event_on, looked.enrollment
    start = enrollment.membership(looked.programme.contributions).start
    if start is not None and 0 <= (days := (died - start).days) <= SOON_DAYS:
        yield FlagReason(
            flag="DEATH_WITHIN_90_DAYS",
            reason_id=f"Meninggal {days} hari setelah kepesertaan mulai pada {written_day(start, 'id')}.",
            reason_en=f"Died {_days(days)} after the membership started on {written_day(start, 'en')}.",
        )
    again = enrollment.reenrolled_on
    if again is not None and 0 <= (days := (died - again).days) <= SOON_DAYS:
        yield FlagReason(
            flag="REENROLLED_WITHIN_90_DAYS",
            reason_id=f"Meninggal {days} hari setelah didaftarkan lagi pada {written_day(again, 'id')}.",
            reason_en=f"Died {_days(days)} after being enrolled again on {written_day(again, 'en')}.",
        )
    registered = [taken for taken in enrollment.taken if taken.step in ("register", "reenroll")]
    late = [taken.effective_on for taken in registered if taken.effective_on > died]
    if late:
        yield FlagReason(
            flag="DEATH_BEFORE_REGISTRATION",
            reason_id=f"Didaftarkan {written_day(min(late), 'id')}, setelah meninggal.",
            reason_en=f"Registered on {written_day(min(late), 'en')}, after the death.",
        )


def _money(looked: Looked) -> Iterator[FlagReason]:
    died = looked.event_on
    late = [
        payment.paid_on
        for payment in looked.programme.contributions
        if payment.paid_on > died
        and any(month <= Month.of(died) for month in looked.enrollment.membership([payment]).paid_months)
    ]
    if late:
        yield FlagReason(
            flag="PAID_AFTER_DEATH",
            reason_id=f"Iuran sampai bulan kematian dibayar {written_day(min(late), 'id')}, setelah kematian.",
            reason_en=(
                f"Contributions up to the month of death were paid on {written_day(min(late), 'en')}, after it."
            ),
        )


def _list(looked: Looked) -> Iterator[FlagReason]:
    died, begun, decree = looked.event_on, looked.enrollment.begun, looked.enrollment.decree
    if decree is not None and begun.effective_on <= died < decree.issued_on:
        yield FlagReason(
            flag="SPONSOR_LIST_LATE_ADD",
            reason_id=f"Keputusan baru terbit {written_day(decree.issued_on, 'id')}, setelah kematian.",
            reason_en=f"The decree was issued only on {written_day(decree.issued_on, 'en')}, after the death.",
        )
    odd = [NIK_WARNINGS[code] for code in begun.warnings if code in NIK_WARNINGS]
    if odd:
        yield FlagReason(
            flag="NIK_MISMATCH",
            reason_id=f"NIK tidak cocok dengan {' dan '.join(one[0] for one in odd)} menurut daftar.",
            reason_en=f"The NIK contradicts {' and '.join(one[1] for one in odd)} on the list.",
        )
    if "NIK_DUPLICATE" in looked.enrollment.flags:
        yield FlagReason(
            flag="NIK_DUPLICATE",
            reason_id="Kepesertaan pernah ditangguhkan karena NIK ganda.",
            reason_en="The membership was suspended for a NIK that stands twice.",
        )
    listed_on = looked.enrollment.reenrolled_on or begun.effective_on
    bound = RULES.in_force("enrollment.age", listed_on).integer("years_below")
    if looked.born_on is not None and age_on(looked.born_on, listed_on) == bound - 1:
        yield FlagReason(
            flag="AGE_NEAR_LIMIT",
            reason_id=f"Saat didaftarkan kurang dari setahun di bawah batas usia {bound} tahun.",
            reason_en=f"Less than a year below the age limit of {bound} when enrolled.",
        )


def _report(looked: Looked) -> Iterator[FlagReason]:
    if (days := (looked.reported_on - looked.event_on).days) > LATE_DAYS:
        yield FlagReason(
            flag="LATE_REPORT",
            reason_id=f"Kematian dilaporkan {days} hari kemudian.",
            reason_en=f"The death was reported {days} days later.",
        )


def _days(days: int) -> str:
    """Return a number of days in English."""
    return "1 day" if days == 1 else f"{days} days"


def not_working(reason_id: str, reason_en: str) -> FlagReason:
    return FlagReason(flag=NOT_WORKING, reason_id=reason_id, reason_en=reason_en)

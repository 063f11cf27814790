"""Risk flags that follow from the facts at hand (dossier 6.7), each with its reason in both languages."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from domain.claim.events import FlagReason
from domain.enrollment.aggregate import Enrollment
from domain.period import Month, written_day
from domain.programme.aggregate import Programme

SOON_DAYS: Final = 90  # a convention of the desk


def risks_found(
    event_on: date, enrollment: Enrollment, programme: Programme, known: Collection[str]
) -> tuple[FlagReason, ...]:
    """Return the flags that stand now and were not recorded before."""
    found = _risks(event_on, enrollment, programme)
    return tuple(reason for reason in found if reason.flag not in known)


def _risks(event_on: date, enrollment: Enrollment, programme: Programme) -> Iterator[FlagReason]:
    start = enrollment.membership(programme.contributions).spell_on(event_on).start
    if start is not None and 0 <= (days := (event_on - start).days) <= SOON_DAYS:
        yield FlagReason(
            flag="DEATH_WITHIN_90_DAYS",
            reason_id=f"Meninggal {days} hari setelah kepesertaan mulai pada {written_day(start, 'id')}.",
            reason_en=f"Died {days} days after the membership started on {written_day(start, 'en')}.",
        )
    decree = enrollment.decree
    if decree is not None and enrollment.begun.effective_on <= event_on < decree.issued_on:
        yield FlagReason(
            flag="SPONSOR_LIST_LATE_ADD",
            reason_id=f"Keputusan baru terbit {written_day(decree.issued_on, 'id')}, setelah kematian.",
            reason_en=f"The decree was issued only on {written_day(decree.issued_on, 'en')}, after the death.",
        )
    late = [
        payment.paid_on
        for payment in programme.contributions
        if payment.paid_on > event_on
        and any(month <= Month.of(event_on) for month in enrollment.membership([payment]).months_over_life)
    ]
    if late:
        yield FlagReason(
            flag="PAID_AFTER_DEATH",
            reason_id=f"Iuran sampai bulan kematian dibayar {written_day(min(late), 'id')}, setelah kematian.",
            reason_en=(
                f"Contributions up to the month of death were paid on {written_day(min(late), 'en')}, after it."
            ),
        )

"""Heads decreed = registered = invoiced = paid, month by month: where one member stands, and why the four differ."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.benefit.rules import grace_months
from domain.period import Month
from domain.programme.contribution import Membership

DIED: Final = "DIED"
DECREED: Final = "DECREED"

# Ends that take the worker off the decree with the month; after any other the name still stands on it.
OFF_THE_DECREE: Final = frozenset({"REMOVED", "REPLACED", "SPONSOR_ENDED"})


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the months of a member follow from; many members of a list share one.

    last_day: of death or of another end, whichever came first, and `ended_for` why. after_count: registered
    after a payment of the month counted the heads of the list.
    """

    status: str
    is_registered: bool
    listed_from: tuple[date, ...]
    paid_months: frozenset[Month]
    last_day: date | None = None
    ended_for: str | None = None
    after_count: bool = False

    @property
    def membership(self) -> Membership:
        return Membership.of(self.listed_from, self.paid_months, self.last_day)

    def has_left_before(self, month: Month) -> bool:
        return self.last_day is not None and self.last_day < month.first_day


@dataclass(frozen=True, kw_only=True)
class Place:
    """Whether a member is one of the heads of a month, and the code of the difference if not of all four."""

    decreed: bool
    registered: bool
    invoiced: bool
    paid: bool
    code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Why a member stands in one count and not in the next: `more` holds the member, `less` does not."""

    more: str
    less: str
    sentence_id: str
    sentence_en: str


DIFFERENCES: Final[dict[str, Difference]] = {
    "DECREED_NOT_REGISTERED": Difference(
        more="decreed",
        less="registered",
        sentence_id="Ada dalam keputusan tetapi belum didaftarkan: lakukan langkah register.",
        sentence_en="Stands on the decree and is not registered yet: take the step register.",
    ),
    "DIED_BEFORE_MONTH": Difference(
        more="decreed",
        less="registered",
        sentence_id="Meninggal sebelum bulan ini: tidak ditagih lagi; keluarkan dari keputusan berikutnya.",
        sentence_en="Died before the month: not invoiced any more; take the name off the next decree.",
    ),
    "ENDED_BEFORE_MONTH": Difference(
        more="decreed",
        less="registered",
        sentence_id="Kepesertaan berakhir sebelum bulan ini (lihat ended_for); keluarkan dari keputusan berikutnya.",
        sentence_en="The membership ended before the month (see ended_for); take the name off the next decree.",
    ),
    "BEFORE_FIRST_PAID": Difference(
        more="registered",
        less="invoiced",
        sentence_id="Bulan ini mendahului bulan pertama yang dibayar, awal perlindungan: tidak dapat dibeli kemudian.",
        sentence_en="The month lies before the first month paid, with which cover began: it cannot be bought later.",
    ),
    "LAPSED": Difference(
        more="registered",
        less="invoiced",
        sentence_id="Gugur pada bulan keempat yang tidak dibayar: daftarkan kembali sebelum membayar lagi.",
        sentence_en="Lapsed with the fourth unpaid month: enroll again before paying again.",
    ),
    "REGISTERED_AFTER_COUNT": Difference(
        more="invoiced",
        less="paid",
        sentence_id="Didaftarkan setelah peserta dihitung untuk pembayaran bulan ini: bayar dengan menyebut peserta.",
        sentence_en="Registered after the heads were counted for the payment of the month: pay it by name.",
    ),
    "MONTH_NOT_PAID": Difference(
        more="invoiced",
        less="paid",
        sentence_id="Bulan ini belum dibayar.",
        sentence_en="The month is not paid.",
    ),
    "PAID_AFTER_DEATH": Difference(
        more="paid",
        less="registered",
        sentence_id="Dibayar untuk bulan setelah peserta meninggal: kelebihan bayar, dikembalikan atas kesepakatan.",
        sentence_en="Paid for a month after the member's death: overpaid, to be given back by agreement.",
    ),
    "PAID_AFTER_END": Difference(
        more="paid",
        less="registered",
        sentence_id="Dibayar untuk bulan setelah kepesertaan berakhir: kelebihan bayar, dikembalikan atas kesepakatan.",
        sentence_en="Paid for a month after the membership ended: overpaid, to be given back by agreement.",
    ),
}


def place_in(month: Month, standing: Standing) -> Place:
    """Return in which of the four counts of a month a member stands.

    Decreed: on the decree for the month, also when dead or gone for a reason that does not change it.
    Registered: a head of the month, the dead in the month of death and no later. Invoiced: a head whose month
    is owed, and whatever was paid. A month is owed from the first paid one until the lapse; before anything is
    paid, from the list's first month on.
    """
    on_list = standing.listed_from[0] <= month.last_day
    known = standing.is_registered or standing.status == DECREED
    left, paid = standing.has_left_before(month), month in standing.paid_months
    registered = on_list and standing.is_registered and not left
    why_not = _why_not_owed(month, standing) if registered and not paid else None
    place = {
        "decreed": on_list and known and not (left and standing.ended_for in OFF_THE_DECREE),
        "registered": registered,
        "invoiced": paid or (registered and why_not is None),
        "paid": paid,
    }
    return Place(**place, code=_code(standing, left=left, why_not=why_not, **place))


def _why_not_owed(month: Month, standing: Standing) -> str | None:
    """Return the code that says why a head of a month that is not paid owes nothing for it."""
    spell = standing.membership.spell_of(month)
    if not spell.paid_months:
        return None
    if month < min(spell.paid_months):
        return "BEFORE_FIRST_PAID"
    lapses_on = spell.lapses_on(grace_months(month.first_day))
    return "LAPSED" if lapses_on is not None and month.first_day >= lapses_on else None


def _code(
    standing: Standing,
    *,
    left: bool,
    why_not: str | None,
    decreed: bool,
    registered: bool,
    invoiced: bool,
    paid: bool,
) -> str | None:
    died = standing.ended_for == DIED
    if paid and not registered:
        return "PAID_AFTER_DEATH" if died else "PAID_AFTER_END"
    if decreed and not registered:
        if not left:
            return "DECREED_NOT_REGISTERED"
        return "DIED_BEFORE_MONTH" if died else "ENDED_BEFORE_MONTH"
    if registered and not invoiced:
        return why_not
    if invoiced and not paid:
        return "REGISTERED_AFTER_COUNT" if standing.after_count else "MONTH_NOT_PAID"
    return None

"""Why a payment cannot be recorded as asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.refusal import AmountDiffers, Busy, Duplicate, GuardFailed
from domain.rupiah import written_rupiah

MEMBERS_SHOWN: Final = 20  # of those a refusal concerns


class ContributionDiffers(AmountDiffers):
    """The amount, with the credit used, is not the invoice of exactly these members and months."""

    def __init__(self, asked: int, expected: int, credit: int = 0) -> None:
        """expected: what would have to arrive; credit: what could still be used. Rupiah."""
        if asked < expected:
            missing = written_rupiah(expected - asked, "en")
            can = (
                f"add credit of the programme (use_credit; {written_rupiah(credit, 'en')} are there), "
                if credit
                else ""
            )
            can_id = (
                f"pakai saldo kredit program (use_credit; tersedia {written_rupiah(credit)}), "
                if credit
                else ""
            )
            what_id = (
                f"kurang {written_rupiah(expected - asked)} dari tagihan peserta dan bulan ini: bayar untuk peserta "
                'tertentu yang cukup dananya (enrollment_ids, dengan rest: "credit" untuk sisanya), '
                f"{can_id}atau tunggu sampai kekurangannya masuk lalu catat semuanya dalam satu jumlah"
            )
            what = (
                f"lies {missing} below the invoice of these members and months: pay chosen members for whom "
                f'it is enough (enrollment_ids, with rest: "credit" for what is left), {can}or wait until the '
                "missing money has come and record it all in one amount"
            )
        else:
            what_id = (
                f"lebih {written_rupiah(asked - expected)} dari tagihan peserta dan bulan ini: tulis rest: "
                '"credit" agar kelebihannya menjadi saldo kredit program, atau sebut peserta dan bulan yang dimaksud'
            )
            what = (
                f"lies {written_rupiah(asked - expected, 'en')} above the invoice of these members and months: "
                'say rest: "credit" to keep that as credit of the programme, or name the members and months '
                "that are meant"
            )
        super().__init__(
            f"amount {asked} {what}; exactly {expected} would be right",
            detail_id=f"Jumlah {written_rupiah(asked)} {what_id}; yang tepat {written_rupiah(expected)}.",
            field="amount",
            asked=asked,
            expected=expected,
            credit_available=credit,
        )


class CreditExceeded(GuardFailed):
    """The programme has not that much credit, or the invoice does not need it."""

    def __init__(self, asked: int, *, available: int, invoice: int) -> None:
        at_most = min(available, invoice)
        super().__init__(
            f"use_credit {asked} is more than can be used: the programme has {written_rupiah(available, 'en')} of "
            f"credit and the invoice is {written_rupiah(invoice, 'en')}; use at most {at_most}",
            detail_id=f"Saldo kredit program {written_rupiah(available)} dan tagihannya {written_rupiah(invoice)}: "
            f"use_credit paling banyak {written_rupiah(at_most)}.",
            guard="credit_available",
            field="use_credit",
            credit_available=available,
            at_most=at_most,
        )


class CountedTooEarly(Busy):
    """Somebody was paid for by name after the heads of the list were counted, and would be paid for twice."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"payment {reference} named members for one of these months a moment ago: send the same again, and "
            "the heads are counted anew",
            detail_id=f"Pembayaran {reference} baru saja menyebut peserta untuk salah satu bulan ini: kirim lagi "
            "permintaan yang sama, peserta dihitung ulang.",
            reference=reference,
        )


class NobodyMeant(GuardFailed):
    """Nobody of those named is to be paid for in these months, so the money belongs to no month."""

    def __init__(self) -> None:
        super().__init__(
            "nobody of these is to be paid for in these months: they are not registered yet, have paid, ended or "
            "died; name others, or other months",
            detail_id="Tidak ada peserta yang perlu dibayar untuk bulan ini: belum terdaftar, sudah membayar, sudah "
            "berhenti, atau meninggal. Sebut peserta atau bulan lain.",
            guard="somebody_meant",
            field="months",
        )


@dataclass(frozen=True, kw_only=True)
class PaidBefore:
    """A member named in a payment, and the months of it that an earlier one paid."""

    enrollment_id: UUID
    months: tuple[str, ...]
    reference: str  # of the earlier payment of the first of them


class MonthPaidAlready(Duplicate):
    """A month of these members is paid already."""

    def __init__(self, month: str, reference: str, members: Sequence[PaidBefore] = ()) -> None:
        """members: those named who paid before; without any, the whole list did."""
        who = ""
        if members:
            first = members[0]
            who = f" for {first.enrollment_id}" + (
                f" and {len(members) - 1} more of those named" if len(members) > 1 else ""
            )
        remedy = (
            "leave the month, or the member, out"
            if members
            else "leave the month out, or name the members (enrollment_ids) who were registered after that payment"
        )
        remedy_id = (
            "keluarkan bulan atau peserta itu"
            if members
            else "keluarkan bulan itu, atau sebut peserta (enrollment_ids) yang didaftarkan setelah pembayaran itu"
        )
        super().__init__(
            f"month {month} is paid already by payment {reference}{who}: {remedy}",
            detail_id=f"Bulan {month} sudah dibayar dengan pembayaran {reference}: {remedy_id}.",
            field="months",
            month=month,
            reference=reference,
            **_told(members),
        )


def _told(members: Sequence[PaidBefore]) -> dict[str, Any]:
    if not members:
        return {}
    shown = [
        {"enrollment_id": str(one.enrollment_id), "months": list(one.months), "reference": one.reference}
        for one in members[:MEMBERS_SHOWN]
    ]
    return {"members": shown, "members_total": len(members)}


class PaidAfterLapse(GuardFailed):
    """The membership ended with the fourth unpaid month; money after that opens a new spell."""

    def __init__(self, lapsed_on: date, again_on: date | None = None, member: UUID | None = None) -> None:
        """again_on: the day on which the member enrolled again."""
        remedy = (
            "have intake take the step reenroll, which begins a new spell, and pay months from there on; public "
            "money that was released late and accepted by the Fund is recorded with the Fund's authorisation, and "
            "approver_2 then takes the step settle_sponsor_arrears"
            if again_on is None
            else f"pay months from {again_on.isoformat()} on, when the member enrolled again"
        )
        super().__init__(
            f"the membership{_of(member)} lapsed on {lapsed_on.isoformat()} with the fourth unpaid month and this "
            f"payment came later: {remedy}",
            guard="paid_before_lapse",
            lapsed_on=lapsed_on.isoformat(),
            **_named(member),
        )


class MonthBeforeStart(GuardFailed):
    """Cover begins with the first paid month; an earlier one cannot be bought afterwards."""

    def __init__(self, month: str, first: str, member: UUID | None = None) -> None:
        super().__init__(
            f"month {month}{_of(member)} lies before {first}, the first month paid, with which the membership began: "
            "pay months from there on",
            guard="starts_with_first_month",
            month=month,
            first_month=first,
            **_named(member),
        )


class MonthAfterEnd(GuardFailed):
    """The membership had ended before this month began."""

    def __init__(self, month: str, ended_on: date, member: UUID) -> None:
        super().__init__(
            f"the membership{_of(member)} ended on {ended_on.isoformat()}, before {month}: "
            "leave the month or the member out",
            guard="paid_before_end",
            month=month,
            ended_on=ended_on.isoformat(),
            **_named(member),
        )


class FirstPaidAfterDeath(GuardFailed):
    """A membership does not begin for somebody who is dead already."""

    def __init__(self, member: UUID) -> None:
        super().__init__(
            f"the death of member {member} is reported and no month was paid before it: "
            "a first payment afterwards buys no cover, leave this member out",
            guard="first_payment_in_life",
            **_named(member),
        )


class MonthAfterDeath(GuardFailed):
    """The dead count in the month of death and no later."""

    def __init__(self, month: str, died_on: date, member: UUID) -> None:
        super().__init__(
            f"month {month} lies after the death of member {member} on {died_on.isoformat()}: "
            "leave the month or the member out",
            guard="paid_before_death",
            month=month,
            died_on=died_on.isoformat(),
            **_named(member),
        )


class NoHeadOfMonth(GuardFailed):
    """Somebody named is not a member in a month: not registered, or on a list that takes effect later."""

    def __init__(self, month: str, member: UUID) -> None:
        super().__init__(
            f"member {member} is not to be paid for in {month}: not registered yet, or on a list that takes effect "
            "later; register first, or leave the month or the member out",
            guard="registered_by_month",
            month=month,
            **_named(member),
        )


class MonthNotOverpaid(GuardFailed):
    """A month was not paid beyond death or end, so it is not given back."""

    def __init__(self, month: str, member: UUID, last_day: date | None, *, paid: bool) -> None:
        """last_day: until when months count for the member; none while nothing ended the membership."""
        if not paid:
            why = "is not paid"
        elif last_day is None:
            why = "is covered: neither a death nor an end of the membership is recorded"
        else:
            why = f"is owed: the membership lasted until {last_day.isoformat()}"
        super().__init__(
            f"month {month} of member {member} {why}; refund only months that the ledger shows as overpaid",
            detail_id=f"Bulan {month} peserta {member} bukan kelebihan bayar: kembalikan hanya bulan yang tercantum "
            "sebagai overpaid dalam buku program.",
            guard="month_overpaid",
            month=month,
            **_named(member),
        )


class MonthRefundedAlready(Duplicate):
    """A month of a member is given back once."""

    def __init__(self, month: str, reference: str, member: UUID) -> None:
        super().__init__(
            f"month {month} of member {member} went back already with refund {reference}: leave the month out",
            detail_id=f"Bulan {month} peserta {member} sudah dikembalikan dengan {reference}: keluarkan bulan itu.",
            field="members",
            month=month,
            reference=reference,
            **_named(member),
        )


class RefundDiffers(AmountDiffers):
    """The amount is not what exactly these months were paid with."""

    def __init__(self, asked: int, expected: int) -> None:
        super().__init__(
            f"amount {asked} differs from what these months were paid with, {expected}: give that back, or name "
            "the months that are meant",
            detail_id=f"Jumlah {written_rupiah(asked)} tidak sama dengan iuran bulan-bulan itu, "
            f"{written_rupiah(expected)}: kembalikan jumlah itu, atau sebut bulan yang dimaksud.",
            field="amount",
            asked=asked,
            expected=expected,
        )


def _of(member: UUID | None) -> str:
    return f" of {member}" if member else ""


def _named(member: UUID | None) -> dict[str, str]:
    return {"enrollment_id": str(member)} if member else {}


class NotSponsored(GuardFailed):
    """Only a lapse for late public money can be undone."""

    def __init__(self) -> None:
        super().__init__(
            "authorisation is for public money that was released late, and the members of this programme pay for "
            "themselves: leave it out; who lapsed enrolls again (step reenroll)",
            guard="public_money",
            field="authorisation",
        )


class NothingToAuthorise(GuardFailed):
    """The member had not lapsed when the money came, or is back already."""

    def __init__(self, member: UUID) -> None:
        super().__init__(
            f"the membership{_of(member)} had not lapsed when this money came, or goes on again: leave "
            "authorisation out, or the member",
            guard="has_lapsed",
            **_named(member),
        )

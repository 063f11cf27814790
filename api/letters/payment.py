"""The notice of a payment: what was sent where on which day, and what is still to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from api.letters.amounts import Determined, determinations, line_name
from api.letters.claim_file import ClaimFile
from api.letters.not_ready import LetterNotReady
from api.letters.people import Addressee, Deceased, Receiver, Terms, addressee, deceased, receivers, terms
from api.letters.signers import Signer
from api.letters.words import WORDS, said
from domain.claim.events import PaymentOrdered, PaymentSucceeded, RestRefused
from domain.claim.settlement import ARREARS_CLOCK
from domain.period import Month
from domain.rupiah import Language, Rupiah


@dataclass(frozen=True, kw_only=True)
class LinePaid:
    name: str
    amount: Rupiah
    receiver: str = ""


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One transfer that arrived; where there is no heir its lines go to several."""

    amount: Rupiah
    paid_on: date
    reference: str
    lines: list[LinePaid]
    receivers: list[Receiver]
    days_late: int | None  # None while no calendar tells
    penalty: Rupiah
    of_penalty: bool
    main: str  # code of the payee whom the letter addresses

    @property
    def own(self) -> list[Receiver]:
        """What goes to whom the letter addresses; all of it where nothing does."""
        return [one for one in self.receivers if one.code == self.main] or self.receivers

    @property
    def others(self) -> list[Receiver]:
        own = self.own
        return [one for one in self.receivers if one not in own]

    @property
    def own_amount(self) -> Rupiah:
        return sum(one.amount for one in self.own)


@dataclass(frozen=True, kw_only=True)
class PaymentNotice:
    deceased: Deceased
    to: Addressee
    payment: Payment
    earlier: list[Payment]
    held: list[LinePaid]  # wait for arrears
    arrears: Rupiah
    arrears_months: list[Month]
    arrears_until: date | None
    coming: list[LinePaid]  # approved, not paid yet
    refused: list[LinePaid]  # the rest that was refused
    scholarship_right: bool
    penalty_open: Rupiah  # due by the law, and not determined yet
    terms: Terms
    confirmed_by: Signer

    @property
    def nothing_remains(self) -> bool:
        return not (self.held or self.coming or self.refused or self.penalty_open or self.scholarship_right)

    @property
    def paid_in_all(self) -> Rupiah:
        return self.payment.amount + sum(one.amount for one in self.earlier)


def payment_notice(file: ClaimFile, language: Language) -> PaymentNotice:
    """Return the newest payment, those before it, and what remains."""
    found = file.last(PaymentSucceeded)
    if found is None:
        raise _not_ready(file)
    ordered = {fact.payment_id: fact for _, fact in file.events if isinstance(fact, PaymentOrdered)}
    paid = [fact for _, fact in file.events if isinstance(fact, PaymentSucceeded)]
    shown = [_payment(file, fact, ordered[fact.payment_id], language) for fact in paid]
    standing = determinations(file.events)
    lines_paid = {line.code for fact in paid for line in ordered[fact.payment_id].lines}
    refused = file.last(RestRefused)
    refused_codes = refused[1].codes if refused else ()
    held = list(_unpaid(standing, lines_paid, refused_codes, language, waiting=True, file=file))
    arrears = file.claim.clocks.get(ARREARS_CLOCK)
    first = standing[0].determination if standing else None
    owed = file.claim.penalty
    return PaymentNotice(
        deceased=deceased(file, language),
        to=addressee(file, language),
        payment=shown[-1],
        earlier=shown[:-1],
        held=held,
        arrears=first.arrears if first and held else 0,
        arrears_months=[Month.parse(month) for month in first.arrears_months] if first and held else [],
        arrears_until=arrears.due_on if arrears and held else None,
        coming=list(_unpaid(standing, lines_paid, refused_codes, language, waiting=False, file=file)),
        refused=[
            LinePaid(name=line_name(line.code, language), amount=line.amount)
            for line in (first.lines if first else ())
            if line.code in refused_codes
        ],
        scholarship_right=first is not None and first.scholarship_right,
        penalty_open=owed.due - owed.determined,
        terms=terms(file, language),
        confirmed_by=file.signer(found[1], language),
    )


def _payment(file: ClaimFile, fact: PaymentSucceeded, ordered: PaymentOrdered, language: Language) -> Payment:
    main = file.claim.main_payee
    return Payment(
        amount=fact.amount,
        paid_on=fact.paid_on,
        reference=fact.bank_reference,
        lines=[
            LinePaid(
                name=line_name(line.code, language),
                amount=line.amount,
                receiver=said(WORDS.payee, line.payee, language),
            )
            for line in ordered.lines
        ],
        of_penalty=fact.of_penalty,
        main=main.code if main else "",
        receivers=receivers(
            file,
            ((line.payee, line.amount) for line in ordered.lines),
            file.payees_when(ordered),
            language,
        ),
        days_late=fact.days_late,
        penalty=fact.penalty_due,
    )


def _unpaid(
    standing: list[Determined],
    paid: set[str],
    refused: tuple[str, ...],
    language: Language,
    *,
    waiting: bool,
    file: ClaimFile,
) -> Iterator[LinePaid]:
    """Yield the lines of determinations that are not paid: those that wait for arrears, or those that do not."""
    for one in standing:
        for line in one.determination.lines:
            waits = line.payable == "after_arrears" and file.claim.arrears_open
            if line.code not in paid and line.code not in refused and waits == waiting:
                yield LinePaid(name=line_name(line.code, language), amount=line.amount)


def _not_ready(file: ClaimFile) -> LetterNotReady:
    if file.claim.status == "PAYMENT_FAILED":
        return LetterNotReady(
            "Bank mengembalikan uangnya; belum ada pembayaran yang sampai.",
            "the bank sent the money back: nothing has arrived yet",
        )
    return LetterNotReady(
        "Belum ada pembayaran yang sampai ke penerima.", "no payment has reached the payee yet"
    )

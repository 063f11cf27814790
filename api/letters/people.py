"""How letters name people: the deceased, whom a letter addresses, who is paid where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from api.letters.claim_file import ClaimFile
from api.letters.words import WORDS, relation, said
from domain.benefit.rules import RULES
from domain.claim.events import Payee
from domain.rupiah import Language, Rupiah, written_percent


@dataclass(frozen=True, kw_only=True)
class Deceased:
    name: str | None
    honorific: str  # almarhum, almarhumah or both
    died_on: date
    membership: str  # number
    nik: str | None  # masked


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Whom a letter speaks to."""

    name: str | None
    relation: str
    salutation: str  # Bapak, Ibu or both


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Who receives which part of an amount, and where."""

    code: str
    name: str | None
    relation: str
    bank: str | None
    account: str | None  # masked
    account_name: str | None
    amount: Rupiah
    has_account: bool


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the law promises the family (PP 44/2015 Art. 40(3) and (4))."""

    pay_within: int  # working days from the complete file
    late_share: str  # for each day late


def deceased(file: ClaimFile, language: Language) -> Deceased:
    honorifics = {"L": ("almarhum", "the late"), "P": ("almarhumah", "the late")}
    pair = honorifics.get(file.sex or "", ("almarhum/almarhumah", "the late"))
    return Deceased(
        name=file.name_of_deceased,
        honorific=pair[0 if language == "id" else 1],
        died_on=file.reported.event_on,
        membership=str(file.enrollment.number or ""),
        nik=file.masked(file.person.nik) if file.person else None,
    )


def addressee(file: ClaimFile, language: Language) -> Addressee:
    """Return whom a letter is for: who is to be paid, or before the claim is filed who reported the death."""
    payee = file.claim.main_payee
    if payee is not None:
        return Addressee(
            name=file.open(payee.name),
            relation=relation(payee.relation, language, file.sex),
            salutation=_salutation(payee.relation, file.sex, language),
        )
    return reporter(file, language)


def reporter(file: ClaimFile, language: Language) -> Addressee:
    found = file.reported.reported_by
    return Addressee(
        name=file.open(found.name),
        relation=relation(found.relation, language, file.sex),
        salutation=_salutation(found.relation, file.sex, language),
    )


def terms(file: ClaimFile, language: Language) -> Terms:
    """Return the terms that hold for a claim, by the day of death."""
    day = file.reported.event_on
    share = RULES.in_force("jkm.late_payment", day).share("share_per_day")
    return Terms(
        pay_within=RULES.in_force("jkm.payment_term", day).integer("working_days"),
        late_share=written_percent(share, language),
    )


def receivers(
    file: ClaimFile, amounts: Iterable[tuple[str, Rupiah]], payees: Sequence[Payee], language: Language
) -> list[Receiver]:
    """Return who receives how much. amounts: payee code and rupiah, line by line."""
    named = {payee.code: payee for payee in payees}
    sums: dict[str, Rupiah] = {}
    for code, amount in amounts:
        sums[code] = sums.get(code, 0) + amount
    return [_receiver(file, code, named.get(code), amount, language) for code, amount in sums.items()]


def _receiver(
    file: ClaimFile, code: str, payee: Payee | None, amount: Rupiah, language: Language
) -> Receiver:
    if payee is None:
        name = said(WORDS.payee, code, language)
        return Receiver(
            code=code,
            name=name,
            relation="",
            bank=None,
            account=None,
            account_name=None,
            amount=amount,
            has_account=False,
        )
    return Receiver(
        code=code,
        name=file.open(payee.name),
        relation=relation(payee.relation, language, file.sex),
        bank=file.open(payee.bank),
        account=file.masked(payee.account_number),
        account_name=file.open(payee.account_name),
        amount=amount,
        has_account=True,
    )


def _salutation(of_relation: str, sex: str | None, language: Language) -> str:
    """Return Bapak or Ibu where the card of a late spouse tells, both where nothing does."""
    if language == "en":
        return ""
    if of_relation == "spouse" and sex in ("L", "P"):
        return "Ibu" if sex == "L" else "Bapak"
    return "Bapak/Ibu"

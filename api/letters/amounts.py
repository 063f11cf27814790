"""The sheet of a determination: each line with its working and its article, and what it rests on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from api.letters.articles import Article, articles_of
from api.letters.claim_file import ClaimFile
from api.letters.not_ready import LetterNotReady
from api.letters.people import Addressee, Deceased, Receiver, addressee, deceased, receivers
from api.letters.signers import Signer
from api.letters.words import WORDS, said
from domain.benefit.determination import Determination, Line
from domain.claim.events import (
    CalculationReturned,
    ClaimApproved,
    ClaimEndorsed,
    PayeeChanged,
    PaymentDetailsCorrected,
    PaymentSucceeded,
)
from domain.claim.people import payee_of
from domain.claim.settlement import ARREARS_CLOCK
from domain.fact import Fact
from domain.period import Month, parse_month_runs
from domain.rupiah import Language, Rupiah, written_rupiah

NOT_VERIFIED: Final = "RULE_NOT_VERIFIED"


@dataclass(frozen=True)
class Determined:
    """One determination in the history of a claim, and what became of it."""

    determination: Determination
    fact: Fact
    endorsed: ClaimEndorsed | None = None
    approved: ClaimApproved | None = None
    paid: bool = False


@dataclass(frozen=True, kw_only=True)
class LineShown:
    name: str
    working: str
    articles: list[Article]
    amount: Rupiah
    waits: bool  # for arrears that are still open

    @property
    def is_verified(self) -> bool:
        return all(article.is_verified for article in self.articles)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One determination, as it is printed."""

    number: int  # 1 is the first of the claim
    is_late_payment: bool
    determined_on: date
    lines: list[LineShown]
    total: Rupiah
    receivers: list[Receiver]
    at_once: Rupiah
    waiting: Rupiah
    arrears: Rupiah
    arrears_months: list[Month]
    arrears_until: date | None
    notices: list[str]  # reasons that belong to the amount
    cautions: list[str]  # rules that rest on less than the wording of the law
    started_on: date | None
    paid_months: int | None  # None where the amount does not depend on them
    rule_set: str
    scholarship_right: bool
    calculated_by: Signer
    endorsed_by: Signer | None
    approved_by: Signer | None

    @property
    def is_verified(self) -> bool:
        return all(line.is_verified for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class AmountSheet:
    deceased: Deceased
    to: Addressee
    sheets: list[Sheet]

    @property
    def is_draft(self) -> bool:
        return self.sheets[-1].approved_by is None


def amount_sheet(file: ClaimFile, language: Language) -> AmountSheet:
    """Return every determination that stands, newest last."""
    found = [one for one in determinations(file.events) if not one.determination.is_rejection]
    if not found:
        raise _not_ready(file)
    return AmountSheet(
        deceased=deceased(file, language),
        to=addressee(file, language),
        sheets=[_sheet(file, n, one, language) for n, one in enumerate(found, start=1)],
    )


def determinations(events: Sequence[tuple[object, Fact]]) -> list[Determined]:
    """Return the determinations that stand: one that was worked out again, returned or voided is left out.

    After money was paid a further determination stands beside the first and replaces nothing.
    """
    standing: list[Determined] = []
    for _, fact in events:
        determination = getattr(fact, "determination", None)
        newest = standing[-1] if standing else None
        if isinstance(determination, Determination):
            if newest and not newest.paid:
                standing.pop()
            standing.append(Determined(determination, fact))
        elif newest is not None:
            standing[-1:] = _after(newest, fact)
    return standing


def line_name(line: str, language: Language) -> str:
    return said(WORDS.line, line, language)


def tight(text: str) -> str:
    """Return a text with amounts written as letters write them: `Rp42.000.000`, without a space."""
    return text.replace("Rp ", "Rp")


def _after(newest: Determined, fact: Fact) -> Iterator[Determined]:
    match fact:
        case CalculationReturned() | PayeeChanged() if not newest.paid:
            return
        case ClaimEndorsed():
            yield replace(newest, endorsed=fact)
        case ClaimApproved():
            yield replace(newest, approved=fact)
        case PaymentDetailsCorrected():
            yield replace(newest, approved=None, endorsed=None)
        case PaymentSucceeded():
            yield replace(newest, paid=True)
        case _:
            yield newest


def _sheet(file: ClaimFile, number: int, one: Determined, language: Language) -> Sheet:
    found = one.determination
    open_arrears = file.claim.arrears_open
    waiting = found.amount_payable("after_arrears") if open_arrears else 0
    apart = {NOT_VERIFIED, "HOLD_ARREARS"} if waiting else {NOT_VERIFIED}
    notices = [n for n in found.notices if n.code not in apart]
    cautions = [n for n in found.notices if n.code == NOT_VERIFIED]
    arrears = file.claim.clocks.get(ARREARS_CLOCK)
    return Sheet(
        number=number,
        is_late_payment=bool(found.lines) and all(line.code == "PENALTY_LATE" for line in found.lines),
        determined_on=one.fact.effective_on,
        lines=[line_shown(line, language, open_arrears=open_arrears) for line in found.lines],
        total=found.total,
        receivers=receivers(
            file, ((payee_of(found, line.code), line.amount) for line in found.lines), file.payees, language
        ),
        at_once=found.total - waiting,
        waiting=waiting,
        arrears=found.arrears if open_arrears else 0,
        arrears_months=[Month.parse(month) for month in found.arrears_months],
        arrears_until=arrears.due_on if arrears else None,
        notices=[tight(n.text_id if language == "id" else n.text_en) for n in notices],
        cautions=[n.text_id if language == "id" else n.text_en for n in cautions],
        started_on=_started_on(found),
        paid_months=_months(found),
        rule_set=found.rule_set,
        scholarship_right=found.scholarship_right,
        calculated_by=file.signer(one.fact, language),
        endorsed_by=file.signer(one.endorsed, language) if one.endorsed else None,
        approved_by=file.signer(one.approved, language) if one.approved else None,
    )


def line_shown(line: Line, language: Language, *, open_arrears: bool) -> LineShown:
    working = line.working_id if language == "id" else line.working_en
    _, named, bare = working.partition(": ")
    bare = bare if named else working
    if bare == written_rupiah(line.amount, language):
        bare = "besaran tetap" if language == "id" else "fixed amount"
    return LineShown(
        name=line_name(line.code, language),
        working=tight(bare),
        articles=articles_of(line.rule_ids, language),
        amount=line.amount,
        waits=open_arrears and line.payable == "after_arrears",
    )


def _started_on(found: Determination) -> date | None:
    start = found.inputs.get("membership_start")
    return date.fromisoformat(start) if isinstance(start, str) else None


def _months(found: Determination) -> int | None:
    runs = found.inputs.get("paid_months")
    return len(parse_month_runs(runs)) if isinstance(runs, tuple | list) else None


def _not_ready(file: ClaimFile) -> LetterNotReady:
    found = file.claim.benefit
    if found is not None and found.is_rejection:
        return LetterNotReady(
            "Penetapan klaim ini adalah penolakan; yang dibuat adalah surat penolakan.",
            "the determination of this claim is a rejection: ask for the letter of rejection",
        )
    return LetterNotReady(
        "Santunan belum dihitung, jadi belum ada yang dapat ditetapkan.",
        "the benefit is not calculated yet: take the step calculate first",
    )

"""The two letters about papers: the receipt of what was reported and brought, and the request for the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.letters.articles import cited
from api.letters.claim_file import ClaimFile
from api.letters.not_ready import LetterNotReady
from api.letters.people import Addressee, Deceased, Terms, addressee, deceased, reporter, terms
from api.letters.signers import Signer
from api.letters.words import WORDS, in_language
from domain.claim.counter import INCOMPLETE_CLOCK
from domain.claim.events import (
    CaseClosed,
    ClaimLapsedIncomplete,
    DocumentsReturned,
    HandedOverToJkk,
)
from domain.claim.settlement import PAY_CLOCK
from domain.fact import Fact
from domain.rupiah import Language
from workflows.papers import papers_at_hand, papers_missing

# The step that the family's papers are for, by where the claim stands.
_WANTED_FOR: Final = {
    "REPORTED": "confirm_complete",
    "FILED": "confirm_complete",
    "INCOMPLETE": "confirm_complete",
    "CALCULATED": "approve",
    "PAYMENT_FAILED": "correct_payment_details",
}
# Made by the office: nobody asks the family for them, and no receipt is given for them.
_NOT_OF_THE_FAMILY: Final = frozenset({"CASE_CHECK", "DETERMINATION", "PAYMENT_PROOF"})

# What a receipt says of the way on, by where the claim stands.
_STAGES: Final = {
    "REPORTED": "papers",
    "FILED": "papers",
    "INCOMPLETE": "papers",
    "COMPLETE": "check",
    "VERIFYING": "check",
    "FIELD_CHECK": "check",
    "CALCULATED": "decide",
    "APPROVED": "pay",
    "PAYMENT_ORDERED": "pay",
    "PAYMENT_FAILED": "failed",
    "HELD_ARREARS": "held",
    "PAID": "paid",
    "REJECTED": "rejected",
    "WITHDRAWN": "withdrawn",
}


@dataclass(frozen=True, kw_only=True)
class PaperAsked:
    """A paper the family is to bring."""

    code: str
    name: str
    why: str
    how: str
    basis: str | None  # the article of law that asks for it; none for the office's own list
    was_rejected: bool
    reason: str | None  # why the one that was brought cannot be used


@dataclass(frozen=True, kw_only=True)
class Receipt:
    deceased: Deceased
    reporter: Addressee
    payee: Addressee | None
    reported_on: date
    filed_on: date | None
    status: str
    stage: str
    asked: list[PaperAsked]
    received: list[str]
    until: date | None  # bring the papers until then, or the claim is closed
    pay_by: date | None
    is_late: bool  # that day is on record as missed
    terms: Terms
    received_by: Signer | None

    @property
    def to(self) -> Addressee:
        return self.payee or self.reporter


@dataclass(frozen=True, kw_only=True)
class Request:
    deceased: Deceased
    to: Addressee
    reported_on: date
    asked: list[PaperAsked]
    reason: str | None  # of the return, in the words of the office
    was_returned: bool
    is_filed: bool
    is_account: bool  # the bank sent the money back
    is_before_approval: bool
    until: date | None
    terms: Terms
    asked_by: Signer | None


def receipt(file: ClaimFile, language: Language) -> Receipt:
    """Return what was reported and brought, what is still wanted and what happens next. Always to be had."""
    pay = file.running(PAY_CLOCK)
    return Receipt(
        deceased=deceased(file, language),
        reporter=reporter(file, language),
        payee=addressee(file, language) if file.claim.filed else None,
        reported_on=file.reported.effective_on,
        filed_on=file.claim.filed.claim_date if file.claim.filed else None,
        status=file.label(language),
        stage=_stage(file),
        asked=papers_asked(file, language),
        received=[
            paper_name(file, code, language) for code in _received(file) if code not in _NOT_OF_THE_FAMILY
        ],
        until=_until(file),
        pay_by=pay.due_on if pay else None,
        is_late=pay is not None and pay.change == "missed",
        terms=terms(file, language),
        received_by=_last_of_intake(file, language),
    )


def request(file: ClaimFile, language: Language) -> Request:
    """Return which papers are asked for, why, and until when."""
    asked = papers_asked(file, language)
    if not asked:
        raise LetterNotReady(
            "Tidak ada berkas yang perlu diminta dari keluarga pada tahap ini.",
            "no paper is wanted from the family where the claim stands now: see its checklist",
        )
    returned = file.last(DocumentsReturned)
    is_returned = file.claim.status == "INCOMPLETE" and returned is not None
    return Request(
        deceased=deceased(file, language),
        to=addressee(file, language),
        reported_on=file.reported.effective_on,
        asked=asked,
        reason=file.open(returned[1].reason) if is_returned and returned else None,
        was_returned=is_returned,
        is_filed=file.claim.filed is not None,
        is_account=file.claim.status == "PAYMENT_FAILED",
        is_before_approval=file.claim.status == "CALCULATED",
        until=_until(file),
        terms=terms(file, language),
        asked_by=file.signer(returned[1], language)
        if is_returned and returned
        else _last_of_intake(file, language),
    )


def papers_asked(file: ClaimFile, language: Language) -> list[PaperAsked]:
    """Return the papers that the family is to bring now, in the order of the checklist."""
    rule = file.definition.steps.get(_WANTED_FOR.get(file.claim.status, ""))
    ways = rule.ways if rule else ()
    missing = [code for way in ways for code in papers_missing(way, file.claim, file.world)]
    return [_asked(file, code, language) for code in dict.fromkeys(missing) if code not in _NOT_OF_THE_FAMILY]


def paper_name(file: ClaimFile, code: str, language: Language) -> str:
    text = file.definition.documents.get(code)
    if text is None:
        return code
    return text.name_id if language == "id" else text.name_en


def _asked(file: ClaimFile, code: str, language: Language) -> PaperAsked:
    brought = file.claim.papers.get(code)
    rejected = brought[-1].rejected if brought else None
    words = WORDS.paper.get(code)
    text = file.definition.documents.get(code)
    return PaperAsked(
        code=code,
        name=paper_name(file, code, language),
        why=in_language(words.why, language) if words else "",
        how=in_language(words.how, language) if words else "",
        basis=_article(text.basis, language) if text else None,
        was_rejected=rejected is not None,
        reason=file.open(rejected),
    )


def _article(basis: str, language: Language) -> str | None:
    found = [part for part in basis.split("; ") if "Art." in part]
    return cited("; ".join(found), language) if found else None


def papers_received(file: ClaimFile, language: Language) -> list[str]:
    """Return the names of all papers that are in the file and count, those of the office too."""
    return [paper_name(file, code, language) for code in _received(file)]


def _received(file: ClaimFile) -> Iterator[str]:
    """Yield the papers at hand in the order of the lifecycle's list, the system's own aside."""
    at_hand = papers_at_hand(file.claim, file.world) & frozenset(file.claim.papers)
    yield from (code for code in file.definition.documents if code in at_hand)


def _until(file: ClaimFile) -> date | None:
    clock = file.running(INCOMPLETE_CLOCK)
    return clock.due_on if clock else None


def _stage(file: ClaimFile) -> str:
    if file.claim.status == "CLOSED":
        ended = file.last(CaseClosed, ClaimLapsedIncomplete, HandedOverToJkk)
        match ended[1] if ended else None:
            case CaseClosed():
                return "paid"
            case ClaimLapsedIncomplete():
                return "lapsed"
            case HandedOverToJkk():
                return "handed_over"
    stage = _STAGES.get(file.claim.status, "other")
    return "penalty" if stage in ("decide", "pay") and file.claim.penalty_found else stage


def _last_of_intake(file: ClaimFile, language: Language) -> Signer | None:
    """Return the officer at the counter who took the last step on this claim, if one did."""
    found: Fact | None = next(
        (fact for _, fact in reversed(file.events) if "intake" in fact.acting_roles), None
    )
    return file.signer(found, language) if found else None

"""The reasoned letter of rejection: the ground in law, the facts, and the way to object."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from api.letters.amounts import line_name, tight
from api.letters.articles import Article, articles_of
from api.letters.claim_file import ClaimFile
from api.letters.not_ready import LetterNotReady
from api.letters.papers import papers_received
from api.letters.people import Addressee, Deceased, addressee, deceased
from api.letters.signers import Signer
from api.letters.words import WORDS, said
from domain.benefit.determination import Determination, Notice
from domain.claim.events import ClaimRejected, HandedOverToJkk, RejectionProposed, RestRefused
from domain.fact import Fact
from domain.legal_day import legal_day
from domain.rupiah import Language, Rupiah

OBJECTION_DAYS: Final = 60  # calendar days from the notice, a convention of the desk (dossier 6.6)


@dataclass(frozen=True, kw_only=True)
class RefusedLine:
    name: str
    amount: Rupiah


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """A claim that is rejected or handed over, or the rest of one that is not paid."""

    what: str  # claim, handed_over or rest
    deceased: Deceased
    to: Addressee
    claim_date: date | None
    outcome: str
    ground: str
    articles: list[Article]
    reasons: list[str]  # in the words of those who proposed and signed
    examined: list[str]  # papers that were in the file
    refused: list[RefusedLine]
    amount: Rupiah  # that is not paid; 0 where none was determined
    paid: Rupiah  # that stays with the family
    decided_on: date
    decided_by: Signer
    object_until: date

    @property
    def rests_on_verified_law(self) -> bool:
        return bool(self.articles) and all(article.is_verified for article in self.articles)


def rejection(file: ClaimFile, language: Language) -> Rejection:
    """Return why nothing, or nothing more, is paid."""
    found = file.last(ClaimRejected, HandedOverToJkk, RestRefused)
    if found is None:
        raise _not_ready(file)
    record, fact = found
    rest = fact if isinstance(fact, RestRefused) else None
    outcome = "REST_REFUSED" if rest else file.claim.outcome or ""
    determination = file.claim.benefit
    amounts = {line.code: line.amount for line in determination.lines} if determination else {}
    return Rejection(
        what="rest" if rest else "handed_over" if isinstance(fact, HandedOverToJkk) else "claim",
        deceased=deceased(file, language),
        to=addressee(file, language),
        claim_date=file.claim.filed.claim_date if file.claim.filed else None,
        outcome=outcome,
        ground=_ground(outcome, determination, language),
        articles=_articles(outcome, determination, language),
        reasons=list(dict.fromkeys(_reasons(file, fact))),
        examined=papers_received(file, language),
        refused=[
            RefusedLine(name=line_name(code, language), amount=amounts.get(code, 0))
            for code in (rest.codes if rest else ())
        ],
        amount=rest.amount if rest else 0,
        paid=sum(payment.amount for payment in file.claim.payments),
        decided_on=fact.effective_on,
        decided_by=file.signer(fact, language),
        object_until=legal_day(record.recorded_at) + timedelta(days=OBJECTION_DAYS),
    )


def _ground(outcome: str, determination: Determination | None, language: Language) -> str:
    if outcome == "REST_REFUSED":
        held = next((n for n in _notices(determination) if n.code == "HOLD_ARREARS"), None)
        if held is None:
            return ""
        return tight(held.text_id if language == "id" else held.text_en)
    for notice in _notices(determination):
        if notice.code == outcome:
            return tight(notice.text_id if language == "id" else notice.text_en)
    return said(WORDS.ground, outcome, language)


def _articles(outcome: str, determination: Determination | None, language: Language) -> list[Article]:
    if outcome == "REST_REFUSED":
        return articles_of(["CON-GRACE-3M"], language)
    of_notice = [n.basis for n in _notices(determination) if n.code == outcome]
    rule = WORDS.rule_of_ground.get(outcome)
    return articles_of(of_notice or ([rule] if rule else []), language)


def _notices(determination: Determination | None) -> Iterator[Notice]:
    yield from determination.notices if determination else ()


def _reasons(file: ClaimFile, fact: Fact) -> Iterator[str]:
    """Yield what the letter gives as reasons: of the proposal that was signed, then of who signed."""
    if isinstance(fact, ClaimRejected) and file.claim.proposal is not None:
        proposed = file.last(RejectionProposed)
        if proposed and (text := file.open(proposed[1].reason)):
            yield text
    if isinstance(fact, ClaimRejected | HandedOverToJkk | RestRefused) and (text := file.open(fact.reason)):
        yield text


def _not_ready(file: ClaimFile) -> LetterNotReady:
    found = file.claim.benefit
    if file.claim.proposal is not None or (found is not None and found.is_rejection):
        return LetterNotReady(
            "Penolakan baru diusulkan dan belum ditandatangani pejabat yang berwenang.",
            "the rejection is proposed and not signed yet: take the step sign_rejection first",
        )
    return LetterNotReady("Klaim ini tidak ditolak.", "the claim is not rejected")

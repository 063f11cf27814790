"""Which letters there are on a claim: their names, their codes, and who makes their facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from api.letters.amounts import amount_sheet
from api.letters.claim_file import ClaimFile
from api.letters.not_ready import LetterNotReady
from api.letters.papers import receipt, request
from api.letters.payment import payment_notice
from api.letters.rejection import rejection
from domain.rupiah import Language

Kind = Literal["receipt", "request-for-papers", "amount-sheet", "rejection", "payment-notice"]


@dataclass(frozen=True, slots=True)
class LetterKind:
    """A kind of letter. `code` stands in its number: TT is *tanda terima*."""

    kind: str
    code: str
    title_id: str
    title_en: str

    def title(self, language: Language) -> str:
        return self.title_id if language == "id" else self.title_en


@dataclass(frozen=True, slots=True)
class ClaimLetterKind(LetterKind):
    """A letter on a claim. `facts` refuses (`guard_failed`) while it cannot be written."""

    facts: Callable[[ClaimFile, Language], Any]  # of a type of its own for each kind

    def why_not(self, file: ClaimFile) -> LetterNotReady | None:
        try:
            self.facts(file, "id")
        except LetterNotReady as reason:
            return reason
        return None


CLAIM_LETTERS: Final[Mapping[str, ClaimLetterKind]] = {
    one.kind: one
    for one in (
        ClaimLetterKind("receipt", "TT", "Tanda terima klaim", "Receipt of a claim", receipt),
        ClaimLetterKind("request-for-papers", "PB", "Permintaan berkas", "Request for papers", request),
        ClaimLetterKind("amount-sheet", "LP", "Lembar penetapan santunan", "Amount sheet", amount_sheet),
        ClaimLetterKind("rejection", "SP", "Surat penolakan", "Letter of rejection", rejection),
        ClaimLetterKind(
            "payment-notice", "PP", "Pemberitahuan pembayaran", "Notice of payment", payment_notice
        ),
    )
}
MINUTES: Final = LetterKind("minutes", "BA", "Berita acara daftar pekerja", "Minutes of a list of workers")


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What every letter carries: from whom, its number, its day, and the event it was made at."""

    kind: LetterKind
    language: Language
    subject: str  # number of the claim, or id of the list
    number: str
    dated_on: date
    place: str | None
    programme: str
    sponsor: str

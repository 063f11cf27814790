"""Which letters there are on a claim: their names, their codes, and who makes their facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.letters.amounts import amount_sheet
from api.letters.claim_file import ClaimFile, Source
from api.letters.not_ready import LetterNotReady
from api.letters.papers import receipt, request
from api.letters.payment import payment_notice
from api.letters.rejection import rejection
from domain.places import WARDS
from domain.programme.aggregate import Programme
from domain.rupiah import Language

_PLACES: Final = {ward.area_code: ward.area for ward in WARDS}


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
    """What every letter carries: from whom, its number, and the event it was made at, which gives its day."""

    kind: LetterKind
    language: Language
    subject: str  # number of the claim, or the beginning of the list's id
    programme: str
    sponsor: str
    place: str | None
    source: Source

    @classmethod
    def of(
        cls, kind: LetterKind, language: Language, subject: str, programme: Programme, source: Source
    ) -> "Heading":
        return cls(
            kind=kind,
            language=language,
            subject=subject,
            programme=programme.opened.name,
            sponsor=programme.opened.sponsor,
            place=_PLACES.get(programme.area_code),
            source=source,
        )

    @property
    def number(self) -> str:
        """The number of the letter: `JKM-3375-2024-482913/TT/41` rests on the event at position 41."""
        return f"{self.subject}/{self.kind.code}/{self.source.position}"

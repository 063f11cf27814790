"""Articles of law as a letter cites them. The rules keep them in English; letters are Indonesian first."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from domain.benefit.rules import RULES, RuleSet
from domain.dated import NotInForce
from domain.rupiah import Language

# Citations that are more than a list of articles, word by word.
_WORDED: Final = {
    "PP 44/2015 Art. 20(1)-(2) and Annex II": "PP 44/2015 Pasal 20 ayat (1) dan (2) serta Lampiran II",
    "PP 49/2020 Art. 9 (JKM) and sister article (JKK)": (
        "PP 49/2020 Pasal 9 (JKM) dan pasal yang sepadan (JKK)"
    ),
    "PP 44/2015 Art. 22 fines employers only; Art. 24 (BPU) has no fine": (
        "PP 44/2015 Pasal 22 hanya mendenda pemberi kerja; Pasal 24 (BPU) tanpa denda"
    ),
    "PP 82/2019 (new Art. 34(1)d: masa iur at least 3 years)": (
        "PP 82/2019 (Pasal 34 ayat (1) huruf d yang baru: masa iur paling singkat 3 tahun)"
    ),
    "Permenaker 1/2025 as reported (article not seen; PP 82/2019 Art. 34 itself has no minimum period)": (
        "Permenaker 1/2025 menurut pemberitaan (pasalnya belum dibaca; PP 82/2019 Pasal 34 sendiri tidak mengenal "
        "masa minimal)"
    ),
    "PP 44/2015 Art. 26 and PP 82/2019 Art. 26 limit JKK only; no limit for JKM in PP 44/2015 - PP 82/2019 - PP "
    "49/2023": (
        "PP 44/2015 Pasal 26 dan PP 82/2019 Pasal 26 hanya membatasi JKK; tidak ada batas untuk JKM dalam PP 44/2015, "
        "PP 82/2019, dan PP 49/2023"
    ),
    "PP 44/2015 Art. 34(1) and its elucidation; PP 82/2019 (new Art. 34(1))": (
        "PP 44/2015 Pasal 34 ayat (1) dan penjelasannya; PP 82/2019 (Pasal 34 ayat (1) yang baru)"
    ),
    "PP 44/2015 Art. 34(1)d and (2)": "PP 44/2015 Pasal 34 ayat (1) huruf d dan ayat (2)",
    "PP 82/2019 Art. I no. 3 (new Art. 34(1)a)": (
        "PP 82/2019 Pasal I angka 3 (Pasal 34 ayat (1) huruf a yang baru)"
    ),
    "PP 44/2015 Art. 1 no. 2": "PP 44/2015 Pasal 1 angka 2",
    "not known": "belum diketahui",
    "Permenaker 5/2021 (upper); programme rule (lower)": (
        "Permenaker 5/2021 (batas atas); ketentuan program (batas bawah)"
    ),
    "branch practice; PP 44/2015 Art. 34(1) elucidation: masa aktif = still working and paying at the time of death": (
        "praktik kantor cabang; penjelasan PP 44/2015 Pasal 34 ayat (1): masa aktif berarti masih bekerja dan membayar "
        "iuran ketika meninggal"
    ),
    "convention of the desk": "ketentuan kantor",
    "office list": "daftar persyaratan kantor",
    "branch practice": "praktik kantor cabang",
    "internal practice": "praktik kantor",
    "Permenaker 1/2025 Art. 79(2a)-(2b) for construction, applied by analogy": (
        "Permenaker 1/2025 Pasal 79 ayat (2a) dan (2b) untuk jasa konstruksi, diterapkan secara analogi"
    ),
}
_ARTICLE: Final = re.compile(
    r"(new )?Art\. (\d+)((?:\(\d+\))?)(?:-(\(\d+\)))?([a-z]?)((?:\.\d+)?)(?:-(\d+))?"
)


@dataclass(frozen=True, slots=True)
class Article:
    """One source of law with its rule, and whether its wording was read."""

    rule_id: str
    citation: str
    is_verified: bool


def cited(legal_basis: str, language: Language) -> str:
    """Return a citation in a language: `Art. 34(1)a` is `Pasal 34 ayat (1) huruf a`."""
    if language == "en":
        return legal_basis
    if legal_basis in _WORDED:
        return _WORDED[legal_basis]
    return "; ".join(_WORDED.get(part, _ARTICLE.sub(_pasal, part)) for part in legal_basis.split("; "))


def articles_of(rule_ids: Iterable[str], language: Language, rules: RuleSet = RULES) -> list[Article]:
    """Return the sources behind rules by their ids; a rule that is not known here keeps its id."""
    return list(_articles(rule_ids, language, rules))


def _articles(rule_ids: Iterable[str], language: Language, rules: RuleSet) -> Iterator[Article]:
    for rule_id in rule_ids:
        try:
            citation = rules.find(rule_id).citation
        except NotInForce:
            yield Article(rule_id, rule_id, is_verified=False)
        else:
            yield Article(rule_id, cited(citation.legal_basis, language), citation.is_verified)


def _pasal(found: re.Match[str]) -> str:
    new, number, paragraph, to_paragraph, letter, point, to_article = found.groups()
    text = f"Pasal {number}"
    if paragraph:
        text += f" ayat {paragraph}"
    if to_paragraph:
        text += f" dan {to_paragraph}"
    if letter:
        text += f" huruf {letter}"
    if point:
        text += f" angka {point[1:]}"
    if to_article:
        text += f"–{to_article}"
    return text + (" yang baru" if new else "")

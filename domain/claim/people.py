"""The people of a claim: from the form to sealed values, each person under a key of their own."""

import re
from datetime import date
from hashlib import sha256
from uuid import UUID

from domain.benefit.determination import Determination
from domain.claim.commands import ChildForm, HeirForm, PayeeForm
from domain.claim.events import Child, Heir, Payee
from domain.sealed import Sealed

# Titles before a name and degrees behind it, with or without points: H., Hj., Drs., S.H., S.Pd., M.Si.
_TITLES = re.compile(
    r"\b(H|HJ|DR|DRG|DRS|IR|TN|NY|NN|BPK|IBU|ALM|S\.?H|S\.?E|S\.?T|S\.?PD|M\.?M|M\.?SI)\b\.?", re.IGNORECASE
)


def same_person_name(one: str, other: str) -> bool:
    """Compare two names after normalising case, titles, punctuation and spaces (dossier 6.3).

    Where nothing but titles is left, nobody is named, and nobody is the same.
    """

    def plain(name: str) -> str:
        return " ".join(re.sub(r"[^\w\s]", " ", _TITLES.sub(" ", name.upper())).split())

    return plain(one) == plain(other) != ""


def claim_number(claim_id: UUID, area_code: str, year: int, attempt: int) -> str:
    """Return the number people see, `JKM-<area>-<year>-<6 digits>`; the later of two tries again."""
    digest = sha256(claim_id.bytes + attempt.to_bytes(2)).digest()
    return f"JKM-{area_code}-{year}-{int.from_bytes(digest[:8]) % 10**6:06d}"


def payee_of(determination: Determination, line: str) -> str:
    """Return who receives a line; without a split of its own the heir does."""
    return next((share.payee for share in determination.payees if share.code == line), "HEIR")


def payee_from(form: PayeeForm, subject: UUID) -> Payee:
    return Payee(
        code=form.code,
        relation=form.relation,
        heir_tier=form.heir_tier,
        name=Sealed.of(subject, form.name),
        bank=Sealed.of(subject, form.bank),
        account_number=Sealed.of(subject, form.account_number),
        account_name=Sealed.of(subject, form.account_name),
        account_name_matches=same_person_name(form.name, form.account_name),
        phone=Sealed.of(subject, form.phone) if form.phone else None,
        share=form.for_,
    )


def heir_from(form: HeirForm, subject: UUID) -> Heir:
    return Heir(
        name=Sealed.of(subject, form.name),
        relation=form.relation,
        heir_tier=form.heir_tier,
        nik=Sealed.of(subject, form.nik) if form.nik else None,
        birth_date=Sealed.of(subject, form.birth_date) if form.birth_date else None,
        phone=Sealed.of(subject, form.phone) if form.phone else None,
    )


def child_from(form: ChildForm, subject: UUID) -> Child:
    birth: Sealed[date] = Sealed.of(subject, form.birth_date)
    return Child(name=Sealed.of(subject, form.name), birth_date=birth)

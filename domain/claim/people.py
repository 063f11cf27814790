"""The people of a claim: from the form to sealed values, each person under a key of their own."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Final
from uuid import UUID

from domain.benefit.determination import Determination
from domain.benefit.heirs import NO_HEIR, TIER_OF_RELATION, first_tier
from domain.benefit.rules import RULES
from domain.claim.commands import ChildForm, HeirForm, PayeeForm
from domain.claim.events import Child, Heir, Payee
from domain.names import same_person_name
from domain.period import age_on
from domain.refusal import Invalid
from domain.sealed import Sealed

SCHOLARSHIP_ENDS: Final = 23  # years of age: Permenaker 5/2021 Art. 103(2), rule SCH-AGE23


def claim_number(claim_id: UUID, area_code: str, year: int, attempt: int) -> str:
    """Return the number people see, `JKM-<area>-<year>-<6 digits>`; the later of two tries again."""
    digest = sha256(claim_id.bytes + attempt.to_bytes(2)).digest()
    return f"JKM-{area_code}-{year}-{int.from_bytes(digest[:8]) % 10**6:06d}"


def payee_of(determination: Determination, line: str) -> str:
    """Return who receives a line; without a split of its own the heir does."""
    return next((share.payee for share in determination.payees if share.code == line), "HEIR")


def refuse_wrong_payees(payees: Sequence[PayeeForm], heirs: Sequence[HeirForm], on: date) -> None:
    """Refuse payees whom the order of heirs does not let receive (PP 44/2015 Art. 40(2)).

    on: the day of death. A tier inherits only where every higher one is empty; where nobody inherits,
    whoever arranged the funeral is named and receives the funeral money.
    """
    for place, payee in enumerate(payees):
        field = "payee.heir_tier" if len(payees) == 1 else f"payees[{place}].heir_tier"
        own = TIER_OF_RELATION.get(payee.relation)
        if payee.heir_tier == NO_HEIR and payee.role != "FUNERAL_ARRANGER":
            raise Invalid(
                "without an heir the payee is who arranged the funeral: code FUNERAL_ARRANGER", field=field
            )
        if payee.heir_tier != NO_HEIR and all(one.role != "HEIR" for one in payees):
            raise Invalid(
                "who arranged the funeral inherits nothing: heir_tier NONE, or name the heir", field=field
            )
        if payee.role == "HEIR" and own is not None and own != payee.heir_tier:
            raise Invalid(
                f"a {payee.relation} belongs to tier {own}, not {payee.heir_tier}: "
                "give that tier, or correct the relation",
                field=field,
            )
    claimed = next((payee.heir_tier for payee in payees if payee.role == "HEIR"), NO_HEIR)
    order = (*RULES.in_force("heirs.order", on).words("tiers"), NO_HEIR)
    present = first_tier((heir.relation for heir in heirs), on)
    if order.index(present) < order.index(claimed):
        raise Invalid(
            f"heirs of tier {present} are named, so tier {claimed} does not inherit: name one of them as payee",
            field="payee.heir_tier",
        )


def children_of_age(children: Sequence[ChildForm], on: date) -> int:
    """Return how many children could receive a scholarship: born by the day of death and under 23."""
    return sum(
        1 for child in children if child.birth_date <= on and age_on(child.birth_date, on) < SCHOLARSHIP_ENDS
    )


def payee_from(form: PayeeForm, subject: UUID) -> Payee:
    return Payee(
        code=form.role,
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

"""Who signs: the person who took a step, the role it was taken in, and whose chair was filled, if anybody's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from api.letters.words import WORDS, said
from domain.delegation.aggregate import Delegation
from domain.fact import Fact
from domain.rupiah import Language
from workflows.cases import Cases

Chairs = Mapping[UUID, Delegation]
_CHAIR: Final[Mapping[str, tuple[str, str]]] = {"plh": ("Plh.", "acting"), "plt": ("Plt.", "acting")}


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who took a step of the office, in which role, on which legal day."""

    name: str
    role: str  # `Plh. kepala bidang pelayanan` where somebody absent was stood in for
    decree: str | None  # that orders the delegation
    on: date


def signer(fact: Fact, chairs: Chairs, language: Language) -> Signer:
    role = said(WORDS.role, fact.acting_roles[0] if fact.acting_roles else "system", language)
    chair = chairs.get(fact.delegation) if fact.delegation else None
    if chair is not None:
        role = f"{said(_CHAIR, chair.granted.kind, language)} {role}"
    return Signer(
        name=fact.actor,
        role=role,
        decree=chair.granted.decree if chair is not None else None,
        on=fact.effective_on,
    )


async def chairs_of(cases: Cases, facts: Iterable[Fact], *, up_to: int | None) -> Chairs:
    """Return the delegations by which these facts came about."""
    ids = {fact.delegation for fact in facts if fact.delegation is not None}
    found = await cases.load(ids, up_to=up_to) if ids else {}
    return {id_: case for id_, case in found.items() if isinstance(case, Delegation)}

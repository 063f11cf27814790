"""`jaminan rules commitments`: what scholarships of past decisions may still cost, at the utmost, by year."""

from collections.abc import Iterator
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from api.replay import calculations
from domain.benefit.commitments import YearAhead, at_most, by_year, of_family, total
from domain.benefit.rules import RULES
from domain.claim.aggregate import Claim
from domain.rupiah import written_rupiah
from domain.sealed import Erased
from store.mapper import SealingMapper
from store.store import Store
from workflows.cases import Cases

SLICE: Final = 500
WITHOUT_RIGHT: Final = frozenset({"REJECTED", "WITHDRAWN"})


class FamilyCommitment(msgspec.Struct, kw_only=True):
    """One claim: how many children may still claim a year, and what they may cost together, in rupiah."""

    number: str
    claim_id: UUID
    children: int
    at_most: int


class Commitments(msgspec.Struct, kw_only=True):
    """A forecast for the reserve, true up to `position`; no debt, for nobody has claimed a year yet."""

    on: date
    position: int
    rule_set: str
    children: int
    at_most: int
    by_year: dict[int, int]
    items: list[FamilyCommitment]

    def lines(self) -> Iterator[str]:
        for one in self.items:
            yield f"{one.number}  {one.children} children  {written_rupiah(one.at_most, 'en')}"
        for year, amount in self.by_year.items():
            yield f"{year}  {written_rupiah(amount, 'en')}"
        yield (
            f"{len(self.items)} claims, {self.children} children who may still claim: at most "
            f"{written_rupiah(self.at_most, 'en')}, a forecast and no debt"
        )


async def commitments(store: Store, mapper: SealingMapper, *, on: date) -> Commitments:
    """Look at every decision with a right to scholarships that stands. Children are counted and never named."""
    position, entitled = await store.last_position(), dict[UUID, bool]()
    async for record, event in calculations(store, mapper, position):
        if event.determination.scholarship_right:
            entitled[record.stream] = True
        else:
            entitled.pop(record.stream, None)
    items: list[FamilyCommitment] = []
    ahead: list[YearAhead] = []
    cases = Cases(store, mapper)
    streams = list(entitled)
    for start in range(0, len(streams), SLICE):
        for claim in (await cases.load(streams[start : start + SLICE], up_to=position)).values():
            assert isinstance(claim, Claim)
            children = await _children(claim, mapper, on) if claim.status not in WITHOUT_RIGHT else []
            if family := of_family(children, on):
                ahead += family
                items.append(
                    FamilyCommitment(
                        number=claim.reported.number,
                        claim_id=claim.id,
                        children=len(children),
                        at_most=total(family),
                    )
                )
    return Commitments(
        on=on,
        position=position,
        rule_set=RULES.version,
        children=sum(one.children for one in items),
        at_most=total(ahead),
        by_year=by_year(ahead),
        items=items,
    )


async def _children(claim: Claim, mapper: SealingMapper, on: date) -> list[tuple[YearAhead, ...]]:
    """Return what each child may still cost; who is too old, or was born after the death, is left out."""
    filed = claim.filed
    assert filed is not None, "what was calculated was filed"
    opener = await mapper.opener_for(child.birth_date.subject_id for child in filed.children)
    found = []
    for child in filed.children:
        born_on = child.birth_date.open(opener)
        if isinstance(born_on, Erased):
            found.append(at_most(None, on))
        elif born_on <= claim.reported.event_on:
            found.append(at_most(born_on, on))
    return [years for years in found if years]

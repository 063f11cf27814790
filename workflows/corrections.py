"""What is looked up for corrections of a person: who holds a NIK, and which decisions leaned on an old value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from domain.claim import events as claim
from domain.enrollment import events as enrollment
from domain.fact import Fact
from domain.nik import Nik, NikUnreadable
from domain.person.aggregate import PERSON_KEY, Person
from domain.person.correction import Correction
from domain.sealed import Erased
from store.sealing import Keyring
from store.store import Store
from workflows.cases import Cases

# Facts by which the office decided on who somebody is, how old, and where at home.
DECISIONS: Final[tuple[type[Fact], ...]] = (
    enrollment.WorkerVerified,
    enrollment.MemberRegistered,
    enrollment.Reenrolled,
    claim.BenefitCalculated,
    claim.ClaimApproved,
    claim.ClaimRejected,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaned:
    """A decision that was taken while the old value stood."""

    case_id: UUID
    kind: str
    event: str
    position: int
    effective_on: date
    actor: str


@dataclass(frozen=True, slots=True)
class NikHeld:
    """The keyed look-up of a NIK, and who is known under it."""

    digest: bytes
    owner: UUID | None


class Corrections:
    """Looks things up in the log for the corrections of one person."""

    def __init__(self, store: Store, keyring: Keyring, cases: Cases) -> None:
        self._store = store
        self._keyring = keyring
        self._cases = cases

    async def held(self, text: str) -> NikHeld | None:
        """Return who holds a NIK; nothing where the text is none (the person's record will refuse it)."""
        try:
            digest = self._keyring.hmac(PERSON_KEY, Nik.parse(text).digits)
        except NikUnreadable:
            return None
        return NikHeld(digest, (await self._store.find_owners(PERSON_KEY, [digest])).get(digest))

    async def held_if_proposed(self, person: Person, correction_id: UUID) -> NikHeld | None:
        """Return who holds the NIK that a correction of this person proposes, if it proposes one."""
        found = person.corrections.get(correction_id)
        if found is None or found.field != "nik":
            return None
        await self._keyring.load([person.id])
        new = found.new.open(self._keyring)
        return None if isinstance(new, Erased) else await self.held(new)

    async def leaned_on(
        self, person: Person, enrollments: Sequence[UUID], claims: Sequence[UUID]
    ) -> dict[UUID, list[Leaned]]:
        """Return for each correction in effect the decisions that used the old value, in the order of the log."""
        taken = [
            Leaned(
                case_id=case_id,
                kind=kind,
                event=record.topic,
                position=record.position,
                effective_on=fact.effective_on,
                actor=fact.actor,
            )
            for kind, ids in (("enrollment", enrollments), ("claim", claims))
            for case_id in ids
            for record, fact in await self._cases.events(case_id)
            if isinstance(fact, DECISIONS)
        ]
        taken.sort(key=lambda one: one.position)
        effective = [one for one in person.corrections.values() if one.status == "EFFECTIVE"]
        return {
            one.id: [
                decision
                for decision in taken
                if _stood_from(one, effective) < decision.position < one.position
            ]
            for one in effective
        }


def _stood_from(correction: Correction, effective: Sequence[Correction]) -> int:
    """Return the position from which the old value stood: that of the correction before, or the beginning."""
    earlier = (
        one.position
        for one in effective
        if one.field == correction.field and one.position < correction.position
    )
    return max(earlier, default=0)

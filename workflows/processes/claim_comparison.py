"""Compares each claim with those for other people: one account, one content of a paper, one death reported twice.

A read model says which claims have something in common; what follows is put on record beside each of them that
is not closed, once. So a comparison that was cut off or runs twice comes to the same end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from domain.attempt.events import AttemptRefused
from domain.claim.aggregate import Claim
from domain.claim.events import DocumentAdded, FlagReason
from domain.command import SYSTEM, SYSTEM_ROLE
from domain.fact import Fact
from domain.period import written_day
from domain.refusal import Refusal
from domain.risk.commands import RecordRisk
from domain.risk.events import risk_of
from store.records import Recorded
from workflows.days import legal_day
from workflows.office import Office
from workflows.ports import ClaimTraces, Clock, SameAccount

LOOKED_AT: Final = 10  # other claims, the earliest; later ones were flagged when they came
KNOWN: Final = "step_not_open"  # put on record by who was quicker


@dataclass(frozen=True)
class Finding:
    """A flag of a claim, with the claims it was compared with."""

    claim: Claim
    reason: FlagReason
    others: tuple[UUID, ...] = ()

    @property
    def risk_id(self) -> UUID:
        return risk_of(self.claim.id, self.reason.flag)


class ClaimComparison:
    """Puts on record what only a comparison of claims tells (dossier 6.7)."""

    name = "claim_comparison"
    reads = frozenset(
        {
            "claim.filed",
            "claim.payee_changed",
            "claim.payment_details_corrected",
            "claim.document_added",
            "attempt.refused",
        }
    )

    def __init__(self, office: Office, clock: Clock, traces: ClaimTraces) -> None:
        self._office = office
        self._clock = clock
        self._traces = traces

    async def react(self, fact: Fact, record: Recorded) -> None:
        if isinstance(fact, AttemptRefused):
            if (fact.step, fact.code) == ("report", "duplicate"):
                claims = await self._claims(fact.case_id)
                await self._record([_reported_twice(one, fact) for one in claims.values()], fact)
        elif isinstance(fact, DocumentAdded):
            await self._compare_paper(fact, record.position)
        else:
            await self._compare_accounts(fact, record.position)

    async def _compare_paper(self, fact: DocumentAdded, position: int) -> None:
        own = fact.originator_id
        others = await self._traces.same_paper(own, fact.sha256, position=position, limit=LOOKED_AT)
        if not others:
            return
        claims = await self._claims(own, *others)
        own_finding = _reused(claims[own], claims[others[0]], fact.sha256)
        theirs = [_reused(claims[one], claims[own], fact.sha256) for one in others]
        await self._record([*self._open([own_finding, *theirs])], fact)

    async def _compare_accounts(self, fact: Fact, position: int) -> None:
        own = fact.originator_id
        shared = await self._traces.same_account(own, position=position, limit=LOOKED_AT)
        if not shared:
            return
        claims = await self._claims(own, *(one.claim_id for one in shared))
        theirs = [_shared(claims[one.claim_id], claims[own]) for one in shared]
        await self._record([*self._open([*_of_own(claims, own, shared), *theirs])], fact)

    async def _claims(self, *ids: UUID) -> dict[UUID, Claim]:
        found = await self._office.cases.load(ids)
        return {id_: case for id_, case in found.items() if isinstance(case, Claim)}

    def _open(self, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Yield those of claims that are not at their end: what is closed is left to auditors.

        The claim whose fact is compared counts too: where the process reads late, it may have ended since.
        """
        for finding in findings:
            definition = self._office.definition_of(finding.claim)
            if definition is not None and not definition.statuses[finding.claim.status].final:
                yield finding

    async def _record(self, findings: Sequence[Finding], fact: Fact) -> None:
        known = await self._office.cases.load(one.risk_id for one in findings)
        commands = [self._command(one, fact) for one in findings if one.risk_id not in known]
        for outcome in await self._office.carry_out(commands):
            if isinstance(outcome, Refusal) and outcome.code != KNOWN:
                raise outcome

    def _command(self, finding: Finding, fact: Fact) -> RecordRisk:
        decided_at = self._clock(fact)
        return RecordRisk(
            command_id=uuid5(finding.risk_id, "find"),
            case_id=finding.risk_id,
            issued_by=SYSTEM,
            roles=frozenset({SYSTEM_ROLE}),
            decided_at=decided_at,
            effective_on=legal_day(decided_at),
            causation_id=fact.command_id,
            keyed=True,
            claim_id=finding.claim.id,
            person_id=finding.claim.subject_id,
            area_code=finding.claim.area_code,
            reason=finding.reason,
            others=finding.others,
        )


def _of_own(claims: dict[UUID, Claim], own: UUID, shared: Sequence[SameAccount]) -> Iterator[Finding]:
    """Yield what an account shared with others means for the claim that was just filed or changed."""
    yield _shared(claims[own], claims[shared[0].claim_id])
    for one in shared:
        if one.is_owner and one.is_other_payee:
            other = claims[one.claim_id]
            number = other.reported.number
            reason = FlagReason(
                flag="ACCOUNT_OF_ANOTHER_PAYEE",
                reason_id=f"Rekening ini lebih dulu tercatat atas ahli waris lain, pada klaim {number}.",
                reason_en=f"This account was named first for another heir, on claim {number}.",
            )
            yield Finding(claims[own], reason, (other.id,))


def _shared(claim: Claim, other: Claim) -> Finding:
    number = other.reported.number
    reason = FlagReason(
        flag="HEIR_ACCOUNT_SHARED",
        reason_id=f"Rekening yang sama dipakai pada klaim {number}.",
        reason_en=f"The same account is used on claim {number}.",
    )
    return Finding(claim, reason, (other.id,))


def _reused(claim: Claim, other: Claim, sha256: str) -> Finding:
    number = other.reported.number
    code = next(paper.code for papers in claim.papers.values() for paper in papers if paper.sha256 == sha256)
    reason = FlagReason(
        flag="DOCUMENT_REUSED",
        reason_id=f"Isi berkas {code} sama dengan berkas pada klaim {number}.",
        reason_en=f"The content of {code} is that of a paper on claim {number}.",
    )
    return Finding(claim, reason, (other.id,))


def _reported_twice(claim: Claim, fact: AttemptRefused) -> Finding:
    day = legal_day(fact.decided_at)
    reason = FlagReason(
        flag="DOUBLE_CLAIM",
        reason_id=f"Kematian yang sama dilaporkan lagi pada {written_day(day, 'id')}.",
        reason_en=f"The same death was reported again on {written_day(day, 'en')}.",
    )
    return Finding(claim, reason)

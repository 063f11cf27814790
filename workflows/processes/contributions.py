"""What follows from money that came in: members become active, and claims that waited go on.

The payment itself is one event on the programme. A member gets an event only when the status changes.
"""

from collections.abc import Mapping
from uuid import UUID, uuid5

from domain.case import Case
from domain.claim.aggregate import Claim
from domain.claim.commands import SettleArrears
from domain.claim.events import PaymentSucceeded
from domain.command import SYSTEM, SYSTEM_ROLE, Command
from domain.enrollment import commands as enrollment
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.commands import RecordFirstContribution
from domain.fact import Fact
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.events import ContributionReceived
from domain.refusal import Refusal
from domain.roster.aggregate import Roster
from domain.roster.ids import part_id
from store.records import Recorded
from workflows.days import legal_day
from workflows.office import Office
from workflows.ports import Clock, HeldClaims
from workflows.processes.member_steps import SLICE, carry_out_patiently

REGISTERED = "REGISTERED"
IN_ARREARS = frozenset({"GRACE", "LAPSED"})
PASSED_OVER = frozenset({"step_not_open", "guard_failed"})  # another payment came first, or more is owed
HELD = "HELD_ARREARS"


class ContributionsReachMembers:
    """Records the first contribution of every member a payment is for, and that arrears are settled."""

    name = "contributions_reach_members"
    reads = frozenset({"programme.contribution_received"})

    def __init__(self, office: Office, clock: Clock) -> None:
        self._office = office
        self._clock = clock

    async def react(self, fact: Fact, record: Recorded) -> None:
        assert isinstance(fact, ContributionReceived)
        if fact.authorisation is not None:
            return  # counts when somebody settles the arrears by it
        waiting = await self._members(fact)
        while waiting:
            found = await self._office.cases.load(waiting[:SLICE])
            waiting = waiting[SLICE:]
            if fact.roster_id is not None:  # who took a place is paid with the list
                waiting += [one.replaced_by for one in _enrollments(found) if one.replaced_by]
            commands: list[Command] = [
                self._first(fact, record, member, month)
                for member in _enrollments(found)
                if (month := first_month(fact, member)) is not None
            ]
            commands += [
                self._settle(fact, member) for member in _enrollments(found) if member.status in IN_ARREARS
            ]
            for outcome in await carry_out_patiently(self._office, commands):
                if isinstance(outcome, Refusal) and outcome.code not in PASSED_OVER:
                    raise outcome  # not merely that another payment came first: stand still and say so

    def _settle(self, fact: ContributionReceived, member: Enrollment) -> enrollment.SettleArrears:
        decided_at = self._clock(fact)
        return enrollment.SettleArrears(
            command_id=part_id(member.id, fact.command_id, f"arrears/{member.id}"),
            case_id=member.id,
            issued_by=SYSTEM,
            roles=frozenset({SYSTEM_ROLE}),
            decided_at=decided_at,
            effective_on=legal_day(decided_at),
            correlation_id=fact.correlation_id,
            causation_id=fact.command_id,
            keyed=True,
        )

    async def _members(self, fact: ContributionReceived) -> list[UUID]:
        if fact.roster_id is None:
            return list(fact.enrollment_ids)
        roster = await self._office.cases.get(fact.roster_id)
        assert isinstance(roster, Roster)
        return roster.member_ids()

    def _first(
        self, fact: ContributionReceived, record: Recorded, member: Enrollment, month: Month
    ) -> RecordFirstContribution:
        return RecordFirstContribution(
            command_id=part_id(member.id, fact.command_id, f"first/{member.id}"),
            case_id=member.id,
            issued_by=SYSTEM,
            roles=frozenset({SYSTEM_ROLE}),
            decided_at=self._clock(fact),
            effective_on=fact.effective_on,
            correlation_id=fact.correlation_id,
            causation_id=fact.command_id,
            keyed=True,
            first_month=str(month),
            payment_position=record.position,
        )


def _enrollments(found: Mapping[UUID, Case]) -> list[Enrollment]:
    return [case for case in found.values() if isinstance(case, Enrollment)]


def first_month(fact: ContributionReceived, member: Enrollment) -> Month | None:
    """Return the first month a payment covers of a member who had none before in this spell."""
    if member.status != REGISTERED:
        return None
    months = [Month.parse(month) for month in fact.months]
    if member.reenrolled_on is not None:
        months = [month for month in months if month >= Month.of(member.reenrolled_on)]
    named = member.id in fact.enrollment_ids
    return min((month for month in months if named or member.is_meant_in(month, fact)), default=None)


class ArrearsReleaseClaims:
    """Frees the waiting lines of a claim once every month up to the death is paid (PP 44/2015 Art. 42(1))."""

    name = "arrears_release_claims"
    reads = frozenset({"programme.contribution_received", "claim.payment_succeeded"})

    def __init__(self, office: Office, clock: Clock, held: HeldClaims) -> None:
        self._office = office
        self._clock = clock
        self._held = held

    async def react(self, fact: Fact, record: Recorded) -> None:
        if isinstance(fact, PaymentSucceeded):
            waiting = [fact.originator_id] if fact.to_status == HELD else []
        else:
            waiting = list(await self._held.waiting_for_arrears(fact.originator_id, record.position))
        for claim_id in waiting:
            await self._release(claim_id, fact, record)

    async def _release(self, claim_id: UUID, fact: Fact, record: Recorded) -> None:
        claim = await self._office.cases.get(claim_id)
        assert isinstance(claim, Claim)
        if claim.status != HELD or not await self._is_paid_by(record.position, claim):
            return
        command = SettleArrears(
            command_id=uuid5(fact.command_id, f"settle/{claim_id}"),
            case_id=claim_id,
            issued_by=SYSTEM,
            roles=frozenset({SYSTEM_ROLE}),
            decided_at=self._clock(fact),
            effective_on=fact.effective_on,
            causation_id=fact.command_id,
            keyed=True,
            payment_position=record.position,
        )
        [outcome] = await self._office.carry_out([command])
        if isinstance(outcome, Refusal) and outcome.code not in ("guard_failed", "step_not_open"):
            raise outcome

    async def _is_paid_by(self, position: int, claim: Claim) -> bool:
        """Tell whether the claim waited, and all months were paid, when the fact at this position was recorded.

        However late this process comes to it: what was paid afterwards has a turn of its own, and its own legal day.
        """
        cases, streams = self._office.cases, claim.companions()
        then = await cases.load([claim.id, streams["programme"]], up_to=position)
        before, programme = then.get(claim.id), then.get(streams["programme"])
        if before is None or before.status != HELD:
            return False
        enrollment = await cases.get(streams["enrollment"])
        assert isinstance(programme, Programme) and isinstance(enrollment, Enrollment)
        return not claim.months_unpaid(enrollment, programme)

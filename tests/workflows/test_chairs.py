"""Chairs of absent people, judged by the log at the decision: who, in which role, where, on which day."""

import gc
import weakref
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain.attempt.events import attempts_of
from domain.claim.aggregate import Claim
from domain.claim.commands import ApproveClaim, EndorseClaim, WithdrawStep
from domain.claim.refusals import AmountDiffersFromDetermination
from domain.command import Command
from domain.fact import Fact
from domain.refusal import (
    AuthorityExceeded,
    GuardFailed,
    NotYourRole,
    OutsideArea,
    Refusal,
    SecondPersonRequired,
)
from tests.facts import (
    AREA,
    CLAIM,
    DELEGATION,
    NOW,
    add_paper,
    approve,
    calculated_claim,
    claim_endorsed,
    claim_paper,
    command,
    delegation_granted,
    determination,
    line,
    member,
    revoke_delegation,
    start_verification,
    verification_started,
    verified_claim,
)
from tests.workflows.conftest import Tell
from workflows.answer import Answer
from workflows.chairs import Caller, first_able, with_chairs
from workflows.office import Office

LARGE = determination(line("JKM_LUMP", 150_000_000))


def dian(amount: int = 42_000_000, *roles: str, **fields: object) -> ApproveClaim:
    """Dian, a verifier of the office, approves; her token says verifier and names a delegation."""
    defaults = {
        "issued_by": "dian",
        "roles": frozenset(roles or ("verifier",)),
        "delegations": (DELEGATION,),
    }
    return approve(amount, **(defaults | fields))


async def last_of(office: Office) -> Fact:
    return (await office.cases.events(CLAIM))[-1][1]


async def outcome_of(office: Office, asked: Command) -> str:
    [outcome] = await office.carry_out([asked])
    return outcome.code if isinstance(outcome, Refusal) else str(outcome.data["status"])


async def refused(office: Office, asked: Command, kind: type[Refusal]) -> Refusal:
    [outcome] = await office.carry_out([asked])
    assert type(outcome) is kind, outcome
    return outcome


async def test_a_delegate_acts_in_the_role_and_the_event_says_by_which_delegation(
    office: Office, tell: Tell
) -> None:
    await tell(*member(), *calculated_claim(), delegation_granted("approver_1"))
    await refused(office, dian(delegations=()), NotYourRole)
    answer = await office.do(dian())
    assert answer.data["status"] == "APPROVED"
    event = await last_of(office)
    assert (event.actor, event.acting_roles, event.delegation) == ("dian", ("approver_1",), DELEGATION)


async def test_own_roles_win_over_a_chair(office: Office, tell: Tell) -> None:
    await tell(*member(), *calculated_claim(), delegation_granted("approver_2"))
    await office.do(dian(42_000_000, "approver_1"))
    event = await last_of(office)
    assert (event.acting_roles, event.delegation) == (("approver_1",), None)


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        ({}, "APPROVED"),
        ({"ends_on": date(2024, 5, 22)}, "APPROVED"),
        ({"starts_on": date(2024, 5, 22)}, "APPROVED"),
        ({"ends_on": date(2024, 5, 21)}, "not_your_role"),
        ({"starts_on": date(2024, 5, 23)}, "not_your_role"),
        ({"delegate": "ani"}, "not_your_role"),
        ({"absent": "dian", "delegate": "ani"}, "not_your_role"),
        ({"role": "finance"}, "not_your_role"),
        ({"area": None}, "APPROVED"),
        ({"area": "33"}, "APPROVED"),
        ({"area": "3374"}, "not_your_role"),
        ({"area": "337501/Medono"}, "not_your_role"),
    ],
)
async def test_a_chair_holds_for_a_person_a_role_an_area_and_days(
    office: Office, tell: Tell, granted: dict[str, object], expected: str
) -> None:
    await tell(*member(), *calculated_claim(), delegation_granted(**({"role": "approver_1"} | granted)))  # type: ignore[arg-type]  # as a story says
    assert await outcome_of(office, dian()) == expected


async def test_the_day_is_that_of_the_decision_in_jakarta_not_the_legal_day_of_the_act(
    office: Office, tell: Tell
) -> None:
    day = date(2024, 5, 22)
    await tell(*member(), *calculated_claim(), delegation_granted("approver_1", starts_on=day, ends_on=day))
    before, after = (datetime(2024, 5, day, 16, 59, tzinfo=UTC) for day in (21, 22))
    assert (
        await outcome_of(office, dian(decided_at=before, effective_on=date(2024, 5, 21))) == "not_your_role"
    )
    late = after + timedelta(minutes=1)  # midnight in Jakarta
    assert await outcome_of(office, dian(decided_at=late)) == "not_your_role"
    assert await outcome_of(office, dian(decided_at=after, effective_on=date(2024, 5, 20))) == "APPROVED"


async def test_a_revoked_delegation_has_no_effect_at_once(office: Office, tell: Tell) -> None:
    await tell(*member(), *calculated_claim(), delegation_granted("approver_1"))
    await office.do(revoke_delegation())
    assert await outcome_of(office, dian()) == "not_your_role"


async def test_a_chair_reaches_where_the_own_mandate_does_not_and_only_there(
    office: Office, tell: Tell
) -> None:
    await tell(*member(), *calculated_claim(), delegation_granted("approver_1", area="3374"))
    await refused(office, dian(area="3374"), OutsideArea)
    other = uuid4()
    await tell(delegation_granted("approver_1", other))
    here = await refused(office, dian(area="3374", delegations=(DELEGATION,)), OutsideArea)
    assert here.detail == {"area_code": AREA}
    assert await outcome_of(office, dian(area="3374", delegations=(DELEGATION, other))) == "APPROVED"
    assert (await last_of(office)).delegation == other


async def test_what_the_own_mandate_reaches_does_not_widen_a_chair(office: Office, tell: Tell) -> None:
    """A verifier of 3375 in the chair of an approver of 3374 approves nothing in 3375."""
    await tell(*member(), *calculated_claim(), delegation_granted("approver_1", area="3374"))
    assert await outcome_of(office, dian(area="3375")) == "not_your_role"


async def test_four_eyes_count_the_person_and_never_the_chair(office: Office, tell: Tell) -> None:
    verified = [*calculated_claim()]
    own_work = [one for one in verified if not isinstance(one, type(verification_started()))]
    own_work.insert(-1, verification_started(actor="dian"))
    await tell(*member(), *own_work, delegation_granted("approver_1"))
    refusal = await refused(office, dian(), SecondPersonRequired)
    assert refusal.detail == {"step": "approve", "earlier_step": "start_verification"}


async def test_work_of_the_absent_person_does_not_bar_the_delegate(office: Office, tell: Tell) -> None:
    """The chair did not verify this claim: the absent person did, and may not approve it himself."""
    verified = [one for one in calculated_claim() if not isinstance(one, type(verification_started()))]
    verified.insert(-1, verification_started(actor="kepala"))
    await tell(*member(), *verified, delegation_granted("approver_1"))
    own = await refused(office, approve(issued_by="kepala"), SecondPersonRequired)
    assert own.detail["earlier_step"] == "start_verification"
    assert await outcome_of(office, dian()) == "APPROVED"


async def test_who_endorsed_in_the_own_role_does_not_approve_in_the_chair_above(
    office: Office, tell: Tell
) -> None:
    await tell(*member(), *calculated_claim(LARGE), delegation_granted("approver_2"))
    endorse = command(EndorseClaim, CLAIM, "dian", "approver_1", delegations=(DELEGATION,))
    await office.do(endorse)
    refusal = await refused(office, dian(150_000_000, "approver_1"), SecondPersonRequired)
    assert refusal.detail["earlier_step"] == "endorse"
    claim = await office.cases.get(CLAIM)
    assert isinstance(claim, Claim) and claim.status == "CALCULATED"


async def test_who_endorsed_in_a_chair_does_not_approve_in_the_own_role(office: Office, tell: Tell) -> None:
    await tell(*member(), *calculated_claim(LARGE), delegation_granted("approver_1"))
    await office.do(command(EndorseClaim, CLAIM, "dian", "approver_2", delegations=(DELEGATION,)))
    assert (await last_of(office)).delegation == DELEGATION
    await refused(office, dian(150_000_000, "approver_2"), SecondPersonRequired)


async def test_the_limit_is_that_of_the_delegated_role(office: Office, tell: Tell) -> None:
    head = uuid4()
    endorsed = [*calculated_claim(LARGE), claim_paper("NPWP"), claim_endorsed(LARGE)]
    await tell(*member(), *endorsed, delegation_granted("approver_1"))
    refusal = await refused(office, dian(150_000_000), AuthorityExceeded)
    assert refusal.detail["roles"] == ["approver_2"]
    await tell(delegation_granted("approver_2", head))
    assert await outcome_of(office, dian(150_000_000, delegations=(DELEGATION, head))) == "APPROVED"
    assert (await last_of(office)).delegation == head


async def test_the_refusal_says_what_is_wrong_from_the_seat_that_comes_furthest(
    office: Office, tell: Tell
) -> None:
    await tell(*member(), *calculated_claim(LARGE), claim_paper("NPWP"), delegation_granted("approver_2"))
    unendorsed = await refused(office, dian(150_000_000, "approver_1"), GuardFailed)
    assert unendorsed.detail["guard"] == "endorsed"
    await refused(office, dian(150_000_000, "calculator"), GuardFailed)
    small = UUID(int=7)
    await tell(delegation_granted("finance", small))
    await refused(office, dian(1, "approver_1", delegations=(small,)), AuthorityExceeded)


async def test_what_the_own_role_may_not_the_chair_may_after_the_domain_refused(
    office: Office, tell: Tell
) -> None:
    """A verifier takes back only own steps of the day; in the chair of the approver also those of others."""
    await tell(*member(), *verified_claim(), delegation_granted("approver_1"))
    asked = command(WithdrawStep, CLAIM, "dian", "verifier", reason="berkas lain")
    await refused(office, asked, GuardFailed)
    await office.do(replace(asked, command_id=uuid4(), delegations=(DELEGATION,)))
    event = await last_of(office)
    assert (event.acting_roles, event.delegation) == (("approver_1",), DELEGATION)


async def test_a_refused_attempt_from_a_chair_is_on_record_as_such(office: Office, tell: Tell) -> None:
    await tell(*member(), *calculated_claim(), delegation_granted("approver_1"))
    await refused(office, dian(41_000_000), AmountDiffersFromDetermination)
    await refused(office, dian(delegations=()), NotYourRole)
    attempts = [fact for _, fact in await office.cases.events(attempts_of(CLAIM))]
    assert [(one.acting_roles, one.delegation) for one in attempts] == [
        (("approver_1",), DELEGATION),
        (("verifier",), None),
    ]


async def test_the_domain_refuses_a_delegate_like_everybody(office: Office, tell: Tell) -> None:
    await tell(*member(), *calculated_claim(), delegation_granted("approver_1"))
    await refused(office, dian(41_000_000), AmountDiffersFromDetermination)


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (("participant",), "not_found"),
        ((), "not_found"),
        (("auditor",), "not_your_role"),
        (("admin",), "not_your_role"),
        (("auditor", "admin", "participant"), "not_your_role"),
        (("participant", "intake"), "APPROVED"),
        (("ward_verifier",), "APPROVED"),
    ],
)
async def test_a_delegation_makes_nobody_an_officer(
    office: Office, tell: Tell, roles: tuple[str, ...], expected: str
) -> None:
    """Who only looks, only administers or only claims has no desk, and fills no chair."""
    await tell(*member(), *calculated_claim(), delegation_granted("approver_1"))
    assert await outcome_of(office, dian(roles=frozenset(roles))) == expected


async def test_the_answer_shows_the_steps_of_the_chair_too(office: Office, tell: Tell) -> None:
    await tell(*member(), *verified_claim()[:-1], delegation_granted("calculator"))
    asked = start_verification(issued_by="dian", delegations=(DELEGATION,))
    steps = (await office.do(asked)).data["open_steps"]
    assert "calculate" in steps and "order_field_check" in steps
    assert "calculate" not in (await office.do(add_paper(issued_by="budi"))).data["open_steps"]


async def test_a_command_of_another_kind_is_no_delegation(office: Office, tell: Tell) -> None:
    await tell(*member(), *calculated_claim())
    assert await outcome_of(office, dian(delegations=(CLAIM, uuid4()))) == "not_your_role"


async def test_a_caller_is_shown_the_chairs_that_the_log_gives(office: Office, tell: Tell) -> None:
    await tell(delegation_granted("approver_1"))
    caller = Caller("dian", frozenset({"verifier"}), "3374")
    today = NOW.date()
    seated = await office.with_chairs(caller, [DELEGATION, uuid4()], today)
    own, chair = seated.seats
    assert own == caller
    assert (chair.roles, chair.area, chair.delegation) == (frozenset({"approver_1"}), AREA, DELEGATION)
    assert with_chairs(seated, [], today) == caller
    await office.do(revoke_delegation())
    assert await office.with_chairs(caller, [DELEGATION], today) == caller


async def test_a_repeat_gets_its_first_answer_when_the_chair_is_gone(office: Office, tell: Tell) -> None:
    await tell(*member(), *calculated_claim(), delegation_granted("approver_1"))
    asked = dian(keyed=True, request=b"approve")
    first = await office.do(asked)
    await office.do(revoke_delegation())
    again = await office.do(replace(asked, delegations=()))
    assert isinstance(again, Answer) and again == first


def test_a_refusal_leaves_nothing_behind_for_the_collector() -> None:
    class Looked:
        """Something that was looked at before the refusal."""

    gone: list[weakref.ref[Looked]] = []

    def refused(seat: Caller) -> None:
        looked = Looked()
        gone.append(weakref.ref(looked))
        raise NotYourRole("not yours", step="approve")

    gc.disable()
    try:
        with suppress(Refusal):
            first_able(Caller("dian", frozenset({"verifier"})), refused)
        assert gone[0]() is None
    finally:
        gc.enable()

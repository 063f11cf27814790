"""Who may take, give, lay down and note; races; and that the case itself never moves by it."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.attempt.events import AttemptRefused, attempts_of
from domain.command import Command
from domain.handling.aggregate import Handling
from domain.handling.refusals import TakenByAnother
from domain.refusal import NotFound, NotYourRole, OutsideArea, Refusal, StaleVersion, StepNotOpen
from store.store import Store
from tests.facts import (
    CLAIM,
    DELEGATION,
    HANDLING,
    PERSON,
    approved_claim,
    assign_case,
    calculated_claim,
    case_taken,
    claim_filed,
    death_reported,
    delegation_granted,
    enrollment_begun,
    member,
    payment_ordered,
    payment_succeeded,
    release_case,
    start_verification,
    take_case,
    verified_claim,
    write_note,
)
from tests.workflows.conftest import Tell
from workflows.answer import Answer
from workflows.office import Office


async def refused(office: Office, asked: Command, kind: type[Refusal]) -> Refusal:
    [outcome] = await office.carry_out([asked])
    assert type(outcome) is kind, outcome
    return outcome


async def holder(office: Office) -> str | None:
    handling = await office.cases.get(HANDLING)
    assert isinstance(handling, Handling)
    return handling.held_by


async def test_taking_a_case_moves_neither_its_version_nor_its_steps(office: Office, tell: Tell) -> None:
    await tell(*member(), *verified_claim()[:-1])
    before = await office.cases.get(CLAIM)
    answer = await office.do(take_case())
    assert (answer.data["assigned_to"], answer.data["of"]) == ("vera", str(CLAIM))
    after = await office.cases.get(CLAIM)
    assert (after.version, after.taken) == (before.version, before.taken)
    await office.do(start_verification(expected_version=before.version))


@pytest.mark.parametrize(
    ("role", "able"),
    [
        ("verifier", True),
        ("calculator", True),
        ("approver_1", True),
        ("intake", True),
        ("finance", False),
        ("field_checker", False),
        ("sponsor_officer", False),
        ("auditor", False),
        ("admin", False),
    ],
)
async def test_who_may_take_some_step_from_here_may_take_the_case(
    office: Office, tell: Tell, role: str, able: bool
) -> None:
    """In verification there is work for verifier, calculator and approver, and intake may withdraw it."""
    await tell(*member(), *verified_claim())
    [outcome] = await office.carry_out([take_case("zaki", role)])
    assert isinstance(outcome, Answer if able else NotYourRole)


async def test_who_is_barred_from_every_step_does_not_take_the_case(office: Office, tell: Tell) -> None:
    """Ina confirmed that the file is complete: she verifies nothing of it."""
    await tell(*member(), *verified_claim()[:-1])
    await refused(office, take_case("ina"), NotYourRole)
    [attempt] = [fact for _, fact in await office.cases.events(attempts_of(CLAIM))]
    assert isinstance(attempt, AttemptRefused) and (attempt.step, attempt.actor) == ("take", "ina")


async def test_a_family_handles_nothing(office: Office, tell: Tell) -> None:
    await tell(*member(), death_reported(), claim_filed())
    own = take_case("budi", "participant")
    for asked in (own, assign_case("budi", "budi", "participant"), release_case("budi", "participant")):
        await refused(office, asked, NotYourRole)
    await refused(
        office, replace(write_note(), issued_by="budi", roles=frozenset({"participant"})), NotYourRole
    )
    await refused(office, take_case("stranger", "participant"), NotFound)
    await refused(office, replace(take_case("nobody"), roles=frozenset()), NotFound)


async def test_the_mandate_counts(office: Office, tell: Tell) -> None:
    await tell(*member(), *verified_claim())
    for asked in (take_case(), assign_case("ani"), release_case(), write_note()):
        await refused(office, replace(asked, area="3374"), OutsideArea)
    await office.do(take_case(area="33"))


async def test_a_chair_lets_take_and_assign_too(office: Office, tell: Tell) -> None:
    await tell(*member(), *verified_claim(), delegation_granted("approver_1"))
    by_chair = {"delegations": (DELEGATION,)}
    await refused(office, assign_case("ani", "dian", "field_checker"), NotYourRole)
    await office.do(assign_case("ani", "dian", "field_checker", **by_chair))
    [(_, fact)] = await office.cases.events(HANDLING)
    assert (fact.delegation, fact.acting_roles) == (DELEGATION, ("approver_1",))


async def test_two_take_at_once_and_one_has_it(office: Office, other_office: Office, tell: Tell) -> None:
    await tell(*member(), *verified_claim())
    outcomes = [
        outcome
        for batch in await asyncio.gather(
            *(one.carry_out([take_case(f"vera {n}")]) for n, one in enumerate([office, other_office] * 5))
        )
        for outcome in batch
    ]
    [taken] = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, TakenByAnother)]
    assert len(refusals) == 9
    assert {one.detail["assigned_to"] for one in refusals} == {taken.data["assigned_to"]}
    assert await holder(office) == taken.data["assigned_to"]
    assert len(await office.cases.events(HANDLING)) == 1


async def test_taking_it_again_writes_nothing_and_a_repeat_gets_its_first_answer(
    office: Office, tell: Tell, store: Store
) -> None:
    await tell(*member(), *verified_claim())
    asked = take_case(keyed=True, request=b"take")
    first = await office.do(asked)
    again = await office.do(take_case())
    assert (again.position, again.data["assigned_to"]) == (first.position, "vera")
    await office.do(release_case())
    await office.do(take_case("rina"))
    before = await store.last_position()
    assert await office.do(asked) == first
    assert await store.last_position() == before
    assert await holder(office) == "rina"


async def test_a_case_is_handed_on_by_who_has_it_or_given_by_an_approver(office: Office, tell: Tell) -> None:
    await tell(*member(), *verified_claim())
    await refused(office, assign_case("rina", "vera", "verifier"), NotYourRole)
    await office.do(take_case())
    refusal = await refused(office, assign_case("rina", "ani", "verifier"), NotYourRole)
    assert "vera" in refusal.message
    await refused(office, assign_case("rina", "keuangan", "admin"), NotYourRole)
    await office.do(assign_case("rina", "vera", "verifier"))
    assert await holder(office) == "rina"
    await refused(office, assign_case("vera", "vera", "verifier"), NotYourRole)
    await office.do(assign_case("vera", "agus", "approver_1"))
    await office.do(assign_case("ani", "kepala", "approver_2"))
    assert await holder(office) == "ani"


async def test_a_case_is_laid_down_by_who_has_it_or_an_approver(office: Office, tell: Tell) -> None:
    await tell(*member(), *verified_claim(), case_taken("vera"))
    await refused(office, release_case("ani"), NotYourRole)
    await office.do(release_case())
    await office.do(release_case())  # again, in vain
    await office.do(take_case("rina"))
    await office.do(release_case("agus", "approver_1"))
    assert await holder(office) is None


async def test_having_a_case_is_no_permission_and_not_having_it_no_bar(office: Office, tell: Tell) -> None:
    await tell(*member(), *verified_claim()[:-1])
    await office.do(assign_case("ina", "agus", "approver_1"))
    [own] = await office.carry_out([start_verification(issued_by="ina")])
    assert isinstance(own, Refusal) and own.code == "same_person"
    await office.do(start_verification())


async def test_at_its_end_nobody_handles_a_case_but_notes_are_written(office: Office, tell: Tell) -> None:
    closed = [*approved_claim(), *payment_ordered(), payment_succeeded("CLOSED")]
    await tell(*member(), *closed, case_taken("vera"))
    for asked in (take_case("rina"), assign_case("rina"), release_case()):
        await refused(office, asked, StepNotOpen)
    await office.do(write_note("keluarga berterima kasih"))


async def test_if_match_is_the_version_of_the_case(office: Office, tell: Tell) -> None:
    await tell(*member(), *calculated_claim())
    version = (await office.cases.get(CLAIM)).version
    await refused(office, take_case("agus", "approver_1", expected_version=version - 1), StaleVersion)
    await office.do(take_case("agus", "approver_1", expected_version=version))


async def test_only_a_claim_is_handled(office: Office, tell: Tell) -> None:
    await tell(enrollment_begun())
    await refused(office, take_case(of=uuid4()), NotFound)
    await refused(office, take_case(of=enrollment_begun().originator_id), NotFound)


async def test_a_note_is_stored_shut(office: Office, tell: Tell, store: Store) -> None:
    await tell(*member(), *verified_claim())
    position = (await office.do(write_note("rahasia keluarga"))).position
    [row] = await store.read_log(position - 1, 1)
    assert b"rahasia" not in row.state
    [(_, fact)] = await office.cases.events(HANDLING)
    opener = await office.mapper.opener_for([PERSON])
    assert vars(fact)["text"].open(opener) == "rahasia keluarga"

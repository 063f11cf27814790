"""Remembered cases: as fresh as the log, and never changed by what somebody decides on them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import FrozenInstanceError, is_dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.claim.aggregate import Claim
from domain.claim.commands import OrderFieldCheck, ReportFieldCheck
from domain.command import Behalf
from domain.enrollment.aggregate import Enrollment
from domain.fact import Fact
from domain.handling.events import handling_of
from domain.refusal import AuthorityExceeded, GuardFailed
from domain.risk.events import risk_of
from store.mapper import SealingMapper
from store.records import Append, Recorded, Verdict
from store.store import Store
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    PROGRAMME,
    ROSTER,
    TODAY,
    add_paper,
    approve,
    approved_claim,
    calculate,
    calculated_claim,
    command,
    confirm_complete,
    confirm_payment,
    contribution_received,
    death_reported,
    file_claim,
    member,
    member_suspended,
    membership_lapsed,
    order_payment,
    person_registered,
    reenrolled,
    report_death,
    risk_found,
    roster_checked,
    roster_received,
    rows_checked,
    start_verification,
    step_requested,
    take_case,
    verified_claim,
)
from tests.workflows.conftest import Tell, memory
from workflows import cases as cases_module
from workflows.cases import Cases, leaning
from workflows.chairs import Caller
from workflows.desk import open_steps
from workflows.office import Office


@pytest.fixture
def cases(store: Store, mapper: SealingMapper) -> Cases:
    return Cases(store, mapper)


class Watched:
    """The log as a case loader reads it, with every row that was read counted."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows: list[Recorded] = []
        self.asked = 0
        self._read_on = store.read_on
        monkeypatch.setattr(store, "read_on", self.read_on)

    async def read_on(self, *asked: Any) -> dict[UUID, list[Recorded]]:
        self.asked += 1
        found = await self._read_on(*asked)
        self.rows += [record for records in found.values() for record in records]
        return found


async def test_only_what_came_since_is_read_again(
    cases: Cases, store: Store, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(*member(), *calculated_claim())
    first = (await cases.load([CLAIM, ENROLLMENT]))[CLAIM]
    watched = Watched(store, monkeypatch)
    again = (await cases.load([CLAIM, ENROLLMENT]))[CLAIM]
    assert watched.rows == []
    assert again is not first and memory(again) == memory(first)


async def test_what_another_process_recorded_is_seen_at_once(
    office: Office, other_office: Office, tell: Tell
) -> None:
    await tell(*member(), death_reported())
    before = await office.cases.get(CLAIM)
    await other_office.do(add_paper("KK"))
    await other_office.do(file_claim())
    after = await office.cases.get(CLAIM)
    assert (before.version, after.version, after.status) == (1, 3, "FILED")
    assert after.position == before.position + 2


async def test_what_was_decided_and_not_recorded_leaves_no_trace(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(*member(), *approved_claim())
    before = memory(await office.cases.get(CLAIM))

    async def not_now(*_: Any, **__: Any) -> Any:
        raise GuardFailed("the log takes nothing", guard="test")

    monkeypatch.setattr(office.store, "append", not_now)
    with pytest.raises(GuardFailed):
        await office.do(order_payment())
    assert memory(await office.cases.get(CLAIM)) == before


async def test_a_companion_that_a_step_changes_is_changed_for_that_step_alone(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(*member(), *approved_claim())
    await office.do(order_payment())
    claim = await office.cases.get(CLAIM)
    assert isinstance(claim, Claim) and claim.payment_id is not None
    before = memory(await office.cases.get(claim.payment_id))
    await office.rehearse(confirm_payment())
    assert memory(await office.cases.get(claim.payment_id)) == before


async def test_a_remembered_case_is_what_its_events_add_up_to(cases: Cases, store: Store, tell: Tell) -> None:
    """Carried on event by event, with a copy thrown about in between, it is the same as folded at once."""
    told = [
        *member(),
        contribution_received("2023-09", "2023-10"),
        membership_lapsed(TODAY),
        reenrolled(TODAY, TODAY),
        member_suspended(),
        roster_received(),
        rows_checked(1, 1),
        roster_checked(1),
        step_requested(),
        *approved_claim(),
    ]
    streams = list(dict.fromkeys(one.originator_id for one in told))
    assert {PROGRAMME, ENROLLMENT, ROSTER, CLAIM} <= set(streams)
    await tell(*told)
    records = await store.read_streams(streams)
    for stream in streams:
        carried = None
        for record in records[stream]:
            carried = cases._carried_on(carried, [record])
            _spoil(carried.apart())  # type: ignore[union-attr]
        assert memory(carried) == memory(cases.fold(records[stream]))


def _spoil(case: Any) -> None:
    """Change everything that can be changed in a case."""
    for value in list(vars(case).values()):
        _spoil_value(value)


def _spoil_value(value: Any) -> None:
    if isinstance(value, dict):
        for one in value.values():
            _spoil_value(one)
        value["spoilt"] = "spoilt"
    elif isinstance(value, list):
        for one in value:
            _spoil_value(one)
        value.append("spoilt")
    elif isinstance(value, set):
        value.add("spoilt")
    elif is_dataclass(value):
        with suppress(FrozenInstanceError):
            for name in vars(value):
                setattr(value, name, "spoilt")


async def test_memory_is_bounded_and_lists_do_not_fill_it(
    cases: Cases, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases_module, "REMEMBERED_MAX", 2)
    monkeypatch.setattr(cases_module, "BULK", 3)
    ids = [uuid4() for _ in range(4)]
    await tell(*(death_reported(id_, person_id=uuid4()) for id_ in ids))
    assert len(await cases.load(ids)) == 4
    assert not cases._remembered
    for id_ in ids:
        await cases.get(id_)
    assert list(cases._remembered) == ids[-2:]


async def test_what_is_not_there_pushes_out_nothing(
    cases: Cases, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for ids that nobody gave out finds nothing, and leaves the memory to those that exist."""
    monkeypatch.setattr(cases_module, "REMEMBERED_MAX", 2)
    await tell(death_reported())
    await cases.get(CLAIM)
    for _ in range(3):
        assert await cases.load([uuid4()]) == {}
        assert await cases.around(uuid4(), Claim) == {}
    assert list(cases._remembered) == [CLAIM]
    monkeypatch.setattr(cases_module, "REMEMBERED_MAX", 100)
    for made_up in (uuid4(), uuid4()):
        assert (await cases.recall([made_up], {made_up: Claim}))[made_up].case is None
    assert list(cases._remembered) == [CLAIM]
    beside = uuid4()  # what a decision looks at is asked for again, and may well be empty
    await cases.recall([CLAIM, beside])
    assert list(cases._remembered) == [CLAIM, beside]


async def test_a_step_on_what_is_remembered_reads_nothing(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(*member(), *approved_claim())
    await office.do(order_payment())
    watched = Watched(office.store, monkeypatch)
    done = await office.do(confirm_payment())
    assert done.data["status"] == "PAID" and watched.asked == 0


async def test_what_later_steps_look_at_is_read_along_with_the_first(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    *filed, _, _ = verified_claim()
    await tell(person_registered(), *member(), *filed)
    watched = Watched(office.store, monkeypatch)
    await office.do(confirm_complete())
    assert (
        watched.asked == 2
    )  # the case with what it names, and the programme, which the office sees first here
    await office.do(start_verification())
    await office.do(calculate())
    assert watched.asked == 2


async def test_a_claim_is_read_by_one_query_with_all_that_stands_around_it(
    office: Office, other_office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    *filed, _, _ = verified_claim()
    await tell(person_registered(), *member(), *filed, risk_found("DOUBLE_CLAIM"))
    await office.cases.get(PROGRAMME)  # of many claims, and therefore remembered
    watched = Watched(office.store, monkeypatch)
    await office.do(confirm_complete())
    assert watched.asked == 1
    around = leaning(await other_office.cases.get(CLAIM), "start_verification")
    watched.asked = 0
    known = await office.cases.recall(around.values())
    assert watched.asked == 0
    assert {role for role, id_ in around.items() if known[id_].case} == {
        "enrollment", "programme", "person", "risk/DOUBLE_CLAIM"
    }  # fmt: skip
    assert {id_: seen.version for id_, seen in known.items()} == {
        id_: seen.version for id_, seen in (await other_office.cases.look(around.values())).items()
    }


@pytest.mark.parametrize("odd", ["\0", "\\u0000", '\\"person_id":"7"', "\\\0", "\ud7ff\U0001f600"])
async def test_whatever_the_text_of_its_first_event_holds_a_claim_is_read_with_all_around_it(
    office: Office, other_office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    behalf = Behalf(name="Siti", relation=f"tetangga{odd}")
    await tell(person_registered(), *member())
    await office.do(report_death(issued_by="ina", roles=frozenset({"intake"}), on_behalf_of=behalf))
    await other_office.cases.get(PROGRAMME)
    watched = Watched(office.store, monkeypatch)
    seen = (await other_office.cases.recall([CLAIM], {CLAIM: Claim}))[CLAIM].case
    assert isinstance(seen, Claim)
    await other_office.cases.recall(leaning(seen, "start_verification").values())
    assert watched.asked == 1


async def test_what_is_remembered_of_a_named_stream_stays_as_it_is(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    *filed, _, _ = verified_claim()
    await tell(*member(), *filed)
    before = (await office.cases.recall([ENROLLMENT]))[ENROLLMENT].case
    await office.do(confirm_complete())
    after = await office.cases.recall([ENROLLMENT, CLAIM])
    assert after[ENROLLMENT].case is before
    assert after[CLAIM].version == len(filed) + 1


async def test_a_case_is_seen_with_all_around_it_as_the_log_has_it_now(
    office: Office, other_office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(*member(), *calculated_claim(), risk_found("DOUBLE_CLAIM"))
    desk = handling_of(CLAIM)
    watched = Watched(office.store, monkeypatch)

    async def versions(up_to: int | None = None) -> dict[UUID, int]:
        seen = await office.cases.around(CLAIM, Claim, desk, up_to=up_to)
        return {id_: case.version for id_, case in seen.items()}

    async def in_the_log(up_to: int | None = None) -> dict[UUID, int]:
        claim = await other_office.cases.get(CLAIM, up_to=up_to)
        known = await other_office.cases.load((CLAIM, desk, *claim.companions().values()), up_to=up_to)
        return {id_: case.version for id_, case in known.items()}

    cold = await versions()
    assert watched.asked == 2  # the claim with what stands beside it, and what it names
    assert cold == await in_the_log()
    before = await office.store.last_position()
    await other_office.do(take_case("agus", "approver_1"))
    await tell(risk_found("DOCUMENT_REUSED"))
    watched.asked = 0
    moved_on = await versions()
    assert watched.asked == 1
    assert moved_on == await in_the_log()
    assert moved_on.keys() - cold.keys() == {desk, risk_of(CLAIM, "DOCUMENT_REUSED")}
    assert await versions(before) == await in_the_log(before) == cold
    claim = (await office.cases.around(CLAIM, Claim))[CLAIM]
    claim.flags.add("changed by who looked")
    assert "changed by who looked" not in (await office.cases.around(CLAIM, Claim))[CLAIM].flags


async def test_around_a_case_of_another_kind_or_of_none_there_is_nothing(office: Office, tell: Tell) -> None:
    await tell(*member())
    assert isinstance((await office.cases.around(ENROLLMENT, Claim))[ENROLLMENT], Enrollment)
    nobodys = uuid4()
    assert nobodys not in await office.cases.around(nobodys, Claim)


async def test_a_step_on_a_memory_of_the_case_that_is_out_of_date_is_decided_on_the_log(
    office: Office, other_office: Office, tell: Tell
) -> None:
    await tell(*member(), *approved_claim())
    await office.do(add_paper("WORK_REF"))
    await other_office.do(order_payment())
    done = await office.do(confirm_payment())  # what is remembered knows of no order
    assert done.data["status"] == "PAID"
    assert (await office.cases.get(CLAIM)).version == len(approved_claim()) + 3


async def test_a_step_that_leans_on_a_companion_that_moved_on_is_decided_on_the_log(
    office: Office, other_office: Office, tell: Tell
) -> None:
    """The risk is found elsewhere after this office looked: the approval must not pass over it."""
    await tell(*member(), *calculated_claim())
    [before] = await office.preview([approve()])
    assert isinstance(before, dict)
    await office.do(add_paper("WORK_REF"))
    await tell(risk_found("ACCOUNT_OF_ANOTHER_PAYEE"))
    with pytest.raises(AuthorityExceeded, match="ACCOUNT_OF_ANOTHER_PAYEE"):
        await office.do(approve())


async def test_nobody_is_told_no_on_a_memory(office: Office, other_office: Office, tell: Tell) -> None:
    await tell(*member(), *calculated_claim())
    await office.do(add_paper("WORK_REF"))
    await other_office.do(approve())
    done = await office.do(order_payment())  # not open from what is remembered
    assert done.data["version"] == len(calculated_claim()) + 3


async def test_what_a_companion_taught_is_not_remembered_as_the_cases_own(office: Office, tell: Tell) -> None:
    await tell(*member(), *calculated_claim(), risk_found("HEIR_ACCOUNT_SHARED"))
    await office.do(add_paper("WORK_REF"))
    claim = await office.cases.get(CLAIM)
    assert "HEIR_ACCOUNT_SHARED" not in claim.flags
    await office.world_of(claim)
    assert "HEIR_ACCOUNT_SHARED" in claim.flags


class Between:
    """Lets a fact be recorded after a decision was made on what was read, and before it is stored."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, office: Office, tell: Tell, *facts: Fact) -> None:
        self._append, self._tell, self._facts = office.store.append, tell, list(facts)
        monkeypatch.setattr(office.store, "append", self.append)

    async def append(self, batch: Sequence[Append], **more: Any) -> list[Verdict]:
        while self._facts:
            await self._tell(self._facts.pop(0))
        return await self._append(batch, **more)


@pytest.mark.parametrize("is_remembered", [False, True])
async def test_a_risk_found_between_look_and_append_is_not_passed_over(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch, is_remembered: bool
) -> None:
    await tell(*member(), *calculated_claim())
    if is_remembered:
        await office.preview([approve()])
    Between(monkeypatch, office, tell, risk_found("ACCOUNT_OF_ANOTHER_PAYEE"))
    with pytest.raises(AuthorityExceeded, match="ACCOUNT_OF_ANOTHER_PAYEE"):
        await office.do(approve())


async def test_a_race_lost_in_one_process_is_told_however_well_the_case_is_remembered(
    office: Office, tell: Tell
) -> None:
    await tell(*member(), death_reported())
    await office.cases.get(CLAIM)
    found = await asyncio.gather(office.carry_out([file_claim()]), office.carry_out([file_claim()]))
    kinds = sorted(type(outcome).__name__ for [outcome] in found)
    assert kinds == ["Answer", "StaleVersion"]


async def test_what_an_answer_offers_is_what_the_case_then_offers(office: Office, tell: Tell) -> None:
    """The report that was just given counts already, and lets the calculation go on."""
    await tell(*member(), *verified_claim())
    order = command(OrderFieldCheck, CLAIM, "vera", "verifier", not_working_suspected=True, reason="tetangga")
    await office.do(order)
    await office.do(add_paper("CASE_CHECK"))
    report = command(
        ReportFieldCheck, CLAIM, "udin", "field_checker", "calculator", was_working=True, findings="di pasar"
    )
    answered = (await office.do(report)).data["open_steps"]
    claim = await office.cases.get(CLAIM)
    definition = office.definition_of(claim)
    assert definition is not None and "calculate" in answered
    udin = Caller("udin", frozenset({"field_checker", "calculator"}))
    assert answered == open_steps(definition, claim, udin, await office.world_of(claim))

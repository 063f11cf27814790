"""The one way of every command, against the real log: repeats, races, keys, refusals on record."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.attempt.events import AttemptRefused, attempts_of
from domain.claim.aggregate import Claim
from domain.claim.commands import ClaimCommand, CloseCase
from domain.claim.commands import MissClock as MissClockOfClaim
from domain.claim.events import FlagReason
from domain.command import Command
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.commands import AddDocument as EnrollmentPaper
from domain.enrollment.commands import MissClock, ProposeWorker, RegisterMember, RenewSponsorship
from domain.payment.aggregate import Payment
from domain.person.aggregate import Person
from domain.person.commands import ConfirmCorrection, CorrectPerson, RejectCorrection
from domain.refusal import (
    AmountDiffers,
    Busy,
    Duplicate,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotYourRole,
    OutsideArea,
    Refusal,
    SecondPersonRequired,
    StaleVersion,
    StepNotOpen,
    SubjectErased,
)
from domain.risk.commands import RecordRisk
from domain.roster.commands import AddDocument as RosterPaper
from domain.roster.commands import FailCheck, FinishCheck, FinishStep, RecordRowsChecked, StartCheck
from domain.working_days import CALENDAR
from store.migrate import initialise
from store.records import Append, NaturalKey, Recorded, Verdict
from store.store import Store
from tests.conftest import Database
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    NOW,
    PAPERS,
    PERSON,
    PROGRAMME,
    REQUEST,
    ROSTER,
    TODAY,
    add_paper,
    approve,
    approved_claim,
    as_system,
    begin_enrollment,
    calculate,
    calculated_claim,
    claim_filed,
    claim_paper,
    command,
    confirm_complete,
    confirm_payment,
    contribution_received,
    death_reported,
    delegation_granted,
    enrollment_begun,
    file_claim,
    grant_delegation,
    member,
    open_programme,
    order_payment,
    payment_ordered,
    payment_succeeded,
    person_registered,
    programme_opened,
    receive_contribution,
    receive_roster,
    refund_overpaid,
    reject_paper,
    report_death,
    request_step,
    revoke_delegation,
    roster_checked,
    roster_received,
    rows_checked,
    start_verification,
    step_requested,
    verified_claim,
    worker,
)
from tests.workflows.conftest import Tell
from workflows.answer import Answer
from workflows.catalogue import ROLES
from workflows.decisions import PLAIN_STEPS
from workflows.office import TRIES, Office

DAY = timedelta(days=1)


async def claim_of(office: Office, claim_id: UUID = CLAIM) -> Claim:
    found = await office.cases.get(claim_id)
    assert isinstance(found, Claim)
    return found


async def attempts(office: Office, case_id: UUID = CLAIM) -> list[AttemptRefused]:
    entries = await office.cases.events(attempts_of(case_id))
    return [fact for _, fact in entries if isinstance(fact, AttemptRefused)]


async def refused(office: Office, asked: Command, kind: type[Refusal]) -> Refusal:
    [outcome] = await office.carry_out([asked])
    assert isinstance(outcome, kind), outcome
    return outcome


class Meanwhile:
    """Lets something happen after a decision was made and before it is stored, so many times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, office: Office, *acts: Callable[[], Any]) -> None:
        self._append = office.store.append
        self._acts = list(acts)
        monkeypatch.setattr(office.store, "append", self.append)

    async def append(self, batch: Sequence[Append], **more: Any) -> list[Verdict]:
        if self._acts:
            await self._acts.pop(0)()
        return await self._append(batch, **more)


# -- one command, and many


async def test_one_command_is_recorded_and_answered(office: Office, store: Store) -> None:
    answer = await office.do(open_programme())
    assert answer.position == await store.last_position() == 1
    assert answer.data == {"id": str(PROGRAMME), "status": "", "version": 1, "open_steps": []}


async def test_the_answer_names_the_steps_open_to_the_caller(office: Office, tell: Tell) -> None:
    await tell(*member())
    reported = await office.do(report_death())
    assert (reported.data["status"], reported.data["open_steps"]) == ("REPORTED", ["file", "withdraw"])
    filed = await office.do(file_claim())
    assert (filed.data["status"], filed.data["version"]) == ("FILED", 2)
    assert filed.data["open_steps"] == ["withdraw"]
    claim = await claim_of(office)
    assert filed.data["number"] == claim.reported.number
    assert (claim.definition, claim.position) == ("jkm-claim@1", filed.position)


async def test_where_nobody_waits_for_the_answer_no_steps_are_looked_up(office: Office, tell: Tell) -> None:
    await tell(*member())
    reported = await office.do(replace(report_death(), unattended=True))
    assert reported.data["status"] == "REPORTED"
    assert "open_steps" not in reported.data


async def test_no_commands_have_no_answers(office: Office) -> None:
    assert await office.carry_out([]) == []


async def test_a_batch_keeps_its_order_case_by_case_and_one_refusal_fails_nobody_else(
    office: Office, tell: Tell
) -> None:
    other = uuid4()
    await tell(*member(), death_reported(), death_reported(other, person_id=uuid4()))
    batch = [
        add_paper("KK"),
        file_claim(),
        confirm_complete(),
        add_paper("KTP_HEIR", case_id=other),
        add_paper("HEIR_CERT"),
        file_claim(case_id=other),
        approve(case_id=uuid4()),
    ]
    outcomes = await office.carry_out(batch, bulk=True)
    kinds = [
        outcome.code if isinstance(outcome, Refusal) else outcome.data["version"] for outcome in outcomes
    ]
    assert kinds == [2, 3, "documents_missing", 2, 4, 3, "not_found"]
    assert [type(fact).__name__ for _, fact in await office.cases.events(CLAIM)] == [
        "DeathReported",
        "DocumentAdded",
        "ClaimFiled",
        "DocumentAdded",
    ]


async def test_two_streams_of_one_command_stand_in_one_append(
    office: Office, tell: Tell, store: Store
) -> None:
    await tell(*approved_claim())
    ordered = await office.do(order_payment())
    claim = await claim_of(office)
    assert claim.payment_id is not None
    payment = await office.cases.get(claim.payment_id)
    assert isinstance(payment, Payment)
    assert payment.position == ordered.position == claim.position + 1 == await store.last_position()
    confirmed = await office.do(confirm_payment())
    assert confirmed.data["status"] == "PAID"
    assert (await office.cases.get(claim.payment_id)).status == "SUCCEEDED"


async def test_what_is_done_already_is_answered_and_nothing_is_written(
    office: Office, tell: Tell, store: Store
) -> None:
    await tell(roster_received(), rows_checked(1, 4), roster_checked(4))
    before = await store.last_position()
    done = [
        as_system(RecordRowsChecked, ROSTER, from_row=1, to_row=4, issues=()),
        as_system(FinishCheck, ROSTER, rows=4),
    ]
    for outcome in await office.carry_out(done):
        assert isinstance(outcome, Answer) and outcome.data["status"] == "checked"
    assert await store.last_position() == before


# -- repeats


async def test_a_repeat_gets_the_first_answer_even_when_the_case_moved_on(
    office: Office, tell: Tell, store: Store
) -> None:
    await tell(*member(), death_reported())
    asked = file_claim(keyed=True, request=b"file")
    first = await office.do(asked)
    await office.do(add_paper())
    before = await store.last_position()
    assert await office.do(asked) == first
    assert await store.last_position() == before


@pytest.mark.parametrize(
    "asked",
    [open_programme(), receive_roster(), begin_enrollment(), report_death(), grant_delegation()],
    ids=["programme", "list", "enrollment", "claim", "delegation"],
)
async def test_a_repeat_of_what_begins_a_case_gets_the_first_answer(
    office: Office, other_office: Office, tell: Tell, asked: Command
) -> None:
    if asked.aggregate == "claim":
        await tell(*member())
    elif asked.aggregate in ("roster", "enrollment"):
        await tell(programme_opened())
    asked = replace(asked, keyed=True)
    first = await office.do(asked)
    assert await office.do(asked) == first
    assert await other_office.do(asked) == first
    for _ in range(2):  # the other office has not seen the case, and then it has
        for some in (office, other_office):
            await refused(some, replace(asked, keyed=False, command_id=uuid4()), StepNotOpen)


async def test_what_a_command_begins_is_looked_for_only_once_the_append_says_that_it_is_there(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = set[UUID]()
    read_on = office.store.read_on

    async def noted(known: Mapping[UUID, int], *named: Any) -> dict[UUID, list[Recorded]]:
        asked.update(known)
        return await read_on(known, *named)

    monkeypatch.setattr(office.store, "read_on", noted)
    await tell(programme_opened())
    [first] = await office.carry_out([begin_enrollment()], bulk=True)
    assert isinstance(first, Answer) and PROGRAMME in asked and ENROLLMENT not in asked
    [again] = await office.carry_out([begin_enrollment(command_id=uuid4())], bulk=True)
    assert isinstance(again, StepNotOpen) and ENROLLMENT in asked


async def test_the_same_command_twice_in_one_batch_happens_once(office: Office, tell: Tell) -> None:
    await tell(*member(), death_reported())
    for asked in (file_claim(keyed=True), add_paper(keyed=True)):
        first, second = await office.carry_out([asked, asked])
        assert isinstance(first, Answer)
        assert first == second


async def test_the_same_command_at_two_offices_at_once_happens_once(
    office: Office, other_office: Office, tell: Tell
) -> None:
    await tell(*member(), death_reported())
    asked = file_claim(keyed=True)
    first, second = await asyncio.gather(office.do(asked), other_office.do(asked))
    assert first == second
    assert (await claim_of(office)).version == 2


async def test_without_a_key_the_same_again_is_another_request(office: Office, tell: Tell) -> None:
    await tell(*member(), death_reported())
    await office.do(file_claim())
    await refused(office, file_claim(), StepNotOpen)


@pytest.mark.parametrize("moved_on", [False, True])
async def test_a_key_is_for_one_request(office: Office, tell: Tell, moved_on: bool) -> None:
    """Whether the case would still take the step, or would refuse it."""
    await tell(*member(), death_reported())
    asked: ClaimCommand = (
        file_claim(keyed=True, request=b"a") if moved_on else add_paper(keyed=True, request=b"a")
    )
    await office.do(asked)
    await refused(office, replace(asked, request=b"b"), IdempotencyKeyReused)


async def test_a_refusal_is_not_remembered(office: Office, tell: Tell) -> None:
    await tell(*member(), death_reported())
    asked = file_claim(keyed=True, claim_date=TODAY + DAY)
    await refused(office, asked, Invalid)
    mended = replace(asked, claim_date=TODAY)
    assert isinstance(await office.do(mended), Answer)


# -- races


async def test_who_saw_another_version_is_refused(office: Office, tell: Tell) -> None:
    await tell(*member(), death_reported())
    refusal = await refused(office, file_claim(expected_version=2), StaleVersion)
    assert refusal.detail == {"version": 1}
    await office.do(file_claim(expected_version=1))


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        (add_paper("HEIR_CERT"), "recorded"),
        (add_paper("HEIR_CERT", expected_version=1), "stale"),
        (file_claim(), "stale"),
        (file_claim(expected_version=1), "stale"),
    ],
    ids=["commutes", "commutes, but saw a version", "does not commute", "saw a version"],
)
async def test_a_lost_race_is_run_again_only_where_the_order_does_not_matter(
    office: Office,
    other_office: Office,
    tell: Tell,
    monkeypatch: pytest.MonkeyPatch,
    asked: Command,
    outcome: str,
) -> None:
    await tell(*member(), death_reported())
    Meanwhile(monkeypatch, office, lambda: other_office.carry_out([add_paper("KK")]))
    # The other office stores through the same store: its own append finds no act left.
    [found] = await office.carry_out([replace(asked, command_id=uuid4())])
    assert isinstance(found, Answer) is (outcome == "recorded")
    assert isinstance(found, StaleVersion) is (outcome == "stale")
    assert (await claim_of(office)).version == (3 if outcome == "recorded" else 2)


async def test_what_the_system_does_is_decided_again_on_what_stands_then(
    office: Office, other_office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(*approved_claim(), *payment_ordered(), payment_succeeded())
    Meanwhile(monkeypatch, office, lambda: other_office.carry_out([add_paper("WORK_REF")]))
    closed = await office.do(as_system(CloseCase, CLAIM))
    assert closed.data["status"] == "CLOSED"
    assert closed.data["version"] == len(approved_claim()) + 1 + 1 + 1 + 1


async def test_a_race_is_not_run_for_ever(
    office: Office, other_office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(*member(), death_reported())
    store_it = office.store.append
    numbers = count()

    async def another_paper() -> None:
        paper = claim_paper(f"PAPER_{next(numbers)}")
        paper = replace(paper, originator_version=(await claim_of(other_office)).version + 1)
        sealed = await other_office.mapper.seal([paper])
        await store_it([Append(command_id=uuid4(), request=b"", events=sealed.events)])

    Meanwhile(monkeypatch, office, *[another_paper] * TRIES)
    await refused(office, add_paper("KK"), StaleVersion)
    assert next(numbers) == TRIES


# -- natural keys and numbers


def second_report(**fields: Any) -> Command:
    return report_death(case_id=uuid4(), **fields)


async def test_a_second_death_claim_is_a_duplicate_and_on_record_at_the_first(
    office: Office, tell: Tell
) -> None:
    await tell(*member())
    await office.do(report_death())
    asked = second_report(issued_by="ina", roles=frozenset({"intake"}))
    refusal = await refused(office, asked, Duplicate)
    assert refusal.detail == {"key": "death-claim", "existing_id": str(CLAIM)}
    [attempt] = await attempts(office)
    assert (attempt.code, attempt.actor, attempt.step, attempt.case_id) == (
        "duplicate",
        "ina",
        "report",
        CLAIM,
    )
    assert attempt.from_status == "REPORTED"
    assert (await claim_of(office)).version == 1


async def test_two_reports_in_one_batch_are_one_claim(office: Office, tell: Tell) -> None:
    await tell(*member())
    outcomes = await office.carry_out(
        [report_death(), second_report(issued_by="ina", roles=frozenset({"intake"}))]
    )
    assert [type(outcome) for outcome in outcomes] == [Answer, Duplicate]


async def test_a_participant_learns_the_id_of_his_own_claim_only(office: Office, tell: Tell) -> None:
    await tell(*member())
    await office.do(report_death())
    own = await refused(office, second_report(), Duplicate)
    assert own.detail["existing_id"] == str(CLAIM)
    strange = await refused(office, second_report(issued_by="ani"), Duplicate)
    assert strange.detail == {"key": "death-claim"}
    assert str(CLAIM) not in strange.message
    assert [attempt.actor for attempt in await attempts(office)] == ["budi", "ani"]


async def test_a_key_that_was_released_between_two_looks_is_tried_again(
    office: Office, store: Store, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = NaturalKey("death-claim", PERSON.bytes, uuid4())
    await tell(*member(), take=(held,))
    look = store.find_owners

    async def released(kind: str, digests: Sequence[bytes]) -> dict[bytes, UUID]:
        if kind == "death-claim" and await look(kind, digests):
            event = programme_opened(uuid4())
            sealed = await office.mapper.seal([event])
            await store.append(
                [Append(command_id=uuid4(), request=b"", events=sealed.events, release=[held])]
            )
        return await look(kind, digests)

    monkeypatch.setattr(store, "find_owners", released)
    assert isinstance(await office.do(report_death()), Answer)
    assert await look("death-claim", [PERSON.bytes]) == {PERSON.bytes: CLAIM}


async def test_the_reference_of_a_payment_is_used_once(office: Office, tell: Tell) -> None:
    await tell(*member())
    await office.do(receive_contribution("2023-09"))
    refusal = await refused(office, receive_contribution("2023-10"), Duplicate)
    assert refusal.detail == {"key": "payment-reference", "existing_id": str(PROGRAMME)}
    assert await attempts(office, PROGRAMME) == [], "a typing error is no attempt of weight"


async def test_one_person_has_one_live_membership(office: Office, tell: Tell) -> None:
    second = uuid4()
    await tell(programme_opened(), enrollment_begun(roster_id=None), enrollment_begun(second, roster_id=None))
    papers = [
        command(
            EnrollmentPaper,
            id_,
            "sari",
            "sponsor_officer",
            code="ENR_PKS",
            sha256="ab",
            media_type="",
            size=1,
        )
        for id_ in (ENROLLMENT, second)
    ]
    await office.carry_out(papers)
    first = await office.do(command(ProposeWorker, ENROLLMENT, "sari", "sponsor_officer"))
    assert first.data["status"] == "PROPOSED"
    refusal = await refused(office, command(ProposeWorker, second, "sari", "sponsor_officer"), Duplicate)
    assert refusal.detail == {"key": "membership", "existing_id": str(ENROLLMENT)}


async def test_numbers_that_fall_together_are_drawn_again(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def number(_: UUID, attempt: int) -> str:
        return f"{min(attempt, 2):011d}"

    monkeypatch.setattr("domain.enrollment.joining.membership_number", number)
    members = [uuid4() for _ in range(3)]
    await tell(programme_opened(), *[enrollment_begun(id_, to_status="DECREED") for id_ in members])
    outcomes = await office.carry_out([command(RegisterMember, id_, "ina", "intake") for id_ in members])
    assert all(isinstance(outcome, Answer) for outcome in outcomes)
    found = [await office.cases.get(id_) for id_ in members]
    assert [one.number for one in found if isinstance(one, Enrollment)] == [f"{n:011d}" for n in range(3)]


async def test_numbers_that_always_fall_together_are_not_drawn_for_ever(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.claim.counter.claim_number", lambda *_: "JKM-3375-2024-000001")
    other = uuid4()
    await tell(*member(), enrollment_begun(other, person_id=uuid4()))
    first, second = await office.carry_out([report_death(), second_report(enrollment_id=other)])
    assert isinstance(first, Answer)
    assert isinstance(second, Busy), "the same again, with the same key, may succeed"


# -- one person for each NIK


async def test_two_rows_of_one_person_at_once_are_one_person(
    office: Office, other_office: Office, tell: Tell
) -> None:
    await tell(programme_opened())
    enrollments = [uuid4() for _ in range(4)]
    asked = [
        begin_enrollment(case_id=id_, person_id=uuid4(), worker=worker(name=f"SITI {n}"), nik_digest=b"same")
        for n, id_ in enumerate(enrollments)
    ]
    batches = await asyncio.gather(office.carry_out(asked[:2]), other_office.carry_out(asked[2:]))
    assert all(isinstance(outcome, Answer) for batch in batches for outcome in batch)
    found = [await office.cases.get(id_) for id_ in enrollments]
    begun = [one.begun for one in found if isinstance(one, Enrollment)]
    [person_id] = {one.person_id for one in begun}
    assert isinstance(await office.cases.get(person_id), Person)
    assert sorted(one.declared is None for one in begun) == [False, False, False, True]
    people = await office.store.read_log(0, 100, topics=["person.registered"])
    assert [row.stream for row in people] == [person_id]


# -- refused attempts


async def test_an_attempt_of_weight_is_on_record_once_and_moves_nothing(office: Office, tell: Tell) -> None:
    await tell(*verified_claim())
    asked = calculate(issued_by="ina", roles=frozenset({"intake", "verifier"}))
    before = (await claim_of(office)).version
    for _ in range(3):
        refusal = await refused(office, asked, NotYourRole)
    [attempt] = await attempts(office)
    assert (attempt.code, attempt.message) == ("not_your_role", refusal.message)
    assert (attempt.actor, attempt.acting_roles) == ("ina", ("intake", "verifier"))
    assert (attempt.step, attempt.from_status, attempt.case_id) == ("calculate", "VERIFYING", CLAIM)
    assert (attempt.decided_at, attempt.effective_on, attempt.command_id) == (NOW, TODAY, asked.command_id)
    assert (await claim_of(office)).version == before
    await refused(office, replace(asked, command_id=uuid4()), NotYourRole)
    assert [one.originator_version for one in await attempts(office)] == [1, 2]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (approve(1), AmountDiffers),
        (approve(issued_by="karim"), SecondPersonRequired),
        (approve(area="3374"), OutsideArea),
        (approve(roles=frozenset({"finance"})), NotYourRole),
    ],
)
async def test_each_kind_of_weight_is_on_record(
    office: Office, tell: Tell, asked: Command, kind: type[Refusal]
) -> None:
    await tell(*calculated_claim())
    await refused(office, replace(asked, command_id=uuid4()), kind)
    assert [attempt.code for attempt in await attempts(office)] == [kind.code]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (order_payment(), StepNotOpen),
        (approve(expected_version=1), StaleVersion),
        (add_paper(issued_by="ani"), NotFound),
        (approve(effective_on=TODAY + DAY), Invalid),
    ],
)
async def test_a_mistake_without_weight_is_not_on_record(
    office: Office, tell: Tell, asked: Command, kind: type[Refusal]
) -> None:
    await tell(*calculated_claim())
    await refused(office, replace(asked, command_id=uuid4()), kind)
    assert await attempts(office) == []


async def test_the_system_is_not_put_on_record(office: Office, tell: Tell) -> None:
    await tell(*calculated_claim())
    await refused(office, as_system(type(approve()), CLAIM, amount=1), NotYourRole)
    assert await attempts(office) == []


async def test_attempts_at_once_are_all_on_record(office: Office, other_office: Office, tell: Tell) -> None:
    await tell(*calculated_claim())
    wrong = [approve(1) for _ in range(4)]
    await asyncio.gather(office.carry_out(wrong[:2]), other_office.carry_out(wrong[2:]))
    found = await attempts(office)
    assert {one.command_id for one in found} == {asked.command_id for asked in wrong}


async def test_a_rehearsal_stores_nothing_but_what_it_refuses_weighs_the_same(
    office: Office, tell: Tell, store: Store
) -> None:
    before = await tell(*calculated_claim())
    await office.rehearse(approve())
    assert await store.last_position() == before
    with pytest.raises(AmountDiffers):
        await office.rehearse(approve(1))
    assert [attempt.code for attempt in await attempts(office)] == ["amount_differs"]


# -- erased people


async def test_nothing_personal_can_be_added_for_somebody_who_was_erased(
    office: Office, other_office: Office, store: Store, tell: Tell
) -> None:
    await tell(*member(), person_registered(), death_reported())
    await other_office.do(add_paper(note="before"))
    event = programme_opened(uuid4())
    sealed = await office.mapper.seal([event])
    await store.append([Append(command_id=uuid4(), request=b"", events=sealed.events, erase=[PERSON])])
    for one in (office, other_office):  # one that does not know yet, and one that holds the key
        await refused(one, add_paper(note="after"), SubjectErased)
    assert isinstance(await office.do(add_paper()), Answer), "what is not personal goes on"
    assert (await claim_of(office)).version == 3


# -- days


async def test_the_legal_day_is_the_one_of_jakarta_and_not_after_today(office: Office, tell: Tell) -> None:
    evening = datetime(2024, 5, 22, 17, 30, tzinfo=UTC)  # half past midnight of the 23rd in Jakarta
    await tell(*member(), death_reported())
    late: dict[str, Any] = {"decided_at": evening}
    refusal = await refused(office, add_paper(effective_on=date(2024, 5, 24), **late), Invalid)
    assert refusal.detail == {"field": "effective_on"}
    await office.do(add_paper(effective_on=date(2024, 5, 23), **late))


async def test_the_day_of_a_list_may_lie_ahead(office: Office, tell: Tell) -> None:
    await tell(programme_opened())
    ahead = TODAY + 30 * DAY
    await office.do(receive_roster(effective_on=ahead))
    await office.do(begin_enrollment(effective_on=ahead))


@pytest.mark.parametrize(("back", "flagged"), [(0, False), (30, False), (31, True), (400, True)])
async def test_an_entry_far_back_is_flagged_for_information_only(
    office: Office, tell: Tell, back: int, flagged: bool
) -> None:
    await tell(*member(), death_reported(event_on=date(2023, 1, 1)), claim_filed())
    on = TODAY - back * DAY
    await office.carry_out([add_paper(code) for code in PAPERS])
    await office.do(confirm_complete(effective_on=on))
    claim = await claim_of(office)
    assert ("BACKDATED_ENTRY" in claim.flags) is flagged
    assert claim.status == "COMPLETE"
    assert claim.clocks["pay_3wd"].on == on, "the clock starts on the legal day"


async def test_the_clock_of_a_payment_stops_on_the_day_the_money_arrived(office: Office, tell: Tell) -> None:
    await tell(*approved_claim(), *payment_ordered())
    await office.do(confirm_payment(paid_on=TODAY - DAY))
    assert (await claim_of(office)).clocks["pay_3wd"].on == TODAY - DAY


async def test_a_new_case_is_pinned_to_the_version_in_force_on_the_day_of_the_event(
    office: Office, tell: Tell
) -> None:
    await tell(*member())
    refusal = await refused(office, report_death(event_on=date(2015, 6, 30)), NotFound)
    assert refusal.detail == {"definition": "jkm-claim"}


# -- what does not exist, or is something else


async def test_what_a_command_leans_on_must_exist(office: Office) -> None:
    assert "programme" in (await refused(office, begin_enrollment(), NotFound)).message
    assert "enrollment" in (await refused(office, report_death(), NotFound)).message
    await refused(office, approve(), NotFound)


async def test_what_a_command_leans_on_must_be_of_its_kind(office: Office, tell: Tell) -> None:
    await tell(*member(), roster_received())
    await refused(office, report_death(enrollment_id=PROGRAMME), NotFound)
    await refused(office, begin_enrollment(programme_id=ROSTER, case_id=uuid4()), NotFound)
    await refused(office, receive_contribution("2023-09", enrollment_ids=(ROSTER,)), NotFound)


async def test_a_command_carries_out_nothing_on_a_case_of_another_kind(office: Office, tell: Tell) -> None:
    await tell(*member(to_status="PROPOSED"), *verified_claim()[:-1])
    await refused(office, start_verification(case_id=PROGRAMME), NotFound)
    await refused(
        office, start_verification(case_id=ENROLLMENT, roles=frozenset({"ward_verifier"})), NotFound
    )
    await refused(office, receive_contribution("2023-09", case_id=CLAIM), NotFound)
    assert (await office.cases.get(ENROLLMENT)).version == 2


async def test_a_participant_acts_on_claims_of_his_own_only(office: Office, tell: Tell) -> None:
    await tell(*member(), death_reported())
    stranger = await refused(office, file_claim(issued_by="ani"), NotFound)
    nobodys = await refused(office, file_claim(case_id=uuid4()), NotFound)
    assert stranger.code == nobodys.code
    await office.do(file_claim())


async def test_an_officer_acts_within_the_area_of_the_mandate(office: Office, tell: Tell) -> None:
    await tell(*member())
    await refused(office, report_death(roles=frozenset({"intake"}), area="3374"), OutsideArea)
    await refused(office, begin_enrollment(case_id=uuid4(), area="3374"), OutsideArea)
    await refused(office, open_programme(case_id=uuid4(), area="3374"), OutsideArea)
    elsewhere = report_death(roles=frozenset({"intake"}), area="3374", event_on=TODAY + DAY)
    await refused(office, elsewhere, OutsideArea)  # and not what is wrong with the form
    await office.do(report_death(roles=frozenset({"intake"}), area="33"))


async def test_a_closed_file_takes_no_paper(office: Office, tell: Tell) -> None:
    await tell(*approved_claim(), *payment_ordered(), payment_succeeded("CLOSED"))
    refusal = await refused(office, add_paper(), StepNotOpen)
    assert refusal.detail == {"status": "CLOSED"}


# -- steps without a lifecycle


_CORRECTION: dict[str, Any] = {"enrollment_id": ENROLLMENT, "correction_id": REQUEST}
PLAIN: dict[tuple[str, str], Command] = {
    ("person", "correct"): command(
        CorrectPerson,
        PERSON,
        "ani",
        enrollment_id=ENROLLMENT,
        field="address",
        old=None,
        new="Gang Melati 4",
        reason="salah ketik",
        evidence="KTP_DECEASED",
    ),
    ("person", "confirm_correction"): command(ConfirmCorrection, PERSON, "ani", **_CORRECTION),
    ("person", "reject_correction"): command(
        RejectCorrection, PERSON, "ani", reason="kartu orang lain", **_CORRECTION
    ),
    ("programme", "refund_overpaid"): refund_overpaid("2024-06"),
    ("enrollment", "renew_sponsorship"): command(
        RenewSponsorship, ENROLLMENT, "ani", roster_id=ROSTER, row=1
    ),
    ("delegation", "grant"): grant_delegation(),
    ("delegation", "revoke"): revoke_delegation(),
    ("programme", "open"): open_programme(),
    ("programme", "receive_contribution"): receive_contribution("2023-09"),
    ("claim", "miss_clock"): as_system(MissClockOfClaim, CLAIM, clock="pay_3wd", due_on=NOW.date()),
    ("enrollment", "miss_clock"): as_system(MissClock, ENROLLMENT, clock="answer_14d", due_on=NOW.date()),
    ("claim", "reject_document"): reject_paper(),
    ("risk", "find"): as_system(
        RecordRisk,
        uuid4(),
        claim_id=CLAIM,
        person_id=PERSON,
        area_code="3375",
        reason=FlagReason(flag="DOCUMENT_REUSED", reason_id="berkas sama", reason_en="same paper"),
    ),
    ("roster", "receive"): receive_roster(),
    ("roster", "add_document"): command(
        RosterPaper, ROSTER, "ani", code="ENR_PKS", sha256="ab", media_type="", size=1
    ),
    ("roster", "request_step"): request_step(),
    ("roster", "start_check"): as_system(StartCheck, ROSTER, rows=0, unknown_columns=()),
    ("roster", "record_rows_checked"): as_system(RecordRowsChecked, ROSTER, from_row=1, to_row=0, issues=()),
    ("roster", "finish_check"): as_system(FinishCheck, ROSTER, rows=0),
    ("roster", "fail_check"): as_system(FailCheck, ROSTER, code="unreadable", message="no list"),
    ("roster", "finish_step"): as_system(
        FinishStep, ROSTER, request_id=REQUEST, member_step="propose", done=0, refused=()
    ),
}


async def test_who_may_do_what_beside_the_lifecycles(office: Office, tell: Tell) -> None:
    """Every role at every such step; who is let through is told something else than `not_your_role`."""
    await tell(
        programme_opened(),
        roster_received(),
        step_requested(),
        enrollment_begun(),
        death_reported(),
        delegation_granted(),
        person_registered(),
    )
    of_the_members_step = {("roster", "request_step"): frozenset({"sponsor_officer"})}
    for (aggregate, step), allowed in (PLAIN_STEPS | of_the_members_step).items():
        asked = PLAIN[aggregate, step]
        for role in sorted(ROLES):
            asked = replace(asked, command_id=uuid4(), issued_by="ani", roles=frozenset({role}))
            [outcome] = await office.carry_out([replace(asked, case_id=uuid4()) if asked.begins else asked])
            let_through = not isinstance(outcome, NotYourRole)
            if role == "participant":
                let_through = not isinstance(outcome, NotYourRole | NotFound)
            assert let_through is (role in allowed), (aggregate, step, role)


# -- the log of a demonstration, and a log that is busy


async def test_a_demonstration_records_at_the_instant_of_decision(
    database: Database, store: Store, office: Office
) -> None:
    await initialise(database.admin_url, log_id=uuid4(), simulated=True)
    simulated = Office(store, office.mapper, office.library, CALENDAR, simulated=True)
    await simulated.do(open_programme())
    later = NOW + timedelta(hours=1)
    await simulated.carry_out(
        [open_programme(case_id=uuid4(), decided_at=later), open_programme(case_id=uuid4())]
    )
    await simulated.carry_out(
        [open_programme(case_id=uuid4(), roles=frozenset({"finance"}), decided_at=later)]
    )
    assert [row.recorded_at for row in await store.read_log(0, 10)] == [NOW, later, later, later]


async def test_a_real_log_records_when_it_records(store: Store, office: Office) -> None:
    await office.do(open_programme())
    [row] = await store.read_log(0, 10)
    assert row.recorded_at > NOW


async def test_a_busy_log_is_told_to_whoever_asks(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: Any, **__: Any) -> list[Verdict]:
        raise Busy("the log takes nothing now")

    monkeypatch.setattr(office.store, "append", busy)
    with pytest.raises(Busy):
        await office.do(open_programme())


# -- the world as of then


async def test_the_world_of_a_case_may_be_looked_at_as_it_was(office: Office, tell: Tell) -> None:
    await tell(*member(), contribution_received("2023-09"))
    enrollment = await office.cases.get(ENROLLMENT)
    now = await office.world_of(enrollment)
    then = await office.world_of(enrollment, up_to=3)
    assert (now.cases["programme"].version, then.cases["programme"].version) == (2, 1)
    assert set(now.cases) == {"programme"}, "the list of this story was never received"

"""Claims as the register, the worklist, the timeline and the ledger show them."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from domain.attempt.events import AttemptRefused, attempts_of
from domain.claim.events import ClaimApproved, PaymentSucceeded
from domain.fact import ClockChange
from domain.sealed import Sealed
from projections.case_timeline.projection import CaseTimeline
from projections.case_timeline.view import CaseTimelineView
from projections.claim_register.projection import ClaimRegister
from projections.claim_register.view import ClaimRegisterView
from projections.enrollment_register.projection import EnrollmentRegister
from projections.programme_ledger.projection import ProgrammeLedger
from projections.programme_ledger.view import ProgrammeLedgerView
from projections.worklist.projection import Worklist
from projections.worklist.view import Opening, WorklistView
from store.sealing import Keyring
from store.store import Store
from tests.projections.facts import CLAIM, DAY, PROGRAMME, ROSTER, Story, feed, member


@pytest.mark.parametrize("page", [1, 1_000])
async def test_the_register_holds_what_a_claim_came_to(store: Store, keyring: Keyring, page: int) -> None:
    story = Story().whole()
    await feed(store, ClaimRegister(keyring), story, page)
    view = ClaimRegisterView(store.pool)
    claim = await view.get(CLAIM)
    assert claim is not None
    assert (claim.status, claim.outcome, claim.total, claim.approved_amount, claim.paid_amount) == (
        "CLOSED",
        "PAY",
        42_000_000,
        42_000_000,
        42_000_000,
    )
    assert (claim.claim_date, claim.complete_on, claim.due_on, claim.paid_on, claim.days_late) == (
        date(2024, 5, 15),
        date(2024, 5, 20),
        date(2024, 5, 27),
        date(2024, 5, 22),
        0,
    )
    assert (claim.reported_by, claim.position) == ("budi", story.position)
    for mine, found in (("budi", 1), ("anna", 0)):
        for area in ("33", None):
            shown = await view.page(reported_by=mine, area=area, status="CLOSED")
            assert (len(shown.items), shown.position) == (found, story.position)


async def test_what_is_owed_for_lateness_stands_beside_the_benefit(store: Store, keyring: Keyring) -> None:
    story = Story()
    story.publish()
    story.report_death(1)
    money: dict[str, Any] = {"bank_reference": "TRX", "penalty_due": 0, "days_late": None}
    story.tell(ClaimApproved, CLAIM, amount=42_000_000, rule_set="1")
    benefit = {"amount": 42_000_000, "paid_on": date(2024, 5, 29), "days_late": 2, "penalty_due": 840_000}
    story.tell(PaymentSucceeded, CLAIM, payment_id=uuid4(), **(money | benefit))
    story.tell(ClaimApproved, CLAIM, amount=840_000, rule_set="1", of_penalty=True)
    penalty = {"amount": 840_000, "paid_on": date(2024, 6, 20), "of_penalty": True}
    story.tell(PaymentSucceeded, CLAIM, payment_id=uuid4(), **(money | penalty))
    await feed(store, ClaimRegister(keyring), story)
    claim = await ClaimRegisterView(store.pool).get(CLAIM)
    assert claim is not None
    assert (claim.approved_amount, claim.paid_amount, claim.paid_on) == (
        42_000_000,
        42_000_000,
        date(2024, 5, 29),
    )
    assert (claim.days_late, claim.penalty_due, claim.penalty_paid) == (2, 840_000, 840_000)


@pytest.mark.parametrize("page", [1, 1_000])
async def test_the_worklist_orders_by_due_day_and_forgets_the_closed(
    store: Store, keyring: Keyring, page: int
) -> None:
    story = Story()
    story.publish()
    story.report_death(1)
    story.file()
    story.complete()
    story.verify()
    await feed(store, model := Worklist(keyring), story, page)
    view, here = (
        WorklistView(store.pool),
        [Opening(definition="jkm-claim@1", status="VERIFYING", area="3375")],
    )
    elsewhere = [Opening(definition="jkm-claim@1", status="VERIFYING", area="3374")]
    assert not (await view.page(person="zoe", open=elsewhere)).items
    [case] = (await view.page(person="zoe", open=[*elsewhere, *here])).items
    assert (case.status, case.due_on, case.kind) == ("VERIFYING", date(2024, 5, 27), "jkm")
    assert case.actors == (
        ("report", "budi"),
        ("file", "anna"),
        ("confirm_complete", "anna"),
        ("start_verification", "vera"),
    )
    filed = [Opening(definition="jkm-claim@1", status="FILED")]
    assert not (await view.page(person="zoe", open=filed)).items
    assert not (await view.page(person="zoe", open=[])).items
    told = story.position
    story.settle()
    story.close()
    async with store.pool.acquire() as db:
        await model.absorb(db, story.entries[told:])
        await model.save(db)
    everywhere = [
        Opening(definition="jkm-claim@1", status=status) for status in ("VERIFYING", "PAID", "CLOSED")
    ]
    assert not (await view.page(person="zoe", open=everywhere)).items


async def test_the_worklist_is_paged_by_urgency(store: Store, keyring: Keyring) -> None:
    """The earliest due day first, cases without a running clock last, and of equals the one that waits longest."""
    story = Story()
    for row, due_on in enumerate([None, date(2024, 6, 3), date(2024, 5, 27), None, date(2024, 6, 3)], 1):
        clock = ClockChange(clock="other", change="started", on=DAY, due_on=due_on)
        story.report_death(row, claim=member(row), number=f"JKM-{row}", clocks=(clock,))
    await feed(store, Worklist(keyring), story)
    view, numbers, cursor = WorklistView(store.pool), [], None
    here = [Opening(definition="jkm-claim@1", status="REPORTED")]
    while True:
        page = await view.page(person="zoe", open=here, limit=2, cursor=cursor)
        numbers += [case.number for case in page.items]
        if (cursor := page.next) is None:
            break
    assert numbers == ["JKM-3", "JKM-2", "JKM-5", "JKM-1", "JKM-4"]


async def test_pages_of_the_worklist_are_full_whoever_asks(store: Store, keyring: Keyring) -> None:
    """Cases of others, and those that four eyes keep from a person, take no place of a page."""
    story = Story()
    for row in range(1, 9):
        actor = "budi" if row % 2 else "tono/x"
        story.report_death(row, claim=member(row), number=f"JKM-{row}", actor=actor)
    await feed(store, Worklist(keyring), story)
    view = WorklistView(store.pool)
    barred = [Opening(definition="jkm-claim@1", status="REPORTED", separate_from=frozenset({"report"}))]
    anybody = [Opening(definition="jkm-claim@1", status="REPORTED")]
    for person, ways, own, expected in (
        ("budi", barred, False, ["JKM-2", "JKM-4", "JKM-6", "JKM-8"]),
        ("budi", [*barred, *anybody], False, [f"JKM-{n}" for n in range(1, 9)]),
        ("budi", anybody, True, ["JKM-1", "JKM-3", "JKM-5", "JKM-7"]),
        ("tono/x", anybody, True, ["JKM-2", "JKM-4", "JKM-6", "JKM-8"]),
        ("x", anybody, True, []),
    ):
        pages, cursor = [], None
        while True:
            found = await view.page(person=person, open=ways, own=own, limit=2, cursor=cursor)
            pages.append([case.number for case in found.items])
            if (cursor := found.next) is None:
                break
        assert [number for page in pages for number in page] == expected
        assert all(len(one) == 2 for one in pages if expected)


async def test_the_worklist_shows_lists_by_the_status_of_their_members(
    store: Store, keyring: Keyring
) -> None:
    story = Story()
    for row in (1, 2, 3):
        story.begin(row)
    story.propose(3)
    await feed(store, EnrollmentRegister(keyring), story)
    open_to_me = [("enrollment@1", "DRAFT"), ("enrollment@1", "PROPOSED")]
    found = (await WorklistView(store.pool).rosters(open=open_to_me, area="3375")).items
    assert [(one.roster_id, one.status, one.members) for one in found] == [
        (ROSTER, "DRAFT", 2),
        (ROSTER, "PROPOSED", 1),
    ]


async def test_the_timeline_tells_everything_but_what_is_sealed(store: Store, keyring: Keyring) -> None:
    story = Story().whole()
    story.tell(
        AttemptRefused,
        attempts_of(CLAIM),
        case_id=CLAIM,
        code="same_person",
        message="anna took an earlier step",
        step="approve",
        note=Sealed.of(member(1), "RAHASIA"),
    )
    await feed(store, EnrollmentRegister(keyring), story)
    await feed(store, CaseTimeline(keyring), story)
    view = CaseTimelineView(store.pool)
    first = await view.page(CLAIM, limit=4)
    rest = await view.page(CLAIM, cursor=first.next)
    entries = [*first.items, *rest.items]
    assert [entry.event for entry in entries][:4] == [
        "claim.death_reported",
        "claim.filed",
        "claim.document_added",
        "claim.file_complete",
    ]
    assert (entries[-1].event, entries[-1].data["code"]) == ("attempt.refused", "same_person")
    [payee] = entries[1].data["payees"]
    assert (payee["code"], payee["relation"], payee["account_name_matches"]) == ("HEIR", "spouse", True)
    assert payee.keys().isdisjoint({"name", "phone", "bank", "account_number", "account_name"})
    assert entries[3].evidence == (("DEATH_CERT", "ab" * 32),)
    assert entries[3].clocks[0]["due_on"] == "2024-05-27"
    [found] = [entry for entry in entries if entry.event == "claim.benefit_calculated"]
    assert found.data["determination"]["lines"][0]["amount"] == 10_000_000
    async with store.pool.acquire() as db:
        rows = str(await db.fetch("select t::text from read.case_timeline t"))
    for secret in ("BUDI", "PEKERJA", "1234567890", "RAHASIA", "menelepon", "sealed"):
        assert secret not in rows


async def test_a_members_timeline_shows_the_payments_that_mean_this_member(
    store: Store, keyring: Keyring
) -> None:
    story = Story()
    story.open_programme()
    story.enroll(1)
    story.pay("2023-09")
    story.enroll(2, effective_on=date(2023, 11, 30))
    story.pay("2023-10")
    story.pay("2023-11", rows=[2])
    await feed(store, EnrollmentRegister(keyring), story)
    await feed(store, CaseTimeline(keyring), story)
    view = CaseTimelineView(store.pool)
    seen = {}
    for row in (1, 2):
        entries = (await view.page(member(row))).items
        seen[row] = [entry.data["months"] for entry in entries if entry.case_id == PROGRAMME]
    assert seen == {1: [["2023-09"], ["2023-10"]], 2: [["2023-11"]]}
    assert len((await view.page(PROGRAMME)).items) == 4


async def test_the_ledger_adds_up_money_in_and_money_out(store: Store, keyring: Keyring) -> None:
    story = Story().whole(rows=3)
    story.pay("2023-11", rows=[2])
    for model in (EnrollmentRegister(keyring), ProgrammeLedger(keyring)):
        await feed(store, model, story, page=5)
    view = ProgrammeLedgerView(store.pool)
    ledger = await view.ledger(PROGRAMME)
    assert ledger is not None
    assert (ledger.target, ledger.budget, ledger.paid_in) == (1000, 201_600_000, 7 * 16_800)
    assert (ledger.approved, ledger.paid_out, ledger.position) == (42_000_000, 42_000_000, story.position)
    assert [(payment.months, payment.heads, payment.members) for payment in ledger.payments] == [
        (("2023-09", "2023-10"), (3, 3), 0),
        (("2023-11",), (1,), 1),
    ]
    assert ledger.payments[0].lines == (("CON_JKK", 30_000), ("CON_JKM", 20_400))
    assert await view.ledger(CLAIM) is None

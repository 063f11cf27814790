"""Months paid for too long, as the ledger shows them: computed, whatever came first, and gone when they went back."""

from datetime import date

import pytest

from domain.claim.events import ClaimWithdrawn
from projections.enrollment_register.projection import EnrollmentRegister
from projections.programme_ledger.projection import ProgrammeLedger
from projections.programme_ledger.view import Ledger, ProgrammeLedgerView
from store.sealing import Keyring
from store.store import Store
from tests.projections.facts import CLAIM, PROGRAMME, Story, feed, member

DIED = date(2023, 10, 10)


def paid_story() -> Story:
    story = Story()
    story.open_programme()
    for row in (1, 2):
        story.enroll(row)
    story.pay("2023-09", "2023-10", "2023-11", "2023-12", heads=2, amount=8 * 16_800)
    return story


async def ledger_of(store: Store, keyring: Keyring, story: Story, page: int) -> Ledger:
    for model in (EnrollmentRegister(keyring), ProgrammeLedger(keyring)):
        await feed(store, model, story, page)
    ledger = await ProgrammeLedgerView(store.pool).ledger(PROGRAMME)
    assert ledger is not None
    assert ledger.paid_in == ledger.invoiced + ledger.credit + ledger.refunded
    return ledger


@pytest.mark.parametrize("page", [1, 1_000])
async def test_months_after_the_month_of_death_are_overpaid(
    store: Store, keyring: Keyring, page: int
) -> None:
    story = paid_story()
    story.report_death(1, event_on=DIED)
    ledger = await ledger_of(store, keyring, story, page)
    [one] = ledger.overpaid
    assert (one.enrollment_id, one.row, one.reason, one.last_day) == (member(1), 1, "DIED", DIED)
    assert (one.months, one.amount) == (("2023-11", "2023-12"), 2 * 16_800)


@pytest.mark.parametrize("page", [1, 1_000])
async def test_a_report_taken_back_leaves_nothing_overpaid(store: Store, keyring: Keyring, page: int) -> None:
    story = paid_story()
    story.report_death(1, event_on=DIED)
    story.tell(ClaimWithdrawn, CLAIM, step="withdraw", to_status="WITHDRAWN")
    assert (await ledger_of(store, keyring, story, page)).overpaid == ()


async def test_the_last_month_of_a_member_is_owed(store: Store, keyring: Keyring) -> None:
    story = paid_story()
    story.report_death(1, event_on=date(2023, 12, 1))
    assert (await ledger_of(store, keyring, story, 1)).overpaid == ()


async def test_a_payment_that_names_the_dead_afterwards_is_overpaid_too(
    store: Store, keyring: Keyring
) -> None:
    """The log may hold such a payment, whatever is refused today."""
    story = paid_story()
    story.report_death(1, event_on=date(2023, 12, 24))
    story.pay("2024-01", rows=[1])
    [one] = (await ledger_of(store, keyring, story, 1)).overpaid
    assert one.months == ("2024-01",)


async def test_months_after_another_end_name_its_reason(store: Store, keyring: Keyring) -> None:
    story = paid_story()
    story.terminate(1, date(2023, 10, 31))
    story.terminate(2, date(2023, 8, 31), reason="DUPLICATE")
    first, second = (await ledger_of(store, keyring, story, 1)).overpaid
    assert (first.reason, first.months) == ("REMOVED", ("2023-11", "2023-12"))
    assert (second.reason, len(second.months)) == ("DUPLICATE", 4)


@pytest.mark.parametrize("page", [1, 1_000])
async def test_what_went_back_is_neither_paid_nor_overpaid(store: Store, keyring: Keyring, page: int) -> None:
    story = paid_story()
    story.report_death(1, event_on=DIED)
    story.give_back(1, "2023-11")
    story.give_back(1, "2023-12", to="credit")
    ledger = await ledger_of(store, keyring, story, page)
    assert ledger.overpaid == ()
    assert (ledger.paid_in, ledger.invoiced) == (8 * 16_800, 6 * 16_800)
    assert (ledger.credit, ledger.refunded) == (16_800, 16_800)
    assert [(one.sent_to, one.members[0].months) for one in ledger.refunds] == [
        ("account", ("2023-11",)),
        ("credit", ("2023-12",)),
    ]


@pytest.mark.parametrize("page", [1, 1_000])
async def test_a_month_paid_anew_after_it_went_back_is_paid(
    store: Store, keyring: Keyring, page: int
) -> None:
    story = paid_story()
    story.report_death(1, event_on=DIED)
    story.give_back(1, "2023-11", "2023-12")
    story.tell(ClaimWithdrawn, CLAIM, step="withdraw", to_status="WITHDRAWN")
    story.pay("2023-11", rows=[1])
    await ledger_of(store, keyring, story, page)
    months = await store.pool.fetchval(
        "select paid_months from read.enrollment_register where enrollment_id = $1", member(1)
    )
    assert months == ["2023-09", "2023-10", "2023-11"]

"""The money of a ledger: what arrived is what was invoiced, the credit and what went back, however the log is read."""

import random

import pytest

from projections.enrollment_register.projection import EnrollmentRegister
from projections.programme_ledger.projection import ProgrammeLedger
from projections.programme_ledger.view import ProgrammeLedgerView
from store.sealing import Keyring
from store.store import Store
from tests.projections.facts import PROGRAMME, Story, feed


def story_of_payments(seed: int) -> Story:
    """Payments that fit, leave a rest or use some of it, as the programme would record them."""
    chance = random.Random(seed)
    story, credit = Story(), 0
    story.open_programme()
    given_back = 0
    for _ in range(40):
        heads = chance.randint(1, 5)
        owed = 16_800 * heads
        used = chance.choice([0, min(credit, owed), min(credit, 200)])
        kept = 0 if used else chance.choice([0, 0, 200, 16_800, 5_000_001])
        credit += kept - used
        story.pay("2023-09", heads=heads, amount=owed - used + kept, credit_used=used, credit_kept=kept)
        if chance.random() < 0.2:
            given_back += 1
            to = chance.choice(["account", "credit"])
            credit += 16_800 if to == "credit" else 0
            story.give_back(1, f"{2023 + given_back}-01", to=to)
    return story


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("page", [1, 7, 1_000])
async def test_money_in_is_what_was_invoiced_and_the_credit(
    store: Store, keyring: Keyring, seed: int, page: int
) -> None:
    story = story_of_payments(seed)
    for model in (EnrollmentRegister(keyring), ProgrammeLedger(keyring)):
        await feed(store, model, story, page)
    ledger = await ProgrammeLedgerView(store.pool).ledger(PROGRAMME)
    assert ledger is not None
    assert ledger.paid_in == ledger.invoiced + ledger.credit + ledger.refunded
    assert ledger.credit > 0 and len(ledger.payments) == 40
    for payment in ledger.payments:
        assert payment.invoiced == sum(amount for _, amount in payment.lines)

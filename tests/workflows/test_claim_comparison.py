"""Claims for different people are compared: what they have in common is put on record beside each, once."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from domain.attempt.events import AttemptRefused, attempts_of
from domain.claim.aggregate import Claim
from domain.claim.events import CaseClosed, Payee, PaymentDetailsCorrected
from domain.fact import Fact
from domain.sealed import Sealed
from projections.claim_traces.projection import ClaimTraces
from projections.claim_traces.view import ClaimTracesView
from projections.positions import Positions
from projections.runner import Runner
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from tests.conftest import Database
from tests.facts import CLAIM, claim_filed, claim_paper, death_reported, fact, payee
from tests.workflows.conftest import Tell
from workflows.office import Office
from workflows.processes.claim_comparison import ClaimComparison

ANOTHER, SHARED = "ACCOUNT_OF_ANOTHER_PAYEE", "HEIR_ACCOUNT_SHARED"
FIRST, SECOND, THIRD = (uuid5(CLAIM, name) for name in ("first", "second", "third"))


@pytest.fixture
async def process(
    office: Office, store: Store, mapper: SealingMapper, keyring: Keyring, database: Database
) -> AsyncIterator[ClaimComparison]:
    """The process, with the read model following the log."""
    async with Runner(database.app_url, store, mapper, keyring, [ClaimTraces]):
        view = ClaimTracesView(store.pool, Positions(store))
        yield ClaimComparison(office, at_the_hour_of, view)


def at_the_hour_of(cause: Fact) -> datetime:
    return cause.decided_at


async def react(process: ClaimComparison, office: Office) -> None:
    """Tell the process every fact it reads, from the first, while the read model knows all that came after."""
    await Positions(office.store).wait_for(ClaimTraces.name, await office.store.last_position(), timeout=30)
    for record in await office.store.read_log(0, 10_000, topics=sorted(process.reads)):
        await process.react(office.mapper.event_of(record), record)


def heir(name: str, account: str = "10-2345.6789", bank: str = "BRI", code: str = "HEIR") -> Payee:
    subject = uuid4()
    return payee(
        code=code,
        name=Sealed.of(subject, name),
        bank=Sealed.of(subject, bank),
        account_number=Sealed.of(subject, account),
        account_name=Sealed.of(subject, name),
    )


def claim(stream: UUID, *payees: Payee, person: UUID | None = None, **papers: str) -> list[Fact]:
    """A claim for somebody, filed for these payees, with the content of each paper."""
    number = f"JKM-3375-2024-{stream.int % 10**6:06d}"
    story: list[Fact] = [death_reported(stream, person_id=person or uuid5(stream, "person"), number=number)]
    if payees:
        story.append(claim_filed(*payees, originator_id=stream))
    return [*story, *(claim_paper(code, stream, content * 32) for code, content in papers.items())]


async def flags(office: Office, stream: UUID) -> set[str]:
    found = await office.cases.get(stream)
    await office.world_of(found)
    assert isinstance(found, Claim)
    assert found.version == len(await office.cases.events(stream)), "a finding moves no version"
    return found.flags


async def test_one_account_for_two_heirs_is_found_on_the_later_claim(
    process: ClaimComparison, office: Office, tell: Tell
) -> None:
    """However the bank is written and the number spaced."""
    await tell(*claim(FIRST, heir("Siti Aminah")))
    await tell(*claim(SECOND, heir("Rudi", account="1023456789", bank="Bank Rakyat Indonesia")))
    await tell(*claim(THIRD, heir("HJ. SITI AMINAH")))
    for _ in range(2):
        await react(process, office)
    assert await flags(office, FIRST) == {SHARED}
    assert await flags(office, SECOND) == {SHARED, ANOTHER}
    assert await flags(office, THIRD) == {SHARED}, "whose account it was first is not suspected for it"
    found = await office.store.read_log(0, 1_000, topics=["risk.found"])
    assert len(found) == 4
    second = await office.cases.get(SECOND)
    await office.world_of(second)
    assert isinstance(second, Claim)
    number = f"JKM-3375-2024-{FIRST.int % 10**6:06d}"
    assert number in second.flag_reasons[ANOTHER].reason_id
    assert number in second.flag_reasons[ANOTHER].reason_en
    assert second.flagged_at[ANOTHER] > second.position


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (heir("Siti Aminah", account="9999999"), set()),
        (heir("Siti Aminah"), {SHARED}),
        (heir("Rukun Kematian", code="FUNERAL_ARRANGER"), {SHARED}),
        (heir("Rudi", account=""), set()),
        (heir("H. "), {SHARED}),
    ],
    ids=["another account", "the same heir", "who arranges funerals", "no number", "nobody named"],
)
async def test_only_an_account_of_another_heir_is_held_against_a_claim(
    process: ClaimComparison, office: Office, tell: Tell, other: Payee, expected: set[str]
) -> None:
    await tell(*claim(FIRST, heir("Siti Aminah")))
    await tell(*claim(SECOND, other))
    await react(process, office)
    assert await flags(office, SECOND) == expected


async def test_claims_for_one_person_are_not_compared(
    process: ClaimComparison, office: Office, tell: Tell
) -> None:
    """Withdrawn and filed again, a claim has the papers and perhaps the account of the first."""
    person = uuid4()
    await tell(*claim(FIRST, heir("Siti"), person=person, KK="ab"))
    await tell(*claim(SECOND, heir("Rudi"), person=person, KK="ab"))
    await react(process, office)
    assert (await flags(office, FIRST), await flags(office, SECOND)) == (set(), set())


async def test_an_account_given_later_is_compared_too(
    process: ClaimComparison, office: Office, tell: Tell
) -> None:
    await tell(*claim(FIRST, heir("Siti Aminah")))
    subject = uuid4()
    account: dict[str, Any] = {
        "payee_code": "HEIR",
        "bank": Sealed.of(subject, "BCA"),
        "account_number": Sealed.of(subject, "1023456789"),
        "account_name": Sealed.of(subject, "RUDI"),
        "account_name_matches": True,
    }
    corrected = fact(PaymentDetailsCorrected, SECOND, **account)
    await tell(*claim(SECOND, heir("Rudi", account="55555555")), corrected)
    await react(process, office)
    assert await flags(office, SECOND) == {SHARED, ANOTHER}


async def test_one_content_in_two_files_is_found_on_both_unless_one_is_closed(
    process: ClaimComparison, office: Office, tell: Tell
) -> None:
    closed = fact(CaseClosed, FIRST, step="close", from_status="PAID", to_status="CLOSED")
    await tell(*claim(FIRST, KTP_HEIR="ab"), closed)
    await tell(*claim(SECOND, KTP_HEIR="ab"))
    await tell(*claim(THIRD, KTP_HEIR="cd", KK="ab"))
    await react(process, office)
    assert await flags(office, FIRST) == set(), "what is closed is left to auditors"
    assert await flags(office, SECOND) == await flags(office, THIRD) == {"DOCUMENT_REUSED"}
    third = await office.cases.get(THIRD)
    await office.world_of(third)
    assert isinstance(third, Claim) and "KK" in third.flag_reasons["DOCUMENT_REUSED"].reason_en


async def test_a_death_reported_twice_is_found_on_the_claim_there_is(
    process: ClaimComparison, office: Office, tell: Tell
) -> None:
    await tell(*claim(FIRST))
    refused: dict[str, Any] = {"case_id": FIRST, "step": "report", "message": "…"}
    other = fact(AttemptRefused, attempts_of(FIRST), code="not_your_role", **refused)
    await tell(other)
    await react(process, office)
    assert await flags(office, FIRST) == set()
    again = fact(AttemptRefused, attempts_of(SECOND), code="duplicate", **refused)
    await tell(again)
    await react(process, office)
    assert await flags(office, FIRST) == {"DOUBLE_CLAIM"}


async def test_what_was_not_known_at_a_moment_is_not_shown_for_it(
    process: ClaimComparison, office: Office, tell: Tell
) -> None:
    await tell(*claim(FIRST, KK="ab"))
    await tell(*claim(SECOND, KK="ab"))
    before = await office.store.last_position()
    await react(process, office)
    then = await office.cases.get(SECOND, up_to=before)
    await office.world_of(then, up_to=before)
    assert then.flags == set()
    assert await flags(office, SECOND) == {"DOCUMENT_REUSED"}


async def test_no_account_and_no_name_can_be_read_from_the_read_model(
    process: ClaimComparison, office: Office, store: Store, tell: Tell
) -> None:
    await tell(*claim(FIRST, heir("Siti Aminah")))
    await react(process, office)
    [row] = await store.pool.fetch("select * from read.claim_trace_account")
    assert (len(row["account"]), len(row["heir"])) == (32, 32)
    assert row["account"] != row["heir"]

"""Clocks that run out, decided by the log: each on record once, and what follows done once, whatever is cut off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest

from domain.claim.events import ClockMissed
from domain.claim.memory import DEATH_CLAIM_KEY
from domain.fact import ClockChange, Fact
from store.records import Append, NaturalKey
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    PERSON,
    approved_claim,
    claim_filed,
    claim_paper,
    death_reported,
    documents_returned,
    enrollment_begun,
    file_complete,
    payment_ordered,
    payment_succeeded,
    programme_opened,
    proposal_returned,
    verification_started,
)
from tests.workflows.conftest import Tell
from workflows.office import Office
from workflows.processes.coverage_watch import DayBegan
from workflows.processes.deadlines import Deadlines

DUE: Final = date(2024, 8, 18)
NEXT: Final = DUE + timedelta(days=1)
HELD: Final = NaturalKey(DEATH_CLAIM_KEY, PERSON.bytes, CLAIM)


@dataclass
class Listed:
    """Candidates as a read model that never forgets would name them: the log decides."""

    rows: list[tuple[date, UUID, str]]

    async def ran_out(
        self, day: date, *, position: int, after: tuple[date, UUID, str] | None, limit: int, acted: bool
    ) -> list[tuple[date, UUID, str]]:
        return [row for row in sorted(self.rows) if row[0] < day and (after is None or row > after)][:limit]


def clock(name: str, due_on: date | None = DUE, change: str = "started") -> ClockChange:
    return ClockChange(clock=name, change=change, on=date(2024, 5, 20), due_on=due_on, waiting_on="us")


def begins(day: date) -> DayBegan:
    return DayBegan(day, datetime(2026, 11, 25, 3, tzinfo=UTC))


INCOMPLETE: Final[Sequence[Fact]] = (
    programme_opened(),
    death_reported(),
    claim_filed(),
    documents_returned("KK", clocks=(clock("incomplete_90d"),)),
)


def watch(office: Office, *names: str, case: UUID = CLAIM) -> Deadlines:
    return Deadlines(office, Listed([(DUE, case, name) for name in names]))


async def written(office: Office, case: UUID = CLAIM) -> list[tuple[str | None, str]]:
    """Return what SYSTEM wrote: step and legal day."""
    events = await office.cases.events(case)
    return [(fact.step, fact.effective_on.isoformat()) for _, fact in events if fact.actor == "SYSTEM"]


@pytest.mark.parametrize(
    ("day", "steps"),
    [
        (DUE, []),
        (NEXT, [("miss_clock", "2024-08-19"), ("lapse_incomplete", "2024-08-19")]),
        (DUE + timedelta(days=11), [("miss_clock", "2024-08-19"), ("lapse_incomplete", "2024-08-29")]),
    ],
    ids=["the due day is in time", "the day after", "ten days asleep"],
)
async def test_papers_nobody_brings_end_the_claim_and_free_the_death(
    office: Office, tell: Tell, day: date, steps: list[tuple[str, str]]
) -> None:
    await tell(*INCOMPLETE, take=(HELD,))
    deadlines = watch(office, "incomplete_90d")
    assert await deadlines.day_began(begins(day)) == len(steps)
    assert await written(office) == steps
    claim = await office.cases.get(CLAIM)
    assert claim.status == ("CLOSED" if steps else "INCOMPLETE")
    assert bool(await office.store.find_owners(DEATH_CLAIM_KEY, [PERSON.bytes])) is not bool(steps)
    assert await deadlines.day_began(begins(day)) == 0, "the same day twice brings nothing"
    assert await watch(office, "incomplete_90d").day_began(begins(day)) == 0, "nor after a restart"


async def test_the_fact_names_the_clock_its_due_day_and_what_follows(office: Office, tell: Tell) -> None:
    await tell(*INCOMPLETE, take=(HELD,))
    await watch(office, "incomplete_90d").day_began(begins(NEXT))
    [missed] = [fact for _, fact in await office.cases.events(CLAIM) if isinstance(fact, ClockMissed)]
    assert (missed.clock, missed.due_on, missed.consequence) == ("incomplete_90d", DUE, "lapse_incomplete")
    assert (missed.from_status, missed.to_status) == ("INCOMPLETE", None)


async def test_a_legal_clock_is_on_record_and_moves_nothing(office: Office, tell: Tell) -> None:
    await tell(programme_opened(), death_reported(), claim_filed(), file_complete(clocks=(clock("pay_3wd"),)))
    assert await watch(office, "pay_3wd").day_began(begins(NEXT)) == 1
    claim = await office.cases.get(CLAIM)
    assert (claim.status, claim.clocks["pay_3wd"].change, claim.clocks["pay_3wd"].due_on) == (
        "COMPLETE",
        "missed",
        DUE,
    )


async def test_a_clock_that_runs_again_is_missed_again(office: Office, tell: Tell) -> None:
    """The same due day, too: the file was confirmed complete by mistake and again, for the same legal day."""
    complete = file_complete(clocks=(clock("pay_3wd"),))
    await tell(programme_opened(), death_reported(), claim_filed(), complete)
    assert await watch(office, "pay_3wd").day_began(begins(NEXT)) == 1
    voided = verification_started(clocks=(clock("pay_3wd", change="voided"),), originator_version=5)
    await tell_later(office, voided, replace(complete, originator_version=6))
    assert await watch(office, "pay_3wd").day_began(begins(NEXT)) == 1
    assert [step for step, _ in await written(office)] == ["miss_clock", "miss_clock"]


@pytest.mark.parametrize("change", ["paused", "stopped", "voided", "missed"])
async def test_only_a_clock_that_runs_is_missed(office: Office, tell: Tell, change: str) -> None:
    stands = file_complete(clocks=(clock("pay_3wd", change=change),))
    await tell(programme_opened(), death_reported(), claim_filed(), stands)
    assert await watch(office, "pay_3wd").day_began(begins(NEXT)) == 0


async def test_a_clock_that_no_calendar_reaches_is_never_missed(office: Office, tell: Tell) -> None:
    await tell(
        programme_opened(), death_reported(), claim_filed(), file_complete(clocks=(clock("pay_3wd", None),))
    )
    assert await watch(office, "pay_3wd").day_began(begins(date(2040, 1, 1))) == 0


async def test_two_watches_at_once_write_once(office: Office, other_office: Office, tell: Tell) -> None:
    await tell(*INCOMPLETE, take=(HELD,))
    for one in (office, other_office):
        await watch(one, "incomplete_90d").day_began(begins(NEXT))
    assert [step for step, _ in await written(office)] == ["miss_clock", "lapse_incomplete"]


async def test_cut_off_between_the_fact_and_what_follows_the_next_look_goes_on(
    office: Office, tell: Tell
) -> None:
    on_record = documents_returned("KK", clocks=(clock("incomplete_90d", change="missed"),))
    await tell(*INCOMPLETE[:-1], on_record, take=(HELD,))
    assert await watch(office, "incomplete_90d").day_began(begins(NEXT)) == 1
    assert [step for step, _ in await written(office)] == ["lapse_incomplete"]


@pytest.mark.parametrize(
    ("penalty", "status"), [(0, "CLOSED"), (420_000, "PAID")], ids=["nothing owed", "compensation owed"]
)
async def test_a_paid_claim_is_closed_unless_compensation_is_owed(
    office: Office, tell: Tell, penalty: int, status: str
) -> None:
    in_time = replace(file_complete().clocks[0], change="stopped")
    paid = payment_succeeded(clocks=(in_time, clock("close_30d")), penalty_due=penalty)
    await tell(programme_opened(), *approved_claim(), *payment_ordered(), paid)
    deadlines = watch(office, "close_30d")
    assert await deadlines.day_began(begins(NEXT)) == (2 if status == "CLOSED" else 1)
    assert (await office.cases.get(CLAIM)).status == status
    assert await deadlines.day_began(begins(NEXT)) == 0


@pytest.mark.parametrize(("day", "status"), [(DUE, "RETURNED"), (NEXT, "REJECTED")], ids=["due", "past"])
async def test_a_proposal_nobody_answers_is_given_up_and_the_person_free(
    office: Office, tell: Tell, day: date, status: str
) -> None:
    returned = proposal_returned("alamat", clocks=(clock("answer_14d"),))
    key = NaturalKey("membership", PERSON.bytes, ENROLLMENT)
    await tell(programme_opened(), enrollment_begun(), returned, take=(key,))
    deadlines = watch(office, "answer_14d", case=ENROLLMENT)
    await deadlines.day_began(begins(day))
    assert (await office.cases.get(ENROLLMENT)).status == status
    holder = await office.store.find_owners("membership", [PERSON.bytes])
    assert bool(holder) is (status == "RETURNED")
    assert await deadlines.day_began(begins(day)) == 0


async def test_papers_that_came_keep_a_claim_from_lapsing_until_a_person_looks(
    office: Office, tell: Tell
) -> None:
    await tell(*INCOMPLETE, claim_paper("KK"), take=(HELD,))
    for day in (NEXT, NEXT + timedelta(days=1)):
        await watch(office, "incomplete_90d").day_began(begins(day))
    assert [step for step, _ in await written(office)] == ["miss_clock"]
    assert (await office.cases.get(CLAIM)).status == "INCOMPLETE"


async def test_a_clock_of_the_office_that_goes_back_undoes_and_repeats_nothing(
    office: Office, tell: Tell
) -> None:
    await tell(*INCOMPLETE, take=(HELD,))
    facts = [
        await watch(office, "incomplete_90d").day_began(begins(day))
        for day in (NEXT, DUE, date(2020, 2, 29), NEXT)
    ]
    assert facts == [2, 0, 0, 0]


async def tell_later(office: Office, *facts: Fact) -> None:
    """Write facts behind those of their stream."""
    for fact in facts:
        sealed = await office.mapper.seal([fact])
        [verdict] = await office.store.append(
            [Append(command_id=uuid4(), request=b"told", events=sealed.events)]
        )
        assert verdict.outcome == "recorded"

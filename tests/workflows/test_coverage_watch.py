"""What a new day brings, decided by the log: run twice it brings nothing, and a day that was missed is made up for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID, uuid4

import pytest

from domain.claim.memory import DEATH_CLAIM_KEY
from domain.enrollment.aggregate import Enrollment
from domain.fact import Fact
from store.records import Append, NaturalKey
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    PERSON,
    contribution_received,
    death_reported,
    first_contribution_paid,
    member,
)
from tests.workflows.conftest import Tell
from workflows.office import Office
from workflows.processes.contributions import ContributionsReachMembers
from workflows.processes.coverage_watch import CoverageWatch, DayBegan

PAID_TO_OCTOBER: Final = [
    *member(),
    contribution_received("2023-09", "2023-10"),
    first_contribution_paid("2023-09"),
]


class Everybody:
    """The widest list of candidates that there could be: the log decides."""

    async def due_on(self, day: date, *, position: int, after: UUID | None, limit: int) -> list[UUID]:
        return [ENROLLMENT] if after is None else []


def begins(day: date) -> DayBegan:
    return DayBegan(day, datetime(2026, 11, 25, 3, tzinfo=UTC))


async def stands(office: Office) -> tuple[str, Sequence[Fact]]:
    found = await office.cases.get(ENROLLMENT)
    assert isinstance(found, Enrollment)
    events = await office.cases.events(ENROLLMENT)
    return found.status, [fact for _, fact in events if fact.step in WATCHED]


TOMORROW: Final = date(2026, 11, 26)
WATCHED: Final = {"note_unpaid_month", "settle_arrears", "lapse"}


@pytest.mark.parametrize(
    ("day", "status", "written"),
    [
        (date(2023, 10, 31), "ACTIVE", []),
        (date(2023, 11, 30), "ACTIVE", []),
        (date(2023, 12, 1), "GRACE", [("2023-12-01", "2023-11")]),
        (date(2024, 1, 31), "GRACE", [("2023-12-01", "2023-11")]),
        (date(2024, 2, 1), "LAPSED", [("2023-12-01", "2023-11"), ("2024-02-01", "2024-02")]),
        (date(2025, 7, 9), "LAPSED", [("2023-12-01", "2023-11"), ("2024-02-01", "2024-02")]),
    ],
)
async def test_months_end_unpaid_and_the_fourth_ends_the_membership(
    office: Office, tell: Tell, day: date, status: str, written: list[tuple[str, str]]
) -> None:
    await tell(*PAID_TO_OCTOBER)
    watch = CoverageWatch(office, Everybody())
    assert await watch.day_began(begins(day)) == len(written)
    now, facts = await stands(office)
    assert now == status
    assert [(str(one.effective_on), one.month) for one in facts] == written  # type: ignore[attr-defined]
    assert await watch.day_began(begins(day)) == 0, "the same day twice brings nothing"
    assert await CoverageWatch(office, Everybody()).day_began(begins(day)) == 0, "nor after a restart"


async def test_day_by_day_or_after_a_long_sleep_it_is_the_same(office: Office, tell: Tell) -> None:
    await tell(*PAID_TO_OCTOBER)
    watch = CoverageWatch(office, Everybody())
    for day in (date(2023, 11, 1), date(2023, 12, 1), date(2023, 12, 2), date(2024, 1, 1), date(2024, 2, 1)):
        await watch.day_began(begins(day))
    _, facts = await stands(office)
    assert [str(one.effective_on) for one in facts] == ["2023-12-01", "2024-02-01"]


async def test_two_watches_at_once_write_once(office: Office, other_office: Office, tell: Tell) -> None:
    await tell(*PAID_TO_OCTOBER)
    for one in (office, other_office):
        await CoverageWatch(one, Everybody()).day_began(begins(date(2024, 3, 1)))
    _, facts = await stands(office)
    assert len(facts) == 2


@pytest.mark.parametrize(
    ("paid", "status"),
    [(("2023-11",), "ACTIVE"), (("2023-12",), "GRACE")],
    ids=["all arrears", "another month"],
)
async def test_arrears_are_settled_by_the_payment_of_every_month_that_ended(
    office: Office, tell: Tell, paid: tuple[str, ...], status: str
) -> None:
    await tell(*PAID_TO_OCTOBER)
    watch = CoverageWatch(office, Everybody())
    await watch.day_began(begins(date(2023, 12, 5)))
    await tell_later(office, contribution_received(*paid))
    await watch.day_began(begins(date(2023, 12, 6)))
    assert (await stands(office))[0] == status


async def test_a_payment_settles_without_waiting_for_the_next_day(office: Office, tell: Tell) -> None:
    await tell(*PAID_TO_OCTOBER)
    await CoverageWatch(office, Everybody()).day_began(begins(date(2023, 12, 5)))
    await tell_later(office, contribution_received("2023-11", enrollment_ids=(ENROLLMENT,)))
    process = ContributionsReachMembers(office, lambda _: datetime(2023, 12, 6, tzinfo=UTC))
    *_, record = await office.store.read_log(0, 100, topics=sorted(process.reads))
    for _ in range(2):
        await process.react(office.mapper.event_of(record), record)
    assert (await stands(office))[0] == "ACTIVE"


async def test_the_dead_do_not_lapse(office: Office, tell: Tell) -> None:
    await tell(*PAID_TO_OCTOBER, take=(NaturalKey(DEATH_CLAIM_KEY, PERSON.bytes, CLAIM),))
    assert await CoverageWatch(office, Everybody()).day_began(begins(date(2024, 6, 1))) == 0


@pytest.mark.parametrize(
    ("died_on", "facts", "status"),
    [(date(2024, 1, 31), 0, "ACTIVE"), (date(2024, 2, 1), 2, "LAPSED")],
    ids=["in grace", "on the day of the lapse"],
)
async def test_who_died_after_the_lapse_had_lapsed(
    office: Office, tell: Tell, died_on: date, facts: int, status: str
) -> None:
    key = NaturalKey(DEATH_CLAIM_KEY, PERSON.bytes, CLAIM)
    await tell(*PAID_TO_OCTOBER, death_reported(event_on=died_on), take=(key,))
    watch = CoverageWatch(office, Everybody())
    at = begins(TOMORROW).at
    await watch.before_step("suspend", [ENROLLMENT], day=date(2024, 6, 1), at=at)
    await watch.before_step("reenroll", [ENROLLMENT], day=TOMORROW, at=at)
    assert (await stands(office))[0] == "ACTIVE", "not for other steps, and not for days to come"
    await watch.before_step("settle_sponsor_arrears", [ENROLLMENT], day=date(2024, 6, 1), at=at)
    now, written = await stands(office)
    assert (now, len(written)) == (status, facts)


async def tell_later(office: Office, fact: Fact) -> None:
    """Write a fact behind those of its stream."""
    sealed = await office.mapper.seal([replace(fact, originator_version=3)])
    [verdict] = await office.store.append([Append(command_id=uuid4(), request=b"told", events=sealed.events)])
    assert verdict.outcome == "recorded"

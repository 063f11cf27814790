"""Clocks as the read model shows them: one row for each that has not ended, by due day, within a mandate."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest

from domain.claim.events import ClockMissed, FieldCheckOrdered
from domain.enrollment.events import ProposalReturned
from domain.fact import ClockChange
from domain.refusal import Invalid
from projections.deadlines.projection import CASES, CLOCKS, Deadlines
from projections.deadlines.view import DeadlinesView, OpenClock, Wanted
from projections.positions import Positions
from projections.worklist.projection import Worklist
from store.sealing import Keyring
from store.store import Store
from tests.projections.facts import CLAIM, Story, feed, member

DUE: Final = date(2024, 5, 27)  # of the claim's clock
ANSWER: Final = date(2024, 5, 23)  # of the first proposal; each other has a day more
SENT_BACK: Final = ClockChange(
    clock="answer_14d",
    change="started",
    on=date(2024, 5, 9),
    due_on=ANSWER,
    waiting_on="third_party",
    basis="convention of the desk",
)


def running(proposals: int = 1) -> Story:
    """A claim whose file is complete, and proposals that were sent back."""
    story = Story()
    story.open_programme()
    for row in range(1, proposals + 1):
        story.begin(row)
        story.propose(row)
        story.tell(
            ProposalReturned,
            member(row),
            items=("alamat",),
            clocks=(replace(SENT_BACK, due_on=ANSWER + timedelta(days=row - 1)),),
            from_status="VERIFYING",
            to_status="RETURNED",
            definition="enrollment@1",
        )
    story.report_death(1)
    story.file()
    story.complete()
    return story


def change(story: Story, to: str, *, waiting_on: str | None = None) -> None:
    """Let another fact of the claim turn its clock."""
    now = ClockChange(clock="pay_3wd", change=to, on=date(2024, 5, 21), due_on=DUE, waiting_on=waiting_on)
    story.tell(FieldCheckOrdered, CLAIM, clocks=(now,), step="order_field_check", to_status="FIELD_CHECK")


async def rows(store: Store, **wanted: str) -> list[OpenClock]:
    view = DeadlinesView(store.pool, Positions(store))
    page, _ = await view.page(Wanted(**wanted), today=DUE)  # type: ignore[arg-type]
    return list(page.items)


@pytest.mark.parametrize("page", [1, 1_000])
async def test_each_clock_that_runs_has_a_row_and_the_first_to_run_out_comes_first(
    store: Store, keyring: Keyring, page: int
) -> None:
    await feed(store, Deadlines(keyring), story := running(), page)
    proposal, claim = await rows(store)
    assert (proposal.case_id, proposal.kind, proposal.clock, proposal.status) == (
        member(1),
        "enrollment",
        "answer_14d",
        "RETURNED",
    )
    assert (proposal.area_code, proposal.ward) == ("3375", "Podosugih")
    assert (proposal.waiting_on, proposal.started_on, proposal.due_on, proposal.state) == (
        "third_party",
        date(2024, 5, 9),
        date(2024, 5, 23),
        "running",
    )
    assert (claim.case_id, claim.kind, claim.clock, claim.due_on) == (CLAIM, "claim", "pay_3wd", DUE)
    assert claim.number is not None and claim.article == "PP 44/2015"
    assert claim.position == story.position


@pytest.mark.parametrize("page", [1, 1_000])
@pytest.mark.parametrize("to", ["stopped", "voided"])
async def test_a_clock_that_ends_leaves_no_row(store: Store, keyring: Keyring, page: int, to: str) -> None:
    story = running()
    change(story, to)
    await feed(store, Deadlines(keyring), story, page)
    assert [row.clock for row in await rows(store)] == ["answer_14d"]


@pytest.mark.parametrize("page", [1, 1_000])
async def test_a_pause_says_whom_it_waits_on_and_sorts_last_until_the_clock_runs_again(
    store: Store, keyring: Keyring, page: int
) -> None:
    story = running(proposals=2)
    change(story, "paused", waiting_on="third_party")
    await feed(store, model := Deadlines(keyring), story, page)
    *_, paused = await rows(store)
    assert (paused.clock, paused.state, paused.waiting_on, paused.due_on) == (
        "pay_3wd",
        "paused",
        "third_party",
        DUE,
    )
    told = story.position
    change(story, "restarted", waiting_on="us")
    async with store.pool.acquire() as db:
        await model.absorb(db, story.entries[told:])
        await model.save(db)
    *_, again = await rows(store)
    assert (again.state, again.waiting_on, again.started_on) == ("running", "us", date(2024, 5, 21))


@pytest.mark.parametrize("page", [1, 1_000])
async def test_a_missed_clock_stays_with_what_follows(store: Store, keyring: Keyring, page: int) -> None:
    story = running()
    late = ClockChange(clock="pay_3wd", change="missed", on=date(2024, 5, 28), due_on=DUE, waiting_on="us")
    story.tell(ClockMissed, CLAIM, clock="pay_3wd", due_on=DUE, consequence="close", clocks=(late,))
    await feed(store, Deadlines(keyring), story, page)
    *_, claim = await rows(store)
    assert (claim.state, claim.due_on, claim.consequence, claim.started_on) == (
        "missed",
        DUE,
        "close",
        date(2024, 5, 20),
    )


async def test_the_counts_tell_how_urgent_things_are_whatever_page_is_shown(
    store: Store, keyring: Keyring
) -> None:
    story = running(proposals=20)  # due from the 23rd of May to the 11th of June
    await feed(store, Deadlines(keyring), story)
    view = DeadlinesView(store.pool, Positions(store))
    page, counts = await view.page(Wanted(), today=DUE, limit=3)
    assert counts == {"overdue": 4, "today": 2, "soon": 7, "later": 8}
    seen = [*page.items]
    while page.next is not None:
        page, counts = await view.page(Wanted(), today=DUE, limit=3, cursor=page.next)
        seen += page.items
    assert len(seen) == len({row.case_id for row in seen}) == 21
    assert [row.due_on for row in seen] == sorted(row.due_on for row in seen if row.due_on)
    overdue, _ = await view.page(Wanted(), today=DUE, due="overdue")
    assert len(overdue.items) == 4
    with pytest.raises(Invalid):
        await view.page(Wanted(), today=DUE, cursor="xyz")


@pytest.mark.parametrize(
    ("area", "found"),
    [("33", 2), ("3375", 2), ("3374", 0), ("337501", 1), ("337501/podosugih", 1), ("337501/Poncol", 0)],
)
async def test_a_mandate_shows_its_own_clocks_and_a_part_of_an_area_no_claims(
    store: Store, keyring: Keyring, area: str, found: int
) -> None:
    await feed(store, Deadlines(keyring), running())
    assert len(await rows(store, areas=(area,))) == found  # type: ignore[arg-type]


async def test_filters_narrow(store: Store, keyring: Keyring) -> None:
    await feed(store, Deadlines(keyring), running())
    assert [row.clock for row in await rows(store, kind="claim")] == ["pay_3wd"]
    assert [row.clock for row in await rows(store, clock="answer_14d")] == ["answer_14d"]
    assert [row.clock for row in await rows(store, waiting_on="third_party")] == ["answer_14d"]


async def test_a_clock_without_a_due_day_is_told_as_such(store: Store, keyring: Keyring) -> None:
    story = running(proposals=0)
    story.begin(1)
    nobody_knows = replace(SENT_BACK, due_on=None, calendar_ends=date(2026, 12, 31))
    story.tell(ProposalReturned, member(1), items=("rt",), clocks=(nobody_knows,), to_status="RETURNED")
    await feed(store, Deadlines(keyring), story)
    view = DeadlinesView(store.pool, Positions(store))
    page, counts = await view.page(Wanted(), today=DUE)
    assert [row.due_on for row in page.items] == [DUE, None]
    assert counts == {"today": 1, "undated": 1}


async def test_candidates_are_those_that_were_due_before_the_day_in_due_order(
    store: Store, keyring: Keyring
) -> None:
    story = running(proposals=5)
    late = ClockChange(clock="pay_3wd", change="missed", on=date(2024, 5, 28), due_on=DUE, waiting_on="us")
    story.tell(ClockMissed, CLAIM, clock="pay_3wd", due_on=DUE, consequence="close", clocks=(late,))
    await feed(store, Deadlines(keyring), story)
    view = DeadlinesView(store.pool, Positions(store))
    assert await view.unwritten(DUE) == 4
    found: list[tuple[date, object, str]] = []
    after = None
    while page := await view.ran_out(
        date(2024, 6, 1), position=story.position, after=after, limit=2, acted=True
    ):
        found += page
        after = page[-1]
    assert [due for due, _, _ in found] == [date(2024, 5, day) for day in (23, 24, 25, 26, 27, 27)]
    fresh = await view.ran_out(date(2024, 6, 1), position=0, after=None, limit=9, acted=False)
    assert CLAIM not in [case for _, case, _ in fresh] and len(fresh) == 5


async def test_the_worklist_keeps_the_due_day_of_a_missed_clock(store: Store, keyring: Keyring) -> None:
    story = running()
    change(story, "missed", waiting_on="us")
    await feed(store, Worklist(keyring), story)
    assert await store.pool.fetchval("select due_on from read.worklist where case_id = $1", CLAIM) == DUE


async def test_what_a_case_says_of_itself_is_kept_once(store: Store, keyring: Keyring) -> None:
    await feed(store, Deadlines(keyring), running(proposals=3), 1)
    assert await store.pool.fetchval(f"select count(*) from {CASES.name}") == 4
    assert await store.pool.fetchval(f"select count(*) from {CLOCKS.name}") == 4

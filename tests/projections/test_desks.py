"""Whose desk a case lies on, and how much lies on each: counts and lists are of one moment and agree."""

from datetime import date
from uuid import uuid5

import pytest

from projections.case_timeline.projection import CaseTimeline
from projections.case_timeline.view import CaseTimelineView
from projections.enrollment_register.projection import EnrollmentRegister
from projections.worklist.projection import Worklist
from projections.worklist.view import Assigned, Opening, WorklistView
from store.sealing import Keyring
from store.store import Store
from tests.projections.facts import CLAIM, NOW, PROGRAMME, Story, feed

DUE = date(2024, 5, 27)


def begun() -> Story:
    story = Story()
    story.publish()
    story.report_death(1)
    story.file()
    story.complete()
    story.verify()
    return story


@pytest.mark.parametrize("page", [1, 2, 1_000])
async def test_a_case_lies_on_one_desk_and_is_handed_on(store: Store, keyring: Keyring, page: int) -> None:
    story = begun()
    version = story.facts[-1].originator_version
    story.handle()
    await feed(store, Worklist(keyring), story, page)
    view = WorklistView(store.pool)

    async def found(to: str | None, area: str | None = None) -> int:
        listed = await view.page(person="zoe", open=None, areas=[area], assigned=Assigned(to=to))
        return len(listed.items)

    [case] = (await view.page(person="zoe", open=None)).items
    assert (case.assigned_to, case.version) == ("rina", version)
    assert case.assigned_since is not None and case.assigned_since > NOW
    assert [await found(to) for to in ("rina", "vera", None)] == [1, 0, 0]
    assert [await found("rina", area) for area in ("33", "3375", "3374")] == [1, 1, 0]


@pytest.mark.parametrize("page", [1, 1_000])
async def test_what_is_laid_down_is_nobodys_and_what_is_closed_is_on_no_desk(
    store: Store, keyring: Keyring, page: int
) -> None:
    story = begun()
    story.handle()
    story.release()
    model = Worklist(keyring)
    await feed(store, model, story, page)
    view = WorklistView(store.pool)
    [case] = (await view.page(person="zoe", open=None, assigned=Assigned(to=None))).items
    assert (case.assigned_to, case.assigned_since) == (None, None)
    told = story.position
    story.handle()
    story.settle()
    story.close()
    async with store.pool.acquire() as db:
        await model.absorb(db, story.entries[told:])
        await model.save(db)
    for assigned in (None, Assigned(to=None), Assigned(to="rina")):
        assert not (await view.page(person="zoe", open=None, assigned=assigned)).items
    assert not (await view.load(today=DUE, areas=[None])).items


async def test_the_load_counts_what_the_lists_show(store: Store, keyring: Keyring) -> None:
    story = begun()
    story.handle()
    others = [uuid5(PROGRAMME, f"claim/{n}") for n in range(4)]
    for n, claim in enumerate(others):
        story.report_death(n + 2, claim=claim, area_code="3374" if n == 3 else "3375")
    story.handle(to="rina", claim=others[0])
    story.handle(to="ani", claim=others[1])
    await feed(store, Worklist(keyring), story)
    view = WorklistView(store.pool)
    for today, overdue in ((DUE, 0), (date(2024, 5, 28), 1)):
        load = await view.load(today=today, areas=[None])
        assert [(one.name, one.open, one.overdue) for one in load.items] == [
            ("rina", 2, overdue),
            ("ani", 1, 0),
            (None, 2, 0),
        ]
        for one in load.items:
            listed = await view.page(person="zoe", open=None, assigned=Assigned(to=one.name))
            assert len(listed.items) == one.open and listed.position == load.position
            assert min(case.since for case in listed.items) == one.oldest
            late = [case for case in listed.items if case.due_on and case.due_on < today]
            assert len(late) == one.overdue
    areas = ["3374"]
    assert [(one.name, one.open) for one in (await view.load(today=DUE, areas=areas)).items] == [(None, 1)]
    areas = ["3374", "337"]
    assert sum(one.open for one in (await view.load(today=DUE, areas=areas)).items) == 5


async def test_a_list_of_ones_own_work_may_leave_out_what_others_have(store: Store, keyring: Keyring) -> None:
    story = begun()
    await feed(store, Worklist(keyring), story)
    view, here = WorklistView(store.pool), [Opening(definition="jkm-claim@1", status="VERIFYING")]
    nobodys = Assigned(to=None)
    assert len((await view.page(person="zoe", open=here, assigned=nobodys)).items) == 1
    assert not (await view.page(person="zoe", open=[], assigned=nobodys)).items
    assert not (await view.page(person="zoe", open=here, assigned=Assigned(to="rina"))).items


async def test_the_timeline_shows_who_handled_it_and_no_word_of_the_note(
    store: Store, keyring: Keyring
) -> None:
    story = Story()
    story.open_programme()
    story.enroll(1)
    story.report_death(1)
    story.handle()
    await feed(store, CaseTimeline(keyring), story)
    await feed(store, EnrollmentRegister(keyring), story)
    told = (await CaseTimelineView(store.pool).page(CLAIM)).items[-3:]
    assert [entry.event for entry in told] == ["handling.taken", "handling.note_written", "handling.assigned"]
    assert all(entry.case_id == CLAIM and entry.actor == "vera" for entry in told)
    assert "text" not in told[1].data and told[2].data["to"] == "rina"

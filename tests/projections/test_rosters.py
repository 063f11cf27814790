"""Lists as they are looked up: how far each is, whose workers wait where, and who may see it."""

from uuid import uuid5

import pytest

from projections.enrollment_register.projection import EnrollmentRegister
from projections.programme_ledger.projection import ProgrammeLedger
from projections.roster_register.projection import RosterRegister
from projections.roster_register.view import RosterRegisterView
from store.sealing import Keyring
from store.store import Store
from tests.projections.facts import PROGRAMME, ROSTER, Story, feed


async def told(store: Store, keyring: Keyring, story: Story, page: int = 1_000) -> RosterRegisterView:
    for model in (RosterRegister, EnrollmentRegister, ProgrammeLedger):
        await feed(store, model(keyring), story, page)
    return RosterRegisterView(store.pool)


@pytest.mark.parametrize("page", [1, 1_000])
async def test_a_list_says_how_far_it_is(store: Store, keyring: Keyring, page: int) -> None:
    story = Story()
    story.open_programme()
    waits = story.send("first", area_code="3375")
    done = story.send("second", replaces=waits)
    story.check(done, rows=5)
    request = story.ask(done)
    story.ask(done, "start_verification")
    story.answer(done, request)
    view = await told(store, keyring, story, page)
    newest, oldest = (await view.page()).page.items
    assert (oldest.roster_id, oldest.status, oldest.rows, oldest.checked) == (waits, "checking", None, 0)
    assert (newest.roster_id, newest.status, newest.replaces) == (done, "checked", waits)
    assert (newest.rows, newest.checked, newest.accepted, newest.rejected) == (5, 5, 4, 1)
    assert (newest.steps_running, newest.last_step, newest.position) == (
        1,
        "start_verification",
        story.position,
    )
    found = await view.page(status="checked")
    assert [row.roster_id for row in found.page.items] == [done]
    assert found.counts == {"checking": 1, "checked": 1}
    assert found.programmes[PROGRAMME].name == "Pekerja rentan"


async def test_lists_are_seen_from_their_area_and_from_the_places_in_it(
    store: Store, keyring: Keyring
) -> None:
    story = Story()
    story.open_programme()
    here, there = story.send("here", area_code="3375"), story.send("there", area_code="3273")
    view = await told(store, keyring, story)
    for areas, seen in (
        (None, [there, here]),
        (["3375"], [here]),
        (["337501"], [here]),
        (["33"], [here]),
        (["3273", "3375"], [there, here]),
        (["9999"], []),
        ([], []),
    ):
        found = await view.page(areas=areas)
        assert [row.roster_id for row in found.page.items] == seen, areas
        assert sum(found.counts.values()) == len(seen)
    first = await view.page(limit=1)
    second = await view.page(limit=1, cursor=first.page.next)
    assert [row.roster_id for row in (*first.page.items, *second.page.items)] == [there, here]
    assert second.page.next is None
    assert [one.id for one in await view.programmes(areas=["3375"])] == [PROGRAMME]
    assert await view.programmes(areas=["3273"]) == []


async def test_workers_are_counted_where_they_stand_and_found_by_row(store: Store, keyring: Keyring) -> None:
    story = Story()
    story.open_programme()
    assert story.send("roster") == ROSTER
    for row in (1, 2, 3):
        story.know(row)
        story.begin(row, ward="Medono" if row == 1 else "Tirto", district="Pekalongan Barat")
    story.propose(2)
    view = await told(store, keyring, story)
    assert (await view.page()).workers == {ROSTER: {"DRAFT": 2, "PROPOSED": 1}}
    assert (await view.page(waiting=["PROPOSED"])).waiting == 1
    assert (await view.page(waiting=["VERIFIED"])).waiting == 0
    assert [row.roster_id for row in (await view.page(waiting=["DRAFT"], only_waiting=True)).page.items] == [
        ROSTER
    ]
    assert (await view.page(waiting=["VERIFIED"], only_waiting=True)).page.items == ()
    assert await view.standing(ROSTER) == {"DRAFT": 2, "PROPOSED": 1}
    assert await view.standing(ROSTER, rows=[1, 2]) == {"DRAFT": 1, "PROPOSED": 1}
    assert await view.standing(ROSTER, except_rows=[1]) == {"DRAFT": 1, "PROPOSED": 1}
    assert await view.standing(ROSTER, wards=["Pekalongan Barat/Medono"]) == {"DRAFT": 1}
    first = await view.workers(ROSTER, limit=2)
    assert [worker.row for worker in first.items] == [1, 2] and first.next is not None
    assert [worker.row for worker in (await view.workers(ROSTER, cursor=first.next)).items] == [3]
    assert [worker.row for worker in (await view.workers(ROSTER, statuses=["PROPOSED"])).items] == [2]
    assert [
        worker.row for worker in (await view.workers(ROSTER, wards=["Pekalongan Barat/Tirto"])).items
    ] == [2, 3]
    named = await view.named(ROSTER, [3, 9])
    assert {row: worker.name for row, worker in named.items()} == {3: "SITI AMINAH"}
    assert await view.standing(uuid5(ROSTER, "other")) == {}

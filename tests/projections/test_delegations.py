"""Delegations as they are looked up: by person, by day, and for whoever may fill a chair."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid5

import pytest

from domain.delegation.events import DelegationGranted, DelegationRevoked
from domain.sealed import Sealed
from projections.delegation_register.projection import CHANNEL, DelegationRegister
from projections.delegation_register.view import DelegationRegisterView
from store.sealing import Keyring
from store.store import Store
from tests.projections.facts import PROGRAMME, Story, feed

FIRST, LAST, AFTER = date(2024, 5, 6), date(2024, 5, 10), date(2024, 5, 11)
STANDING = uuid5(PROGRAMME, "standing")
WEEK: dict[str, Any] = {"starts_on": FIRST, "ends_on": LAST, "decree": "SPT-1", "kind": "plt", "area": None}


@pytest.mark.parametrize("page", [1, 1_000])
async def test_delegations_are_found_by_person_and_day(store: Store, keyring: Keyring, page: int) -> None:
    story = Story()
    revoked = story.delegate()
    standing = STANDING
    story.tell(DelegationGranted, standing, absent="dian", delegate="wira", role="finance", **WEEK)
    view = DelegationRegisterView(store)
    assert await view.of_delegate("wira", FIRST) == []
    await feed(store, DelegationRegister(keyring), story, page)
    view.forget()
    assert [row.delegation_id for row in (await view.page()).items] == [standing, revoked]
    assert [row.delegation_id for row in (await view.page(person="dian")).items] == [standing, revoked]
    assert [row.delegation_id for row in (await view.page(person="kepala")).items] == [revoked]
    for day, found in ((FIRST, [standing]), (LAST, [standing]), (AFTER, [])):
        assert [row.delegation_id for row in (await view.page(active_on=day)).items] == found
        assert await view.of_delegate("wira", day) == found
    assert await view.of_delegate("dian", FIRST) == []
    row = (await view.page(person="kepala")).items[0]
    assert (row.granted_by, row.revoked_by, row.version, row.position) == ("admin", "admin", 2, 2)
    first = await view.page(limit=1)
    second = await view.page(limit=1, cursor=first.next)
    assert [row.delegation_id for row in (*first.items, *second.items)] == [standing, revoked]
    assert second.next is None


async def test_what_is_remembered_of_a_delegate_ends_when_the_model_moves(
    store: Store, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.bell.LOOK_EVERY", 3_600.0)  # so that only the word of the model counts
    listening = asyncio.Event()
    view, model, story = DelegationRegisterView(store), DelegationRegister(keyring), Story()
    store.listen(CHANNEL, lambda _: listening.set())
    await feed(store, model, story)
    async with asyncio.timeout(10):
        await listening.wait()
        assert await view.of_delegate("wira", FIRST) == []
        granted = story.tell(
            DelegationGranted, STANDING, absent="dian", delegate="wira", role="finance", **WEEK
        )
        await feed(store, model, story)
        while await view.of_delegate("wira", FIRST) != [STANDING]:
            await asyncio.sleep(0.01)
        await store.pool.execute("delete from read.delegation")  # behind the back of the model
        assert await view.of_delegate("wira", FIRST) == [STANDING]
        await feed(store, model, story)
        story.tell(DelegationRevoked, granted.originator_id, reason=Sealed.of(STANDING, "kembali"))
        await feed(store, model, story)
        while await view.of_delegate("wira", FIRST):
            await asyncio.sleep(0.01)

"""Delegations as they are looked up: by person, by day, and for whoever may fill a chair."""

from datetime import date
from uuid import uuid5

import pytest

from domain.delegation.events import DelegationGranted
from projections.delegation_register.projection import DelegationRegister
from projections.delegation_register.view import DelegationRegisterView
from store.sealing import Keyring
from store.store import Store
from tests.projections.facts import PROGRAMME, Story, feed

FIRST, LAST, AFTER = date(2024, 5, 6), date(2024, 5, 10), date(2024, 5, 11)


@pytest.mark.parametrize("page", [1, 1_000])
async def test_delegations_are_found_by_person_and_day(store: Store, keyring: Keyring, page: int) -> None:
    story = Story()
    revoked = story.delegate()
    standing = uuid5(PROGRAMME, "standing")
    week = {"starts_on": FIRST, "ends_on": LAST, "decree": "SPT-1", "kind": "plt", "area": None}
    story.tell(DelegationGranted, standing, absent="dian", delegate="wira", role="finance", **week)
    view = DelegationRegisterView(store.pool)
    assert await view.of_delegate("wira", FIRST) == []
    await feed(store, DelegationRegister(keyring), story, page)
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

"""The record of looks: dense, append-only, reasons sealed, and a repeat is one look."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.refusal import SubjectErased
from store.access import AccessLog, Look
from store.documents import Documents
from store.sealing import Keyring, SealBroken
from store.store import Store

HEIR, CHILD, NOBODY = uuid4(), uuid4(), uuid4()
CASE = uuid4()
REASON = "mencocokkan KTP Bapak Wiryo"


@pytest.fixture
async def log(store: Store, keyring: Keyring) -> AccessLog:
    """A record, and two people with keys of their own."""
    for subject in (HEIR, CHILD):
        await Documents(store, keyring).put(b"KTP", subject)
    return AccessLog(store.pool, keyring)


def look(**fields: Any) -> Look:
    defaults: dict[str, Any] = {
        "id": uuid4(),
        "actor": "ina",
        "issuer": "jaminan-demo",
        "roles": ["intake"],
        "kind": "claim",
        "case_id": CASE,
        "area_code": "3375",
        "subjects": [HEIR],
        "fields": ["nik"],
        "reason": REASON,
    }
    return Look(**(defaults | fields))


async def test_a_look_is_kept_whole_with_its_reason_sealed(
    log: AccessLog, admin: "asyncpg.Connection[Any]"
) -> None:
    noted = await log.note(
        look(subjects=[HEIR, CHILD], fields=["nik", "heirs"], roles=["intake", "verifier"])
    )
    [entry] = await log.page()
    assert (noted.number, noted.seen_at) == (entry.number, entry.seen_at) == (1, noted.seen_at)
    assert (entry.actor, entry.roles, entry.kind, entry.case_id) == (
        "ina",
        ("intake", "verifier"),
        "claim",
        CASE,
    )
    assert (entry.subjects, entry.fields, entry.reason) == ((HEIR, CHILD), ("nik", "heirs"), REASON)
    row = await admin.fetchrow("select * from log.access")
    assert row is not None and b"Wiryo" not in row["reason"] and "Wiryo" not in str(dict(row))


async def test_numbers_are_dense_and_instants_never_fall_however_many_look_at_once(log: AccessLog) -> None:
    noted = await asyncio.gather(*(log.note(look()) for _ in range(40)))
    assert sorted(one.number for one in noted) == list(range(1, 41))
    entries = await log.page(limit=100)
    assert [entry.number for entry in entries] == list(range(40, 0, -1))
    assert [entry.seen_at for entry in entries] == sorted((e.seen_at for e in entries), reverse=True)


async def test_the_same_look_sent_twice_is_one(log: AccessLog) -> None:
    once = look()
    assert await log.note(once) == await log.note(once)
    assert len(await log.page()) == 1


async def test_looks_are_found_by_case_person_actor_area_and_time(log: AccessLog) -> None:
    other = uuid4()
    first = await log.note(look())
    await log.note(look(actor="rina", case_id=other, subjects=[CHILD, HEIR], area_code="9171"))
    third = await log.note(look(actor="rina", subjects=[CHILD]))

    async def numbers(**wanted: Any) -> list[int]:
        return [entry.number for entry in await log.page(**wanted)]

    assert await numbers() == [3, 2, 1]
    assert await numbers(case_id=CASE) == [3, 1]
    assert await numbers(person_id=HEIR) == [2, 1]
    assert await numbers(actor="rina") == [3, 2] and await numbers(actor="rin") == []
    assert await numbers(area="33") == [3, 1] and await numbers(area="337501") == []
    assert await numbers(before=3, limit=1) == [2]
    assert await numbers(seen_from=third.seen_at) == [3]
    assert await numbers(seen_before=first.seen_at + timedelta(microseconds=1)) == [1]
    assert await numbers(case_id=other, actor="ina") == []


async def test_nobody_looks_at_who_was_erased_and_the_reason_goes_with_the_key(
    log: AccessLog, keyring: Keyring, admin: "asyncpg.Connection[Any]"
) -> None:
    await log.note(look())
    await admin.execute(
        "update log.data_key set wrapped = null, erased_at = now() where subject_id = $1", HEIR
    )
    keyring.distrust(HEIR)
    [entry] = await log.page()
    assert (entry.actor, entry.fields, entry.reason) == ("ina", ("nik",), None)
    for gone in (HEIR, NOBODY):
        with pytest.raises(SubjectErased):
            await log.note(look(subjects=[gone]))
    assert len(await log.page()) == 1


async def test_a_reason_belongs_to_its_row(log: AccessLog, admin: "asyncpg.Connection[Any]") -> None:
    """Whoever swaps the reasons of two rows as the owner of the database is found out by who reads them."""
    await log.note(look())
    await log.note(look(reason="memeriksa alamat"))
    await admin.execute("alter table log.access disable trigger append_only")
    await admin.execute(
        "update log.access a set reason = b.reason from log.access b where b.number = 3 - a.number"
    )
    with pytest.raises(SealBroken):
        await log.page()


async def test_the_application_writes_by_the_function_alone(store: Store, log: AccessLog) -> None:
    await log.note(look())
    for statement in (
        "insert into log.access select * from log.access",
        "update log.access set actor = 'nobody'",
        "delete from log.access",
        "truncate log.access",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await store.pool.execute(statement)
    assert len(await log.page()) == 1


async def test_a_look_shows_something_of_somebody(log: AccessLog) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await log.note(look(fields=[]))
    assert UUID(int=0) not in {entry.case_id for entry in await log.page()}

"""Papers under the key of the person they are about."""

from hashlib import sha256
from uuid import uuid4

import asyncpg
import pytest

from domain.refusal import NotFound, SubjectErased
from domain.sealed import ERASED
from store.documents import DocumentBroken, Documents
from store.sealing import Keyring
from store.store import Store
from tests.store.facts import command
from tests.store.test_writer import Admin, append_soon, in_flight

PAPER = b"%PDF-1.7 Surat kematian"


async def test_a_paper_comes_back_by_its_digest(store: Store, keyring: Keyring) -> None:
    documents, person, other = Documents(store, keyring), uuid4(), uuid4()
    digest = await documents.put(PAPER, person)
    assert digest == sha256(PAPER).hexdigest()
    assert await documents.put(PAPER, person) == digest
    assert await documents.put(PAPER, other) == digest  # the same paper, under another person's key
    assert await documents.get(digest, person) == await documents.get(digest, other) == PAPER
    assert await store.pool.fetchval("select count(*) from log.document") == 2
    with pytest.raises(NotFound):
        await documents.get(digest, uuid4())


async def test_the_key_made_with_a_paper_serves_events_too(store: Store, master_key: bytes) -> None:
    one, other, person = Keyring(master_key, store.pool), Keyring(master_key, store.pool), uuid4()
    digest = await Documents(store, one).put(PAPER, person)
    await other.load([person])
    [verdict] = await store.append([command(subjects=[person])])
    assert verdict.outcome == "recorded"
    assert await Documents(store, other).get(digest, person) == PAPER


async def test_erasing_the_person_erases_the_paper(store: Store, keyring: Keyring) -> None:
    documents, person = Documents(store, keyring), uuid4()
    digest = await documents.put(PAPER, person)
    await keyring.load([person])
    await store.append([command(erase=[person])])
    with pytest.raises(SubjectErased):  # the key is still in memory, but the database has the last word
        await documents.put(b"late", person)
    assert await documents.get(digest, person) is ERASED
    with pytest.raises(SubjectErased):
        await documents.put(PAPER, person)


async def test_altered_and_moved_bytes_are_noticed(
    store: Store, keyring: Keyring, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    documents, person = Documents(store, keyring), uuid4()
    one, two = await documents.put(PAPER, person), await documents.put(b"another", person)
    await admin.execute(
        "update log.document d set sealed = o.sealed from log.document o"
        " where d.sha256 = $1 and o.sha256 <> $1",
        bytes.fromhex(one),
    )
    with pytest.raises(DocumentBroken, match=one):
        await documents.get(one, person)
    assert await documents.get(two, person) == b"another"


async def test_a_key_that_comes_with_a_paper_while_an_append_is_under_way_is_not_lost(
    store: Store, master_key: bytes, admin: Admin
) -> None:
    """Keys come with papers without the append lock: what was sealed under another key is not recorded."""
    person = uuid4()
    one, other = Keyring(master_key, store.pool), Keyring(master_key, store.pool)
    mine = command(new_keys={person: one.mint(person)}, subjects=[person])
    async with admin.transaction():  # the append has judged its keys and waits to write
        await admin.execute("lock table log.command in share row exclusive mode")
        appending = append_soon(store, [mine])
        await in_flight(admin, "relation")
        await Documents(store, other).put(PAPER, person)
    [verdict] = await appending
    assert verdict.outcome == "stale"
    assert await store.last_position() == 0

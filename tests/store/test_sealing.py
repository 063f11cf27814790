"""Data keys, their wrapping, and the master key."""

import asyncio
import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from math import inf
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from domain.refusal import SubjectErased
from domain.sealed import ERASED
from store import sealing
from store.master_key import MasterKeyUnusable, load_master_key
from store.sealing import KeyNotLoaded, Keyring, OtherMasterKey
from store.store import Store
from tests.store.facts import command


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    key = os.urandom(32)
    assert load_master_key(tmp_path, {"JAMINAN_MASTER_KEY": base64.b64encode(key).decode()}) == key
    assert list(tmp_path.iterdir()) == []


def test_the_first_run_makes_a_private_file_and_later_ones_keep_it(tmp_path: Path) -> None:
    home = tmp_path / "new"
    key = load_master_key(home, {})
    [file] = home.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(key) == 32
    assert load_master_key(home, {}) == key


def test_two_first_runs_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: load_master_key(tmp_path, {}), range(8)))
    assert len(keys) == 1


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_an_unusable_key_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "master.key").write_text(text)
    with pytest.raises(MasterKeyUnusable, match=r"master\.key"):
        load_master_key(tmp_path, {})
    assert (tmp_path / "master.key").read_text() == text


def test_look_up_digests_differ_by_kind_and_master_key(master_key: bytes) -> None:
    keyring, other = Keyring(master_key), Keyring(bytes(32))
    digest = keyring.hmac("person", "3375010101900001")
    assert len(digest) == 32
    assert digest == keyring.hmac("person", "3375010101900001")
    assert (
        len(
            {digest, keyring.hmac("membership", "3375010101900001"), other.hmac("person", "3375010101900001")}
        )
        == 3
    )


async def test_a_stored_key_opens_in_another_process(store: Store, master_key: bytes) -> None:
    one, other, subject = Keyring(master_key, store.pool), Keyring(master_key, store.pool), uuid4()
    await store.append([command(new_keys={subject: one.mint(subject)})])
    sealed = one.seal(subject, b"clear", b"here")
    with pytest.raises(KeyNotLoaded):
        other.open(subject, sealed, b"here")
    await other.load([subject])
    assert other.open(subject, sealed, b"here") == b"clear"
    with pytest.raises(InvalidTag):
        other.open(subject, sealed, b"there")
    with pytest.raises(AssertionError, match="stored key already"):
        other.mint(subject)


class Counted:
    """A pool that counts what it was asked."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.queries = 0

    async def fetch(self, query: str, *arguments: object) -> Any:
        self.queries += 1
        return await self._pool.fetch(query, *arguments)


async def test_keys_that_are_asked_for_at_the_same_time_are_read_together(
    store: Store, master_key: bytes
) -> None:
    one, known, unknown = Keyring(master_key), uuid4(), uuid4()
    await store.append([command(new_keys={known: one.mint(known)})])
    pool = Counted(store.pool)
    keyring = Keyring(master_key, pool)  # type: ignore[arg-type]
    await asyncio.gather(keyring.load([known]), keyring.load([unknown]), keyring.load([known, unknown]))
    assert pool.queries == 2  # of the first, and of all who came after
    assert not keyring.lacks_stored_key(known)
    assert keyring.lacks_stored_key(unknown)


async def test_a_key_that_was_not_there_is_looked_for_again_though_the_machine_began_a_moment_ago(
    store: Store, master_key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock has not come as far then as a key is trusted."""
    monkeypatch.setattr(sealing, "TRUSTED_FOR", inf)
    one, other, subject = Keyring(master_key, store.pool), Keyring(master_key, store.pool), uuid4()
    await other.load([subject])
    await store.append([command(new_keys={subject: one.mint(subject)})])
    await other.load([subject])
    assert not other.lacks_stored_key(subject)


async def test_a_key_that_lost_the_race_gives_way(store: Store, master_key: bytes) -> None:
    one, other, subject = Keyring(master_key, store.pool), Keyring(master_key, store.pool), uuid4()
    first, second = one.mint(subject), other.mint(subject)
    [won] = await store.append([command(new_keys={subject: first})])
    [lost] = await store.append([command(new_keys={subject: second})])
    assert (won.outcome, lost.outcome) == ("recorded", "stale")
    await other.load([subject])
    assert other.open(subject, one.seal(subject, b"x", b""), b"") == b"x"


async def test_the_key_of_who_is_only_beginning_is_looked_for_once_the_append_refused_another(
    store: Store, master_key: bytes
) -> None:
    one, other, subject = Keyring(master_key, store.pool), Keyring(master_key, store.pool), uuid4()
    await store.append([command(new_keys={subject: one.mint(subject)})])
    await other.load([subject], begun={subject})
    assert other.lacks_stored_key(subject)
    [lost] = await store.append([command(new_keys={subject: other.mint(subject)})])
    assert lost.outcome == "stale"
    await other.load([subject], begun={subject})
    assert not other.lacks_stored_key(subject)
    assert other.open(subject, one.seal(subject, b"x", b""), b"") == b"x"


async def test_another_master_key_is_named_as_the_cause(store: Store, keyring: Keyring) -> None:
    subject = uuid4()
    await store.append([command(new_keys={subject: keyring.mint(subject)})])
    with pytest.raises(OtherMasterKey):
        await Keyring(bytes(32), store.pool).load([subject])


async def test_an_erased_or_unknown_subject_opens_as_erased(store: Store, keyring: Keyring) -> None:
    subject, unknown = uuid4(), uuid4()
    await store.append([command(new_keys={subject: keyring.mint(subject)})])
    sealed = keyring.seal(subject, b"x", b"")
    await store.append([command(erase=[subject])])
    keyring.distrust(subject)
    await keyring.load([subject, unknown])
    assert keyring.open(subject, sealed, b"") is ERASED
    assert keyring.open(unknown, sealed, b"") is ERASED
    assert (keyring.is_erased(subject), keyring.is_erased(unknown)) == (True, False)
    with pytest.raises(SubjectErased):
        keyring.seal(subject, b"x", b"")
    with pytest.raises(SubjectErased):
        keyring.mint(subject)


async def test_a_key_erased_elsewhere_is_noticed(
    store: Store, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = uuid4()
    await store.append([command(new_keys={subject: keyring.mint(subject)})])
    sealed = keyring.seal(subject, b"x", b"")
    await keyring.load([subject])
    await store.append([command(erase=[subject])])
    await keyring.load([subject])
    assert keyring.open(subject, sealed, b"") == b"x"  # trusted a little longer
    monkeypatch.setattr(sealing, "TRUSTED_FOR", 0)
    await keyring.load([subject])
    assert keyring.open(subject, sealed, b"") is ERASED


async def test_a_key_to_be_asked_for_anew_is_usable_until_the_log_has_answered(
    store: Store, keyring: Keyring
) -> None:
    """Somebody else may have loaded it a moment ago, and wait for something before opening."""
    subject, minted = uuid4(), uuid4()
    await store.append([command(new_keys={subject: keyring.mint(subject)})])
    await keyring.load([subject])
    box, unstored = keyring.seal(subject, b"x", b""), keyring.mint(minted)
    await store.append([command(erase=[subject])])
    keyring.distrust(subject)
    keyring.distrust(minted)
    assert keyring.open(subject, box, b"") == b"x"
    assert (keyring.lacks_stored_key(subject), keyring.mint(minted)) == (False, unstored)
    await keyring.load([subject])
    assert keyring.open(subject, box, b"") is ERASED


async def test_a_key_whose_append_was_recorded_needs_no_look_until_its_time_is_over(
    store: Store, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, lost = uuid4(), uuid4()
    sealed = [keyring.mint(subject), keyring.mint(lost)]
    await store.append([command(new_keys={subject: sealed[0]})])
    keyring.note_stored({subject: sealed[0], uuid4(): b"", lost: b"another key, minted before"})
    assert (keyring.lacks_stored_key(subject), keyring.lacks_stored_key(lost)) == (False, True)
    box = keyring.seal(subject, b"x", b"")
    await store.append([command(erase=[subject])])
    monkeypatch.setattr(sealing, "TRUSTED_FOR", 0)
    await keyring.load([subject])
    assert keyring.open(subject, box, b"") is ERASED


async def test_memory_is_bounded_and_the_latest_load_is_kept(
    store: Store, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "KEYS_MAX", 4)
    subjects = [uuid4() for _ in range(12)]
    await store.append([command(new_keys={subject: keyring.mint(subject) for subject in subjects})])
    for subject in subjects:
        await keyring.load([subject])
    with pytest.raises(KeyNotLoaded):
        keyring.seal(subjects[0], b"", b"")
    await keyring.load(subjects)
    for subject in subjects:
        keyring.seal(subject, b"", b"")


async def test_what_a_load_asks_for_is_not_let_go_of_to_make_room_for_the_rest(
    store: Store, master_key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key that came in first was ready already, and with the one that joins it there are too many."""
    monkeypatch.setattr(sealing, "KEYS_MAX", 4)
    people = [uuid4() for _ in range(5)]
    elsewhere, keyring = Keyring(master_key), Keyring(master_key, store.pool)
    await store.append([command(new_keys={one: elsewhere.mint(one) for one in people})])
    await keyring.load(people[:4])
    eldest = next(iter(keyring._keys))
    await keyring.load([eldest, people[4]])
    box = keyring.seal(eldest, b"value", b"about")
    assert keyring.open(eldest, box, b"about") == b"value"
    assert not keyring.lacks_stored_key(eldest)
    assert len(keyring._keys) == 4

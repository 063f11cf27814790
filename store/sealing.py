"""Personal values under a key of the person they are about, so that destroying one key erases them all."""

import hmac
import math
import os
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.refusal import SubjectErased
from domain.sealed import ERASED, Erased
from store.connection import fetch
from store.sharing import Shared

KEYS_MAX: Final = 16_384  # kept in memory, some 400 bytes each; a cipher ready for use would take 2.5 KB
TRUSTED_FOR: Final = 60.0  # seconds, then `load` asks again: a key erased elsewhere is soon gone here too
LONG_AGO: Final = -math.inf
_NONCE_BYTES: Final = 12
_Stored = dict[UUID, bytes | None]  # by subject the wrapped key, None for one who was erased


class KeyNotLoaded(AssertionError):
    """Somebody seals or opens without having loaded the key of the subject first: a bug."""


class OtherMasterKey(Exception):
    """The data keys of this database were wrapped by another master key than the one given."""


class SealBroken(Exception):
    """Sealed values do not open with their subject's key: they were altered or moved here."""

    def __init__(self, stream: UUID, version: int) -> None:
        super().__init__(
            f"The personal values in version {version} of stream {stream} were altered or belong elsewhere"
        )
        self.stream = stream
        self.version = version


class Keyring:
    """The data keys of the subjects at hand. Load first (one query); sealing and opening then never wait.

    A new key (`mint`) counts only once an append has stored it. Until a load finds it stored, it
    travels with every append that uses it; if another key came first, that append is refused as stale
    and the next load brings the right one.
    """

    def __init__(self, master_key: bytes, pool: "asyncpg.Pool[Any] | None" = None) -> None:
        self._master_key = master_key
        self._wrapper = AESGCM(_derived(master_key, "wrap data keys"))
        self._wrapper_name = sha256(_derived(master_key, "name of the master key")).digest()[:4]
        self._look_up_keys: dict[str, bytes] = {}
        self._pool = pool
        self._stored = Shared(self._read_stored)
        self._keys: OrderedDict[UUID, _Key] = OrderedDict()
        self._opened: tuple[SealedBox, list[Any]] | None = None  # the last one: a reader takes all its values

    def reading_from(self, pool: "asyncpg.Pool[Any]") -> "Keyring":
        """Return a keyring under the same master key that reads data keys through other connections."""
        return Keyring(self._master_key, pool)

    async def load(self, subjects: Iterable[UUID], *, begun: Collection[UUID] = ()) -> None:
        """Make the keys of these subjects ready, in one query for those not known to be stored.

        Those who ask at the same time share one.
        begun: subjects whose first event waits to be appended. Unless one was heard of before, no key is looked for:
        it can only come with that very append, which refuses a second one.
        To make room, those go first that nobody has asked for the longest; none of these subjects' own.
        """
        asked = set(subjects)
        if not asked:
            return
        oldest = max(0.0, monotonic() - TRUSTED_FOR)  # that clock begins with the machine
        wanted = [s for s in asked if not ((key := self._keys.get(s)) and key.stored_at > oldest)]
        for subject in asked.difference(wanted):
            self._keys.move_to_end(subject)
        if not wanted or self._pool is None:
            return
        asked_for = [s for s in wanted if s not in begun or s in self._keys]
        found = await self._stored.ask(asked_for) if asked_for else {}
        for subject in wanted:
            if subject in found:
                self.remember(subject, found[subject])
            else:
                self._keys.setdefault(subject, _Key())
        while len(self._keys) > max(KEYS_MAX, 2 * len(asked)):
            self._keys.popitem(last=False)

    async def erased_among(self, subjects: Iterable[UUID]) -> frozenset[UUID]:
        """Return those whose key was destroyed, as the database has it now, and know it from here on."""
        asked = list(subjects)
        if not asked or self._pool is None:
            return frozenset()
        rows = await fetch(
            self._pool,
            "select subject_id from log.data_key where subject_id = any ($1) and wrapped is null",
            asked,
        )
        erased = frozenset(row["subject_id"] for row in rows)
        for subject in erased:
            self.remember(subject, None)
        return erased

    async def _read_stored(self, asked: Sequence[list[UUID]]) -> list[_Stored]:
        assert self._pool is not None
        rows = await fetch(
            self._pool,
            "select subject_id, wrapped from log.data_key where subject_id = any ($1)",
            list({subject for subjects in asked for subject in subjects}),
        )
        stored: _Stored = {row["subject_id"]: row["wrapped"] for row in rows}
        return [stored] * len(asked)

    def remember(self, subject: UUID, wrapped: bytes | None) -> None:
        """Take a subject's key as it is stored: wrapped, or None if it was erased."""
        self._keys.pop(subject, None)
        self._opened = None
        clear = None if wrapped is None else self._unwrapped(subject, wrapped)
        self._keys[subject] = _Key(clear, erased=clear is None, stored_at=monotonic())

    def mint(self, subject: UUID) -> bytes:
        """Return the wrapped new key of a subject that has none, for the same append that first uses it.

        Asked again before it is stored, it returns the same one. Raises `SubjectErased`.
        """
        key = self._keys.get(subject) or _Key()
        if key.erased:
            raise SubjectErased(
                "the personal data of this person have been erased: nothing can be added any more"
            )
        if key.wrapped is None:
            if key.clear is not None:
                raise AssertionError("this subject has a stored key already")
            drawn = os.urandom(32 + _NONCE_BYTES)
            fresh, nonce = drawn[:32], drawn[32:]
            wrapped = self._wrapper_name + nonce + self._wrapper.encrypt(nonce, fresh, subject.bytes)
            key = self._keys[subject] = _Key(fresh, wrapped)
        assert key.wrapped is not None
        return key.wrapped

    def note_stored(self, new_keys: Mapping[UUID, bytes]) -> None:
        """Know that the log holds these minted keys, wrapped: the append that brought them was recorded.

        A key that was let go of and minted anew meanwhile is another one, and is not stored.
        """
        now = monotonic()
        for subject, wrapped in new_keys.items():
            key = self._keys.get(subject)
            if key is not None and key.wrapped == wrapped:
                key.wrapped, key.stored_at = None, now

    def lacks_stored_key(self, subject: UUID) -> bool:
        """Whether an append that seals for this subject has to bring the key along (`mint`)."""
        key = self._keys.get(subject)
        return key is None or (key.stored_at == 0 and not key.erased)

    def is_erased(self, subject: UUID) -> bool:
        """Whether the subject's key is known to have been destroyed."""
        key = self._keys.get(subject)
        return key is not None and key.erased

    def distrust(self, subject: UUID) -> None:
        """Have the next `load` ask for a subject's key, however lately it was asked for.

        Until then it stays as it is: somebody else may have loaded it, and be about to use it.
        """
        key = self._keys.get(subject)
        if key is not None and key.stored_at:
            key.stored_at = LONG_AGO

    def hmac(self, kind: str, value: str) -> bytes:
        """Return the look-up digest of a value, 32 bytes; each kind has a key of its own."""
        key = self._look_up_keys.get(kind)
        if key is None:
            key = self._look_up_keys[kind] = _derived(self._master_key, f"look up {kind}")
        return hmac.digest(key, value.encode(), "sha256")

    def seal(self, subject: UUID, clear: bytes, about: bytes) -> bytes:
        """Encrypt under the subject's key, bound to `about`: it opens nowhere else."""
        key = self._keys.get(subject)
        if key is None:
            raise KeyNotLoaded(f"The key of subject {subject} is not loaded")
        if key.erased:
            raise SubjectErased(
                "the personal data of this person have been erased: nothing can be added any more"
            )
        if key.clear is None:
            raise KeyNotLoaded(f"Subject {subject} has no key yet")
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(key.clear).encrypt(nonce, clear, about)

    def open(self, subject: UUID, sealed: bytes, about: bytes) -> bytes | Erased:
        """Decrypt what `seal` returned. Raises `InvalidTag` if it was altered or moved."""
        key = self._keys.get(subject)
        if key is None:
            raise KeyNotLoaded(f"The key of subject {subject} is not loaded")
        if key.clear is None:
            return ERASED
        return AESGCM(key.clear).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about)

    def open_box(self, box: "SealedBox") -> list[Any] | Erased:
        """Return the values in a box of an event. Raises `SealBroken`."""
        if self._opened is not None and self._opened[0] is box:
            return self._opened[1]
        try:
            clear = self.open(box.subject_id, box.sealed, box.about)
        except InvalidTag:
            raise SealBroken(box.stream, box.version) from None
        if isinstance(clear, Erased):
            return clear
        values: list[Any] = msgspec.json.decode(clear)
        self._opened = (box, values)
        return values

    def _unwrapped(self, subject: UUID, wrapped: bytes) -> bytes:
        name, nonce, key = wrapped[:4], wrapped[4 : 4 + _NONCE_BYTES], wrapped[4 + _NONCE_BYTES :]
        if name != self._wrapper_name:
            raise OtherMasterKey("The personal data of this database belong to another master key")
        return self._wrapper.decrypt(nonce, key, subject.bytes)


@dataclass(frozen=True, slots=True, eq=False)
class SealedBox:
    """The sealed values of one subject in one event."""

    subject_id: UUID
    sealed: bytes
    stream: UUID
    version: int
    name: str  # the stored name of the event

    @property
    def about(self) -> bytes:
        return place(self.stream, self.version, self.name, self.subject_id)

    def value(self, number: int, kind: Any, opener: Keyring) -> Any:  # Any: whatever type the event declares
        """Return one value, as its declared type, or `ERASED`."""
        values = opener.open_box(self)
        if isinstance(values, Erased):
            return values
        return msgspec.convert(values[number], kind, str_keys=True)


def place(stream: UUID, version: int, name: str, subject: UUID) -> bytes:
    """Return what binds a box to its place in the log, so that no two boxes can be swapped unseen."""
    return stream.bytes + version.to_bytes(8, "big") + name.encode() + subject.bytes


class _Key:
    """A data key in memory. Until the log is known to hold it, `stored_at` is 0 and `wrapped` is kept."""

    __slots__ = ("clear", "erased", "stored_at", "wrapped")

    def __init__(
        self,
        clear: bytes | None = None,
        wrapped: bytes | None = None,
        *,
        erased: bool = False,
        stored_at: float = 0,
    ) -> None:
        self.clear = clear
        self.wrapped = wrapped
        self.erased = erased
        self.stored_at = stored_at


def _derived(master_key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"jaminan: {purpose}".encode()).derive(master_key)

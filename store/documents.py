"""Papers as bytes under the key of the person they are about, named by the SHA-256 of their content."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag

from domain.refusal import NotFound, StaleVersion, SubjectErased
from domain.sealed import Erased
from store.connection import fetch
from store.sealing import Keyring
from store.store import Store


class DocumentBroken(Exception):
    """The stored bytes are not what was put there under this name."""


class Documents:
    """First `put`, then the event that names the digest: a document nobody names does no harm."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        self._store = store
        self._keyring = keyring

    async def put(self, content: bytes, subject: UUID) -> str:
        """Keep a document; return its SHA-256 in hex. The same one again changes nothing.

        Raises `SubjectErased`, and `StaleVersion` if somebody else made the first key of this person
        at the same moment: then put it again.
        """
        await self._keyring.load([subject])
        new_key = self._keyring.mint(subject) if self._keyring.lacks_stored_key(subject) else None
        digest, sealed = await asyncio.to_thread(self._sealed, content, subject)
        outcome = await self._store.pool.fetchval(
            "select log.put_document($1, $2, $3, $4)", digest, subject, sealed, new_key
        )
        if outcome == "erased":
            self._keyring.distrust(subject)
            raise SubjectErased(
                "the personal data of this person have been erased: nothing can be added or shown any more"
            )
        if outcome == "stale":
            raise StaleVersion(
                "somebody else added the first paper of this person at the same moment: send the same again"
            )
        return digest.hex()

    async def get(self, digest: str, subject: UUID) -> bytes | Erased:
        """Return the content, or `ERASED`. Raises `NotFound`, `DocumentBroken`."""
        await self._keyring.load([subject])
        rows = await fetch(
            self._store.pool,
            "select sealed from log.document where sha256 = $1 and subject_id = $2",
            bytes.fromhex(digest),
            subject,
        )
        if not rows:
            raise NotFound("there is no such document: see the list of papers of the case", sha256=digest)
        return await asyncio.to_thread(self._opened, bytes.fromhex(digest), rows[0]["sealed"], subject)

    async def kept(self, digests: Sequence[str], subject: UUID) -> frozenset[str]:
        """Return which of these documents are kept for a person."""
        rows = await fetch(
            self._store.pool,
            "select sha256 from log.document where sha256 = any ($1) and subject_id = $2",
            [bytes.fromhex(digest) for digest in digests],
            subject,
        )
        return frozenset(row["sha256"].hex() for row in rows)

    def _sealed(self, content: bytes, subject: UUID) -> tuple[bytes, bytes]:
        digest = sha256(content).digest()
        return digest, self._keyring.seal(subject, content, digest + subject.bytes)

    def _opened(self, digest: bytes, sealed: bytes, subject: UUID) -> bytes | Erased:
        try:
            content = self._keyring.open(subject, sealed, digest + subject.bytes)
        except InvalidTag:
            raise DocumentBroken(f"Document {digest.hex()} was altered") from None
        if not isinstance(content, Erased) and sha256(content).digest() != digest:
            raise DocumentBroken(f"Document {digest.hex()} holds other content")
        return content

"""What becomes of a refused command: a repeat gets its first answer, a refusal of weight is put on record."""

import hashlib
from uuid import UUID

from domain.command import SYSTEM, Command
from domain.refusal import Duplicate, IdempotencyKeyReused, Refusal
from store.store import Store
from workflows.answer import Answer
from workflows.attempts import Attempt, Attempts, weighs
from workflows.cases import Cases
from workflows.chairs import Caller


class Refusing:
    """Says no, once every command that was carried out before has been given its answer."""

    def __init__(self, store: Store, cases: Cases, attempts: Attempts, *, simulated: bool) -> None:
        """simulated: in a demonstration's log, record at the instant of decision instead of now."""
        self._store = store
        self._cases = cases
        self._attempts = attempts
        self._simulated = simulated

    async def outcome(self, command: Command, refusal: Refusal) -> Answer | Refusal:
        """Return the first answer of a repeated command, or the refusal, recorded if it weighs."""
        if command.keyed:
            remembered = await self._store.find_command(command.command_id)
            if remembered is not None:
                if remembered.request != request_of(command):
                    return key_reused()
                return Answer(position=remembered.position, data=remembered.answer)
        if weighs(refusal) and command.issued_by != SYSTEM:
            attempt = Attempt(
                case_id=_aimed_at(command, refusal),
                step=command.step,
                actor=command.issued_by,
                roles=command.roles,
                at=command.decided_at,
                command_id=command.command_id,
            )
            await self.record(attempt, refusal)
        if isinstance(refusal, Duplicate) and Caller.of(command).is_only_participant:
            return await self._without_strangers_id(command, refusal)
        return refusal

    async def record(self, attempt: Attempt, refusal: Refusal) -> None:
        """Put a refused attempt of weight on record."""
        await self._attempts.put_on_record(
            attempt, refusal, simulated_at=attempt.at if self._simulated else None
        )

    async def _without_strangers_id(self, command: Command, refusal: Duplicate) -> Refusal:
        existing = refusal.detail.get("existing_id")
        if existing is not None:
            found = (await self._cases.load([UUID(existing)])).get(UUID(existing))
            if found is None or not found.is_known_to(command.issued_by):
                detail = {name: value for name, value in refusal.detail.items() if name != "existing_id"}
                return Duplicate(refusal.message, **detail)
        return refusal


def key_reused() -> Refusal:
    return IdempotencyKeyReused(
        "this Idempotency-Key was sent with another request: use a new key for a new request"
    )


def request_of(command: Command) -> bytes:
    """Return the digest of what was sent, or of what a command asks where its sender gave none."""
    asked = f"{command.aggregate}/{command.step}/{command.case_id}"
    return command.request or hashlib.sha256(asked.encode()).digest()


def _aimed_at(command: Command, refusal: Refusal) -> UUID:
    """Return the case whose history shows an attempt: the one that exists already, or what it leans on."""
    if existing := refusal.detail.get("existing_id"):
        return UUID(existing)
    leaning = tuple(command.companions().values())
    return leaning[0] if (command.begins or command.beside) and leaning else command.case_id

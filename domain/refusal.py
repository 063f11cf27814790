"""Why the office says no: a stable code, a sentence a person reads, and facts for a machine."""

from typing import Any, ClassVar
from uuid import UUID


class Refusal(Exception):
    """The office may not do this. Raised by decisions, never by replay.

    `code` is stable and public; `message` names what is wrong and the remedy; `detail` holds
    the same facts for machines. Neither may contain personal values.
    """

    code: ClassVar[str] = "invalid"
    weighs: ClassVar[bool] = False  # a refused attempt of weight is put on record

    def __init__(self, message: str, **detail: Any) -> None:  # Any: JSON values of many shapes
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.chair: tuple[str, UUID] | None = None  # role and delegation, where it was met from a chair


class Invalid(Refusal):
    """A value is missing, malformed or outside its range."""

    code = "invalid"


class NotFound(Refusal):
    """There is no such thing, or the caller may not know of it."""

    code = "not_found"


class StepNotOpen(Refusal):
    """The case does not stand where this step begins."""

    code = "step_not_open"


class NotYourRole(Refusal):
    """None of the caller's roles may take this step."""

    code = "not_your_role"
    weighs = True


class OutsideArea(Refusal):
    """The case lies outside the area of the caller's mandate."""

    code = "outside_area"
    weighs = True


class SecondPersonRequired(Refusal):
    """The caller took an earlier step of this case that excludes this one (four eyes)."""

    code = "same_person"
    weighs = True


class AuthorityExceeded(Refusal):
    """The amount lies above what the caller's role may decide."""

    code = "authority_exceeded"
    weighs = True


class DocumentsMissing(Refusal):
    """Papers that this step needs are not in the file."""

    code = "documents_missing"


class GuardFailed(Refusal):
    """A condition of the step, named by the definition, does not hold."""

    code = "guard_failed"


class AmountDiffers(Refusal):
    """The amount asked for is not the amount that follows from the facts."""

    code = "amount_differs"
    weighs = True


class Duplicate(Refusal):
    """Something that may exist once exists already; `existing_id` names it."""

    code = "duplicate"


class StaleVersion(Refusal):
    """The case moved on since the caller looked at it."""

    code = "stale_version"


class IdempotencyKeyReused(Refusal):
    """The same key was sent before with another request."""

    code = "idempotency_key_reused"


class SubjectErased(Refusal):
    """The personal data of this person have been erased; nothing personal can be added."""

    code = "erased"


class TooLarge(Refusal):
    """A body, file or list exceeds its bound."""

    code = "too_large"


class OtherLog(Refusal):
    """A cursor or position belongs to another log."""

    code = "other_log"


class Busy(Refusal):
    """The engine cannot take this now; the same request with the same key is safe to repeat."""

    code = "busy"

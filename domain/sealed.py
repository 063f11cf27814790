"""A personal value that stays shut until a reader asks, and may have been erased for ever."""

from datetime import date
from typing import Any, Final, Generic, Protocol, TypeVar, cast
from uuid import UUID

T = TypeVar("T")


class Erased:
    """What a reader gets when the key of the person is gone."""

    def __repr__(self) -> str:
        return "ERASED"


ERASED: Final = Erased()


class Box(Protocol):
    """The sealed values of one person in one event; `open` needs the person's key."""

    @property
    def subject_id(self) -> UUID: ...

    def value(self, number: int, kind: Any, opener: Any) -> Any: ...


class Sealed(Generic[T]):
    """A value of one data subject. Folding needs no key: only `open` does.

    A fresh one (`Sealed.of`) carries its value until the mapper seals it; one read from the log
    refers to its place in a box. Its representation never shows the value.
    """

    __slots__ = ("_box", "_day", "_kind", "_number", "_value", "subject_id")

    def __init__(self, subject_id: UUID) -> None:
        self.subject_id = subject_id
        self._value: Any = None
        self._box: Box | None = None
        self._number = 0
        self._kind: Any = str
        self._day: Sealed[date] | None = None

    @classmethod
    def of(cls, subject_id: UUID, value: T) -> "Sealed[T]":
        """Return a fresh sealed value of this person."""
        fresh = cls(subject_id)
        fresh._value = value
        return fresh

    @classmethod
    def shut(cls, box: Box, number: int, kind: Any) -> "Sealed[T]":
        """Return the value with this number in a box read from the log; `kind` is its type."""
        shut = cls(box.subject_id)
        shut._box, shut._number, shut._kind = box, number, kind
        return shut

    @property
    def is_fresh(self) -> bool:
        return self._box is None

    def open(self, opener: Any) -> "T | Erased":
        """Return the value, or `ERASED`. `opener` is the keyring, with the subject's key loaded."""
        if self._box is None:
            return self._value  # type: ignore[no-any-return]
        return self._box.value(self._number, self._kind, opener)  # type: ignore[no-any-return]

    def as_day(self) -> "Sealed[date]":
        """Return a sealed text that is an ISO date as a sealed date, without opening it; the same one each time."""
        if self._day is None and self._box is None:
            self._day = Sealed.of(self.subject_id, date.fromisoformat(self._value))
        elif self._day is None:
            self._day = Sealed.shut(cast(Box, self._box), self._number, date)
        return self._day

    def __repr__(self) -> str:
        return f"Sealed({self.subject_id})"

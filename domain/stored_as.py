"""The literal name under which a class lives in the log, whatever becomes of the class."""

from collections.abc import Callable
from typing import TypeVar

from eventsourcing.utils import register_topic

T = TypeVar("T", bound=type)


def stored_as(name: str) -> Callable[[T], T]:
    """Give a class its stored name. A released name never changes; classes and modules may."""

    def name_it(cls: T) -> T:
        cls.TOPIC = name  # type: ignore[attr-defined]
        register_topic(name, cls)
        return cls

    return name_it

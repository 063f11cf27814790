"""A step as the definition decided it: the office hands it to the aggregate, the event records it."""

from dataclasses import dataclass, field

from domain.fact import ClockChange


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of one case, resolved to concrete statuses.

    roles: those the definition lets take it; the event records which of them the person acted in.
    """

    name: str
    from_status: str | None = None
    to_status: str | None = None
    definition: str | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    clocks: tuple[ClockChange, ...] = ()
    flags: tuple[str, ...] = ()

"""Who acts: a person in the own roles, or in the chair of somebody absent, as the log has it on the day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import structs

from domain.case import Case
from domain.command import SYSTEM, SYSTEM_ROLE, Command
from domain.delegation.aggregate import Delegation
from domain.delegation.commands import DESK_ROLES
from domain.refusal import NotFound, NotYourRole, OutsideArea, Refusal
from domain.world import World

PARTICIPANT: Final = "participant"
ROLE_OF_COMPANION: Final = "delegation"
C = TypeVar("C", bound=Command)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chair:
    """The place of somebody absent: one role in one area, by one delegation."""

    delegation: UUID
    role: str
    area: str | None


class Caller(msgspec.Struct, frozen=True):
    """Who asks, in which roles, and for which area; no area means everywhere.

    chairs: places of absent people that the caller fills today. delegation: that of the one chair in
    which the caller acts, where it is not an own role.
    """

    name: str
    roles: frozenset[str]
    area: str | None = None
    issuer: str = ""  # of the token; two issuers may name two people alike
    chairs: tuple[Chair, ...] = ()
    delegation: UUID | None = None

    @classmethod
    def of(cls, command: Command) -> "Caller":
        return cls(command.issued_by, command.roles, command.area, delegation=command.delegation)

    @property
    def is_system(self) -> bool:
        return self.name == SYSTEM and SYSTEM_ROLE in self.roles

    @property
    def is_only_participant(self) -> bool:
        """Whether no role of the office lets the caller see cases of others; nobody's role counts as none."""
        return self.roles <= {PARTICIPANT}

    @property
    def seats(self) -> "tuple[Caller, ...]":
        """The caller in each way of acting: the own roles first, then one chair after the other.

        No two are ever joined: a decision is taken in own roles or in one chair.
        """
        if not self.chairs:
            return (self,)
        own = structs.replace(self, chairs=())
        return (
            own,
            *(
                structs.replace(
                    own, roles=frozenset({chair.role}), area=chair.area, delegation=chair.delegation
                )
                for chair in self.chairs
            ),
        )


def with_chairs(caller: Caller, delegations: Iterable[Case], day: date) -> Caller:
    """Return the caller with the chairs that these delegations, as the log has them, give on a legal day.

    A delegation makes nobody an officer: whoever has no desk of his own (auditor, admin, participant)
    fills no chair.
    """
    if not caller.roles & DESK_ROLES:
        return structs.replace(caller, chairs=()) if caller.chairs else caller
    chairs = tuple(
        Chair(found.id, found.granted.role, found.granted.area)
        for found in delegations
        if isinstance(found, Delegation) and found.granted.delegate == caller.name and found.is_in_force(day)
    )
    return structs.replace(caller, chairs=chairs) if chairs != caller.chairs else caller


def companions_of(delegations: Iterable[UUID]) -> dict[str, UUID]:
    """Return the streams of delegations by their roles in a world."""
    return {f"{ROLE_OF_COMPANION}/{id_}": id_ for id_ in delegations}


def delegations_in(world: World) -> list[Case]:
    """Return the delegations that were gathered for a decision."""
    return [case for role, case in world.cases.items() if role.partition("/")[0] == ROLE_OF_COMPANION]


def seated(command: C, seat: Caller) -> C:
    """Return a command as it is asked from a seat."""
    if seat.delegation == command.delegation:
        return command
    return replace(command, roles=seat.roles, area=seat.area, delegation=seat.delegation)


def first_able(caller: Caller, act: Callable[[Caller], T]) -> T:
    """Return what the first seat that is able to act comes to: own roles win over chairs.

    Raises the refusal that says most: of the last seat whose role and area fit, else of the own roles.
    """
    if not caller.chairs and caller.delegation is None:
        return act(caller)
    kept: Refusal | None = None
    for seat in caller.seats:
        try:
            return act(seat)
        except Refusal as refusal:
            if seat.delegation is not None:
                refusal.chair = (min(seat.roles), seat.delegation)
            if kept is None or not isinstance(refusal, NotYourRole | OutsideArea | NotFound):
                kept = refusal
    assert kept is not None, "everybody has at least one seat"
    try:
        raise kept
    finally:
        del kept  # its traceback holds this frame: without the circle all of it is freed at once

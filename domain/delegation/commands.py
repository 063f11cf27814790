"""What may be asked of a delegation: that somebody fills the chair of a person who is absent."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Literal, get_args

from domain.command import Command, Personal

DeskRole = Literal[
    "sponsor_officer", "ward_verifier", "intake", "verifier", "field_checker", "medical_adviser", "calculator",
    "approver_1", "approver_2", "finance", "inspector",
]  # fmt: skip
Kind = Literal["plh", "plt"]  # pelaksana harian: absent for some days; pelaksana tugas: the post is vacant

# Who works at a desk. Only these roles are delegated, and only somebody who has one of them fills a chair.
DESK_ROLES: Final[frozenset[str]] = frozenset(get_args(DeskRole))


@dataclass(frozen=True, kw_only=True, repr=False)
class GrantDelegation(Command):
    """Let one person act in the role of another, by the names in their tokens.

    within: area, district or ward; without it the chair reaches everywhere. Both days are included.
    """

    aggregate: ClassVar[str] = "delegation"
    step: ClassVar[str] = "grant"
    begins: ClassVar[bool] = True

    absent: str
    delegate: str
    role: DeskRole
    starts_on: date
    ends_on: date
    decree: str
    kind: Kind
    within: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class RevokeDelegation(Command):
    aggregate: ClassVar[str] = "delegation"
    step: ClassVar[str] = "revoke"

    reason: Personal

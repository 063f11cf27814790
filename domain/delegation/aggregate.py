"""Delegation in absence (pelaksana harian, pelaksana tugas): who fills whose chair, where and how long."""

import re
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.case import Case
from domain.command import SYSTEM, header, said
from domain.delegation.commands import GrantDelegation, RevokeDelegation
from domain.delegation.events import DelegationGranted, DelegationRevoked
from domain.fact import Fact
from domain.mandate import Mandate
from domain.refusal import GuardFailed, Invalid
from domain.sealed import Sealed
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World

AREA: Final = re.compile(r"\d{2,10}(/\S.*)?")


@stored_as("delegation")
class Delegation(Case):
    """One chair, filled by one person for a time. It gives a role, never a second pair of eyes."""

    def __init__(self) -> None:
        super().__init__()
        self.granted: DelegationGranted
        self.is_revoked = False

    @property
    def subject_id(self) -> UUID:
        """Reasons are sealed under a key of the delegation's own: it is about no insured person."""
        return self.id

    @classmethod
    def grant(cls, command: GrantDelegation, step: Step, world: World) -> list[Case]:
        """Grant a delegation. Nobody gives himself a role, neither from his own chair nor as admin."""
        absent, delegate = said(command.absent, "from"), said(command.delegate, "to")
        if delegate == absent:
            raise Invalid("to is the absent person: name somebody else, who is there", field="to")
        if delegate == command.issued_by:
            raise Invalid("nobody gives himself a role: another admin grants this delegation", field="to")
        if SYSTEM in (absent, delegate):
            raise Invalid(f"{SYSTEM} is no person: name people as their tokens do", field="to")
        if command.ends_on < command.starts_on:
            raise Invalid(
                "period.to lies before period.from: give the first and the last day", field="period.to"
            )
        if command.within is not None and not AREA.fullmatch(command.within):
            raise Invalid(
                "area is an area, district or ward, such as 3375, 337501 or 337501/Medono; "
                "leave it out for everywhere",
                field="area",
            )
        return [
            cls._create(
                DelegationGranted,
                id=command.case_id,
                absent=absent,
                delegate=delegate,
                role=command.role,
                starts_on=command.starts_on,
                ends_on=command.ends_on,
                decree=said(command.decree, "decree"),
                kind=command.kind,
                area=command.within,
                **header(command, step, command.case_id),
            )
        ]

    def revoke(self, command: RevokeDelegation, step: Step, world: World) -> None:
        """End it before its last day. Refused where it was revoked before."""
        if self.is_revoked:
            raise GuardFailed("this delegation is revoked already: nothing is left to do", guard="in_force")
        self.trigger_event(
            DelegationRevoked,
            reason=Sealed.of(self.id, said(command.reason, "reason")),
            **header(command, step, self.id),
        )

    def is_in_force(self, day: date) -> bool:
        """Whether the delegate fills the chair on a legal day, as far as the log knows."""
        return not self.is_revoked and self.granted.starts_on <= day <= self.granted.ends_on

    def answer(self, step: str) -> dict[str, Any]:
        return {"revoked": self.is_revoked}

    def is_within(self, mandate: Mandate) -> bool:
        """Whether a mandate reaches everything that is delegated."""
        return not mandate.ward and self.area_code.startswith(mandate.code)

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case DelegationGranted():
                self.granted, self.area_code = event, event.area or ""
            case DelegationRevoked():
                self.is_revoked = True

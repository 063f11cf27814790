"""A risk flag of a claim that was found by comparing it with others."""

from dataclasses import replace
from uuid import UUID

from domain.case import Case
from domain.command import header
from domain.fact import Fact
from domain.risk.commands import RecordRisk
from domain.risk.events import RiskFound
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World


@stored_as("risk")
class Risk(Case):
    """A finding: recorded once, and never taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.found: RiskFound

    @property
    def subject_id(self) -> UUID:
        return self.found.person_id

    @classmethod
    def find(cls, command: RecordRisk, step: Step, world: World) -> list[Case]:
        flagged = replace(step, to_status="FOUND", flags=(command.reason.flag,))
        risk = cls._create(
            RiskFound,
            id=command.case_id,
            case_id=command.claim_id,
            person_id=command.person_id,
            area_code=command.area_code,
            reason=command.reason,
            others=command.others,
            **header(command, flagged, command.person_id),
        )
        return [risk]

    def when(self, event: Fact) -> None:
        super().when(event)
        if isinstance(event, RiskFound):
            self.found, self.area_code = event, event.area_code

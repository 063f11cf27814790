"""The risk flags of a claim as it remembers them: why each was raised, and whether anybody was on the spot since."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.case import Case
from domain.claim.events import FieldCheckReported, FlagReason
from domain.fact import Fact
from domain.legal_day import legal_day
from domain.period import written_day
from domain.risk.aggregate import Risk
from domain.risk.events import risks_of
from domain.world import World

NOT_YET: Final = 2**63  # where an event stands in the log until it is recorded: behind all others
BACKDATED: Final = "BACKDATED_ENTRY"


class FlagMemory(Case):
    """Flags stay once they are raised: they say that somebody should look, not that anybody did wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.flag_reasons: dict[str, FlagReason] = {}
        self.flagged_at: dict[str, int] = {}  # flag to the position of the log at which it was raised
        self.checked_at = 0  # position of the last report from the spot

    @property
    def unchecked_flags(self) -> frozenset[str]:
        return frozenset(flag for flag in self.flags if self.flagged_at.get(flag, 0) > self.checked_at)

    def companions(self) -> dict[str, UUID]:
        return dict(risks_of(self.id))

    @classmethod
    def streams_beside(cls, case_id: UUID) -> Collection[UUID]:
        return risks_of(case_id).values()

    def learn(self, world: World) -> bool:
        """Take over what comparisons with other claims found, which stands beside this one."""
        learned = False
        for case in world.cases.values():
            if isinstance(case, Risk):
                reason = case.found.reason
                self.flags.add(reason.flag)
                self.flag_reasons.setdefault(reason.flag, reason)
                self.flagged_at.setdefault(reason.flag, case.position)
                learned = True
        return learned

    def when(self, event: Fact) -> None:
        super().when(event)
        for flag in event.flags:
            self.flagged_at.setdefault(flag, NOT_YET)
        if isinstance(event, FieldCheckReported):
            self.checked_at = NOT_YET
        for reason in getattr(event, "flag_reasons", ()):
            self.flag_reasons.setdefault(reason.flag, reason)
        if BACKDATED in event.flags:
            self.flag_reasons.setdefault(BACKDATED, _backdated(event))

    def recorded(self, event: Fact, position: int, recorded_at: datetime) -> None:
        super().recorded(event, position, recorded_at)
        for flag in event.flags:
            if self.flagged_at[flag] == NOT_YET:
                self.flagged_at[flag] = position
        if isinstance(event, FieldCheckReported):
            self.checked_at = position


def _backdated(event: Fact) -> FlagReason:
    """Return why a step counts as recorded late: its legal day and the day it was recorded."""
    meant, recorded = event.effective_on, legal_day(event.decided_at)
    return FlagReason(
        flag=BACKDATED,
        reason_id=f"Langkah tertanggal {written_day(meant, 'id')} baru dicatat {written_day(recorded, 'id')}.",
        reason_en=f"A step of {written_day(meant, 'en')} was recorded only on {written_day(recorded, 'en')}.",
    )

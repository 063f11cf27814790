"""A renewed list extends the sponsored period of members who go on: no new spell begins (dossier 2.8)."""

from typing import Final

from domain.command import header
from domain.enrollment.commands import RenewSponsorship
from domain.enrollment.events import SponsorshipRenewed
from domain.enrollment.memory import LIVE, EnrollmentMemory
from domain.enrollment.refusals import NotLive
from domain.programme.aggregate import Programme
from domain.refusal import DocumentsMissing, Invalid
from domain.roster.aggregate import Roster
from domain.roster.commands import RENEWED
from domain.step import Step
from domain.world import World

DECREE: Final = "ENR_SK"


class RenewalDesk(EnrollmentMemory):
    """What a new list of the sponsor means to a live member."""

    def renew_sponsorship(self, command: RenewSponsorship, step: Step, world: World) -> None:
        """Let the member stand on the renewed list from its day on. A row that did so before changes nothing.

        Refused while the list has no decree, and for who is no live member (any more).
        """
        roster, programme = world.the(RENEWED, Roster), world.the("programme", Programme)
        stands = roster.standing.get(command.row)
        if stands is None or (stands.enrollment_id, stands.reason) != (self.id, "renewal"):
            raise Invalid(f"row {command.row} of the list does not renew this membership", field="row")
        if any((one.roster_id, one.row) == (roster.id, command.row) for one in self.renewals):
            return
        if self.status not in LIVE:
            raise NotLive(self.status)
        if DECREE not in roster.valid_papers:
            raise DocumentsMissing(
                f"the renewed list has no decree: upload {DECREE} to the list first", missing=[DECREE]
            )
        begins, ends = roster.received.effective_on, programme.opened.period_to
        self.trigger_event(
            SponsorshipRenewed,
            roster_id=roster.id,
            row=command.row,
            from_on=begins,
            to_on=ends if ends >= begins else None,
            **header(command, step, self.subject_id),
        )

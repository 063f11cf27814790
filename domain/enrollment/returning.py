"""Back after a lapse: enrolled again as a new spell, or because late public money undoes the lapse."""

from datetime import date
from typing import Final
from uuid import UUID

from domain.benefit.rules import grace_months
from domain.command import header, said
from domain.eligibility import Candidate, reason_to_reject
from domain.enrollment.age import PERSON, birth_date_in
from domain.enrollment.commands import ReenrollMember, RegisterMember, SettleSponsorArrears, VerifyWorker
from domain.enrollment.events import Reenrolled, SponsorArrearsSettled
from domain.enrollment.memory import EnrollmentMemory
from domain.enrollment.refusals import LapseStands, NotEligible, NothingPaidUnder, NotLapsed
from domain.legal_day import legal_day
from domain.occupations import codes_listed, find_occupation
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.refusal import Invalid, SecondPersonRequired
from domain.step import Step
from domain.world import World

WEIGH_AGE: Final = frozenset({VerifyWorker.step, RegisterMember.step, ReenrollMember.step})


class ReturningDesk(EnrollmentMemory):
    """What brings a lapsed member back."""

    def consulted(self, step: str) -> dict[str, UUID]:
        return {PERSON: self.subject_id} if step in WEIGH_AGE else {}

    def compared_subjects(self, step: str) -> tuple[UUID, ...]:
        return (self.subject_id,) if step in WEIGH_AGE else ()

    def reenroll(self, command: ReenrollMember, step: Step, world: World) -> None:
        """Begin a new spell on the day of the step; the checks of the register decide as on a first day.

        Refused (`invalid`) for a day before the lapse, (`guard_failed`) where a check fails, or where money
        that came in time has undone the lapse.
        """
        programme = world.the("programme", Programme)
        lapsed_on = self._lapsed_on(command, programme)
        occupation = _listed(command.occupation or self.occupation, programme)
        candidate = Candidate(
            birth_date=birth_date_in(world),
            registered_on=command.effective_on,
            formal_worker=command.formal_worker,
            deceased=world.has_died,
            working=command.working,
            occupation_listed=occupation is not None,
        )
        if (code := reason_to_reject(candidate)) is not None:
            raise NotEligible(code)
        assert occupation is not None
        self.trigger_event(
            Reenrolled,
            spell=self.spell + 1,
            lapsed_on=lapsed_on,
            occupation=occupation,
            **header(command, step, self.subject_id),
        )

    def settle_sponsor_arrears(self, command: SettleSponsorArrears, step: Step, world: World) -> None:
        """Let the months paid under an authorisation count, so that the lapse is undone.

        Refused (`guard_failed`) while no such money is recorded for this member or the lapse would stand
        all the same, (`same_person`) for who recorded the money.
        """
        authorisation = said(command.authorisation, "authorisation")
        programme = world.the("programme", Programme)
        payments = programme.contributions
        found = [p for p in payments if p.authorisation == authorisation and any(self.months_meant(p))]
        if not found:
            raise NothingPaidUnder(authorisation)
        if any(programme.recorded_by.get(payment.reference) == command.issued_by for payment in found):
            raise SecondPersonRequired(
                "you recorded the sponsor's payment: another person settles the arrears by it", step=step.name
            )
        months = {month for payment in found for month in self.months_meant(payment)}
        self._refuse_standing_lapse(self.membership(payments).months_over_life | months)
        self.trigger_event(
            SponsorArrearsSettled,
            authorisation=authorisation,
            months=tuple(str(month) for month in sorted(months)),
            **header(command, step, self.subject_id),
        )

    def _refuse_standing_lapse(self, paid: frozenset[Month]) -> None:
        lapsed_on = self.lapsed_on
        assert lapsed_on is not None, "a lapse is written down before it is undone"
        cover = self._spells(paid).coverage(lapsed_on)
        if cover.status == "LAPSED":
            raise LapseStands(str(cover.unpaid_months[0]))

    def _lapsed_on(self, command: ReenrollMember, programme: Programme) -> date:
        """Return the day on which the spell lapsed, by the months paid as the log has them now."""
        on = command.effective_on
        lapses_on = self.membership(programme.contributions).current.lapses_on(grace_months(on))
        assert lapses_on is not None, "nobody lapses who was never paid for"
        if lapses_on > legal_day(command.decided_at):
            raise NotLapsed(lapses_on)
        if lapses_on > on:
            raise Invalid(
                f"effective_on lies before {lapses_on.isoformat()}, the day of the lapse: "
                "a new spell begins on that day or later",
                field="effective_on",
            )
        return lapses_on


def _listed(occupation: str, programme: Programme) -> str | None:
    """Return the code of an occupation that the programme lists."""
    found = find_occupation(occupation)
    return (
        found.code if found is not None and found.code in codes_listed(programme.opened.occupations) else None
    )

"""Back after a lapse: enrolled again, as a new spell."""

from datetime import date
from typing import Final
from uuid import UUID

from domain.benefit.rules import grace_months
from domain.command import header
from domain.eligibility import Candidate, reason_to_reject
from domain.enrollment.commands import ReenrollMember
from domain.enrollment.events import Reenrolled
from domain.enrollment.memory import EnrollmentMemory
from domain.enrollment.refusals import NotEligible, NotLapsed
from domain.legal_day import legal_day
from domain.occupations import codes_listed, find_occupation
from domain.person.aggregate import Person
from domain.programme.aggregate import Programme
from domain.refusal import Invalid, SubjectErased
from domain.sealed import Erased
from domain.step import Step
from domain.world import World

PERSON: Final = "person"


class ReturningDesk(EnrollmentMemory):
    """What brings a lapsed member back."""

    def consulted(self, step: str) -> dict[str, UUID]:
        return {PERSON: self.subject_id} if step == ReenrollMember.step else {}

    def compared_subjects(self, step: str) -> tuple[UUID, ...]:
        return (self.subject_id,) if step == ReenrollMember.step else ()

    def reenroll(self, command: ReenrollMember, step: Step, world: World) -> None:
        """Begin a new spell on the day of the step; the checks of the register decide as on a first day.

        Refused (`invalid`) for a day before the lapse, (`guard_failed`) where a check fails, or where money
        that came in time has undone the lapse.
        """
        programme = world.the("programme", Programme)
        lapsed_on = self._lapsed_on(command, programme)
        occupation = _listed(command.occupation or self.occupation, programme)
        candidate = Candidate(
            birth_date=_birth_date(world),
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


def _birth_date(world: World) -> date:
    details = world.the(PERSON, Person).details
    assert details is not None, "a person is registered with details"
    birth_date = details.birth_date.open(world.opener)
    if isinstance(birth_date, Erased):
        raise SubjectErased("the personal data of this person have been erased: nobody can check the age")
    return birth_date

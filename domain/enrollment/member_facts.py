"""What the log knows of a member on a day, as the law asks for it: cover, wage base, months over life."""

from datetime import date
from typing import Any

from domain.benefit.accident_facts import AccidentFacts
from domain.benefit.death import DeathFacts
from domain.enrollment.aggregate import Enrollment
from domain.programme.aggregate import Programme
from domain.programme.contribution import Membership

FROM_THE_LOG = frozenset(
    {"membership_start", "paid_through", "paid_months_total", "segment", "wage_base"}
)  # names of the dossier; nobody states them for a member


def death_facts(enrollment: Enrollment, programme: Programme, day: date, **stated: Any) -> DeathFacts:
    """Return the facts of a death on a day. stated: what only people know, such as the children."""
    membership = enrollment.membership(programme.contributions)
    return DeathFacts(
        date_of_death=day,
        paid_months_total=len(membership.paid_until(day)),
        **_cover(enrollment, membership, day),
        **stated,
    )


def accident_facts(enrollment: Enrollment, programme: Programme, day: date, **stated: Any) -> AccidentFacts:
    """Return the facts of a work accident on a day. stated: what only people know, such as the result."""
    membership = enrollment.membership(programme.contributions)
    return AccidentFacts(accident_on=day, **_cover(enrollment, membership, day), **stated)


def paid_months_total(enrollment: Enrollment, programme: Programme, day: date) -> int:
    """Return how many months were paid over life, up to and including the month of a day."""
    return len(enrollment.membership(programme.contributions).paid_until(day))


def _cover(enrollment: Enrollment, membership: Membership, day: date) -> dict[str, Any]:
    spell = membership.spell_on(day)
    return {
        "membership_start": spell.start,
        "paid_months": spell.paid_months,
        "ended_on": membership.ended_on,
        "segment": enrollment.begun.segment,
        "wage_base": enrollment.begun.wage_base,
    }

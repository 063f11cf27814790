"""Who may be registered: the checks of the register in their order; the first failure decides.

Sources: dossier 2.1. Whether the identity number is readable is a question of format (`domain.nik`) and
comes before all of these.
"""

from dataclasses import dataclass
from datetime import date

from domain.benefit.rules import RULES, RuleSet
from domain.period import age_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is known of a person on the day of registration; what nobody checked counts as in order."""

    birth_date: date
    registered_on: date
    formal_worker: bool = False  # active as a wage member for the same work, or in public service
    duplicate: bool = False  # a live membership of this NIK elsewhere, or an earlier row of the list
    deceased: bool = False
    working: bool = True
    occupation_listed: bool = True
    resident: bool = True
    quota_left: bool = True


def reason_to_reject(candidate: Candidate, rules: RuleSet = RULES) -> str | None:
    """Return the code of the first check that fails, or nothing.

    The age bounds of the day of registration hold: from 18, and not yet 65 (before 1 April 2021 not
    yet 60). Who entered in time may stay. Refuses a day before the first rules.
    """
    bounds = rules.in_force("enrollment.age", candidate.registered_on)
    age = age_on(candidate.birth_date, candidate.registered_on)
    checks = (
        ("REJECT_MIN_AGE", age >= bounds.integer("years_min")),
        ("REJECT_MAX_AGE", age < bounds.integer("years_below")),
        ("REJECT_FORMAL_WORKER", not candidate.formal_worker),
        ("REJECT_DUPLICATE", not candidate.duplicate),
        ("REJECT_DECEASED", not candidate.deceased),
        ("REJECT_NOT_WORKING", candidate.working),
        ("REJECT_OCCUPATION", candidate.occupation_listed),
        ("REJECT_RESIDENCE", candidate.resident),
        ("REJECT_QUOTA", candidate.quota_left),
    )
    return next((code for code, passed in checks if not passed), None)

"""Who may be registered: the checks of the register in their order; the first failure decides.

Sources: dossier 2.1. Whether the identity number is readable is a question of format (`domain.nik`) and
comes before all of these.
"""

from datetime import date
from typing import NamedTuple

from domain.benefit.rules import RULES, RuleSet
from domain.period import age_on


class Candidate(NamedTuple):
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
    if age < bounds.integer("years_min"):
        return "REJECT_MIN_AGE"
    if age >= bounds.integer("years_below"):
        return "REJECT_MAX_AGE"
    if candidate.formal_worker:
        return "REJECT_FORMAL_WORKER"
    if candidate.duplicate:
        return "REJECT_DUPLICATE"
    if candidate.deceased:
        return "REJECT_DECEASED"
    if not candidate.working:
        return "REJECT_NOT_WORKING"
    if not candidate.occupation_listed:
        return "REJECT_OCCUPATION"
    if not candidate.resident:
        return "REJECT_RESIDENCE"
    return None if candidate.quota_left else "REJECT_QUOTA"

"""What a case says at its head: cover on the day of death with its reason, work, and what the law would give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.console.sentences import say
from api.law import is_stale
from domain.benefit.determination import Determination, Notice
from domain.benefit.rules import RULES
from domain.claim.aggregate import Claim
from domain.coverage import Coverage
from domain.dated import NotInForce
from domain.enrollment.aggregate import Enrollment
from domain.occupations import find_occupation
from domain.period import Month, written_day
from domain.programme.aggregate import Programme
from domain.refusal import Invalid
from domain.rupiah import Language
from domain.world import World

UNVERIFIED: Final = "RULE_NOT_VERIFIED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a claim comes to, line by line. is_estimate: nothing of it is saved, nobody is bound.

    in_doubt: notices that a rule rests on less than the wording of the law. stale: rules that were last
    confirmed long ago.
    """

    determination: Determination
    is_estimate: bool
    in_doubt: Sequence[Notice]
    reasons: Sequence[Notice]
    stale: Sequence[str]


def sheets_of(claim: Claim, world: World, today: date, *, estimates: bool) -> list[Sheet]:
    """Return what was determined; before that, for the office, what the law would give on the facts as they stand.

    estimates: of the office. A family is told what was decided, and promised nothing before.
    """
    found = [_sheet(one, is_estimate=False, today=today) for one in claim.determinations]
    if found or claim.rejected is not None or not estimates:
        return found
    try:
        estimate = claim.due_by_law(world)
    except Invalid:  # a day for which no rule is known: whoever calculates is told
        return []
    return [_sheet(estimate, is_estimate=True, today=today)]


def _sheet(determination: Determination, *, is_estimate: bool, today: date) -> Sheet:
    ids = dict.fromkeys(rule_id for line in determination.lines for rule_id in line.rule_ids)
    return Sheet(
        determination=determination,
        is_estimate=is_estimate,
        in_doubt=[one for one in determination.notices if one.code == UNVERIFIED],
        reasons=[one for one in determination.notices if one.code != UNVERIFIED],
        stale=stale_among(ids, today),
    )


def stale_among(rule_ids: Sequence[str] | dict[str, None], today: date) -> list[str]:
    """Return the rules among these that somebody should compare with their sources again."""
    found = []
    for rule_id in rule_ids:
        try:
            rule = RULES.find(rule_id)
        except NotInForce:  # a row of a table, confirmed with the benefit that uses it
            continue
        if is_stale(rule.citation.confirmed_on, today):
            found.append(rule_id)
    return found


def cover_on_the_day(claim: Claim, world: World, language: Language) -> tuple[str, str] | None:
    """Return the cover on the day of death, as a status and a reason; None where the membership is not known."""
    enrollment, programme = world.cases.get("enrollment"), world.cases.get("programme")
    if not isinstance(enrollment, Enrollment) or not isinstance(programme, Programme):
        return None
    cover = enrollment.membership(programme.contributions).coverage(claim.reported.event_on)
    return cover.status, _reason(cover, language)


def _reason(cover: Coverage, language: Language) -> str:
    if cover.status == "NOT_STARTED":
        if cover.starts_on is None:
            return say("covered.never", language)
        return say("covered.starts", language, day=written_day(cover.starts_on, language))
    if cover.ended_on is not None and cover.status == "LAPSED":
        return say("covered.ended", language, day=written_day(cover.ended_on, language))
    if cover.status == "LAPSED" and cover.lapse_day is not None:
        return say("covered.lapsed", language, day=written_day(cover.lapse_day, language))
    if cover.status == "GRACE":
        return say("covered.unpaid", language, months=_months(cover.unpaid_months, language))
    if cover.paid_through is None:
        return ""
    return say("covered.paid", language, month=cover.paid_through.written(language))


def _months(months: Sequence[Month], language: Language) -> str:
    names = [month.written(language) for month in months]
    return ", ".join(names) if len(names) <= 3 else f"{names[0]} – {names[-1]}"


def occupation_of(enrollment: Enrollment, language: Language) -> str:
    """Return the work a member was listed with, by its name where the scheme knows it."""
    known = find_occupation(enrollment.occupation or "")
    if known is None:
        return enrollment.occupation or ""
    return known.name_id if language == "id" else known.name_en

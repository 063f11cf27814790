"""After a lapse: enrolled again as a new spell, with the cover of each day worked out slowly as well."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st

from domain.enrollment.aggregate import Enrollment
from domain.enrollment.commands import RecordFirstContribution, ReenrollMember
from domain.enrollment.events import FirstContributionPaid, Reenrolled
from domain.enrollment.refusals import NotEligible, NotLapsed
from domain.fact import Fact
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.commands import ReceiveContribution
from domain.programme.contribution import Contribution, Membership
from domain.programme.refusals import MonthBeforeStart, MonthPaidAlready, PaidAfterLapse
from domain.refusal import Invalid
from domain.world import World
from tests.facts import (
    ENROLLMENT,
    PERSON,
    PROGRAMME,
    ROSTER,
    as_system,
    command,
    contribution_received,
    enrollment_begun,
    first_contribution_paid,
    member,
    member_registered,
    membership_lapsed,
    person_registered,
    programme_opened,
    receive_contribution,
    reenrolled,
)
from tests.given_when_then import fold, given, world_of

LAPSED_ON = date(2024, 1, 1)
AGAIN_ON = date(2024, 2, 10)
# Paid for September 2023; October to January stay unpaid.
LAPSED = [
    *member(occupation="BECAK"),
    person_registered(),
    contribution_received("2023-09"),
    first_contribution_paid("2023-09"),
    membership_lapsed(LAPSED_ON),
]
BACK = [*LAPSED, reenrolled(AGAIN_ON, LAPSED_ON)]


def reenroll(on: date = AGAIN_ON, **fields: Any) -> ReenrollMember:
    return command(ReenrollMember, ENROLLMENT, "ida", "intake", effective_on=on, **fields)


def around(*story: Fact, has_died: bool = False) -> World:
    cases = fold(*story)
    return world_of(cases, {"programme": PROGRAMME, "person": PERSON}, has_died=has_died)


def membership_of(*story: Fact) -> Membership:
    cases = fold(*story)
    enrollment, programme = cases[ENROLLMENT], cases[PROGRAMME]
    assert isinstance(enrollment, Enrollment) and isinstance(programme, Programme)
    return enrollment.membership(programme.contributions)


def cover(day: date, *story: Fact) -> tuple[str, date | None]:
    found = membership_of(*story).coverage(day)
    return found.status, found.starts_on


# -- the step


def test_a_lapsed_member_begins_a_new_spell_and_keeps_the_number() -> None:
    told = (
        given(*LAPSED)
        .when(reenroll(), world=around(*LAPSED))
        .then(Reenrolled, spell=2, lapsed_on=LAPSED_ON, occupation="BECAK", effective_on=AGAIN_ON)
    )
    again = told.case
    assert isinstance(again, Enrollment)
    assert (again.spell, again.reenrolled_on, again.number) == (2, AGAIN_ON, "12345678901")
    assert again.activated is None and again.facts()["spell"] == 2
    assert (told.keys.take, told.keys.release) == ([], []), "the membership is held all the time"


@pytest.mark.parametrize(
    ("fields", "has_died", "code"),
    [
        ({"working": False}, False, "REJECT_NOT_WORKING"),
        ({"formal_worker": True}, False, "REJECT_FORMAL_WORKER"),
        ({"occupation": "Astronot"}, False, "REJECT_OCCUPATION"),
        ({}, True, "REJECT_DECEASED"),
        ({"working": False, "formal_worker": True}, True, "REJECT_FORMAL_WORKER"),
    ],
)
def test_the_checks_of_the_register_decide_again_in_their_order(
    fields: dict[str, Any], has_died: bool, code: str
) -> None:
    given(*LAPSED).when(reenroll(**fields), world=around(*LAPSED, has_died=has_died)).then_refused(
        NotEligible, reason=code, guard="eligible"
    )


@pytest.mark.parametrize(("on", "old"), [(date(2050, 6, 30), False), (date(2050, 7, 1), True)])
def test_the_age_of_the_new_day_counts(on: date, old: bool) -> None:
    """Born on 1 July 1985: 65 on 1 July 2050."""
    asked = given(*LAPSED).when(
        replace(reenroll(on), decided_at=reenroll().decided_at.replace(year=2051)), world=around(*LAPSED)
    )
    if old:
        asked.then_refused(NotEligible, reason="REJECT_MAX_AGE")
    else:
        asked.then(Reenrolled)


def test_an_occupation_may_be_another_one_of_the_programme() -> None:
    asked = reenroll(occupation="tukang ojek pengkolan")
    told = given(*LAPSED).when(asked, world=around(*LAPSED)).then(Reenrolled)
    assert isinstance(told.case, Enrollment)
    assert told.case.occupation == told.event.occupation != "BECAK"


def test_no_new_spell_begins_before_the_lapse_nor_where_money_in_time_undid_it() -> None:
    early = LAPSED_ON - timedelta(days=1)
    given(*LAPSED).when(reenroll(early), world=around(*LAPSED)).then_refused(Invalid, field="effective_on")
    given(*LAPSED).when(reenroll(LAPSED_ON), world=around(*LAPSED)).then(Reenrolled)
    paid = [*LAPSED, contribution_received(*_months("2023-10", 60), paid_on=date(2023, 12, 30))]
    given(*paid).when(reenroll(), world=around(*paid)).then_refused(NotLapsed, guard="has_lapsed")


def test_the_first_payment_of_a_spell_starts_its_cover() -> None:
    paid = as_system(RecordFirstContribution, ENROLLMENT, first_month="2024-02", payment_position=9)
    given(*BACK).when(paid).then(FirstContributionPaid, membership_start=AGAIN_ON, first_month="2024-02")
    later = replace(paid, first_month="2024-03")
    given(*BACK).when(later).then(FirstContributionPaid, membership_start=date(2024, 3, 1))


# -- cover between and within spells


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2023, 8, 31), ("NOT_STARTED", date(2023, 9, 1))),
        (date(2023, 9, 30), ("ACTIVE", date(2023, 9, 1))),
        (date(2023, 12, 31), ("GRACE", date(2023, 9, 1))),
        (date(2024, 1, 1), ("LAPSED", date(2023, 9, 1))),
        (date(2024, 2, 9), ("LAPSED", date(2023, 9, 1))),
        (date(2024, 2, 10), ("ACTIVE", AGAIN_ON)),
        (date(2024, 5, 31), ("GRACE", AGAIN_ON)),
        (date(2024, 6, 1), ("LAPSED", AGAIN_ON)),
    ],
)
def test_every_day_has_the_cover_of_its_spell(day: date, expected: tuple[str, date]) -> None:
    assert cover(day, *BACK, contribution_received("2024-02", paid_on=AGAIN_ON)) == expected


def test_enrolled_again_and_not_paid_is_not_covered() -> None:
    assert cover(date(2024, 3, 1), *BACK) == ("LAPSED", date(2023, 9, 1))


def test_months_of_all_spells_count_for_the_scholarship_and_those_of_one_for_cover() -> None:
    found = membership_of(*BACK, contribution_received("2024-02", "2024-03", paid_on=AGAIN_ON))
    assert found.months_over_life == {Month(2023, 9), Month(2024, 2), Month(2024, 3)}
    assert found.paid_months == {Month(2024, 2), Month(2024, 3)} and found.start == AGAIN_ON
    assert found.paid_until(date(2024, 2, 29)) == {Month(2023, 9), Month(2024, 2)}
    assert found.spell_on(date(2023, 9, 5)).start == date(2023, 9, 1)


def test_money_in_time_that_is_recorded_late_shows_that_there_never_was_a_lapse() -> None:
    in_time = contribution_received("2023-10", "2023-11", "2023-12", "2024-01", paid_on=date(2023, 12, 30))
    after = contribution_received("2024-02", paid_on=AGAIN_ON, reference="later")
    assert cover(date(2024, 2, 9), *BACK, after, in_time) == ("ACTIVE", date(2023, 9, 1))
    assert cover(date(2024, 3, 11), *BACK, after, in_time) == ("GRACE", date(2023, 9, 1))


# -- who is a head of a list payment, and what may be paid by name


@pytest.mark.parametrize(
    ("month", "paid_on", "known_to", "meant"),
    [
        ("2024-01", date(2024, 1, 1), 7, True),  # by the day of the lapse
        ("2024-01", date(2024, 1, 2), 7, False),
        ("2024-01", date(2024, 1, 2), 6, True),  # the lapse was not written down yet
        ("2024-02", date(2024, 2, 12), 7, False),  # nor the enrolling again
        ("2024-02", date(2024, 2, 12), 8, True),
        ("2024-01", date(2024, 2, 12), 8, False),
        ("2024-01", date(2023, 12, 30), 8, True),
    ],
)
def test_money_after_the_lapse_is_for_who_enrolled_again(
    month: str, paid_on: date, known_to: int, meant: bool
) -> None:
    """The lapse stands at position 7 of the log, the new spell at 8."""
    enrollment = fold(*BACK)[ENROLLMENT]
    assert isinstance(enrollment, Enrollment)
    payment = contribution_received(month, paid_on=paid_on, position=known_to)
    assert enrollment.is_head_in(Month.parse(month), payment) is meant


def by_name(*months: str, paid_on: date) -> ReceiveContribution:
    return receive_contribution(*months, paid_on=paid_on, effective_on=paid_on, enrollment_ids=(ENROLLMENT,))


def test_money_after_the_lapse_names_the_way_back_and_afterwards_counts_for_the_new_spell() -> None:
    refusal = (
        given(*LAPSED)
        .when(by_name("2024-02", paid_on=AGAIN_ON))
        .then_refused(PaidAfterLapse, lapsed_on="2024-01-01", guard="paid_before_lapse")
    )
    assert "reenroll" in refusal.message
    given(*BACK).when(by_name("2024-02", paid_on=AGAIN_ON))._decide()
    given(*BACK).when(by_name("2024-03", paid_on=LAPSED_ON + timedelta(days=9)))._decide()
    gap = given(*BACK).when(by_name("2024-01", "2024-02", paid_on=AGAIN_ON)).then_refused(PaidAfterLapse)
    assert "2024-02-10" in gap.message
    given(*BACK).when(by_name("2023-09", paid_on=AGAIN_ON)).then_refused(MonthPaidAlready)
    paid = [*BACK, contribution_received("2024-03", paid_on=AGAIN_ON)]
    given(*paid).when(by_name("2024-02", paid_on=date(2024, 3, 1))).then_refused(MonthBeforeStart)
    given(*paid).when(by_name("2024-08", paid_on=date(2024, 7, 2))).then_refused(
        PaidAfterLapse, lapsed_on="2024-07-01"
    )


def test_a_list_whose_members_are_back_is_paid_for_their_spell_again() -> None:
    def pay(month: str, on: date, begun: date | None) -> ReceiveContribution:
        asked = receive_contribution(month, paid_on=on, effective_on=on)
        spells_from = {Month.parse(month): begun} if begun else {}
        return replace(asked, heads=replace(asked.heads, spells_from=spells_from))

    given(*BACK).when(pay("2024-02", AGAIN_ON, None)).then_refused(PaidAfterLapse)
    given(*BACK).when(pay("2024-02", AGAIN_ON, AGAIN_ON))._decide()
    paid = [*BACK, contribution_received("2024-02", paid_on=AGAIN_ON)]
    given(*paid).when(pay("2024-03", date(2024, 3, 4), AGAIN_ON))._decide()
    given(*paid).when(pay("2024-07", date(2024, 6, 2), AGAIN_ON)).then_refused(
        PaidAfterLapse, lapsed_on="2024-06-01"
    )


# -- the slow reckoning


@dataclass(frozen=True)
class Walk:
    """A membership told month by month: for each spell its first day and, from that month on, what was paid."""

    spells: tuple[tuple[date, tuple[bool, ...]], ...]


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    spells: list[tuple[date, tuple[bool, ...]]] = []
    day = draw(st.dates(date(2022, 1, 1), date(2023, 2, 28)))
    for _ in range(draw(st.integers(1, 4))):
        waits = draw(st.integers(0, 2)) * [False]
        runs = draw(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), min_size=1, max_size=4))
        paid = [*waits]
        for months, gap in runs:
            paid += months * [True] + gap * [False]
        while paid[-1] is False:
            paid.pop()
        spells.append((day, tuple(paid)))
        lapse = Month.of(day).plus(len(paid) + 3).first_day
        day = lapse + timedelta(days=draw(st.integers(0, 70)))
    return Walk(tuple(spells))


def slowly(walk: Walk, day: date) -> str:
    """Go through the calendar month by month, as a clerk with a paper card would."""
    status = "NOT_STARTED"
    for listed_from, paid in walk.spells:
        month, unpaid, covered_from = Month.of(listed_from), 0, None
        while month.first_day <= day:
            n = month.months_since(Month.of(listed_from))
            if n < len(paid) and paid[n]:
                covered_from = covered_from or max(listed_from, month.first_day)
                unpaid = 0
            elif covered_from is not None:
                unpaid += 1
            if unpaid == 4:
                status = "LAPSED"
                break
            if covered_from is not None and covered_from <= day:
                status = "ACTIVE" if _all_paid(paid, Month.of(listed_from), covered_from, day) else "GRACE"
            month = month.plus(1)
    return status


def _all_paid(paid: tuple[bool, ...], first: Month, covered_from: date, day: date) -> bool:
    numbers = range(Month.of(covered_from).months_since(first), Month.of(day).months_since(first) + 1)
    return all(n < len(paid) and paid[n] for n in numbers)


def told(walk: Walk, *, by_list: bool) -> list[Fact]:
    first, _ = walk.spells[0]
    story: list[Fact] = [programme_opened(), enrollment_begun(effective_on=first), member_registered()]
    lapsed_on: date | None = None
    for n, (listed_from, paid) in enumerate(walk.spells):
        if lapsed_on is not None:
            story.append(reenrolled(listed_from, lapsed_on, spell=n + 1))
        for k, is_paid in enumerate(paid):
            if is_paid:
                month = Month.of(listed_from).plus(k)
                whom: dict[str, Any] = {} if by_list else {"enrollment_ids": (ENROLLMENT,)}
                on = max(listed_from, month.first_day)
                story.append(contribution_received(str(month), paid_on=on, **whom))
        lapsed_on = Month.of(listed_from).plus(len(paid) + 3).first_day
        if n + 1 < len(walk.spells):
            story.append(membership_lapsed(lapsed_on))
    return story


@any_of(walk=walks(), by_list=st.booleans(), days=st.lists(st.integers(-40, 2200), min_size=1, max_size=40))
@settings(max_examples=150, deadline=None)
def test_cover_agrees_with_a_slow_reckoning_month_by_month(
    walk: Walk, by_list: bool, days: list[int]
) -> None:
    found = membership_of(*told(walk, by_list=by_list))
    paid = [
        Month.of(listed_from).plus(k)
        for listed_from, months in walk.spells
        for k, is_paid in enumerate(months)
        if is_paid
    ]
    assert sorted(found.months_over_life) == paid, "over life, each once"
    for offset in days:
        day = walk.spells[0][0] + timedelta(days=offset)
        assert found.coverage(day).status == slowly(walk, day), day


def _months(first: str, how_many: int) -> list[str]:
    return [str(Month.parse(first).plus(n)) for n in range(how_many)]


def test_a_payment_that_is_of_no_list_of_the_member_counts_for_nobody() -> None:
    payment = Contribution(
        months=frozenset({Month(2024, 2)}),
        paid_on=AGAIN_ON,
        head_position=1_000,
        roster_id=PERSON,
        enrollment_ids=frozenset(),
        reference="other",
    )
    enrollment = fold(*BACK)[ENROLLMENT]
    assert isinstance(enrollment, Enrollment) and enrollment.roster_id == ROSTER
    assert enrollment.membership([payment]).months_over_life == frozenset()

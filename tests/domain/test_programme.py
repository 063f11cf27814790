"""A programme: what a payment must be, and on which day money still belongs to a membership."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st

from domain.case import Key
from domain.fact import Fact
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.events import ContributionReceived, KnownDeath, ProgrammeOpened
from domain.programme.refusals import (
    ContributionDiffers,
    CountedTooEarly,
    FirstPaidAfterDeath,
    MonthBeforeStart,
    MonthPaidAlready,
    PaidAfterLapse,
)
from domain.refusal import Invalid
from tests.facts import (
    ENROLLMENT,
    PROGRAMME,
    ROSTER,
    TODAY,
    amount_of,
    contribution_received,
    enrollment_begun,
    member,
    member_registered,
    open_programme,
    programme_opened,
    receive_contribution,
)
from tests.given_when_then import Asked, fold, given

DAY = timedelta(days=1)
ALONE: dict[str, Any] = {"enrollment_ids": (ENROLLMENT,)}


def test_a_programme_is_opened_with_its_agreement() -> None:
    told = (
        given()
        .when(open_programme(wards=("Podosugih",), occupations=("PEDAGANG",), quota=900))
        .then(
            ProgrammeOpened,
            name="Perlindungan pekerja rentan",
            area_code="3375",
            segment="BPU_APBD",
            target=1_000,
            budget=201_600_000,
            wards=("Podosugih",),
            occupations=("PEDAGANG",),
            quota=900,
        )
    )
    assert (told.case.area_code, told.case.subject_id, told.keys.take) == ("3375", PROGRAMME, [])


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    first = date(2023, 9, 1)
    given().when(open_programme(period_from=first, period_to=first)).then(ProgrammeOpened)
    given().when(open_programme(period_from=first, period_to=first - DAY)).then_refused(
        Invalid, field="period"
    )


def test_a_payment_is_one_event_that_says_for_whom_and_what() -> None:
    told = (
        given(programme_opened())
        .when(receive_contribution("2023-10", "2023-09", heads=817, position=17, reference="SP2D-1"))
        .then(
            ContributionReceived,
            months=("2023-09", "2023-10"),
            heads=(817, 817),
            amount=2 * 13_725_600,
            head_position=17,
            roster_id=ROSTER,
            enrollment_ids=(),
            reference="SP2D-1",
            lines=(("CON_JKK", 2 * 8_170_000), ("CON_JKM", 2 * 5_555_600)),
        )
    )
    assert told.keys.take == [Key("payment-reference", b"sp2d-1")]


def test_a_payment_counts_once_the_log_holds_it() -> None:
    programme = fold(programme_opened(), contribution_received("2023-09", position=17))[PROGRAMME]
    assert isinstance(programme, Programme)
    [payment] = programme.contributions
    assert [payment.months, payment.head_position, payment.roster_id] == [{Month(2023, 9)}, 17, ROSTER]
    assert programme.payments_of({ROSTER}) == [payment]
    assert programme.payments_of({uuid4()}) == programme.payments_of(()) == []


def test_payments_of_a_member_are_those_of_the_list_and_those_that_name_the_member() -> None:
    facts = [programme_opened(), contribution_received("2023-09"), contribution_received("2023-10", **ALONE)]
    programme = fold(*facts)[PROGRAMME]
    assert isinstance(programme, Programme)
    of_list, of_member = programme.contributions
    assert programme.payments_of({ROSTER, uuid4()}, ENROLLMENT) == [of_list, of_member]
    assert programme.payments_of((), ENROLLMENT) == [of_member]
    assert programme.payments_of({ROSTER}, uuid4()) == [of_list]


@pytest.mark.parametrize("off_by", [-1, 1])
def test_anything_but_the_invoice_is_refused_and_the_invoice_named(off_by: int) -> None:
    owed = amount_of("2023-09", heads=3)
    asked = receive_contribution("2023-09", heads=3, amount=owed + off_by)
    given(programme_opened()).when(asked).then_refused(
        ContributionDiffers, field="amount", asked=owed + off_by, expected=owed
    )


def test_a_payment_of_the_list_says_whom_it_left_out_as_dead() -> None:
    died_on = {ENROLLMENT: date(2023, 9, 10)}
    told = given(programme_opened()).when(
        receive_contribution("2023-09", "2023-10", heads=3, died_on=died_on)
    )
    known = KnownDeath(enrollment_id=ENROLLMENT, died_on=date(2023, 9, 10))
    told.then(ContributionReceived, known_deaths=(known,))
    last = receive_contribution("2023-09", heads=3, died_on=died_on)
    given(programme_opened()).when(last).then(ContributionReceived, known_deaths=())


def test_who_paid_by_name_since_the_count_is_not_paid_for_twice() -> None:
    story = [*member(), contribution_received("2023-09", enrollment_ids=(ENROLLMENT,))]
    early = receive_contribution("2023-09", heads=2, position=3)
    given(*story).when(early).then_refused(CountedTooEarly)
    given(*story).when(receive_contribution("2023-09", position=4)).then(ContributionReceived)
    given(*story).when(receive_contribution("2023-10", position=3)).then(ContributionReceived)


def test_money_of_tomorrow_is_refused() -> None:
    asked = receive_contribution("2023-09", paid_on=TODAY + DAY)
    given(programme_opened()).when(asked).then_refused(Invalid, field="paid_on")


def test_a_month_of_the_list_is_paid_once() -> None:
    paid = [programme_opened(), contribution_received("2023-09", "2023-10", reference="A")]
    given(*paid).when(receive_contribution("2023-10", "2023-11")).then_refused(
        MonthPaidAlready, field="months", month="2023-10", reference="A"
    )
    given(*paid).when(receive_contribution("2023-11")).then(ContributionReceived)
    given(*paid).when(receive_contribution("2023-10", roster_id=uuid4())).then(ContributionReceived)


def test_a_month_of_a_member_is_paid_once_with_the_list_or_alone() -> None:
    with_list = [*member(), contribution_received("2023-09", reference="A")]
    given(*with_list).when(receive_contribution("2023-09", **ALONE)).then_refused(
        MonthPaidAlready, month="2023-09", reference="A"
    )
    alone = [*member(), contribution_received("2023-09", reference="B", **ALONE)]
    given(*alone).when(receive_contribution("2023-09", **ALONE)).then_refused(
        MonthPaidAlready, month="2023-09", reference="B"
    )


def test_who_came_after_the_count_of_a_list_payment_pays_the_month_alone() -> None:
    """And a second payment names the one that was for this member, not the list's."""
    story = [*member(), contribution_received("2023-09", position=1, reference="LIST")]
    given(*story).when(receive_contribution("2023-09", **ALONE)).then(ContributionReceived, **ALONE)
    story.append(contribution_received("2023-09", reference="ALONE", **ALONE))
    given(*story).when(receive_contribution("2023-09", **ALONE)).then_refused(
        MonthPaidAlready, month="2023-09", reference="ALONE"
    )


# -- the day of the lapse: the first of the fourth month in a row that nobody paid


def paid_for_the_list(*months: str) -> list[Fact]:
    return [programme_opened(), contribution_received(*months)]


@pytest.mark.parametrize("mine", [False, True], ids=["list", "member alone"])
def test_money_belongs_to_the_membership_until_the_day_of_the_lapse(mine: bool) -> None:
    """Paid through October 2023; November, December and January keep the right, 1 February ends it."""
    lapse = date(2024, 2, 1)
    story = [*member(), contribution_received("2023-09", "2023-10")]
    more = ALONE if mine else {}
    given(*story).when(receive_contribution("2023-11", paid_on=lapse, **more)).then(ContributionReceived)
    given(*story).when(receive_contribution("2023-11", paid_on=lapse + DAY, **more)).then_refused(
        PaidAfterLapse, guard="paid_before_lapse", lapsed_on="2024-02-01"
    )


def test_the_first_payment_of_all_can_not_be_late() -> None:
    given(programme_opened()).when(receive_contribution("2023-09", paid_on=TODAY)).then(ContributionReceived)
    given(*member()).when(receive_contribution("2023-09", paid_on=TODAY, **ALONE)).then(ContributionReceived)


MONTHS = Month(2023, 9).through(Month(2024, 3))


def slow_lapse_day(start: date, paid: set[Month]) -> date:
    """Walk month by month until the fourth unpaid one in a row."""
    month, unpaid = Month.of(start), 0
    while True:
        unpaid = 0 if month in paid else unpaid + 1
        if unpaid == 4:
            return month.first_day
        month = month.plus(1)


def first_of(paid: set[Month]) -> date:
    return min(paid).first_day


@any_of(paid=st.sets(st.sampled_from(MONTHS), min_size=1), late=st.integers(-40, 40), mine=st.booleans())
@settings(max_examples=80)
def test_whatever_was_paid_the_day_of_the_lapse_decides(paid: set[Month], late: int, mine: bool) -> None:
    story = [*member(), contribution_received(*map(str, sorted(paid)))]
    lapse = slow_lapse_day(first_of(paid), paid)
    paid_on = lapse + late * DAY
    more = ALONE if mine else {}
    asked = receive_contribution("2024-04", paid_on=paid_on, effective_on=date(2025, 1, 1), **more)
    expect(given(*story).when(asked), refused=paid_on > lapse, lapse=lapse)


def expect(asked: Asked, *, refused: bool, lapse: date) -> None:
    if refused:
        asked.then_refused(PaidAfterLapse, lapsed_on=lapse.isoformat())
    else:
        asked.then(ContributionReceived)


@pytest.mark.parametrize("mine", [False, True], ids=["list", "member alone"])
def test_no_month_before_the_first_paid_one_is_bought_afterwards(mine: bool) -> None:
    story = [*member(), contribution_received("2023-10")]
    more = ALONE if mine else {}
    given(*story).when(receive_contribution("2023-09", "2023-11", **more)).then_refused(
        MonthBeforeStart, guard="starts_with_first_month", month="2023-09", first_month="2023-10"
    )
    given(*story).when(receive_contribution("2023-11", **more)).then(ContributionReceived)


@pytest.mark.parametrize(
    ("late", "bought"), [(0, True), (1, False)], ids=["on the day of death", "a day later"]
)
def test_no_membership_begins_with_a_payment_after_the_death(late: int, bought: bool) -> None:
    died_on = date(2023, 9, 10)
    asked = receive_contribution(
        "2023-09", paid_on=died_on + late * DAY, died_on={ENROLLMENT: died_on}, **ALONE
    )
    if bought:
        given(*member()).when(asked).then(ContributionReceived)
    else:
        given(*member()).when(asked).then_refused(FirstPaidAfterDeath, guard="first_payment_in_life")


@pytest.mark.parametrize(
    ("died_on", "settled"),
    [(date(2024, 1, 31), True), (date(2024, 2, 1), False), (date(2023, 11, 5), True), (None, False)],
    ids=["died the day before the lapse", "died on it", "died early in grace", "alive"],
)
def test_heirs_settle_the_arrears_of_the_dead_however_late(died_on: date | None, settled: bool) -> None:
    """Who died in grace can lapse no more (PP 44/2015 Art. 42(1)); for the living and the lapsed it is over."""
    story = [*member(), contribution_received("2023-09", "2023-10")]
    deaths = {ENROLLMENT: died_on} if died_on else {}
    late = receive_contribution("2023-11", paid_on=date(2024, 5, 1), died_on=deaths, **ALONE)
    expect(given(*story).when(late), refused=not settled, lapse=date(2024, 2, 1))


def test_a_death_among_others_excuses_only_the_dead() -> None:
    other = uuid4()
    second = [enrollment_begun(other, row=2), member_registered(other)]
    story = [*member(), *second, contribution_received("2023-09")]
    late = receive_contribution(
        "2023-10",
        heads=2,
        paid_on=date(2024, 5, 1),
        died_on={ENROLLMENT: date(2023, 10, 5)},
        enrollment_ids=(ENROLLMENT, other),
    )
    given(*story).when(late).then_refused(PaidAfterLapse)

"""Yearly scholarships, against an oracle that goes through the tests of one claim as questions."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefit.scholarship import (
    LEVELS,
    Place,
    Pupil,
    Scholarships,
    SchoolYear,
    projection,
    scholarships,
)
from domain.dated import NotInForce
from domain.refusal import Invalid

PER_YEAR = {"TK": 1_500_000, "SD": 1_500_000, "SMP": 2_000_000, "SMA": 3_000_000, "PT": 12_000_000}
MOST = {"TK": 2, "SD": 6, "SMP": 3, "SMA": 3, "PT": 5}
WORK_ALLOWED_FROM = date(2025, 2, 24)
EVENT = date(2021, 8, 10)


def asked(*pupils: Pupil, cause: Any = "JKK_DEATH", months: int = 0, event_on: date = EVENT) -> Scholarships:
    return scholarships(event_on=event_on, cause=cause, paid_months_total=months, pupils=pupils)


def pupil(*years: SchoolYear, **changes: Any) -> Pupil:
    stated: dict[str, Any] = {"id": "A", "birth_date": date(2010, 3, 2), "years": years}
    return Pupil(**(stated | changes))


def year(day: date, level: str = "SD", work: Any = None) -> SchoolYear:
    return SchoolYear(claim_date=day, level=level, work=work)


def turned_23(born: date) -> date:
    if (born.month, born.day) == (2, 29):
        return date(born.year + 23, 2, 28) if (born.year + 23) % 4 else date(born.year + 23, 2, 29)
    return born.replace(year=born.year + 23)


def oracle(event_on: date, children: list[Pupil]) -> tuple[dict[str, int], dict[str, str]]:
    paid: dict[str, int] = {}
    reasons: dict[str, str] = {}
    for place, child in enumerate(children, start=1):
        for claim in sorted(child.years, key=lambda one: one.claim_date):
            code = f"{child.id}/{claim.claim_date}"
            earlier = [
                other
                for other in child.years
                if other.claim_date < claim.claim_date
                and other.level == claim.level
                and f"{child.id}/{other.claim_date}" in paid
            ]
            late_work = claim.claim_date >= WORK_ALLOWED_FROM and claim.work != "PU_GT_6_MONTHS"
            questions = [
                ("MAX_TWO_CHILDREN", place > 2),
                ("BEFORE_EVENT", claim.claim_date < event_on),
                ("AGE_23", claim.claim_date >= turned_23(child.birth_date)),
                ("MARRIED", bool(child.married_on) and claim.claim_date >= child.married_on),  # type: ignore[operator]
                ("WORKING", claim.work is not None and not late_work),
                ("LEVEL_YEARS_USED", child.used.get(claim.level, 0) + len(earlier) >= MOST[claim.level]),
            ]
            failed = [reason for reason, yes in questions if yes]
            if failed:
                reasons[code] = failed[0]
            else:
                paid[code] = PER_YEAR[claim.level]
    return paid, reasons


CLAIM_DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31)) | st.sampled_from(
    [EVENT, EVENT - timedelta(days=1), WORK_ALLOWED_FROM, WORK_ALLOWED_FROM - timedelta(days=1)]
)
YEARS = st.lists(
    st.builds(
        SchoolYear,
        claim_date=CLAIM_DAYS,
        level=st.sampled_from(LEVELS),
        work=st.sampled_from([None, None, "BPU", "APPRENTICE", "PU_LE_6_MONTHS", "PU_GT_6_MONTHS"]),
    ),
    max_size=9,
    unique_by=lambda one: one.claim_date,
)
PUPILS = st.lists(
    st.builds(
        lambda born, married, used, years: Pupil(
            id="x", birth_date=born, married_on=married, used=used, years=tuple(years)
        ),
        st.dates(date(1997, 1, 1), date(2020, 1, 1)) | st.just(date(2004, 2, 29)),
        st.none() | CLAIM_DAYS,
        st.dictionaries(st.sampled_from(LEVELS), st.integers(0, 7)),
        YEARS,
    ),
    max_size=4,
).map(lambda found: [Pupil(**{**vars(one), "id": f"child{n}"}) for n, one in enumerate(found)])


@given(children=PUPILS)
def test_lines_and_reasons_equal_those_of_the_oracle(children: list[Pupil]) -> None:
    found = asked(*children)
    paid, reasons = oracle(EVENT, children)
    assert {line.code: line.amount for line in found.lines} == paid
    assert found.reasons == reasons
    assert found.total == sum(paid.values()) <= 174_000_000
    assert all(line.working_id and line.working_en for line in found.lines)


@given(children=PUPILS)
def test_the_order_in_which_years_are_given_does_not_matter(children: list[Pupil]) -> None:
    turned = [Pupil(**{**vars(one), "years": one.years[::-1]}) for one in children]
    assert asked(*children) == asked(*turned)


def test_on_the_23rd_birthday_the_child_is_out_also_one_born_on_a_leap_day() -> None:
    born = date(2004, 2, 29)
    found = asked(pupil(year(date(2027, 2, 27), "PT"), year(date(2027, 2, 28), "PT"), birth_date=born))
    assert [line.code for line in found.lines] == ["A/2027-02-27"]
    assert found.reasons == {"A/2027-02-28": "AGE_23"}


def test_marriage_on_the_day_of_the_claim_is_too_late() -> None:
    day = date(2024, 7, 15)
    assert asked(pupil(year(day), married_on=day)).reasons == {"A/2024-07-15": "MARRIED"}
    assert asked(pupil(year(day), married_on=day + timedelta(days=1))).total == 1_500_000


def test_work_beside_the_studies_is_allowed_from_24_february_2025_and_says_so() -> None:
    allowed = asked(pupil(year(WORK_ALLOWED_FROM, "PT", "APPRENTICE")))
    assert [line.basis for line in allowed.lines] == ["SCH-PT; SCH-WORK-EXC"]
    assert asked(pupil(year(date(2025, 2, 23), "PT", "APPRENTICE"))).reasons == {"A/2025-02-23": "WORKING"}
    assert asked(pupil(year(WORK_ALLOWED_FROM, "PT", "PU_GT_6_MONTHS"))).total == 0


def test_a_level_used_up_stops_that_level_only() -> None:
    found = asked(pupil(year(date(2024, 7, 15), "SD"), year(date(2025, 7, 15), "SMP"), used={"SD": 6}))
    assert found.reasons == {"A/2024-07-15": "LEVEL_YEARS_USED"}
    assert [line.code for line in found.lines] == ["A/2025-07-15"]


@pytest.mark.parametrize(
    ("cause", "months", "total"), [("JKM", 35, 0), ("JKM", 36, 1_500_000), ("JKK_TOTAL", 0, 1_500_000)]
)
def test_only_a_death_without_accident_asks_for_36_paid_months(cause: str, months: int, total: int) -> None:
    found = asked(pupil(year(date(2024, 7, 15))), cause=cause, months=months)
    assert found.total == total
    assert found.reasons == ({} if total else {"ALL": "MIN_36_MONTHS"})


@given(st.sampled_from(LEVELS), st.integers(1, 8))
def test_a_projection_is_what_the_years_left_would_pay(level: str, at: int) -> None:
    left = [
        (one, MOST[one] if one != level else max(MOST[one] - at + 1, 0))
        for one in LEVELS[LEVELS.index(level) :]
    ]
    [line] = projection([Place(id="A", level=level, year=at)], date(2024, 7, 1))
    assert line.amount == sum(PER_YEAR[one] * years for one, years in left) <= 87_000_000
    assert (line.basis == "SCH-CAP174") == (line.amount == 87_000_000)


def test_a_projection_leaves_out_the_third_child() -> None:
    places = [Place(id=name, level="TK", year=1) for name in "ABC"]
    assert [line.code for line in projection(places, date(2024, 7, 1))] == ["A", "B"]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(NotInForce):
        asked(pupil(year(date(2024, 7, 15))), event_on=date(2019, 12, 1))
    with pytest.raises(Invalid, match="stands twice"):
        asked(pupil(year(date(2024, 7, 15)), year(date(2024, 7, 15))))
    with pytest.raises(Invalid, match="no level S2"):
        year(date(2024, 7, 15), "S2")
    with pytest.raises(Invalid, match="no work ARTIST"):
        year(date(2024, 7, 15), "SD", "ARTIST")
    with pytest.raises(Invalid, match="no cause FLOOD"):
        asked(cause="FLOOD")
    with pytest.raises(Invalid, match="counts from 1"):
        Place(id="A", level="TK", year=0)

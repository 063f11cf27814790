"""What must hold for every fact: monotone amounts, caps, both sides of every day on which the law changes."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefit.accident import determine_accident, filing_limit
from domain.benefit.accident_facts import Aid
from domain.benefit.contribution import SEGMENTS, contribution
from domain.benefit.death import DeathFacts, determine_death
from domain.benefit.rules import LAW_BEGINS, RULES
from domain.benefit.scholarship import LEVELS, Place, Pupil, SchoolYear, projection, scholarships
from domain.coverage import Coverage, coverage_on
from domain.dated import Rule
from domain.period import Month, add_months
from tests.domain.test_benefit_accident import accident

DAY = timedelta(days=1)
MONTH_ENDS = st.sampled_from(
    [
        date(2024, 2, 29),
        date(2025, 1, 31),
        date(2025, 8, 31),
        date(2025, 11, 30),
        date(2027, 11, 30),
        date(2028, 2, 29),
    ]
)
CAPS = {
    "JKK_DENTURE": 5_000_000,
    "JKK_HEARING_AID": 2_500_000,
    "JKK_GLASSES": 1_000_000,
    "JKK_HOMECARE": 20_000_000,
}
LONGER = """
[[rule]]
id = "JKM-MIN4-TRIED"
kind = "jkm.minimum_period"
name_id = "Masa kepesertaan minimal"
name_en = "Minimum period of membership"
values = { months = 4, segments = ["BPU_APBD"] }
unit = "months"
effective_from = 2025-02-24
legal_basis = "proposal"
confidence = "C"
supersedes = "JKM-MIN3"
"""
TIGHTER = """
[[rule]]
id = "JKK-EXPIRY-TRIED"
kind = "jkk.filing_limit"
name_id = "Batas waktu pengajuan klaim"
name_en = "Filing limit"
values = { years = 1 }
unit = "years"
effective_from = 2019-12-02
legal_basis = "proposal"
confidence = "C"
supersedes = "JKK-EXPIRY-V2"

[[rule]]
id = "CON-GRACE-TRIED"
kind = "coverage.grace"
name_id = "Masa tenggang"
name_en = "Grace"
values = { months = 1 }
unit = "months"
effective_from = 2015-07-01
legal_basis = "proposal"
confidence = "C"
supersedes = "CON-GRACE-3M"
"""
MODES = {"land": 5_000_000, "river": 5_000_000, "lake": 5_000_000, "sea": 2_000_000, "air": 10_000_000}


def death(day: date, start: date, **more: Any) -> DeathFacts:
    months = frozenset(Month.of(start).through(Month.of(day)))
    stated: dict[str, Any] = {"segment": "BPU_APBD", "wage_base": 1_000_000, "paid_months_total": len(months)}
    return DeathFacts(date_of_death=day, membership_start=start, paid_months=months, **(stated | more))


def changes() -> list[Rule]:
    return [rule for rule in RULES.rules if rule.effective_from > LAW_BEGINS]


@pytest.mark.parametrize("rule", changes(), ids=lambda rule: rule.rule_id)
def test_every_rule_begins_on_its_day_and_not_before(rule: Rule) -> None:
    assert RULES.in_force(rule.kind, rule.effective_from) is rule
    assert RULES.in_force_or_none(rule.kind, rule.effective_from - DAY) is not rule
    if rule.effective_to is not None:
        assert RULES.in_force(rule.kind, rule.effective_to) is rule
        assert RULES.in_force_or_none(rule.kind, rule.effective_to + DAY) is not rule


def test_where_a_rule_ends_the_next_begins_the_day_after_or_there_is_none() -> None:
    without_successor = {
        rule.rule_id
        for rule in RULES.rules
        if rule.effective_to is not None
        and RULES.in_force_or_none(rule.kind, rule.effective_to + DAY) is None
    }
    assert without_successor == {
        "CON-RELIEF-2020",
        "CON-RELIEF-2026-N",
        "CON-RELIEF-2026-T",
        "JKK-REHABMED-V1",
        "JKK-SCH-V1",
        "JKM-SCH-V1",
    }


@given(
    income=st.integers(0, 30_000_000),
    more=st.integers(0, 5_000_000),
    month=st.builds(Month, st.integers(2016, 2027), st.integers(1, 12)),
    segment=st.sampled_from(SEGMENTS),
)
def test_a_higher_income_never_costs_less(income: int, more: int, month: Month, segment: str) -> None:
    low, high = (contribution(months=[month], segment=segment, income=one) for one in (income, income + more))
    assert low.total <= high.total and low.wage_base <= high.wage_base <= 20_700_000
    assert low.lines[1] == high.lines[1], "the share of the death benefit does not follow the income"
    assert sum(line.amount for line in high.lines) == high.total


@given(
    aids=st.dictionaries(st.sampled_from(sorted(CAPS)), st.integers(0, 60_000_000)),
    price=st.integers(0, 40_000_000),
    actual=st.integers(0, 60_000_000),
    transport=st.dictionaries(st.sampled_from(sorted(MODES)), st.integers(0, 20_000_000)),
)
def test_caps_are_never_exceeded_and_nobody_gets_more_than_was_paid(
    aids: dict[str, int], price: int, actual: int, transport: dict[str, int]
) -> None:
    stated = [Aid(code=code, actual=paid) for code, paid in aids.items()]
    stated.append(Aid(code="JKK_PROSTHESIS", actual=actual, hospital_price=price))
    found = determine_accident(accident(aids=tuple(stated), transport=transport))
    amounts = {line.code: line.amount for line in found.lines}
    for code, paid in aids.items():
        assert amounts[code] == min(paid, CAPS[code])
    assert amounts["JKK_PROSTHESIS"] == min(actual, (14 * price + 5) // 10)
    assert amounts.get("JKK_TRANSPORT", 0) == sum(min(paid, MODES[mode]) for mode, paid in transport.items())
    assert found.total == sum(amounts.values())


@given(start=st.dates(date(2025, 2, 24), date(2030, 12, 31)) | MONTH_ENDS)
def test_the_minimum_period_ends_to_the_day_also_at_the_ends_of_months(start: date) -> None:
    full_from = add_months(start, 3)
    assert 89 <= (full_from - start).days <= 92
    if start + DAY < date(2025, 2, 24):
        return
    before = determine_death(death(max(full_from - DAY, date(2025, 2, 24)), start))
    after = determine_death(death(full_from, start))
    assert (before.total, before.lines[0].basis) == (10_000_000, "JKM-MIN3; JKM-FUNERAL-V2") or (
        full_from <= date(2025, 2, 24)
    )
    assert after.total == 42_000_000
    assert determine_death(death(full_from - DAY, start, segment="PU")).total == 42_000_000


@given(day=st.dates(date(2015, 7, 1), date(2035, 12, 31)) | MONTH_ENDS)
def test_the_last_day_to_claim_an_accident_is_its_anniversary(day: date) -> None:
    last = filing_limit(day)
    years = 2 if day < date(2019, 12, 2) else 5
    assert last.year == day.year + years
    assert (last.month, last.day) == (day.month, day.day) or (
        (day.month, day.day, last.month, last.day) == (2, 29, 2, 28)
    )
    claims = {last: "PAY", last + DAY: "REJECT_EXPIRED"}
    for claim_date, outcome in claims.items():
        facts = accident(accident_on=day, membership_start=date(2015, 7, 1), claim_date=claim_date)
        assert determine_accident(facts).outcome == outcome


PUPILS = st.builds(
    Pupil,
    id=st.just("x"),
    birth_date=st.dates(date(2000, 1, 1), date(2018, 1, 1)),
    years=st.lists(
        st.builds(
            SchoolYear, claim_date=st.dates(date(2024, 1, 5), date(2030, 1, 1)), level=st.sampled_from(LEVELS)
        ),
        max_size=5,
        unique_by=lambda one: one.claim_date,
    ).map(tuple),
)


@given(first=PUPILS, second=PUPILS, third=PUPILS)
def test_the_order_of_the_first_two_children_does_not_matter_and_the_third_gets_nothing(
    first: Pupil, second: Pupil, third: Pupil
) -> None:
    one, two, three = (
        Pupil(**{**vars(child), "id": name})
        for child, name in zip((first, second, third), "ABC", strict=True)
    )

    def found(*children: Pupil) -> dict[str, int]:
        given_years = scholarships(
            event_on=date(2024, 1, 5), cause="JKK_DEATH", paid_months_total=0, pupils=children
        )
        return {line.code: line.amount for line in given_years.lines}

    assert found(one, two) == found(two, one) == found(one, two, three)
    assert sum(found(one, two, three).values()) <= 174_000_000


@pytest.mark.parametrize(
    ("ended_on", "outcome"), [(date(2024, 5, 14), "PAY"), (date(2024, 5, 13), "REJECT_LAPSED")]
)
def test_a_membership_that_somebody_ended_covers_its_last_day_and_no_day_more(
    ended_on: date, outcome: str
) -> None:
    day = date(2024, 5, 14)
    assert determine_death(death(day, date(2023, 1, 1), ended_on=ended_on)).outcome == outcome
    facts = accident(accident_on=day, membership_start=date(2023, 1, 1), ended_on=ended_on)
    assert determine_accident(facts).outcome == outcome


def test_another_minimum_period_is_the_one_that_counts() -> None:
    tried = RULES.amended({"tried.toml": LONGER})
    facts = death(date(2025, 8, 1), date(2025, 5, 1), children=1, paid_months_total=40)
    assert (determine_death(facts).total, determine_death(facts).scholarship_right) == (42_000_000, True)
    shorter = determine_death(facts, tried)
    assert (shorter.total, shorter.scholarship_right) == (10_000_000, False)


def test_a_forecast_of_a_level_that_is_over_says_nothing_is_left() -> None:
    [line] = projection([Place(id="A", level="PT", year=6)], date(2026, 7, 1))
    assert (line.amount, line.working_id, line.working_en) == (0, "0 = Rp 0", "0 = Rp 0")


def test_another_filing_limit_and_another_grace_are_those_that_count() -> None:
    tried = RULES.amended({"tried.toml": TIGHTER})
    late = accident(result="DEATH", claim_date=date(2025, 5, 15))
    assert (determine_accident(late).outcome, determine_accident(late, tried).outcome) == (
        "PAY",
        "REJECT_EXPIRED",
    )
    unpaid = accident(result="DEATH", paid_through=Month(2024, 3))
    assert determine_accident(unpaid).outcome == "HOLD_ARREARS"
    assert determine_accident(unpaid, tried).outcome == "REJECT_LAPSED"


def test_the_living_are_paid_themselves_and_who_was_not_covered_learns_why() -> None:
    assert determine_accident(accident(result="TOTAL", heir_tier="NONE")).payees == ()
    early = determine_accident(accident(membership_start=date(2024, 5, 15)))
    assert [(notice.code, notice.basis) for notice in early.notices] == [
        ("REJECT_NOT_STARTED", "JKK-COVERED")
    ]
    [unpaid] = determine_accident(accident(membership_start=None, paid_months=frozenset())).notices
    assert unpaid.text_id == "Pada 14 Mei 2024 peserta belum terlindungi: belum ada iuran yang dibayar."
    assert unpaid.text_en == "On 14 May 2024 the member was not yet covered: no contribution was ever paid."


def test_a_claim_after_the_end_of_a_membership_names_its_last_day() -> None:
    ended = determine_accident(accident(ended_on=date(2024, 5, 13)))
    [said] = ended.notices
    assert (said.code, said.basis) == ("REJECT_LAPSED", "CON-LAPSE")
    assert said.text_id == "Kepesertaan sudah berakhir: hari terakhirnya 13 Mei 2024."
    assert said.text_en == "The membership had ended: its last day was 13 May 2024."


def test_what_is_said_of_a_membership_that_was_ended() -> None:
    start, ended_on = date(2024, 1, 10), date(2024, 3, 20)
    paid = frozenset({Month(2024, 1), Month(2024, 2), Month(2024, 7)})
    found = coverage_on(
        date(2024, 5, 14), membership_start=start, paid_months=paid, grace_months=3, ended_on=ended_on
    )
    assert found == Coverage(
        status="LAPSED",
        starts_on=start,
        paid_through=Month(2024, 7),
        unpaid_months=(Month(2024, 3),),
        lapse_day=date(2024, 3, 21),
        ended_on=ended_on,
    )
    early = coverage_on(date(2024, 1, 9), membership_start=start, paid_months=paid, grace_months=3)
    assert early == Coverage(status="NOT_STARTED", starts_on=start, paid_through=Month(2024, 7))
    voided = coverage_on(
        date(2024, 1, 20), membership_start=start, paid_months=paid, grace_months=3, ended_on=date(2024, 1, 9)
    )
    assert (voided.status, voided.unpaid_months, voided.lapse_day) == ("LAPSED", (), date(2024, 1, 10))
    owes_nothing = coverage_on(
        date(2024, 1, 20),
        membership_start=start,
        paid_months=frozenset(),
        grace_months=3,
        ended_on=date(2024, 1, 9),
    )
    assert (owes_nothing.status, owes_nothing.unpaid_months) == ("LAPSED", ())

"""The death benefit: every outcome, both sides of each change of the law, and amounts that always add up."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefit.contribution import SEGMENTS
from domain.benefit.death import DeathFacts, determine_death, facts_of, full_benefit_from, inputs_of
from domain.benefit.determination import Determination
from domain.benefit.rules import RULES
from domain.dated import NotInForce
from domain.period import Month, add_months
from domain.refusal import Invalid

SECOND_VERSION = date(2019, 12, 2)
MINIMUM_PERIOD = date(2025, 2, 24)


def through(first: str, last: str) -> frozenset[Month]:
    return frozenset(Month.parse(first).through(Month.parse(last)))


COVERED = DeathFacts(
    date_of_death=date(2024, 5, 10),
    membership_start=date(2023, 9, 1),
    paid_months=through("2023-09", "2024-08"),
    segment="BPU_APBD",
    wage_base=1_000_000,
    paid_months_total=9,
)
FACTS = st.builds(
    DeathFacts,
    date_of_death=st.dates(date(2015, 7, 1), date(2027, 12, 31)),
    membership_start=st.none() | st.dates(date(2015, 7, 1), date(2027, 12, 31)),
    paid_months=st.frozensets(st.builds(Month, st.integers(2015, 2027), st.integers(1, 12)), max_size=150),
    segment=st.sampled_from(SEGMENTS),
    wage_base=st.sampled_from([band.wage_base for band in RULES.bands]),
    paid_months_total=st.integers(0, 120),
    children=st.integers(0, 4),
    heir_tier=st.sampled_from(
        ["SPOUSE_CHILD", "BLOOD_LINE", "SIBLING", "PARENT_IN_LAW", "TESTAMENT", "NONE"]
    ),
    death_by_work_accident=st.booleans(),
)


@st.composite
def covered_facts(draw: st.DrawFn) -> DeathFacts:
    """A member who paid every month from the start to the death, or all but the last few."""
    day = draw(st.dates(date(2016, 1, 1), date(2027, 12, 31)))
    start = draw(st.dates(date(2015, 7, 1), day))
    unpaid = draw(st.integers(0, 3))
    paid = frozenset(Month.of(start).through(Month.of(day).plus(-unpaid)))
    return replace(
        draw(FACTS), date_of_death=day, membership_start=start, paid_months=paid, death_by_work_accident=False
    )


def amounts(decided: Determination) -> dict[str, int]:
    return {line.code: line.amount for line in decided.lines}


def reasons(decided: Determination) -> list[tuple[str, str]]:
    return [(notice.code, notice.basis) for notice in decided.notices]


def test_the_story_of_the_programme() -> None:
    decided = determine_death(COVERED)
    assert decided.outcome == "PAY"
    assert amounts(decided) == {"JKM_LUMP": 20_000_000, "JKM_BERKALA": 12_000_000, "JKM_FUNERAL": 10_000_000}
    assert decided.total == decided.amount_payable("at_once") == 42_000_000
    assert decided.rule_set == RULES.version
    assert decided.lines[1].working_id == (
        "Santunan berkala: 24 bulan × Rp 500.000 = Rp 12.000.000, dibayar sekaligus"
    )
    assert {share.payee for share in decided.payees} == {"HEIR"}
    assert decided.notices == ()  # every rule behind it was read in the law itself


@pytest.mark.parametrize(
    ("day", "total"),
    [(SECOND_VERSION - timedelta(days=1), 24_000_000), (SECOND_VERSION, 42_000_000)],
)
def test_the_day_of_death_chooses_the_version(day: date, total: int) -> None:
    facts = replace(
        COVERED,
        date_of_death=day,
        membership_start=date(2018, 4, 1),
        paid_months=through("2018-04", "2019-12"),
    )
    assert determine_death(facts).total == total


def test_the_first_version_has_a_flat_scholarship_after_60_months_and_with_a_child() -> None:
    facts = replace(
        COVERED,
        date_of_death=date(2019, 12, 1),
        membership_start=date(2014, 1, 1),
        paid_months=through("2014-01", "2019-12"),
        paid_months_total=60,
        children=1,
    )
    assert amounts(determine_death(facts))["JKM_SCHOLARSHIP_FLAT"] == 12_000_000
    assert not determine_death(facts).scholarship_right
    assert determine_death(replace(facts, paid_months_total=59)).total == 24_000_000
    assert determine_death(replace(facts, children=0)).total == 24_000_000


def test_the_second_version_has_a_right_to_scholarships_after_36_months_and_with_a_child() -> None:
    assert determine_death(replace(COVERED, paid_months_total=36, children=1)).scholarship_right
    assert not determine_death(replace(COVERED, paid_months_total=35, children=1)).scholarship_right
    assert not determine_death(replace(COVERED, paid_months_total=36)).scholarship_right  # no child named


@pytest.mark.parametrize(
    ("day", "total"),
    [
        (MINIMUM_PERIOD - timedelta(days=1), 42_000_000),
        (MINIMUM_PERIOD, 10_000_000),
        (date(2025, 4, 30), 10_000_000),
        (date(2025, 5, 1), 42_000_000),
    ],
)
def test_the_minimum_period_from_24_february_2025(day: date, total: int) -> None:
    facts = replace(
        COVERED,
        date_of_death=day,
        membership_start=date(2025, 2, 1),
        paid_months=through("2025-02", "2025-05"),
    )
    assert determine_death(facts).total == total


def test_within_the_minimum_period_only_the_funeral_is_paid_and_the_doubt_is_named() -> None:
    facts = replace(
        COVERED,
        date_of_death=date(2025, 4, 30),
        membership_start=date(2025, 2, 1),
        paid_months=through("2025-02", "2025-04"),
        paid_months_total=40,  # with months of an earlier spell
        children=2,
    )
    decided = determine_death(facts)
    assert [(line.code, line.basis) for line in decided.lines] == [
        ("JKM_FUNERAL", "JKM-MIN3; JKM-FUNERAL-V2")
    ]
    assert not decided.scholarship_right
    assert reasons(decided) == [("MINIMUM_PERIOD", "JKM-MIN3"), ("RULE_NOT_VERIFIED", "JKM-MIN3")]
    assert determine_death(replace(facts, segment="PU")).total == 42_000_000


def test_the_minimum_period_is_clamped_to_the_end_of_the_month() -> None:
    start = date(2025, 8, 31)
    assert full_benefit_from(start, date(2025, 11, 29), "BPU_APBD") == date(2025, 11, 30)
    assert full_benefit_from(start, date(2025, 11, 29), "PU") is None
    assert full_benefit_from(start, date(2025, 2, 23), "BPU_APBD") is None


def test_in_grace_the_funeral_is_paid_at_once_and_the_rest_waits_for_the_arrears() -> None:
    facts = replace(COVERED, date_of_death=date(2024, 6, 30), paid_months=through("2023-09", "2024-03"))
    decided = determine_death(facts)
    assert (decided.outcome, decided.total) == ("HOLD_ARREARS", 42_000_000)
    assert (decided.arrears, decided.arrears_months) == (50_400, ("2024-04", "2024-05", "2024-06"))
    assert {line.code for line in decided.lines if line.payable == "at_once"} == {"JKM_FUNERAL"}
    assert decided.amount_payable("after_arrears") == 32_000_000
    assert reasons(decided) == [("HOLD_ARREARS", "CON-GRACE-3M"), ("RULE_NOT_VERIFIED", "CON-JKK-BPU")]
    assert "Rp 50.400 untuk April 2024, Mei 2024, Juni 2024" in decided.notices[0].text_id


def test_arrears_have_the_relief_of_their_month() -> None:
    facts = replace(
        COVERED,
        date_of_death=date(2026, 4, 15),
        membership_start=date(2025, 1, 1),
        paid_months=through("2025-01", "2026-02"),
        segment="BPU_SELF_OTHER",
    )
    assert determine_death(facts).arrears == 16_800 + 8_400


def test_in_grace_and_within_the_minimum_period_nothing_waits_but_the_arrears_are_owed() -> None:
    facts = replace(
        COVERED,
        date_of_death=date(2025, 5, 10),
        membership_start=date(2025, 3, 1),
        paid_months=through("2025-03", "2025-03"),
    )
    decided = determine_death(facts)
    assert (decided.outcome, decided.total, decided.arrears) == ("HOLD_ARREARS", 10_000_000, 33_600)
    assert decided.amount_payable("after_arrears") == 0
    assert "masih terutang" in decided.notices[0].text_id


def test_the_fourth_unpaid_month_ends_the_right() -> None:
    facts = replace(COVERED, paid_months=through("2023-09", "2024-03"))
    assert determine_death(replace(facts, date_of_death=date(2024, 6, 30))).outcome == "HOLD_ARREARS"
    lapsed = determine_death(replace(facts, date_of_death=date(2024, 7, 1)))
    assert (lapsed.outcome, lapsed.total, lapsed.lines) == ("REJECT_LAPSED", 0, ())
    assert reasons(lapsed) == [("REJECT_LAPSED", "CON-LAPSE")]
    assert "1 Juli 2024" in lapsed.notices[0].text_id


def test_a_long_silence_is_told_in_short() -> None:
    facts = replace(COVERED, date_of_death=date(2025, 3, 1), paid_months=through("2023-09", "2024-03"))
    assert "April 2024 – March 2025 (12 months)" in determine_death(facts).notices[0].text_en
    four = determine_death(replace(facts, date_of_death=date(2024, 7, 1))).notices[0]
    assert four.text_id.endswith("untuk April 2024, Mei 2024, Juni 2024, Juli 2024.")
    five = determine_death(replace(facts, date_of_death=date(2024, 8, 1))).notices[0]
    assert five.text_id.endswith("untuk April 2024 – Agustus 2024 (5 bulan).")


def test_before_the_membership_nothing_is_due() -> None:
    decided = determine_death(replace(COVERED, date_of_death=date(2023, 8, 31)))
    assert (decided.outcome, decided.total) == ("REJECT_NOT_STARTED", 0)
    assert "1 September 2023" in decided.notices[0].text_en
    never_paid = determine_death(replace(COVERED, membership_start=None, paid_months=frozenset()))
    assert never_paid.outcome == "REJECT_NOT_STARTED"
    assert "belum ada iuran" in never_paid.notices[0].text_id


def test_a_work_accident_comes_before_every_other_reason() -> None:
    facts = replace(COVERED, death_by_work_accident=True, membership_start=None)
    decided = determine_death(facts)
    assert (decided.outcome, reasons(decided)) == ("REJECT_USE_JKK", [("REJECT_USE_JKK", "EXCL-JKM-JKK")])


def test_without_heirs_the_arranger_has_the_funeral_money_and_the_fund_the_rest() -> None:
    decided = determine_death(replace(COVERED, heir_tier="NONE"))
    assert [(share.code, share.payee, share.amount) for share in decided.payees] == [
        ("JKM_LUMP", "SOCIAL_SECURITY_FUND", 20_000_000),
        ("JKM_BERKALA", "SOCIAL_SECURITY_FUND", 12_000_000),
        ("JKM_FUNERAL", "FUNERAL_ARRANGER", 10_000_000),
    ]


def test_the_day_of_the_claim_decides_nothing() -> None:
    late = determine_death(replace(COVERED, claim_date=date(2040, 1, 1)))
    assert late.lines == determine_death(COVERED).lines


def test_what_the_engine_does_not_know_is_refused() -> None:
    with pytest.raises(NotInForce, match="2015-06-30"):
        determine_death(replace(COVERED, date_of_death=date(2015, 6, 30)))
    with pytest.raises(NotInForce, match="2015-05-01"):  # arrears of a month before the first rules
        determine_death(
            replace(
                COVERED,
                date_of_death=date(2015, 7, 1),
                membership_start=date(2015, 1, 1),
                paid_months=through("2015-01", "2015-04"),
            )
        )
    with pytest.raises(Invalid, match="tier of heirs COUSIN"):
        determine_death(replace(COVERED, heir_tier="COUSIN"))
    with pytest.raises(Invalid, match="segment MARITIME"):
        replace(COVERED, segment="MARITIME")
    for wrong in ({"children": -1}, {"paid_months_total": -1}, {"wage_base": 0}):
        with pytest.raises(Invalid, match="not negative"):
            replace(COVERED, **wrong)  # type: ignore[arg-type]


@given(FACTS | covered_facts())
def test_the_total_is_the_sum_of_the_lines_and_nothing_is_paid_on_a_rejection(facts: DeathFacts) -> None:
    decided = determine_death(facts)
    assert decided.total == sum(line.amount for line in decided.lines)
    assert decided.total == sum(share.amount for share in decided.payees)
    assert decided.total == decided.amount_payable("at_once") + decided.amount_payable("after_arrears")
    assert decided.is_rejection == (decided.total == 0)
    if decided.outcome != "HOLD_ARREARS":
        assert (decided.arrears, decided.arrears_months, decided.amount_payable("after_arrears")) == (
            0,
            (),
            0,
        )
    if decided.is_rejection:
        assert decided.notices[0].code == decided.outcome
        assert not decided.scholarship_right


@given(covered_facts())
def test_a_covered_death_pays_one_of_four_totals(facts: DeathFacts) -> None:
    decided = determine_death(facts)
    start, day = facts.membership_start, facts.date_of_death
    assert start is not None
    if day < SECOND_VERSION:
        expected = {24_000_000, 36_000_000}
    elif day >= MINIMUM_PERIOD and facts.segment != "PU" and day < add_months(start, 3):
        expected = {10_000_000}
    else:
        expected = {42_000_000}
    assert decided.total in expected
    assert (decided.outcome == "HOLD_ARREARS") == (Month.of(day) not in facts.paid_months)


@given(FACTS)
def test_recorded_inputs_give_the_facts_back_through_json(facts: DeathFacts) -> None:
    recorded = json.loads(json.dumps(inputs_of(facts)))
    assert facts_of(recorded) == facts
    assert determine_death(facts_of(recorded)) == determine_death(facts)


def test_what_was_recorded_reads_back_with_every_day_it_named() -> None:
    facts = DeathFacts(
        date_of_death=date(2024, 5, 10),
        membership_start=date(2023, 9, 1),
        paid_months=frozenset(Month(2023, 9).through(Month(2024, 5))),
        segment="BPU_APBN",
        wage_base=1_200_000,
        paid_months_total=9,
        children=2,
        heir_tier="SIBLING",
        death_by_work_accident=True,
        claim_date=date(2024, 5, 20),
        ended_on=date(2024, 5, 31),
    )
    assert inputs_of(facts) == {
        "ended_on": "2024-05-31",
        "date_of_death": "2024-05-10",
        "membership_start": "2023-09-01",
        "paid_months": ("2023-09/2024-05",),
        "segment": "BPU_APBN",
        "wage_base": 1_200_000,
        "paid_months_total": 9,
        "children": 2,
        "heir_tier": "SIBLING",
        "death_by_work_accident": True,
        "claim_date": "2024-05-20",
    }
    assert facts_of(inputs_of(facts)) == facts

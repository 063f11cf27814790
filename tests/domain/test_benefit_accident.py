"""The work accident benefit, against an oracle that counts days, parts of the body and rupiah one by one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefit.accident import determine_accident, disability_share, filing_limit
from domain.benefit.accident_facts import AccidentFacts, Aid, facts_of, inputs_of
from domain.benefit.determination import total_of
from domain.benefit.disability import Disability, graded
from domain.benefit.rules import RULES
from domain.dated import NotInForce
from domain.period import Month
from domain.refusal import Invalid

NEW_RULES = date(2019, 12, 2)


def accident(**changes: Any) -> AccidentFacts:
    day: date = changes.pop("accident_on", date(2024, 5, 14))
    paid = changes.pop("paid_through", Month.of(day))
    start = changes.pop("membership_start", date(2018, 1, 1))
    stated = {
        "accident_on": day,
        "membership_start": start,
        "paid_months": frozenset(Month.of(start).through(paid)) if start else frozenset(),
        "segment": "BPU_APBD",
        "wage_base": 1_000_000,
        "result": "RECOVERED",
    }
    return AccidentFacts(**(stated | changes))


def amounts(facts: AccidentFacts) -> dict[str, int]:
    return {line.code: line.amount for line in determine_accident(facts).lines}


# -- the oracle: nothing but day counting and decimal arithmetic with the figures of the dossier


def half_up(exact: Fraction) -> int:
    scaled = Decimal(exact.numerator * 10**12 // exact.denominator) / 10**12
    return int(scaled.quantize(Decimal(1), ROUND_HALF_UP))


def oracle_stmb(day: date, wage: int, days: int) -> int:
    hundredths = 0
    for n in range(1, days + 1):
        if day >= NEW_RULES:
            hundredths += 100 if n <= 360 else 50
        else:
            hundredths += 100 if n <= 180 else 75 if n <= 360 else 50
    return half_up(Fraction(hundredths * wage, 100 * 30))


def oracle(facts: AccidentFacts) -> dict[str, int]:
    day, wage, old = facts.accident_on, facts.wage_base, facts.accident_on < NEW_RULES
    found = {}
    if facts.stmb_days:
        found["JKK_STMB"] = oracle_stmb(day, wage, facts.stmb_days)
    caps = {"land": 1_000_000, "sea": 1_500_000, "air": 2_500_000}
    if not old:
        caps = {"land": 5_000_000, "river": 5_000_000, "lake": 5_000_000, "sea": 2_000_000, "air": 10_000_000}
    if sum(facts.transport.values()):
        found["JKK_TRANSPORT"] = sum(
            caps[mode] if paid > caps[mode] else paid for mode, paid in facts.transport.items()
        )
    if facts.result == "TOTAL":
        found["JKK_TOTAL"] = 56 * wage
    if facts.result == "DEATH":
        found["JKK_DEATH"] = max(48 * wage, 16_200_000 if old else 20_000_000)
    if facts.result in {"TOTAL", "DEATH"}:
        found["JKK_BERKALA"] = 4_800_000 if old else 12_000_000
    if facts.result == "DEATH":
        found["JKK_FUNERAL"] = 3_000_000 if old else 10_000_000
    if facts.result in {"TOTAL", "DEATH"} and old and facts.children:
        found["JKK_SCHOLARSHIP_FLAT"] = 12_000_000
    return found


DAYS = st.dates(date(2018, 6, 1), date(2026, 12, 31)) | st.sampled_from(
    [NEW_RULES - timedelta(days=1), NEW_RULES, date(2020, 2, 29), date(2024, 2, 29)]
)
TRANSPORT = st.dictionaries(st.sampled_from(["land", "sea", "air"]), st.integers(0, 15_000_000))


@given(
    day=DAYS,
    wage=st.integers(1, 20_700_000),
    days=st.integers(0, 800),
    transport=TRANSPORT,
    result=st.sampled_from(["RECOVERED", "TOTAL", "DEATH"]),
    children=st.integers(0, 3),
)
def test_amounts_equal_those_of_the_oracle(
    day: date, wage: int, days: int, transport: dict[str, int], result: Any, children: int
) -> None:
    facts = accident(
        accident_on=day,
        wage_base=wage,
        stmb_days=days,
        transport=transport,
        result=result,
        children=children,
    )
    determination = determine_accident(facts)
    assert amounts(facts) == oracle(facts)
    assert determination.outcome == "PAY"
    assert determination.total == total_of(determination.lines) == sum(oracle(facts).values())
    assert all(line.working_id and line.working_en and line.basis for line in determination.lines)
    assert facts_of(determination.inputs) == facts


@given(day=DAYS, wage=st.integers(1, 20_000_000), more=st.integers(1, 700_000), days=st.integers(1, 500))
def test_a_higher_wage_never_brings_less_and_a_longer_illness_neither(
    day: date, wage: int, more: int, days: int
) -> None:
    def total(result: Any, wage: int, days: int) -> int:
        facts = accident(accident_on=day, wage_base=wage, stmb_days=days, result=result)
        return determine_accident(facts).total

    for result in ("RECOVERED", "TOTAL", "DEATH"):
        assert total(result, wage, days) <= total(result, wage + more, days)
        assert total(result, wage, days) <= total(result, wage, days + 1)


# -- disabilities

INJURIES = st.sampled_from(RULES.injuries)


@st.composite
def disabilities(draw: st.DrawFn) -> Disability:
    injury = draw(INJURIES)
    assessed = None
    if injury.lowest is not None and injury.highest is not None:
        assessed = draw(st.fractions(injury.lowest, injury.highest, max_denominator=1000))
    loss = draw(st.none() | st.fractions(Fraction(1, 100), 1, max_denominator=100))
    return Disability(
        code=injury.code,
        side=draw(st.sampled_from(["right", "left"])),
        count=draw(st.integers(1, injury.per_side or 3)),
        function_loss=None if assessed else loss,
        assessed=assessed,
    )


def one_of_each(found: Sequence[Disability]) -> list[Disability]:
    """Drop what a body cannot have twice."""
    seen: set[tuple[str, str | None]] = set()
    kept = []
    for one in found:
        if (one.code, one.side) not in seen:
            seen.add((one.code, one.side))
            kept.append(one)
    return kept


@given(found=st.lists(disabilities(), min_size=1, max_size=5).map(one_of_each), left=st.booleans())
def test_percentages_never_pass_the_cap_and_their_order_does_not_matter(
    found: list[Disability], left: bool
) -> None:
    facts = accident(result="PARTIAL", disabilities=tuple(found), left_handed=left)
    share = disability_share(facts)
    determination = determine_accident(facts)
    [line] = determination.lines
    assert 0 < share <= Fraction(70, 100)
    assert line.amount == half_up(share * 80 * 1_000_000) <= amounts(accident(result="TOTAL"))["JKK_TOTAL"]
    assert ("JKK-CAP70" in line.rule_ids) == (
        sum(one.share for one in graded(found, RULES.injuries, left_handed=left)) > Fraction(70, 100)
    )
    for other in list(permutations(found))[:6]:
        assert disability_share(replace(facts, disabilities=tuple(other))) == share
    assert facts_of(determination.inputs) == facts


@given(found=st.lists(disabilities(), min_size=1, max_size=4).map(one_of_each))
def test_a_left_handed_person_has_the_sides_swapped(found: list[Disability]) -> None:
    other = [replace(one, side="left" if one.side == "right" else "right") for one in found]
    mirrored = accident(result="PARTIAL", disabilities=tuple(other), left_handed=True)
    assert disability_share(accident(result="PARTIAL", disabilities=tuple(found))) == disability_share(
        mirrored
    )


@pytest.mark.parametrize(
    ("stated", "percent"),
    [
        ("HAND_WRIST right; THUMB right", 32),  # a finger of a lost hand
        ("HAND_WRIST right; THUMB left", 32 + 12),
        ("ARM_SHOULDER left; INDEX_TIP left", 35),  # through elbow, wrist and finger
        ("INDEX right; INDEX_TIP right", 9),
        ("FINGER_OTHER right 1; FINGER_OTHER_TIP right 2", 4 + 2 * 2),  # of three fingers, two are left
        ("FINGER_OTHER right 2; FINGER_OTHER_TIP right 2", 2 * 4 + 2),
        ("FINGER_OTHER right 3; FINGER_OTHER_TIP right 1", 3 * 4),
        ("HAND_WRIST right; FINGER_OTHER_TIP right 3", 32),  # none is left on a lost hand, however many
        ("HAND_WRIST left; FINGER_OTHER right 2", 28 + 2 * 4),
        ("INDEX left; INDEX right; INDEX_TIP right", 7 + 9),
        ("THUMB right; HAND_WRIST left; HAND_WRIST right", 28 + 32),
        ("LEGS_BOTH_HIP; TOE_BIG left", 70),
        ("LEG_ONE_HIP left; FOOT_ONE_ANKLE left", 35),
        ("LEG_ONE_HIP left; FOOT_ONE_ANKLE right", 35 + 25),
        ("EYES_BOTH; COLOUR_VISION", 70),
        ("HEARING_BOTH; HEARING_ONE_10DB left 3", 40),
        ("EARLOBE_BOTH; EARLOBE_ONE left", 10),
        ("VISION_10PCT 4", 28),
    ],
)
def test_a_part_inside_a_lost_whole_does_not_count(stated: str, percent: int) -> None:
    def one(text: str) -> Disability:
        code, *rest = text.split()
        side = next((word for word in rest if word in {"right", "left"}), None)
        count = next((int(word) for word in rest if word.isdigit()), 1)
        return Disability(code=code, side=side, count=count)  # type: ignore[arg-type]

    found = [one(text) for text in stated.split("; ")]
    for order in (found, found[::-1]):
        facts = accident(result="PARTIAL", disabilities=tuple(order))
        assert disability_share(facts) == Fraction(percent, 100)


def test_how_many_parts_do_not_count_is_said() -> None:
    tips = Disability(code="FINGER_OTHER_TIP", side="left", count=3)
    fingers = Disability(code="FINGER_OTHER", side="left", count=2)
    facts = accident(result="PARTIAL", disabilities=(tips, fingers))
    [said] = (one for one in determine_accident(facts).notices if one.code == "INSIDE_A_LOST_WHOLE")
    assert "(kiri): 2 tidak dihitung" in said.text_id and "(left): 2 not counted" in said.text_en


def test_a_finger_counts_beside_a_hand_that_only_moves_badly() -> None:
    stiff = Disability(code="HAND_WRIST", side="right", function_loss=Fraction(1, 2))
    facts = accident(result="PARTIAL", disabilities=(stiff, Disability(code="THUMB", side="right")))
    [line] = determine_accident(facts).lines
    assert disability_share(facts) == Fraction(16 + 15, 100)
    assert line.basis == "JKK-PARTIAL-ANAT; JKK-PARTIAL-FUNC"


def test_parts_of_one_side_are_counted_together_also_behind_what_has_no_side() -> None:
    two = Disability(code="FINGER_OTHER", side="left", count=2)
    for found in ((two, two), (Disability(code="COLOUR_VISION"), two, two)):
        with pytest.raises(Invalid, match="one side has 3 of it, not 4"):
            determine_accident(accident(result="PARTIAL", disabilities=found))


def test_a_person_is_right_handed_unless_it_is_said() -> None:
    [thumb] = graded([Disability(code="THUMB", side="right")], RULES.injuries)
    assert thumb.share == Fraction(15, 100)


@pytest.mark.parametrize("percent", [10, 30])
def test_a_doctor_may_state_either_end_of_a_range(percent: int) -> None:
    scalp = Disability(code="SCALP", assessed=Fraction(percent, 100))
    facts = accident(result="PARTIAL", disabilities=(scalp,))
    assert disability_share(facts) == Fraction(percent, 100)


@pytest.mark.parametrize(
    ("disability", "says"),
    [
        (Disability(code="TAIL"), "no disability TAIL"),
        (Disability(code="THUMB"), "which side"),
        (Disability(code="THUMB", side="left", count=2), "one side has 1"),
        (Disability(code="SCALP"), "from 10 to 30 percent"),
        (Disability(code="SCALP", assessed=Fraction(31, 100)), "from 10 to 30 percent"),
        (Disability(code="EYE_ONE", assessed=Fraction(1, 10)), "fixed figure"),
        (Disability(code="EYE_ONE", function_loss=Fraction(0)), "above 0"),
        (Disability(code="EYE_ONE", count=0), "1 or more"),
    ],
)
def test_what_the_table_does_not_know_is_refused(disability: Disability, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        determine_accident(accident(result="PARTIAL", disabilities=(disability,)))


# -- the right itself


def test_the_anniversary_is_in_time_and_the_day_after_is_not() -> None:
    day = date(2020, 3, 10)
    in_time, late = (accident(accident_on=day, result="DEATH", claim_date=date(2025, 3, n)) for n in (10, 11))
    assert determine_accident(in_time).outcome == "PAY"
    expired = determine_accident(late)
    assert (expired.outcome, expired.lines, expired.total) == ("REJECT_EXPIRED", (), 0)
    assert expired.notices[0].basis == "JKK-EXPIRY-V2"


def test_an_accident_before_2_december_2019_has_two_years_and_a_leap_day_ends_on_the_28th() -> None:
    assert filing_limit(date(2019, 12, 1)) == date(2021, 12, 1)
    assert filing_limit(date(2019, 12, 2)) == date(2024, 12, 2)
    assert filing_limit(date(2020, 2, 29)) == date(2025, 2, 28)


def test_in_grace_all_cash_waits_for_the_arrears() -> None:
    facts = accident(result="DEATH", paid_through=Month(2024, 2), stmb_days=10)
    held = determine_accident(facts)
    assert held.outcome == "HOLD_ARREARS"
    assert held.arrears == 3 * 16_800 and held.arrears_months == ("2024-03", "2024-04", "2024-05")
    assert {line.payable for line in held.lines} == {"after_arrears"}
    assert held.total == determine_accident(accident(result="DEATH", stmb_days=10)).total


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"paid_through": Month(2024, 1)}, "REJECT_LAPSED"),
        ({"membership_start": date(2024, 5, 15)}, "REJECT_NOT_STARTED"),
        ({"membership_start": None}, "REJECT_NOT_STARTED"),
        ({"paid_through": Month(2024, 1), "claim_date": date(2030, 1, 1)}, "REJECT_EXPIRED"),  # comes first
    ],
)
def test_without_cover_there_is_no_line(changes: dict[str, Any], outcome: str) -> None:
    refused = determine_accident(accident(result="DEATH", **changes))
    assert (refused.outcome, refused.lines, refused.total) == (outcome, (), 0)
    assert refused.notices[0].code == outcome


def test_without_heirs_the_funeral_money_goes_to_the_arranger_and_the_rest_to_the_fund() -> None:
    payees = determine_accident(accident(result="DEATH", heir_tier="NONE")).payees
    assert {share.code: share.payee for share in payees} == {
        "JKK_DEATH": "SOCIAL_SECURITY_FUND",
        "JKK_BERKALA": "SOCIAL_SECURITY_FUND",
        "JKK_FUNERAL": "FUNERAL_ARRANGER",
    }


def test_a_scholarship_follows_death_and_total_disability_with_a_child_and_was_flat_before() -> None:
    def right(result: str, children: int, day: date = date(2024, 5, 14)) -> bool:
        facts = accident(result=result, children=children, accident_on=day)
        return determine_accident(facts).scholarship_right

    assert right("DEATH", 1) and right("TOTAL", 2)
    assert not right("DEATH", 0) and not right("RECOVERED", 1) and not right("DEATH", 1, date(2019, 12, 1))


def test_aids_are_paid_up_to_their_caps_in_the_order_given() -> None:
    facts = accident(
        aids=(
            Aid(code="JKK_PROSTHESIS", actual=15_000_000, hospital_price=10_000_001),
            Aid(code="JKK_DENTURE", actual=5_000_001),
            Aid(code="JKK_HEARING_AID", actual=2_400_000),
        )
    )
    assert list(amounts(facts).items()) == [
        ("JKK_PROSTHESIS", 14_000_001),  # 140 % of the price is 14,000,001.4
        ("JKK_DENTURE", 5_000_000),
        ("JKK_HEARING_AID", 2_400_000),
    ]


def test_an_aid_whose_rule_began_after_the_accident_is_not_paid_and_the_sheet_says_so() -> None:
    bought = (Aid(code="JKK_GLASSES", actual=500_000), Aid(code="JKK_DENTURE", actual=1_000_000))
    before = determine_accident(accident(accident_on=date(2019, 12, 1), aids=bought))
    assert [line.code for line in before.lines] == ["JKK_DENTURE"]
    [said] = [notice for notice in before.notices if notice.code == "NOT_YET_PAID_FOR"]
    assert (said.basis, said.text_en) == (
        "JKK-GLASSES-V2",
        "Glasses not paid: the rule began on 2 December 2019, the accident was on 1 December 2019.",
    )
    assert said.text_id == (
        "Kacamata tidak dibayar: baru berlaku sejak 2 Desember 2019, kecelakaan terjadi 1 Desember 2019."
    )
    after = determine_accident(accident(accident_on=date(2019, 12, 2), aids=bought))
    assert [line.code for line in after.lines] == ["JKK_GLASSES", "JKK_DENTURE"]
    assert "NOT_YET_PAID_FOR" not in {notice.code for notice in after.notices}


def test_what_no_rule_of_the_day_names_is_refused() -> None:
    with pytest.raises(NotInForce, match=r"jkk\.aid\.rehabmed"):
        determine_accident(accident(accident_on=date(2020, 5, 1), aids=(Aid(code="JKK_REHABMED", actual=1),)))
    with pytest.raises(Invalid, match="no transport by lake"):
        determine_accident(accident(accident_on=date(2019, 5, 1), transport={"lake": 1}))
    with pytest.raises(Invalid, match="no aid JKK_WINGS"):
        determine_accident(accident(aids=(Aid(code="JKK_WINGS", actual=1),)))
    with pytest.raises(Invalid, match="price of the government's"):
        determine_accident(accident(aids=(Aid(code="JKK_PROSTHESIS", actual=1),)))
    with pytest.raises(Invalid, match="at least one row"):
        accident(result="PARTIAL")


def test_rows_of_the_table_that_rest_on_memory_are_named_on_the_sheet() -> None:
    facts = accident(result="PARTIAL", disabilities=(Disability(code="THUMB", side="right"),))
    said = {notice.basis: notice.text_en for notice in determine_accident(facts).notices}
    assert said["THUMB"] == "Row THUMB (Thumb) rests on memory, no source seen."
    assert "JKK-PARTIAL-ANAT" in said


@given(wage=st.integers(1, 20_700_000))
def test_the_working_of_a_death_shows_every_multiplication(wage: int) -> None:
    [death, *_] = determine_accident(accident(result="DEATH", wage_base=wage)).lines
    written = f"{wage:,}".replace(",", ".")
    product = f"{48 * wage:,}".replace(",", ".")
    assert death.working_id.startswith(f"60% × 80 × Rp {written} = Rp {product}")
    assert ("santunan JKM" in death.working_id) == (48 * wage < 20_000_000)


def test_the_round_trip_of_facts_keeps_everything() -> None:
    facts = accident(
        result="PARTIAL",
        disabilities=(
            Disability(code="SCALP", assessed=Fraction(25, 200)),
            Disability(code="HEARING_ONE", side="left", function_loss=Fraction(1, 3)),
        ),
        aids=(Aid(code="JKK_PROSTHESIS", actual=1, hospital_price=2), Aid(code="JKK_GLASSES", actual=3)),
        transport={"land": 4, "air": 5},
        claim_date=date(2024, 6, 1),
        ended_on=date(2025, 1, 1),
        left_handed=True,
        children=2,
        stmb_days=7,
        heir_tier="NONE",
    )
    assert facts_of(inputs_of(facts)) == facts
    never_paid = accident(membership_start=None, paid_months=frozenset())
    assert facts_of(inputs_of(never_paid)) == never_paid


TRIED = """
[[rule]]
id = "JKK-STMB-TRIED"
kind = "jkk.temporary_incapacity"
name_id = "STMB"
name_en = "Temporary incapacity"
values = { steps = ["100 5/8", "rest 1/2"], days_per_month = 30 }
unit = "steps"
effective_from = 2019-12-02
legal_basis = "proposal"
confidence = "C"
supersedes = "JKK-STMB-V2"

[[rule]]
id = "JKK-PROSTHESIS-TRIED"
kind = "jkk.aid.prosthesis"
name_id = "Prothese"
name_en = "Prosthesis"
values = { share_of_hospital_price = "141/200" }
unit = "share"
effective_from = 2015-07-01
legal_basis = "proposal"
confidence = "C"
supersedes = "JKK-PROSTHESIS"

[[rule]]
id = "JKK-CAP-TRIED"
kind = "jkk.partial_cap"
name_id = "Batas"
name_en = "Cap"
values = { share_max = "1/8" }
unit = "share"
effective_from = 2015-07-01
legal_basis = "proposal"
confidence = "C"
supersedes = "JKK-CAP70"

[[rule]]
id = "JKK-TOTAL-TRIED"
kind = "jkk.total_disability"
name_id = "Cacat total tetap"
name_en = "Total permanent disability"
values = { share = "5/8", months_of_wage = 80 }
unit = "share"
effective_from = 2015-07-01
legal_basis = "proposal"
confidence = "C"
supersedes = "JKK-TOTAL"
"""


def test_shares_with_a_fraction_are_written_as_each_language_writes_them() -> None:
    """No share of today has decimals but those of finger tips; a reform may."""
    tried = RULES.amended({"tried.toml": TRIED})
    facts = accident(
        result="PARTIAL",
        stmb_days=101,
        aids=(Aid(code="JKK_PROSTHESIS", actual=9_000_000, hospital_price=10_000_000),),
        disabilities=(
            Disability(code="INDEX_TIP", side="right"),
            Disability(code="EYE_ONE", function_loss=Fraction(1, 8)),
        ),
    )
    workings = [(line.working_id, line.working_en) for line in determine_accident(facts, tried).lines]
    assert workings == [
        (
            "100 hari × 62,5% × Rp 1.000.000 / 30 + 1 hari × 50% × Rp 1.000.000 / 30 = Rp 2.100.000",
            "100 days × 62.5% × Rp 1,000,000 / 30 + 1 day × 50% × Rp 1,000,000 / 30 = Rp 2,100,000",
        ),
        (
            "Prothese: paling banyak Rp 7.050.000 (Rp 9.000.000) (70,5% × Rp 10.000.000 = Rp 7.050.000) = Rp 7.050.000",
            "Prosthesis: at most Rp 7,050,000 (Rp 9,000,000) (70.5% × Rp 10,000,000 = Rp 7,050,000) = Rp 7,050,000",
        ),
        (
            "Ruas pertama telunjuk (kanan) 4,5% + Sebelah mata, atau diplopia pada penglihatan dekat 12,5% × 35% = "
            "8,875%; 8,875% × 80 × Rp 1.000.000 = Rp 7.100.000",
            "First joint of the index finger (right) 4.5% + One eye, or double near vision 12.5% × 35% = 8.875%; "
            "8.875% × 80 × Rp 1,000,000 = Rp 7,100,000",
        ),
    ]
    capped = replace(facts, stmb_days=0, aids=(), disabilities=(Disability(code="EYE_ONE"),))
    [line] = determine_accident(capped, tried).lines
    assert line.basis == "JKK-PARTIAL-ANAT; JKK-CAP-TRIED"
    assert line.working_id.endswith(
        "35% = 35%, paling banyak 12,5%; 12,5% × 80 × Rp 1.000.000 = Rp 10.000.000"
    )
    assert line.working_en.endswith("35% = 35%, at most 12.5%; 12.5% × 80 × Rp 1,000,000 = Rp 10,000,000")
    total, _ = determine_accident(replace(facts, result="TOTAL", stmb_days=0, aids=()), tried).lines
    assert (total.working_id, total.working_en) == (
        "62,5% × 80 × Rp 1.000.000 = Rp 50.000.000",
        "62.5% × 80 × Rp 1,000,000 = Rp 50,000,000",
    )

"""What the law refuses to compute, to the word: a clerk reads the sentence, a form shows it at its field."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from domain.benefit.accident import determine_accident
from domain.benefit.accident_facts import AccidentFacts, Aid
from domain.benefit.bands import wage_base_of
from domain.benefit.contribution import contribution, invoice
from domain.benefit.death import DeathFacts, determine_death
from domain.benefit.disability import Disability
from domain.benefit.rules import RULES
from domain.benefit.scholarship import Place, Pupil, SchoolYear, scholarships
from domain.period import Month
from domain.refusal import Invalid

DAY = date(2024, 5, 14)
MAY = Month(2024, 5)


def death(**changes: Any) -> DeathFacts:
    stated: dict[str, Any] = {
        "date_of_death": DAY,
        "membership_start": date(2023, 1, 1),
        "paid_months": frozenset(Month(2023, 1).through(MAY)),
        "segment": "BPU_APBD",
        "wage_base": 1_000_000,
        "paid_months_total": 17,
    }
    return DeathFacts(**(stated | changes))


def accident(**changes: Any) -> AccidentFacts:
    stated: dict[str, Any] = {
        "accident_on": DAY,
        "membership_start": date(2023, 1, 1),
        "paid_months": frozenset(Month(2023, 1).through(MAY)),
        "segment": "BPU_APBD",
        "wage_base": 1_000_000,
        "result": "RECOVERED",
    }
    return AccidentFacts(**(stated | changes))


def partial(**stated: Any) -> Any:
    return determine_accident(accident(result="PARTIAL", disabilities=(Disability(**stated),)))


def year(**changes: Any) -> SchoolYear:
    stated: dict[str, Any] = {"claim_date": date(2024, 7, 15), "level": "SD"}
    return SchoolYear(**(stated | changes))


def pupil(*years: SchoolYear, **changes: Any) -> Pupil:
    stated: dict[str, Any] = {"id": "A", "birth_date": date(2014, 1, 1), "years": years}
    return Pupil(**(stated | changes))


def claimed(*pupils: Pupil, **changes: Any) -> Any:
    stated: dict[str, Any] = {
        "event_on": date(2024, 1, 5),
        "cause": "JKK_DEATH",
        "paid_months_total": 0,
        "pupils": pupils,
    }
    return scholarships(**(stated | changes))


SEGMENTS = "BPU_APBD, BPU_APBN, BPU_SELF_TRANSPORT, BPU_SELF_OTHER, PU"
LEVELS = "TK, SD, SMP, SMA, PT"
NOT_NEGATIVE = "A wage base is above zero, and days and children are not negative."
PAID_NOT_NEGATIVE = "Paid months and children are not negative, and a wage base is above zero."


@pytest.mark.parametrize(
    ("ask", "says", "detail"),
    [
        (lambda: death(segment="BPU"), "There is no segment BPU.", {"segment": "BPU"}),
        (lambda: death(paid_months_total=-1), PAID_NOT_NEGATIVE, {}),
        (lambda: death(children=-1), PAID_NOT_NEGATIVE, {}),
        (lambda: death(wage_base=0), PAID_NOT_NEGATIVE, {}),
        (
            lambda: determine_death(death(heir_tier="COUSIN")),
            "There is no tier of heirs COUSIN; known are SPOUSE_CHILD, BLOOD_LINE, SIBLING, PARENT_IN_LAW, TESTAMENT, "
            "NONE.",
            {"heir_tier": "COUSIN"},
        ),
        (lambda: accident(segment="BPU"), "There is no segment BPU.", {"field": "segment", "segment": "BPU"}),
        (
            lambda: accident(result="HURT"),
            "There is no result HURT; known are RECOVERED, PARTIAL, TOTAL, DEATH.",
            {"field": "result"},
        ),
        (lambda: accident(wage_base=0), NOT_NEGATIVE, {}),
        (lambda: accident(stmb_days=-1), NOT_NEGATIVE, {}),
        (lambda: accident(children=-1), NOT_NEGATIVE, {}),
        (
            lambda: accident(transport={"land": -1}),
            "What was paid for transport and aids is not negative.",
            {},
        ),
        (
            lambda: accident(aids=(Aid(code="JKK_GLASSES", actual=-1),)),
            "What was paid for transport and aids is not negative.",
            {},
        ),
        (
            lambda: accident(result="PARTIAL"),
            "A partial disability needs at least one row of the table.",
            {"field": "disabilities"},
        ),
        (
            lambda: determine_accident(accident(transport={"rocket": 1})),
            "On 2024-05-14 there is no transport by rocket; known are land, river, lake, sea, air.",
            {"field": "transport", "mode": "rocket"},
        ),
        (
            lambda: determine_accident(accident(aids=(Aid(code="JKK_WINGS", actual=1),))),
            "There is no aid JKK_WINGS; known are JKK_PROSTHESIS, JKK_REHABMED, JKK_DENTURE, JKK_HEARING_AID, "
            "JKK_GLASSES, JKK_HOMECARE.",
            {"field": "aids", "code": "JKK_WINGS"},
        ),
        *(
            (
                lambda price=price: determine_accident(
                    accident(aids=(Aid(code="JKK_PROSTHESIS", actual=1, hospital_price=price),))
                ),
                "JKK_PROSTHESIS: give the price of the government's rehabilitation hospital.",
                {"field": "hospital_price"},
            )
            for price in (None, -1)
        ),
        (
            lambda: partial(code="TAIL"),
            "The table has no disability TAIL.",
            {"field": "code", "code": "TAIL"},
        ),
        (
            lambda: partial(code="THUMB", side="RIGHT"),
            "THUMB: a side is right or left, not RIGHT.",
            {"field": "side"},
        ),
        (lambda: partial(code="THUMB"), "THUMB: say which side, right or left.", {"field": "side"}),
        (lambda: partial(code="EYE_ONE", count=0), "EYE_ONE: the count is 1 or more.", {"field": "count"}),
        (
            lambda: partial(code="THUMB", side="left", count=2),
            "THUMB: one side has 1 of it, not 2.",
            {"field": "count"},
        ),
        *(
            (
                lambda loss=loss: partial(code="EYE_ONE", function_loss=loss),
                "EYE_ONE: a loss of function lies above 0 and at most at 100 percent.",
                {},
            )
            for loss in (Fraction(0), Fraction(101, 100))
        ),
        *(
            (
                lambda assessed=assessed: partial(code="SCALP", assessed=assessed),
                "SCALP: give the figure the doctor states, from 10 to 30 percent.",
                {"field": "assessed_pct"},
            )
            for assessed in (None, Fraction(999, 10_000), Fraction(3001, 10_000))
        ),
        (
            lambda: partial(code="EYE_ONE", assessed=Fraction(1, 10)),
            "EYE_ONE has a fixed figure: leave out assessed_pct, or give function_loss_pct.",
            {"field": "assessed_pct"},
        ),
        (
            lambda: contribution(months=[], segment="BPU_APBD"),
            "Name at least one contribution month.",
            {},
        ),
        (
            lambda: invoice({MAY: 1}, wage_base=1_000_000, segment="BPU"),
            f"There is no segment BPU; known are {SEGMENTS}.",
            {"segment": "BPU"},
        ),
        *(
            (
                lambda heads=heads, wage=wage: invoice({MAY: heads}, wage_base=wage, segment="PU"),
                "A wage base is above zero, and heads are not negative.",
                {},
            )
            for heads, wage in ((-1, 1), (1, 0))
        ),
        (lambda: wage_base_of(-1, DAY, RULES.bands), "An income cannot be negative.", {}),
        (
            lambda: wage_base_of(0, date(2015, 6, 30), RULES.bands),
            "No table of contribution bands is in force on 2015-06-30.",
            {"day": "2015-06-30"},
        ),
        (
            lambda: determine_death(death(date_of_death=date(2015, 6, 30))),
            "No rule on `heirs.order` is in force on 2015-06-30; the engine knows 2015-07-01 to now.",
            {"kind": "heirs.order", "day": "2015-06-30"},
        ),
        (
            lambda: determine_accident(
                replace(
                    accident(aids=(Aid(code="JKK_REHABMED", actual=1),)),
                    accident_on=date(2019, 12, 2),
                    membership_start=date(2019, 12, 1),
                    paid_months=frozenset({Month(2019, 12)}),
                )
            ),
            "No rule on `jkk.aid.rehabmed` is in force on 2019-12-02; the engine knows 2015-07-01 to 2019-12-01.",
            {"kind": "jkk.aid.rehabmed", "day": "2019-12-02"},
        ),
        (
            lambda: RULES.in_force("weather.rain", DAY),
            "No rule on `weather.rain` is in force on 2024-05-14; the engine knows none.",
            {"kind": "weather.rain", "day": "2024-05-14"},
        ),
        (lambda: RULES.find("JKM-LUMP-V9"), "There is no rule JKM-LUMP-V9.", {"rule_id": "JKM-LUMP-V9"}),
        (
            lambda: year(level="S2"),
            f"There is no level S2; known are {LEVELS}.",
            {"field": "level"},
        ),
        (
            lambda: year(work="ARTIST"),
            "There is no work ARTIST; known are BPU, APPRENTICE, PU_LE_6_MONTHS, PU_GT_6_MONTHS.",
            {"field": "work"},
        ),
        (
            lambda: pupil(used={"S2": 1}),
            f"There is no level S2; known are {LEVELS}.",
            {"field": "level"},
        ),
        (
            lambda: pupil(used={"SD": -1}),
            "Years that were paid are not negative.",
            {"field": "used"},
        ),
        (
            lambda: Place(id="A", level="S2", year=1),
            f"There is no level S2; known are {LEVELS}.",
            {"field": "level"},
        ),
        (
            lambda: Place(id="A", level="SD", year=0),
            "The year of a level counts from 1.",
            {"field": "year"},
        ),
        (
            lambda: claimed(cause="FLOOD"),
            "There is no cause FLOOD; known are JKK_DEATH, JKK_TOTAL, JKM.",
            {"field": "cause"},
        ),
        (
            lambda: claimed(pupil(year(), year(level="SMP"))),
            "A/2024-07-15 stands twice: one claim for each child and school year.",
            {},
        ),
        (
            lambda: claimed(
                pupil(year(work="BPU", claim_date=date(2024, 1, 5)), year(claim_date=date(2024, 1, 5)))
            ),
            "A/2024-01-05 stands twice: one claim for each child and school year.",
            {},
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_sentence_and_field(
    ask: Callable[[], Any], says: str, detail: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        ask()
    assert (refused.value.message, refused.value.detail) == (says, detail)


def test_zero_is_no_fault_where_nothing_was_paid() -> None:
    assert death(paid_months_total=0, children=0, wage_base=1).paid_months_total == 0
    facts = accident(
        transport={"land": 0}, aids=(Aid(code="JKK_GLASSES", actual=0),), wage_base=1, stmb_days=0
    )
    assert [(line.code, line.amount) for line in determine_accident(facts).lines] == [("JKK_GLASSES", 0)]
    free = accident(aids=(Aid(code="JKK_PROSTHESIS", actual=5, hospital_price=0),))
    assert determine_accident(free).total == 0
    assert invoice({MAY: 0}, wage_base=1, segment="PU").total == 0
    assert wage_base_of(0, DAY, RULES.bands) == 1_000_000
    full = determine_accident(
        accident(result="PARTIAL", disabilities=(Disability(code="EYE_ONE", function_loss=Fraction(1)),))
    )
    assert full.total == 28_000_000

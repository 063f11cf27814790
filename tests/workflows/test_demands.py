"""A flag that demands a field check holds the decision until somebody was on the spot after it was raised."""

import pytest

from domain.fact import Fact
from domain.refusal import GuardFailed
from domain.world import World
from tests.facts import (
    CLAIM,
    benefit_calculated,
    claim_approved,
    field_check_ordered,
    field_check_reported,
    paid_late,
    payment_ordered,
    penalty_determined,
    verification_started,
    verified_claim,
)
from tests.given_when_then import fold
from workflows.chairs import Caller
from workflows.demands import field_checks_due
from workflows.desk import open_steps, way_for
from workflows.library import OWN_FOLDER, Library

RULES = Library.load(OWN_FOLDER).get("jkm-claim@1")
AGAIN, SUSPECTED = "REENROLLED_WITHIN_90_DAYS", "NOT_WORKING_SUSPECTED"
CHECK = [field_check_ordered(), field_check_reported()]


def flagged(*flags: str) -> list[Fact]:
    return [*verified_claim()[:-1], verification_started(flags=flags)]


def refusal_of(step: str, role: str, *story: Fact) -> GuardFailed | None:
    case = fold(*story)[CLAIM]
    caller = Caller("ani", frozenset({role}))
    try:
        way_for(RULES, RULES.step(step), case, caller, World(), None)
    except GuardFailed as refusal:
        assert step not in open_steps(RULES, case, caller, World())
        return refusal
    return None


@pytest.mark.parametrize("flag", [AGAIN, SUSPECTED])
def test_nothing_is_calculated_before_somebody_was_on_the_spot(flag: str) -> None:
    refusal = refusal_of("calculate", "calculator", *flagged(flag))
    assert refusal is not None
    assert refusal.detail == {
        "guard": "field_check_reported",
        "flags": [flag],
        "step": "order_field_check",
    }
    assert refusal.message == (
        f"{flag} asks for a field check: have verifier take order_field_check and wait for its report"
    )
    assert refusal_of("calculate", "calculator", *flagged(flag), *CHECK) is None


def test_other_steps_and_other_flags_wait_for_nobody() -> None:
    assert (
        refusal_of("calculate", "calculator", *flagged("PAID_AFTER_DEATH", "SPONSOR_LIST_LATE_ADD")) is None
    )
    assert refusal_of("order_field_check", "verifier", *flagged(AGAIN)) is None
    assert refusal_of("propose_rejection", "verifier", *flagged(AGAIN)) is None


def test_a_flag_found_after_the_check_asks_for_another() -> None:
    story = [*flagged(AGAIN), *CHECK, benefit_calculated(flags=(SUSPECTED,))]
    for step, role in (("approve", "approver_1"), ("approve", "approver_2")):
        refusal = refusal_of(step, role, *story)
        assert refusal is not None and refusal.detail["flags"] == [SUSPECTED]
        assert "have the case returned to VERIFYING, then" in refusal.message
    found_on_the_spot = [*flagged(), CHECK[0], field_check_reported(flags=(SUSPECTED,))]
    assert refusal_of("calculate", "calculator", *found_on_the_spot) is None, "the report answers itself"


def test_what_is_owed_for_lateness_waits_for_no_check() -> None:
    late = paid_late(flags=(AGAIN,))
    story = [*flagged(), benefit_calculated(), claim_approved(), *payment_ordered(), late]
    assert refusal_of("approve", "approver_1", *story, penalty_determined(late)) is None
    assert field_checks_due(RULES, fold(*story)[CLAIM]) == [AGAIN], "it is seen all the same"

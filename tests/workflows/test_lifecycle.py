"""A compiled lifecycle answers as its machine does, and needs no file to be the same again."""

import ast
import json
import random
import tomllib
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

import workflows
from domain.refusal import NotFound, StepNotOpen
from tests.workflows.small_lifecycle import SMALL, changed, small
from workflows.catalogue import EVENTS, ROLES
from workflows.guards import GUARDS
from workflows.library import OWN_FOLDER, Library
from workflows.lifecycle import Definition, compiled
from workflows.proofs import Known, prove
from workflows.step_rules import BEGINNING, Signing

OURS = Library.load(OWN_FOLDER)
EVERY = [pytest.param(one, id=one.key) for one in OURS]
FACTS: dict[str, Any] = {
    "flags": [],
    "claim.reopened": False,
    "arrears.open": False,
    "penalty.open": False,
    "papers.asked": [],
    "payee.relation": "spouse",
    "payee.heir_tier": "SPOUSE_CHILD",
    "payee.is_guardian": False,
    "has_no_heir": False,
    "determination.total": 42_000_000,
    "determination.is_penalty": False,
    "rejection.code": None,
    "termination.reason": "MOVED_OUT",
}
claim = OURS.get("jkm-claim@1")
enrollment = OURS.get("enrollment@1")


# A step added by file alone: what another office may want to write down.
HOME_VISIT = """
[[step]]
name = "home_visit"
label_id = "Catat kunjungan rumah"
label_en = "Record home visit"
from = ["VERIFYING", "FIELD_CHECK"]
event = "case.step_taken"
roles = ["verifier", "field_checker"]

[[step.form]]
field = "visited_on"
label_id = "Tanggal kunjungan"
label_en = "Day of the visit"
type = "date"

[[step.form]]
field = "met"
label_id = "Bertemu dengan"
label_en = "Person met"
type = "choice"
choices = [
  { value = "family", label_id = "Keluarga", label_en = "Family" },
  { value = "neighbour", label_id = "Tetangga", label_en = "Neighbour" },
]

[[step.form]]
field = "findings"
label_id = "Temuan"
label_en = "Findings"
type = "text"
required = false
"""


def follow(definition: Definition, *steps: str, **facts: object) -> list[str]:
    """Take steps from the beginning; return the statuses on the way."""
    known = FACTS | {name.replace("__", "."): fact for name, fact in facts.items()}
    status, entered_from, statuses = "", "", list[str]()
    for step in steps:
        target = definition.target(step, status, known, entered_from)
        if target != status:
            status, entered_from = target, status
        statuses.append(status)
    return statuses


# The shipped definitions


@pytest.mark.parametrize("definition", list(OURS), ids=lambda one: one.key)
def test_a_shipped_definition_is_proved_against_what_the_office_knows(definition: Definition) -> None:
    assert prove(definition, Known(events=EVENTS, roles=ROLES, guards=GUARDS)) == []


def test_the_death_benefit_leads_from_the_report_to_the_closed_case() -> None:
    to_order = (
        "report",
        "file",
        "confirm_complete",
        "start_verification",
        "calculate",
        "approve",
        "order_payment",
    )
    assert follow(claim, *to_order, "confirm_payment", "close") == [
        "REPORTED",
        "FILED",
        "COMPLETE",
        "VERIFYING",
        "CALCULATED",
        "APPROVED",
        "PAYMENT_ORDERED",
        "PAID",
        "CLOSED",
    ]
    held = follow(claim, *to_order, "confirm_payment", "settle_arrears", "order_payment", arrears__open=True)
    assert held[-3:] == ["HELD_ARREARS", "APPROVED", "PAYMENT_ORDERED"]


def test_enrollment_leads_from_the_draft_to_the_active_member() -> None:
    steps = ("begin", "propose", "start_verification", "verify", "issue_decree", "register", "activate")
    assert follow(enrollment, *steps)[-1] == "ACTIVE"
    back = (*steps, "note_unpaid_month", "lapse", "reenroll", "activate")
    assert follow(enrollment, *back)[-3:] == ["LAPSED", "REGISTERED", "ACTIVE"]
    late = (*steps, "note_unpaid_month", "lapse", "settle_sponsor_arrears")
    assert follow(enrollment, *late)[-1] == "ACTIVE"


def test_the_papers_of_a_complete_file_follow_the_payee() -> None:
    way = claim.way("confirm_complete", "FILED", FACTS)
    usual = (
        "JKM_FORM",
        "MEMBER_CARD",
        "KTP_DECEASED",
        "KTP_HEIR",
        "KK",
        "DEATH_CERT",
        "HEIR_CERT",
        "BANK_HEIR",
    )
    assert set(way.papers_needed(FACTS)) == {*usual, "MARRIAGE"}
    assert set(way.papers_needed(FACTS | {"payee.relation": "child"})) == set(usual)
    asked = FACTS | {"payee.relation": "guardian", "payee.is_guardian": True, "papers.asked": ["WORK_REF"]}
    assert set(way.papers_needed(asked)) == {*usual, "GUARDIAN", "WORK_REF"}


@pytest.mark.parametrize(("total", "needed"), [(50_000_000, False), (50_000_001, True)])
def test_a_tax_number_is_needed_above_fifty_million(total: int, needed: bool) -> None:
    way = claim.way("approve", "CALCULATED", FACTS)
    assert ("NPWP" in way.papers_needed(FACTS | {"determination.total": total})) is needed


def test_the_clock_of_three_working_days_runs_from_the_complete_file_to_the_payment() -> None:
    clock = claim.clocks["pay_3wd"]
    assert (clock.length, clock.unit, clock.article, clock.rule) == (
        3,
        "working_days",
        "PP 44/2015 Art. 40(3)",
        "JKM-PAY-3WD",
    )
    assert claim.way("confirm_complete", "FILED", FACTS).clocks.start == ("pay_3wd",)
    assert claim.way("confirm_payment", "PAYMENT_ORDERED", FACTS).clocks.stop == ("pay_3wd",)
    held = claim.way("confirm_payment", "PAYMENT_ORDERED", FACTS | {"arrears.open": True})
    assert (held.clocks.pause, held.clocks.stop) == (("pay_3wd",), ())
    assert claim.way("settle_arrears", "HELD_ARREARS", FACTS).clocks.restart == ("pay_3wd",)


# Table and machine


@pytest.mark.parametrize("definition", EVERY)
def test_the_table_equals_the_machine_for_every_status_and_step(definition: Definition) -> None:
    for status in (BEGINNING, *definition.statuses):
        for step in definition.steps:
            moves = definition.machine.get_transitions(step, status)
            assert set(definition.table[status].get(step, ())) == {move.dest for move in moves}
            assert definition.open(step, status) is (step in definition.machine.get_triggers(status))


@pytest.mark.parametrize("definition", EVERY)
def test_a_step_leads_where_the_table_says_or_is_refused(definition: Definition) -> None:
    for status in (BEGINNING, *definition.statuses):
        for step in definition.steps:
            goes_back = any(way.to == "previous" for way in definition.steps[step].ways)
            for entered_from in (None, *definition.statuses):
                if definition.open(step, status) and (
                    not goes_back or entered_from in definition.table[status][step]
                ):
                    assert (
                        definition.target(step, status, FACTS, entered_from) in definition.table[status][step]
                    )
                else:
                    with pytest.raises(StepNotOpen):
                        definition.target(step, status, FACTS, entered_from)


@pytest.mark.parametrize("definition", EVERY)
def test_the_machine_has_no_model_and_no_way_around_its_rules(definition: Definition) -> None:
    assert definition.machine.models == []
    assert set(definition.machine.events) == set(definition.steps)


def test_only_the_lifecycle_imports_the_machine() -> None:
    importing = {
        path.name
        for path in Path(workflows.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("transitions"))
        or (isinstance(node, ast.Import) and any(one.name.startswith("transitions") for one in node.names))
    }
    assert importing == {"lifecycle.py"}


# Questions


def test_a_step_that_is_not_open_says_what_is() -> None:
    with pytest.raises(StepNotOpen) as refused:
        claim.target("approve", "APPROVED", FACTS)
    others = ", ".join(refused.value.detail["open_steps"])
    assert refused.value.message == f"Step approve is not open from APPROVED. Open from there: {others}."
    with pytest.raises(StepNotOpen, match=r"not open from CLOSED\. Open from there: none"):
        claim.target("close", "CLOSED", FACTS)


def test_a_step_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound, match=r'jkm-claim@1 has no step aprove\. Did you mean "approve"'):
        claim.target("aprove", "CALCULATED", FACTS)


def test_before_the_beginning_only_the_opening_step_is_open() -> None:
    assert claim.open_steps(None) == claim.open_steps("") == ("report",)
    assert claim.opening.name == "report"
    assert claim.opening.is_opening
    with pytest.raises(StepNotOpen):
        claim.target("report", "REPORTED", FACTS)


def test_open_steps_come_in_the_order_of_the_file() -> None:
    assert claim.open_steps("CALCULATED") == (
        "confirm_account",
        "return_calculation",
        "sign_rejection",
        "endorse",
        "approve",
        "change_payee",
        "withdraw",
    )
    assert [rule.name for rule in claim.steps_from("PAID")] == ["determine_penalty", "close"]
    assert claim.open_steps("CLOSED") == ()


def test_what_only_timers_do_is_for_the_system_alone() -> None:
    assert [name for name, rule in claim.steps.items() if rule.system_only] == [
        "settle_arrears",
        "lapse_incomplete",
    ]


def test_a_step_goes_back_to_where_the_case_came_from() -> None:
    assert enrollment.target("lift_suspension", "SUSPENDED", FACTS, "GRACE") == "GRACE"
    assert enrollment.target("lift_suspension", "SUSPENDED", FACTS, "ACTIVE") == "ACTIVE"
    for elsewhere in ("LAPSED", None):
        with pytest.raises(StepNotOpen):
            enrollment.target("lift_suspension", "SUSPENDED", FACTS, elsewhere)


def test_a_step_taken_back_voids_the_clock_it_started() -> None:
    way = claim.way("withdraw_step", "COMPLETE", FACTS, "FILED")
    assert (way.target("COMPLETE", "FILED"), way.clocks.void) == ("FILED", ("pay_3wd",))


def test_the_ways_of_one_step_differ_by_status_and_condition() -> None:
    assert claim.way("return_documents", "FILED", FACTS).roles == ("intake",)
    assert claim.way("return_documents", "VERIFYING", FACTS).roles == ("verifier",)
    assert claim.step("return_documents").roles == ("intake", "verifier")
    not_working = FACTS | {"rejection.code": "REJECT_NOT_WORKING"}
    assert claim.way("sign_rejection", "VERIFYING", not_working).roles == ("approver_2",)
    assert claim.way("sign_rejection", "VERIFYING", FACTS).roles == ("approver_1",)
    assert claim.way("sign_rejection", "CALCULATED", FACTS).guards == ("determination_is_rejection",)


def test_lists_of_steps_and_statuses_are_spelled_out() -> None:
    assert {"report", "file", "confirm_complete"} <= set(
        claim.way("start_verification", "COMPLETE", FACTS).separate_from
    )
    assert len(claim.step("withdraw").sources) == 8


def test_who_may_sign_follows_the_amount() -> None:
    way = claim.way("approve", "CALCULATED", FACTS)
    assert claim.signing(way, 100_000_000, FACTS) == Signing(("approver_1", "approver_2"), None)
    assert claim.signing(way, 100_000_001, FACTS) == Signing(("approver_2",), "endorse")
    desk = claim.way("start_verification", "COMPLETE", FACTS)
    assert claim.signing(desk, 100_000_001, FACTS) == Signing(("verifier",), None)


def test_above_the_limit_or_under_a_flag_two_people_sign() -> None:
    way = claim.way("approve", "CALCULATED", FACTS)
    both = Signing(("approver_2",), "endorse")
    assert claim.signing(way, 42_000_000, FACTS) == Signing(("approver_1", "approver_2"), None)
    assert claim.signing(way, 100_000_001, FACTS) == both
    assert claim.signing(way, 42_000_000, FACTS | {"claim.reopened": True}) == both
    assert claim.signing(way, 42_000_000, FACTS | {"flags": ["ACCOUNT_OF_ANOTHER_PAYEE"]}) == both
    assert claim.signing(way, 42_000_000, FACTS | {"flags": ["LATE_REPORT"]}).after is None


def test_the_middle_of_three_limits_signs_alone_up_to_it() -> None:
    three = (
        ('"approver_1", "approver_2"]', '"finance", "approver_1", "approver_2"]'),
        ("approver_1 = 100_000_000,", "finance = 10, approver_1 = 100, "),
        ("guards", 'escalation = { then = ["approver_2"] }\nguards'),
    )
    way = small(*three).way("approve", "CALCULATED", FACTS)
    assert way.signing(50, demanded=False).roles == ("approver_1", "approver_2")
    assert way.signing(101, demanded=False).roles == ("approver_2",)
    assert way.signing(5, demanded=True).roles == ("approver_2",)


def test_free_text_is_personal_unless_the_file_says_otherwise() -> None:
    text = (OWN_FOLDER / "jkm-claim.v1.toml").read_text(encoding="utf-8")
    visited = compiled(tomllib.loads(text + HOME_VISIT), "jkm-claim.v1.toml")
    assert prove(visited, Known(events=EVENTS, roles=ROLES, guards=GUARDS)) == []
    fields = {line.field: line for line in visited.step("home_visit").form}
    assert fields["findings"].is_personal
    assert not fields["visited_on"].is_personal
    assert [choice.value for choice in fields["met"].choices] == ["family", "neighbour"]


# Canonical form


@pytest.mark.parametrize("definition", EVERY)
def test_the_published_form_makes_the_same_definition_without_a_file(definition: Definition) -> None:
    again = Definition.from_canonical(definition.canonical)
    assert (again.key, again.digest, again.canonical) == (
        definition.key,
        definition.digest,
        definition.canonical,
    )
    assert again.table == definition.table
    assert again.in_force_from == definition.in_force_from
    for name, rule in definition.steps.items():
        assert [way.papers_needed(FACTS) for way in again.steps[name].ways] == [
            way.papers_needed(FACTS) for way in rule.ways
        ]


def test_comments_and_spacing_do_not_change_the_digest() -> None:
    spaced = "# a comment\n" + SMALL.replace(" = ", "   =  ").replace("[[step]]", "\n\n[[step]] # next")
    assert compiled(tomllib.loads(spaced), "other").digest == small().digest


def shuffled(value: Any, chance: random.Random) -> Any:  # Any: the data of a file
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(one, chance) for one in value] if isinstance(value, list) else value


@hypothesis.given(st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_change_the_digest(chance: random.Random) -> None:
    assert compiled(shuffled(tomllib.loads(SMALL), chance), "other").digest == small().digest


def test_a_changed_word_changes_the_digest() -> None:
    assert small(("100_000_000", "100_000_001")).digest != small().digest


def test_the_canonical_form_is_sorted_json() -> None:
    text = small().canonical
    assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text
    assert '"in_force_from":"2015-07-01"' in text
    assert changed() == SMALL

"""Every event of the registry is remembered: folding it changes what its case knows."""

import dataclasses
from typing import Any

import pytest

from domain.fact import Fact, FirstFact
from domain.handling.events import HandlingFact
from tests import facts
from tests.given_when_then import fold
from tests.history.examples import example
from workflows.catalogue import AGGREGATES, EVENTS

# Facts whose case has nothing to remember beyond what the header says: status, who, papers, clocks.
HEADER_SAYS_IT_ALL = {
    "claim.clock_missed",
    "claim.closed",
    "claim.documents_completed",
    "claim.lapsed_incomplete",
    "claim.step_withdrawn",
    "claim.withdrawn",
    "enrollment.arrears_paid",
    "enrollment.clock_missed",
    "enrollment.month_unpaid",
    "enrollment.worker_proposed",
}
NO_AGGREGATE = {
    "attempt.refused",
    "definition.published",
    "rules.published",
}  # streams that no case is folded from
BEFORE: dict[str, list[Fact]] = {
    "claim": facts.calculated_claim(),
    "delegation": [facts.delegation_granted()],
    "enrollment": [facts.enrollment_begun(), facts.proposal_returned("ENR_KTP"), facts.member_suspended()],
    "handling": [facts.case_taken()],
    "payment": facts.payment_ordered()[1:],
    "person": [facts.person_registered()],
    "programme": [facts.programme_opened()],
    "risk": [facts.risk_found()],
    "roster": [facts.roster_received(), facts.step_requested()],
}
SILENT_HEADER: dict[str, Any] = {
    "definition": None, "step": None, "from_status": None, "to_status": None, "clocks": (), "flags": (),
}  # fmt: skip
COUNTED = ("_version", "_modified_on", "modified_on", "version", "position", "recorded_at", "_pending_events")

FOLDED = sorted(topic for topic in EVENTS if topic not in NO_AGGREGATE)
LATER = [topic for topic in FOLDED if not issubclass(EVENTS[topic], FirstFact)]


def told(topic: str, **header: Any) -> Fact:
    """Return the example of an event, of the case in the story."""
    kind = topic.partition(".")[0]
    stream = BEFORE[kind][0].originator_id
    fields: dict[str, Any] = {"originator_id": stream} | SILENT_HEADER | header
    if topic == "roster.step_done":
        fields["request_id"] = facts.REQUEST
    if topic == "claim.payment_details_corrected":
        fields["payee_code"] = "HEIR"
    if topic == "claim.calculation_returned":
        fields["of_penalty"] = False
    if topic == "claim.document_rejected":
        fields |= {"code": "KK", "sha256": facts.SHA}
    if topic == "programme.contribution_received":
        fields["months"] = ("2023-09",)
    if topic == "programme.overpaid_refunded":
        fields["members"] = facts.overpaid_refunded("2024-06").members
    return dataclasses.replace(example(EVENTS[topic]), **fields)


def memory(*story: Fact) -> dict[str, Any]:
    case = fold(*story)[story[0].originator_id]
    return {name: value for name, value in vars(case).items() if name not in COUNTED}


@pytest.mark.parametrize("topic", LATER)
def test_a_fact_changes_what_its_case_knows(topic: str) -> None:
    before = BEFORE[topic.partition(".")[0]]
    changed = memory(*before, told(topic)) != memory(*before)
    assert changed is (topic not in HEADER_SAYS_IT_ALL)


@pytest.mark.parametrize("topic", LATER)
def test_every_header_is_remembered(topic: str) -> None:
    before = BEFORE[topic.partition(".")[0]]
    clock = facts.file_complete().clocks[0]
    spoken = told(topic, step="step", actor="ani", to_status="NEW", clocks=(clock,), flags=("FLAG",))
    case = fold(*before, spoken)[spoken.originator_id]
    if not topic.startswith("roster."):  # the status of a list is what its own facts say
        assert case.status == "NEW"
    assert (case.taken[-1].step, case.taken[-1].actor) == ("step", "ani")
    assert case.clocks["pay_3wd"] == clock
    assert "FLAG" in case.flags


def test_every_aggregate_begins_with_its_own_first_fact() -> None:
    assert BEFORE.keys() == AGGREGATES.keys()
    for kind, story in BEFORE.items():
        assert isinstance(story[0], FirstFact | HandlingFact)  # beside a case, whatever happens first begins
        assert type(fold(*story)[story[0].originator_id]) is AGGREGATES[kind]


def test_a_step_that_stays_does_not_forget_where_the_case_came_from() -> None:
    claim = fold(*facts.calculated_claim(), facts.claim_paper("NPWP"))[facts.CLAIM]
    assert (claim.status, claim.entered_from) == ("CALCULATED", "VERIFYING")
    endorsed = facts.claim_approved(from_status="CALCULATED", to_status="CALCULATED")
    claim = fold(*facts.calculated_claim(), endorsed)[facts.CLAIM]
    assert (claim.status, claim.entered_from) == ("CALCULATED", "VERIFYING")

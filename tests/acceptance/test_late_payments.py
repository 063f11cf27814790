"""Money that came late: what is owed for that is determined, signed, ordered and paid like the benefit."""

from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town

BENEFIT, PENALTY = 42_000_000, 840_000  # two days after Monday 27 May 2024, 1 % each


@pytest.fixture
def late(town: Town) -> str:
    """A claim whose money arrived two days after the day the law sets."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.calculated(town, place.workers[0].nik)["id"])
    stories.approve(town, claim)
    assert stories.order_and_confirm(town, claim, "2024-05-29")["status"] == "PAID"
    return claim


def determine(town: Town, claim: str) -> dict[str, Any]:
    return stories.take(town.person("Agus", "calculator"), claim, "determine_penalty", "2024-05-30")


def view(town: Town, claim: str) -> dict[str, Any]:
    return town.person("pemeriksa", "auditor").get(f"/v1/claims/{claim}")


def test_a_late_payment_is_compensated_to_the_last_rupiah(town: Town, late: str) -> None:
    agus, dewi = town.person("Agus", "calculator"), town.person("Dewi", "approver_1")
    assert view(town, late)["penalty"] == {"due": PENALTY, "determined": 0, "paid": 0}
    assert "determine_penalty" in agus.get(f"/v1/claims/{late}")["open_steps"]
    answer = determine(town, late)
    assert answer["status"] == "CALCULATED"
    [line] = answer["determination"]["lines"]
    assert (line["code"], line["amount"], line["basis"]) == ("PENALTY_LATE", PENALTY, "JKM-LATE-1PCT")
    assert line["working_id"].endswith("= Rp 840.000") and line["working_en"].endswith("= Rp 840,000")

    path = f"/v1/claims/{late}/steps/approve"
    problem = dewi.refused(path, {"amount": BENEFIT}, status=422, code="amount_differs")
    assert problem["expected"] == PENALTY
    assert stories.approve(town, late, PENALTY, "2024-05-30")["status"] == "APPROVED"
    stories.order(town, late, "2024-05-30")
    assert stories.confirm(town, late, "2024-06-20")["status"] == "PAID"

    found = view(town, late)
    assert found["penalty"] == {"due": PENALTY, "determined": PENALTY, "paid": PENALTY}, "none on the penalty"
    assert [one["total"] for one in found["determinations"]] == [BENEFIT, PENALTY]
    assert found["determination"] == found["determinations"][1]
    assert [(one["amount"], one["of_penalty"]) for one in found["payments"]] == [
        (BENEFIT, False),
        (PENALTY, True),
    ]
    assert found["outcome"] == "PAY"
    benefit = agus.get(f"/v1/claims/{late}/benefit")
    assert benefit["total"] == BENEFIT, "the determination of the benefit is what it was"
    again = agus.refused(f"/v1/claims/{late}/steps/determine_penalty", status=409, code="guard_failed")
    assert again["guard"] == "penalty_is_due"
    assert stories.close(town, late, "2024-06-20")["status"] == "CLOSED"


def test_four_eyes_reach_over_both_rounds(town: Town, late: str) -> None:
    """Who paid late, or signed, does not determine what is owed for it; who paid does not sign."""
    path = f"/v1/claims/{late}/steps"
    for name, role, step in (
        ("Wati", "finance", "order_payment"),
        ("Joko", "finance", "confirm_payment"),
        ("Dewi", "approver_1", "approve"),
    ):
        both = town.person(name, role)
        both.token = town.token(role, "calculator", name=name)
        problem = both.refused(f"{path}/determine_penalty", status=403, code="same_person")
        assert problem["earlier_step"] == step
        both.token = town.token(role, name=name)
    determine(town, late)
    wati = town.person("Wati", "finance")
    wati.token = town.token("finance", "approver_1", name="Wati")
    wati.refused(f"{path}/approve", {"amount": PENALTY}, status=403, code="same_person")
    wati.token = town.token("finance", name="Wati")
    agus = town.person("Agus", "calculator")
    agus.token = town.token("calculator", "approver_1", name="Agus")
    agus.refused(f"{path}/approve", {"amount": PENALTY}, status=403, code="same_person")
    agus.token = town.token("calculator", name="Agus")
    stories.approve(town, late, PENALTY, "2024-05-30")
    stories.order(town, late, "2024-05-30")
    wati.refused(
        f"{path}/confirm_payment",
        {"bank_reference": "TRX", "paid_on": "2024-05-30"},
        status=403,
        code="same_person",
    )


def test_a_returned_penalty_leaves_the_paid_benefit_alone(town: Town, late: str) -> None:
    determine(town, late)
    dewi = town.person("Dewi", "approver_1")
    returned = stories.take(dewi, late, "return_calculation", "2024-05-30", reason="Hari bayar keliru")
    assert returned["status"] == "PAID"
    found = view(town, late)
    assert (found["outcome"], found["approved_amount"]) == ("PAY", BENEFIT)
    assert found["penalty"] == {"due": PENALTY, "determined": 0, "paid": 0}
    assert determine(town, late)["status"] == "CALCULATED"
    budi = town.person("Budi", "intake")
    budi.upload(f"/v1/claims/{late}/documents", "HEIR_CERT")
    form = {"payee": stories.PAYEE}
    problem = budi.refused(f"/v1/claims/{late}/steps/change_payee", form, status=409, code="guard_failed")
    assert problem["guard"] == "nothing_is_paid"


def test_a_calculator_sees_paid_claims_only_where_something_is_owed(town: Town, late: str) -> None:
    agus = town.person("Agus", "calculator")
    work = {
        one["case_id"]: one for one in agus.all("/v1/worklist", min_position=view(town, late)["position"])
    }
    assert work[late]["steps"] == ["determine_penalty"]
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    in_time = str(stories.calculated(town, place.workers[0].nik)["id"])
    stories.approve(town, in_time)
    position = stories.order_and_confirm(town, in_time)["position"]
    assert in_time not in {one["case_id"] for one in agus.all("/v1/worklist", min_position=position)}
    position = determine(town, late)["position"]
    assert late not in {one["case_id"] for one in agus.all("/v1/worklist", min_position=position)}


def test_nothing_is_owed_for_money_that_came_in_time(town: Town) -> None:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.calculated(town, place.workers[0].nik)["id"])
    stories.approve(town, claim)
    stories.order_and_confirm(town, claim, "2024-05-27")
    assert view(town, claim)["penalty"] == {"due": 0, "determined": 0, "paid": 0}
    agus = town.person("Agus", "calculator")
    problem = agus.refused(f"/v1/claims/{claim}/steps/determine_penalty", status=409, code="guard_failed")
    assert "no penalty is owed" in problem["detail"]
    assert stories.close(town, claim, "2024-05-27")["status"] == "CLOSED"

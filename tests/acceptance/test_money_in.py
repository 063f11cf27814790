"""Money that does not fit: a transfer short by 200 rupiah, one with too much, and months of chosen members."""

from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

ONE = 16_800  # rupiah for one member and one month


def contribution(amount: int, *months: str, **more: Any) -> dict[str, Any]:
    return {
        "months": list(months),
        "amount": amount,
        "paid_on": "2023-09-11",
        "effective_on": "2023-09-11",
        "reference": f"SP2D-{uuid4()}",
    } | more


@pytest.fixture
def kas(town: Town) -> Person:
    return town.person("kas daerah", "finance")


def test_a_treasury_transfer_short_by_200_rupiah(town: Town, kas: Person) -> None:
    """The clerk pays those it is enough for, keeps the rest, and pays the last one when the 200 have come."""
    place = stories.enrolled_workers(town, 3)
    programme = f"/v1/programmes/{place.programme}"
    pay = f"{programme}/contributions"
    short = 3 * ONE - 200
    refusal = kas.refused(
        pay, contribution(short, "2023-09", roster_id=place.roster), status=422, code="amount_differs"
    )
    assert (refusal["expected"], refusal["asked"], refusal["credit_available"]) == (3 * ONE, short, 0)
    for way in ("Rp 200 below", "enrollment_ids", 'rest: "credit"', "wait"):
        assert way in refusal["detail"]

    members = [stories.member(town, worker.nik) for worker in place.workers]
    two = contribution(short, "2023-09", enrollment_ids=members[:2], rest="credit")
    paid = kas.post(pay, two, status=201)
    assert (paid["invoiced"], paid["credit_kept"], paid["credit"]) == (2 * ONE, ONE - 200, ONE - 200)
    assert kas.get(programme)["credit"] == ONE - 200

    invoice = kas.get(f"{programme}/invoice", roster_id=place.roster, months="2023-09")
    assert (invoice["heads"], invoice["total"]) == (1, ONE), "who paid by name is not invoiced again"
    assert (invoice["credit_available"], invoice["to_transfer"]) == (ONE - 200, 200)
    too_much = contribution(200, "2023-09", roster_id=place.roster, use_credit=ONE)
    refusal = kas.refused(pay, too_much, status=409, code="guard_failed")
    assert (refusal["guard"], refusal["at_most"]) == ("credit_available", ONE - 200)
    last = contribution(200, "2023-09", roster_id=place.roster, use_credit=ONE - 200)
    paid = kas.post(pay, last, status=201)
    assert (paid["credit_used"], paid["credit"]) == (ONE - 200, 0)

    ledger = kas.get(f"{programme}/ledger", min_position=paid["position"])
    assert (ledger["paid_in"], ledger["invoiced"], ledger["credit"]) == (3 * ONE, 3 * ONE, 0)
    assert [(one["amount"], one["invoiced"], one["credit_used"], one["credit_kept"]) for one in ledger["payments"]] == [
        (short, 2 * ONE, 0, ONE - 200),
        (200, ONE, ONE - 200, 0),
    ]  # fmt: skip
    for worker in place.workers:
        found = kas.get(f"/v1/enrollments/{stories.member(town, worker.nik)}")
        assert found["coverage"]["paid_through"] == "2023-09"


def test_money_above_the_invoice_becomes_credit_only_when_somebody_says_so(town: Town, kas: Person) -> None:
    place = stories.enrolled_workers(town, 2)
    pay = f"/v1/programmes/{place.programme}/contributions"
    above = contribution(2 * ONE + 500, "2023-09", roster_id=place.roster)
    refusal = kas.refused(pay, above, status=422, code="amount_differs")
    assert refusal["expected"] == 2 * ONE and "Rp 500 above" in refusal["detail"]
    kas.refused(pay, above | {"rest": "spread"}, status=422, code="invalid")
    kas.refused(pay, above | {"use_credit": -1}, status=422, code="invalid")
    assert kas.post(pay, above | {"rest": "credit"}, status=201)["credit"] == 500
    asked = contribution(2 * ONE - 500, "2023-10", roster_id=place.roster, use_credit=500)
    assert kas.post(pay, asked, status=201)["credit"] == 0


def test_months_of_chosen_members_are_paid_once(town: Town, kas: Person) -> None:
    place = stories.enrolled_workers(town, 3)
    pay = f"/v1/programmes/{place.programme}/contributions"
    first, second, third = (stories.member(town, worker.nik) for worker in place.workers)
    once = contribution(ONE, "2023-09", enrollment_ids=[second])
    kas.post(pay, once, status=201)
    again = contribution(3 * ONE, "2023-09", enrollment_ids=[first, second, third])
    refusal = kas.refused(pay, again, status=409, code="duplicate")
    assert refusal["members_total"] == 1
    assert refusal["members"] == [
        {"enrollment_id": second, "months": ["2023-09"], "reference": once["reference"]}
    ]
    rest = contribution(2 * ONE, "2023-09", roster_id=place.roster)
    kas.post(pay, rest, status=201)
    refusal = kas.refused(pay, again, status=409, code="duplicate")
    assert refusal["members_total"] == 3

    same = contribution(ONE, "2023-10", enrollment_ids=[first], reference=f"  {once['reference'].lower()} ")
    assert kas.refused(pay, same, status=409, code="duplicate")["key"] == "payment-reference"


def test_nobody_is_paid_for_who_is_not_registered(town: Town, kas: Person) -> None:
    """Otherwise one member's money would cover two."""
    place = stories.enrolled_workers(town)
    [worker] = place.workers
    [other] = stories.workers(1)
    draft = stories.send_list(town, place.programme, stories.list_with((other,)), "2023-09-01")
    assert draft["accepted"] == 1
    pay = f"/v1/programmes/{place.programme}/contributions"
    both = [stories.member(town, worker.nik), stories.member(town, other.nik)]
    refusal = kas.refused(
        pay, contribution(ONE, "2023-09", enrollment_ids=both), status=409, code="guard_failed"
    )
    assert (refusal["guard"], refusal["enrollment_id"]) == ("registered_by_month", both[1])

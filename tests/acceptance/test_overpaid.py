"""Months paid beyond a death: shown, given back to the sponsor by a second person, each month once."""

from typing import Any
from uuid import uuid4

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

ONE = 16_800
MONTHS = ["2023-09", "2023-10", "2023-11", "2023-12"]


def refund(member: str, *months: str, **more: Any) -> dict[str, Any]:
    return {
        "members": [{"enrollment_id": member, "months": list(months)}],
        "amount": ONE * len(months),
        "agreement": "Berita acara 460/15/2024",
        "reference": f"TRX-{uuid4()}",
        "refunded_on": "2024-01-15",
        "effective_on": "2024-01-15",
    } | more


def after(person: Person, path: str, position: int, **query: str) -> dict[str, Any]:
    return person.get(path, min_position=position, **query)


def test_months_after_a_death_go_back_to_the_sponsor(town: Town) -> None:
    place = stories.enrolled_workers(town, 2)
    stories.pay(town, place, MONTHS)
    dead = place.workers[0]
    member = stories.member(town, dead.nik)
    reported = stories.report(town, dead.nik, "2023-10-10")
    path = f"/v1/programmes/{place.programme}/ledger"
    wati = town.person("Wati", "finance")
    shown = after(wati, path, reported["position"])
    assert shown["overpaid_amount"] == 2 * ONE
    [one] = shown["overpaid"]
    assert one == {
        "enrollment_id": member, "roster_id": place.roster, "row": 1, "reason": "DIED", "last_day": "2023-10-10",
        "months": ["2023-11", "2023-12"], "amount": 2 * ONE,
    }  # fmt: skip

    back = f"/v1/programmes/{place.programme}/refunds"
    body = refund(member, "2023-11", "2023-12")
    town.person("dinas", "sponsor_officer").refused(back, body, status=403, code="not_your_role")
    town.person("kas daerah", "finance").refused(back, body, status=403, code="same_person")
    refusal = wati.refused(back, refund(member, "2023-10"), status=409, code="guard_failed")
    assert (refusal["guard"], refusal["enrollment_id"]) == ("month_overpaid", member)
    wrong = body | {"amount": ONE}
    assert wati.refused(back, wrong, status=422, code="amount_differs")["expected"] == 2 * ONE
    twice = body | {"members": body["members"] * 2}
    wati.refused(back, twice, status=422, code="invalid")
    odd = body | {"members": [body["members"][0] | {"name": "x"}]}
    wati.refused(back, odd, status=422, code="invalid")

    done = wati.post(back, refund(member, "2023-11"), status=201)
    assert done["credit"] == 0
    kept = wati.post(back, refund(member, "2023-12", to="credit"), status=201)
    assert kept["credit"] == ONE
    wati.refused(back, body, status=409, code="duplicate")
    shown = after(wati, path, kept["position"])
    assert (shown["overpaid"], shown["overpaid_amount"]) == ([], 0)
    assert (shown["paid_in"], shown["invoiced"], shown["credit"], shown["refunded"]) == (
        8 * ONE, 6 * ONE, ONE, ONE,
    )  # fmt: skip
    assert [(entry["to"], entry["amount"]) for entry in shown["refunds"]] == [
        ("account", ONE),
        ("credit", ONE),
    ]
    history = stories.history(wati, f"programmes/{place.programme}")
    assert [item["event"] for item in history][-2:] == ["programme.overpaid_refunded"] * 2
    own = [item["event"] for item in stories.history(wati, f"enrollments/{member}")]
    assert own.count("programme.overpaid_refunded") == 2, "the member's own history shows what went back"
    attempts = [item for item in history if item["event"] == "attempt.refused"]
    assert {item["data"]["code"] for item in attempts} >= {"same_person", "not_your_role"}


def test_a_payment_after_the_report_leaves_the_dead_out_for_good(town: Town) -> None:
    """And when the report is taken back, the member is invoiced again, by name for the month that was left out."""
    place = stories.enrolled_workers(town, 2)
    stories.pay(town, place, ["2023-09"])
    [worker, _] = place.workers
    member = stories.member(town, worker.nik)
    reported = stories.report(town, worker.nik, "2023-09-10")
    stories.pay(town, place, ["2023-10"])
    wati = town.person("Wati", "finance")
    wati.refused(
        f"/v1/programmes/{place.programme}/refunds",
        refund(member, "2023-10"),
        status=409,
        code="guard_failed",
    )
    asked = {"roster_id": place.roster, "months": "2023-11"}
    invoice = f"/v1/programmes/{place.programme}/invoice"
    assert wati.get(invoice, **asked)["heads"] == 1
    taken_back = {"reason": "salah orang", "effective_on": "2024-05-14"}
    siti = town.person("Siti", "participant")
    siti.post(f"/v1/claims/{reported['id']}/steps/withdraw", taken_back)
    assert wati.get(invoice, **asked)["heads"] == 2
    cover = wati.get(f"/v1/enrollments/{member}")["coverage"]
    assert cover["paid_through"] == "2023-09", "nobody paid October for this member"
    paid = stories.pay(town, place, ["2023-10"], enrollment_ids=[member])
    months = f"/v1/programmes/{place.programme}/reconciliation"
    view = after(wati, months, paid["position"], month="2023-10")
    assert (view["agrees"], view["heads"]["paid"], view["heads_by_payments"]) == (True, 2, 2)


def test_a_report_taken_back_takes_the_overpaid_months_with_it(town: Town) -> None:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, MONTHS)
    [worker] = place.workers
    reported = stories.report(town, worker.nik, "2023-10-10")
    path = f"/v1/programmes/{place.programme}/ledger"
    wati = town.person("Wati", "finance")
    assert after(wati, path, reported["position"])["overpaid_amount"] == 2 * ONE
    siti = town.person("Siti", "participant")
    taken_back = siti.post(
        f"/v1/claims/{reported['id']}/steps/withdraw", {"reason": "salah orang", "effective_on": "2024-05-14"}
    )
    assert after(wati, path, taken_back["position"])["overpaid"] == []
    member = stories.member(town, worker.nik)
    wati.refused(
        f"/v1/programmes/{place.programme}/refunds",
        refund(member, "2023-11"),
        status=409,
        code="guard_failed",
    )

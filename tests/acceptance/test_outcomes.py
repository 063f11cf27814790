"""What the law answers besides paying at once: rejections, the minimum period, arrears, no heir."""

from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

LUMP, PERIODIC, FUNERAL = 20_000_000, 12_000_000, 10_000_000
REST = LUMP + PERIODIC
UP_TO_FEBRUARY = stories.MONTHS[:6]  # three months before a death in May 2024: in grace
ARREARS = ["2024-03", "2024-04", "2024-05"]


@pytest.fixture(scope="module")
def auditor(town: Town) -> Person:
    return town.person("pemeriksa", "auditor")


def _member(town: Town, months: list[str], effective_on: str = "2023-09-01") -> tuple[stories.Enrolled, str]:
    place = stories.enrolled_workers(town, effective_on=effective_on)
    if months:
        stories.pay(town, place, months, paid_on=f"{months[0]}-15")
    return place, place.workers[0].nik


def _rejected(town: Town, answer: dict[str, Any], outcome: str) -> None:
    """Expect a rejection: nothing is due, and the only ways on are to sign it or to return it."""
    claim, determination = answer["id"], answer["determination"]
    assert (answer["status"], determination["outcome"]) == ("CALCULATED", outcome)
    assert (determination["total"], determination["lines"]) == (0, [])
    assert determination["notices"][0]["text_en"]
    dewi = town.person("Dewi", "approver_1")
    steps = dewi.get(f"/v1/claims/{claim}/steps")["items"]
    assert {step["step"] for step in steps if step["open"]} == {"sign_rejection", "return_calculation"}
    assert dewi.get(f"/v1/claims/{claim}")["open_steps"] == ["return_calculation", "sign_rejection"]
    [approve] = [step for step in steps if step["step"] == "approve"]
    assert approve["code"] == "guard_failed" and outcome in approve["reason"]
    for person in (town.person("Wati", "finance"), town.person("Rina", "verifier")):
        assert person.get(f"/v1/claims/{claim}")["open_steps"] == []
    dewi.refused(f"/v1/claims/{claim}/steps/approve", {"amount": 0}, status=409, code="guard_failed")
    signed = stories.take(dewi, claim, "sign_rejection", "2024-05-22", reason="lihat surat")
    assert signed["status"] == "REJECTED"
    view = dewi.get(f"/v1/claims/{claim}")
    assert (view["status"], view["outcome"], view["payments"]) == ("REJECTED", outcome, [])
    assert [clock["state"] for clock in view["clocks"]] == ["stopped"]
    _no_paper_is_added_any_more(town, claim)
    last = [item for item in stories.history(dewi, f"claims/{claim}") if item["version"]][-1]
    assert (last["event"], last["actor"], last["data"]) == ("claim.rejected", "Dewi", {"outcome": outcome})


def _clocks(view: dict[str, Any]) -> dict[str, str]:
    return {clock["clock"]: clock["state"] for clock in view["clocks"]}


def _no_paper_is_added_any_more(town: Town, claim: str) -> None:
    """The file is closed; whoever may add no paper anyway is told that first."""
    for person, code in (
        (town.person("pemeriksa", "auditor"), "not_your_role"),
        (town.person("Siti", "participant"), "step_not_open"),
    ):
        paper = {"file": ("KK.pdf", b"%PDF", "application/pdf")}
        answer = person.call("POST", f"/v1/claims/{claim}/documents", files=paper, data={"code": "KK"})
        assert answer.json()["code"] == code


def test_four_unpaid_months_end_the_cover(town: Town) -> None:
    _, nik = _member(town, stories.MONTHS[:5])  # to January 2024
    _rejected(town, stories.calculated(town, nik), "REJECT_LAPSED")


def test_a_death_before_the_membership_starts_is_not_covered(town: Town) -> None:
    _, nik = _member(town, ["2024-06"], effective_on="2024-06-01")
    _rejected(town, stories.calculated(town, nik), "REJECT_NOT_STARTED")


def test_a_membership_that_was_never_paid_has_not_started(town: Town) -> None:
    _, nik = _member(town, [])
    _rejected(town, stories.calculated(town, nik), "REJECT_NOT_STARTED")


def test_a_death_by_work_accident_belongs_to_the_other_insurance(town: Town) -> None:
    _, nik = _member(town, stories.MONTHS)
    _rejected(town, stories.calculated(town, nik, cause="work_accident"), "REJECT_USE_JKK")


def test_a_returned_calculation_is_made_again(town: Town) -> None:
    _, nik = _member(town, stories.MONTHS)
    answer = stories.calculated(town, nik)
    claim = answer["id"]
    dewi = town.person("Dewi", "approver_1")
    returned = stories.take(dewi, claim, "return_calculation", reason="periksa lagi nama ayah")
    assert returned["status"] == "VERIFYING"
    view = dewi.get(f"/v1/claims/{claim}")
    assert (view["determination"], view["outcome"]) == (None, None)
    problem = dewi.call("GET", f"/v1/claims/{claim}/benefit")
    assert (problem.status_code, problem.json()["code"]) == (404, "not_found")
    again = stories.take(town.person("Agus", "calculator"), claim, "calculate")
    assert again["determination"] == answer["determination"]


def test_within_three_months_only_the_funeral_is_paid_from_2025_on(town: Town) -> None:
    _, nik = _member(town, ["2025-03", "2025-04", "2025-05"], effective_on="2025-03-01")
    claim = stories.report(town, nik, "2025-05-31", effective_on="2025-06-02")["id"]
    stories.file(town, claim, claim_date="2025-06-02", effective_on="2025-06-02")
    answer = stories.calculate(town, claim, "2025-06-03")
    determination = answer["determination"]
    assert (determination["outcome"], determination["total"]) == ("PAY", FUNERAL)
    [line] = determination["lines"]
    assert (line["code"], line["amount"]) == ("JKM_FUNERAL", FUNERAL)
    assert line["basis"].split("; ")[0] == "JKM-MIN3"
    stories.approve(town, claim, FUNERAL, "2025-06-04")
    stories.order(town, claim, "2025-06-04")
    assert stories.confirm(town, claim, "2025-06-04")["status"] == "PAID"


def test_in_grace_and_within_three_months_nothing_is_left_to_wait_for(town: Town) -> None:
    _, nik = _member(town, ["2025-03"], effective_on="2025-03-01")
    claim = stories.report(town, nik, "2025-05-31", effective_on="2025-06-02")["id"]
    stories.file(town, claim, claim_date="2025-06-02", effective_on="2025-06-02")
    determination = stories.calculate(town, claim, "2025-06-03")["determination"]
    assert (determination["outcome"], determination["total"]) == ("HOLD_ARREARS", FUNERAL)
    stories.approve(town, claim, FUNERAL, "2025-06-04")
    stories.order(town, claim, "2025-06-04")
    assert stories.confirm(town, claim, "2025-06-04")["status"] == "PAID"


def test_three_full_months_earn_the_whole_benefit(town: Town) -> None:
    _, nik = _member(town, ["2025-03", "2025-04", "2025-05", "2025-06"], effective_on="2025-03-01")
    claim = stories.report(town, nik, "2025-06-01", effective_on="2025-06-02")["id"]
    stories.file(town, claim, claim_date="2025-06-02", effective_on="2025-06-02")
    assert stories.calculate(town, claim, "2025-06-03")["determination"]["total"] == 42_000_000


class TestArrears:
    """In grace the funeral is paid at once; the rest waits, and is paid under the same approval."""

    @pytest.mark.parametrize("who_pays", ["the sponsor in time", "the heirs after the day of the lapse"])
    def test_the_rest_is_paid_when_the_arrears_are(self, town: Town, auditor: Person, who_pays: str) -> None:
        place, nik = _member(town, UP_TO_FEBRUARY)
        claim = self._held(town, nik)
        if who_pays == "the sponsor in time":
            stories.pay(town, place, ARREARS, paid_on="2024-05-31")
        else:
            member = stories.member(town, nik)
            paid_on = "2024-07-10"  # the living would have lapsed on 1 June; the dead lapse no more
            stories.pay(town, place, ARREARS, paid_on=paid_on, enrollment_ids=[member])
        view = stories.wait_for_status(auditor, claim, "APPROVED")
        assert (view["arrears_open"], view["approved_amount"]) == (False, 42_000_000)
        assert _clocks(view) == {"pay_3wd": "restarted", "arrears_90d": "stopped"}
        stories.order(town, claim, "2024-07-11")
        assert stories.confirm(town, claim, "2024-07-12")["status"] == "PAID"
        self._each_line_once(town, auditor, claim)

    def test_some_of_the_arrears_are_not_enough(self, town: Town, auditor: Person) -> None:
        place, nik = _member(town, UP_TO_FEBRUARY)
        claim = self._held(town, nik)
        stories.pay(town, place, ARREARS[:2], paid_on="2024-05-30")
        assert auditor.get(f"/v1/claims/{claim}")["status"] == "HELD_ARREARS"
        wati = town.person("Wati", "finance")
        wati.refused(f"/v1/claims/{claim}/steps/order_payment", status=409, code="step_not_open")
        stories.pay(town, place, ARREARS[2:], paid_on="2024-05-31")
        stories.wait_for_status(auditor, claim, "APPROVED")

    def test_arrears_paid_before_the_funeral_arrived_release_the_rest_with_it(
        self, town: Town, auditor: Person
    ) -> None:
        place, nik = _member(town, UP_TO_FEBRUARY)
        claim = stories.calculated(town, nik)["id"]
        stories.approve(town, claim)
        stories.order(town, claim)
        stories.pay(town, place, ARREARS, paid_on="2024-05-31")
        assert auditor.get(f"/v1/claims/{claim}")["status"] == "PAYMENT_ORDERED"
        stories.confirm(town, claim)
        stories.wait_for_status(auditor, claim, "APPROVED")
        stories.order(town, claim, "2024-06-03")
        assert stories.confirm(town, claim, "2024-06-04")["status"] == "PAID"
        self._each_line_once(town, auditor, claim)

    def _held(self, town: Town, nik: str) -> str:
        """Carry a death in grace to HELD_ARREARS: all lines approved, the funeral paid."""
        answer = stories.calculated(town, nik)
        claim, determination = str(answer["id"]), answer["determination"]
        assert determination["outcome"] == "HOLD_ARREARS"
        assert (determination["arrears"], determination["arrears_months"]) == (3 * 16_800, ARREARS)
        assert {line["code"]: (line["amount"], line["payable"]) for line in determination["lines"]} == {
            "JKM_LUMP": (LUMP, "after_arrears"),
            "JKM_BERKALA": (PERIODIC, "after_arrears"),
            "JKM_FUNERAL": (FUNERAL, "at_once"),
        }
        assert stories.approve(town, claim)["status"] == "APPROVED"
        assert stories.order(town, claim)["status"] == "PAYMENT_ORDERED"
        assert stories.confirm(town, claim)["status"] == "HELD_ARREARS"
        view = town.person("pemeriksa", "auditor").get(f"/v1/claims/{claim}")
        assert [payment["amount"] for payment in view["payments"]] == [FUNERAL]
        assert view["arrears_open"]
        assert _clocks(view) == {"pay_3wd": "paused", "arrears_90d": "started"}
        waits_on = {clock["clock"]: clock["waiting_on"] for clock in view["clocks"]}
        assert waits_on == {"pay_3wd": "third_party", "arrears_90d": "third_party"}
        return claim

    def _each_line_once(self, town: Town, auditor: Person, claim: str) -> None:
        told = stories.history(auditor, f"claims/{claim}")
        ordered = [
            [(line["code"], line["amount"]) for line in item["data"]["lines"]]
            for item in told
            if item["event"] == "claim.payment_ordered"
        ]
        assert ordered == [[("JKM_FUNERAL", FUNERAL)], [("JKM_LUMP", LUMP), ("JKM_BERKALA", PERIODIC)]]
        assert sum(item["event"] == "claim.approved" for item in told) == 1
        [settled] = [item for item in told if item["event"] == "claim.arrears_paid"]
        assert (settled["actor"], settled["data"]["months"]) == ("SYSTEM", ARREARS)
        view = auditor.get(f"/v1/claims/{claim}")
        assert [payment["amount"] for payment in view["payments"]] == [FUNERAL, REST]
        wati = town.person("Wati", "finance")
        wati.refused(f"/v1/claims/{claim}/steps/order_payment", status=409, code="step_not_open")
        assert stories.close(town, claim, "2024-07-12")["status"] == "CLOSED"


def test_without_any_heir_the_arranger_gets_the_funeral_money_and_the_fund_the_rest(
    town: Town, auditor: Person
) -> None:
    _, nik = _member(town, stories.MONTHS)
    claim = stories.report(town, nik)["id"]
    siti = town.person("Siti", "participant")
    form = {"claim_date": "2024-05-15", "payees": [stories.FUNERAL_ARRANGER], "effective_on": "2024-05-15"}
    siti.post(f"/v1/claims/{claim}/steps/file", form)
    checklist = auditor.get(f"/v1/claims/{claim}/documents")
    assert "FUNERAL_PROOF" in checklist["missing"] and "MARRIAGE" not in checklist["missing"]
    for code in checklist["missing"]:
        siti.upload(f"/v1/claims/{claim}/documents", code)
    determination = stories.calculate(town, claim)["determination"]
    assert (determination["outcome"], determination["total"]) == ("PAY", 42_000_000)
    assert {share["code"]: (share["payee"], share["amount"]) for share in determination["payees"]} == {
        "JKM_LUMP": ("SOCIAL_SECURITY_FUND", LUMP),
        "JKM_BERKALA": ("SOCIAL_SECURITY_FUND", PERIODIC),
        "JKM_FUNERAL": ("FUNERAL_ARRANGER", FUNERAL),
    }
    stories.approve(town, claim)
    stories.order(town, claim)
    [ordered] = [i for i in stories.history(auditor, f"claims/{claim}") if i["step"] == "order_payment"]
    assert {line["code"]: line["payee"] for line in ordered["data"]["lines"]} == {
        "JKM_LUMP": "SOCIAL_SECURITY_FUND",
        "JKM_BERKALA": "SOCIAL_SECURITY_FUND",
        "JKM_FUNERAL": "FUNERAL_ARRANGER",
    }
    assert stories.confirm(town, claim)["status"] == "PAID"

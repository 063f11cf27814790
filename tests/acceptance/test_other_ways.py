"""A bank return, an heir who dies, a wrong button, a claim taken back, a death by work."""

from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town

DAUGHTER = stories.PAYEE | {
    "name": "Dewi Lestari",
    "relation": "child",
    "account_number": "5550001112223",
    "account_name": "DEWI LESTARI",
}


@pytest.fixture
def nik(town: Town) -> str:
    """A member whose months are all paid."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    return place.workers[0].nik


def paid_events(town: Town, claim: str) -> list[str]:
    told = stories.history(town.person("pemeriksa", "auditor"), f"claims/{claim}")
    return [item["event"] for item in told]


def clocks(view: dict[str, Any]) -> dict[str, str]:
    return {clock["clock"]: clock["state"] for clock in view["clocks"]}


def test_a_bank_return_is_corrected_approved_again_and_paid_once(town: Town, nik: str) -> None:
    claim = str(stories.calculated(town, nik)["id"])
    stories.approve(town, claim)
    stories.order(town, claim)
    joko, budi, dewi = (
        town.person("Joko", "finance"),
        town.person("Budi", "intake"),
        town.person("Dewi", "approver_1"),
    )
    failed = stories.take(
        joko, claim, "fail_payment", "2024-05-22", reason="Rekening ditutup", bank_code="AC04"
    )
    assert failed["status"] == "PAYMENT_FAILED"
    [sent_back] = joko.get(f"/v1/claims/{claim}")["failed_payments"]
    assert (sent_back["reason"], sent_back["bank_code"], sent_back["failed_on"]) == (
        "Rekening ditutup",
        "AC04",
        "2024-05-22",
    )
    account = {"bank": "BRI", "account_number": "777888999", "account_name": "SITI AMINAH"}
    request = {"on_behalf_of": {"name": "Siti Aminah", "relation": "spouse"}}
    path = f"/v1/claims/{claim}/steps/correct_payment_details"
    problem = budi.refused(path, account | request, status=409, code="documents_missing")
    assert problem["missing"] == ["BANK_HEIR"], "the old bank page does not count"
    budi.upload(f"/v1/claims/{claim}/documents", "BANK_HEIR")
    corrected = stories.take(budi, claim, "correct_payment_details", "2024-05-23", **account, **request)
    assert corrected["status"] == "CALCULATED"
    view = dewi.get(f"/v1/claims/{claim}")
    assert (view["approved_amount"], view["determination"]["total"]) == (None, 42_000_000)
    assert (view["payees"][0]["bank"], view["payees"][0]["account_name_matches"]) == ("BRI", True)
    stories.approve(town, claim, on="2024-05-24")
    stories.order(town, claim, "2024-05-24")
    assert stories.confirm(town, claim, "2024-05-27")["status"] == "PAID"
    view = dewi.get(f"/v1/claims/{claim}")
    assert [payment["amount"] for payment in view["payments"]] == [42_000_000]
    assert paid_events(town, claim).count("claim.payment_ordered") == 2


def test_an_account_in_anothers_name_holds_the_money(town: Town, nik: str) -> None:
    claim = str(stories.calculated(town, nik)["id"])
    stories.approve(town, claim)
    stories.order(town, claim)
    stories.take(
        town.person("Joko", "finance"), claim, "fail_payment", "2024-05-22", reason="Nama tidak cocok"
    )
    budi = town.person("Budi", "intake")
    budi.upload(f"/v1/claims/{claim}/documents", "BANK_HEIR")
    account = {"bank": "BRI", "account_number": "1", "account_name": "Rudi Hartono"}
    stories.take(budi, claim, "correct_payment_details", "2024-05-23", **account)
    stories.approve(town, claim, on="2024-05-24")
    path = f"/v1/claims/{claim}/steps/order_payment"
    problem = town.person("Wati", "finance").refused(path, status=409, code="guard_failed")
    assert problem["guard"] == "account_name_matches_payee"
    assert "confirm_account" in problem["detail"] and "BANK_HEIR" in problem["detail"]


def test_an_account_in_anothers_name_is_paid_once_a_second_person_vouches(town: Town, nik: str) -> None:
    claim = str(stories.report(town, nik)["id"])
    brother = stories.PAYEE | {"account_name": "Rudi Hartono"}
    stories.file(town, claim, payee=brother)
    stories.verify(town, claim)
    rina, dewi = town.person("Rina", "verifier"), town.person("Dewi", "approver_1")
    [payee] = rina.get(f"/v1/claims/{claim}")["payees"]
    assert (payee["account_name"], payee["account_name_matches"]) == ("Rudi Hartono", False)
    assert payee["account_confirmed"] is False
    assert "confirm_account" in rina.get(f"/v1/claims/{claim}")["open_steps"], "visible early"
    stories.take(town.person("Agus", "calculator"), claim, "calculate")
    stories.approve(town, claim)
    wati, boss = town.person("Wati", "finance"), town.person("Bosman Cabang", "approver_2")
    steps = {one["step"]: one for one in wati.get(f"/v1/claims/{claim}/steps")["items"]}
    assert steps["order_payment"]["code"] == "guard_failed"
    assert "confirm_account" in steps["order_payment"]["reason"]

    path = f"/v1/claims/{claim}/steps/confirm_account"
    form = {"reason": "Rekening adik; istri tidak punya rekening, surat kuasa ada"}
    dewi.refused(path, form, status=403, code="same_person")
    wati.refused(path, form, status=403, code="not_your_role")
    boss.refused(path, form | {"reason": " "}, status=422, code="invalid")
    page = next(
        one
        for one in boss.get(f"/v1/claims/{claim}/documents")["documents"]
        if (one["code"], one["state"]) == ("BANK_HEIR", "present")
    )
    assert stories.take(boss, claim, "confirm_account", **form)["status"] == "APPROVED"
    told = stories.history(boss, f"claims/{claim}")[-1]
    assert (told["event"], told["evidence"]) == (
        "claim.account_confirmed",
        [{"code": "BANK_HEIR", "sha256": page["sha256"]}],
    )
    assert boss.get(f"/v1/claims/{claim}")["payees"][0]["account_confirmed"] is True
    assert boss.refused(path, form, status=409, code="guard_failed")["guard"] == "account_name_differs"
    stories.order(town, claim)
    assert stories.confirm(town, claim)["status"] == "PAID"


def test_who_vouches_for_an_account_does_not_approve(town: Town, nik: str) -> None:
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim, payee=stories.PAYEE | {"account_name": "Rudi Hartono"})
    stories.calculate(town, claim)
    dewi, boss = town.person("Dewi", "approver_1"), town.person("Bosman Cabang", "approver_2")
    stories.take(dewi, claim, "confirm_account", reason="Menurut buku tabungan")
    path = f"/v1/claims/{claim}/steps/approve"
    problem = dewi.refused(path, {"amount": 42_000_000}, status=403, code="same_person")
    assert problem["earlier_step"] == "confirm_account"
    assert stories.take(boss, claim, "approve", amount=42_000_000)["status"] == "APPROVED"
    stories.order(town, claim)


def test_another_heir_is_paid_by_a_new_certificate(town: Town, nik: str) -> None:
    claim = str(stories.calculated(town, nik)["id"])
    stories.approve(town, claim)
    budi = town.person("Budi", "intake")
    form = {
        "payee": DAUGHTER,
        "heirs": [{"name": "Dewi Lestari", "relation": "child"}],
        "reason": "Istri meninggal",
    }
    path = f"/v1/claims/{claim}/steps/change_payee"
    problem = budi.refused(path, form, status=409, code="documents_missing")
    assert problem["missing"] == ["HEIR_CERT"]
    budi.upload(f"/v1/claims/{claim}/documents", "HEIR_CERT")
    assert stories.take(budi, claim, "change_payee", "2024-05-22", **form)["status"] == "VERIFYING"
    view = budi.get(f"/v1/claims/{claim}")
    assert (view["payees"][0]["name"], view["approved_amount"]) == ("Dewi Lestari", None)
    assert stories.take(town.person("Agus", "calculator"), claim, "calculate")["status"] == "CALCULATED"
    assert stories.approve(town, claim)["status"] == "APPROVED"
    stories.order(town, claim)
    stories.confirm(town, claim)
    budi.refused(path, form, status=409, code="step_not_open")


def test_a_case_confirmed_complete_by_mistake_is_taken_back(town: Town, nik: str) -> None:
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim)
    budi, other, dewi = (
        town.person("Budi", "intake"),
        town.person("Bayu", "intake"),
        town.person("Dewi", "approver_1"),
    )
    rina = town.person("Rina", "verifier")
    stories.verify(town, claim)
    path = f"/v1/claims/{claim}/steps/withdraw_step"
    assert stories.take(rina, claim, "withdraw_step", reason="Salah berkas")["status"] == "COMPLETE"
    other.refused(path, {"reason": "?"}, status=409, code="guard_failed")
    budi.refused(path, status=422, code="invalid")
    assert stories.take(budi, claim, "withdraw_step", reason="Salah tombol")["status"] == "FILED"
    assert clocks(budi.get(f"/v1/claims/{claim}")) == {"pay_3wd": "voided"}
    stories.take(budi, claim, "confirm_complete", "2024-05-22")
    assert clocks(budi.get(f"/v1/claims/{claim}")) == {"pay_3wd": "started"}
    assert stories.take(dewi, claim, "withdraw_step", reason="Berkas lain")["status"] == "FILED"
    events = paid_events(town, claim)
    assert (events.count("claim.step_withdrawn"), events.count("claim.file_complete")) == (3, 2)


def test_a_withdrawn_claim_may_be_filed_again(town: Town, nik: str) -> None:
    claim = str(stories.report(town, nik)["id"])
    siti = town.person("Siti", "participant")
    assert "withdraw" in siti.get(f"/v1/claims/{claim}")["open_steps"]
    assert stories.take(siti, claim, "withdraw", reason="Keluarga menunggu surat")["status"] == "WITHDRAWN"
    again = str(stories.report(town, nik)["id"])
    assert again != claim
    stories.file(town, again)
    stories.calculate(town, again)
    assert stories.approve(town, again)["status"] == "APPROVED"


def test_what_was_paid_cannot_be_withdrawn(town: Town, nik: str) -> None:
    claim = str(stories.calculated(town, nik)["id"])
    stories.approve(town, claim)
    stories.order_and_confirm(town, claim)
    siti = town.person("Siti", "participant")
    siti.refused(f"/v1/claims/{claim}/steps/withdraw", status=409, code="step_not_open")


def test_a_death_by_work_is_handed_over(town: Town, nik: str) -> None:
    claim = str(stories.report(town, nik, cause="work_accident")["id"])
    stories.file(town, claim)
    stories.verify(town, claim)
    rina = town.person("Rina", "verifier")
    assert stories.take(rina, claim, "hand_over_to_jkk", reason="Kecelakaan kerja")["status"] == "CLOSED"
    view = rina.get(f"/v1/claims/{claim}")
    assert (view["outcome"], clocks(view)) == ("REJECT_USE_JKK", {"pay_3wd": "stopped"})
    assert stories.report(town, nik)["status"] == "REPORTED", "the death may be claimed again"


def test_nobody_but_the_timer_ends_a_claim_for_its_papers(town: Town, nik: str) -> None:
    claim = str(stories.report(town, nik)["id"])
    budi = town.person("Budi", "intake")
    budi.refused(f"/v1/claims/{claim}/steps/lapse_incomplete", status=403, code="not_your_role")


def test_the_rest_is_not_refused_before_its_time(town: Town) -> None:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS[:6])
    claim = str(stories.calculated(town, place.workers[0].nik)["id"])
    stories.approve(town, claim)
    assert stories.order_and_confirm(town, claim)["status"] == "HELD_ARREARS"
    boss = town.person("Bosman", "approver_1")
    path = f"/v1/claims/{claim}/steps/refuse_rest"
    problem = boss.refused(path, {"reason": "Tunggakan"}, status=409, code="guard_failed")
    assert problem["guard"] == "arrears_period_is_over"

"""Seven days as people have them, each played from beginning to end (docs/explanation/seven-days-at-the-counter.md)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import CLAIM_PAPERS, Person, Town

ON_BEHALF = {"on_behalf_of": {"name": "Siti Aminah", "relation": "spouse"}}
PAYEE = stories.PAYEE


@pytest.fixture
def budi(town: Town) -> Person:
    """The officer at the counter."""
    return town.person("Budi", "intake")


@pytest.fixture
def dewi(town: Town) -> Person:
    """The head of services, who approves."""
    return town.person("Dewi", "approver_1")


def insured(town: Town, how_many: int = 1) -> stories.Enrolled:
    place = stories.enrolled_workers(town, how_many)
    stories.pay(town, place, stories.MONTHS)
    return place


def take(person: Person, claim: str, step: str, on: str, **fields: Any) -> dict[str, Any]:
    return stories.take(person, claim, step, on, **fields)


def clock_of(person: Person, claim: str, name: str = "pay_3wd") -> dict[str, Any] | None:
    clocks = {clock["clock"]: clock for clock in person.get(f"/v1/claims/{claim}")["clocks"]}
    return clocks.get(name)


def test_a_family_comes_with_two_papers_missing_and_a_name_spelled_its_own_way(
    town: Town, budi: Person
) -> None:
    # A widow says the name as it is spoken; the list has it as the card has it.
    [worker] = stories.workers(1)
    programme = stories.open_programme(town)
    columns = worker.columns | {"nama": "Soetardjo Wirjokoesoemo"}
    listed = stories.Worker(worker.nik, "Soetardjo Wirjokoesoemo", worker.address, worker.phone)
    content = stories.list_with((listed,))
    roster = stories.send_list(town, programme, content)["id"]
    stories.register(town, roster)
    stories.pay(town, stories.Enrolled(programme, roster, 1), stories.MONTHS)
    [found] = [
        one
        for one in budi.post("/v1/people/search", {"name": "Sutarjo Wiryokusumo"})["items"]
        if one["name"] == columns["nama"]
    ]
    [enrollment] = found["enrollments"]

    # The card has one letter more than the list: the record is put right, by the card, and nothing decided changes.
    name = "Soetardjoe Wirjokoesoemo"
    wrong = {
        "field": "name",
        "old": columns["nama"],
        "new": name,
        "reason": "Menurut KTP",
        "evidence": "KTP_DECEASED",
    }
    budi.post(f"/v1/people/{found['person_id']}/corrections", wrong, status=201)
    assert budi.post("/v1/people/search", {"nik": worker.nik})["items"][0]["name"] == name

    # She does not log in: the officer reports and files for her, and the events name both.
    body = {
        "kind": "jkm",
        "enrollment_id": enrollment["id"],
        "event_on": "2024-05-10",
        "cause": "illness",
        "reported_by": {"name": "Siti Aminah", "relation": "spouse"},
        "effective_on": "2024-05-13",
        **ON_BEHALF,
    }
    claim = str(budi.post("/v1/claims", body, status=201)["id"])
    heirs = [{"name": "Siti Aminah", "relation": "spouse"}]
    take(
        budi,
        claim,
        "file",
        "2024-05-13",
        claim_date="2024-05-13",
        payee=PAYEE,
        heirs=heirs,
        children=[],
        **ON_BEHALF,
    )
    brought = [code for code in (*CLAIM_PAPERS, "MARRIAGE") if code not in ("DEATH_CERT", "BANK_HEIR")]
    for code in brought:
        budi.upload(f"/v1/claims/{claim}/documents", code)

    # Two papers are missing. The screen names them, and the button cannot be pressed by accident.
    assert budi.get(f"/v1/claims/{claim}/documents")["missing"] == ["DEATH_CERT", "BANK_HEIR"]
    assert "confirm_complete" not in budi.get(f"/v1/claims/{claim}")["open_steps"]
    path = f"/v1/claims/{claim}/steps/confirm_complete"
    refused = budi.refused(path, status=409, code="documents_missing")
    assert refused["missing"] == ["DEATH_CERT", "BANK_HEIR"]
    assert clock_of(budi, claim) is None, "the three working days begin with a complete file"

    # She goes home with a letter that says what to bring.
    codes = ["DEATH_CERT", "BANK_HEIR"]
    returned = take(
        budi, claim, "return_documents", "2024-05-13", codes=codes, reason="Akta dan buku tabungan belum ada"
    )
    assert returned["status"] == "INCOMPLETE"
    letter = budi.call("GET", f"/v1/claims/{claim}/letters/request-for-papers")
    assert letter.status_code == 200
    for words in ("Akta kematian", "Buku tabungan", "Akta dan buku tabungan belum ada"):
        assert words in letter.text

    # Three days later she is back with both.
    for code in codes:
        budi.upload(f"/v1/claims/{claim}/documents", code)
    take(budi, claim, "complete_documents", "2024-05-16", **ON_BEHALF)
    assert take(budi, claim, "confirm_complete", "2024-05-16")["status"] == "COMPLETE"
    clock = clock_of(budi, claim)
    assert clock is not None and (clock["on"], clock["due_on"]) == ("2024-05-16", "2024-05-21")

    # Who served the family decides nothing later.
    both = town.person("Budi", "intake")
    both.refused(f"/v1/claims/{claim}/steps/start_verification", status=403, code="not_your_role")
    take(town.person("Rina", "verifier"), claim, "start_verification", "2024-05-17")
    take(town.person("Agus", "calculator"), claim, "calculate", "2024-05-17")
    stories.approve(town, claim, on="2024-05-20")
    assert stories.order_and_confirm(town, claim, "2024-05-21")["status"] == "PAID"
    assert town.person("Dewi", "approver_1").get(f"/v1/claims/{claim}")["payments"][0]["days_late"] == 0
    told = stories.history(town.person("pemeriksa", "auditor"), f"claims/{claim}")
    on_behalf = [one["step"] for one in told if one["on_behalf_of"]]
    assert on_behalf == ["report", "file", "complete_documents"]


def test_the_approver_is_on_leave(town: Town, dewi: Person) -> None:
    today = (datetime.now(UTC) + timedelta(hours=7)).date()
    claim = str(stories.calculated(town, insured(town).workers[0].nik)["id"])
    path, amount = f"/v1/claims/{claim}/steps/approve", {"amount": 42_000_000}
    agus = town.person("Agus", "calculator")
    hendra = town.person("Hendra", "verifier")
    hendra.refused(path, amount, status=403, code="not_your_role")

    # The branch names who fills the chair. It is the person who counts, not the chair.
    admin = town.person("Tata Usaha", "admin")
    chair = {
        "from": "Dewi",
        "role": "approver_1",
        "area": "3375",
        "period": {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=5))},
        "decree": "SPT-800/120/2024",
        "kind": "plh",
    }
    granted = {
        name: admin.post("/v1/delegations", chair | {"to": name}, status=201)["id"]
        for name in ("Hendra", "Agus")
    }
    agus.refused(path, amount, status=403, code="same_person")
    assert "approve" in hendra.get(f"/v1/claims/{claim}")["open_steps"]
    assert hendra.post(path, amount)["status"] == "APPROVED"
    told = stories.history(admin, f"claims/{claim}")[-1]
    assert (told["actor"], told["role"], told["delegation"]) == ("Hendra", "approver_1", granted["Hendra"])

    # She comes back early: the chair is hers alone again, and what was signed stays signed.
    for id_ in granted.values():
        admin.post(f"/v1/delegations/{id_}/revoke", {"reason": "Kembali lebih awal"})
    other = str(stories.calculated(town, insured(town).workers[0].nik)["id"])
    hendra.refused(f"/v1/claims/{other}/steps/approve", amount, status=403, code="not_your_role")
    assert dewi.get(f"/v1/claims/{claim}")["status"] == "APPROVED"
    assert stories.approve(town, other)["status"] == "APPROVED"


def test_the_bank_sends_the_money_back(town: Town, budi: Person, dewi: Person) -> None:
    claim = str(stories.calculated(town, insured(town).workers[0].nik)["id"])
    stories.approve(town, claim)
    stories.order(town, claim, "2024-05-21")
    joko, wati = town.person("Joko", "finance"), town.person("Wati", "finance")

    # The account is closed. Who ordered the money does not record what became of it.
    path = f"/v1/claims/{claim}/steps/fail_payment"
    wati.refused(path, {"reason": "Rekening ditutup"}, status=403, code="same_person")
    failed = take(joko, claim, "fail_payment", "2024-05-22", reason="Rekening ditutup", bank_code="AC04")
    assert failed["status"] == "PAYMENT_FAILED"
    assert budi.get(f"/v1/claims/{claim}")["payments"] == []

    # The family brings a new book. The old page does not count, and another must approve again.
    account = {"bank": "BRI", "account_number": "777888999", "account_name": "SITI AMINAH"}
    correct = f"/v1/claims/{claim}/steps/correct_payment_details"
    problem = budi.refused(correct, account | ON_BEHALF, status=409, code="documents_missing")
    assert problem["missing"] == ["BANK_HEIR"]
    budi.upload(f"/v1/claims/{claim}/documents", "BANK_HEIR")
    take(budi, claim, "correct_payment_details", "2024-05-23", **account, **ON_BEHALF)
    wati.refused(f"/v1/claims/{claim}/steps/order_payment", status=409, code="step_not_open")
    stories.approve(town, claim, on="2024-05-24")
    stories.order(town, claim, "2024-05-24")
    assert stories.confirm(town, claim, "2024-05-27")["status"] == "PAID"

    # Paid once, ordered twice, and in time: the clock of the law ran all the while.
    view = dewi.get(f"/v1/claims/{claim}")
    assert [payment["amount"] for payment in view["payments"]] == [42_000_000]
    steps = [one["step"] for one in stories.history(dewi, f"claims/{claim}")]
    assert (steps.count("order_payment"), steps.count("confirm_payment"), steps.count("approve")) == (2, 1, 2)


def test_the_treasury_sends_200_rupiah_too_little(town: Town) -> None:
    place = stories.enrolled_workers(town, 3)
    kas, path = town.person("kas daerah", "finance"), f"/v1/programmes/{place.programme}/contributions"
    owed, month = 3 * 16_800, {"months": ["2023-09"], "paid_on": "2023-09-11", "effective_on": "2023-09-11"}
    whole = month | {"roster_id": place.roster, "reference": f"SP2D-{uuid4()}"}
    refused = kas.refused(path, whole | {"amount": owed - 200}, status=422, code="amount_differs")
    assert (refused["expected"], refused["asked"]) == (owed, owed - 200)
    assert "Rp 200 below" in refused["detail"]

    # Nothing is spread silently. Two are paid whole, and what is left waits as credit with its name on it.
    members = [stories.member(town, worker.nik) for worker in place.workers]
    two = month | {"enrollment_ids": members[:2], "reference": f"SP2D-{uuid4()}", "rest": "credit"}
    paid = kas.post(path, two | {"amount": owed - 200}, status=201)
    assert (paid["invoiced"], paid["credit"]) == (2 * 16_800, 16_600)

    # The missing 200 come a week later: the third is paid, and nothing is left over.
    third = month | {"enrollment_ids": members[2:], "reference": f"SP2D-{uuid4()}", "use_credit": 16_600}
    paid = kas.post(path, third | {"amount": 200, "paid_on": "2023-09-18", "effective_on": "2023-09-18"})
    assert paid["credit"] == 0
    ledger = kas.get(f"/v1/programmes/{place.programme}/ledger", min_position=paid["position"])
    assert (ledger["paid_in"], ledger["invoiced"], ledger["credit"]) == (owed, owed, 0)
    for member in members:
        assert kas.get(f"/v1/enrollments/{member}")["coverage"]["paid_through"] == "2023-09"


def test_a_worker_dies_between_the_agreement_and_the_decree(town: Town, dewi: Person) -> None:
    """The list takes effect in September; the decree is signed in November; he died in October."""
    place = stories.enrolled_workers(town, issued_on="2023-11-20")
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.calculated(town, place.workers[0].nik, event_on="2023-10-12")["id"])
    view = dewi.get(f"/v1/claims/{claim}")
    assert view["determination"]["outcome"] == "PAY", "he was covered: the months were paid"
    assert "SPONSOR_LIST_LATE_ADD" in view["flags"]
    path, amount = f"/v1/claims/{claim}/steps/approve", {"amount": 42_000_000}
    refused = dewi.refused(path, amount, status=403, code="authority_exceeded")
    assert refused["roles"] == ["approver_2"] and "SPONSOR_LIST_LATE_ADD" in refused["detail"]

    # Two people look: one endorses, the head of the branch approves.
    kepala = town.person("Kepala", "approver_2")
    kepala.refused(path, amount, status=409, code="guard_failed")
    take(dewi, claim, "endorse", "2024-05-21", amount=42_000_000)
    assert take(kepala, claim, "approve", "2024-05-21", **amount)["status"] == "APPROVED"
    assert stories.order_and_confirm(town, claim)["status"] == "PAID"


def test_the_same_list_is_sent_three_times(town: Town) -> None:
    people = stories.workers(3)
    content, programme = stories.list_with(people), stories.open_programme(town)
    dinas = town.person("dinas", "sponsor_officer")
    first = stories.send_list(town, programme, content)

    # The second time by the same officer, the third by a colleague who did not know.
    for person in (dinas, town.person("rekan dinas", "sponsor_officer")):
        again = stories.upload_list(person, programme, content)
        assert (again.status_code, again.json()["id"]) == (200, first["id"])
    for worker in people:
        found = dinas.post("/v1/enrollments/search", {"nik": worker.nik})["items"]
        assert len(found) == 1

    # Saved anew by the spreadsheet it is another file: its rows are renewals once they are members, nobody twice.
    stories.register(town, first["id"])
    renewed = stories.send_list(town, programme, content.replace(b"\r\n", b"\n"))
    assert (renewed["accepted"], renewed["rejected"]) == (3, 0)
    assert {issue["code"] for issue in renewed["issues"]} == {"renewal"}
    invoice = town.person("kas daerah", "finance").get(
        f"/v1/programmes/{programme}/invoice", roster_id=first["id"], months="2023-09"
    )
    assert invoice["heads"] == 3


def test_a_file_is_confirmed_complete_by_mistake(town: Town, budi: Person, dewi: Person) -> None:
    place = insured(town, 2)
    right, wrong = (str(stories.report(town, worker.nik)["id"]) for worker in place.workers)
    for claim in (right, wrong):
        stories.file(town, claim)
    today = str((datetime.now(UTC) + timedelta(hours=7)).date())

    # Two files lie on the desk, and he confirms the other one. The clock of the law starts.
    take(budi, wrong, "confirm_complete", today)
    started = clock_of(budi, wrong)
    assert started is not None and started["state"] == "started"

    # A colleague cannot take it back for him; he himself can, today, and says why.
    ina, path = town.person("Ina", "intake"), f"/v1/claims/{wrong}/steps/withdraw_step"
    ina.refused(path, {"reason": "Bukan saya"}, status=409, code="guard_failed")
    budi.refused(path, {"reason": " "}, status=422, code="invalid")
    back = budi.post(path, {"reason": "Salah berkas"})
    assert back["status"] == "FILED" and "confirm_complete" in back["open_steps"]
    voided = clock_of(budi, wrong)
    assert voided is not None and voided["state"] == "voided"
    take(budi, right, "confirm_complete", today)

    # Both stay in the history; the file goes its way later, with a clock of its own.
    steps = [one["step"] for one in stories.history(dewi, f"claims/{wrong}") if one["actor"] == "Budi"]
    assert steps[-2:] == ["confirm_complete", "withdraw_step"]
    take(budi, wrong, "confirm_complete", today)
    again = clock_of(budi, wrong)
    assert again is not None and again["state"] == "started"
    take(town.person("Rina", "verifier"), wrong, "start_verification", today)

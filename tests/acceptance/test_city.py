"""Appendix A from end to end: eleven people, 817 workers, and a death that becomes Rp42,000,000 paid."""

from datetime import datetime
from hashlib import sha256

import pytest

from tests.acceptance import stories
from tests.acceptance.city import CAST, DECEASED, City
from tests.acceptance.office_client import CLAIM_PAPERS, Town
from workflows.days import legal_day

MONTH = 13_725_600  # rupiah for 817 heads: 10,000 for work accidents and 6,800 for death, each

DESKS = [
    # step, event, from, to, who, role, legal day
    ("report", "claim.death_reported", None, "REPORTED", "Siti", "participant", "2024-05-13"),
    ("file", "claim.filed", "REPORTED", "FILED", "Siti", "participant", "2024-05-15"),
    ("confirm_complete", "claim.file_complete", "FILED", "COMPLETE", "Budi", "intake", "2024-05-20"),
    ("start_verification", "claim.verification_started", "COMPLETE", "VERIFYING", "Rina", "verifier", "2024-05-20"),
    ("calculate", "claim.benefit_calculated", "VERIFYING", "CALCULATED", "Agus", "calculator", "2024-05-21"),
    ("approve", "claim.approved", "CALCULATED", "APPROVED", "Dewi", "approver_1", "2024-05-21"),
    ("order_payment", "claim.payment_ordered", "APPROVED", "PAYMENT_ORDERED", "Wati", "finance", "2024-05-21"),
    ("confirm_payment", "claim.payment_succeeded", "PAYMENT_ORDERED", "PAID", "Joko", "finance", "2024-05-22"),
    ("close", "claim.closed", "PAID", "CLOSED", "Joko", "finance", "2024-05-22"),
]  # fmt: skip


@pytest.fixture(scope="module")
def town(own_town: Town) -> Town:
    """A town of its own: the city is the whole of it."""
    return own_town


def test_the_invoice_of_a_month_is_for_817_heads(city: City) -> None:
    assert (city.invoice["heads"], city.invoice["months"]) == (817, {"2023-09": 817})
    assert city.invoice["lines"] == [
        {"code": "CON_JKK", "amount": 8_170_000},
        {"code": "CON_JKM", "amount": 5_555_600},
    ]
    assert city.invoice["total"] == MONTH


def test_the_payment_makes_every_worker_of_the_list_a_member(town: Town, city: City) -> None:
    wanted = {"roster": city.place.roster, "status": "ACTIVE", "limit": 200}
    members = town.people["pemeriksa"].all("/v1/enrollments", **wanted)
    assert len(members) == len({member["id"] for member in members}) == 817
    for member in members:
        cover = member["coverage"]
        assert (cover["from"], cover["paid_through"]) == ("2023-09-01", "2024-08")
        assert len(member["number"]) == 11 and member["number"].isdigit()
        assert (member["name"], member["nik"]) == (None, None), "a list shows no personal data"


def test_the_history_of_the_member_names_the_people_who_enrolled_him(town: Town, city: City) -> None:
    member = stories.member(town, DECEASED)
    told = stories.history(town.people["pemeriksa"], f"enrollments/{member}")
    assert [(item["step"], item["to"], item["actor"], item["role"]) for item in told] == [
        ("begin", "DRAFT", "dinas", "sponsor_officer"),
        ("propose", "PROPOSED", "dinas", "sponsor_officer"),
        ("start_verification", "VERIFYING", "kelurahan", "ward_verifier"),
        ("verify", "VERIFIED", "kelurahan", "ward_verifier"),
        ("issue_decree", "DECREED", "dinas", "sponsor_officer"),
        ("register", "REGISTERED", "pendaftaran", "intake"),
        ("receive_contribution", None, "kas daerah", "finance"),
        ("activate", "ACTIVE", "SYSTEM", "system"),
    ]
    assert told[4]["data"] == {"number": "460/112/2023", "issued_on": "2023-09-01"}


def test_every_desk_moves_the_claim_on(city: City) -> None:
    assert list(city.answers) == [step for step, *_ in DESKS]
    for step, _, _, to, *_ in DESKS:
        assert city.answers[step]["status"] == city.seen[step]["status"] == to
        assert city.answers[step]["id"] == city.claim
        assert city.answers[step]["number"].startswith("JKM-3375-2024-")


def test_each_answer_names_the_steps_that_are_open_to_the_same_person_next(city: City) -> None:
    own = {step: answer["open_steps"] for step, answer in city.answers.items()}
    assert own == {
        "report": ["file", "withdraw"],
        "file": ["withdraw"],
        "confirm_complete": ["withdraw_step", "withdraw"],
        "start_verification": [
            "return_documents",
            "order_field_check",
            "propose_rejection",
            "withdraw_step",
            "hand_over_to_jkk",
        ],
        "calculate": [],
        "approve": [],
        "order_payment": [],
        "confirm_payment": ["close"],
        "close": [],
    }


def test_the_complete_file_starts_three_working_days_around_vesak_and_its_joint_leave(city: City) -> None:
    [clock] = city.seen["confirm_complete"]["clocks"]
    assert (clock["clock"], clock["state"], clock["on"]) == ("pay_3wd", "started", "2024-05-20")
    assert clock["due_on"] == "2024-05-27"
    assert clock["basis"] == "PP 44/2015 Art. 40(3)"
    assert clock["calendar"].startswith("id-")
    assert city.seen["report"]["clocks"] == city.seen["file"]["clocks"] == []


def test_the_determination_shows_lines_rules_and_working(town: Town, city: City) -> None:
    determination = city.answers["calculate"]["determination"]
    assert (determination["outcome"], determination["total"]) == ("PAY", 42_000_000)
    assert [(line["code"], line["amount"], line["basis"]) for line in determination["lines"]] == [
        ("JKM_LUMP", 20_000_000, "JKM-LUMP-V2"),
        ("JKM_BERKALA", 12_000_000, "JKM-BERKALA-V2"),
        ("JKM_FUNERAL", 10_000_000, "JKM-FUNERAL-V2"),
    ]
    for line in determination["lines"]:
        assert line["payable"] == "at_once"
        assert f"{line['amount']:,}" in line["working_en"]
        assert f"{line['amount']:,}".replace(",", ".") in line["working_id"]
    assert "24 months × Rp 500,000 = Rp 12,000,000" in determination["lines"][1]["working_en"]
    assert town.people["pemeriksa"].get(f"/v1/claims/{city.claim}/benefit") == determination
    assert city.seen["calculate"]["determination"] == determination


def test_the_money_is_paid_in_time_and_once(city: City) -> None:
    closed = city.seen["close"]
    assert closed["approved_amount"] == 42_000_000 and not closed["arrears_open"]
    [payment] = closed["payments"]
    assert (payment["amount"], payment["paid_on"]) == (42_000_000, "2024-05-22")
    assert (payment["days_late"], payment["penalty_due"]) == (0, 0)
    clocks = {clock["clock"]: clock for clock in closed["clocks"]}
    assert (clocks["pay_3wd"]["state"], clocks["pay_3wd"]["on"]) == ("stopped", "2024-05-22")
    assert clocks["close_30d"]["state"] == "stopped"


def test_the_history_names_every_person_role_document_and_clock(town: Town, city: City) -> None:
    told = stories.history(town.people["pemeriksa"], f"claims/{city.claim}")
    assert [item["version"] for item in told] == list(range(1, len(told) + 1))
    steps = [item for item in told if item["step"] != "add_document"]
    desks = [
        tuple(item[key] for key in ("step", "event", "from", "to", "actor", "role", "effective_on"))
        for item in steps
    ]
    assert desks == DESKS
    brought = {
        item["evidence"][0]["code"]: item["evidence"][0]["sha256"] for item in told if item not in steps
    }
    assert set(brought) == {*CLAIM_PAPERS, "MARRIAGE"} and all(len(hash_) == 64 for hash_ in brought.values())
    complete = next(item for item in told if item["step"] == "confirm_complete")
    assert {paper["code"]: paper["sha256"] for paper in complete["evidence"]} == brought
    legal = [
        (item["step"], clock) for item in told for clock in item["clocks"] if clock["clock"] == "pay_3wd"
    ]
    assert [(step, clock["state"], clock["on"], clock["due_on"]) for step, clock in legal] == [
        ("confirm_complete", "started", "2024-05-20", "2024-05-27"),
        ("confirm_payment", "stopped", "2024-05-22", "2024-05-27"),
    ]
    closing = [(item, clock) for item in told for clock in item["clocks"] if clock["clock"] == "close_30d"]
    assert [(item["step"], clock["state"]) for item, clock in closing] == [
        ("confirm_payment", "started"),
        ("close", "stopped"),
    ]
    for item, clock in closing:
        recorded_on = legal_day(datetime.fromisoformat(item["recorded_at"]))
        assert clock["on"] == recorded_on.isoformat(), "silence counts in the days of recording"
    assert all(item["definition"] == "jkm-claim@1" for item in steps)


def test_the_hash_on_record_is_that_of_the_paper_that_was_brought(town: Town) -> None:
    [worker] = stories.enrolled_workers(town).workers
    claim = stories.report(town, worker.nik)["id"]
    content = b"%PDF-1.4 akta kematian"
    answer = town.people["Siti"].upload(f"/v1/claims/{claim}/documents", "DEATH_CERT", content)
    assert answer["sha256"] == sha256(content).hexdigest()
    last = stories.history(town.people["Siti"], f"claims/{claim}")[-1]
    assert last["evidence"] == [{"code": "DEATH_CERT", "sha256": sha256(content).hexdigest()}]


def test_the_ledger_shows_money_in_and_out_and_the_history_who_recorded_it(town: Town, city: City) -> None:
    auditor = town.people["pemeriksa"]
    position = city.answers["close"]["position"]
    ledger = auditor.get(f"/v1/programmes/{city.place.programme}/ledger", min_position=position)
    assert (ledger["paid_in"], ledger["approved"], ledger["paid_out"]) == (12 * MONTH, 42_000_000, 42_000_000)
    assert ledger["budget_left"] == 201_600_000 - 12 * MONTH
    [payment] = ledger["payments"]
    assert (payment["months"], payment["heads"]) == (stories.MONTHS, [817] * 12)
    [claim] = ledger["claims"]
    assert (claim["claim_id"], claim["paid"]) == (city.claim, 42_000_000)
    told = stories.history(auditor, f"programmes/{city.place.programme}")
    assert [(item["event"], item["actor"], item["role"]) for item in told] == [
        ("programme.opened", "dinas", "sponsor_officer"),
        ("programme.contribution_received", "kas daerah", "finance"),
    ]
    assert told[1]["data"]["amount"] == 12 * MONTH


def test_eleven_people_took_part_each_in_one_role(town: Town, city: City) -> None:
    auditor = town.people["pemeriksa"]
    cases = (
        f"claims/{city.claim}",
        f"enrollments/{stories.member(town, DECEASED)}",
        f"programmes/{city.place.programme}",
    )
    told = [item for case in cases for item in stories.history(auditor, case)]
    took_part = {(item["actor"], item["role"]) for item in told if item["actor"] != "SYSTEM"}
    assert took_part == set(CAST.items())
    assert len(CAST) == 11

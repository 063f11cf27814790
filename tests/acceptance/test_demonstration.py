"""The demonstration city as a stranger finds it: killed while it is told, told to its end, and worked in."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from api.console.sign_in import PERSONAS
from api.demo.cast import FINDS
from api.demo.claim_moves import acts_of_claims
from api.demo.lists import day_told_until, payments, told_until
from api.demo.office_days import OfficeDays
from api.demo.seed import acts_until
from api.demo.teller import PROGRAMME, list_id, made_id, member_of
from domain.period import Month
from domain.working_days import CALENDAR
from tests.acceptance.office_client import CLAIM_PAPERS, Person, Town
from tests.acceptance.server import Serving, command_line, home_of_a_stranger, serving, town_of
from tests.faults.program import running, wait_for
from workflows.days import legal_day
from workflows.library import OWN_FOLDER
from workflows.lifecycle import Definition

ROLES = {persona.name: persona.role for persona in PERSONAS}
IN_THE_MIDDLE = 7_000  # position at which the telling is killed: members are there, claims are under way

# What each persona finds to do at once: the claim, the step, its form, and where it leads.
CORRECTED = {"bank": "Bank Contoh", "account_number": "0099777000001", "account_name": "RATMINI CONTOH"}
PAYEE = {
    "name": "Painah Contoh",
    "relation": "spouse",
    "heir_tier": "SPOUSE_CHILD",
    "bank": "Bank Contoh",
    "account_number": "0099777000002",
    "account_name": "PAINAH CONTOH",
}
READY: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("intake", "berkas-siap", "confirm_complete", {}, "COMPLETE"),
    ("intake", "berkas-dibawa", "complete_documents", {}, "FILED"),
    ("intake", "retur-baru", "correct_payment_details", CORRECTED, "CALCULATED"),
    ("verifier", "lengkap", "start_verification", {}, "VERIFYING"),
    ("field_checker", "cek-lapangan", "report_field_check", {"was_working": True}, "VERIFYING"),
    ("calculator", "verifikasi", "calculate", {}, "CALCULATED"),
    ("calculator", "denda", "determine_penalty", {}, "CALCULATED"),
    ("approver_1", "ditetapkan", "approve", {"amount": 42_000_000}, "APPROVED"),
    ("approver_1", "usul-tolak", "sign_rejection", {"reason": "Kepesertaan berakhir."}, "REJECTED"),
    ("approver_2", "dua-tanda-tangan", "approve", {"amount": 10_000_000}, "APPROVED"),
    ("approver_2", "usul-tolak-kepala", "sign_rejection", {"reason": "Tidak bekerja."}, "REJECTED"),
    ("finance", "disetujui", "order_payment", {}, "PAYMENT_ORDERED"),
    ("finance_2", "perintah-bayar", "confirm_payment", {"bank_reference": "TRX-1"}, "PAID"),
    ("finance_2", "dibayar", "close", {}, "CLOSED"),
    ("participant", "lapor", "file", {"payee": PAYEE}, "FILED"),
]
DUE_TODAY = {
    "verifier": "lengkap",
    "field_checker": "cek-lapangan",
    "calculator": "verifikasi",
    "approver_1": "ditetapkan",
    "approver_2": "dua-tanda-tangan",
    "finance": "disetujui",
    "finance_2": "perintah-bayar",
}
LISTS = [
    ("sponsor_officer", "rusak", "propose", 0),  # as many as are young enough still
    ("sponsor_officer", "perbaikan", "propose", 7),
    ("ward_verifier", "barat", "start_verification", 14),
    ("ward_verifier", "utara", "verify", 16),
    ("sponsor_officer", "timur", "issue_decree", 12),
    ("intake", "selatan", "register", 15),
]


@dataclass
class Told:
    """The city as it was first seen. day: up to which it is told."""

    running: Serving
    town: Town
    day: date
    position: int
    claims: dict[str, dict[str, Any]]

    def at_desk(self, persona: str) -> Person:
        return self.town.person(persona, ROLES[persona])


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    """A city whose telling was killed in the middle, told to its end by the command line, then served twice over."""
    with home_of_a_stranger() as folder:
        home, today = folder / "home", legal_day(datetime.now(UTC))
        with running(home, "serve", "--demo", "--seed", "--port", "0") as program:
            wait_for(lambda: last_position(folder) > IN_THE_MIDDLE or program.process.poll() is not None, 240)
            assert program.end(signal.SIGKILL) == -signal.SIGKILL, program.said
            assert program.rest() == "", "it was ready before the story was told"
        assert command_line(home, "demo", "seed", timeout=300).returncode == 0
        with serving(folder, "--seed") as served, town_of(served) as town:
            yield first_seen(served, town, today)


def last_position(folder: Path) -> int:
    try:
        return position_of(Serving("", folder / "home", folder / "server.log"))
    except (OSError, ValueError, asyncpg.PostgresError):  # there is no database yet
        return -1


def position_of(served: Serving) -> int:
    found: int = served.query("select coalesce(max(position), 0) from log.event")[0][0]
    return found


def first_seen(served: Serving, town: Town, today: date) -> Told:
    claims = town.person("auditor", "auditor").all("/v1/claims")
    return Told(served, town, today, position_of(served), {claim["id"]: claim for claim in claims})


def claim_id(story: str) -> str:
    return str(made_id(f"claim/{story}"))


def test_claims_stand_in_every_state(told: Told) -> None:
    definition = Definition.load(OWN_FOLDER / "jkm-claim.v1.toml")
    assert {claim["status"] for claim in told.claims.values()} == set(definition.statuses)
    outcomes = {claim["outcome"] for claim in told.claims.values()}
    assert outcomes >= {"PAY", "HOLD_ARREARS", "REJECT_LAPSED", "REJECT_NOT_WORKING"}
    years = {claim["event_on"][:4] for claim in told.claims.values()}
    assert years >= {str(year) for year in range(2023, told.day.year + 1)}


def test_everybody_on_the_sign_in_page_finds_something(told: Told) -> None:
    assert FINDS.keys() == ROLES.keys()
    for persona, story in DUE_TODAY.items():
        waiting = told.at_desk(persona).all("/v1/worklist")
        [case] = [one for one in waiting if one["case_id"] == claim_id(story)]
        assert case["due_on"] == str(CALENDAR.on_or_after(told.day).due_on), persona


@pytest.mark.parametrize(("persona", "story", "step", "form", "leads_to"), READY)
def test_a_persona_acts_at_once(
    told: Told, persona: str, story: str, step: str, form: dict[str, Any], leads_to: str
) -> None:
    desk, case = told.at_desk(persona), f"/v1/claims/{claim_id(story)}"
    today = {"effective_on": str(told.day)}
    if step == "report_field_check":
        desk.upload(f"{case}/documents", "CASE_CHECK")
    if step == "confirm_payment":
        form = form | {"paid_on": str(told.day)}
    if step == "file":
        form = form | {"claim_date": str(told.day)}
    assert desk.post(f"{case}/steps/{step}", form | today)["status"] == leads_to


@pytest.mark.parametrize(("persona", "key", "step", "workers"), LISTS)
def test_a_list_is_carried_on_at_once(told: Told, persona: str, key: str, step: str, workers: int) -> None:
    form = {"number": "460/1/2026", "issued_on": str(told.day)} if step == "issue_decree" else {}
    desk, roster = told.at_desk(persona), f"/v1/rosters/{list_id(key)}"
    expected = workers or desk.get(roster)["accepted"]
    answer = desk.post(f"{roster}/steps/{step}", form)
    assert (answer["done"], answer["refused"]) == (expected, [])


def test_the_damaged_list_is_half_mended(told: Told) -> None:
    auditor = told.at_desk("auditor")
    sent, mended = (auditor.get(f"/v1/rosters/{list_id(key)}") for key in ("rusak", "perbaikan"))
    assert (sent["rows"], sent["rejected"]) == (60, len({one["row"] for one in refused(sent)}))
    assert (mended["replaces"], mended["rows"]) == (sent["id"], sent["rejected"])
    codes = [{one["code"] for one in refused(view)} for view in (sent, mended)]
    assert codes[0] - codes[1] >= {
        "nik_damaged_by_spreadsheet",
        "nik_impossible_date",
        "nik_length",
        "not_a_date",
    }
    assert codes[0] & codes[1] >= {"missing", "nik_not_digits", "REJECT_OCCUPATION", "in_future", "negative"}


def refused(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in view["issues"] if one["severity"] == "reject"]


def test_months_that_finance_pays_free_the_claim_that_waits(told: Told) -> None:
    finance, case = told.at_desk("finance"), f"/v1/claims/{claim_id('menunggu-iuran')}"
    assert finance.get(case)["status"] == "HELD_ARREARS"
    this = Month.of(told.day)
    asked = {"roster_id": str(list_id("tunggak")), "months": f"{this.plus(-1)},{this}"}
    invoice = finance.get(f"/v1/programmes/{PROGRAMME}/invoice", **asked)
    body = {"roster_id": asked["roster_id"], "months": asked["months"].split(","), "amount": invoice["total"]}
    body |= {"paid_on": str(told.day), "reference": "SP2D-TEST"}
    finance.post(f"/v1/programmes/{PROGRAMME}/contributions", body, status=201)
    assert finance.get(case)["status"] == "APPROVED"


def test_a_stranger_takes_a_fresh_death_from_report_to_close(told: Told) -> None:
    intake, day = told.at_desk("intake"), str(told.day)
    died: dict[str, Any] = {"enrollment_id": str(member_of("kota", 400)), "event_on": day, "cause": "illness"}
    died |= {"reported_by": {"name": "Sri Contoh", "relation": "spouse"}, "kind": "jkm"}
    case = f"/v1/claims/{intake.post('/v1/claims', died, status=201)['id']}"
    payee = PAYEE | {"name": "Sri Contoh", "account_name": "Sri Contoh", "account_number": "0099777000003"}
    intake.post(f"{case}/steps/file", {"claim_date": day, "payee": payee})
    for code in (*CLAIM_PAPERS, "MARRIAGE"):
        intake.upload(f"{case}/documents", code)
    for persona, step, form in (
        ("intake", "confirm_complete", {}),
        ("verifier", "start_verification", {}),
        ("calculator", "calculate", {}),
        ("approver_1", "approve", {"amount": 42_000_000}),
        ("finance", "order_payment", {}),
        ("finance_2", "confirm_payment", {"bank_reference": "TRX-2", "paid_on": day}),
    ):
        told.at_desk(persona).post(f"{case}/steps/{step}", form)
    assert told.at_desk("finance").post(f"{case}/steps/close")["status"] == "CLOSED"


def test_told_again_on_this_day_or_another_nothing_is_added(told: Told) -> None:
    before = position_of(told.running)
    for day in (told.day, told.day - timedelta(days=1)):
        again = command_line(told.running.home, "demo", "seed", "--day", str(day))
        assert again.returncode == 0, again.stderr
    assert position_of(told.running) == before


def test_lists_say_what_the_log_says_and_nothing_is_wrong(told: Told) -> None:
    verified = command_line(told.running.home, "projection", "verify")
    assert verified.returncode == 0, verified.stdout
    doctor = command_line(told.running.home, "doctor")
    assert doctor.returncode == 0, doctor.stdout


def test_the_same_day_gives_the_same_city(told: Told) -> None:
    """In a home of its own, never cut off: the same facts in the same order, and the same amounts."""
    with home_of_a_stranger() as folder:
        home = folder / "home"
        done = command_line(home, "demo", "seed", "--day", str(told.day), timeout=300)
        assert done.returncode == 0, done.stderr
        with serving(folder) as served, town_of(served) as town:
            again = first_seen(served, town, told.day)
            assert again.position == told.position
            amounts = ("id", "number", "status", "outcome", "total", "paid_amount", "event_on", "due_on")
            assert [[claim[one] for one in amounts] for claim in again.claims.values()] == [
                [claim[one] for one in amounts] for claim in told.claims.values()
            ]
            topics = "select topic from log.event where position <= $1 order by position"
            assert served.query(topics, told.position) == told.running.query(topics, told.position)


@pytest.mark.parametrize("today", [date(2025, 7, 1), date(2026, 1, 2), date(2026, 3, 31), date(2029, 2, 28)])
def test_any_day_has_its_story(today: date) -> None:
    """Nothing happens on the day itself or later, and everybody of the main list has cover on it."""
    acts = acts_until(today)
    assert max(act.at for act in acts).date() == today, "the watches are told that the day began"
    assert all(act.at.date() < today or (act.at.hour, act.at.minute) == (0, 0) for act in acts)
    days = OfficeDays(today)
    paid = {month for key, _, months in payments(days) if key == "kota" for month in months}
    assert Month.of(today) in paid
    assert len(list(acts_of_claims(days))) > 100


def test_only_the_remark_of_this_telling_says_how_far_it_went() -> None:
    day = date(2026, 11, 25)
    assert day_told_until(told_until(day)) == day
    for other in ("", "Data contoh", "2026-11-25", told_until(day) + ".", told_until(day)[:-1] + "x"):
        assert day_told_until(other) is None

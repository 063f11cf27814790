"""The statement for the mayor: one month in heads and money and where the programme stands, as JSON and workbook."""

import io
import json
import subprocess
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.acceptance import stories
from tests.acceptance.office_client import JAMINAN, Person, Town
from tests.acceptance.stories import Worker
from tests.workflows.workbooks import XLSX

ONE = 16_800
MONTH = "2023-12"


@dataclass
class Told:
    """Seven workers paid through October: one death paid, one refused, one reported, one without a claim."""

    programme: str
    workers: tuple[Worker, ...]
    position: int

    @property
    def path(self) -> str:
        return f"/v1/programmes/{self.programme}/statement"


@pytest.fixture(scope="module")
def told(town: Town) -> Told:
    place = stories.enrolled_workers(town, 7)
    stories.pay(town, place, ["2023-09", "2023-10"])
    paid, refused, reported, silent, *_ = place.workers
    claim = stories.report(town, paid.nik, "2023-10-10")["id"]
    stories.file(town, claim)
    stories.calculate(town, claim)
    stories.approve(town, claim)
    stories.order_and_confirm(town, claim, "2024-05-24")
    late = stories.report(town, refused.nik, "2024-05-10")["id"]
    stories.file(town, late)
    stories.calculate(town, late)
    stories.take(
        town.person("Dewi", "approver_1"), late, "sign_rejection", reason="Iuran berhenti pada Oktober 2023."
    )
    stories.report(town, reported.nik, "2023-11-02")
    desk = town.person("pendaftaran", "intake")
    member = stories.member(town, silent.nik)
    desk.upload(f"/v1/enrollments/{member}/documents", "ENR_TERM")
    died = {"reason": "DIED", "happened_on": "2023-12-05", "effective_on": "2023-12-11"}
    desk.post(f"/v1/enrollments/{member}/steps/terminate", died)
    last = stories.pay(town, place, ["2023-11"], paid_on="2023-11-10", effective_on="2024-06-01")
    return Told(place.programme, place.workers, last["position"])


@pytest.fixture
def mayor(town: Town) -> Person:
    return town.person("dinas", "sponsor_officer")


@pytest.fixture
def statement(told: Told, mayor: Person) -> dict[str, Any]:
    return mayor.get(told.path, month=MONTH, min_position=told.position)


def workbook(person: Person, told: Told, **more: Any) -> CalamineWorkbook:
    answer = person.call("GET", told.path, params={"month": MONTH, "min_position": told.position} | more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["content-disposition"] == f'attachment; filename="laporan-3375-{MONTH}.xlsx"'
    assert int(answer.headers["jaminan-position"]) >= told.position
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content))


def test_the_month_in_heads_and_money(statement: dict[str, Any]) -> None:
    """Two died before December; nobody paid it yet."""
    assert statement["heads"] == {"decreed": 7, "registered": 5, "invoiced": 5, "paid": 0, "overpaid": 0}
    assert (statement["invoiced"], statement["paid"], statement["unpaid"]) == (5 * ONE, 0, 5 * ONE)
    assert statement["wards"] == [
        {
            "district": "Pekalongan Timur", "ward": "Kali Baros", "heads": 5, "paid_heads": 0,
            "covered": 4, "lapsing_30_days": 0, "invoiced": 5 * ONE, "paid": 0,
        }
    ]  # fmt: skip
    [work] = statement["occupations"]
    assert (work["name_id"], work["heads"], work["invoiced"]) == ("Tukang ojek pengkolan", 5, 5 * ONE)
    assert (statement["month"], statement["as_of"]) == (MONTH, "2023-12-31")


def test_the_sums_of_wards_and_occupations_are_the_month(told: Told, mayor: Person) -> None:
    for month in ("2023-09", "2023-10", "2023-11", MONTH):
        view = mayor.get(told.path, month=month, min_position=told.position)
        for part in ("wards", "occupations"):
            assert sum(one["heads"] for one in view[part]) == view["heads"]["registered"]
            assert sum(one["paid_heads"] for one in view[part]) == view["heads"]["paid"]
            assert sum(one["invoiced"] for one in view[part]) == view["invoiced"]
            assert sum(one["paid"] for one in view[part]) == view["paid"]


def test_claims_by_stage_and_what_became_of_deaths(statement: dict[str, Any]) -> None:
    stages = {one["status"]: (one["label_id"], one["claims"], one["paid"]) for one in statement["stages"]}
    assert stages == {
        "PAID": ("Dibayar", 1, 42_000_000),
        "REJECTED": ("Ditolak", 1, 0),
        "REPORTED": ("Dilaporkan", 1, 0),
    }
    assert (statement["claims"], statement["approved"], statement["paid_out"]) == (3, 42_000_000, 42_000_000)
    assert statement["unclaimed"] == {"ended_by_death": 1, "not_filed": 1, "given_up": 0}


def test_a_reason_that_few_claims_share_is_not_told_to_the_sponsor(
    town: Town, told: Told, statement: dict[str, Any]
) -> None:
    [kept_back] = statement["rejected"]
    assert (kept_back["code"], kept_back["claims"]) == ("FEW", 1)
    assert "REJECT" not in str(statement["rejected"])
    [refused] = town.person("pemeriksa", "auditor").get(told.path, month=MONTH)["rejected"]
    assert (refused["code"], refused["claims"]) == ("REJECT_LAPSED", 1)
    assert "tidak aktif" in refused["reason_id"]


def test_days_from_the_complete_file_to_the_money(statement: dict[str, Any]) -> None:
    """Complete on Monday 20 May 2024, paid on Friday; Thursday the 23rd was Vesak, Friday a joint-leave day."""
    assert statement["days_to_payment"] == {
        "claims": 1, "median": 4, "longest": 4, "median_working": 2, "longest_working": 2,
    }  # fmt: skip


def test_the_budget_and_who_lapses_soon(statement: dict[str, Any]) -> None:
    budget = statement["budget"]
    paid_in = 2 * 7 * ONE + 6 * ONE  # November without the one who died in October; the other died in it
    assert (budget["budget"], budget["paid_in"], budget["left"]) == (
        201_600_000,
        paid_in,
        201_600_000 - paid_in,
    )
    assert (budget["credit"], budget["refunded"], budget["overpaid"]) == (0, 0, 0)
    assert statement["lapsing"] == [{"lapses_on": "2024-03-01", "members": 4}]
    assert statement["lapsing_members"] == 4
    assert statement["cover"] == {
        "covered": 4, "active": 0, "grace": 4, "lapsing_14_days": 0, "lapsing_30_days": 0,
    }  # fmt: skip
    assert {one["code"]: one["members"] for one in statement["differences"]} == {
        "MONTH_NOT_PAID": 5, "DIED_BEFORE_MONTH": 2,
    }  # fmt: skip


def test_the_workbook_says_what_the_json_says(told: Told, mayor: Person, statement: dict[str, Any]) -> None:
    book = workbook(mayor, told, format="xlsx")
    assert book.sheet_names == ["Ringkasan", "Kelurahan", "Pekerjaan", "Klaim", "Penolakan", "Segera gugur"]
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    for name, sheet in sheets.items():
        title, _, when = (str(row[0]) for row in sheet[:3])
        assert "Batik Berlian" in title, name
        assert f"posisi {statement['position']}" in when and "31 Desember 2023" in when, name
    summary = {row[0]: row[2] for row in sheets["Ringkasan"] if row[0]}
    budget, heads, days = statement["budget"], statement["heads"], statement["days_to_payment"]
    assert summary["Peserta dalam keputusan"] == heads["decreed"]
    assert summary["Peserta terdaftar"] == heads["registered"]
    assert summary["Tagihan"] == statement["invoiced"]
    assert summary["Belum dibayar"] == statement["unpaid"]
    assert summary["Anggaran"] == budget["budget"]
    assert summary["Iuran yang disetor"] == budget["paid_in"]
    assert summary["Sisa anggaran"] == budget["left"]
    assert summary["Dibayarkan kepada ahli waris"] == statement["paid_out"]
    assert summary["Hari sampai dibayar: median"] == days["median"]
    assert summary["Hari kerja sampai dibayar: terlama"] == days["longest_working"]
    assert summary["Meninggal, belum ada klaim"] == statement["unclaimed"]["ended_by_death"]
    assert summary["Peserta terlindungi"] == statement["cover"]["covered"]
    assert summary["Dibayar melewati batas hukum"] == statement["paid_late"]
    assert summary["Peserta dalam masa tenggang"] == statement["lapsing_members"]

    def table(name: str) -> list[list[Any]]:
        return sheets[name][5:]

    assert sheets["Kelurahan"][4][:2] == ["Kecamatan\nDistrict", "Kelurahan\nWard"]
    assert table("Kelurahan") == [
        *(list(one.values()) for one in statement["wards"]),
        ["Jumlah / Total", "", 5, 0, 4, 0, 5 * ONE, 0],
    ]
    assert table("Pekerjaan")[-1][2:] == [5, 0, 4, 0, 5 * ONE, 0]
    assert [row[2:] for row in table("Klaim")] == [
        *([one["claims"], one["approved"], one["paid"]] for one in statement["stages"]),
        [3, 42_000_000, 42_000_000],
    ]
    assert table("Segera gugur") == [[date(2024, 3, 1), 4], ["Jumlah / Total", 4]]


def test_a_workbook_is_what_accept_asks_for_unless_the_address_says_otherwise(
    told: Told, mayor: Person
) -> None:
    wish = {"Accept": f"{XLSX}, */*;q=0.1"}
    query = {"month": MONTH}
    assert mayor.call("GET", told.path, params=query, headers=wish).headers["content-type"] == XLSX
    plain = mayor.call("GET", told.path, params=query | {"format": "json"}, headers=wish)
    assert plain.headers["content-type"] == "application/json"
    assert mayor.call("GET", told.path, params=query | {"format": "pdf"}).status_code == 422


def test_nobody_is_named(told: Told, mayor: Person, statement: dict[str, Any]) -> None:
    answer = mayor.call("GET", told.path, params={"month": MONTH, "format": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        inside = b"".join(parts.read(name) for name in parts.namelist()).decode("utf-8", "replace")
    for worker in told.workers:
        for personal in (worker.name, worker.nik, worker.address, worker.phone):
            assert personal not in inside and personal not in str(statement)


def test_a_programme_without_members_has_a_statement(town: Town, mayor: Person) -> None:
    programme = stories.open_programme(town)
    path = f"/v1/programmes/{programme}/statement"
    view = mayor.get(path, month=MONTH)
    assert (view["claims"], view["wards"], view["days_to_payment"], view["lapsing"]) == (0, [], None, [])
    assert view["budget"]["left"] == 201_600_000
    answer = mayor.call("GET", path, params={"month": MONTH, "format": "xlsx"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    for name in book.sheet_names[1:]:
        assert book.get_sheet_by_name(name).to_python()[5][0] == "Belum ada / None yet"


def test_a_month_that_has_not_begun_has_no_statement(told: Told, mayor: Person) -> None:
    for month in ("2999-01", "2030-01", "2023-1", "Desember"):
        answer = mayor.call("GET", told.path, params={"month": month})
        assert (answer.status_code, answer.json()["field"]) == (422, "month")
    assert mayor.call("GET", told.path).status_code == 422


def test_families_and_other_cities_see_no_statement(town: Town, told: Told) -> None:
    for person, code in (
        (town.person("Siti", "participant"), "not_your_role"),
        (town.person("dinas Batang", "sponsor_officer", area="3325"), "outside_area"),
    ):
        answer = person.call("GET", told.path, params={"month": MONTH})
        assert (answer.status_code, answer.json()["code"]) == (403, code)


def test_the_command_line_writes_the_same_workbook(
    town: Town, told: Told, statement: dict[str, Any], tmp_path: Path
) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(JAMINAN), "programme", "statement", told.programme, "--month", *arguments],
            env={"JAMINAN_HOME": str(town.home), "PATH": ""},
            capture_output=True,
            check=False,
        )

    printed = run(MONTH)
    assert printed.returncode == 0, printed.stderr
    same = json.loads(printed.stdout)
    whole = town.person("pemeriksa", "auditor").get(told.path, month=MONTH)
    assert same | {"position": 0} == whole | {"position": 0}
    out = tmp_path / "laporan.xlsx"
    assert run(MONTH, "--out", str(out)).returncode == 0
    book = CalamineWorkbook.from_path(out)
    assert book.get_sheet_by_name("Kelurahan").to_python()[-1][2:] == [5, 0, 4, 0, 5 * ONE, 0]
    for wrong in (("2999-01",), (MONTH, "--out", str(tmp_path / "laporan.pdf"))):
        refused = run(*wrong)
        assert (refused.returncode, b"Traceback" in refused.stderr) == (1, False)
        assert refused.stderr.strip()
